/*
 * The kernel's transmit time stamps.  It returns each packet that it was to
 * stamp, with all headers, to the socket's error queue: the answer at its end
 * says which one it is.  How long that is the UDP header before it says.
 */
#include <bsd/sys/endian.h>
#include <string.h>
#include <time.h>
#include <linux/errqueue.h>

#include "ntpd/server/xleave.h"

#define UDP_HEADER_LEN	8

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

/*
 * The answer in the LEN bytes of PACKET, or NULL.  The longest that it can be
 * comes first: what NTS has encrypted in it can look like a UDP header, too.
 */
static const uint8_t *
find_answer(const uint8_t *packet, size_t len)
{
	const uint8_t	*udp;
	size_t		 n;	/* bytes of the answer */

	if (len < NTP_HEADER_LEN + UDP_HEADER_LEN)
		return NULL;
	for (n = (len - UDP_HEADER_LEN) / 4 * 4; n >= NTP_HEADER_LEN; n -= 4) {
		udp = packet + len - n - UDP_HEADER_LEN;
		if (be16dec(udp + 4) == n + UDP_HEADER_LEN)
			return udp + UDP_HEADER_LEN;
	}
	return NULL;
}

static void
take(struct xleave *x, struct mmsghdr *msg, const uint8_t *packet)
{
	const uint8_t	*bytes = find_answer(packet, msg->msg_len);
	struct ntp_packet answer;
	struct timespec	 ts;

	if (bytes == NULL || (msg->msg_hdr.msg_flags & MSG_TRUNC) != 0 ||
	    !find_stamp(&msg->msg_hdr, &ts) ||
	    ntp_decode(&answer, bytes, NTP_HEADER_LEN) != NTP_OK)
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
