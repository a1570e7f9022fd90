/*
 * The synchronizer: from samples to one estimate.  A sample is classified
 * against the prediction, all sources vote, and what they agree on is learned.
 */
#include <math.h>

#include "ntpd/sync/bound.h"
#include "ntpd/sync/classify.h"
#include "ntpd/sync/decide.h"
#include "ntpd/sync/judge.h"
#include "ntpd/sync/learn.h"
#include "ntpd/sync/sync.h"

/* Frequency error when nothing can be known of it, s/s. */
#define UNKNOWN_FREQUENCY 200e-6

/* The same on another machine: both oscillators are good to 50 ppm, s/s. */
#define ANOTHER_MACHINE	 100e-6

void
sync_init(struct sync *sync, double frequency, double frequency_error)
{
	*sync = (struct sync){
		.frequency = frequency,
		.frequency_error = frequency_error,
		.max_drift = SYNC_WORST_DRIFT,
		.system_peer = SYNC_SOURCES
	};
}

void
sync_add(struct sync *sync, size_t i, unsigned weight)
{
	source_init(&sync->sources[i], weight);
	sync->verdicts[i] = (struct verdict){ .tally = UNUSABLE };
}

/* Source I takes no part in anything any more. */
static void
leave(struct sync *sync, size_t i)
{
	struct source	*s = &sync->sources[i];

	s->surprises = s->fits = 0;
	s->waiting = 0;
	s->turned = false;
	source_happens(s, EVENT_LEFT_OUT);
	filter_leave(&sync->filter, i);
	sync->verdicts[i] = (struct verdict){ .tally = UNUSABLE };
	if (sync->system_peer == i)
		sync->system_peer = SYNC_SOURCES;
}

/* Has everybody that was believed fallen silent? */
static bool
is_alone(const struct sync *sync)
{
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++)
		if (sync->filter.active[i])
			return false;
	return true;
}

void
sync_silence(struct sync *sync, size_t i)
{
	source_forget(&sync->sources[i], 0);
	sync->sources[i].nrecent = 0;
	sync->sources[i].missed = 0;
	leave(sync, i);
	if (sync->filter.started && is_alone(sync)) {
		sync->agreed = false;
		sync->state = SYNC_COASTING;
	}
}

void
sync_unanswered(struct sync *sync, size_t i)
{
	sync->sources[i].missed++;
}

void
sync_remove(struct sync *sync, size_t i)
{
	sync_silence(sync, i);
	sync->sources[i].used = false;
}

/* There is no estimate. */
static void
forget_estimate(struct sync *sync)
{
	sync->filter.started = false;
	sync->state = SYNC_STARTING;
	sync->agreed = false;
	sync->certain = sync->measured = sync->outdated = false;
	sync->pace = 0;
	sync->unsettled = 0;
	sync->truechimers = 0;
	sync->conflict = 0;
	sync->system_peer = SYNC_SOURCES;
}

void
sync_restart(struct sync *sync)
{
	struct estimate	 e;
	size_t		 i;

	if (sync->filter.started) {
		e = filter_estimate(&sync->filter, sync->filter.when);
		sync->frequency = e.frequency;
		sync->frequency_error = e.frequency_error;
	}
	forget_estimate(sync);
	for (i = 0; i < SYNC_SOURCES; i++)
		sync_silence(sync, i);
}

void
sync_disrupt(struct sync *sync)
{
	sync_restart(sync);
	sync->frequency_error = fmax(sync->frequency_error, ANOTHER_MACHINE);
}

void
sync_begin_again(struct sync *sync, double frequency, double frequency_error)
{
	size_t		 i;

	sync->frequency = frequency;
	sync->frequency_error = frequency_error;
	forget_estimate(sync);
	for (i = 0; i < SYNC_SOURCES; i++)
		leave(sync, i);
}

/* Has any source said something new that is not settled? */
static bool
is_in_doubt(const struct sync *sync)
{
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++)
		if (sync->sources[i].used && sync_in_doubt(sync, i))
			return true;
	return false;
}

/* Is any source in STATE? */
static bool
anybody_is(const struct sync *sync, enum source_state state)
{
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++)
		if (sync->sources[i].used &&
		    sync->sources[i].state == state)
			return true;
	return false;
}

/* The state after a sample, by the table in sync.h. */
static void
update_state(struct sync *sync)
{
	if (!sync->filter.started)
		sync->state = SYNC_STARTING;
	else if (!sync->agreed)
		sync->state = SYNC_COASTING;
	else if (is_in_doubt(sync))
		sync->state = SYNC_IN_DOUBT;
	else if (sync->unsettled > 0)
		sync->state = SYNC_BEGINNING_AGAIN;
	else
		sync->state = SYNC_FOLLOWING;
	/* If others disagree, the prediction is not in doubt for that alone. */
	if (sync->state != SYNC_IN_DOUBT && (sync->agreed ||
	    anybody_is(sync, SOURCE_FITS)))
		sync->calm = sync->filter.when;
	if (sync->state == SYNC_FOLLOWING)
		sync->pace = 0;
}

/* Learn from the newest sample of source I, if it counts. */
static bool
learn_from(struct sync *sync, size_t i, const struct sample *sample,
    bool shorter)
{
	const struct source *s = &sync->sources[i];

	if (!sync->agreed || !sync_takes_part(sync, i) || s->surprises > 0)
		return false;
	/* After a start in a queue, which is over: judge all of it anew. */
	if (shorter && learn_is_complete(sync))
		learn_anew(sync);
	else
		learn_sample(sync, i, sample);
	if (sync->unsettled > 0)
		sync->unsettled--;
	return true;
}

/* An estimate that cannot be true, whatever made it so: start anew. */
static bool
is_sane(struct sync *sync)
{
	if (!sync->filter.started || filter_is_possible(&sync->filter))
		return true;
	sync->filter.started = false;
	sync->frequency = 0;
	sync->frequency_error = UNKNOWN_FREQUENCY;
	sync_restart(sync);
	sync->restarts++;
	return false;
}

/* The same, when there is an estimate. */
static bool
follow(struct sync *sync, size_t i, const struct sample *sample, bool shorter)
{
	struct estimate	 base;
	double		 now = fmax(sample->when, sync->filter.when);

	classify_sample(sync, i, sample);
	base = filter_estimate(&sync->filter, now);
	if (sync->sources[i].surprises > 0 &&
	    decide_change(sync, i, now, &base))
		return true;
	if (sync->sources[i].surprises == 0 && sync->unsettled == 0 &&
	    source_combine(&sync->sources[i], &base))
		shorter = true;
	judge_sources(sync, now, &base);
	return learn_from(sync, i, sample, shorter);
}

/* The end of all that may have UPDATED the estimate, which it returns. */
static bool
conclude(struct sync *sync, bool updated)
{
	if (!is_sane(sync))
		return false;
	update_state(sync);
	bound_remember(sync);
	return updated;
}

bool
sync_begin_with(struct sync *sync, size_t i)
{
	return conclude(sync, decide_start(sync,
	    source_sample(&sync->sources[i], 0), 0));
}

bool
sync_sample(struct sync *sync, size_t i, const struct sample *sample,
    size_t expected)
{
	struct source	*s = &sync->sources[i];
	bool		 shorter, updated;

	if (!sample_is_possible(sample))
		return false;
	shorter = source_add(s, sample);
	s->missed = 0;
	if (!sync->filter.started) {
		if (s->nsamples > 1 && source_contradicts(s, s->nsamples - 1))
			source_drop(s, s->nsamples - 1);
		updated = decide_start(sync, sample, expected);
	} else if (is_alone(sync) && expected > 0) {
		/* The first to come back may be the one that lies. */
		return false;
	} else
		updated = follow(sync, i, sample, shorter);
	return conclude(sync, updated);
}
