/*
 * What follows from leap seconds: our own clock's, and what servers smear.
 */
#include "common/log.h"
#include "ntpd/engine/engine_state.h"

void
engine_on_leap(struct engine *e, struct instant now)
{
	e->steer.leap = LEAP_NONE;
	smeared_leapt(&e->smeared);
	engine_forget_sensors(e);
	if (e->steer.plan.policy != LEAP_BY_SLEW) {
		engine_publish(e, now);
		return;
	}
	engine_close_queries(e);	/* they were sent before it */
	steer_slew_leap(&e->steer);
	engine_update(e, now);
}

void
engine_on_leap_plan(struct engine *e, const struct message *msg)
{
	e->steer.plan = *(const struct leap_plan *)msg->data;
	engine_publish(e, msg->at);
}

/* Why association I has no part in the time, if that is for a leap second. */
static enum reason
why_apart(const struct engine *e, size_t i)
{
	if (!smeared_bars(&e->smeared, i))
		return REASON_NONE;
	return e->smeared.state == SMEARED_FOLLOWED ? REASON_UNSMEARED :
	    REASON_SMEARED;
}

/* Let association I have a part in the time or none. */
static void
set_apart(struct engine *e, size_t i)
{
	struct association *a = &e->associations[i];
	const enum reason why = why_apart(e, i);

	if (!a->used || a->apart == why)
		return;
	if (why == REASON_NONE)
		log_info("%s: the leap second is over, using it again",
		    a->name);
	else {
		log_info("%s: not used until noon (UTC): %s", a->name,
		    reason_text(why));
		sync_silence(&e->sync, i);
	}
	a->apart = why;
}

void
engine_watch_smear(struct engine *e, size_t i, const struct sample *sample)
{
	const struct reading r = clocks_read(&e->clocks);
	const bool	 followed = e->steer.follows_smear;

	smeared_follow(&e->smeared, &e->steer.plan, &e->sync, &r);
	smeared_sample(&e->smeared, &e->sync, i, sample, &r);
	e->steer.follows_smear = e->smeared.state == SMEARED_FOLLOWED;
	if (e->steer.follows_smear && !followed)
		log_info("all servers smear a leap second: the clock does as "
		    "they do, and has none of its own");
	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		set_apart(e, i);
}
