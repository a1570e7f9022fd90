/*
 * The synchronizer: from samples to one estimate.  A sample is classified
 * against the prediction, all sources vote, and what they agree on is learned.
 */
#include <math.h>

#include "ntpd/sync/bound.h"
#include "ntpd/sync/change.h"
#include "ntpd/sync/sync.h"
#include "ntpd/sync/vote.h"

/*
 * A sample further from prediction than this is a surprise, in standard
 * errors.  Tuned: surprises_are_taken_calmly.
 */
#define SURPRISE	4.0

/*
 * What a source says in the end is a change from so many standard errors on.
 * Tuned: bound_test, near_and_far.
 */
#define CHANGE		3.0

/*
 * So many of the newest samples are the story of a source that has no part in
 * the estimate.  With more of them, an oscillator that drifts makes it look
 * unsteady.  Tuned: chaos_test.
 */
#define STORY		4

/* Frequency error when nothing can be known of it, s/s. */
#define UNKNOWN_FREQUENCY 200e-6

void
sync_init(struct sync *sync, double frequency, double frequency_error)
{
	*sync = (struct sync){
		.frequency = frequency,
		.frequency_error = frequency_error,
		.system_peer = SYNC_SOURCES
	};
}

void
sync_add(struct sync *sync, size_t i, unsigned weight)
{
	source_init(&sync->sources[i], weight);
	sync->verdicts[i] = (struct verdict){ .tally = UNUSABLE };
}

/* Source I had this event. */
static void
happens(struct sync *sync, size_t i, enum source_event event)
{
	struct source	*s = &sync->sources[i];

	s->state = doubt_next(s->state, event);
}

/* Source I takes no part in anything any more. */
static void
leave(struct sync *sync, size_t i)
{
	struct source	*s = &sync->sources[i];

	s->surprises = s->fits = 0;
	s->waiting = 0;
	happens(sync, i, EVENT_LEFT_OUT);
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
	sync->certain = sync->measured = false;
	sync->pace = 0;
	sync->truechimers = 0;
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
sync_begin_again(struct sync *sync, double frequency, double frequency_error)
{
	size_t		 i;

	sync->frequency = frequency;
	sync->frequency_error = frequency_error;
	forget_estimate(sync);
	for (i = 0; i < SYNC_SOURCES; i++)
		leave(sync, i);
}

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

/* ---- classify ---- */

/*
 * What SAMPLE of source I tells the filter, which is at that time or after it:
 * interleaved mode has samples an interval late.  Such a one is carried on by
 * the frequency, and so much less certain.
 */
static struct observation
observe(const struct sync *sync, size_t i, const struct sample *sample)
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

/* Are the samples of S compared with the prediction?  Else it has a story. */
static bool
is_compared(const struct source *s)
{
	return s->state == SOURCE_FITS || s->state == SOURCE_DOUBTED;
}

/*
 * A source that has no part in the estimate got another sample.  Its story are
 * the newest ones, as long as they are on one line.
 */
static void
go_on_with_story(struct source *s)
{
	source_forget(s, STORY);
	if (s->nsamples > 1 && source_contradicts(s, s->nsamples - 1))
		source_drop(s, s->nsamples - 1);
}

/* A sample that fits.  If others waited, they were wrong. */
static void
take_fit(struct sync *sync, size_t i)
{
	struct source	*s = &sync->sources[i];

	if (is_compared(s)) {
		source_drop(s, s->waiting);
		source_straighten(s);
	} else
		go_on_with_story(s);
	s->surprises = 0;
	if (s->fits < DOUBT_ANSWERS)
		s->fits++;
	s->fitted = source_sample(s, 0)->when;
	happens(sync, i, s->fits < DOUBT_ANSWERS ? EVENT_FITS :
	    EVENT_FITS_AGAIN);
}

/* One more of S waits, unless it contradicts those that do: then alone. */
static void
wait_for_more(struct source *s)
{
	s->waiting++;
	if (s->waiting > 1 && source_contradicts(s, s->waiting - 1)) {
		source_drop(s, s->waiting - 1);
		s->waiting = 1;
	}
}

/*
 * A sample that does not fit.  The first ones wait, apart from the older ones.
 * When the source insists, only these are left: its past says nothing about
 * what it says now.
 */
static void
take_surprise(struct sync *sync, size_t i)
{
	struct source	*s = &sync->sources[i];
	bool		 waits = is_compared(s);

	s->fits = 0;
	if (s->surprises == 0)
		s->since = source_sample(s, 0)->when;
	if (s->surprises <= DOUBT_ANSWERS)
		s->surprises++;
	happens(sync, i, s->surprises < DOUBT_ANSWERS ? EVENT_SURPRISES :
	    EVENT_INSISTS);
	if (!waits) {
		go_on_with_story(s);
		return;
	}
	wait_for_more(s);
	if (s->state != SOURCE_DOUBTED)
		*s = source_story(s);
}

/* How far SAMPLE of source I is from what is predicted, standard errors. */
static double
surprise(const struct sync *sync, size_t i, const struct sample *sample)
{
	struct observation o = observe(sync, i, sample);

	return filter_surprise(&sync->filter, i, &o,
	    source_length(&sync->sources[i]));
}

/* Is SAMPLE, the newest of source I, what was predicted? */
static void
classify(struct sync *sync, size_t i, const struct sample *sample)
{
	filter_predict(&sync->filter, sample->when);
	if (surprise(sync, i, sample) < SURPRISE) {
		take_fit(sync, i);
		return;
	}
	bound_doubt(sync, i, observe(sync, i, sample).offset);
	take_surprise(sync, i);
}

/* ---- learn ---- */

static void
learn(struct sync *sync, size_t i, const struct sample *sample)
{
	struct observation o;

	filter_predict(&sync->filter, sample->when);
	o = observe(sync, i, sample);
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

/*
 * Those who are used take part in the filter.  Without a majority nobody does:
 * then what is known is carried on.  Of a source that was found to be wrong,
 * what it said is forgotten, too.
 */
static void
adjust_membership(struct sync *sync)
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

/*
 * Start the filter with everything that the chosen sources have said so far.
 * The first sample is the guess to start from, ten times as uncertain as it
 * is, so that it still counts once.
 */
static void
begin(struct sync *sync)
{
	size_t		 taken[SYNC_SOURCES] = { 0 }, i = 0;
	const struct sample *s;
	double		 error;

	if ((s = next_sample(sync, taken, &i)) == NULL)
		return;
	error = sqrt(source_variance(&sync->sources[i], s));
	filter_start(&sync->filter, s->when, s->offset, 10 * error,
	    sync->frequency, sync->frequency_error);
	adjust_membership(sync);
	for (; s != NULL; s = next_sample(sync, taken, &i)) {
		learn(sync, i, s);
		taken[i]++;
	}
}

/* Is everything still there that the filter has learned from? */
static bool
is_complete(const struct sync *sync)
{
	size_t		 i, samples = 0;

	for (i = 0; i < SYNC_SOURCES; i++)
		if (sync_takes_part(sync, i))
			samples += sync->sources[i].nsamples -
			    sync->sources[i].waiting;
	/* Of these the newest is not learned yet. */
	return (double)samples > sync->filter.updates;
}

/* ---- vote ---- */

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
		happens(sync, i, sync_takes_part(sync, i) ? EVENT_BEGUN :
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

/* The first decision: wait for those who may still answer, then vote. */
static bool
try_start(struct sync *sync, const struct sample *sample, size_t expected)
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
	begin(sync);
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
 * Has our clock changed, as the newest sample of source I is the last to show?
 * Then begin again with what was said since.
 */
static bool
has_changed(struct sync *sync, size_t i, double now,
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
	change_accept(sync, o, i, now, base);
	begin(sync);
	change_known(sync, began, now);
	bound_change(sync, base->frequency);
	settle_states(sync);
	sync->state = SYNC_BEGINNING_AGAIN;
	sync->unsettled = SYNC_SETTLED;
	sync->agreed = true;
	sync->changes++;
	return true;
}

/* Does anybody whom the vote believes find the prediction right? */
static bool
fits_somebody(const struct sync *sync, const struct opinion *o)
{
	const struct source *s;
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++) {
		s = &sync->sources[i];
		if (o[i].truechimer && (s->state == SOURCE_DOUBTED ||
		    s->state == SOURCE_FITS ||
		    (s->state == SOURCE_NEW && s->fits > 0)))
			return true;
	}
	return false;
}

/*
 * Was a majority that says O heard since source S began to say something else,
 * and does it FIT, if that is asked?  What was said before is no word against
 * it.
 */
static bool
is_answered(const struct sync *sync, const struct opinion *o,
    const struct source *s, bool fit)
{
	const struct source *other;
	size_t		 i, voters = 0, heard = 0;

	for (i = 0; i < SYNC_SOURCES; i++) {
		other = &sync->sources[i];
		voters += o[i].usable;
		heard += o[i].truechimer && other != s &&
		    source_sample(other, 0)->when >= s->since &&
		    (!fit || (other->state == SOURCE_FITS &&
		    other->surprises == 0));
	}
	return 2 * heard > voters;
}

/*
 * What the vote O means for source I.  True if it is heard as another one from
 * now on, as its path has changed, or its clock was wrong before.
 */
static bool
judge(struct sync *sync, const struct opinion *o, size_t i)
{
	struct source	*s = &sync->sources[i];
	bool		 another = false;

	if (!sync->agreed) {
		if (s->state == SOURCE_FALSE)
			s->surprises = 0;
		happens(sync, i, EVENT_UNDECIDED);
	} else if (o[i].survivor) {
		another = s->state == SOURCE_INSISTS ||
		    s->state == SOURCE_FALSE;
		if (another && sync->filter.active[i])
			filter_reject(&sync->filter, i);
		if (another)
			s->surprises = 0;
		happens(sync, i, EVENT_ACCEPTED);
	} else if (o[i].usable && (!o[i].truechimer ||
	    s->state == SOURCE_INSISTS) && is_answered(sync, o, s, false)) {
		if (s->waiting > 0)
			*s = source_story(s);
		happens(sync, i, EVENT_OUTVOTED);
	}
	return another;
}

/*
 * Source I, of which O was said, is heard as another one.  Its newest sample may
 * be a surprise even so.  If a majority fits, it is not our clock, so the path is
 * what was improbable.  If not, that sample is not enough to make the next one
 * no surprise: learn those before it.
 */
static void
admit(struct sync *sync, const struct opinion *o, size_t i)
{
	const struct source *s = &sync->sources[i];
	size_t		 n = s->nsamples;

	if (surprise(sync, i, source_sample(s, 0)) < SURPRISE)
		return;
	if (is_answered(sync, o, s, true)) {
		filter_allow(&sync->filter, i, o[i].offset);
		return;
	}
	while (n-- > 1)
		learn(sync, i, source_sample(s, n));
}

static void
vote(struct sync *sync, double now, const struct estimate *base)
{
	struct opinion	 o[SYNC_SOURCES];
	bool		 agreed, another[SYNC_SOURCES];
	size_t		 i;

	agreed = vote_hold(sync, now, base, VOTE_SETTLED, o) > 0;
	sync->agreed = agreed && fits_somebody(sync, o);
	for (i = 0; agreed && !sync->agreed && i < SYNC_SOURCES; i++)
		o[i].survivor = o[i].truechimer = false;
	vote_publish(sync, o);
	for (i = 0; i < SYNC_SOURCES; i++)
		another[i] = sync->sources[i].used && judge(sync, o, i);
	adjust_membership(sync);
	for (i = 0; i < SYNC_SOURCES; i++)
		if (another[i])
			admit(sync, o, i);
}

/* ---- the whole ---- */

/* Has any source said something new that is not settled? */
static bool
is_in_doubt(const struct sync *sync)
{
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++)
		if (sync->sources[i].used &&
		    doubt_is_open(sync->sources[i].state))
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
	    anybody_is(sync, SOURCE_FITS) || !anybody_is(sync, SOURCE_INSISTS)))
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
	if (shorter && is_complete(sync))
		begin(sync);
	else
		learn(sync, i, sample);
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

	classify(sync, i, sample);
	base = filter_estimate(&sync->filter, now);
	if (sync->sources[i].surprises > 0 && has_changed(sync, i, now, &base))
		return true;
	if (sync->sources[i].surprises == 0 && sync->unsettled == 0 &&
	    source_combine(&sync->sources[i], &base))
		shorter = true;
	vote(sync, now, &base);
	return learn_from(sync, i, sample, shorter);
}

/* The end of everything that may have UPDATED the estimate, which it returns. */
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
	return conclude(sync, try_start(sync,
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
		updated = try_start(sync, sample, expected);
	} else if (is_alone(sync) && expected > 0) {
		/* The first to come back may be the one that lies. */
		return false;
	} else
		updated = follow(sync, i, sample, shorter);
	return conclude(sync, updated);
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
