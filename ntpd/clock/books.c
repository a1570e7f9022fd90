/*
 * The books on the clock.  They read clocks, and change nothing.
 */
#include <sys/timex.h>

#include <math.h>
#include <time.h>

#include "common/log.h"
#include "common/ns.h"
#include "common/rfc5905.h"
#include "ntpd/clock/books.h"
#include "ntpd/clock/rate.h"

/*
 * The clock must have been moved that far, s, to tell what the kernel makes of
 * a rate: the clocks are not read at the same moment, which may be 10 us then.
 */
#define ASKED_LEAST		10.0

/* While more is slewed, s/s, nothing is learned: a slew is not as exact. */
#define SLEWED_MOST		1e-6

/* Tuned: the lab's kernel (User Mode Linux) keeps back 13e-6 of a rate. */
#define KEPT_BACK_MOST		1e-4

void
books_open(struct clock *c)
{
	c->seen_raw = ns_read(CLOCK_MONOTONIC_RAW);
	c->leaps = leap_count(&c->seen_real);
	c->seen_boot_lead = ns_read(CLOCK_BOOTTIME) - ns_read(CLOCK_MONOTONIC);
}

/*
 * In RAW s, the kernel was to move the clock by the rate it was asked for, and
 * moved it BY s, beside SLEWED s.
 */
static void
learn_gain(struct clock *c, double raw, double by, double slewed)
{
	struct timex	 tx = { .freq = c->set_freq, .tick = c->set_tick };
	double		 rate = rate_get(&tx);

	if (c->read_only || fabs(rate) <= MAXFREQ ||
	    fabs(slewed) > SLEWED_MOST * raw)
		return;
	c->asked += fabs(rate) * raw;
	c->carried += copysign(1, rate) * by;
}

double
books_ask(const struct clock *c, double rate)
{
	double		 gain;

	if (fabs(rate) <= MAXFREQ || c->asked < ASKED_LEAST)
		return rate;
	gain = c->carried / c->asked;
	return rate / fmax(1 - KEPT_BACK_MOST, fmin(1 + KEPT_BACK_MOST, gain));
}

void
books_close(struct clock *c, double rest)
{
	struct clock	 was = *c;
	double		 raw, real, slewed, jump, least = CLOCK_JUMP_LEAST;
	int		 leap;

	books_open(c);
	/* What another program has given the loop is not ours. */
	if (!slew_is_rest(&c->slewing, rest))
		rest = c->slewing.in_loop;
	slewed = slew_look(&c->slewing, rest, c->seen_real);
	raw = (double)(c->seen_raw - was.seen_raw) * 1e-9;
	real = (double)(c->seen_real - was.seen_real) * 1e-9;
	jump = real - raw * (1 + was.frequency) - slewed;
	/* A kernel that sleeps for seconds loses what it was to slew then. */
	least += fabs(slewed);
	leap = leap_between(was.seen_real, c->seen_real, c->leaps - was.leaps,
	    jump);
	if (leap != 0) {
		c->leap = LEAP_NONE;	/* a day has one at most */
		log_info("leap second: the last one of the day was %s",
		    leap > 0 ? "repeated" : "left out");
	}
	jump += leap;
	/* With -x others may steer, and what they do is no jump. */
	if (was.read_only)
		least = fmax(least, 1e-3 * raw);
	if (fabs(jump) >= least)
		c->jumped += jump;
	else
		learn_gain(c, raw, real + leap - raw - slewed, slewed);
	c->slept += (double)(c->seen_boot_lead - was.seen_boot_lead) * 1e-9;
}
