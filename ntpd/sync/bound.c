/*
 * How far off the estimate may be: for certain, and most likely.
 */
#include <math.h>

#include "ntpd/sync/bound.h"
#include "ntpd/sync/vote.h"

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
	double		 error = filter_estimate(&sync->filter, now).offset_error;
	double		 bias = fmin(error, filter_bias_error(&sync->filter));
	double		 other = sqrt(error * error - bias * bias);
	double		 doubt = 0;

	if (sync->state == SYNC_IN_DOUBT || sync->state == SYNC_COASTING)
		doubt = SYNC_WORST_DRIFT * fmax(0, now - sync->calm);
	return hypot(BIAS_ERRORS * bias, OTHER_ERRORS * other) + doubt;
}

/* What is certain of how fast true time goes, s/s off what is believed. */
static double
worst_drift(const struct estimate *e)
{
	return fmax(SYNC_WORST_DRIFT, FREQUENCY_ERRORS * e->frequency_error);
}

struct interval {
	double		 low, high;	/* s */
};

/* In which interval sample S says that the offset is at NOW. */
static struct interval
carried_on(const struct sample *s, double now, const struct estimate *e)
{
	double		 age = now - s->when;
	double		 middle = s->offset + e->frequency * age;
	double		 half = sample_distance(s) + worst_drift(e) * fabs(age);

	return (struct interval){ middle - half, middle + half };
}

/*
 * Of the samples that are settled the one that tells most; and if others wait,
 * what they say may be true as well.
 */
static struct interval
interval_of(const struct source *source, double now, const struct estimate *e)
{
	struct interval	 best = { -HUGE_VAL, HUGE_VAL }, t;
	size_t		 i;

	for (i = source->waiting; i < source->nsamples; i++) {
		t = carried_on(source_sample(source, i), now, e);
		if (t.high - t.low < best.high - best.low)
			best = t;
	}
	for (i = 0; i < source->waiting; i++) {
		t = carried_on(source_sample(source, i), now, e);
		best.low = fmin(best.low, t.low);
		best.high = fmax(best.high, t.high);
	}
	return best;
}

/* What more than half of those that vote have in common. */
static bool
majority(const struct sync *sync, double now, const struct estimate *e,
    double *low, double *high)
{
	struct opinion	 o[SYNC_SOURCES] = { 0 };
	struct interval	 t;
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++) {
		if (!vote_has(sync, i, now))
			continue;
		t = interval_of(&sync->sources[i], now, e);
		o[i].usable = true;
		o[i].offset = (t.low + t.high) / 2;
		o[i].distance = (t.high - t.low) / 2;
	}
	return select_majority(o, SYNC_SOURCES, low, high);
}

bool
sync_certain(const struct sync *sync, double now, double *low, double *high)
{
	struct estimate	 e;
	double		 age = now - sync->certain_at, drift;

	if (!sync->filter.started)
		return false;
	e = filter_estimate(&sync->filter, now);
	if (majority(sync, now, &e, low, high))
		return true;
	drift = worst_drift(&e) * age;
	*low = sync->low + e.frequency * age - drift;
	*high = sync->high + e.frequency * age + drift;
	return sync->certain;
}

void
bound_remember(struct sync *sync)
{
	double		 now = sync->filter.when;
	struct estimate	 e;

	if (!sync->filter.started)
		return;
	e = filter_estimate(&sync->filter, now);
	if (!majority(sync, now, &e, &sync->low, &sync->high))
		return;
	sync->certain = true;
	sync->certain_at = now;
}
