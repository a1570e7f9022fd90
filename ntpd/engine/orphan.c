/*
 * The local clock as a last resort: what clients are given when there is no
 * server to be synchronized to, and, among orphans, whose clock it is.
 *
 * Orphans are daemons that ask each other and have the same stratum N for
 * their local clocks.  An orphan that serves its clock says so by its reference
 * id.  Of those, each follows the one with the lowest address, if this is lower
 * than its own: an order in which none can be in front of itself, so there are
 * no loops.  Servers of stratum N and above have no vote; so two that follow
 * never follow each other.
 *
 * Neither counts as synchronized: the kernel, the parent's policy and the
 * drift file are for the time of real servers.
 */
#include <math.h>
#include <string.h>

#include "ntpd/engine/orphan.h"

/* Names that were never looked up are waited for so long, s. */
#define PATIENCE	30.0

/* Requests in a row without an answer until a leader is none any more. */
#define LEADER_MISSED	3

/* Nothing is known of how a leader's oscillator goes, s/s. */
#define LEADER_FREQUENCY 200e-6

/*
 * The frequency known before a leader was followed is uncertain by this at
 * least: it has aged, s/s.
 */
#define LEAST_FREQUENCY_ERROR 1e-6

/* What is said of the local clock's dispersion, s.  Nobody knows it. */
#define LOCAL_DISPERSION 0.001

/* 127.127.1.1: how ntpd and chronyd call the local clock, too. */
static const uint8_t local_refid[4] = { 127, 127, 1, 1 };

bool
orphan_is_hopeless(const struct orphan *o, const struct orphan_view *v)
{
	if (v->synchronized || v->majority)
		return false;
	/* Once it is served, it is until there is something better. */
	return o->serving || o->leader != ORPHAN_NOBODY || !v->expected;
}

size_t
orphan_leader(const uint8_t own[4], const struct orphan_other *others, size_t n)
{
	const uint8_t	*lowest = own;
	size_t		 i, leader = n;

	for (i = 0; i < n; i++) {
		if (!others[i].leads || memcmp(others[i].id, lowest, 4) >= 0)
			continue;
		lowest = others[i].id;
		leader = i;
	}
	return leader;
}

void
orphan_init(struct orphan *o)
{
	memset(o, 0, sizeof(*o));
	o->leader = ORPHAN_NOBODY;
	o->log.burst = 10;
	o->log.interval = 600;
}

void
orphan_configure(struct orphan *o, const struct engine_setup *setup,
    struct instant now)
{
	unsigned	 most = setup->local_orphan ? LOCAL_ORPHAN_MOST :
	    LOCAL_MOST;

	o->stratum = setup->local_stratum;
	if (o->stratum > most || setup->local_orphan > 1) {
		log_warnx("local stratum %u%s cannot be: not serving the "
		    "local clock", o->stratum,
		    setup->local_orphan ? " orphan" : "");
		o->stratum = 0;
	}
	o->agrees = o->stratum != 0 && setup->local_orphan != 0;
	o->patience = instant_add(now, PATIENCE);
}

bool
orphan_is_active(const struct orphan *o)
{
	return o->stratum != 0 || o->serving || o->leader != ORPHAN_NOBODY;
}

bool
orphan_is_patient(const struct orphan *o, struct instant now)
{
	return instant_before(now, o->patience);
}

struct instant
orphan_deadline(const struct orphan *o, struct instant now)
{
	return orphan_is_active(o) && orphan_is_patient(o, now) ? o->patience :
	    INSTANT_NEVER;
}

/* Does PKT say that its sender serves its local clock, as an orphan does? */
static bool
says_local(const struct orphan *o, const struct ntp_packet *pkt)
{
	return pkt->stratum == o->stratum &&
	    memcmp(pkt->refid, local_refid, sizeof(local_refid)) == 0;
}

/* The lowest of the reference ids that others may know us by. */
static void
own_id(const struct association all[], uint8_t id[4])
{
	const struct association *a;
	uint8_t		 refid[4];

	memset(id, 0xff, 4);
	for (a = all; a < all + MAX_ASSOCIATIONS; a++) {
		if (!a->used || a->query.local.family == ADDR_NONE)
			continue;
		addr_refid(&a->query.local, refid);
		if (memcmp(refid, id, 4) < 0)
			memcpy(id, refid, 4);
	}
}

/* Has A answered, and of late? */
static bool
is_heard(const struct association *a)
{
	return a->used && a->answered && a->schedule.missed <= LEADER_MISSED;
}

static size_t
find_leader(const struct orphan *o, const struct association all[])
{
	struct orphan_other others[MAX_ASSOCIATIONS];
	uint8_t		 own[4];
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		others[i].leads = is_heard(&all[i]) && !all[i].barred &&
		    !association_is_denied(&all[i]) &&
		    says_local(o, &all[i].last);
		addr_refid(&all[i].addr, others[i].id);
	}
	own_id(all, own);
	return orphan_leader(own, others, MAX_ASSOCIATIONS);
}

/* A server below the orphans' stratum that has a vote, or ORPHAN_NOBODY. */
static size_t
find_voter(const struct orphan *o, const struct sync *sync,
    const struct association all[], double at)
{
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		if (all[i].used && i != o->leader &&
		    sync_has_vote(sync, i, at))
			return i;
	return ORPHAN_NOBODY;
}

/* The leader leads from now on; its samples are all that counts. */
static void
follow(struct orphan *o, struct sync *sync, struct association all[],
    double at, struct instant now)
{
	struct association *a = &all[o->leader];
	struct estimate	 est;

	o->frequency = sync->frequency;
	o->frequency_error = sync->frequency_error;
	if (sync_ready(sync)) {
		est = sync_estimate(sync, at);
		o->frequency = est.frequency;
		o->frequency_error = est.frequency_error;
	}
	sync_begin_again(sync, o->frequency, LEADER_FREQUENCY);
	association_hurry(a, now);
	if (log_allowed(&o->log, now, NULL))
		log_info("%s: has the lowest address of the orphans, "
		    "following it", a->name);
}

/* The leader leads no more.  What it said of the frequency is forgotten. */
static void
unfollow(struct orphan *o, struct sync *sync)
{
	sync_silence(sync, o->leader);
	o->leader = ORPHAN_NOBODY;
	o->serving = true;	/* until there is something better */
	sync_begin_again(sync, o->frequency,
	    fmax(o->frequency_error, LEAST_FREQUENCY_ERROR));
}

/* Any of the other orphans may be the leader now: ask them. */
static void
hurry_orphans(const struct orphan *o, struct association all[],
    struct instant now)
{
	struct association *a;

	for (a = all; a < all + MAX_ASSOCIATIONS; a++)
		if (is_heard(a) && a->last.stratum >= o->stratum)
			association_hurry(a, now);
}

bool
orphan_follow(struct orphan *o, struct sync *sync,
    struct association all[MAX_ASSOCIATIONS], double at, struct instant now)
{
	size_t		 before = o->leader, voter, i;

	if (!o->agrees) {
		if (before == ORPHAN_NOBODY)
			return false;
		unfollow(o, sync);
		return true;
	}
	voter = find_voter(o, sync, all, at);
	i = find_leader(o, all);
	if (before == ORPHAN_NOBODY) {
		if (!o->serving || voter != ORPHAN_NOBODY || i == ORPHAN_NOBODY)
			return false;
		o->leader = i;
		follow(o, sync, all, at, now);
	} else if (voter != ORPHAN_NOBODY && associations_expected(all) == 0) {
		unfollow(o, sync);
		sync_begin_with(sync, voter);
	} else if (i != before) {
		unfollow(o, sync);
		hurry_orphans(o, all, now);
	}
	return o->leader != before;
}

bool
orphan_decide(struct orphan *o, const struct orphan_view *v, struct instant now)
{
	bool		 before = o->serving;

	o->serving = o->stratum != 0 && orphan_is_hopeless(o, v);
	if (o->serving == before)
		return false;
	if (!log_allowed(&o->log, now, NULL))
		return true;
	if (o->serving)
		log_warnx("no server to be synchronized to: the local clock "
		    "is served as stratum %u", o->stratum);
	else if (o->leader == ORPHAN_NOBODY)
		log_info("the local clock is not served any more");
	return true;
}

bool
orphan_admits(const struct orphan *o, struct sync *sync, size_t i,
    const struct ntp_packet *pkt)
{
	if (!o->agrees || pkt->stratum < o->stratum ||
	    (i == o->leader && says_local(o, pkt)))
		return true;
	sync_silence(sync, i);
	return false;
}

bool
orphan_is_relief(const struct orphan *o, const struct sync *sync, size_t i,
    const struct association *a, const struct ntp_packet *pkt)
{
	return o->agrees && pkt->stratum < o->stratum &&
	    ((a->answered && a->last.stratum >= o->stratum) ||
	    (o->leader != ORPHAN_NOBODY && sync->sources[i].nsamples == 0));
}

void
orphan_serve(const struct orphan *o, struct system *s)
{
	if (o->leader != ORPHAN_NOBODY && s->synchronized) {
		s->synchronized = false;
		s->local = CONTROL_LOCAL_FOLLOWS;
	} else if (o->serving && !s->synchronized) {
		s->local = CONTROL_LOCAL_SERVED;
		s->leap = LEAP_NONE;
		s->stratum = o->stratum;
		memcpy(s->refid, local_refid, sizeof(local_refid));
		s->root_delay = 0;
		s->root_dispersion = LOCAL_DISPERSION;
		s->dispersion_rate = 0;	/* of nothing known */
	}
}
