/*
 * Instants of the monotonic clock: what deadlines are made of.
 */
#ifndef COMMON_INSTANT_H
#define COMMON_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

/* A moment of CLOCK_MONOTONIC, in ns; a struct, to mix with nothing. */
struct instant {
	int64_t		 ns;
};

/* Later than any deadline. */
#define INSTANT_NEVER	((struct instant){ INT64_MAX })

/* What the clock shows. */
struct instant	 instant_now(void);

/*
 * T moved by S seconds.  INSTANT_NEVER stays; far away (292 years) or not a
 * number becomes INSTANT_NEVER.
 */
struct instant	 instant_add(struct instant t, double s);

/* A - B in seconds; 292 years at most. */
double		 instant_diff(struct instant a, struct instant b);

/* Is A before B?  The earlier of them. */
bool		 instant_before(struct instant a, struct instant b);
struct instant	 instant_min(struct instant a, struct instant b);

#endif
