/*
 * How the servers that have a vote stand to each other.
 */
#include <math.h>

#include "ntpd/engine/ballot.h"

bool
ballot_has_vote(const struct sync *sync, size_t i)
{
	return sync->sources[i].used && sync->verdicts[i].tally != UNUSABLE;
}

/* How many voters agree with source I, itself included? */
static size_t
count_with(const struct sync *sync, size_t i, double now)
{
	double		 width = source_distance(&sync->sources[i], now, 0);
	double		 apart;
	size_t		 j, n = 0;

	for (j = 0; j < SYNC_SOURCES; j++) {
		if (!ballot_has_vote(sync, j))
			continue;
		apart = fabs(sync_source_offset(sync, i, now) -
		    sync_source_offset(sync, j, now));
		n += apart <= width +
		    source_distance(&sync->sources[j], now, 0);
	}
	return n;
}

struct ballot
ballot_count(const struct sync *sync, double now)
{
	struct ballot	 b = { .voters = 0 };
	double		 offset, low = INFINITY, high = -INFINITY;
	size_t		 i, n;

	for (i = 0; i < SYNC_SOURCES; i++) {
		if (!ballot_has_vote(sync, i))
			continue;
		offset = sync_source_offset(sync, i, now);
		low = fmin(low, offset);
		high = fmax(high, offset);
		n = count_with(sync, i, now);
		b.cluster = n > b.cluster ? n : b.cluster;
		b.voters++;
	}
	if (b.voters > 0)
		b.spread = high - low;
	return b;
}
