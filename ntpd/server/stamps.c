/*
 * The kernel's transmit time stamps.  It returns each packet that it was to
 * stamp, with all headers, to the socket's error queue: the answer at its end
 * says which one it is.
 */
#include <string.h>
#include <time.h>
#include <linux/errqueue.h>

#include "ntpd/server/xleave.h"

static void
prepare(struct stamps *s, unsigned count)
{
	struct msghdr	*hdr;
	unsigned	 i;

	for (i = 0; i < count; i++) {
		s->iov[i].iov_base = s->packet[i];
		s->iov[i].iov_len = sizeof(s->packet[i]);
		hdr = &s->msg[i].msg_hdr;
		memset(hdr, 0, sizeof(*hdr));
		hdr->msg_iov = &s->iov[i];
		hdr->msg_iovlen = 1;
		hdr->msg_control = &s->control[i];
		hdr->msg_controllen = sizeof(s->control[i]);
	}
}

/* The software's time stamp among the control messages of HDR, if any. */
static bool
find_stamp(struct msghdr *hdr, struct timespec *ts)
{
	struct scm_timestamping stamp;
	struct cmsghdr	*c;

	for (c = CMSG_FIRSTHDR(hdr); c != NULL; c = CMSG_NXTHDR(hdr, c)) {
		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SCM_TIMESTAMPING ||
		    c->cmsg_len < CMSG_LEN(sizeof(stamp)))
			continue;
		memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
		ts->tv_sec = stamp.ts[0].tv_sec;
		ts->tv_nsec = stamp.ts[0].tv_nsec;
		return ts->tv_sec != 0;
	}
	return false;
}

static void
take(struct xleave *x, struct mmsghdr *msg, const uint8_t *packet)
{
	struct ntp_packet answer;
	struct timespec	 ts;

	if (msg->msg_len < NTP_HEADER_LEN ||
	    (msg->msg_hdr.msg_flags & MSG_TRUNC) != 0 ||
	    !find_stamp(&msg->msg_hdr, &ts) ||
	    ntp_decode(&answer, packet + msg->msg_len - NTP_HEADER_LEN,
	    NTP_HEADER_LEN) != NTP_OK)
		return;
	xleave_stamp(x, answer.receive, ntptime_from_timespec(&ts));
}

void
stamps_read(struct xleave *x, int fd, unsigned count)
{
	struct stamps	*s = &x->stamps;
	int		 i, n;

	if (count > STAMPS_MAX)
		count = STAMPS_MAX;
	prepare(s, count);
	n = recvmmsg(fd, s->msg, count, MSG_ERRQUEUE | MSG_DONTWAIT, NULL);
	for (i = 0; i < n; i++)
		take(x, &s->msg[i], s->packet[i]);
}
