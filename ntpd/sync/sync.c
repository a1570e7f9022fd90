/*
 * The synchronizer: from samples to one estimate.
 */
#include <math.h>

#include "ntpd/sync/discipline.h"
#include "ntpd/sync/sync.h"

/* Samples that a source must have given before it votes. */
#define FIRST_SAMPLES	3

/* A sample further from prediction than this, in standard errors, waits. */
#define SURPRISE	4.0

/* That many in a row are not noise: the source, or the clock, has changed. */
#define SURPRISES	3

/* How much the clock may have drifted since a sample, at least, s/s. */
#define DRIFT_FLOOR	0.1e-6

/* What is known of a clock that has changed is worth so long a time, s. */
#define KNOWN		600.0

/*
 * Its frequency is no longer known better than this, s/s.  If it was no pause
 * it may have got off by its pace, but not by more than that.
 */
#define CHANGED_LEAST	1e-6
#define CHANGED_MOST	200e-6

/* Samples of a source count as spread over that long, s, at least. */
#define SHORTEST_SPAN	1.0

/*
 * Confidence of the error bound, in standard errors: 99 % of a normal error of
 * what nobody can know, the asymmetry of the paths, which stays as it is; and
 * more of the rest, as the oscillator need not go on as it did.
 */
#define BIAS_ERRORS	2.6
#define OTHER_ERRORS	4.5

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

void
sync_silence(struct sync *sync, size_t i)
{
	source_forget(&sync->sources[i], 0);
	sync->sources[i].surprises = 0;
	filter_leave(&sync->filter, i);
	sync->verdicts[i] = (struct verdict){ .tally = UNUSABLE };
	if (sync->system_peer == i)
		sync->system_peer = SYNC_SOURCES;
}

void
sync_remove(struct sync *sync, size_t i)
{
	sync_silence(sync, i);
	sync->sources[i].used = false;
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
	sync->filter.started = false;
	sync->agreed = false;
	sync->truechimers = 0;
	for (i = 0; i < SYNC_SOURCES; i++)
		sync_silence(sync, i);
}

void
sync_begin_again(struct sync *sync, double frequency, double frequency_error)
{
	size_t		 i;

	sync->frequency = frequency;
	sync->frequency_error = frequency_error;
	sync->filter.started = false;
	sync->agreed = false;
	sync->truechimers = 0;
	sync->system_peer = SYNC_SOURCES;
	for (i = 0; i < SYNC_SOURCES; i++) {
		sync->sources[i].surprises = 0;
		sync->sources[i].waiting = 0;
		filter_leave(&sync->filter, i);
		sync->verdicts[i] = (struct verdict){ .tally = UNUSABLE };
	}
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

/*
 * Has source I said enough to vote, and is it near enough to its root, if S is
 * what counts of it?  Whoever is not believed must say it more than once.
 */
static bool
is_usable(const struct sync *sync, size_t i, const struct source *s, double now)
{
	size_t		 needed = sync->filter.active[i] ? 1 : FIRST_SAMPLES;

	return s->used && s->nsamples >= needed &&
	    source_distance(s, now, 0) < SYNC_MAX_DISTANCE;
}

bool
sync_has_vote(const struct sync *sync, size_t i, double now)
{
	struct source	 s = source_settled(&sync->sources[i]);

	return is_usable(sync, i, &s, now);
}

/*
 * What each source says about now, against the filter's prediction - or,
 * before there is one, against the guess that offset and frequency are what
 * BASE says.
 */
static void
form_opinions(struct sync *sync, double now, const struct estimate *base,
    struct opinion *o)
{
	struct source	 s;
	struct verdict	*v;
	size_t		 i;
	double		 drift;

	drift = fmax(DRIFT_FLOOR, 3 * base->frequency_error);
	for (i = 0; i < SYNC_SOURCES; i++) {
		s = source_settled(&sync->sources[i]);
		v = &sync->verdicts[i];
		o[i] = (struct opinion){ .usable = false };
		v->tally = UNUSABLE;
		if (!is_usable(sync, i, &s, now))
			continue;
		o[i].usable = true;
		o[i].offset = source_mean(&s, now, base->offset,
		    base->frequency, &o[i].variance, &v->jitter);
		o[i].distance = source_distance(&s, now, drift);
		/* Without an estimate, our own drift looks like that. */
		o[i].unsteady = sync->filter.started && v->jitter >
		    o[i].distance + drift * source_span(&s, now);
		v->offset = o[i].offset;
		v->error = sqrt(o[i].variance);
		v->tally = FALSETICKER;
	}
}

/* The survivor that contributes most: heavy, near and steady. */
static size_t
choose_system_peer(const struct sync *sync, const struct opinion *o)
{
	double		 merit, best = 0;
	size_t		 i, peer = SYNC_SOURCES;

	for (i = 0; i < SYNC_SOURCES; i++) {
		if (!o[i].survivor)
			continue;
		merit = sync->sources[i].weight /
		    (o[i].distance + sync->verdicts[i].jitter);
		if (i == sync->system_peer)	/* no hopping between equals */
			merit *= 2;
		if (merit > best) {
			best = merit;
			peer = i;
		}
	}
	return peer;
}

static void
judge(struct sync *sync, double now, const struct estimate *base)
{
	struct opinion	 o[SYNC_SOURCES];
	size_t		 i;

	form_opinions(sync, now, base, o);
	sync->truechimers = select_truechimers(o, SYNC_SOURCES);
	sync->agreed = sync->truechimers > 0;
	if (sync->agreed)
		select_survivors(o, SYNC_SOURCES);
	sync->system_peer = choose_system_peer(sync, o);
	for (i = 0; i < SYNC_SOURCES; i++) {
		if (o[i].survivor)
			sync->verdicts[i].tally = i == sync->system_peer ?
			    SYSTEM_PEER : COMBINED;
		else if (o[i].truechimer)
			sync->verdicts[i].tally = OUTLIER;
	}
}

bool
sync_takes_part(const struct sync *sync, size_t i)
{
	return sync->verdicts[i].tally >= COMBINED;
}

/*
 * Whom others have found to be wrong is not only heard no longer: that nothing
 * he says fits does not speak against our clock, either.  Without a majority
 * nobody is heard: then what is known is carried on.
 */
static void
adjust_membership(struct sync *sync)
{
	bool		 wrong;
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++) {
		if (sync_takes_part(sync, i)) {
			filter_join(&sync->filter, i,
			    sync->sources[i].delays.least);
			continue;
		}
		wrong = sync->agreed && sync->verdicts[i].tally != UNUSABLE;
		if (wrong)
			sync->sources[i].believed = false;
		if (wrong && sync->filter.active[i])
			filter_reject(&sync->filter, i);
		else if (sync->filter.active[i])
			filter_leave(&sync->filter, i);
	}
}

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

/* The first decision: wait for those who may still answer, then vote. */
static bool
try_start(struct sync *sync, const struct sample *sample, size_t expected)
{
	struct estimate	 base = {
		.offset = sample->offset,
		.frequency = sync->frequency,
		.frequency_error = sync->frequency_error
	};

	judge(sync, sample->when, &base);
	if (!sync->agreed || expected > 0)
		return false;
	begin(sync);
	return true;
}

bool
sync_begin_with(struct sync *sync, size_t i)
{
	return try_start(sync, source_sample(&sync->sources[i], 0), 0);
}

/*
 * A sample far from prediction is not believed at once.  When a source
 * insists, its past says nothing about its future; and when all do, it is our
 * clock that has changed.  When it does not, or no longer, what was far from
 * prediction was wrong.
 */
static bool
surprising(struct sync *sync, size_t i, const struct sample *sample)
{
	struct source	*s = &sync->sources[i];
	struct observation o;

	filter_predict(&sync->filter, sample->when);
	o = observe(sync, i, sample);
	if (filter_surprise(&sync->filter, i, &o) < SURPRISE) {
		source_drop(s, s->surprises);
		s->surprises = 0;
		s->fitted = sample->when;
		return false;
	}
	if (s->surprises == 0)
		s->believed = sync->filter.active[i];
	s->surprises++;
	s->waiting = s->surprises < SURPRISES ? s->surprises : 0;
	if (s->surprises == SURPRISES)
		source_forget(s, SURPRISES);
	return true;
}

bool
sync_in_doubt(const struct sync *sync, size_t i)
{
	const struct source *s = &sync->sources[i];

	return s->believed && s->surprises > 0 && s->surprises < SURPRISES;
}

/*
 * Are most of the sources that were believed surprising, and have they said so
 * often enough?  Each of them speaks for the others.  Who finds the prediction
 * right speaks against them, even if no majority believes anybody any more.
 */
static bool
clock_changed(const struct sync *sync)
{
	const struct source *s;
	size_t		 i, surprising = 0, surprises = 0, members = 0;

	for (i = 0; i < SYNC_SOURCES; i++) {
		s = &sync->sources[i];
		if (!s->used)
			continue;
		if (s->surprises == 0) {
			members += s->nsamples > 0;
		} else if (s->believed) {
			members++;
			surprising++;
			surprises += s->surprises;
		}
	}
	return surprises >= SURPRISES && 2 * surprising > members;
}

/* Have all whom the vote believes been against prediction for long enough? */
static bool
prediction_is_wrong(const struct sync *sync)
{
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++)
		if (sync_takes_part(sync, i) &&
		    sync->sources[i].surprises < SURPRISES)
			return false;
	return sync->agreed;
}

/*
 * How far the frequency may have changed, s/s, since a sample of source I
 * fitted last, if SAMPLE is as far as it is from BASE, what was predicted for
 * it.  What may be noise shows nothing.
 */
static double
possible_pace(const struct sync *sync, size_t i, const struct sample *sample,
    const struct estimate *base)
{
	struct observation o = observe(sync, i, sample);
	double		 off = fabs(o.offset - base->offset) - o.half -
	    SURPRISE * base->offset_error;
	double		 since = fmax(1, sample->when - sync->sources[i].fitted);

	if (off > DISCIPLINE_LARGE)
		return CHANGED_LEAST;
	return fmin(CHANGED_MOST, fmax(CHANGED_LEAST, off / since));
}

/*
 * Drop what was said before the change, by who has seen it, or by ALL; what was
 * said since need not wait.
 */
static void
forget_before_change(struct sync *sync, bool all)
{
	struct source	*s;

	for (s = sync->sources; s < sync->sources + SYNC_SOURCES; s++) {
		s->waiting = 0;
		if (all || s->surprises > 0)
			source_forget(s, s->surprises);
	}
}

/*
 * The clock has changed, as SAMPLE of source I is the last to show; if a
 * majority, in which those who have not seen it yet have their votes, agrees.
 * Then these are to be heard anew.
 */
static void
accept_change(struct sync *sync, size_t i, const struct sample *sample,
    double now)
{
	double		 began = sync->filter.began;
	struct estimate	 base;
	struct source	*s;

	base = filter_estimate(&sync->filter, now);
	sync->frequency = base.frequency;
	sync->frequency_error = fmax(base.frequency_error,
	    possible_pace(sync, i, sample, &base));
	forget_before_change(sync, false);
	judge(sync, now, &base);
	if (!sync->agreed)
		return;
	forget_before_change(sync, true);
	judge(sync, now, &base);
	for (s = sync->sources; s < sync->sources + SYNC_SOURCES; s++)
		s->surprises = 0;
	if (!sync->agreed)
		return;
	sync->changes++;
	begin(sync);
	/* It is the same oscillator: no need to ask as often as at a start. */
	sync->filter.began = fmax(began, now - KNOWN);
}

/* Has everybody that was believed fallen silent? */
static bool
is_coasting(const struct sync *sync)
{
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++)
		if (sync->filter.active[i])
			return false;
	return true;
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

bool
sync_sample(struct sync *sync, size_t i, const struct sample *sample,
    size_t expected)
{
	struct estimate	 base;
	bool		 surprise, shorter;
	double		 now;

	shorter = source_add(&sync->sources[i], sample);
	if (!sync->filter.started)
		return try_start(sync, sample, expected);
	/* The first to come back may be the one that lies. */
	if (is_coasting(sync) && expected > 0)
		return false;
	now = fmax(sample->when, sync->filter.when);
	surprise = sync->sources[i].nsamples > 1 &&
	    surprising(sync, i, sample);
	if (surprise && clock_changed(sync)) {
		accept_change(sync, i, sample, now);
		return sync->agreed;
	}
	/* It waits: neither its source nor others are judged by it so far. */
	if (surprise && sync_in_doubt(sync, i))
		return false;
	base = filter_estimate(&sync->filter, now);
	if (!surprise && source_combine(&sync->sources[i], &base))
		shorter = true;
	judge(sync, now, &base);
	if (surprise && prediction_is_wrong(sync)) {
		accept_change(sync, i, sample, now);
		return sync->agreed;
	}
	adjust_membership(sync);
	if (!sync_takes_part(sync, i) || surprise)
		return false;
	/* After a start in a queue, which is over: judge all of it anew. */
	if (shorter && is_complete(sync))
		begin(sync);
	else
		learn(sync, i, sample);
	return true;
}

double
sync_bound(const struct sync *sync, double now)
{
	double		 error = filter_estimate(&sync->filter, now).offset_error;
	double		 bias = fmin(error, filter_bias_error(&sync->filter));
	double		 other = sqrt(error * error - bias * bias);

	return hypot(BIAS_ERRORS * bias, OTHER_ERRORS * other);
}
