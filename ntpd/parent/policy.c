/*
 * The clock policy: every command of the engine against its bounds.
 */
#include <math.h>

#include "ntpd/parent/policy.h"

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
policy_arm(struct policy *policy)
{
	policy->armed = true;
	policy->forward_only = false;
}

enum verdict
policy_new_start(struct policy *policy, struct instant now)
{
	if (policy->step == STEP_NEVER)
		return count(policy, STEP_FORBIDDEN);
	if (policy_may_step(policy))
		return PERMITTED;
	if (policy->new_started && instant_diff(now, policy->new_start) <
	    POLICY_NEW_START_INTERVAL)
		return count(policy, NEW_START_TOO_SOON);
	policy->new_started = true;
	policy->new_start = now;
	policy->armed = true;
	policy->forward_only = true;
	return PERMITTED;
}

/*
 * Only becoming synchronized counts: after a new start, reports from before
 * it may still be under way.
 */
bool
policy_report(struct policy *policy, bool synchronized)
{
	bool		 could_step = policy_may_step(policy);

	if (synchronized && !policy->synchronized)
		policy->armed = false;
	policy->synchronized = synchronized;
	return policy_may_step(policy) != could_step;
}

bool
policy_may_step(const struct policy *policy)
{
	switch (policy->step) {
	case STEP_ALWAYS:
		return true;
	case STEP_BOOT:
		return policy->armed;
	case STEP_NEVER:
		break;
	}
	return false;
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
	else if (wanted->error > POLICY_MAX_FREQUENCY_ERROR)
		verdict = FREQUENCY_UNKNOWN;
	return count(policy, verdict);
}

/*
 * The rate limit depends on how much is to be corrected: whoever measures
 * intervals must not suffer 10 % for the sake of a few milliseconds.
 */
static enum verdict
judge_slew(const struct clock_slew *wanted)
{
	double		 rate = fabs(wanted->rate);

	if (!isfinite(wanted->rate) || !isfinite(wanted->duration) ||
	    wanted->duration < 0)
		return NOT_A_NUMBER;
	if (wanted->duration > POLICY_MAX_SLEW_TIME)
		return SLEW_TOO_LONG;
	if (rate > POLICY_MAX_SLEW_LARGE)
		return SLEW_TOO_FAST;
	if (rate > POLICY_MAX_SLEW_SMALL &&
	    rate * wanted->duration < POLICY_LARGE_OFFSET)
		return SLEW_TOO_FAST;
	return PERMITTED;
}

enum verdict
policy_slew(struct policy *policy, const struct clock_slew *wanted)
{
	return count(policy, judge_slew(wanted));
}

static enum verdict
judge_step(const struct policy *policy, double by, int64_t now)
{
	if (!isfinite(by))
		return NOT_A_NUMBER;
	if (policy->step == STEP_NEVER)
		return STEP_FORBIDDEN;
	if (!policy_may_step(policy))
		return STEP_NOT_NOW;
	if (policy->step == STEP_BOOT && policy->forward_only && by < 0)
		return STEP_BACKWARDS;
	if (fabs(by) < policy->threshold)
		return STEP_TOO_SMALL;
	if ((double)now + by < (double)POLICY_FIRST_TIME ||
	    (double)now + by > (double)POLICY_LAST_TIME)
		return STEP_OUT_OF_AGE;
	return PERMITTED;
}

enum verdict
policy_step(struct policy *policy, const struct clock_step *wanted, int64_t now)
{
	enum verdict	 verdict = judge_step(policy, wanted->by, now);

	if (verdict == PERMITTED)
		policy->armed = false;
	return count(policy, verdict);
}

enum ntp_leap
policy_leap(const struct clock_quality *quality, int64_t now,
    enum ntp_leap before)
{
	if (now % DAY < LATE)
		return before;
	if (!quality->synchronized || leap_days_left(now) != 0 ||
	    (quality->leap != LEAP_INSERT && quality->leap != LEAP_DELETE))
		return LEAP_NONE;
	return (enum ntp_leap)quality->leap;
}

const char *
policy_reason(enum verdict verdict)
{
	switch (verdict) {
	case PERMITTED:
		return "permitted";
	case NOT_A_NUMBER:
		return "not a number";
	case FREQUENCY_TOO_LARGE:
		return "over 500 ppm";
	case FREQUENCY_UNKNOWN:
		return "with an error over 1000 ppm it is not known";
	case SLEW_TOO_FAST:
		return "faster than such an offset may be slewed";
	case SLEW_TOO_LONG:
		return "longer than a day";
	case STEP_TOO_SMALL:
		return "too small for a step";
	case STEP_NOT_NOW:
		return "steps are for the start only";
	case STEP_BACKWARDS:
		return "after a pause a clock is late, not early";
	case STEP_FORBIDDEN:
		return "the configuration says never";
	case STEP_OUT_OF_AGE:
		return "that is not a time of this age";
	case NEW_START_TOO_SOON:
		return "the last one was less than a day ago";
	}
	return "unknown";
}
