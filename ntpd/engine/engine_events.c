/*
 * What happens to the engine: each function here is one event, and shows in
 * which order what follows from it.
 */
#include "common/log.h"
#include "common/ns.h"
#include "ntpd/engine/engine_state.h"
#include "ntpd/engine/self.h"

/* Changes of the network that count are that far apart, s; tuned by taste. */
#define LOOK_AGAIN_INTERVAL	10.0

/* Did a server contradict the constraints before they were known? */
static bool
was_misled(const struct engine *e)
{
	struct reading	 r = clocks_read(&e->clocks);
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		if (e->associations[i].used &&
		    e->sync.sources[i].nsamples > 0 && engine_contradicts(e, i,
		    sync_source_offset(&e->sync, i, r.now) - r.ahead, &r))
			return true;
	return false;
}

void
engine_begin_again(struct engine *e, struct instant now)
{
	size_t		 i;

	engine_forget_sensors(e);
	engine_close_queries(e);
	sync_restart(&e->sync);
	e->decision = (struct decision){ .until = INSTANT_NEVER };
	steer_jumped(&e->steer);
	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		if (e->associations[i].used)
			association_quicken(&e->associations[i], now);
	engine_publish(e, now);
}

void
engine_on_clock_state(struct engine *e, const struct message *msg)
{
	const struct clock_state *state = msg->data;
	bool		 new_start =
	    (state->step_back > 0 && e->clock.step_back == 0) ||
	    (state->step_forward > 0 && e->clock.step_forward == 0);
	bool		 constrained = state->constraint == CONSTRAINTS_KNOWN &&
	    e->clock.constraint != CONSTRAINTS_KNOWN;
	bool		 slew_ended = e->clock.slew != 0 && state->slew == 0;

	e->clock = *state;
	e->slew_end = instant_add(msg->at, state->slew_left);
	e->clocks.rate = state->frequency + state->slew;
	if (e->steer.stepping && state->answers_step) {
		/* Done or refused; what is left is for the next sample. */
		e->steer.stepping = false;
		engine_publish(e, msg->at);
	} else if (constrained && was_misled(e))
		engine_begin_again(e, msg->at);
	else if (new_start && !e->steer.stepping)
		engine_update(e, msg->at);
	else if (slew_ended && !e->steer.synchronized)
		engine_slew_ended(e, msg->at);
	else if (state->slew != 0)
		engine_publish(e, msg->at);	/* what it does to the bounds */
}

void
engine_on_jump(struct engine *e, const struct message *msg)
{
	const struct clock_jumped *jumped = msg->data;
	const struct instant now = msg->at;

	if (log_allowed(&e->complaints, now, NULL))
		log_debug("the clock jumped by %+.3f s: asking the servers "
		    "anew", jumped->by);
	smeared_lost(&e->smeared);
	hosts_retry(&e->hosts, now);
	engine_retry_keys(e, now);	/* certificates may be valid now */
	engine_begin_again(e, now);
}

/* Association I is this machine itself, WHY: it is no source. */
static void
on_self(struct engine *e, size_t i, enum schedule_reason why,
    struct instant now)
{
	struct planning	 p = engine_planning(e, now);

	if (association_found_self(&p, &e->associations[i], why))
		engine_lose(e, i, now);
}

/* The answer of association I is overdue. */
static void
on_timeout(struct engine *e, size_t i, struct instant now)
{
	struct association *a = &e->associations[i];

	query_close(&a->query);
	if (a->auth == AUTH_NTS)
		engine_keys_missed(a, now);
	sync_unanswered(&e->sync, i);
	if (a->query.came_back) {
		on_self(e, i, SCHEDULE_CAME_BACK, now);
		return;
	}
	if (association_is_self(a))
		association_found_other(a, now);
	/* Others depend on a leader: find out soon whether it is gone. */
	if (i == e->orphan.leader && (a->schedule.state == SCHEDULE_POLLING ||
	    a->schedule.state == SCHEDULE_EXTRA))
		association_hurry(a, now);
}

static struct sensor_view
sensor_view(const struct engine *e)
{
	return (struct sensor_view){ .clocks = &e->clocks, .sync = &e->sync,
	    .hosts = &e->hosts, .all = e->associations };
}

/* The turn of association I, a sensor's: take what it has said since. */
static void
on_sensor_turn(struct engine *e, size_t i, struct instant now)
{
	struct planning	 p = engine_planning(e, now);
	struct association *a = &e->associations[i];
	const struct config_sensor *conf = &e->hosts.list[a->host].conf.sensor;
	const struct reading r = clocks_read(&e->clocks);
	struct answer	 answer;
	enum reason	 reason;

	association_look(&p, a);
	if (!sensor_answer(&e->sensors[conf->number].state, conf, &r, &answer,
	    &reason)) {
		sync_unanswered(&e->sync, i);
		if (reason != REASON_NONE)
			association_refused(a, reason);
	} else
		engine_take_answer(e, i, &answer, now);
	if (association_fell_silent(a, associations_opposed(&p), now))
		engine_lose(e, i, now);
}

/* The number of the sensor that says MSG. */
static size_t
sensor_number(const struct engine *e, const struct message *msg)
{
	size_t		 n = 0;

	while (msg->from != &e->sensors[n].channel)
		n++;
	return n;
}

void
engine_on_sensor(struct engine *e, const struct message *msg)
{
	const struct sensor_view v = sensor_view(e);
	const struct sensor_sample *said = msg->data;
	const struct card_reading r = { .raw = said->raw,
	    .card = said->truth, .error = said->error };
	const size_t	 n = sensor_number(e, msg);
	const size_t	 i = sensors_find(&v, n);

	if (cards_take(&e->clocks.cards, n, &r))
		return;
	if (i < MAX_ASSOCIATIONS && !sensor_take(&e->sensors[n].state, &v, i,
	    msg->data))
		e->associations[i].rejected++;
}

/* Does the hypervisor say MSG?  No other sensor's process can know. */
static bool
hypervisor_says(const struct engine *e, const struct message *msg)
{
	const struct sensor_view v = sensor_view(e);
	const size_t	 i = sensors_find(&v, sensor_number(e, msg));

	return i < MAX_ASSOCIATIONS && e->hosts.list[
	    e->associations[i].host].conf.sensor.kind == SENSOR_VMCLOCK;
}

/*
 * What was learned on another machine, or before a pause, is not true here.
 * The kernel has not noticed: if the clock is late now, the parent is asked at
 * once whether it may be set.
 */
void
engine_on_marker(struct engine *e, const struct message *msg)
{
	const struct sensor_marker *m = msg->data;

	if (!hypervisor_says(e, msg))
		return;
	switch (disruption_look(&e->disruption, m->marker, msg->at)) {
	case DISRUPTION_NONE:
		break;
	case DISRUPTION_FIRST:
		engine_publish(e, msg->at);
		break;
	case DISRUPTION_SEEN:
		log_warnx("the hypervisor says that the machine was moved, "
		    "restored or paused: asking the servers anew");
		hosts_retry(&e->hosts, msg->at);
		sync_disrupt(&e->sync);
		e->steer.disrupted = true;
		engine_begin_again(e, msg->at);
		break;
	}
}

/* It is time to ask association I. */
static void
on_turn(struct engine *e, size_t i, struct instant now)
{
	struct planning	 p = engine_planning(e, now);
	struct association *a = &e->associations[i];

	if (association_is_sensor(a)) {
		on_sensor_turn(e, i, now);
		return;
	}
	if (self_has_address(&a->addr)) {
		on_self(e, i, SCHEDULE_IS_OURS, now);
		return;
	}
	if (a->schedule.state == SCHEDULE_OURS) {
		association_found_other(a, now);
		return;
	}
	if (association_lacks_keys(a, now)) {
		engine_keyless_turn(e, i, now);
		return;
	}
	if (association_ask(&p, a, &e->hosts.list[a->host].conf, &e->clocks,
	    mark_make(&e->marker, instant_now())))
		engine_on_network(e, &p);
	if (association_fell_silent(a, associations_opposed(&p), now))
		engine_lose(e, i, now);
}

/* The network has changed. */
static void
look_again(struct engine *e, struct instant now)
{
	struct planning	 p = engine_planning(e, now);

	e->looked_at = now;
	e->look_again = INSTANT_NEVER;
	associations_look_again(&p);
	hosts_retry(&e->hosts, now);
}

void
engine_on_time(struct engine *e, struct instant now)
{
	struct association *a;
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		if (a->used && query_is_overdue(&a->query, now))
			on_timeout(e, i, now);
		if (a->used && schedule_is_due(&a->schedule, now))
			on_turn(e, i, now);
	}
	if (!instant_before(now, e->look_again))
		look_again(e, now);
	if (instant_before(now, e->decision.until))
		return;
	e->decision.until = INSTANT_NEVER;
	if (engine_decide(e, now))
		engine_update(e, now);
}

void
engine_on_own_request(struct engine *e, const struct message *msg)
{
	const struct own_request *own = msg->data;
	struct association *a;

	for (a = e->associations; a < e->associations + MAX_ASSOCIATIONS; a++)
		if (a->used)
			query_came_back(&a->query, own->transmit);
}

void
engine_on_resolved(struct engine *e, const struct message *msg)
{
	if (engine_on_named(e, msg))
		return;
	hosts_resolved(&e->hosts, msg->id, msg->data, e->associations, msg->at);
	engine_change_hosts(e, msg->at);
}

void
engine_on_links(struct engine *e, const struct message *msg)
{
	const struct instant soon = instant_add(e->looked_at,
	    LOOK_AGAIN_INTERVAL);

	e->own = *(const struct own_refids *)msg->data;
	/* Interfaces that come and go all the time burden no server. */
	e->look_again = instant_before(msg->at, soon) ? soon : msg->at;
	if (hosts_renumber(&e->hosts, e->associations, msg->at))
		engine_change_hosts(e, msg->at);
}
