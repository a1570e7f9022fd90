/*
 * From the samples of those who are used to the estimate.
 */
#include <math.h>

#include "ntpd/sync/learn.h"

struct observation
learn_observe(const struct sync *sync, size_t i, const struct sample *sample)
{
	struct observation o = source_observation(&sync->sources[i], sample);
	double		 late = sync->filter.when - sample->when;
	struct estimate	 e;

	if (late <= 0)
		return o;
	e = filter_estimate(&sync->filter, sync->filter.when);
	o.offset += e.frequency * late;
	o.variance += e.frequency_error * e.frequency_error * late * late +
	    e.wander * e.wander * late * late * late / 3;
	return o;
}

void
learn_sample(struct sync *sync, size_t i, const struct sample *sample)
{
	struct observation o;

	filter_predict(&sync->filter, sample->when);
	o = learn_observe(sync, i, sample);
	filter_update(&sync->filter, i, &o);
	sync->updated = sync->filter.when;
}

/* The oldest sample of the chosen sources that is not TAKEN yet, or NULL. */
static const struct sample *
next_sample(const struct sync *sync, const size_t taken[], size_t *from)
{
	const struct source *source;
	const struct sample *s, *next = NULL;
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++) {
		source = &sync->sources[i];
		if (!sync_takes_part(sync, i) ||
		    taken[i] == source->nsamples - source->waiting)
			continue;
		s = source_sample(source, source->nsamples - 1 - taken[i]);
		if (next == NULL || s->when < next->when) {
			next = s;
			*from = i;
		}
	}
	return next;
}

void
learn_members(struct sync *sync)
{
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++) {
		if (sync_takes_part(sync, i))
			filter_join(&sync->filter, i,
			    source_length(&sync->sources[i]));
		else if (sync->filter.active[i] && sync->agreed &&
		    sync->verdicts[i].tally != UNUSABLE)
			filter_reject(&sync->filter, i);
		else if (sync->filter.active[i])
			filter_leave(&sync->filter, i);
	}
}

void
learn_anew(struct sync *sync)
{
	size_t		 taken[SYNC_SOURCES] = { 0 }, i = 0;
	const struct sample *s;
	struct estimate	 known = {
		.frequency = sync->frequency,
		.frequency_error = sync->frequency_error
	};

	if ((s = next_sample(sync, taken, &i)) == NULL)
		return;
	/* A first guess, which the sample itself is to outweigh. */
	known.offset = s->offset;
	known.offset_error = 10 * sqrt(source_variance(&sync->sources[i], s));
	filter_start(&sync->filter, s->when, &known);
	learn_members(sync);
	for (; s != NULL; s = next_sample(sync, taken, &i)) {
		learn_sample(sync, i, s);
		taken[i]++;
	}
}

bool
learn_is_complete(const struct sync *sync)
{
	size_t		 i, samples = 0;

	for (i = 0; i < SYNC_SOURCES; i++)
		if (sync_takes_part(sync, i))
			samples += sync->sources[i].nsamples -
			    sync->sources[i].waiting;
	/* Of these the newest is not learned yet. */
	return (double)samples > sync->filter.updates;
}
