/*
 * Associations: requests, and what an answer, a kiss or silence means for the
 * next one.
 */
#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <errno.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/engine/association.h"

/*
 * Requests without an answer until the server counts as silent; and if another
 * one says something else.
 */
#define SILENT_REQUESTS	8
#define SILENT_OPPOSED	3

/* Answers that a server must have given before it can vote, at least. */
#define FIRST_ANSWERS	3

/* A quick start may end when the frequency is known as well as that, s/s. */
#define BURST_FREQUENCY	2e-6

/* A's number, which is also its source's. */
static size_t
number(const struct planning *p, const struct association *a)
{
	return (size_t)(a - p->all);
}

/* A random part of WHOLE. */
static double
some_of(double whole)
{
	return whole * (double)arc4random() / UINT32_MAX;
}

bool
association_is_denied(const struct association *a)
{
	return a->schedule.state == SCHEDULE_STOPPED;
}

bool
association_is_self(const struct association *a)
{
	return a->schedule.state == SCHEDULE_OURS ||
	    a->schedule.state == SCHEDULE_RETURNED;
}

void
association_start(struct association *a, size_t host,
    const struct config_server *conf, const struct addr *addr,
    struct instant now)
{
	memset(a, 0, sizeof(*a));
	a->used = true;
	a->host = host;
	a->auth = (enum auth)conf->auth;
	a->addr = *addr;
	if (conf->interface[0] != '\0' || addr->family == ADDR_SENSOR)
		strlcpy(a->name, conf->name, sizeof(a->name));
	else
		addr_format(addr, a->name);
	query_init(&a->query);
	nts_init(&a->nts, now);
	schedule_init(&a->schedule, conf->minpoll, conf->maxpoll);
	association_quicken(a, now);
}

void
association_stop(struct association *a)
{
	query_close(&a->query);
	explicit_bzero(&a->nts, sizeof(a->nts));
	a->used = false;
}

bool
association_lacks_keys(struct association *a, struct instant now)
{
	return a->auth == AUTH_NTS && a->query.fd == -1 &&
	    !nts_is_ready(&a->nts, now);
}

void
association_got_no_keys(const struct planning *p, struct association *a,
    enum nts_outcome outcome, const char *why)
{
	nts_failed(&a->nts, outcome, why, p->now);
	if (outcome == NTS_BUSY)
		return;
	a->reach = (uint8_t)(a->reach << 1);
	a->heard_of = (uint8_t)(a->heard_of << 1);
	association_plan(p, a, SCHEDULE_ASKED);
	if (!a->was_keyless)
		log_warnx("%s: no NTS keys: %s, next try in %.0f s", a->name,
		    a->nts.why, instant_diff(a->nts.at, p->now));
	a->was_keyless = true;
}

void
association_got_keys(struct association *a, struct instant now)
{
	log_at(a->was_keyless ? LOG_INFO : LOG_DEBUG, "%s: NTS keys agreed on, "
	    "%zu cookies", a->name, a->nts.ncookies);
	a->was_keyless = false;
	if (a->answered && !a->was_unreachable)
		schedule_wait(&a->schedule, now);
	else
		association_quicken(a, now);
}

void
association_quicken(struct association *a, struct instant now)
{
	struct schedule_view v = { .now = now, .some_of = some_of };

	if (association_is_denied(a))
		return;
	query_forget(&a->query);
	nts_hurry(&a->nts, now);
	a->heard = 0;
	schedule_event(&a->schedule, SCHEDULE_BEGIN, &v);
}

void
association_hurry(struct association *a, struct instant now)
{
	struct schedule_view v = { .now = now, .some_of = some_of };

	nts_hurry(&a->nts, now);
	schedule_event(&a->schedule, SCHEDULE_NEWS, &v);
}

bool
association_is_starting(const struct association *a)
{
	return a->schedule.state == SCHEDULE_STARTING;
}

/* The next requests to the others that are polled regularly. */
static size_t
collect_turns(const struct planning *p, const struct association *a,
    struct instant turns[MAX_ASSOCIATIONS])
{
	const struct association *o;
	size_t		 n = 0;

	for (o = p->all; o < p->all + MAX_ASSOCIATIONS; o++)
		if (o != a && o->used && !association_is_starting(o) &&
		    !association_is_denied(o) && !association_is_self(o))
			turns[n++] = o->schedule.next;
	return n;
}

bool
association_is_quiet(const struct association *a)
{
	return a->heard == 0 ||
	    (a->heard < FIRST_ANSWERS && association_is_starting(a));
}

void
association_plan(const struct planning *p, struct association *a,
    enum schedule_reason why)
{
	struct instant	 turns[MAX_ASSOCIATIONS];
	struct schedule_view v = {
		.now = p->now, .turns = turns, .some_of = some_of,
		.awaited = p->waiting && association_is_quiet(a),
		.interval = sync_poll(p->sync, p->at,
		    schedule_shortest(&a->schedule),
		    sync_longest(p->sync, number(p, a),
		    schedule_longest(&a->schedule)))
	};

	v.nturns = collect_turns(p, a, turns);
	schedule_event(&a->schedule, why, &v);
}

/* Does the address of A, or the one to ask it from, lack its interface? */
static bool
lacks_interface(const struct association *a, const struct config_server *conf)
{
	return (conf->interface[0] != '\0' && a->addr.scope == 0) ||
	    (a->addr.family == ADDR_IPV6 &&
	    conf->source_interface[0] != '\0' && conf->source6.scope == 0);
}

/* False, with errno, if it cannot be sent. */
static bool
send_request(struct association *a, const struct config_server *conf,
    const struct clocks *clocks, struct ntptime transmit, struct instant now)
{
	struct query_target target = {
		.addr = a->addr, .xleave = conf->xleave,
		.source = a->addr.family == ADDR_IPV4 ?
		    conf->source4 : conf->source6,
		.transmit = transmit,
		.key = conf->auth == AUTH_KEY ? &conf->key : NULL
	};

	if (lacks_interface(a, conf)) {
		errno = ENODEV;
		return false;
	}
	if (a->auth == AUTH_NTS) {
		target.nts = &a->nts;
		target.addr = a->nts.addr;
	}
	return query_send(&a->query, &target, clocks, now);
}

/* A's turn begins: nothing has come yet. */
static void
begin_turn(const struct planning *p, struct association *a)
{
	a->reach = (uint8_t)(a->reach << 1);
	a->heard_of = (uint8_t)(a->heard_of << 1);
	a->refused_now = false;
	a->faulty_now = false;
	association_plan(p, a, SCHEDULE_ASKED);
}

bool
association_is_sensor(const struct association *a)
{
	return a->addr.family == ADDR_SENSOR;
}

void
association_look(const struct planning *p, struct association *a)
{
	begin_turn(p, a);
	a->sent++;
}

bool
association_ask(const struct planning *p, struct association *a,
    const struct config_server *conf, const struct clocks *clocks,
    struct ntptime transmit)
{
	bool		 was_unsendable = a->was_unsendable, sent;

	/* Far away: the last answer of a quick start is still to come. */
	if (a->query.fd != -1) {
		schedule_wait(&a->schedule, a->query.deadline);
		return false;
	}
	begin_turn(p, a);
	sent = send_request(a, conf, clocks, transmit, p->now);
	a->was_unsendable = !sent;
	a->error = sent ? 0 : errno;
	a->sent += sent;
	if (sent && was_unsendable)
		log_info("%s: requests can leave again", a->name);
	/* Which interface is not there is logged already. */
	else if (!sent && !was_unsendable && a->error != ENODEV)
		log_warn("%s: requests cannot leave, trying again", a->name);
	return sent && was_unsendable;
}

bool
association_fell_silent(struct association *a, bool opposed,
    struct instant now)
{
	unsigned	 requests = opposed ? SILENT_OPPOSED : SILENT_REQUESTS;

	if (a->schedule.missed <= requests || a->was_unreachable)
		return false;
	a->was_unreachable = true;
	a->was_silent = !a->was_unsendable && !a->was_refused &&
	    !a->was_faulty && a->nts.why[0] == '\0';
	if (a->was_silent && association_is_sensor(a))
		log_info("%s: says nothing", a->name);
	else if (a->was_silent)
		log_info("%s: no answer to %u requests, next try in %.0f s",
		    a->name, requests,
		    instant_diff(a->schedule.next, now));
	return true;
}

enum reason
association_reason(const struct association *a)
{
	if (association_is_self(a))
		return REASON_SELF;
	if (association_is_denied(a))
		return REASON_DENIED;
	if (a->was_unsendable)
		return a->error == ENODEV ? REASON_NO_INTERFACE :
		    REASON_UNSENDABLE;
	if (a->nts.why[0] != '\0' && a->reach == 0)
		return REASON_NO_KEYS;
	if (a->faults > 0 && a->reach == 0)
		return a->fault;
	if (a->refused != REASON_NONE)
		return a->refused;
	if (a->barred)
		return REASON_UNTRUSTED;
	if (a->apart != REASON_NONE)
		return a->apart;
	if (a->was_kissed && a->reach == 0)
		return REASON_RATE;
	return a->was_unreachable ? REASON_SILENT : REASON_NONE;
}

bool
association_found_self(const struct planning *p, struct association *a,
    enum schedule_reason why)
{
	query_close(&a->query);
	association_plan(p, a, why);
	if (a->was_self)
		return false;
	a->was_self = a->was_unreachable = true;
	if (why == SCHEDULE_IS_OURS)
		log_info("%s: is this machine itself: not asked", a->name);
	else
		log_info("%s: leads back to this machine itself: not used, "
		    "next try in %.0f s", a->name,
		    instant_diff(a->schedule.next, p->now));
	return true;
}

void
association_found_other(struct association *a, struct instant now)
{
	log_info("%s: is not this machine any more: asking it", a->name);
	a->was_self = a->was_unreachable = false;
	association_quicken(a, now);
}

bool
association_answered(const struct planning *p, struct association *a,
    const struct answer *answer)
{
	bool		 was_refused = association_is_refused(a), is_news, late;

	association_accepted(a, answer->pkt.stratum);
	is_news = a->heard == 0 || (was_refused && !association_is_refused(a));
	late = is_news && !schedule_is_first(&a->schedule) &&
	    !schedule_was_first(&a->schedule);

	a->heard++;
	a->received++;
	a->reach |= 1;
	a->heard_of |= 1;
	a->was_kissed = false;
	schedule_answered(&a->schedule);
	a->last = answer->pkt;
	a->interleaved = answer->interleaved;
	if (answer->has_sample)
		a->stamps = answer->stamps;
	a->answered = true;
	a->answered_at = p->now;
	if (answer->has_sample)
		a->delay = answer->sample.delay;
	a->was_self = false;
	if (!a->was_unreachable && !late)
		return false;
	if (a->was_silent && a->refused == REASON_NONE)
		log_info("%s: answers again", a->name);
	a->was_unreachable = a->was_silent = false;
	association_plan(p, a, SCHEDULE_BACK);
	return true;
}

void
association_settle(const struct planning *p, struct association *a)
{
	if (sync_ready(p->sync) && sync_takes_part(p->sync, number(p, a)) &&
	    sync_estimate(p->sync, p->sync->updated).frequency_error <
	    BURST_FREQUENCY)
		association_plan(p, a, SCHEDULE_ENOUGH);
}

enum kiss
association_kissed(const struct planning *p, struct association *a,
    const uint8_t code[4])
{
	a->rejected++;
	a->heard++;
	a->heard_of |= 1;
	if (memcmp(code, "RATE", 4) == 0) {
		a->was_kissed = true;
		schedule_slow_down(&a->schedule);
		association_plan(p, a, SCHEDULE_KISS);
		return KISS_RATE;
	}
	if (memcmp(code, "DENY", 4) == 0 || memcmp(code, "RSTR", 4) == 0) {
		association_plan(p, a, SCHEDULE_DENIED);
		return KISS_DENY;
	}
	/* For people; what is planned is as if it did not answer. */
	association_unready(a);
	return KISS_UNKNOWN;
}
