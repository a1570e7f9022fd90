/*
 * A leap second that clients do not notice: it is spread evenly over the 24
 * hours from the noon before to the noon after, as the large clouds do it.
 */
#ifndef COMMON_SMEAR_H
#define COMMON_SMEAR_H

#include <stdbool.h>

#include "common/ntptime.h"

struct smear {
	int		 change;	/* 1: inserted, -1: left out, 0: none */
	struct ntptime	 at;		/* that one has passed */
};

/*
 * How far what clients are told is ahead of UTC, s, when UTC is SECONDS after
 * the leap second (before it: negative), which is the CHANGE of above.
 */
double		 smear_shift(int change, double seconds);

/* What clients are told instead of TIME, which is UTC. */
struct ntptime	 smear_time(const struct smear *s, struct ntptime time);

/* Does the clock show TIME twice, as one that repeats a second? */
bool		 smear_is_repeated(const struct smear *s, struct ntptime time);

#endif
