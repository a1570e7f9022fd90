/*
 * The books on the clock.  They read clocks, and change nothing.
 */
#include <math.h>
#include <time.h>

#include "common/log.h"
#include "common/ns.h"
#include "ntpd/parent/books.h"

void
books_open(struct clock *c)
{
	c->seen_raw = ns_read(CLOCK_MONOTONIC_RAW);
	c->leaps = leap_count(&c->seen_real);
	c->seen_boot_lead = ns_read(CLOCK_BOOTTIME) - ns_read(CLOCK_MONOTONIC);
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
	c->slept += (double)(c->seen_boot_lead - was.seen_boot_lead) * 1e-9;
}
