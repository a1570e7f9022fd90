/*
 * What ntpctl shows of each server, and of what it said.
 */
#include <bsd/string.h>
#include <math.h>
#include <string.h>

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
	p->stamps = a->stamps;
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
