/*
 * What the synchronizer says of itself and of its sources: the questions of
 * sync.h that change nothing.
 */
#include <math.h>

#include "ntpd/sync/sync.h"
#include "ntpd/sync/vote.h"

/* Samples of a source count as spread over that long, s, at least. */
#define SHORTEST_SPAN	1.0

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
	return doubt_is_open(sync->sources[i].state);
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

/* In what time, s, a source of those who take part is heard; 0: nobody does. */
static double
mean_round(const struct sync *sync, double now)
{
	const struct source *s;
	double		 rate = 0, members = 0;
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++) {
		s = &sync->sources[i];
		if (!sync_takes_part(sync, i) || s->nsamples == 0)
			continue;
		members++;
		rate += (double)s->nsamples /
		    fmax(SHORTEST_SPAN, source_span(s, now));
	}
	return rate > 0 ? members / rate : 0;
}

struct estimate
sync_estimate(const struct sync *sync, double now)
{
	struct estimate	 e = filter_estimate(&sync->filter, now);

	e.round = mean_round(sync, now);
	return e;
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
