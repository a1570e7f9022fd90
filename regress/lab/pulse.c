/*
 * Reference clocks.  At each second of true time one says to a socket that it
 * begins, as gpsd does of a receiver's pulse, but not which; or it makes the
 * kernel's /dev/pps0 say so.  The kernel's /dev/ptp0 is told then how true time
 * goes.  For these two the kernel has a driver, clocks.c.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "regress/lab/truth.h"

#define PATH	"/tmp/pulse.sock"
#define DRIVER	"/dev/clocks"

/* Who waits for a moment wakes up 35 us late: so much earlier, s; measured. */
#define EARLY	200e-6

/* What the driver is told, see there. */
struct relation {
	int64_t		 raw, true_time;	/* ns */
	int64_t		 fast;			/* 2^-32 */
	int64_t		 pulse;
};

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
	return p->jitter > 0 || p->ptp != 0;
}

static bool
has_driver(const struct pulse *p)
{
	return p->device != 0 || p->ptp != 0;
}

/* When the next one comes: a device cannot say by how much it is late. */
static void
plan(struct pulse *p)
{
	p->late = has_driver(p) ? p->jitter * normal(&p->random) : 0;
}

double
pulse_due(struct world *w, double until)
{
	struct pulse	*p = &w->pulse;
	double		 now = raw_now(w);

	if (!is_there(p))
		return until;
	if (p->second == 0) {
		p->second = ceil(true_time(w, now)) + 1;
		plan(p);
	}
	return fmin(until, now + p->second + p->late - true_time(w, now) -
	    (has_driver(p) ? EARLY : 0));
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

static void
tell_driver(struct world *w, double raw, double t)
{
	const struct pulse *p = &w->pulse;
	const struct relation relation = {
		.raw = llrint((raw + w->raw0) * 1e9),
		.true_time = w->epoch * 1000000000 +
		    llrint(utc(w, t) * 1e9),
		.fast = llrint(-w->oscillator.now * 0x1p32),
		.pulse = p->device
	};

	if (write(p->fd, &relation, sizeof(relation)) != sizeof(relation))
		err(1, DRIVER);
}

/* The pulse is the moment of the write: all else comes before or after. */
static void
run_device(struct world *w)
{
	struct pulse	*p = &w->pulse;
	double		 raw;

	if (p->fd == 0 && (p->fd = open(DRIVER, O_WRONLY)) == -1)
		err(1, "%s: the lab's kernel lacks its driver", DRIVER);
	raw = raw_now(w);
	if (true_time(w, raw) < p->second + p->late - EARLY)
		return;
	while (true_time(w, raw) < p->second + p->late)
		raw = raw_now(w);	/* which takes some time, too */
	tell_driver(w, raw, true_time(w, raw));
	p->second++;
	plan(p);
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
	if (has_driver(p)) {
		run_device(w);
		return;
	}
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
