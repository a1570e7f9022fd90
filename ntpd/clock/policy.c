/*
 * The clock policy: every command of the engine against its bounds.
 */
#include <math.h>

#include "common/ntptime.h"
#include "ntpd/clock/policy.h"

#define DAY		86400	/* s */
#define LATE		2	/* s, more than a tick of the kernel */

static enum verdict
count(struct policy *policy, enum verdict verdict)
{
	if (verdict != PERMITTED)
		policy->refused++;
	return verdict;
}

void
policy_configure(struct policy *policy, const struct config *conf)
{
	policy->step = conf->step;
}

void
policy_start(struct policy *policy)
{
	policy->state = STARTED;
}

void
policy_jumped(struct policy *policy, double by, double slept)
{
	if (policy->state == STARTED)
		return;
	if (policy->state != JUMPED)
		policy->jumped = 0;
	policy->jumped += fabs(by) + fabs(slept);
	policy->state = JUMPED;
}

/* Is the day over that began with the first new start? */
static bool
is_new_day(const struct policy *policy, struct instant now)
{
	return !policy->new_started || instant_diff(now,
	    policy->new_start) >= POLICY_NEW_START_INTERVAL;
}

/* What is left of the day's limit, s. */
static double
left_of_day(const struct policy *policy, struct instant now)
{
	if (is_new_day(policy, now))
		return policy->step.limit;
	return fmax(0, policy->step.limit - policy->granted);
}

/* What the state permits, undoes apart, s. */
static double
reach_of_state(const struct policy *policy, int sign, struct instant now)
{
	if (policy->state == STARTED)
		return CONFIG_NO_LIMIT;
	if (policy->state == JUMPED)
		return fmin(CONFIG_NO_LIMIT,
		    policy->step.limit + policy->jumped);
	if (policy->step.when == STEP_ALWAYS ||
	    (policy->state == PAUSED && sign > 0))
		return left_of_day(policy, now);
	return 0;
}

/* How far the clock may be stepped to where it has been before, s. */
static double
reach_of_undo(const struct policy *policy, int sign, struct instant now)
{
	double		 since = instant_diff(now, policy->stepped_at);
	double		 far = sign < 0 ? policy->stepped - policy->lowest :
			    policy->highest - policy->stepped;

	if (far <= 0)
		return 0;
	return far + fmax(POLICY_UNDO_LEAST,
	    policy->step.threshold + POLICY_UNDO_RATE * since);
}

/* How far root has ordered the clock to be stepped, s. */
static double
reach_of_order(const struct policy *policy, int sign, struct instant now)
{
	const double	 by = policy->ordered * sign;

	if (by <= 0 || !instant_before(now, policy->ordered_until))
		return 0;
	return fmin(left_of_day(policy, now), by +
	    fmax(POLICY_ORDER_LEAST, POLICY_ORDER_PART * by));
}

/* How far the constraints let the clock be moved, s. */
static double
reach_of_bounds(const struct policy *policy, int sign)
{
	const struct policy_bounds *b = &policy->bounds;

	if (b->state == CONSTRAINTS_NONE)
		return CONFIG_NO_LIMIT;
	if (b->state != CONSTRAINTS_KNOWN)
		return 0;
	return fmax(0, sign < 0 ? -b->low : b->high);
}

double
policy_reach(const struct policy *policy, int sign, struct instant now)
{
	if (policy->step.when == STEP_NEVER)
		return 0;
	return fmin(reach_of_bounds(policy, sign),
	    fmax(reach_of_order(policy, sign, now),
	    fmax(reach_of_state(policy, sign, now),
	    reach_of_undo(policy, sign, now))));
}

/* Do the constraints permit a step BY s? */
static enum verdict
judge_bounds(const struct policy *policy, double by)
{
	const struct policy_bounds *b = &policy->bounds;

	if (b->state == CONSTRAINTS_NONE)
		return PERMITTED;
	if (b->state != CONSTRAINTS_KNOWN)
		return UNCONSTRAINED;
	return by >= b->low && by <= b->high ? PERMITTED :
	    AGAINST_CONSTRAINTS;
}

bool
policy_bound_slew(const struct policy *policy, struct clock_slew *slew)
{
	const struct policy_bounds *b = &policy->bounds;
	const struct clock_slew wanted = *slew;
	double		 most;

	if (b->state == CONSTRAINTS_NONE || slew->rate == 0)
		return false;
	if (b->state != CONSTRAINTS_KNOWN) {
		slew->rate = copysign(fmin(fabs(slew->rate),
		    POLICY_MAX_SLEW_SMALL), slew->rate);
		return slew->rate != wanted.rate;
	}
	most = slew->rate < 0 ? fmin(0, b->low) : fmax(0, b->high);
	slew->duration = fmin(slew->duration, most / slew->rate);
	return slew->duration != wanted.duration;
}

double
policy_bound_frequency(const struct policy *policy, double frequency,
    double home)
{
	const struct policy_bounds *b = &policy->bounds;

	if (b->state == CONSTRAINTS_KNOWN && b->high < 0)
		return fmin(frequency, home);
	if (b->state == CONSTRAINTS_KNOWN && b->low > 0)
		return fmax(frequency, home);
	return frequency;
}

static enum verdict
judge_new_start(const struct policy *policy, double by, struct instant now)
{
	if (!isfinite(by))
		return NOT_A_NUMBER;
	if (policy->step.when == STEP_NEVER)
		return STEP_FORBIDDEN;
	if (by < 0)
		return STEP_BACKWARDS;
	if (by > policy->step.limit)
		return STEP_TOO_LARGE;
	if (by > left_of_day(policy, now))
		return NEW_START_TOO_SOON;
	return judge_bounds(policy, by);
}

/* Before a step on the engine's word: does another day begin with it? */
static void
begin_day(struct policy *policy, struct instant now)
{
	if (!is_new_day(policy, now))
		return;
	policy->new_started = true;
	policy->new_start = now;
	policy->granted = 0;
}

enum verdict
policy_new_start(struct policy *policy, const struct clock_new_start *wanted,
    struct instant now)
{
	enum verdict	 verdict;

	if (fabs(wanted->by) <= policy_reach(policy, wanted->by < 0 ? -1 : 1,
	    now))
		return PERMITTED;
	verdict = judge_new_start(policy, wanted->by, now);
	if (verdict == PERMITTED) {
		begin_day(policy, now);
		policy->state = PAUSED;
	}
	return count(policy, verdict);
}

static enum verdict
judge_order(const struct policy *policy, double by, struct instant now)
{
	if (!isfinite(by) || by == 0)
		return NOT_A_NUMBER;
	if (policy->step.when == STEP_NEVER)
		return STEP_FORBIDDEN;
	if (fabs(by) > policy->step.limit)
		return STEP_TOO_LARGE;
	if (fabs(by) > left_of_day(policy, now))
		return NEW_START_TOO_SOON;
	return judge_bounds(policy, by);
}

/* One that is refused is not counted: it is not the engine's. */
enum verdict
policy_order(struct policy *policy, double by, struct instant now)
{
	const enum verdict verdict = judge_order(policy, by, now);

	policy->ordered = verdict == PERMITTED ? by : 0;
	policy->ordered_until = instant_add(now, POLICY_ORDER_TIME);
	return verdict;
}

/*
 * Only becoming synchronized counts: after a new start, reports from before
 * it may still be under way.
 */
bool
policy_report(struct policy *policy, bool synchronized)
{
	const struct policy before = *policy;

	if (synchronized && !policy->synchronized)
		policy->state = SETTLED;
	policy->synchronized = synchronized;
	policy->was_synchronized |= synchronized;
	return policy->state != before.state ||
	    policy->was_synchronized != before.was_synchronized;
}

enum verdict
policy_frequency(struct policy *policy, const struct clock_frequency *wanted)
{
	enum verdict	 verdict = PERMITTED;

	if (!isfinite(wanted->frequency) || !isfinite(wanted->error) ||
	    wanted->error < 0)
		verdict = NOT_A_NUMBER;
	else if (fabs(wanted->frequency) > POLICY_MAX_FREQUENCY)
		verdict = FREQUENCY_TOO_LARGE;
	else if (wanted->error > CLOCK_FREQUENCY_ERROR)
		verdict = FREQUENCY_UNKNOWN;
	return count(policy, verdict);
}

/*
 * The rate limit depends on how much is to be corrected: programs that measure
 * intervals must not suffer 10 % for the sake of a few milliseconds.  None does
 * that yet by a clock that was never synchronized.
 */
static enum verdict
judge_slew(const struct policy *policy, const struct clock_slew *wanted)
{
	double		 rate = fabs(wanted->rate);

	if (!isfinite(wanted->rate) || !isfinite(wanted->duration) ||
	    wanted->duration < 0)
		return NOT_A_NUMBER;
	if (wanted->duration > POLICY_MAX_SLEW_TIME)
		return SLEW_TOO_LONG;
	if (rate > POLICY_MAX_SLEW_LARGE)
		return SLEW_TOO_FAST;
	if (policy->was_synchronized && rate > POLICY_MAX_SLEW_SMALL &&
	    rate * wanted->duration < STEPT)
		return SLEW_TOO_FAST;
	return PERMITTED;
}

enum verdict
policy_slew(struct policy *policy, const struct clock_slew *wanted)
{
	return count(policy, judge_slew(policy, wanted));
}

/* Why a step BY s is out of reach. */
static enum verdict
out_of_reach(const struct policy *policy, double by)
{
	if (policy->step.when == STEP_ALWAYS)
		return fabs(by) <= policy->step.limit ? NEW_START_TOO_SOON :
		    STEP_TOO_LARGE;
	if (policy->state == PAUSED)
		return by < 0 ? STEP_BACKWARDS : STEP_TOO_LARGE;
	if (policy->state == JUMPED)
		return STEP_TOO_LARGE;
	return STEP_NOT_NOW;
}

static enum verdict
judge_step(const struct policy *policy, double by, int64_t unix_time,
    struct instant now)
{
	double		 reach = policy_reach(policy, by < 0 ? -1 : 1, now);

	if (!isfinite(by))
		return NOT_A_NUMBER;
	if (policy->step.when == STEP_NEVER)
		return STEP_FORBIDDEN;
	if (judge_bounds(policy, by) != PERMITTED)
		return judge_bounds(policy, by);
	if (reach == 0)
		return out_of_reach(policy, by);
	if (fabs(by) < policy->step.threshold && (by == 0 ||
	    fabs(by) > reach_of_order(policy, by < 0 ? -1 : 1, now)))
		return STEP_TOO_SMALL;
	if ((double)unix_time + by < (double)NTPTIME_LEAST ||
	    (double)unix_time + by > (double)POLICY_LAST_TIME)
		return STEP_OUT_OF_AGE;
	if (fabs(by) > reach)
		return out_of_reach(policy, by);
	return PERMITTED;
}

/*
 * Keep the books of a step BY s.  What an undo goes too far is its inexactness,
 * and not where the clock has been, or two could take turns and grow.
 */
static void
enter_step(struct policy *policy, double by, struct instant now)
{
	bool		 is_undo;

	is_undo = fabs(by) <= reach_of_undo(policy, by < 0 ? -1 : 1, now);
	if ((policy->state == PAUSED || policy->state == SETTLED) && !is_undo) {
		begin_day(policy, now);
		policy->granted += fabs(by);
	}
	policy->state = SETTLED;
	policy->ordered = 0;
	policy->stepped += by;
	if (is_undo)
		return;
	policy->stepped_at = now;
	policy->lowest = fmin(policy->lowest, policy->stepped);
	policy->highest = fmax(policy->highest, policy->stepped);
}

enum verdict
policy_step(struct policy *policy, const struct clock_step *wanted,
    int64_t unix_time, struct instant now)
{
	enum verdict	 verdict = judge_step(policy, wanted->by, unix_time,
	    now);

	if (verdict == PERMITTED)
		enter_step(policy, wanted->by, now);
	return count(policy, verdict);
}

enum ntp_leap
policy_leap(const struct clock_quality *quality, const struct leap_plan *plan,
    int64_t now, enum ntp_leap before)
{
	if (plan->policy == LEAP_BY_SLEW || plan->policy == LEAP_NOT_AT_ALL)
		return LEAP_NONE;
	if (now % DAY < LATE)
		return before;
	if (quality->smeared && quality->synchronized)
		return LEAP_NONE;
	if (plan->known && quality->synchronized)
		return leap_planned(plan, now);
	if (leap_days_left(now) != 0)
		return LEAP_NONE;
	if (!quality->synchronized)
		return before;
	if (quality->leap != LEAP_INSERT && quality->leap != LEAP_DELETE)
		return LEAP_NONE;
	return (enum ntp_leap)quality->leap;
}

const char *
policy_reason(enum verdict verdict)
{
	static const char *const reasons[] = {
#define VERDICT_REASON(verdict, reason)	[verdict] = reason,
		VERDICTS(VERDICT_REASON)
	};

	return reasons[verdict];
}
