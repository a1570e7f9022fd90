/*
 * Reading the clocks.  The engine cannot set them; it sees what the parent's
 * adjustments do by comparing CLOCK_REALTIME with CLOCK_MONOTONIC_RAW, which
 * nobody adjusts.
 */
#ifndef NTPD_ENGINE_CLOCKS_H
#define NTPD_ENGINE_CLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "ntpd/engine/cards.h"

struct clocks {
	int64_t		 base;		/* ns, REALTIME - RAW at the start, */
					/* and the leap seconds since */
	int64_t		 start;		/* ns, RAW at the start */
	double		 rate;		/* s/s, that REALTIME gains on RAW */

	/* The last look for a leap second; ns. */
	int64_t		 seen_raw, seen_real;
	int64_t		 leaps;		/* the kernel's count then, leap.h */

	struct cards	 cards;		/* by which packets are stamped */
};

struct reading {
	double		 now;		/* s, oscillator time since the start */
	double		 ahead;		/* s, clock - oscillator time */
	int64_t		 real;		/* ns since 1970, CLOCK_REALTIME */
};

/* Let oscillator time begin: from now it is what the clock would have been. */
void		 clocks_init(struct clocks *c);

/* A leap second that the clock is to be slewed by. */
struct leap_due {
	int64_t		 at;		/* s since 1970, when it has passed */
	int		 change;	/* 1: inserted, -1: left out, 0: none */
};

/*
 * If the kernel has had a leap second since the last call, put it into
 * oscillator time as well: the offsets of our clock and of the servers from it
 * stay what they were.  True if so.  Likewise if the clock has passed DUE: then
 * its own offset becomes a second, and that of the servers stays.
 */
bool		 clocks_follow_leap(struct clocks *c,
		    const struct leap_due *due);

/* Both clocks at the same moment. */
struct reading	 clocks_read(const struct clocks *c);

/*
 * The reading at the moment REAL (ns since 1970 by CLOCK_REALTIME).  That is
 * shortly before NOW, without a step in between.
 */
struct reading	 clocks_at(const struct clocks *c, const struct reading *now,
		    int64_t real);

/* Likewise at the moment RAW (ns by CLOCK_MONOTONIC_RAW). */
struct reading	 clocks_at_raw(const struct clocks *c,
		    const struct reading *now, int64_t raw);

/*
 * When CLOCK_MONOTONIC_RAW was RAW (ns) it was TRUTH (ns since 1970): that as
 * oscillator time, s, in *WHEN, and what true time was ahead of it, s, in
 * *OFFSET.  False if no clock can have shown RAW, or TRUTH.
 */
bool		 clocks_place(const struct clocks *c, int64_t raw,
		    int64_t truth, double *when, double *offset);

/*
 * The time (ns since 1970) near which timestamps without an era are looked for,
 * see ntptime_to_ns().  It is REAL, what the clock reads, but not before 2025
 * and not after 2093: a clock that was never set may read 1970 or 2099.
 */
int64_t		 clocks_near_truth(int64_t real);

/* The clock's precision as a power of two (log2 s), by reading it. */
int8_t		 clocks_precision(void);

#endif
