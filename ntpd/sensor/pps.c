/*
 * Pulses: the kernel has the time of each.
 */
#include <sys/ioctl.h>

#include <errno.h>
#include <string.h>

#include "common/ns.h"
#include "ntpd/sensor/pps.h"

/*
 * A pulse is waited for that long, ns: meanwhile nothing else is heard.  What
 * comes from the parent can wait for it.
 */
#define WAIT		(NS_PER_S / 4)

/* What the interrupt may have come late, s: no kernel says it.  By taste. */
#define ERROR		5e-6

bool
pps_decode(struct pps *pps, struct reading *r, const struct pps_kinfo *info,
    bool falling)
{
	const struct pps_ktime *at = falling ? &info->clear_tu :
	    &info->assert_tu;
	const uint32_t	 number = falling ? info->clear_sequence :
	    info->assert_sequence;
	const bool	 news = pps->known && number != pps->number;

	pps->known = true;
	pps->number = number;
	*r = (struct reading){ .error = ERROR };
	if (!news || !reading_time(at->sec, at->nsec, &r->at))
		return false;
	reading_second(r);
	return true;
}

static bool
fetch(int fd, int wait, struct pps_kinfo *info)
{
	struct pps_fdata data;

	memset(&data, 0, sizeof(data));
	data.timeout.nsec = wait;
	if (ioctl(fd, PPS_FETCH, &data) == -1)
		return false;
	*info = data.info;
	return true;
}

/* One that came between two calls is not waited for: the second finds it. */
enum look
pps_look(struct pps *pps, int fd, bool falling, struct reading *r)
{
	struct pps_kinfo info;

	if (!fetch(fd, WAIT, &info) && (errno != ETIMEDOUT ||
	    !fetch(fd, 0, &info)))
		return errno == EINTR ? LOOK_NOTHING : LOOK_LOST;
	return pps_decode(pps, r, &info, falling) ? LOOK_NEWS : LOOK_NOTHING;
}
