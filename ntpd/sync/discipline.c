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
 * Corrections take so much of the time that would disturb the rate by as much
 * as the frequency is unknown.  Tuned: wander and farfalse in check-lab.
 */
#define AGES		0.8

/*
 * None disturbs the rate by more than so many of the frequency's errors.
 * Tuned, likewise.
 */
#define DISTURBANCE	4.0

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
 * the frequency, is T = C / V, which is the age.  The offset is what people
 * look at: it is corrected in less.  What one source has said another may take
 * back, but to wait for that costs more than it saves.
 *
 * All this is on average.  What came of an hour without answers, or of a change
 * of the oscillator, is more, and takes longer.
 *
 * For a cost of offset^2 + (T * rate)^2 the best control is offset/T whatever
 * the offset, so T has a bound: offsets beyond it would be kept for too long.
 */
static double
slew_time(const struct discipline *d, const struct estimate *e, double offset)
{
	double		 t = AGES * e->age;

	if (!d->acquired)
		return SHORTEST_SLEW;
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
	plan.frequency = clamp(e->frequency, DISCIPLINE_MAX_FREQUENCY);
	if (means == DISCIPLINE_STEP && fabs(offset) > threshold)
		plan.step = true;
	else if (means != DISCIPLINE_NOTHING)
		plan_slew(&plan, d, e);
	return plan;
}
