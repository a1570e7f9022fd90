/*
 * A reference clock: at each second of true time it says to a socket that one
 * begins, as gpsd does of a receiver's pulse, but not which.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "regress/lab/truth.h"

#define PATH	"/tmp/pulse.sock"

/* A datagram of chronyd's refclock SOCK. */
struct datagram {
	int64_t		 sec, usec;	/* by the clock of the machine */
	double		 offset;	/* s, that minus true, of any second */
	int32_t		 pulse, leap, pad, magic;
};

/* Is there one in this scenario? */
static bool
is_there(const struct pulse *p)
{
	return p->jitter > 0;
}

double
pulse_due(struct world *w, double until)
{
	struct pulse	*p = &w->pulse;
	double		 now = raw_now(w);

	if (!is_there(p))
		return until;
	if (p->second == 0)
		p->second = ceil(true_time(w, now)) + 1;
	return fmin(until, now + p->second - true_time(w, now));
}

/* Nobody listens before the daemon has started. */
static void
say(struct pulse *p, const struct datagram *d)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = PATH };

	if (p->fd == 0 && (p->fd = socket(AF_UNIX, SOCK_DGRAM, 0)) == -1)
		err(1, "socket");
	(void)sendto(p->fd, d, sizeof(*d), MSG_DONTWAIT,
	    (const struct sockaddr *)&sun, sizeof(sun));
}

void
pulse_run(struct world *w)
{
	struct pulse	*p = &w->pulse;
	struct datagram	 d = { .pulse = 1, .magic = 0x534f434b };
	struct timespec	 ts;
	double		 before, after, t;

	if (!is_there(p))
		return;
	before = raw_now(w);
	clock_gettime(CLOCK_REALTIME, &ts);
	after = raw_now(w);
	t = true_time(w, (before + after) / 2);
	if (t < p->second)
		return;
	d.sec = ts.tv_sec;
	d.usec = ts.tv_nsec / 1000;
	d.offset = (double)ts.tv_nsec * 1e-9 - (t - p->second) +
	    p->jitter * normal(&p->random);
	p->second++;
	say(p, &d);
}
