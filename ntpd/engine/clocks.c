/*
 * Reading REALTIME and MONOTONIC_RAW together.
 */
#include <sys/param.h>

#include <math.h>
#include <time.h>

#include "common/leap.h"
#include "common/ns.h"
#include "common/ntptime.h"
#include "ntpd/engine/clocks.h"

/* No server's time is before that, ns since 1970. */
#define FIRST_TIME	(NTPTIME_LEAST * NS_PER_S)

/* Timestamps are as far from what they are near, at most: 2^31 s, in ns. */
#define HALF_ERA	(2147483648LL * NS_PER_S)

/* The loop turns more often than that, ns: what is later was a step. */
#define LOOK_MOST	(3600LL * NS_PER_S)

#define PRECISION_TICKS	16		/* seen, or ... */
#define PRECISION_READS	10000		/* ... as many readings */

static void
look(struct clocks *c)
{
	c->seen_raw = ns_read(CLOCK_MONOTONIC_RAW);
	c->leaps = leap_count(&c->seen_real);
}

void
clocks_init(struct clocks *c)
{
	int64_t		 raw, real = ns_read_both(&raw);

	c->base = real - raw;
	c->start = raw;
	c->rate = 0;
	look(c);
}

/* Has the clock gone on to DUE, and no further than in a turn of a loop? */
static bool
has_passed(const struct leap_due *due, int64_t from, int64_t to)
{
	return due->change != 0 && from < due->at * NS_PER_S &&
	    to >= due->at * NS_PER_S && to - from < LOOK_MOST;
}

bool
clocks_follow_leap(struct clocks *c, const struct leap_due *due)
{
	struct clocks	 was = *c;
	double		 raw, real;
	int		 leap;

	look(c);
	raw = (double)(c->seen_raw - was.seen_raw) * 1e-9;
	real = (double)(c->seen_real - was.seen_real) * 1e-9;
	leap = leap_between(was.seen_real, c->seen_real, c->leaps - was.leaps,
	    real - raw * (1 + c->rate));
	if (leap == 0 && has_passed(due, was.seen_real, c->seen_real))
		leap = due->change;
	c->base -= leap * NS_PER_S;
	return leap != 0;
}

struct reading
clocks_read(const struct clocks *c)
{
	struct reading	 r;
	int64_t		 raw;

	r.real = ns_read_both(&raw);
	r.now = (double)(raw - c->start) * 1e-9;
	r.ahead = (double)(r.real - raw - c->base) * 1e-9;
	return r;
}

struct reading
clocks_at(const struct clocks *c, const struct reading *now, int64_t real)
{
	double		 ago = (double)(now->real - real) * 1e-9;
	struct reading	 r = *now;

	r.real = real;
	r.now -= ago / (1 + c->rate);
	r.ahead -= ago * c->rate / (1 + c->rate);
	return r;
}

struct reading
clocks_at_raw(const struct clocks *c, const struct reading *now, int64_t raw)
{
	const double	 ago = now->now - (double)(raw - c->start) * 1e-9;
	struct reading	 r = *now;

	r.real -= llround(ago * (1 + c->rate) * 1e9);
	r.now -= ago;
	r.ahead -= ago * c->rate;
	return r;
}

bool
clocks_place(const struct clocks *c, int64_t raw, int64_t truth, double *when,
    double *offset)
{
	if (raw < 0 || raw > INT64_MAX / 4 || truth < FIRST_TIME ||
	    truth > FIRST_TIME + HALF_ERA)
		return false;
	*when = (double)(raw - c->start) * 1e-9;
	*offset = (double)(truth - raw - c->base) * 1e-9;
	return true;
}

int64_t
clocks_near_truth(int64_t real)
{
	return MIN(MAX(real, FIRST_TIME), FIRST_TIME + HALF_ERA);
}

/*
 * RFC 5905 7.3: the larger of the clock's resolution and the time to read it;
 * here the least difference that successive readings show.
 */
int8_t
clocks_precision(void)
{
	int64_t		 last = ns_read(CLOCK_REALTIME), next, least = NS_PER_S;
	int		 reads, ticks = 0;

	for (reads = 0; reads < PRECISION_READS && ticks < PRECISION_TICKS;
	    reads++) {
		next = ns_read(CLOCK_REALTIME);
		if (next > last) {
			ticks++;
			if (next - last < least)
				least = next - last;
		}
		last = next;
	}
	return (int8_t)ceil(log2((double)least * 1e-9));
}
