/*
 * The first decision, and whether our clock has changed.
 */
#include <math.h>

#include "ntpd/sync/bound.h"
#include "ntpd/sync/change.h"
#include "ntpd/sync/decide.h"
#include "ntpd/sync/learn.h"
#include "ntpd/sync/vote.h"

/*
 * What a source says in the end is a change from so many standard errors on.
 * Tuned: bound_test, near_and_far.
 */
#define CHANGE		3.0

/* The estimate was begun: each source's state says with or without it. */
static void
settle_states(struct sync *sync)
{
	struct source	*s;
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++) {
		s = &sync->sources[i];
		s->surprises = 0;
		s->waiting = 0;
		s->fits = 0;
		if (sync_takes_part(sync, i))
			s->fitted = sync->filter.when;
		source_happens(s, sync_takes_part(sync, i) ? EVENT_BEGUN :
		    EVENT_LEFT_OUT);
	}
}

/*
 * The vote compared the sources with OFFSET at WHEN, a sample of one of them;
 * now there is an estimate to compare them with.
 */
static void
compare_with_estimate(struct sync *sync, double offset, double when)
{
	double		 more = filter_estimate(&sync->filter, when).offset -
	    offset;
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++)
		if (sync->verdicts[i].tally != UNUSABLE)
			sync->verdicts[i].offset -= more;
}

bool
decide_start(struct sync *sync, const struct sample *sample, size_t expected)
{
	struct opinion	 o[SYNC_SOURCES];
	struct estimate	 base = {
		.offset = sample->offset,
		.frequency = sync->frequency,
		.frequency_error = sync->frequency_error
	};
	bool		 agreed;

	agreed = vote_hold(sync, sample->when, &base, VOTE_SETTLED, o) > 0;
	vote_publish(sync, o);
	sync->agreed = agreed;
	if (!agreed || expected > 0)
		return false;
	change_frequency(sync, o, sample->when, &base);
	learn_anew(sync);
	settle_states(sync);
	compare_with_estimate(sync, base.offset, sample->when);
	sync->state = SYNC_FOLLOWING;
	sync->calm = sync->filter.when;
	return true;
}

/*
 * Does O say that the prediction is wrong?  Of a source that was asked long ago
 * the line is too uncertain for that: what two far ones say so is no evidence
 * against a near one that fits.
 */
static bool
speaks_of_change(const struct opinion *o)
{
	return fabs(o->offset) > CHANGE * sqrt(o->variance);
}

/* How all sources stand, given what they say in the end, O. */
static void
take_stands(const struct sync *sync, const struct opinion *o,
    struct stand *stands)
{
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++)
		stands[i] = (struct stand){
			.votes = o[i].usable || (sync->sources[i].used &&
			    sync->verdicts[i].tally != UNUSABLE),
			.state = sync->sources[i].state,
			.surprises = sync->sources[i].surprises,
			.agrees = o[i].truechimer &&
			    speaks_of_change(&o[i]),
			.counts = o[i].survivor,
			.ahead = o[i].offset > 0
		};
}

/*
 * The estimate is begun again with those that say that the clock has changed.
 * What a near one said before, when asked too long ago to tell, would count for
 * more than all of them.
 */
static void
leave_out_undecided(struct opinion *o, const struct stand *stands)
{
	size_t		 i, decided = 0;

	for (i = 0; i < SYNC_SOURCES; i++)
		decided += o[i].survivor && stands[i].agrees;
	for (i = 0; decided > 0 && i < SYNC_SOURCES; i++)
		o[i].survivor = o[i].survivor && stands[i].agrees;
}

bool
decide_change(struct sync *sync, size_t i, double now,
    const struct estimate *base)
{
	struct opinion	 o[SYNC_SOURCES] = { 0 };
	struct stand	 stands[SYNC_SOURCES];
	double		 began = sync->filter.began;

	take_stands(sync, o, stands);
	if (!doubt_may_be_us(stands, SYNC_SOURCES))
		return false;
	if (vote_hold(sync, now, base, VOTE_NEWS, o) == 0)
		return false;
	take_stands(sync, o, stands);
	if (!doubt_may_be_us(stands, SYNC_SOURCES) ||
	    !doubt_is_us(stands, SYNC_SOURCES))
		return false;
	leave_out_undecided(o, stands);
	change_accept(sync, o, i, now, base);
	learn_anew(sync);
	change_known(sync, began, now);
	bound_change(sync, base->frequency);
	settle_states(sync);
	sync->state = SYNC_BEGINNING_AGAIN;
	sync->unsettled = SYNC_SETTLED;
	sync->agreed = true;
	sync->changes++;
	return true;
}
