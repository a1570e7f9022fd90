/*
 * What happens to the engine: each function here is one event, and shows in
 * which order what follows from it.
 */
#include "common/log.h"
#include "common/ns.h"
#include "ntpd/engine/engine_state.h"
#include "ntpd/engine/self.h"

/* Packets taken in a turn of what comes to a port: anybody can hit it. */
#define READS_PER_TURN		16

/* Changes of the network that count are that far apart, s; tuned by taste. */
#define LOOK_AGAIN_INTERVAL	10.0

/*
 * Is OFFSET, s, by which the server of association I says that our clock is
 * off at R, impossible by the constraints or by its own certificate?
 */
static bool
contradicts(const struct engine *e, size_t i, double offset,
    const struct reading *r)
{
	const struct association *a = &e->associations[i];
	const struct host *h = &e->hosts.list[a->host];

	if (a->auth == AUTH_NTS &&
	    !nts_may_say(&a->nts, (double)r->real / NS_PER_S + offset))
		return true;
	return e->clock.constraint == CONSTRAINTS_KNOWN && !h->conf.trusted &&
	    (offset < e->clock.low || offset > e->clock.high);
}

/* Did a server contradict the constraints before they were known? */
static bool
was_misled(const struct engine *e)
{
	struct reading	 r = clocks_read(&e->clocks);
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		if (e->associations[i].used &&
		    e->sync.sources[i].nsamples > 0 && contradicts(e, i,
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

static void
on_kiss(struct engine *e, size_t i, const uint8_t code[4], struct instant now)
{
	struct planning	 p = engine_planning(e, now);
	struct association *a = &e->associations[i];

	switch (association_kissed(&p, a, code)) {
	case KISS_RATE:
		if (log_allowed(&e->complaints, now, NULL))
			log_info("%s: asks us to ask less often, next time in "
			    "%.0f s", a->name,
			    instant_diff(a->schedule.next, now));
		break;
	case KISS_DENY:
		log_warnx("%s: denies us its service (%.4s), asking it no "
		    "more", a->name, (const char *)code);
		engine_lose(e, i, now);
		break;
	case KISS_UNKNOWN:
		break;
	}
}

/* What came to A's socket is not an answer to its request. */
static void
on_forgery(struct engine *e, struct association *a, struct instant now)
{
	a->rejected++;
	if (log_allowed(&e->complaints, now, NULL))
		log_debug("%s: something came that does not answer our "
		    "request", a->name);
}

/* Requests leave, or answers come, that did not before. */
static void
on_network(struct engine *e, const struct planning *p)
{
	associations_wake(p);
	hosts_retry(&e->hosts, p->now);
}

/*
 * Learn SAMPLE of association I.  Before there is an estimate it is a vote
 * only, and engine_decide() says when there is one.
 */
static bool
learn(struct engine *e, size_t i, const struct sample *sample,
    struct instant now)
{
	if (sync_ready(&e->sync) || e->orphan.leader != ORPHAN_NOBODY)
		return sync_sample(&e->sync, i, sample,
		    associations_expected(e->associations));
	if (!e->decision.begun)
		e->decision.since = now;
	e->decision.begun = true;
	e->decision.newest = i;
	sync_sample(&e->sync, i, sample, 1);
	return engine_decide(e, now);
}

/* A server with two addresses of one name is to have one vote. */
static void
on_twin(struct engine *e, size_t i, size_t other, struct instant now)
{
	const struct association *a = e->associations;
	size_t		 younger = a[i].received < a[other].received ?
	    i : other;

	log_info("%s: is %s by another address, asking it no more",
	    a[younger].name, a[younger == i ? other : i].name);
	hosts_exclude(&e->hosts, &a[younger]);
	engine_change_hosts(e, now);
}

/*
 * May the answer PKT of association I count in the vote?  If not, its samples
 * are forgotten.
 */
static bool
admits(struct engine *e, size_t i, const struct ntp_packet *pkt,
    struct instant now)
{
	struct association *a = &e->associations[i];

	if (a->barred || a->apart != REASON_NONE)
		return false;
	if (orphan_is_relief(&e->orphan, &e->sync, i, a, pkt))
		association_hurry(a, now);
	if (pkt->stratum + 1 < NTP_MAX_STRATUM)
		return orphan_admits(&e->orphan, &e->sync, i, pkt);
	/* Nobody can be synchronized to a server of stratum 15. */
	sync_silence(&e->sync, i);
	return false;
}

/*
 * A good answer of association I, when our clock is AHEAD s of the oscillator's
 * time.  It is remembered, then its sample is learned, then the next requests
 * are planned by what was learned, and then the clock is steered.
 */
static void
on_answer(struct engine *e, size_t i, const struct answer *answer,
    double ahead, struct instant now)
{
	struct planning	 p = engine_planning(e, now);
	struct association *a = &e->associations[i];
	enum sync_state	 before = e->sync.state;
	bool		 agreed = e->sync.agreed, learned = false;
	size_t		 twin;
	bool		 admitted;
	struct control_sample said = report_sample(a, &answer->sample, ahead);

	if (answer->has_sample)
		engine_watch_smear(e, i, &answer->sample);
	admitted = admits(e, i, &answer->pkt, now);
	if (association_answered(&p, a, answer))
		on_network(e, &p);
	if (admitted && answer->has_sample)
		learned = learn(e, i, &answer->sample, now);
	associations_settle_doubt(&p, a);
	association_settle(&p, a);
	if (learned)
		associations_hasten(&p);
	if (learned || !sync_ready(&e->sync) || e->sync.agreed != agreed)
		engine_update(e, now);
	else if (e->sync.state == SYNC_IN_DOUBT || e->sync.state != before)
		engine_tell(e, now);
	said.tally = report_tally(&e->sync, i);
	if (answer->has_sample)
		history_add_sample(&e->history, &said, now);
	twin = associations_twin(e->associations, i);
	if (twin < MAX_ASSOCIATIONS && e->hosts.list[a->host].conf.pool)
		on_twin(e, i, twin, now);
	else if (a->received == MEMBERS_GOOD)
		engine_change_hosts(e, now);
}

/*
 * A's answer contradicts the constraints.  Both are wrong sometimes: if the
 * machine was paused without its kernel's notice, what the constraints said
 * before is.
 */
static void
on_contradiction(struct engine *e, struct association *a)
{
	association_refused(a, REASON_CONSTRAINT);
	channel_send(&e->parent, MSG_DOUBT_CONSTRAINTS, 0, -1, NULL);
}

/* Take an answer of association I that is good, if what it says can be. */
static void
take_answer(struct engine *e, size_t i, const struct answer *answer,
    struct instant now)
{
	const struct reading r = clocks_read(&e->clocks);

	if (contradicts(e, i, answer->sample.offset - r.ahead, &r))
		on_contradiction(e, &e->associations[i]);
	else
		on_answer(e, i, answer, r.ahead, now);
}

void
engine_on_packets(struct engine *e, size_t i, struct instant now)
{
	const struct own_refids *own = e->setup.listening ? &e->own : NULL;
	struct association *a = &e->associations[i];
	struct answer	 answer;
	int		 n;

	for (n = 0; n < READS_PER_TURN && query_receive(&a->query, &e->clocks,
	    e->precision, own, &answer); n++) {
		switch (answer.kind) {
		case ANSWER_FORGED:
			on_forgery(e, a, now);
			break;
		case ANSWER_UNAUTHENTIC:
			association_unauthentic(a, answer.reason);
			break;
		case ANSWER_REFUSED:
			association_refused(a, answer.reason);
			break;
		case ANSWER_KISS:
			on_kiss(e, i, answer.pkt.refid, now);
			break;
		case ANSWER_GOOD:
			take_answer(e, i, &answer, now);
			break;
		}
	}
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
		take_answer(e, i, &answer, now);
	if (association_fell_silent(a, associations_opposed(&p), now))
		engine_lose(e, i, now);
}

void
engine_on_sensor(struct engine *e, const struct message *msg)
{
	const struct sensor_view v = sensor_view(e);
	size_t		 n = 0, i;

	while (msg->from != &e->sensors[n].channel)
		n++;
	i = sensors_find(&v, n);
	if (i < MAX_ASSOCIATIONS && !sensor_take(&e->sensors[n].state, &v, i,
	    msg->data))
		e->associations[i].rejected++;
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
		on_network(e, &p);
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
