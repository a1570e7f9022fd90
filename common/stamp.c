/*
 * The time stamps that come with a packet.
 */
#include <time.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <string.h>

#include "common/ns.h"
#include "common/stamp.h"

/* The three stamps of SCM_TIMESTAMPING; the second is not used any more. */
#define STAMP_SOFTWARE	0
#define STAMP_CARD	2
#define STAMPS		3

/* Zero is none, and a clock that began at zero is not right at once, either. */
static bool
to_ns(const struct timespec *ts, int64_t *ns)
{
	if (ts->tv_sec < 0 || ts->tv_sec > INT64_MAX / NS_PER_S / 2 ||
	    ts->tv_nsec < 0 || ts->tv_nsec >= NS_PER_S ||
	    (ts->tv_sec == 0 && ts->tv_nsec == 0))
		return false;
	*ns = ns_from_timespec(ts);
	return true;
}

/* The data of C in *DATA, if there are SIZE bytes of it at least. */
static bool
copy(const struct cmsghdr *c, void *data, size_t size)
{
	if (c->cmsg_len < CMSG_LEN(size))
		return false;
	memcpy(data, CMSG_DATA(c), size);
	return true;
}

static void
take(struct stamp *stamp, const struct cmsghdr *c)
{
	struct timespec	 ts[STAMPS];
	struct scm_ts_pktinfo info;

	switch (c->cmsg_type) {
	case SCM_TIMESTAMPNS:
		if (copy(c, &ts[0], sizeof(ts[0])))
			stamp->has_kernel |= to_ns(&ts[0], &stamp->kernel);
		break;
	case SCM_TIMESTAMPING:
		if (!copy(c, ts, sizeof(ts)))
			break;
		stamp->has_kernel |= to_ns(&ts[STAMP_SOFTWARE],
		    &stamp->kernel);
		stamp->has_card |= to_ns(&ts[STAMP_CARD], &stamp->card);
		break;
	case SCM_TIMESTAMPING_PKTINFO:
		if (copy(c, &info, sizeof(info)))
			stamp->interface = info.if_index;
		break;
	}
}

void
stamp_read(struct stamp *stamp, struct msghdr *msg)
{
	struct cmsghdr	*c;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET)
			take(stamp, c);
}
