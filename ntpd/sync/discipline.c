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

/* So many times what would disturb the rate by the frequency's error. */
#define PATIENCE	1.5

/* No correction disturbs it by more than so many of these errors. */
#define DISTURBANCE	2.0

/* Acquired when the offset is within so many standard errors; lost beyond. */
#define ACQUIRED	3.0
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
 * they are D apart; and it disturbs the rate by J / (2 D T).  There is no point
 * in making that much less than V, the variance of the frequency, and whoever
 * measures intervals suffers if it is more.  What a sample takes from the
 * estimate's variance, on average, is what the prediction has lost since the
 * one before: J = 2 C D + V D^2 + Q D^3 / 3 with the covariance C of offset and
 * frequency and the oscillator's restlessness Q.  So both are equal at
 * T = J / (2 D V).
 *
 * That is on average.  What came of an hour without answers, or of a change of
 * the oscillator, is more, and takes longer.
 *
 * For a cost of offset^2 + (T * rate)^2 the best control is offset/T whatever
 * the offset, so T has a bound: offsets beyond it would be kept for too long.
 */
static double
slew_time(const struct discipline *d, const struct estimate *e, double offset)
{
	double		 v = e->frequency_error * e->frequency_error;
	double		 q = e->wander * e->wander, t;

	if (!d->acquired)
		return SHORTEST_SLEW;
	t = fmax(0, e->covariance) / v + e->spacing / 2 +
	    q * e->spacing * e->spacing / (6 * v);
	t = fmax(PATIENCE * t, fabs(offset) /
	    (DISTURBANCE * e->frequency_error));
	return fmin(LONGEST_SLEW, fmax(SHORTEST_SLEW, t));
}

static void
plan_slew(struct plan *plan, const struct discipline *d,
    const struct estimate *e)
{
	double		 fastest = DISCIPLINE_MAX_SLEW;

	if (fabs(plan->offset) > DISCIPLINE_LARGE)
		fastest = DISCIPLINE_FAST_SLEW;
	plan->duration = fmin(LAST_SLEW, fmax(fabs(plan->offset) / fastest,
	    slew_time(d, e, plan->offset)));
	plan->slew = clamp(plan->offset / plan->duration, fastest);
}

struct plan
discipline_plan(struct discipline *d, const struct estimate *e,
    double offset, bool may_step, double threshold)
{
	struct plan	 plan = { .offset = offset };

	if (fabs(offset) < ACQUIRED * e->offset_error)
		d->acquired = true;
	else if (fabs(offset) > LOST * e->offset_error)
		d->acquired = false;
	plan.frequency = clamp(e->frequency, DISCIPLINE_MAX_FREQUENCY);
	if (may_step && fabs(offset) > threshold)
		plan.step = true;
	else
		plan_slew(&plan, d, e);
	return plan;
}
