/*
 * From the estimate to the clock, and to everybody who asks how good it is.
 */
#include <bsd/string.h>
#include <math.h>
#include <string.h>

#include "common/format.h"
#include "common/ns.h"
#include "ntpd/engine/steer.h"

/*
 * A step that goes back this part of the way, but for so many seconds, is an
 * undo.  Tuned: steer_test.
 */
#define UNDO_PART		0.9
#define UNDO_SLACK		1.0

/*
 * The frequency is another one beyond so many of its errors, and the clock has
 * drifted by it for so long, s, at most: two of the usual longest intervals.
 */
#define DRIFT_ERRORS		4.0
#define DRIFT_LONGEST		2048.0

/* A new start that was refused is asked for again after that long, s. */
#define ASK_AGAIN		3600.0

/* What the kernel takes for "unknown", s: NTP_PHASE_LIMIT. */
#define MAXERROR_MOST		16.0

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

void
steer_vote(struct steer *s, const struct sync *sync,
    const struct association all[MAX_ASSOCIATIONS], const struct reading *r,
    bool following)
{
	steer_log_majority(s, sync, all, r, following);
	steer_vote_on_leap(s, sync, all, r);
}

/*
 * Most servers jumped together.  By little: the oscillator has changed its pace
 * (a fan, a room that gets warm).  This is corrected like any other offset, or
 * faster if it is far beyond its error.  By much: the machine stood still
 * without knowing it, as a paused virtual machine does, or most servers are
 * wrong.  Time will tell.
 */
void
steer_notice_change(struct steer *s, const struct sync *sync,
    const struct reading *r)
{
	double		 offset;

	if (s->restarts_seen != sync->restarts) {
		s->restarts_seen = sync->restarts;
		s->discipline.acquired = false;
		log_warnx("what the servers said led to an impossible clock: "
		    "beginning again");
	}
	if (s->changes_seen == sync->changes)
		return;
	s->changes_seen = sync->changes;
	s->discipline.changed = s->changed = true;
	s->returned = fabs(s->offset) > STEPT;
	offset = sync_estimate(sync, r->now).offset - r->ahead;
	if (fabs(offset) > STEPT)
		s->discipline.acquired = false;
}

/* How far the clock may be stepped in the direction of OFFSET, s. */
static double
reach(const struct clock_state *clock, double offset)
{
	return offset < 0 ? clock->step_back : clock->step_forward;
}

/*
 * An offset that no step may correct and no slew should.  This is said once
 * until the offset is small again.
 */
static bool
is_over_limit(struct steer *s, const struct clock_state *clock, double offset)
{
	bool		 over = fabs(offset) > clock->step_limit &&
	    fabs(offset) > reach(clock, offset);
	char		 text[FORMAT_LEN];

	if (over && !s->over_limit)
		log_warnx("most servers see the clock %s, which is more than "
		    "the step limit of %.0f s: left as it is; if they are "
		    "right, restart ntpd or raise \"step limit\"",
		    format_offset(offset, text), clock->step_limit);
	s->over_limit = over ||
	    (s->over_limit && fabs(offset) > STEPT);
	return over;
}

/*
 * Does OFFSET lead back to where the clock came from, as far as it has ever
 * been stepped, and not to somewhere on the way?
 */
static bool
is_undo(const struct clock_state *clock, double offset)
{
	double		 back = reach(clock, offset);

	return fabs(offset) <= back &&
	    fabs(offset) >= UNDO_PART * back - UNDO_SLACK;
}

/* Is OFFSET what came of a frequency that is not any more what E says? */
static bool
is_drift(const struct clock_state *clock, const struct estimate *e,
    double offset)
{
	double		 by = e->frequency - clock->frequency;

	return fabs(by) > DRIFT_ERRORS * e->frequency_error &&
	    by * offset > 0 && fabs(offset) <= fabs(by) * DRIFT_LONGEST;
}

static enum confirm_kind
what_kind(const struct clock_state *clock, const struct estimate *e,
    double offset)
{
	if (is_undo(clock, offset))
		return CONFIRM_UNDO;
	return is_drift(clock, e, offset) ? CONFIRM_DRIFT : CONFIRM_NEW;
}

/*
 * Has a large OFFSET, by the estimate E, been there for long enough?  The wait
 * is logged.
 */
static bool
is_confirmed(struct steer *s, const struct clock_state *clock,
    const struct estimate *e, double offset, double now)
{
	struct confirm	*c = &s->confirm;
	bool		 confirmed = confirm_offset(c, offset,
	    STEPT, what_kind(clock, e, offset), now);
	char		 text[FORMAT_LEN];

	if (c->state == CONFIRM_WAITING && c->since == now)
		log_warnx("most servers see the clock %s: waiting for %.0f s "
		    "whether they stay with it", format_offset(offset, text),
		    confirm_left(c, now));
	return confirmed;
}

/*
 * What may be done about OFFSET, by the estimate E.  Until the clock was right
 * for the first time there is nothing to wait for.
 */
static enum discipline_means
choose_means(struct steer *s, const struct clock_state *clock,
    const struct estimate *e, double offset, double now)
{
	bool		 in_reach = fabs(offset) <= reach(clock, offset);

	s->slews_leap = s->slews_leap && fabs(offset) > STEPT;
	if (s->slews_leap)
		return DISCIPLINE_SLEW;
	if (!s->proven)
		return in_reach ? DISCIPLINE_STEP : DISCIPLINE_SLEW;
	if (is_over_limit(s, clock, offset)) {
		s->confirm.state = CONFIRM_NOTHING;
		return DISCIPLINE_NOTHING;
	}
	if (!is_confirmed(s, clock, e, offset, now))
		return DISCIPLINE_NOTHING;
	return in_reach ? DISCIPLINE_STEP : DISCIPLINE_SLEW;
}

/*
 * A clock that is late by a confirmed offset was paused, as far as anybody can
 * tell; or the hypervisor says so.  The parent is asked whether it may be set,
 * and now and then again, as what it permits in a day may have been used up.
 */
static bool
wants_new_start(struct steer *s, const struct clock_state *clock,
    double offset, double now)
{
	bool		 late = offset > STEPT && (s->disrupted ||
	    s->confirm.state == CONFIRM_CONFIRMED);
	bool		 wants = late && offset > clock->step_forward &&
	    (!s->asked || now - s->asked_at >= ASK_AGAIN);

	s->asked = late;
	if (wants)
		s->asked_at = now;
	return wants;
}

/*
 * The FREQUENCY that the clock should have, of which E tells the error.  If the
 * oscillator has just changed, the parent would take it for unknown: then it
 * stays what it is.
 */
static struct clock_frequency
choose_frequency(struct steer *s, const struct clock_state *clock,
    const struct estimate *e, double frequency)
{
	bool		 unknown = !(e->frequency_error <=
	    CLOCK_FREQUENCY_ERROR);

	if (unknown && !s->unknown)
		log_warnx("the oscillator's frequency is not known to %.0f "
		    "ppm: it is corrected as before until more answers tell",
		    CLOCK_FREQUENCY_ERROR * 1e6);
	s->unknown = unknown;
	if (unknown)
		return (struct clock_frequency){ .provisional = true,
		    .frequency = clock->frequency,
		    .error = CLOCK_FREQUENCY_ERROR };
	return (struct clock_frequency){ .frequency = frequency,
	    .error = e->frequency_error };
}

struct orders
steer_plan(struct steer *s, const struct sync *sync, const struct reading *r,
    const struct steer_terms *terms)
{
	const struct clock_state *clock = terms->clock;
	struct estimate	 est = sync_estimate(sync, r->now);
	double		 offset = est.offset - r->ahead;
	enum discipline_means means = choose_means(s, clock, &est, offset,
	    r->now);
	struct clock_frequency frequency;
	struct plan	 plan;

	/* Once it was right the parent accepts no fast slew of a small one. */
	s->discipline.settled = s->proven || clock->was_synchronized;
	s->offset = offset;
	plan = discipline_plan(&s->discipline, &est, offset, means,
	    terms->threshold);
	frequency = choose_frequency(s, clock, &est, plan.frequency);
	if (terms->provisional || !sync->measured)
		frequency.provisional = true;
	return (struct orders){
		.frequency = frequency,
		.new_start = wants_new_start(s, clock, offset, r->now),
		.pause = { .by = offset },
		.step = plan.step,
		.by.by = plan.offset,
		.slew = { .rate = plan.slew, .duration = plan.duration }
	};
}

void
steer_jumped(struct steer *s)
{
	s->discipline.acquired = s->proven = false;
	s->confirm.state = CONFIRM_NOTHING;
	s->over_limit = s->stepping = s->slews_leap = false;
	s->offset = 0;
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

/*
 * How far the clock may be off for certain, s, ahead of or behind true time,
 * now and when it has slewed what is TO_SLEW, and by the servers' own word; the
 * most if nothing is certain.
 */
static double
certain_bound(const struct sync *sync, const struct reading *r, double to_slew)
{
	const double	 least = r->ahead + fmin(0, to_slew);
	const double	 most = r->ahead + fmax(0, to_slew);
	double		 low, high;

	if (!sync_certain(sync, r->now, &low, &high))
		return HUGE_VAL;
	return fmax(fabs(low - most), fabs(high - least));
}

/* Could a clock with these bounds and this peer be called synchronized? */
static bool
is_good(const struct steer *st, const struct system_peer *peer,
    const struct system *s)
{
	/* At the start, not before what it was off by is corrected. */
	bool		 begun = st->discipline.settled || st->read_only ||
	    st->discipline.acquired || fabs(s->offset) <= STEER_BEGUN_OFFSET;

	/* Written so that NaN fails each test. */
	return begun && peer->known && !st->stepping &&
	    fabs(s->offset) <= STEPT &&
	    peer->last.stratum + 1 < NTP_MAX_STRATUM &&
	    s->certain <= SYNC_MAX_DISTANCE;
}

struct system
steer_believed(const struct steer *st, const struct sync *sync,
    const struct association all[MAX_ASSOCIATIONS], const struct reading *r,
    const struct steer_course *course)
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
	s.likely = fabs(s.offset) + sync_bound(sync, r->now);
	s.certain = fmax(s.likely, certain_bound(sync, r, course->to_slew));
	s.dispersion_rate = sync_drift(sync, r->now) +
	    fabs(est.frequency - course->frequency);
	s.root_dispersion = s.certain;
	if (!is_good(st, &peer, &s))
		return s;
	/* The certain bound is half of the root delay, and the rest. */
	s.root_delay = ntpshort_to_seconds(peer.last.root_delay) + peer.delay;
	s.root_dispersion = fmax(s.certain - s.root_delay / 2, s.likely +
	    ntpshort_to_seconds(peer.last.root_dispersion));
	s.synchronized = true;
	s.stratum = (uint8_t)(peer.last.stratum + 1);
	s.leap = steer_announced_leap(st, r);
	addr_refid(&peer.addr, s.refid);
	return s;
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
		.leap = s->leap, .smeared = st->follows_smear,
		.esterror = fmin(MAXERROR_MOST, s->likely),
		/* 0: before there is an estimate. */
		.maxerror = s->certain > 0 ?
		    fmin(MAXERROR_MOST, s->certain) : MAXERROR_MOST,
		.offset = s->offset,
		.drift = s->dispersion_rate
	};

	if (st->peer.known)
		addr_format(&st->peer.addr, quality.system_peer);
	return quality;
}
