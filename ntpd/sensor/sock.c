/*
 * Datagrams with the time.
 */
#include <sys/socket.h>

#include <math.h>
#include <string.h>

#include "common/leap.h"
#include "common/ns.h"
#include "ntpd/sensor/sock.h"

#define MAGIC		0x534f434b	/* "SOCK" */

/* What is further off than that is no offset of a clock, s: 68 years. */
#define OFFSET_MOST	2147483648.0

/* What such a sensor may be off by is not said; s, by taste. */
#define ERROR		1e-3
#define PULSE_ERROR	5e-6

/* A datagram, on machines whose times have 64 bits, and 32. */
struct sock_long {
	int64_t		 sec, usec;	/* CLOCK_REALTIME when that was so */
	double		 offset;	/* s, true - system's */
	int32_t		 pulse;		/* not 0: offset is system's - true, */
					/* of any second */
	int32_t		 leap;
	int32_t		 pad;
	int32_t		 magic;
};

struct sock_short {
	int32_t		 sec, usec;
	double		 offset;
	int32_t		 pulse;
	int32_t		 leap;
	int32_t		 pad;
	int32_t		 magic;
} __attribute__((packed));

_Static_assert(sizeof(struct sock_long) == SOCK_LONG_MOST, "as it is sent");
_Static_assert(sizeof(struct sock_short) == 32, "as it is sent");

static bool
take(struct reading *r, const struct sock_long *s)
{
	int64_t		 offset;

	/* Written so that NaN fails. */
	if (s->magic != MAGIC || !(fabs(s->offset) <= OFFSET_MOST) ||
	    s->leap < LEAP_NONE || s->leap >= LEAP_UNKNOWN ||
	    s->usec < 0 || s->usec >= 1000000)
		return false;
	offset = llrint(s->offset * 1e9);
	*r = (struct reading){ .error = ERROR, .leap = (uint8_t)s->leap };
	if (!reading_time(s->sec, s->usec * 1000, &r->at))
		return false;
	r->truth = r->at + offset;
	if (s->pulse == 0)
		return reading_is_time(r->truth);
	r->truth = r->at - offset % NS_PER_S;
	r->pulse = true;
	r->error = PULSE_ERROR;
	return true;
}

bool
sock_decode(struct reading *r, const void *buf, size_t len)
{
	struct sock_long l;
	struct sock_short s;

	if (len == sizeof(l)) {
		memcpy(&l, buf, sizeof(l));
		return take(r, &l);
	}
	if (len != sizeof(s))
		return false;
	memcpy(&s, buf, sizeof(s));
	l = (struct sock_long){ s.sec, s.usec, s.offset, s.pulse, s.leap,
	    s.pad, s.magic };
	return take(r, &l);
}

enum look
sock_look(int fd, struct reading *r)
{
	struct reading	 one;
	uint8_t		 buf[SOCK_LONG_MOST + 1];
	int64_t		 at = 0, truth = 0;
	ssize_t		 len;
	int		 i, n = 0;

	for (i = 0; i < SOCK_READS; i++) {
		len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (len == -1)
			break;
		if (!sock_decode(&one, buf, (size_t)len))
			continue;
		if (n++ == 0)
			*r = one;
		at += (one.at - r->at) / SOCK_READS;
		truth += (one.truth - r->truth) / SOCK_READS;
	}
	if (n == 0)
		return LOOK_NOTHING;
	r->at += at / n * SOCK_READS;
	r->truth += truth / n * SOCK_READS;
	return LOOK_NEWS;
}
