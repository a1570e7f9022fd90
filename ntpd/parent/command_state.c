/*
 * What the engine and ntpctl are told of the clock.
 */
#include <math.h>

#include "ntpd/parent/state.h"

void
command_send_state(struct parent *p, enum state_why why, struct instant now)
{
	struct clock_state state;

	constrain_policy(p);
	state = (struct clock_state){
		.frequency = p->clock.frequency,
		.slew = p->clock.slew,
		.slew_left = clock_slew_left(&p->clock),
		.refused = p->policy.refused,
		.step_back = policy_reach(&p->policy, -1, now),
		.step_forward = policy_reach(&p->policy, 1, now),
		.step_limit = p->policy.step.limit,
		.was_synchronized = p->policy.was_synchronized,
		.answers_step = why == STATE_AFTER_STEP,
		.constraint = (uint8_t)p->policy.bounds.state,
		.voters = (uint8_t)unproven_voters(&p->unproven, &p->conf),
		.low = p->policy.bounds.low,
		.high = p->policy.bounds.high
	};

	channel_send(p->children.engine, MSG_CLOCK_STATE, 0, -1, &state);
}

void
command_send_leaps(struct parent *p)
{
	channel_send(p->children.engine, MSG_LEAP_PLAN, 0, -1,
	    &p->leaps.plan);
}

/* How far a step may go, for people: without a limit, NAN. */
static double
shown_reach(const struct parent *p, int sign, struct instant now)
{
	double		 reach = policy_reach(&p->policy, sign, now);

	return reach < CONFIG_NO_LIMIT ? reach : NAN;
}

void
command_fill_status(struct parent *p, struct control_status *st,
    struct instant now)
{
	const struct policy_bounds *b = &p->policy.bounds;

	constrain_policy(p);
	st->constraint = p->constraints.n > 0 ? b->state : CONSTRAINTS_NONE;
	st->constraint_offset = st->constraint == CONSTRAINTS_KNOWN ?
	    (b->low + b->high) / 2 : NAN;
	st->frequency = p->clock.frequency * 1e6;
	st->slewing = p->clock.slew * 1e6;
	st->refused = p->policy.refused;
	st->read_only = p->clock.read_only;
	st->step_limit = p->policy.step.limit;
	st->step_back = shown_reach(p, -1, now);
	st->step_forward = shown_reach(p, 1, now);
	st->budget_left = budget_left(&p->budget, now);
	st->budget_renewed_in = budget_renewed_in(&p->budget, now);
}
