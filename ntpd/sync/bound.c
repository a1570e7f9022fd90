/*
 * How far off the estimate may be: for certain, and most likely.
 */
#include <math.h>

#include "common/rfc5905.h"

#include "ntpd/sync/bound.h"

/*
 * The likely bound's confidence, in standard errors: 99 % of a normal error of
 * what nobody can know, the asymmetry of the paths, which stays as it is; and
 * more of the rest, as the oscillator need not go on as it did.  Tuned: the
 * coverage in check-lab.
 */
#define BIAS_ERRORS	2.6
#define OTHER_ERRORS	4.5

/* The frequency is known for certain to so many of its standard errors. */
#define FREQUENCY_ERRORS 4.5

double
sync_bound(const struct sync *sync, double now)
{
	struct estimate	 e = filter_estimate(&sync->filter, now);
	double		 error = e.offset_error;
	double		 bias = fmin(error, filter_bias_error(&sync->filter));
	double		 other = sqrt(error * error - bias * bias);
	double		 doubt = 0;

	if (sync->state == SYNC_IN_DOUBT || sync->state == SYNC_COASTING)
		doubt = sync->max_drift * fmax(0, now - sync->calm);
	return hypot(BIAS_ERRORS * bias, OTHER_ERRORS * other) +
	    sync->conflict + doubt;
}

/*
 * How far the frequency may be off as long as no samples have measured it, s/s:
 * what is known beforehand may be another machine's.  This is what NTP daemons
 * have always taken for the most.
 */
#define FREQUENCY_UNMEASURED MAXFREQ

/*
 * Two samples cannot tell a frequency from a pause between them.  Derived; with
 * two, chaos_test (pauses alone) fails.
 */
#define MEASURING	3

/*
 * Do the lines through their samples know it, of more than half of those that
 * answer?  One alone might be a liar, whose samples look as exact as it likes.
 */
static bool
is_measured(const struct sync *sync, double now)
{
	struct line	 line;
	size_t		 i, measured = 0, answer = 0;

	for (i = 0; i < SYNC_SOURCES; i++) {
		if (!sync->sources[i].used || sync->sources[i].nrecent == 0)
			continue;
		answer++;
		if (!sync_takes_part(sync, i) ||
		    sync->sources[i].nsamples < MEASURING)
			continue;
		line = source_line(&sync->sources[i], now, 0, 0,
		    FREQUENCY_UNMEASURED);
		if (FREQUENCY_ERRORS * line.slope_error < sync->max_drift)
			measured++;
	}
	return 2 * measured > answer;
}

/*
 * How fast true time may go at most beside what is believed, s/s.  While in
 * doubt also as fast as those say that are not believed, up to what no
 * oscillator does.
 */
static double
worst_drift(const struct sync *sync, const struct estimate *e)
{
	double		 drift = fmax(sync->max_drift,
	    FREQUENCY_ERRORS * e->frequency_error);

	drift = fmax(drift, sync->pace);
	if (sync->measured)
		return drift;
	return fmax(drift, fmax(FREQUENCY_UNMEASURED, fabs(e->frequency)));
}

double
sync_drift(const struct sync *sync, double now)
{
	const struct estimate e = filter_estimate(&sync->filter, now);

	return worst_drift(sync, &e);
}

/* How fast the last two samples of S go off what E says, s/s; 0: only one. */
static double
pace_between(const struct source *s, const struct estimate *e)
{
	const struct sample *last = &s->recent[0], *before = &s->recent[1];
	double		 t = last->when - before->when;

	if (s->nrecent < 2 || t <= 0)
		return 0;
	return fabs((last->offset - before->offset) / t - e->frequency);
}

void
bound_doubt(struct sync *sync, size_t i, double offset)
{
	const struct source *s = &sync->sources[i];
	struct estimate	 e = filter_estimate(&sync->filter, sync->filter.when);
	double		 since = fmax(1, sync->filter.when - s->fitted);

	double		 pace = fabs(offset - e.offset) / since;

	if (s->waiting > 0)
		pace = fmax(pace, pace_between(s, &e));
	sync->pace = fmax(sync->pace, fmin(pace, FREQUENCY_UNMEASURED));
}

void
bound_change(struct sync *sync, double frequency)
{
	struct estimate	 e = filter_estimate(&sync->filter, sync->filter.when);

	sync->pace = fmax(sync->pace, fabs(e.frequency - frequency));
	sync->outdated = true;
}

struct interval {
	double		 low, high;	/* s */
};

/* In which interval sample S says that the offset is at NOW. */
static struct interval
carried_on(const struct sample *s, double now, const struct estimate *e,
    double drift)
{
	double		 age = now - s->when;
	double		 middle = s->offset + e->frequency * age;
	double		 half = sample_distance(s) + drift * fabs(age);

	return (struct interval){ middle - half, middle + half };
}

/*
 * How fast S itself may go off what E says, s/s: if its own line has another
 * slope for sure, that, or others have taught us a wrong frequency.
 */
static double
own_drift(const struct source *s, double now, const struct estimate *e)
{
	struct line	 line;

	if (!source_recent_line(s, now, e, &line) ||
	    fabs(line.slope) < FREQUENCY_ERRORS * line.slope_error)
		return 0;
	return fmin(fabs(line.slope) + line.slope_error,
	    FREQUENCY_UNMEASURED);
}

/*
 * The newest sample says it.  An older one with a shorter round trip may say
 * more, but only if nothing has happened to the oscillator since.  If the
 * newest is in doubt, what was said before may be true as well.
 */
static struct interval
interval_of(const struct source *source, double now, const struct estimate *e,
    double drift)
{
	struct interval	 all = carried_on(&source->recent[0], now, e, drift);
	struct interval	 before;

	if (source->waiting == 0)
		return all;
	before = carried_on(source_sample(source, source->waiting), now, e,
	    drift);
	return (struct interval){ fmin(all.low, before.low),
	    fmax(all.high, before.high) };
}

/*
 * In which interval source S says that the offset is at NOW.  For this it needs
 * no three samples, nor need they fit.
 */
static struct opinion
certain_opinion(const struct sync *sync, const struct source *s, double now,
    const struct estimate *e)
{
	struct interval	 t;

	if (!s->used || s->nrecent == 0 ||
	    sample_distance(&s->recent[0]) >= SYNC_MAX_DISTANCE)
		return (struct opinion){ .usable = false };
	t = interval_of(s, now, e, fmax(worst_drift(sync, e),
	    own_drift(s, now, e)));
	return (struct opinion){
		.usable = true,
		.offset = (t.low + t.high) / 2,
		.distance = (t.high - t.low) / 2
	};
}

/*
 * Does one that answers say something new that is not settled?  When it is, as
 * our clock has changed, others that do not answer may not know of that yet;
 * nor does what was certain before, until all agree on something else.
 */
static bool
is_contested(const struct sync *sync)
{
	const struct source *s;

	if (sync->unsettled > 0 || sync->outdated)
		return true;
	for (s = sync->sources; s < sync->sources + SYNC_SOURCES; s++)
		if (s->used && s->missed == 0 && s->surprises > 0 &&
		    s->state != SOURCE_FALSE)
			return true;
	return false;
}

enum voters { ALL, ANSWERING };		/* their last request */

/* What more than half of VOTERS have in common. */
static bool
majority(const struct sync *sync, double now, const struct estimate *e,
    enum voters voters, struct interval *common)
{
	struct opinion	 o[SYNC_SOURCES] = { 0 };
	const struct source *s;
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++) {
		s = &sync->sources[i];
		if (voters == ALL || s->missed == 0)
			o[i] = certain_opinion(sync, s, now, e);
	}
	return select_majority(o, SYNC_SOURCES, &common->low, &common->high);
}

/* What was certain, carried on. */
static bool
certain_before(const struct sync *sync, double now, const struct estimate *e,
    struct interval *before)
{
	double		 age = now - sync->certain_at;
	double		 drift = worst_drift(sync, e) * age;

	before->low = sync->low + e->frequency * age - drift;
	before->high = sync->high + e->frequency * age + drift;
	return sync->certain;
}

/*
 * Some may have missed a request or two, by chance or as they are gone.  If
 * another one says something new, what those that answer agree on may be true
 * as well.
 */
bool
sync_certain(const struct sync *sync, double now, double *low, double *high)
{
	struct estimate	 e;
	struct interval	 all, answering;

	if (!sync->filter.started)
		return false;
	e = filter_estimate(&sync->filter, now);
	if (!majority(sync, now, &e, ALL, &all) &&
	    !certain_before(sync, now, &e, &all))
		return false;
	if (is_contested(sync) &&
	    majority(sync, now, &e, ANSWERING, &answering)) {
		all.low = fmin(all.low, answering.low);
		all.high = fmax(all.high, answering.high);
	}
	*low = all.low;
	*high = all.high;
	return true;
}

void
bound_remember(struct sync *sync)
{
	double		 now = sync->filter.when;
	struct estimate	 e;
	struct interval	 common;

	if (!sync->filter.started)
		return;
	e = filter_estimate(&sync->filter, now);
	if (!majority(sync, now, &e, ALL, &common))
		return;
	sync->low = common.low;
	sync->high = common.high;
	sync->measured = is_measured(sync, now);
	sync->certain = true;
	sync->outdated = false;
	sync->certain_at = now;
}
