/*
 * What ntpctl shows: the engine's state as control records.
 */
#include <bsd/string.h>
#include <math.h>
#include <string.h>

#include "ntpd/engine/state.h"

static const uint8_t tallies[] = {
	[UNUSABLE] = TALLY_UNUSABLE,
	[FALSETICKER] = TALLY_FALSETICKER,
	[OUTLIER] = TALLY_OUTLIER,
	[COMBINED] = TALLY_COMBINED,
	[SYSTEM_PEER] = TALLY_SYSTEM_PEER
};

/* What is going to happen next, and in how many seconds. */
static enum control_next
what_next(const struct engine *e, struct instant now, double *in)
{
	size_t		 i, asked = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		asked += e->associations[i].used;
	*in = 0;
	if (e->nhosts == 0)
		return NEXT_NO_SERVERS;
	if (asked == 0) {
		*in = fmax(0, instant_diff(hosts_deadline(e), now));
		return NEXT_RESOLVE;
	}
	if (e->stepping)
		return NEXT_STEP;
	if (e->clock.slew != 0) {
		*in = fmax(0, instant_diff(e->slew_end, now));
		return NEXT_SLEW;
	}
	*in = fmax(0, instant_diff(associations_deadline(e), now));
	if (!sync_ready(&e->sync))
		return e->no_majority ? NEXT_MAJORITY : NEXT_FIRST_ANSWERS;
	return e->no_majority ? NEXT_MAJORITY : NEXT_POLL;
}

static void
count_peers(const struct engine *e, struct control_status *st)
{
	const struct association *a;

	for (a = e->associations; a < e->associations + MAX_ASSOCIATIONS;
	    a++) {
		if (!a->used)
			continue;
		st->peers++;
		st->reachable += a->reach != 0;
	}
	st->truechimers = (uint32_t)e->sync.truechimers;
}

static void
send_end(struct engine *e, uint32_t id, uint32_t records)
{
	struct control_end end = {
		.version = CONTROL_VERSION, .records = records
	};

	channel_send(&e->parent, MSG_END_RECORD, id, -1, &end);
}

/*
 * Whoever asks more than the channel takes gets nothing: the same queue
 * carries what the clock needs.
 */
static bool
is_flooded(const struct engine *e)
{
	return e->parent.buf.queued > IMSG_MAX_QUEUED / 2;
}

void
report_status(struct engine *e, uint32_t id, struct instant now)
{
	struct reading	 r = clocks_read(&e->clocks);
	struct system	 s = steer_system(e, &r);
	struct control_status st = {
		.version = CONTROL_VERSION,
		.synchronized = s.synchronized, .leap = s.leap,
		.stratum = s.stratum, .local = (uint8_t)s.local,
		.read_only = e->setup.read_only,
		.listening = e->setup.listening, .refused = e->clock.refused,
		.offset = s.offset, .error = s.error, .bound = s.bound,
		.root_delay = s.root_delay,
		.root_dispersion = s.root_dispersion,
		.updated_ago = -1, .slewing = e->clock.slew * 1e6
	};
	struct estimate	 est;

	if (is_flooded(e))
		return;
	memcpy(st.refid, s.refid, sizeof(st.refid));
	st.next = (uint8_t)what_next(e, now, &st.next_in);
	st.frequency = e->clock.frequency * 1e6;
	if (sync_ready(&e->sync)) {
		est = sync_estimate(&e->sync, r.now);
		st.frequency_error = est.frequency_error * 1e6;
		st.updated_ago = fmax(0, r.now - e->sync.updated);
	} else
		st.frequency_error = e->sync.frequency_error * 1e6;
	count_peers(e, &st);
	if (s.synchronized || s.local == CONTROL_LOCAL_FOLLOWS) {
		st.system_addr = e->last_peer.addr;
		strlcpy(st.system_peer, e->last_name, sizeof(st.system_peer));
	}
	channel_send(&e->parent, MSG_STATUS_RECORD, id, -1, &st);
	send_end(e, id, 1);
}

static void
fill_peer(const struct engine *e, const struct association *a,
    const struct reading *r, struct instant now, struct control_peer *p)
{
	size_t		 i = (size_t)(a - e->associations);
	const struct host *h = &e->hosts[a->host];
	const struct verdict *v = &e->sync.verdicts[i];

	p->tally = tallies[v->tally];
	p->state = (uint8_t)a->state;
	p->reach = a->reach;
	p->poll = (int8_t)(a->burst > 0 ? 1 : a->poll);
	p->sent = a->sent;
	p->received = a->received;
	p->rejected = a->rejected;
	p->when = a->answered ? instant_diff(now, a->answered_at) : -1;
	p->next_in = fmax(0, instant_diff(a->next, now));
	p->addr = a->addr;
	p->weight = h->conf.weight;
	p->trusted = h->conf.trusted;
	p->pool = h->conf.pool;
	strlcpy(p->name, h->conf.name, sizeof(p->name));
	p->interleaved = a->interleaved;
	if (!a->answered)
		return;
	p->stratum = a->last.stratum;
	p->leap = a->last.leap;
	memcpy(p->refid, a->last.refid, sizeof(p->refid));
	p->delay = a->delay;
	p->root_delay = ntpshort_to_seconds(a->last.root_delay);
	p->root_dispersion = ntpshort_to_seconds(a->last.root_dispersion);
	if (e->sync.sources[i].nsamples == 0)
		return;
	p->has_sample = 1;
	p->offset = sync_source_offset(&e->sync, i, r->now) - r->ahead;
	p->jitter = v->jitter;
	p->error = v->error;
}

static struct control_peer
empty_peer(void)
{
	struct control_peer p;

	memset(&p, 0, sizeof(p));	/* padding leaves the process, too */
	p.version = CONTROL_VERSION;
	p.state = PEER_STATE_RESOLVING;
	p.stratum = NTP_MAX_STRATUM;
	p.leap = LEAP_UNKNOWN;
	p.when = -1;
	p.weight = 1;
	return p;
}

/* A host that has no association yet is shown, too: it is being resolved. */
static bool
report_host(struct engine *e, uint32_t id, const struct host *h,
    struct instant now)
{
	struct control_peer p = empty_peer();
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		if (e->associations[i].used &&
		    &e->hosts[e->associations[i].host] == h)
			return false;
	p.weight = h->conf.weight;
	p.trusted = h->conf.trusted;
	p.pool = h->conf.pool;
	p.next_in = h->resolving ? 0 :
	    fmax(0, instant_diff(h->resolve_at, now));
	strlcpy(p.name, h->conf.name, sizeof(p.name));
	channel_send(&e->parent, MSG_PEER_RECORD, id, -1, &p);
	return true;
}

void
report_peers(struct engine *e, uint32_t id, struct instant now)
{
	struct reading	 r = clocks_read(&e->clocks);
	struct control_peer p;
	uint32_t	 records = 0;
	size_t		 i, h;

	if (is_flooded(e))
		return;
	for (h = 0; h < e->nhosts; h++) {
		records += report_host(e, id, &e->hosts[h], now);
		for (i = 0; i < MAX_ASSOCIATIONS; i++) {
			if (!e->associations[i].used ||
			    e->associations[i].host != h)
				continue;
			p = empty_peer();
			fill_peer(e, &e->associations[i], &r, now, &p);
			channel_send(&e->parent, MSG_PEER_RECORD, id, -1, &p);
			records++;
		}
	}
	send_end(e, id, records);
}
