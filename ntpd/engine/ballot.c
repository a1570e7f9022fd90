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

/* The LOW end of the interval in which source I has true time, and its HIGH. */
static void
find_ends(const struct sync *sync, size_t i, double now, double *low,
    double *high)
{
	double		 offset = sync_source_offset(sync, i, now);
	double		 width = source_distance(&sync->sources[i], now, 0);

	*low = offset - width;
	*high = offset + width;
}

/* In how many voters' intervals is the low end of source I's? */
static size_t
count_with(const struct sync *sync, size_t i, double now)
{
	double		 at, low, high;
	size_t		 j, n = 0;

	find_ends(sync, i, now, &at, &high);
	for (j = 0; j < SYNC_SOURCES; j++) {
		if (!ballot_has_vote(sync, j))
			continue;
		find_ends(sync, j, now, &low, &high);
		n += low <= at && at <= high;
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
		/* What many have in common begins where one's begins. */
		n = count_with(sync, i, now);
		b.cluster = n > b.cluster ? n : b.cluster;
		b.voters++;
	}
	if (b.voters > 0)
		b.spread = high - low;
	return b;
}

bool
ballot_is_split(const struct ballot *b)
{
	return b->voters > 1 && 2 * b->cluster <= b->voters;
}
