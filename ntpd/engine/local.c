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

#include "ntpd/engine/state.h"

/* As long as that, names that were never looked up may still resolve, s. */
#define PATIENCE	30.0

/* Requests in a row without an answer until a leader is none any more. */
#define LEADER_MISSED	3

/* Nothing is known of how a leader's oscillator goes, s/s. */
#define LEADER_FREQUENCY 200e-6

/* What was learned before a leader was followed has aged, s/s. */
#define LEAST_FREQUENCY_ERROR 1e-6

/* What is said of the local clock, s: that it is better is nobody's claim. */
#define LOCAL_DISPERSION 0.001

/* 127.127.1.1: how ntpd and chronyd call the local clock, too. */
static const uint8_t local_refid[4] = { 127, 127, 1, 1 };

bool
local_is_hopeless(const struct local *l, const struct local_view *v)
{
	if (v->synchronized || v->majority)
		return false;
	/* Once it is served, it is until there is something better. */
	return l->serving || l->leader != NULL || !v->expected;
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

/* Does PKT say that its sender serves its local clock, as an orphan does? */
static bool
says_local(const struct engine *e, const struct ntp_packet *pkt)
{
	return pkt->stratum == e->setup.local_stratum &&
	    memcmp(pkt->refid, local_refid, sizeof(local_refid)) == 0;
}

/* The lowest of the reference ids that others may know us by. */
static void
own_id(const struct engine *e, uint8_t id[4])
{
	const struct association *a;
	uint8_t		 refid[4];

	memset(id, 0xff, 4);
	for (a = e->associations; a < e->associations + MAX_ASSOCIATIONS; a++) {
		if (!a->used || a->query.local.family == ADDR_NONE)
			continue;
		addr_refid(&a->query.local, refid);
		if (memcmp(refid, id, 4) < 0)
			memcpy(id, refid, 4);
	}
}

static struct association *
find_leader(struct engine *e)
{
	struct orphan	 others[MAX_ASSOCIATIONS];
	const struct association *a;
	uint8_t		 own[4];
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		others[i].leads = a->used && a->answered &&
		    a->missed <= LEADER_MISSED &&
		    a->state != PEER_STATE_DENIED && says_local(e, &a->last);
		addr_refid(&a->addr, others[i].id);
	}
	own_id(e, own);
	i = local_leader(own, others, MAX_ASSOCIATIONS);
	return i == MAX_ASSOCIATIONS ? NULL : &e->associations[i];
}

/* A server below the orphans' stratum that has a vote, or none. */
static size_t
find_voter(const struct engine *e)
{
	double		 now = clocks_read(&e->clocks).now;
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		if (e->associations[i].used &&
		    &e->associations[i] != e->local.leader &&
		    sync_has_vote(&e->sync, i, now))
			break;
	return i;
}

/* Is somebody believed who can synchronize us, if not yet? */
static bool
has_majority(const struct engine *e)
{
	size_t		 i = e->sync.system_peer;

	return e->stepping || (i < MAX_ASSOCIATIONS &&
	    e->associations[i].last.stratum + 1 < NTP_MAX_STRATUM);
}

/*
 * Stop believing whom we believed; what is known of the frequency is FREQUENCY
 * and its ERROR, s/s.
 */
static void
begin_again(struct engine *e, double frequency, double error)
{
	sync_begin_again(&e->sync, frequency, error);
	e->discipline.acquired = false;
	e->last_peer.answered = false;
}

static void
follow(struct engine *e, struct association *a, struct instant now)
{
	struct local	*l = &e->local;
	struct estimate	 est;
	char		 name[ADDR_STRLEN];

	l->frequency = e->sync.frequency;
	l->frequency_error = e->sync.frequency_error;
	if (sync_ready(&e->sync)) {
		est = sync_estimate(&e->sync, clocks_read(&e->clocks).now);
		l->frequency = est.frequency;
		l->frequency_error = est.frequency_error;
	}
	l->leader = a;
	begin_again(e, l->frequency, LEADER_FREQUENCY);
	association_hurry(a, now);
	if (log_allowed(&l->log, now, NULL))
		log_info("%s: has the lowest address of the orphans, "
		    "following it", association_name(a, name));
}

/* The leader is none any more.  What it said of the frequency goes with it. */
static void
unfollow(struct engine *e)
{
	struct local	*l = &e->local;

	sync_silence(&e->sync, (size_t)(l->leader - e->associations));
	l->leader = NULL;
	l->serving = true;	/* until there is something better */
	begin_again(e, l->frequency,
	    fmax(l->frequency_error, LEAST_FREQUENCY_ERROR));
}

/* Any of the other orphans may be the leader now: ask them. */
static void
hurry_orphans(struct engine *e, struct instant now)
{
	struct association *a;

	for (a = e->associations; a < e->associations + MAX_ASSOCIATIONS; a++)
		if (a->used && a->answered && a->missed <= LEADER_MISSED &&
		    a->last.stratum >= e->setup.local_stratum)
			association_hurry(a, now);
}

/* Find out whether there is somebody to follow, or to follow no more. */
static void
choose_leader(struct engine *e, struct instant now)
{
	size_t		 voter = find_voter(e);
	bool		 vote = voter < MAX_ASSOCIATIONS;
	struct association *a = find_leader(e);

	if (e->local.leader == NULL) {
		if (e->local.serving && !vote && a != NULL)
			follow(e, a, now);
	} else if (vote && associations_expected(e) == 0) {
		unfollow(e);
		sync_begin_with(&e->sync, voter);
	} else if (a != e->local.leader) {
		unfollow(e);
		hurry_orphans(e, now);
	}
}

/* Is it worth while to wait a little longer for real servers? */
static bool
is_expecting(const struct engine *e, struct instant now)
{
	return associations_hoped(e) > 0 ||
	    (instant_before(now, e->local.patience) && hosts_expected(e) > 0);
}

static void
log_local(struct engine *e, bool was_serving, struct instant now)
{
	struct local	*l = &e->local;

	if (l->serving == was_serving || !log_allowed(&l->log, now, NULL))
		return;
	if (l->serving)
		log_warnx("no server to be synchronized to: the local clock "
		    "is served as stratum %u", e->setup.local_stratum);
	else if (l->leader == NULL)
		log_info("the local clock is not served any more");
}

void
local_configure(struct engine *e, struct instant now)
{
	unsigned	 most = e->setup.local_orphan ? LOCAL_ORPHAN_MOST :
	    LOCAL_MOST;

	if (e->setup.local_stratum > most || e->setup.local_orphan > 1) {
		log_warnx("local stratum %u%s cannot be: not serving the "
		    "local clock", e->setup.local_stratum,
		    e->setup.local_orphan ? " orphan" : "");
		e->setup.local_stratum = 0;
	}
	if (e->setup.local_stratum == 0)
		e->setup.local_orphan = 0;
	e->local.patience = instant_add(now, PATIENCE);
	e->local.log.burst = 10;
	e->local.log.interval = 600;
}

void
local_run(struct engine *e, struct instant now)
{
	struct local	*l = &e->local, before = *l;
	struct local_view view;
	struct reading	 r;

	if (e->setup.local_stratum == 0 && !l->serving && l->leader == NULL)
		return;
	/* A wait for names must end without their answer, too. */
	if (instant_before(now, l->patience))
		e->publish_at = instant_min(e->publish_at, l->patience);
	if (e->setup.local_orphan)
		choose_leader(e, now);
	else if (l->leader != NULL)
		unfollow(e);
	r = clocks_read(&e->clocks);
	view.synchronized = steer_believed(e, &r).synchronized;
	view.majority = has_majority(e);
	view.expected = is_expecting(e, now);
	l->serving = e->setup.local_stratum != 0 &&
	    local_is_hopeless(l, &view);
	log_local(e, before.serving, now);
	if (l->leader != before.leader)
		steer_update(e, now);
	else if (l->serving != before.serving)
		steer_publish(e, now);
}

bool
local_admits(struct engine *e, struct association *a,
    const struct ntp_packet *pkt, struct instant now)
{
	uint8_t		 most = e->setup.local_stratum;
	size_t		 i = (size_t)(a - e->associations);

	if (!e->setup.local_orphan)
		return true;
	if (pkt->stratum < most) {
		/* A real server, or one that has found one: vote soon. */
		if ((a->answered && a->last.stratum >= most) ||
		    (e->local.leader != NULL &&
		    e->sync.sources[i].nsamples == 0))
			association_hurry(a, now);
		return true;
	}
	if (a == e->local.leader && says_local(e, pkt))
		return true;
	sync_silence(&e->sync, i);
	return false;
}

void
local_serve(const struct engine *e, struct system *s)
{
	if (e->local.leader != NULL && s->synchronized) {
		s->synchronized = false;
		s->local = CONTROL_LOCAL_FOLLOWS;
	} else if (e->local.serving && !s->synchronized) {
		s->local = CONTROL_LOCAL_SERVED;
		s->leap = LEAP_NONE;
		s->stratum = e->setup.local_stratum;
		memcpy(s->refid, local_refid, sizeof(local_refid));
		s->root_delay = 0;
		s->root_dispersion = LOCAL_DISPERSION;
		s->dispersion_rate = 0;	/* of nothing known */
	}
}
