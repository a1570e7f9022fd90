/*
 * How CLOCK_REALTIME, by which devices are read, goes with
 * CLOCK_MONOTONIC_RAW, which nobody adjusts.
 */
#ifndef NTPD_SENSOR_RELATION_H
#define NTPD_SENSOR_RELATION_H

#include <stdbool.h>
#include <stdint.h>

/* Both clocks at one moment, ns. */
struct clock_pair {
	int64_t		 real, raw;
};

struct relation {
	struct clock_pair	 now;		/* the last look */
	struct clock_pair	 before;	/* one some time before that */
	unsigned	 looks;		/* since the clock was set; 2 at most */
	int64_t		 since;		/* raw: no reading of before counts */
};

/*
 * Look at both clocks: they show NOW.  If CLOCK_REALTIME was set since the last
 * look, what is known of it is forgotten.
 */
void	 relation_look(struct relation *r, const struct clock_pair *now);

/*
 * What CLOCK_MONOTONIC_RAW showed in *RAW, when CLOCK_REALTIME showed REAL.
 * False if that is not known: REAL is in the future, or more than 4 s ago, or
 * the clock was set since or shortly before.
 */
bool	 relation_find(const struct relation *r, int64_t real, int64_t *raw);

#endif
