/*
 * The constraints, applied: what their answers mean for the clock now.
 */
#include <math.h>
#include <time.h>

#include "common/format.h"
#include "common/log.h"
#include "common/ns.h"
#include "ntpd/parent/state.h"

/* The oscillator's time, see constraint.h. */
static double
oscillator(void)
{
	return (double)(ns_read(CLOCK_MONOTONIC_RAW) +
	    ns_read(CLOCK_BOOTTIME) - ns_read(CLOCK_MONOTONIC)) / NS_PER_S;
}

/*
 * Is every server that has a part in the time trusted?  Then nobody is held to
 * the constraints.
 */
static bool
all_are_trusted(const struct config *conf)
{
	const struct config_server *s;
	bool		 any = false, all = true, others = false;

	for (s = conf->servers; s < conf->servers + conf->nservers; s++) {
		any = any || s->trusted;
		if (s->trusted)
			continue;
		all = all && s->auth == AUTH_NONE;
		others = true;
	}
	/* Those without authentication have a part beside these in mix only. */
	return any && all && (!others ||
	    conf->authentication != AUTHENTICATION_MIX);
}

enum control_constraints
constrain_time(const struct parent *p, double *time)
{
	double		 within;

	return constraints_state(&p->constraints, oscillator(), time, &within);
}

void
constrain_policy(struct parent *p)
{
	struct policy_bounds *b = &p->policy.bounds;
	/* With its fraction: a certificate may be valid since this second. */
	const double	 now = (double)ns_read(CLOCK_REALTIME) / NS_PER_S;
	double		 time, within;

	b->state = CONSTRAINTS_NONE;
	if (p->unproven.state == UNPROVEN_KEYS) {
		*b = unproven_bounds(&p->unproven, &p->conf,
		    p->constraints.floor, now);
		return;
	}
	if (p->constraints.n == 0 || all_are_trusted(&p->conf))
		return;
	b->state = constraints_state(&p->constraints, oscillator(), &time,
	    &within);
	if (b->state != CONSTRAINTS_KNOWN)
		return;
	b->low = time - now - within;
	b->high = time - now + within;
}

/* What the constraints say has become something else. */
static void
log_state(const struct policy_bounds *b)
{
	char		 offset[FORMAT_LEN];

	switch (b->state) {
	case CONSTRAINTS_KNOWN:
		log_info("constraints: the clock %s",
		    format_constraint((b->low + b->high) / 2, offset));
		break;
	case CONSTRAINTS_SPLIT:
		log_warnx("constraints: they contradict one another, the clock "
		    "is not set until a majority agrees");
		break;
	case CONSTRAINTS_PAST:
		log_warnx("constraints: only one answers, and by it it is "
		    "earlier than it was when this machine last knew, see "
		    "ntpd(8): the clock is not set until another one agrees");
		break;
	case CONSTRAINTS_FAILED:
		log_warnx("constraints: none can be reached, the clock is not "
		    "set until one is");
		break;
	case CONSTRAINTS_ASKING:
	case CONSTRAINTS_NONE:
		break;
	}
}

bool
constrain_take(struct parent *p, uint32_t id, const struct tls_date *date,
    struct instant now)
{
	enum control_constraints before;

	constrain_policy(p);
	before = p->policy.bounds.state;
	constraints_take(&p->constraints, id, date, oscillator(), now);
	constrain_policy(p);
	if (p->policy.bounds.state == before)
		return false;
	log_state(&p->policy.bounds);
	return true;
}

/* The slew in progress. */
static bool
hold_slew(struct parent *p, struct instant now)
{
	struct clock_slew slew = {
		.rate = p->clock.slew, .duration = clock_slew_left(&p->clock)
	};

	if (!policy_bound_slew(&p->policy, &slew))
		return false;
	budget_slew(&p->budget, &slew, now);
	return clock_set_slew(&p->clock, slew.rate, slew.duration, now);
}

/*
 * The clock is known to be right now, and so it will not be earlier.  A clock
 * that has just jumped is not, whatever the engine reported before.
 */
static void
raise_floor(struct parent *p)
{
	const struct policy *policy = &p->policy;

	if (policy->synchronized && policy->state == SETTLED &&
	    (policy->bounds.state == CONSTRAINTS_NONE ||
	    policy->bounds.state == CONSTRAINTS_KNOWN))
		constraints_raise(&p->constraints,
		    (double)clock_unix_time());
}

bool
constrain_hold(struct parent *p, struct instant now)
{
	double		 frequency;
	bool		 held;

	if (p->clock.read_only)
		return false;
	constrain_policy(p);
	raise_floor(p);
	held = hold_slew(p, now);
	frequency = policy_bound_frequency(&p->policy, p->clock.frequency,
	    p->budget.home);
	if (frequency != p->clock.frequency) {
		frequency = budget_frequency(&p->budget, frequency, now);
		p->drift_error = -1;
		held = clock_set_frequency(&p->clock, frequency) || held;
	}
	return held;
}
