/*
 * What the engine does: each function here carries out what the modules below
 * want done, and tells the other processes.
 */
#include <math.h>
#include <stdio.h>

#include "common/format.h"
#include "common/log.h"
#include "ntpd/engine/engine_state.h"
#include "ntpd/engine/report.h"

/* Everybody is told again that often, s. */
#define PUBLISH_INTERVAL	64.0

struct planning
engine_planning(struct engine *e, struct instant now)
{
	return (struct planning){
		.all = e->associations, .sync = &e->sync,
		.at = clocks_read(&e->clocks).now, .now = now,
		.waiting = e->decision.waiting
	};
}

void
engine_forget_sensors(struct engine *e)
{
	size_t		 i;

	for (i = 0; i < SENSORS_MOST; i++)
		sensor_forget(&e->sensors[i].state);
}

/* What would be decided now, and who could say otherwise. */
static struct patience
consider(const struct engine *e)
{
	struct patience	 p = {
		.configured = hosts_configured(&e->hosts, e->associations),
		.agreeing = e->sync.truechimers,
		.starting = associations_expected(e->associations),
		.silent = associations_silent(e->associations),
		.unresolved = hosts_awaited(&e->hosts),
		.offset = NAN,
		.needed = e->clock.voters
	};
	struct reading	 r;

	if (e->sync.system_peer < MAX_ASSOCIATIONS) {
		r = clocks_read(&e->clocks);
		p.offset = sync_source_offset(&e->sync, e->sync.system_peer,
		    r.now) - r.ahead;
	}
	return p;
}

/* "2 servers agree" and what they say, and whom is waited for. */
static void
log_waiting(const struct patience *p, double limit)
{
	char		 offset[FORMAT_LEN], silent[64] = "", names[64] = "";

	if (isinf(limit)) {
		log_info("%zu of %zu servers that have to agree sees the clock "
		    "%s: waiting for another before it is set", p->agreeing,
		    p->needed, format_offset(p->offset, offset));
		return;
	}
	if (p->silent > 0 && fabs(p->offset) >= PATIENCE_LARGE_OFFSET)
		snprintf(silent, sizeof(silent), "%zu that ha%s not answered",
		    p->silent, p->silent == 1 ? "s" : "ve");
	if (p->unresolved > 0)
		snprintf(names, sizeof(names), "%s%zu name%s without an "
		    "address", silent[0] != '\0' ? " and " : "",
		    p->unresolved, p->unresolved == 1 ? "" : "s");
	log_info("%zu server%s the clock %s: waiting up to %.0f s for %s%s "
	    "before it is corrected", p->agreeing,
	    p->agreeing == 1 ? " sees" : "s see",
	    format_offset(p->offset, offset), limit, silent, names);
}

bool
engine_decide(struct engine *e, struct instant now)
{
	struct decision	*d = &e->decision;
	struct patience	 p;
	double		 limit;
	size_t		 newest;

	if (sync_ready(&e->sync) || !d->begun || !e->sync.agreed ||
	    e->orphan.leader != ORPHAN_NOBODY)
		return false;
	p = consider(e);
	limit = patience_limit(&p);
	d->until = instant_add(d->since, limit);
	if (instant_before(now, d->until)) {
		if (!d->waiting && p.starting == 0)
			log_waiting(&p, limit);
		d->waiting = p.starting == 0;
		return false;
	}
	newest = d->newest;
	*d = (struct decision){ .until = INSTANT_NEVER };
	return sync_begin_with(&e->sync, newest);
}

static struct system
believed(const struct engine *e, const struct reading *r, struct instant now)
{
	const struct steer_course course = {
		.frequency = e->clock.frequency,
		.to_slew = e->clock.slew *
		    fmax(0, instant_diff(e->slew_end, now))
	};

	return steer_believed(&e->steer, &e->sync, e->associations, r,
	    &course);
}

static struct system
served(const struct engine *e, const struct reading *r, struct instant now)
{
	struct system	 s = believed(e, r, now);

	orphan_serve(&e->orphan, &s);
	return s;
}

struct report_view
engine_view(const struct engine *e, struct instant now)
{
	struct report_view v = {
		.setup = &e->setup, .hosts = &e->hosts,
		.all = e->associations, .sync = &e->sync,
		.steer = &e->steer, .clock = &e->clock,
		.r = clocks_read(&e->clocks),
		.slew_end = e->slew_end, .now = now,
		.waiting = e->decision.begun && e->sync.agreed &&
		    !sync_ready(&e->sync),
		.waiting_until = e->decision.until
	};

	v.system = served(e, &v.r, now);
	return v;
}

/* Keep for ntpctl how the clock is, now and then. */
static void
remember(struct engine *e, struct instant now)
{
	struct control_status st;
	struct report_view v;

	if (!history_is_due(&e->history, now))
		return;
	v = engine_view(e, now);
	report_status(&v, &st);
	history_add_point(&e->history, &st, now);
}

void
engine_publish(struct engine *e, struct instant now)
{
	struct reading	 r = clocks_read(&e->clocks);
	struct system	 s = served(e, &r, now);
	struct snapshot	 snap = steer_snapshot(&s, &r, e->precision);
	struct clock_quality quality = steer_quality(&e->steer, &s);
	size_t		 i;

	steer_smear(&e->steer, &snap);
	quality.at = now.ns;
	quality.disrupted = e->steer.disrupted || sync_is_disrupted(&e->sync);
	quality.has_marker = e->disruption.known;
	quality.marker = e->disruption.marker;
	steer_log(&e->steer, &s, &e->sync);
	for (i = 0; i < SERVERS_MOST; i++)
		channel_send(&e->servers[i], MSG_SNAPSHOT, 0, -1, &snap);
	channel_send(&e->parent, MSG_CLOCK_QUALITY, 0, -1, &quality);
	e->publish_at = instant_add(now, PUBLISH_INTERVAL);
	remember(e, now);
}

void
engine_close_queries(struct engine *e)
{
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		if (e->associations[i].used)
			query_close(&e->associations[i].query);
}

/* Ask the parent for what the estimate wants of the clock. */
static void
adjust(struct engine *e)
{
	struct reading	 r = clocks_read(&e->clocks);
	const struct steer_terms terms = {
		.clock = &e->clock,
		.threshold = e->setup.step_threshold,
		.provisional = e->orphan.leader != ORPHAN_NOBODY
	};
	struct orders	 o = steer_plan(&e->steer, &e->sync, &r, &terms);

	channel_send(&e->parent, MSG_CLOCK_FREQUENCY, 0, -1, &o.frequency);
	/* What it answers decides between a step and a slew. */
	if (o.new_start) {
		channel_send(&e->parent, MSG_CLOCK_NEW_START, 0, -1, &o.pause);
		return;
	}
	if (!o.step) {
		channel_send(&e->parent, MSG_CLOCK_SLEW, 0, -1, &o.slew);
		return;
	}
	engine_close_queries(e);
	e->steer.stepping = channel_send(&e->parent, MSG_CLOCK_STEP, 0, -1,
	    &o.by);
}

/* Say which servers the majority has found false, look for others. */
static void
note_verdicts(struct engine *e, struct instant now)
{
	struct association *a;
	double		 at = clocks_read(&e->clocks).now, offset;
	size_t		 i;

	if (!e->sync.agreed || e->orphan.leader != ORPHAN_NOBODY)
		return;
	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		if (!a->used || e->sync.sources[i].nsamples == 0)
			continue;
		offset = sync_source_offset(&e->sync, i, at) -
		    sync_estimate(&e->sync, at).offset;
		if (association_judged(a, e->sync.verdicts[i].tally, offset))
			hosts_replace(&e->hosts, a, now);
	}
}

void
engine_update(struct engine *e, struct instant now)
{
	const size_t	 i = e->sync.system_peer;
	struct association *peer = &e->associations[i];
	struct reading	 r;

	if (i < MAX_ASSOCIATIONS)
		steer_remember(&e->steer, peer,
		    e->hosts.list[peer->host].conf.name);
	r = clocks_read(&e->clocks);
	steer_vote(&e->steer, &e->sync, e->associations, &r,
	    e->orphan.leader != ORPHAN_NOBODY);
	if (sync_ready(&e->sync)) {
		note_verdicts(e, now);
		steer_notice_change(&e->steer, &e->sync, &r);
		if (!e->steer.stepping)
			adjust(e);
		steer_log_state(&e->steer, &e->sync, e->associations, &r,
		    now);
	}
	engine_publish(e, now);
}

void
engine_slew_ended(struct engine *e, struct instant now)
{
	engine_publish(e, now);
	if (!e->steer.synchronized && !e->steer.stepping &&
	    sync_ready(&e->sync) &&
	    fabs(engine_view(e, now).system.offset) > STEER_BEGUN_OFFSET)
		adjust(e);
}

void
engine_step(struct engine *e)
{
	const struct reading r = clocks_read(&e->clocks);
	struct clock_step by;

	if (!sync_ready(&e->sync) || !e->sync.agreed || e->steer.stepping ||
	    e->orphan.leader != ORPHAN_NOBODY)
		return;
	by.by = sync_estimate(&e->sync, r.now).offset - r.ahead;
	engine_close_queries(e);
	e->steer.stepping = channel_send(&e->parent, MSG_CLOCK_STEP, 0, -1,
	    &by);
}

void
engine_tell(struct engine *e, struct instant now)
{
	struct reading	 r = clocks_read(&e->clocks);

	steer_log_state(&e->steer, &e->sync, e->associations, &r, now);
	engine_publish(e, now);
}

void
engine_run_local(struct engine *e, struct instant now)
{
	struct reading	 r;
	struct orphan_view view;
	bool		 follows;

	if (!orphan_is_active(&e->orphan))
		return;
	r = clocks_read(&e->clocks);
	follows = orphan_follow(&e->orphan, &e->sync, e->associations, r.now,
	    now);
	if (follows) {
		steer_forget(&e->steer);
		e->decision = (struct decision){ .until = INSTANT_NEVER };
	}
	view.synchronized = believed(e, &r, now).synchronized;
	view.majority = steer_has_majority(&e->steer, &e->sync,
	    e->associations);
	/* Is it worth while to wait a little longer for real servers? */
	view.expected = associations_hoped(e->associations) > 0 ||
	    (orphan_is_patient(&e->orphan, now) &&
	    hosts_expected(&e->hosts) > 0);
	if (orphan_decide(&e->orphan, &view, now) && !follows)
		engine_publish(e, now);
	if (follows)
		engine_update(e, now);
}

void
engine_lose(struct engine *e, size_t i, struct instant now)
{
	sync_silence(&e->sync, i);
	smeared_forget(&e->smeared, i);
	engine_update(e, now);
	hosts_replace(&e->hosts, &e->associations[i], now);
	engine_change_hosts(e, now);
}
