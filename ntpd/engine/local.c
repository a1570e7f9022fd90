/*
 * The local clock as a last resort: what clients are given when there is no
 * server to be synchronized to, and, among orphans, whose clock it is.
 *
 * Orphans are daemons that ask each other and have the same stratum N for
 * their local clocks.  Who serves its clock says so by its reference id.  Of
 * those, each follows the one with the lowest address, if this is lower than
 * its own: an order in which nobody can be in front of itself, so there are no
 * loops.  Servers of stratum N and above have no vote; so two that follow
 * never follow each other.
 *
 * Neither counts as synchronized: the kernel, the parent's policy and the
 * drift file are for the time of real servers.
 */
#include <math.h>
#include <string.h>

#include "ntpd/engine/local.h"

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
local_is_hopeless(const struct local *l, const struct local_view *v)
{
	if (v->synchronized || v->majority)
		return false;
	/* Once it is served, it is until there is something better. */
	return l->serving || l->leader != LOCAL_NOBODY || !v->expected;
}

size_t
local_leader(const uint8_t own[4], const struct orphan *others, size_t n)
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
local_init(struct local *l)
{
	memset(l, 0, sizeof(*l));
	l->leader = LOCAL_NOBODY;
	l->log.burst = 10;
	l->log.interval = 600;
}

void
local_configure(struct local *l, const struct engine_setup *setup,
    struct instant now)
{
	unsigned	 most = setup->local_orphan ? LOCAL_ORPHAN_MOST :
	    LOCAL_MOST;

	l->stratum = setup->local_stratum;
	if (l->stratum > most || setup->local_orphan > 1) {
		log_warnx("local stratum %u%s cannot be: not serving the "
		    "local clock", l->stratum,
		    setup->local_orphan ? " orphan" : "");
		l->stratum = 0;
	}
	l->orphan = l->stratum != 0 && setup->local_orphan != 0;
	l->patience = instant_add(now, PATIENCE);
}

bool
local_is_active(const struct local *l)
{
	return l->stratum != 0 || l->serving || l->leader != LOCAL_NOBODY;
}

bool
local_is_patient(const struct local *l, struct instant now)
{
	return instant_before(now, l->patience);
}

struct instant
local_deadline(const struct local *l, struct instant now)
{
	return local_is_active(l) && local_is_patient(l, now) ? l->patience :
	    INSTANT_NEVER;
}

/* Does PKT say that its sender serves its local clock, as an orphan does? */
static bool
says_local(const struct local *l, const struct ntp_packet *pkt)
{
	return pkt->stratum == l->stratum &&
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
find_leader(const struct local *l, const struct association all[])
{
	struct orphan	 others[MAX_ASSOCIATIONS];
	uint8_t		 own[4];
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		others[i].leads = is_heard(&all[i]) &&
		    !association_is_denied(&all[i]) &&
		    says_local(l, &all[i].last);
		addr_refid(&all[i].addr, others[i].id);
	}
	own_id(all, own);
	return local_leader(own, others, MAX_ASSOCIATIONS);
}

/* A server below the orphans' stratum that has a vote, or LOCAL_NOBODY. */
static size_t
find_voter(const struct local *l, const struct sync *sync,
    const struct association all[], double at)
{
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		if (all[i].used && i != l->leader &&
		    sync_has_vote(sync, i, at))
			return i;
	return LOCAL_NOBODY;
}

/* Association I leads from now on; its samples are all that counts. */
static void
follow(struct local *l, struct sync *sync, struct association *a, size_t i,
    double at, struct instant now)
{
	struct estimate	 est;
	char		 name[ADDR_STRLEN];

	l->frequency = sync->frequency;
	l->frequency_error = sync->frequency_error;
	if (sync_ready(sync)) {
		est = sync_estimate(sync, at);
		l->frequency = est.frequency;
		l->frequency_error = est.frequency_error;
	}
	l->leader = i;
	sync_begin_again(sync, l->frequency, LEADER_FREQUENCY);
	association_hurry(a, now);
	if (log_allowed(&l->log, now, NULL))
		log_info("%s: has the lowest address of the orphans, "
		    "following it", association_name(a, name));
}

/* The leader leads no more.  What it said of the frequency is forgotten. */
static void
unfollow(struct local *l, struct sync *sync)
{
	sync_silence(sync, l->leader);
	l->leader = LOCAL_NOBODY;
	l->serving = true;	/* until there is something better */
	sync_begin_again(sync, l->frequency,
	    fmax(l->frequency_error, LEAST_FREQUENCY_ERROR));
}

/* Any of the other orphans may be the leader now: ask them. */
static void
hurry_orphans(const struct local *l, struct association all[],
    struct instant now)
{
	struct association *a;

	for (a = all; a < all + MAX_ASSOCIATIONS; a++)
		if (is_heard(a) && a->last.stratum >= l->stratum)
			association_hurry(a, now);
}

bool
local_follow(struct local *l, struct sync *sync,
    struct association all[MAX_ASSOCIATIONS], double at, struct instant now)
{
	size_t		 before = l->leader, voter, i;

	if (!l->orphan) {
		if (before == LOCAL_NOBODY)
			return false;
		unfollow(l, sync);
		return true;
	}
	voter = find_voter(l, sync, all, at);
	i = find_leader(l, all);
	if (before == LOCAL_NOBODY) {
		if (l->serving && voter == LOCAL_NOBODY && i != LOCAL_NOBODY)
			follow(l, sync, &all[i], i, at, now);
	} else if (voter != LOCAL_NOBODY && associations_expected(all) == 0) {
		unfollow(l, sync);
		sync_begin_with(sync, voter);
	} else if (i != before) {
		unfollow(l, sync);
		hurry_orphans(l, all, now);
	}
	return l->leader != before;
}

bool
local_decide(struct local *l, const struct local_view *v, struct instant now)
{
	bool		 before = l->serving;

	l->serving = l->stratum != 0 && local_is_hopeless(l, v);
	if (l->serving == before)
		return false;
	if (!log_allowed(&l->log, now, NULL))
		return true;
	if (l->serving)
		log_warnx("no server to be synchronized to: the local clock "
		    "is served as stratum %u", l->stratum);
	else if (l->leader == LOCAL_NOBODY)
		log_info("the local clock is not served any more");
	return true;
}

bool
local_admits(const struct local *l, struct sync *sync,
    struct association all[MAX_ASSOCIATIONS], size_t i,
    const struct ntp_packet *pkt, struct instant now)
{
	struct association *a = &all[i];

	if (!l->orphan)
		return true;
	if (pkt->stratum < l->stratum) {
		/* A real server, or one that has found one: vote soon. */
		if ((a->answered && a->last.stratum >= l->stratum) ||
		    (l->leader != LOCAL_NOBODY &&
		    sync->sources[i].nsamples == 0))
			association_hurry(a, now);
		return true;
	}
	if (i == l->leader && says_local(l, pkt))
		return true;
	sync_silence(sync, i);
	return false;
}

void
local_serve(const struct local *l, struct system *s)
{
	if (l->leader != LOCAL_NOBODY && s->synchronized) {
		s->synchronized = false;
		s->local = CONTROL_LOCAL_FOLLOWS;
	} else if (l->serving && !s->synchronized) {
		s->local = CONTROL_LOCAL_SERVED;
		s->leap = LEAP_NONE;
		s->stratum = l->stratum;
		memcpy(s->refid, local_refid, sizeof(local_refid));
		s->root_delay = 0;
		s->root_dispersion = LOCAL_DISPERSION;
		s->dispersion_rate = 0;	/* of nothing known */
	}
}
