/*
 * From the estimate to the clock, and to everybody who asks how good it is.
 */
#include <bsd/string.h>
#include <math.h>
#include <string.h>

#include "common/leap.h"
#include "ntpd/engine/state.h"

/* A clock that is further off than this is not synchronized, s. */
#define SYNCHRONIZED_OFFSET	0.128

/* Everybody is told again that often, s. */
#define PUBLISH_INTERVAL	64.0

/* Dispersion grows at least by this, s/s. */
#define DISPERSION_RATE		0.1e-6

/* What is believed of the frequency, so many standard errors. */
#define RATE_ERRORS		3.0

static const struct association *
system_peer(const struct engine *e)
{
	if (e->sync.system_peer >= MAX_ASSOCIATIONS)
		return NULL;
	return &e->associations[e->sync.system_peer];
}

/*
 * A leap second is announced when more than half of those we believe do.  While
 * nobody is believed, it is as it was.
 */
static uint8_t
vote_on_leap(const struct engine *e)
{
	const struct association *a;
	size_t		 i, votes[4] = { 0 }, voters = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		if (!a->used || !a->answered ||
		    e->sync.verdicts[i].tally < COMBINED)
			continue;
		votes[a->last.leap & 3]++;
		voters++;
	}
	if (voters == 0)
		return e->leap;
	if (2 * votes[LEAP_INSERT] > voters)
		return LEAP_INSERT;
	if (2 * votes[LEAP_DELETE] > voters)
		return LEAP_DELETE;
	return LEAP_NONE;
}

struct system
steer_believed(const struct engine *e, const struct reading *r)
{
	struct system	 s = {
		.leap = LEAP_UNKNOWN, .stratum = NTP_MAX_STRATUM,
		.refid = "INIT"
	};
	const struct association *peer = system_peer(e);
	struct estimate	 est;

	if (!sync_ready(&e->sync))
		return s;
	est = sync_estimate(&e->sync, r->now);
	s.offset = est.offset - r->ahead;
	s.error = est.offset_error;
	s.bound = fabs(s.offset) + sync_bound(&e->sync, r->now);
	s.dispersion_rate = DISPERSION_RATE + RATE_ERRORS * est.frequency_error;
	s.root_dispersion = s.bound;
	if (peer == NULL && e->last_peer.answered)
		peer = &e->last_peer;		/* coasting */
	/* So that a number that is none is no synchronized clock, either. */
	if (peer == NULL || e->stepping ||
	    !(fabs(s.offset) <= SYNCHRONIZED_OFFSET))
		return s;
	/* What our servers do not know themselves, we cannot know, either. */
	s.root_delay = ntpshort_to_seconds(peer->last.root_delay);
	s.root_dispersion += ntpshort_to_seconds(peer->last.root_dispersion);
	s.bound = s.root_dispersion + s.root_delay / 2;
	s.root_delay += peer->delay;
	if (peer->last.stratum + 1 >= NTP_MAX_STRATUM ||
	    !(s.bound <= SYNC_MAX_DISTANCE))
		return s;
	s.synchronized = true;
	s.stratum = (uint8_t)(peer->last.stratum + 1);
	/* What is still announced when the month is over means the next one. */
	s.leap = leap_days_left(r->real / 1000000000) < 0 ? LEAP_NONE : e->leap;
	addr_refid(&peer->addr, s.refid);
	return s;
}

struct system
steer_system(const struct engine *e, const struct reading *r)
{
	struct system	 s = steer_believed(e, r);

	local_serve(e, &s);
	return s;
}

static void
publish(struct engine *e, const struct system *s, const struct reading *r,
    struct instant now)
{
	struct snapshot	 snap = {
		.leap = s->leap, .stratum = s->stratum,
		.precision = e->precision,
		.root_delay = s->root_delay,
		.root_dispersion = s->root_dispersion,
		.dispersion_rate = s->dispersion_rate,
		.reference = ntptime_from_ns(r->real)
	};
	struct clock_quality quality = {
		.synchronized = s->synchronized, .stratum = s->stratum,
		.leap = s->leap,
		.esterror = s->error + fabs(s->offset),
		.maxerror = s->synchronized ?
		    s->root_dispersion + s->root_delay / 2 : 16,
		.offset = s->offset
	};
	size_t		 i;

	memcpy(snap.refid, s->refid, sizeof(snap.refid));
	for (i = 0; i < CONFIG_MAX_WORKERS; i++)
		channel_send(&e->servers[i], MSG_SNAPSHOT, 0, -1, &snap);
	if (e->last_peer.answered)
		association_name(&e->last_peer, quality.system_peer);
	channel_send(&e->parent, MSG_CLOCK_QUALITY, 0, -1, &quality);
	e->publish_at = instant_add(now, PUBLISH_INTERVAL);
}

/* Say it once when the clock becomes synchronized, or no longer is. */
static void
log_system(struct engine *e, const struct system *s)
{
	char		 name[ADDR_STRLEN];

	if (s->synchronized == e->synchronized)
		return;
	e->synchronized = s->synchronized;
	if (s->synchronized)
		log_info("clock synchronized to %s, stratum %u, offset "
		    "%+.6f s +- %.6f s, %zu server%s",
		    association_name(&e->last_peer, name), s->stratum,
		    s->offset, s->bound - fabs(s->offset),
		    e->sync.truechimers, e->sync.truechimers == 1 ? "" :
		    "s agree");
	else
		log_warnx("clock is no longer synchronized: off by %+.6f s, "
		    "at most %.6f s", s->offset, s->bound);
}

/* Say it once when a server begins or ends to lie. */
static void
log_verdicts(struct engine *e, struct instant now)
{
	struct association *a;
	char		 name[ADDR_STRLEN];
	bool		 is_false;
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		if (!a->used || e->sync.verdicts[i].tally == UNUSABLE ||
		    !e->sync.agreed)
			continue;
		is_false = e->sync.verdicts[i].tally == FALSETICKER;
		if (is_false == a->was_false)
			continue;
		a->was_false = is_false;
		log_info("%s: %s, %+.6f s off the majority",
		    association_name(a, name), is_false ?
		    "is a falseticker" : "agrees with the others again",
		    e->sync.verdicts[i].offset);
		if (is_false)
			hosts_replace(e, a, now);
	}
}

static void
log_majority(struct engine *e)
{
	const struct association *a;
	size_t		 i, voters = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		voters += a->used && e->sync.verdicts[i].tally != UNUSABLE;
	}
	/* A real server may come while an orphan is still followed. */
	if (e->sync.agreed || voters < 2 || associations_expected(e) > 0 ||
	    e->local.leader != NULL) {
		e->no_majority = false;
		return;
	}
	if (!e->no_majority)
		log_warnx("%zu servers, and no majority of them agrees: %s",
		    voters, sync_ready(&e->sync) ?
		    "the clock coasts" : "waiting for more answers");
	e->no_majority = true;
}

void
steer_publish(struct engine *e, struct instant now)
{
	struct reading	 r = clocks_read(&e->clocks);
	struct system	 s = steer_system(e, &r);

	log_system(e, &s);
	publish(e, &s, &r, now);
}

/* An answer must not come between two clocks. */
static void
close_queries(struct engine *e)
{
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		if (e->associations[i].used)
			query_close(&e->associations[i].query);
}

static void
adjust(struct engine *e)
{
	struct reading	 r = clocks_read(&e->clocks);
	struct estimate	 est = sync_estimate(&e->sync, r.now);
	struct plan	 plan;
	struct clock_frequency frequency = {
		.provisional = e->local.leader != NULL
	};
	struct clock_slew slew;
	struct clock_step step;

	plan = discipline_plan(&e->discipline, &est, est.offset - r.ahead,
	    e->clock.may_step, e->setup.step_threshold);
	frequency.frequency = plan.frequency;
	frequency.error = est.frequency_error;
	channel_send(&e->parent, MSG_CLOCK_FREQUENCY, 0, -1, &frequency);
	if (plan.step) {
		close_queries(e);
		step.by = plan.offset;
		e->stepping = channel_send(&e->parent, MSG_CLOCK_STEP, 0, -1,
		    &step);
		return;
	}
	slew.rate = plan.slew;
	slew.duration = plan.duration;
	channel_send(&e->parent, MSG_CLOCK_SLEW, 0, -1, &slew);
}

/*
 * All servers jumped together.  By little: the oscillator has changed its pace
 * (a fan, a room that gets warm), which is corrected like any other offset, or
 * faster if it is far beyond its error.
 * By much, and forward: the machine stood still without knowing it, as a paused
 * virtual machine does.  That is a new start, if the parent agrees.  Back, as
 * after a leap second that nobody announced: that is only slewed, but fast.
 */
static void
notice_change(struct engine *e, struct instant now)
{
	struct reading	 r = clocks_read(&e->clocks);
	double		 offset;

	if (e->changes_seen == e->sync.changes)
		return;
	e->changes_seen = e->sync.changes;
	e->discipline.changed = true;
	offset = sync_estimate(&e->sync, r.now).offset - r.ahead;
	if (fabs(offset) <= DISCIPLINE_LARGE) {
		if (log_allowed(&e->complaints, now, NULL))
			log_info("all servers see the clock %+.6f s off where "
			    "it should be: its oscillator has changed", offset);
		return;
	}
	e->discipline.acquired = false;
	if (offset < 0) {
		log_warnx("all servers' time jumped by %+.6f s: slowing the "
		    "clock down until it is right", offset);
		return;
	}
	log_warnx("all servers' time jumped by %+.6f s: the machine must have "
	    "stood still", offset);
	channel_send(&e->parent, MSG_CLOCK_NEW_START, 0, -1, NULL);
}

void
steer_update(struct engine *e, struct instant now)
{
	const struct association *peer = system_peer(e);

	if (peer != NULL) {
		e->last_peer = *peer;
		strlcpy(e->last_name, e->hosts[peer->host].conf.name,
		    sizeof(e->last_name));
	}
	log_majority(e);
	e->leap = vote_on_leap(e);
	if (sync_ready(&e->sync)) {
		if (e->local.leader == NULL)
			log_verdicts(e, now);
		notice_change(e, now);
		if (!e->stepping)
			adjust(e);
	}
	steer_publish(e, now);
}

void
steer_leapt(struct engine *e, struct instant now)
{
	e->leap = LEAP_NONE;
	steer_publish(e, now);
}

void
steer_jumped(struct engine *e, double by, struct instant now)
{
	size_t		 i;

	log_info("the clock jumped by %+.3f s: asking the servers anew", by);
	close_queries(e);
	sync_restart(&e->sync);
	e->discipline.acquired = false;
	e->stepping = false;
	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		if (e->associations[i].used)
			association_quicken(&e->associations[i], now);
	steer_publish(e, now);
}
