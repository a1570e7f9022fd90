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

/* The ratio of the estimate's errors, offset to frequency, times that. */
#define PATIENCE	2.0

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
 * Otherwise the offset is about what the estimate does not know itself.  To
 * correct an error of s in the time T disturbs the rate by s/T; there is no
 * point in making that much less than the error of the frequency, and whoever
 * measures intervals suffers if it is more.  The T at which both are equal,
 * the ratio of the filter's two errors, is also the time constant by which it
 * forgets.  For a cost of offset^2 + (T * rate)^2 the best control is offset/T
 * whatever the offset, so T has a bound: offsets beyond it would be kept for
 * too long.
 */
static double
slew_time(const struct discipline *d, const struct estimate *e)
{
	if (!d->acquired)
		return SHORTEST_SLEW;
	return fmin(LONGEST_SLEW, fmax(SHORTEST_SLEW,
	    PATIENCE * e->tracking_error / e->frequency_error));
}

static void
plan_slew(struct plan *plan, const struct discipline *d,
    const struct estimate *e)
{
	double		 fastest = DISCIPLINE_MAX_SLEW;

	if (fabs(plan->offset) > DISCIPLINE_LARGE)
		fastest = DISCIPLINE_FAST_SLEW;
	plan->duration = fmin(LAST_SLEW,
	    fmax(slew_time(d, e), fabs(plan->offset) / fastest));
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
