/*
 * From the estimate to the clock, and to everybody who asks how good it is.
 */
#include <bsd/string.h>
#include <math.h>
#include <string.h>

#include "common/leap.h"
#include "ntpd/engine/steer.h"

/* A clock that is further off than this is not synchronized, s. */
#define SYNCHRONIZED_OFFSET	0.128

/* Dispersion grows at least by this, s/s. */
#define DISPERSION_RATE		0.1e-6

/* The frequency is believed to be within so many standard errors. */
#define RATE_ERRORS		3.0

void
steer_remember(struct steer *s, const struct association *peer,
    const char *name)
{
	s->peer.known = true;
	s->peer.addr = peer->addr;
	s->peer.last = peer->last;
	s->peer.delay = peer->delay;
	strlcpy(s->peer.name, name, sizeof(s->peer.name));
}

/*
 * A leap second is announced when more than half of the believed servers
 * announce it.  While none is believed, it is as it was.
 */
static uint8_t
vote_on_leap(const struct steer *s, const struct sync *sync,
    const struct association all[])
{
	size_t		 i, votes[4] = { 0 }, voters = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		if (!all[i].used || !all[i].answered ||
		    sync->verdicts[i].tally < COMBINED)
			continue;
		votes[all[i].last.leap & 3]++;
		voters++;
	}
	if (voters == 0)
		return s->leap;
	if (2 * votes[LEAP_INSERT] > voters)
		return LEAP_INSERT;
	if (2 * votes[LEAP_DELETE] > voters)
		return LEAP_DELETE;
	return LEAP_NONE;
}

static void
log_majority(struct steer *s, const struct sync *sync,
    const struct association all[], bool following)
{
	size_t		 i, voters = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		voters += all[i].used && sync->verdicts[i].tally != UNUSABLE;
	/* A real server may come while an orphan is still followed. */
	if (sync->agreed || voters < 2 || associations_expected(all) > 0 ||
	    following) {
		s->no_majority = false;
		return;
	}
	if (!s->no_majority)
		log_warnx("%zu servers, and no majority of them agrees: %s",
		    voters, sync_ready(sync) ?
		    "the clock coasts" : "waiting for more answers");
	s->no_majority = true;
}

void
steer_vote(struct steer *s, const struct sync *sync,
    const struct association all[MAX_ASSOCIATIONS], bool following)
{
	log_majority(s, sync, all, following);
	s->leap = vote_on_leap(s, sync, all);
}

/*
 * All servers jumped together.  By little: the oscillator has changed its pace
 * (a fan, a room that gets warm).  This is corrected like any other offset, or
 * faster if it is far beyond its error.
 * By much, and forward: the machine stood still without knowing it, as a paused
 * virtual machine does.  That is a new start, if the parent agrees.  Backward,
 * as after a leap second that nobody announced: that is only slewed, but fast.
 */
bool
steer_notice_change(struct steer *s, const struct sync *sync,
    const struct reading *r, struct log_limit *limit, struct instant now)
{
	double		 offset;

	if (s->changes_seen == sync->changes)
		return false;
	s->changes_seen = sync->changes;
	s->discipline.changed = true;
	offset = sync_estimate(sync, r->now).offset - r->ahead;
	if (fabs(offset) <= DISCIPLINE_LARGE) {
		if (log_allowed(limit, now, NULL))
			log_info("all servers see the clock %+.6f s off where "
			    "it should be: its oscillator has changed", offset);
		return false;
	}
	s->discipline.acquired = false;
	if (offset < 0) {
		log_warnx("all servers' time jumped by %+.6f s: slowing the "
		    "clock down until it is right", offset);
		return false;
	}
	log_warnx("all servers' time jumped by %+.6f s: the machine must have "
	    "stood still", offset);
	return true;
}

struct orders
steer_plan(struct steer *s, const struct sync *sync, const struct reading *r,
    const struct clock_state *clock, double threshold, bool provisional)
{
	struct estimate	 est = sync_estimate(sync, r->now);
	double		 offset = est.offset - r->ahead;
	bool		 may_step = fabs(offset) <=
	    (offset < 0 ? clock->step_back : clock->step_forward);
	struct plan	 plan = discipline_plan(&s->discipline, &est, offset,
	    may_step, threshold);

	return (struct orders){
		.frequency = {
			.frequency = plan.frequency,
			.error = est.frequency_error,
			.provisional = provisional
		},
		.step = plan.step,
		.by = { .by = plan.offset },
		.slew = { .rate = plan.slew, .duration = plan.duration }
	};
}

void
steer_jumped(struct steer *s)
{
	s->discipline.acquired = false;
	s->stepping = false;
}

void
steer_forget(struct steer *s)
{
	s->discipline.acquired = false;
	s->peer.known = false;
}

bool
steer_has_majority(const struct steer *s, const struct sync *sync,
    const struct association all[MAX_ASSOCIATIONS])
{
	size_t		 i = sync->system_peer;

	return s->stepping || (i < MAX_ASSOCIATIONS &&
	    all[i].last.stratum + 1 < NTP_MAX_STRATUM);
}

/* The system peer as it is now; if there is none, as the last one was. */
static struct system_peer
present_peer(const struct steer *s, const struct sync *sync,
    const struct association all[])
{
	struct system_peer p = s->peer;
	const struct association *a;

	if (sync->system_peer >= MAX_ASSOCIATIONS)
		return p;
	a = &all[sync->system_peer];
	p.known = true;
	p.addr = a->addr;
	p.last = a->last;
	p.delay = a->delay;
	return p;
}

struct system
steer_believed(const struct steer *st, const struct sync *sync,
    const struct association all[MAX_ASSOCIATIONS], const struct reading *r)
{
	struct system	 s = {
		.leap = LEAP_UNKNOWN, .stratum = NTP_MAX_STRATUM,
		.refid = "INIT"
	};
	const struct system_peer peer = present_peer(st, sync, all);
	struct estimate	 est;

	if (!sync_ready(sync))
		return s;
	est = sync_estimate(sync, r->now);
	s.offset = est.offset - r->ahead;
	s.error = est.offset_error;
	s.bound = fabs(s.offset) + sync_bound(sync, r->now);
	s.dispersion_rate = DISPERSION_RATE + RATE_ERRORS * est.frequency_error;
	s.root_dispersion = s.bound;
	/* Written so that NaN is no synchronized clock, either. */
	if (!peer.known || st->stepping ||
	    !(fabs(s.offset) <= SYNCHRONIZED_OFFSET))
		return s;
	/* Our time is no better than what the server knows of its own. */
	s.root_delay = ntpshort_to_seconds(peer.last.root_delay);
	s.root_dispersion += ntpshort_to_seconds(peer.last.root_dispersion);
	s.bound = s.root_dispersion + s.root_delay / 2;
	s.root_delay += peer.delay;
	if (peer.last.stratum + 1 >= NTP_MAX_STRATUM ||
	    !(s.bound <= SYNC_MAX_DISTANCE))
		return s;
	s.synchronized = true;
	s.stratum = (uint8_t)(peer.last.stratum + 1);
	/* What is still announced when the month is over means the next one. */
	s.leap = leap_days_left(r->real / 1000000000) < 0 ?
	    LEAP_NONE : st->leap;
	addr_refid(&peer.addr, s.refid);
	return s;
}

void
steer_log(struct steer *st, const struct system *s, const struct sync *sync)
{
	char		 name[ADDR_STRLEN];

	if (s->synchronized == st->synchronized)
		return;
	st->synchronized = s->synchronized;
	if (s->synchronized)
		log_info("clock synchronized to %s, stratum %u, offset "
		    "%+.6f s +- %.6f s, %zu server%s",
		    addr_format(&st->peer.addr, name), s->stratum,
		    s->offset, s->bound - fabs(s->offset),
		    sync->truechimers, sync->truechimers == 1 ? "" :
		    "s agree");
	else
		log_warnx("clock is no longer synchronized: off by %+.6f s, "
		    "at most %.6f s", s->offset, s->bound);
}

struct snapshot
steer_snapshot(const struct system *s, const struct reading *r,
    int8_t precision)
{
	struct snapshot	 snap = {
		.leap = s->leap, .stratum = s->stratum,
		.precision = precision,
		.root_delay = s->root_delay,
		.root_dispersion = s->root_dispersion,
		.dispersion_rate = s->dispersion_rate,
		.reference = ntptime_from_ns(r->real)
	};

	memcpy(snap.refid, s->refid, sizeof(snap.refid));
	return snap;
}

struct clock_quality
steer_quality(const struct steer *st, const struct system *s)
{
	struct clock_quality quality = {
		.synchronized = s->synchronized, .stratum = s->stratum,
		.leap = s->leap,
		.esterror = s->error + fabs(s->offset),
		.maxerror = s->synchronized ?
		    s->root_dispersion + s->root_delay / 2 : 16,
		.offset = s->offset
	};

	if (st->peer.known)
		addr_format(&st->peer.addr, quality.system_peer);
	return quality;
}
