/*
 * What an answer means: each event here shows in which order what follows from
 * it.
 */
#include "common/log.h"
#include "common/ns.h"
#include "ntpd/engine/engine_state.h"

/* Packets taken in a turn of what comes to a port: anybody can hit it. */
#define READS_PER_TURN		16

bool
engine_contradicts(const struct engine *e, size_t i, double offset,
    const struct reading *r)
{
	const struct association *a = &e->associations[i];
	const struct host *h = &e->hosts.list[a->host];

	if (a->auth == AUTH_NTS &&
	    !nts_may_say(&a->nts, (double)r->real / NS_PER_S + offset))
		return true;
	return e->clock.constraint == CONSTRAINTS_KNOWN && !h->conf.trusted &&
	    (offset < e->clock.low || offset > e->clock.high);
}

void
engine_on_network(struct engine *e, const struct planning *p)
{
	associations_wake(p);
	hosts_retry(&e->hosts, p->now);
}

static void
on_kiss(struct engine *e, size_t i, const uint8_t code[4], struct instant now)
{
	struct planning	 p = engine_planning(e, now);
	struct association *a = &e->associations[i];

	switch (association_kissed(&p, a, code)) {
	case KISS_RATE:
		if (log_allowed(&e->complaints, now, NULL))
			log_info("%s: asks us to ask less often, next time in "
			    "%.0f s", a->name,
			    instant_diff(a->schedule.next, now));
		break;
	case KISS_DENY:
		log_warnx("%s: denies us its service (%.4s), asking it no "
		    "more", a->name, (const char *)code);
		engine_lose(e, i, now);
		break;
	case KISS_UNKNOWN:
		break;
	}
}

/* What came to A's socket is not an answer to its request. */
static void
on_forgery(struct engine *e, struct association *a, struct instant now)
{
	a->rejected++;
	if (log_allowed(&e->complaints, now, NULL))
		log_debug("%s: something came that does not answer our "
		    "request", a->name);
}

/*
 * Learn SAMPLE of association I.  Before there is an estimate it is a vote
 * only, and engine_decide() says when there is one.
 */
static bool
learn(struct engine *e, size_t i, const struct sample *sample,
    struct instant now)
{
	if (sync_ready(&e->sync) || e->orphan.leader != ORPHAN_NOBODY)
		return sync_sample(&e->sync, i, sample,
		    associations_expected(e->associations));
	if (!e->decision.begun)
		e->decision.since = now;
	e->decision.begun = true;
	e->decision.newest = i;
	sync_sample(&e->sync, i, sample, 1);
	return engine_decide(e, now);
}

/* A server with two addresses of one name is to have one vote. */
static void
on_twin(struct engine *e, size_t i, size_t other, struct instant now)
{
	const struct association *a = e->associations;
	size_t		 younger = a[i].received < a[other].received ?
	    i : other;

	log_info("%s: is %s by another address, asking it no more",
	    a[younger].name, a[younger == i ? other : i].name);
	hosts_exclude(&e->hosts, &a[younger]);
	engine_change_hosts(e, now);
}

/*
 * May the answer PKT of association I count in the vote?  If not, its samples
 * are forgotten.
 */
static bool
admits(struct engine *e, size_t i, const struct ntp_packet *pkt,
    struct instant now)
{
	struct association *a = &e->associations[i];

	if (a->barred || a->apart != REASON_NONE)
		return false;
	if (orphan_is_relief(&e->orphan, &e->sync, i, a, pkt))
		association_hurry(a, now);
	if (pkt->stratum + 1 < NTP_MAX_STRATUM)
		return orphan_admits(&e->orphan, &e->sync, i, pkt);
	/* Nobody can be synchronized to a server of stratum 15. */
	sync_silence(&e->sync, i);
	return false;
}

/*
 * A good answer of association I, when our clock is AHEAD s of the oscillator's
 * time.  It is remembered, then its sample is learned, then the next requests
 * are planned by what was learned, and then the clock is steered.
 */
static void
on_answer(struct engine *e, size_t i, const struct answer *answer,
    double ahead, struct instant now)
{
	struct planning	 p = engine_planning(e, now);
	struct association *a = &e->associations[i];
	enum sync_state	 before = e->sync.state;
	bool		 agreed = e->sync.agreed, learned = false;
	size_t		 twin;
	bool		 admitted;
	struct control_sample said = report_sample(a, &answer->sample, ahead);

	if (answer->has_sample)
		engine_watch_smear(e, i, &answer->sample);
	admitted = admits(e, i, &answer->pkt, now);
	if (association_answered(&p, a, answer))
		engine_on_network(e, &p);
	if (admitted && answer->has_sample)
		learned = learn(e, i, &answer->sample, now);
	associations_settle_doubt(&p, a);
	association_settle(&p, a);
	if (learned)
		associations_hasten(&p);
	if (learned || !sync_ready(&e->sync) || e->sync.agreed != agreed)
		engine_update(e, now);
	else if (e->sync.state == SYNC_IN_DOUBT || e->sync.state != before)
		engine_tell(e, now);
	said.tally = report_tally(&e->sync, i);
	if (answer->has_sample)
		history_add_sample(&e->history, &said, now);
	twin = associations_twin(e->associations, i);
	if (twin < MAX_ASSOCIATIONS && e->hosts.list[a->host].conf.pool)
		on_twin(e, i, twin, now);
	else if (a->received == MEMBERS_GOOD)
		engine_change_hosts(e, now);
}

/*
 * A's answer contradicts the constraints.  Both are wrong sometimes: if the
 * machine was paused without its kernel's notice, what the constraints said
 * before is.
 */
static void
on_contradiction(struct engine *e, struct association *a)
{
	association_refused(a, REASON_CONSTRAINT);
	channel_send(&e->parent, MSG_DOUBT_CONSTRAINTS, 0, -1, NULL);
}

/* An answer came with these STAMPS: have they changed? */
static void
note_stamps(struct engine *e, enum control_stamps stamps, struct instant now)
{
	if (!cards_note(&e->clocks.cards, stamps == STAMPED_HARDWARE) ||
	    !log_allowed(&e->complaints, now, NULL))
		return;
	if (e->clocks.cards.state == CARDS_USED)
		log_info("hardware time stamps are used");
	else
		log_info("there are no hardware time stamps, or none that can "
		    "be right: the kernel's are used");
}

void
engine_take_answer(struct engine *e, size_t i, const struct answer *answer,
    struct instant now)
{
	const struct reading r = clocks_read(&e->clocks);

	if (engine_contradicts(e, i, answer->sample.offset - r.ahead, &r))
		on_contradiction(e, &e->associations[i]);
	else
		on_answer(e, i, answer, r.ahead, now);
}

void
engine_on_packets(struct engine *e, size_t i, struct instant now)
{
	const struct own_refids *own = e->setup.listening ? &e->own : NULL;
	struct association *a = &e->associations[i];
	struct answer	 answer;
	int		 n;

	for (n = 0; n < READS_PER_TURN && query_receive(&a->query, &e->clocks,
	    e->precision, own, &answer); n++) {
		switch (answer.kind) {
		case ANSWER_FORGED:
			on_forgery(e, a, now);
			break;
		case ANSWER_UNAUTHENTIC:
			association_unauthentic(a, answer.reason);
			break;
		case ANSWER_REFUSED:
			association_refused(a, answer.reason);
			break;
		case ANSWER_KISS:
			on_kiss(e, i, answer.pkt.refid, now);
			break;
		case ANSWER_GOOD:
			note_stamps(e, answer.stamps, now);
			engine_take_answer(e, i, &answer, now);
			break;
		}
	}
}
