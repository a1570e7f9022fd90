/*
 * What the synchronizer says of itself and of its sources: the questions of
 * sync.h that change nothing.
 */

#include "ntpd/sync/sync.h"
#include "ntpd/sync/vote.h"

double
sync_source_offset(const struct sync *sync, size_t i, double now)
{
	const struct sample *s = source_sample(&sync->sources[i], 0);
	double		 frequency = sync->frequency;

	if (sync->filter.started)
		frequency = filter_estimate(&sync->filter, now).frequency;
	return s->offset + frequency * (now - s->when);
}

bool
sync_ready(const struct sync *sync)
{
	return sync->filter.started;
}

bool
sync_takes_part(const struct sync *sync, size_t i)
{
	return sync->verdicts[i].tally >= COMBINED;
}

bool
sync_has_vote(const struct sync *sync, size_t i, double now)
{
	return vote_has(sync, i, now);
}

bool
sync_in_doubt(const struct sync *sync, size_t i)
{
	/* An outlier may surprise again and again: it is not used anyway. */
	return doubt_is_open(sync->sources[i].state) &&
	    (sync_takes_part(sync, i) || !sync->agreed);
}

bool
sync_is_disrupted(const struct sync *sync)
{
	const struct source *s;
	size_t		 answer = 0, surprise = 0;

	if (sync->state == SYNC_BEGINNING_AGAIN)
		return true;
	for (s = sync->sources; s < sync->sources + SYNC_SOURCES; s++) {
		if (!s->used || s->nrecent == 0 || s->missed > 0 ||
		    s->state == SOURCE_FALSE)
			continue;
		answer++;
		surprise += s->surprises > 0;
	}
	return sync->filter.started && 2 * surprise > answer;
}

bool
sync_can_settle(const struct sync *sync, size_t i)
{
	return sync_takes_part(sync, i) || (sync->sources[i].used &&
	    sync->sources[i].nsamples > 0 && !sync->agreed);
}

bool
sync_is_opposed(const struct sync *sync, size_t i)
{
	const struct source *s = &sync->sources[i];

	return s->used && s->nsamples > 0 && (s->state == SOURCE_INSISTS ||
	    s->state == SOURCE_FALSE || s->state == SOURCE_DOUBTED);
}

struct estimate
sync_estimate(const struct sync *sync, double now)
{
	return filter_estimate(&sync->filter, now);
}

const char *
sync_state_name(enum sync_state state)
{
	switch (state) {
	case SYNC_STARTING:
		return "starting";
	case SYNC_FOLLOWING:
		return "following";
	case SYNC_IN_DOUBT:
		return "in doubt";
	case SYNC_COASTING:
		return "coasting";
	case SYNC_BEGINNING_AGAIN:
		return "beginning again";
	}
	return "unknown";
}
