/*
 * What ntpctl shows.
 */
#include <bsd/string.h>
#include <math.h>
#include <string.h>

#include "ntpd/engine/ballot.h"
#include "ntpd/engine/report.h"

static const uint8_t tallies[] = {
	[UNUSABLE] = TALLY_UNUSABLE,
	[FALSETICKER] = TALLY_FALSETICKER,
	[OUTLIER] = TALLY_OUTLIER,
	[COMBINED] = TALLY_COMBINED,
	[SYSTEM_PEER] = TALLY_SYSTEM_PEER
};

static const uint8_t states[] = {
	[SCHEDULE_STARTING] = PEER_STATE_STARTING,
	[SCHEDULE_HURRIED] = PEER_STATE_POLLING,
	[SCHEDULE_POLLING] = PEER_STATE_POLLING,
	[SCHEDULE_EXTRA] = PEER_STATE_POLLING,
	[SCHEDULE_OURS] = PEER_STATE_SELF,
	[SCHEDULE_RETURNED] = PEER_STATE_SELF,
	[SCHEDULE_STOPPED] = PEER_STATE_DENIED
};

static const uint8_t auths[] = {
	[AUTH_NONE] = CONTROL_AUTH_NONE,
	[AUTH_KEY] = CONTROL_AUTH_KEY,
	[AUTH_NTS] = CONTROL_AUTH_NTS
};

uint32_t
report_tally(const struct sync *sync, size_t i)
{
	return tallies[sync->verdicts[i].tally];
}

struct control_sample
report_sample(const struct association *a, const struct sample *sample,
    double ahead)
{
	struct control_sample said;

	memset(&said, 0, sizeof(said));	/* padding leaves the process, too */
	said.version = CONTROL_VERSION;
	said.address = a->addr;
	said.offset = sample->offset - ahead;
	said.delay = sample->delay;
	return said;
}

/* Does A agree with the majority, and did it in its last answer? */
static bool
is_truechimer(const struct report_view *v, const struct association *a)
{
	return v->sync->verdicts[a - v->all].tally >= OUTLIER &&
	    v->sync->sources[a - v->all].surprises == 0;
}

/* Has host number I no association? */
static bool
is_without(const struct report_view *v, size_t i)
{
	const struct association *a;

	for (a = v->all; a < v->all + MAX_ASSOCIATIONS; a++)
		if (a->used && a->host == i)
			return false;
	return true;
}

/* Each count is of those that are in the one before. */
static void
count_peers(const struct report_view *v, struct control_status *st)
{
	const struct association *a;
	size_t		 i;

	for (i = 0; i < v->hosts->n; i++)
		st->peers += is_without(v, i);
	for (a = v->all; a < v->all + MAX_ASSOCIATIONS; a++) {
		if (!a->used)
			continue;
		st->peers++;
		if (a->heard_of == 0)
			continue;
		st->reachable++;
		if (a->reach == 0 || association_reason(a) != REASON_NONE)
			continue;
		st->usable++;
		st->truechimers += is_truechimer(v, a);
	}
}

/* How long until AT, s; 0 if that has passed, or is being waited for. */
static double
time_until(const struct report_view *v, struct instant at)
{
	return at.ns == INSTANT_NEVER.ns ? 0 :
	    fmax(0, instant_diff(at, v->now));
}

/* Has no server an address? */
static bool
is_nobody_known(const struct report_view *v)
{
	const struct association *a;

	for (a = v->all; a < v->all + MAX_ASSOCIATIONS; a++)
		if (a->used)
			return false;
	return true;
}

/* What is going to happen next, by *ST so far, and in how many seconds. */
static enum control_next
what_next(const struct report_view *v, const struct control_status *st,
    double *in)
{
	*in = 0;
	if (hosts_on(v->hosts) == 0)
		return NEXT_NO_SERVERS;
	if (is_nobody_known(v)) {
		*in = time_until(v, hosts_deadline(v->hosts));
		return NEXT_RESOLVE;
	}
	if (v->steer->stepping)
		return NEXT_STEP;
	if (v->steer->confirm.state == CONFIRM_WAITING) {
		*in = confirm_left(&v->steer->confirm, v->r.now);
		return NEXT_CONFIRM;
	}
	if (v->clock->slew != 0) {
		*in = fmax(0, instant_diff(v->slew_end, v->now));
		return NEXT_SLEW;
	}
	*in = time_until(v, associations_deadline(v->all));
	if (!v->system.synchronized && st->reachable > 0 && st->usable == 0)
		return NEXT_UNUSABLE;
	if (v->steer->no_majority)
		return NEXT_MAJORITY;
	return sync_ready(v->sync) ? NEXT_POLL : NEXT_FIRST_ANSWERS;
}

/* Why a clock of which there is an estimate is not synchronized. */
static enum control_why
why_not_good(const struct report_view *v)
{
	if (v->steer->over_limit)
		return WHY_LIMIT;
	if (v->steer->confirm.state == CONFIRM_WAITING)
		return WHY_CONFIRM;
	if (fabs(v->system.offset) > STEPT)
		return v->setup->read_only ? WHY_READ_ONLY : WHY_OFFSET;
	/* Written so that NaN is too much. */
	return v->system.certain <= SYNC_MAX_DISTANCE ? WHY_OFFSET : WHY_BOUND;
}

/* Why the clock is not synchronized, by the counts in *ST. */
static enum control_why
why_not(const struct report_view *v, const struct control_status *st)
{
	if (v->system.synchronized)
		return WHY_SYNCHRONIZED;
	if (hosts_on(v->hosts) == 0)
		return WHY_NO_SERVERS;
	if (is_nobody_known(v))
		return WHY_NO_ADDRESS;
	if (v->system.local == CONTROL_LOCAL_FOLLOWS)
		return WHY_ORPHANS;
	if (v->steer->stepping)
		return WHY_STEPPING;
	if (sync_ready(v->sync) && v->steer->peer.known)
		return why_not_good(v);
	if (st->reachable == 0)
		return WHY_NO_ANSWER;
	if (st->usable == 0)
		return WHY_UNUSABLE;
	if (v->waiting)
		return WHY_WAITING;
	return v->steer->no_majority ? WHY_NO_MAJORITY : WHY_FEW_ANSWERS;
}

static void
fill_why(const struct report_view *v, struct control_status *st)
{
	struct ballot	 b = ballot_count(v->sync, v->r.now);

	st->why = why_not(v, st);
	st->voters = (uint32_t)b.voters;
	st->cluster = (uint32_t)b.cluster;
	st->spread = b.spread;
	st->step_limit = v->clock->step_limit;
	if (st->why == WHY_CONFIRM)
		st->why_in = confirm_left(&v->steer->confirm, v->r.now);
	else if (st->why == WHY_WAITING)
		st->why_in = time_until(v, v->waiting_until);
}

/* What is known of the clock once there was an update. */
static void
fill_measured(const struct report_view *v, struct control_status *st)
{
	const struct system *s = &v->system;
	bool		 ready = sync_ready(v->sync);
	double		 error = v->sync->frequency_error;

	if (ready)
		error = sync_estimate(v->sync, v->r.now).frequency_error;
	st->frequency_error = error * 1e6;
	st->updated_ago = ready ? fmax(0, v->r.now - v->sync->updated) : NAN;
	st->offset = ready ? s->offset : NAN;
	st->error = ready ? s->error : NAN;
	st->likely_bound = ready ? s->likely : NAN;
	st->certain_bound = ready ? s->certain : NAN;
}

void
report_status(const struct report_view *v, struct control_status *st)
{
	const struct system *s = &v->system;

	memset(st, 0, sizeof(*st));	/* padding leaves the process, too */
	st->version = CONTROL_VERSION;
	st->synchronized = s->synchronized;
	st->leap = s->leap;
	st->stratum = s->stratum;
	memcpy(st->refid, s->refid, sizeof(st->refid));
	st->root_delay = s->root_delay;
	st->root_dispersion = s->root_dispersion;
	st->local = s->local;
	st->read_only = v->setup->read_only;
	st->listening = v->setup->listening;
	st->refused = v->clock->refused;
	st->frequency = v->clock->frequency * 1e6;
	st->slewing = v->clock->slew * 1e6;
	st->state = v->sync->state;
	count_peers(v, st);
	st->next = what_next(v, st, &st->next_in);
	fill_why(v, st);
	fill_measured(v, st);
	if (s->synchronized || v->sync->system_peer < MAX_ASSOCIATIONS) {
		st->system_address = v->steer->peer.addr;
		strlcpy(st->system_peer, v->steer->peer.name,
		    sizeof(st->system_peer));
	}
}

/* What is known of a peer of H without an association. */
static void
fill_host(const struct host *h, struct instant now, struct control_peer *p)
{
	memset(p, 0, sizeof(*p));	/* padding leaves the process, too */
	p->version = CONTROL_VERSION;
	p->state = PEER_STATE_RESOLVING;
	if (h->off) {
		p->state = PEER_STATE_OFF;
		p->reason = REASON_OFF;
	} else if (h->taken)
		p->reason = REASON_TAKEN;
	else if (h->name.failures > 0) {
		p->reason = REASON_UNRESOLVED;
		p->detail = h->name.error;
	}
	p->stratum = NTP_MAX_STRATUM;
	p->leap = LEAP_UNKNOWN;
	p->when = p->root_delay = p->root_dispersion = NAN;
	p->delay = p->offset = p->jitter = p->error = p->keys_age = NAN;
	p->span = p->drift = p->drift_error = p->distance = NAN;
	p->why = PEER_WHY_REASON;
	p->weight = h->conf.weight;
	p->trusted = h->conf.trusted;
	p->auth = auths[h->conf.auth];
	p->part = !h->barred;
	p->key = h->conf.key.id;
	p->algorithm = h->conf.key.algorithm;
	p->next_in = h->name.state == NAME_ASKED ? 0 :
	    fmax(0, instant_diff(h->name.at, now));
	strlcpy(p->name, h->conf.name, sizeof(p->name));
}

/*
 * What the samples of source I say of the clock's frequency, whatever that was
 * taken to be.
 */
static void
fill_line(const struct sync *sync, size_t i, double now, struct control_peer *p)
{
	const struct source *s = &sync->sources[i];
	struct line	 line;

	p->samples = (uint32_t)s->nsamples;
	p->span = source_sample(s, 0)->when -
	    source_sample(s, s->nsamples - 1)->when;
	if (s->nsamples < SOURCE_LINE)
		return;
	line = source_line(s, now, 0, sync_ready(sync) ?
	    sync_estimate(sync, now).frequency : sync->frequency,
	    LINE_STEEPEST);
	p->drift = line.slope * 1e6;
	p->drift_error = line.slope_error * 1e6;
}

/* Why source I has no part in the time, if that is not in *P. */
static enum control_peer_why
peer_why(const struct report_view *v, size_t i, const struct control_peer *p)
{
	if (p->reason != REASON_NONE)
		return PEER_WHY_REASON;
	switch (v->sync->verdicts[i].tally) {
	case UNUSABLE:
		return v->sync->sources[i].nsamples < SOURCE_FIRST ?
		    PEER_WHY_FEW : PEER_WHY_UNSTEADY;
	case FALSETICKER:
		return v->sync->truechimers == 0 ? PEER_WHY_NO_MAJORITY :
		    PEER_WHY_DISAGREES;
	case OUTLIER:
		return PEER_WHY_APART;
	case COMBINED:
	case SYSTEM_PEER:
		break;
	}
	return PEER_WHY_USED;
}

/* What the samples of association I say. */
static void
fill_sample(const struct report_view *v, size_t i, struct control_peer *p)
{
	const struct verdict *verdict = &v->sync->verdicts[i];

	if (v->sync->sources[i].nsamples == 0)
		return;
	p->delay = v->all[i].delay;
	p->offset = sync_source_offset(v->sync, i, v->r.now) - v->r.ahead;
	p->jitter = verdict->jitter;
	p->error = verdict->error;
	if (verdict->tally != UNUSABLE)
		p->distance = verdict->distance;
	fill_line(v->sync, i, v->r.now, p);
}

static void
fill_peer(const struct report_view *v, size_t i, struct control_peer *p)
{
	const struct association *a = &v->all[i];

	p->tally = report_tally(v->sync, i);
	p->state = states[a->schedule.state];
	p->reach = a->reach;
	p->poll = (uint32_t)schedule_poll(&a->schedule);
	p->sent = a->sent;
	p->received = a->received;
	p->rejected = a->rejected;
	p->reason = association_reason(a);
	p->detail = p->reason == REASON_UNSENDABLE ? a->error : 0;
	p->why = peer_why(v, i, p);
	p->next_in = fmax(0, instant_diff(a->schedule.next, v->now));
	p->address = a->addr;
	p->cookies = (uint32_t)a->nts.ncookies;
	if (a->auth == AUTH_NTS && a->nts.state == NTS_READY) {
		p->keys_age = instant_diff(v->now, a->nts.since);
		p->aead = (uint32_t)a->nts.aead;
	}
	strlcpy(p->keys_error, a->nts.why, sizeof(p->keys_error));
	p->unauthentic = a->unauthentic;
	p->fault = a->fault;
	p->interleaved = a->interleaved;
	if (!a->answered)
		return;
	p->when = instant_diff(v->now, a->answered_at);
	p->stratum = a->last.stratum;
	p->leap = a->last.leap;
	memcpy(p->refid, a->last.refid, sizeof(p->refid));
	p->root_delay = ntpshort_to_seconds(a->last.root_delay);
	p->root_dispersion = ntpshort_to_seconds(a->last.root_dispersion);
	fill_sample(v, i, p);
}

bool
report_peer(const struct report_view *v, struct report_cursor *c,
    struct control_peer *p)
{
	const struct association *a;
	bool		 shown;

	while (c->host < v->hosts->n) {
		fill_host(&v->hosts->list[c->host], v->now, p);
		while (c->association < MAX_ASSOCIATIONS) {
			a = &v->all[c->association];
			if (a->used && a->host == c->host) {
				fill_peer(v, c->association++, p);
				c->shown = true;
				return true;
			}
			c->association++;
		}
		shown = c->shown;
		*c = (struct report_cursor){ .host = c->host + 1 };
		if (!shown)
			return true;
	}
	return false;
}
