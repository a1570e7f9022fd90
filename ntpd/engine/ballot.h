/*
 * How the servers that have a vote stand to each other.
 */
#ifndef NTPD_BALLOT_H
#define NTPD_BALLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "ntpd/sync/sync.h"

struct ballot {
	size_t		 voters;	/* servers that have a vote */
	size_t		 cluster;	/* of these agree, at most */
	double		 spread;	/* s, from the first to the last */
};

/* Has source I a vote? */
bool	 ballot_has_vote(const struct sync *sync, size_t i);

/*
 * Count the votes at NOW, s of the oscillator.  Sources agree if the intervals
 * in which they say true time is have something in common.
 */
struct ballot ballot_count(const struct sync *sync, double now);

/* Do no more than half of several voters agree? */
bool	 ballot_is_split(const struct ballot *b);

#endif
