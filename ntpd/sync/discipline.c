/*
 * Clock discipline: how fast to correct what.
 */
#include <math.h>

#include "ntpd/sync/discipline.h"

/* Slews are not shorter, s: a command costs two messages. */
#define SHORTEST_SLEW	1.0

/* Offsets are corrected in this part of the interval between updates. */
#define SLEW_PART	0.5

/* And none is stretched over more than this, s. */
#define LONGEST_SLEW	256.0

static double
clamp(double v, double most)
{
	return fmax(-most, fmin(most, v));
}

/*
 * The estimate already is the best smoothing of the noise that the samples
 * allow, so the whole offset is corrected; the slower, the less its error
 * disturbs the clock's rate, and until the next update comes there is time.
 */
static void
plan_slew(struct plan *plan, double offset, double interval)
{
	double		 fastest = DISCIPLINE_MAX_SLEW;

	if (fabs(offset) > DISCIPLINE_LARGE)
		fastest = DISCIPLINE_FAST_SLEW;
	plan->duration = fmin(LONGEST_SLEW, interval * SLEW_PART);
	plan->duration = fmax(SHORTEST_SLEW, plan->duration);
	if (fastest > DISCIPLINE_MAX_SLEW)
		plan->duration = SHORTEST_SLEW;
	plan->duration = fmax(plan->duration, fabs(offset) / fastest);
	plan->slew = offset / plan->duration;
	/* Rounding must not make a fast slew out of a just large offset. */
	plan->slew = clamp(plan->slew, fastest);
}

struct plan
discipline_plan(const struct estimate *e, double offset, double interval,
    bool may_step, double threshold)
{
	struct plan	 plan = { .offset = offset };

	plan.frequency = clamp(e->frequency, DISCIPLINE_MAX_FREQUENCY);
	if (may_step && fabs(offset) > threshold)
		plan.step = true;
	else
		plan_slew(&plan, offset, interval);
	return plan;
}
