/*
 * Clock discipline: how fast to correct what.
 */
#include <math.h>

#include "ntpd/sync/discipline.h"

/* Slews are not shorter, s: a command costs two messages. */
#define SHORTEST_SLEW	1.0

/* Nor longer, s, ... */
#define LONGEST_SLEW	2400.0

/* ... but for offsets of hours: then a day, and another plan after it. */
#define LAST_SLEW	86400.0

/*
 * Corrections take so many times what would disturb the rate by as much as the
 * frequency is unknown.  Tuned: wander, bigfreq and farfalse in check-lab.
 */
#define AGES		1.25

/* It is the geometric mean of so many plans'.  Tuned: temperature. */
#define AGE_MEMORY	5.0

/*
 * An offset of its own standard error is corrected in no less than so many
 * times what the frequency's error takes to make another one.  Tuned:
 * smallfalse in check-lab.
 */
#define HASTE		1.0

/*
 * No correction disturbs the rate by more than so many of the frequency's
 * errors.  Tuned: wander and smallfalse, likewise.
 */
#define DISTURBANCE	5.0

/* Acquired when the offset is within so many standard errors. */
#define ACQUIRED	3.0

/* Lost when it is beyond so many. */
#define LOST		50.0

static double
clamp(double v, double most)
{
	return fmax(-most, fmin(most, v));
}

/*
 * The age changes from sample to sample by what each of them tells.  But a time
 * constant that changes costs more than one that is a little wrong.
 */
static void
remember_age(struct discipline *d, double age)
{
	age = fmax(SHORTEST_SLEW, age);
	if (!d->acquired || d->age <= 0)
		d->age = age;
	d->age *= pow(age / d->age, 1 / AGE_MEMORY);
}

/*
 * How long to take over correcting the offset, s.
 *
 * An offset that is far beyond its own error, after a start or when somebody
 * set the clock, goes as fast as it may.
 *
 * Otherwise the offset is made of what the samples of late have changed in the
 * estimate.  Corrected with the time constant T it is, in the mean square,
 * J T / (2 D), if each sample changes the estimate by J, as a variance, and
 * they are D apart; and it disturbs the rate by J / (2 D T).  What a sample
 * takes from the estimate's variance, on average, is what the prediction has
 * lost since the one before, which is 2 C D if D is short, with the covariance
 * C of offset and frequency.  So what disturbs the rate by V, the variance of
 * the frequency, is T = C / V, which is the age.
 *
 * All this is on average.  Where paths are asymmetric, or sources disagree, the
 * offset is known much worse than its frequency, and what one sample has
 * changed another takes back: haste gains nothing.  What came of an hour
 * without answers, or of a change of the oscillator, is more than usual, and
 * takes longer.
 *
 * For a cost of offset^2 + (T * rate)^2 the best control is offset/T whatever
 * the offset, so T has a bound: offsets beyond it would be kept for too long.
 */
static double
slew_time(const struct discipline *d, const struct estimate *e, double offset)
{
	double		 t = AGES * d->age;

	if (!d->acquired)
		return SHORTEST_SLEW;
	t = fmax(t, HASTE * e->offset_error / e->frequency_error);
	t = fmax(t, fabs(offset) / (DISTURBANCE * e->frequency_error));
	return fmin(LONGEST_SLEW, fmax(SHORTEST_SLEW, t));
}

static void
plan_slew(struct plan *plan, const struct discipline *d,
    const struct estimate *e)
{
	double		 fastest = DISCIPLINE_MAX_SLEW;

	/* Nobody measures intervals by a clock that was never right. */
	if (fabs(plan->offset) > STEPT ||
	    (!d->settled && !d->acquired))
		fastest = DISCIPLINE_FAST_SLEW;
	plan->duration = fmin(LAST_SLEW, fmax(fabs(plan->offset) / fastest,
	    slew_time(d, e, plan->offset)));
	plan->slew = clamp(plan->offset / plan->duration, fastest);
}

/*
 * Is the clock where it is thought to be?  It is lost if the oscillator has
 * changed, or somebody has set it: not by what it may have drifted while nobody
 * answered, which was to be expected.
 */
static void
judge(struct discipline *d, const struct estimate *e, double offset)
{
	double		 error = e->offset_error;

	if (fabs(offset) < ACQUIRED * error) {
		d->acquired = true;
		d->changed = false;
	}
	if (!d->changed)
		error = fmax(error, LONGEST_SLEW * e->frequency_error);
	if (fabs(offset) > LOST * error)
		d->acquired = false;
}

struct plan
discipline_plan(struct discipline *d, const struct estimate *e,
    double offset, enum discipline_means means, double threshold)
{
	struct plan	 plan = { .offset = offset };

	judge(d, e, offset);
	remember_age(d, e->age);
	plan.frequency = clamp(e->frequency, DISCIPLINE_MAX_FREQUENCY);
	if (means == DISCIPLINE_STEP && fabs(offset) > threshold)
		plan.step = true;
	else if (means != DISCIPLINE_NOTHING)
		plan_slew(&plan, d, e);
	return plan;
}
