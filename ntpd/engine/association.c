/*
 * Associations: when to ask, and what an answer, a kiss or silence means for
 * the next time.
 */
#include <bsd/stdlib.h>
#include <math.h>
#include <string.h>

#include "ntpd/engine/state.h"

/*
 * A quick start: four requests two seconds apart; then up to four more, each
 * after twice the time of the last, until the frequency is known so well (s/s)
 * that the first regular interval does no harm.
 */
#define BURST_MOST	8
#define BURST_ENOUGH	4
#define BURST_SPACING	2.0	/* s */
#define BURST_FREQUENCY	2e-6

/*
 * Intervals vary by this part, downwards, so that machines which started
 * together do not ask in step, and samples not in step with what happens on
 * the hour.  Less where the operator has fixed the interval, and where there
 * was no answer for two polls: requests that are lost are to be few.
 */
#define POLL_SPREAD	0.2
#define POLL_SPREAD_LESS 0.04
#define SPREAD_POLLS	2

/* Of so many moments within that, the one furthest from others' turns. */
#define POLL_TRIES	8

/* Requests in quick succession when there may be news. */
#define HURRY		3

/* A wait that is so many times what it should be is cut short. */
#define HASTE		2.0

/* Polls without an answer until the server counts as silent. */
#define SILENT_POLLS	8

/*
 * A RATE kiss doubles the least interval, to at most this many times doubled
 * the longest; that many answers halve it again.
 */
#define RATE_BEYOND	3
#define RATE_FORGET	8

const char *
association_name(const struct association *a, char text[ADDR_STRLEN])
{
	return addr_format(&a->addr, text);
}

/* A's number, which is also its source's. */
static size_t
association_number(const struct engine *e, const struct association *a)
{
	return (size_t)(a - e->associations);
}

/* A random part of WHOLE. */
static double
some_of(double whole)
{
	return whole * (double)arc4random() / UINT32_MAX;
}

void
association_start(struct engine *e, struct association *a, size_t host,
    const struct addr *addr, struct instant now)
{
	const struct config_server *conf = &e->hosts[host].conf;

	memset(a, 0, sizeof(*a));
	a->used = true;
	a->host = host;
	a->addr = *addr;
	a->minpoll = a->poll = conf->minpoll;
	a->query.fd = -1;
	a->query.deadline = INSTANT_NEVER;
	sync_add(&e->sync, association_number(e, a), conf->weight);
	association_quicken(a, now);
}

void
association_stop(struct engine *e, struct association *a)
{
	query_close(&a->query);
	sync_remove(&e->sync, association_number(e, a));
	a->used = false;
}

void
association_quicken(struct association *a, struct instant now)
{
	if (a->state == PEER_STATE_DENIED)
		return;
	a->state = PEER_STATE_STARTING;
	a->exchange.known = false;
	a->burst = BURST_MOST;
	a->turn = now;
	/* Not all at the same moment: they would queue behind one another. */
	a->next = instant_add(now, some_of(0.1));
}

void
association_hurry(struct association *a, struct instant now)
{
	if (a->state == PEER_STATE_DENIED)
		return;
	a->hurry = HURRY;
	a->next = instant_min(a->next, instant_add(now, BURST_SPACING));
}

/* The wait after the request just sent, s. */
static double
burst_spacing(const struct association *a)
{
	unsigned	 sent = BURST_MOST - a->burst;

	if (sent < BURST_ENOUGH)
		return BURST_SPACING;
	return ldexp(BURST_SPACING, (int)(sent - BURST_ENOUGH));
}

double
association_longest(const struct association *a, int maxpoll)
{
	return ldexp(1, maxpoll > a->minpoll ? maxpoll : a->minpoll);
}

/* How long A may wait from one request to the next, s. */
static double
poll_interval(const struct engine *e, const struct association *a)
{
	return sync_poll(&e->sync, clocks_read(&e->clocks).now,
	    ldexp(1, a->minpoll),
	    association_longest(a, e->hosts[a->host].conf.maxpoll));
}

/* A need not wait longer than INTERVAL after its last request, s. */
static void
ask_sooner(struct association *a, double interval, struct instant now)
{
	struct instant	 soon = instant_add(a->asked_at, interval);

	if (instant_before(soon, now))
		soon = instant_add(now, some_of(BURST_SPACING));
	a->next = instant_min(a->next, soon);
}

/* Has a quick start done what it is for?  Who is not believed goes on. */
static bool
burst_is_over(const struct engine *e, const struct association *a)
{
	return a->burst > 0 && a->burst <= BURST_MOST - BURST_ENOUGH &&
	    sync_ready(&e->sync) &&
	    sync_takes_part(&e->sync, association_number(e, a)) &&
	    sync_estimate(&e->sync, e->sync.updated).frequency_error <
	    BURST_FREQUENCY;
}

/* How far MOMENT is from the turns of others than A, one each PERIOD s. */
static double
apart(const struct engine *e, const struct association *a,
    struct instant moment, double period)
{
	const struct association *o;
	double		 least = period;

	for (o = e->associations; o < e->associations + MAX_ASSOCIATIONS; o++)
		if (o != a && o->used && o->state == PEER_STATE_POLLING)
			least = fmin(least, fabs(remainder(instant_diff(moment,
			    o->next), period)));
	return least;
}

/*
 * A's next turn, up to the part SPREAD of INTERVAL (s) early.  Samples that
 * come one by one tell more than those that come together, and tell it sooner
 * when something happens.
 */
static struct instant
next_turn(const struct engine *e, const struct association *a,
    struct instant now, double interval, double spread)
{
	struct instant	 at, best = now;
	double		 distance, most = -1;
	int		 i;

	for (i = 0; i < POLL_TRIES; i++) {
		at = instant_add(now, interval - some_of(interval * spread));
		distance = apart(e, a, at, interval * (1 - spread / 2));
		if (distance > most) {
			most = distance;
			best = at;
		}
	}
	return best;
}

/*
 * Was A asked out of its turn, which is still to come?  Then that stands:
 * all who are asked at once because of a doubt would all be silent next.
 */
static bool
return_to_turn(struct association *a, struct instant now)
{
	struct instant	 turn = a->turn;

	a->turn = now;
	if (instant_before(turn, instant_add(now, ldexp(1, a->minpoll))))
		return false;
	a->next = turn;
	return true;
}

static void
schedule(struct engine *e, struct association *a, struct instant now)
{
	double		 interval, spread;
	bool		 fixed;

	if (a->hurry > 0) {
		a->hurry--;
		a->next = instant_add(now, BURST_SPACING);
		return;
	}
	if (a->burst > 0) {
		a->next = instant_add(now, burst_spacing(a));
		return;
	}
	a->state = PEER_STATE_POLLING;
	if (return_to_turn(a, now))
		return;
	interval = poll_interval(e, a);
	a->poll = (int)ceil(log2(interval));
	fixed = e->hosts[a->host].conf.maxpoll <= a->minpoll;
	spread = fixed || a->missed > SPREAD_POLLS ? POLL_SPREAD_LESS : POLL_SPREAD;
	a->next = next_turn(e, a, now, interval, spread);
}

/* A has not answered for long enough to be no source any more. */
static void
fall_silent(struct engine *e, struct association *a, struct instant now)
{
	char		 name[ADDR_STRLEN];

	a->was_unreachable = true;
	log_info("%s: no answer for %d polls, next try in %.0f s",
	    association_name(a, name), SILENT_POLLS,
	    instant_diff(a->next, now));
	sync_silence(&e->sync, association_number(e, a));
	steer_update(e, now);
	hosts_replace(e, a, now);
}

static void
ask(struct engine *e, struct association *a, struct instant now)
{
	char		 name[ADDR_STRLEN];

	/* Far away: the last answer of a quick start is still to come. */
	if (a->query.fd != -1) {
		a->next = a->query.deadline;
		return;
	}
	a->reach = (uint8_t)(a->reach << 1);
	a->missed++;
	a->asked_at = now;
	if (a->burst > 0)
		a->burst--;
	schedule(e, a, now);
	if (query_send(e, a, now)) {
		a->sent++;
		a->was_unsendable = false;
	} else if (!a->was_unsendable) {
		a->was_unsendable = true;
		log_warn("%s: cannot be asked, trying on",
		    association_name(a, name));
	}
	if (a->missed > SILENT_POLLS && !a->was_unreachable)
		fall_silent(e, a, now);
}

/* A's answer is overdue.  If others depend on it, this is looked into. */
static void
give_up(const struct engine *e, struct association *a, struct instant now)
{
	query_close(&a->query);
	if (a == e->local.leader && a->burst == 0 && a->hurry == 0)
		association_hurry(a, now);
}

void
associations_run(struct engine *e, struct instant now)
{
	struct association *a;
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		if (!a->used)
			continue;
		if (!instant_before(now, a->query.deadline))
			give_up(e, a, now);
		if (a->state != PEER_STATE_DENIED &&
		    !instant_before(now, a->next))
			ask(e, a, now);
	}
}

struct instant
associations_deadline(const struct engine *e)
{
	const struct association *a;
	struct instant	 first = INSTANT_NEVER;
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		if (!a->used)
			continue;
		first = instant_min(first, a->query.deadline);
		if (a->state != PEER_STATE_DENIED)
			first = instant_min(first, a->next);
	}
	return first;
}

size_t
associations_expected(const struct engine *e)
{
	const struct association *a;
	size_t		 i, n = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		if (a->used && a->state == PEER_STATE_STARTING &&
		    a->burst > BURST_MOST - BURST_ENOUGH)
			n++;
	}
	return n;
}

size_t
associations_hoped(const struct engine *e)
{
	const struct association *a;
	size_t		 n = associations_expected(e);

	for (a = e->associations; a < e->associations + MAX_ASSOCIATIONS; a++)
		n += a->used && a->query.fd != -1 && (a->reach != 0 ||
		    a->burst == BURST_MOST - BURST_ENOUGH);
	return n;
}

/* A server that asked us to slow down has been content for a while. */
static void
forget_kiss(const struct engine *e, struct association *a)
{
	if (a->minpoll <= e->hosts[a->host].conf.minpoll ||
	    ++a->since_kiss < RATE_FORGET)
		return;
	a->since_kiss = 0;
	a->minpoll--;
}

/* RFC 5905 7.4: the interval must grow, and the burst end at once. */
static void
slow_down(struct engine *e, struct association *a, struct instant now)
{
	const struct config_server *conf = &e->hosts[a->host].conf;

	a->burst = a->hurry = 0;
	a->since_kiss = 0;
	if (a->minpoll <= a->poll)
		a->minpoll = a->poll + 1;
	if (a->minpoll > conf->maxpoll + RATE_BEYOND)
		a->minpoll = conf->maxpoll + RATE_BEYOND;
	schedule(e, a, now);
}

/*
 * One that was silent answers: the network may be back.  The others are asked
 * at once, so that it is not believed alone for the rest of their interval.
 */
static void
wake_others(struct engine *e, struct instant now)
{
	struct association *a;

	for (a = e->associations; a < e->associations + MAX_ASSOCIATIONS; a++)
		if (a->used && a->was_unreachable && a->burst == 0)
			association_quicken(a, now);
}

/*
 * A's answer was a surprise: is it A that has changed, or our clock?  It is
 * asked again soon, and so are the others that are believed, none of them
 * more often than it may be.
 */
static void
settle_doubt(struct engine *e, struct association *doubtful,
    struct instant now)
{
	struct association *a;

	for (a = e->associations; a < e->associations + MAX_ASSOCIATIONS; a++)
		if (a->used && a->burst == 0 && (a == doubtful ||
		    sync_takes_part(&e->sync, association_number(e, a)))) {
			/* In a doubt upon a doubt the turn is the first's. */
			if (instant_before(a->turn, a->next))
				a->turn = a->next;
			ask_sooner(a, ldexp(1, a->minpoll), now);
		}
}

/*
 * An answer may have shown that the oscillator is not as quiet as it was.
 * Those who wait for a time that was right before need not wait that long.
 */
static void
hasten(struct engine *e, struct instant now)
{
	struct association *a;
	double		 interval;

	for (a = e->associations; a < e->associations + MAX_ASSOCIATIONS;
	    a++) {
		if (!a->used || a->burst > 0 ||
		    !sync_takes_part(&e->sync, association_number(e, a)))
			continue;
		interval = poll_interval(e, a);
		if (instant_diff(a->next, a->asked_at) > HASTE * interval)
			ask_sooner(a, interval, now);
	}
}

void
association_answer(struct engine *e, struct association *a,
    const struct ntp_packet *pkt, const struct sample *sample,
    struct instant now)
{
	char		 name[ADDR_STRLEN];
	bool		 updated = false, agreed = e->sync.agreed;
	bool		 admitted = local_admits(e, a, pkt, now);

	a->received++;
	a->reach |= 1;
	a->missed = 0;
	a->last = *pkt;
	a->last.fields = NULL;
	a->last.fields_len = 0;
	a->answered = true;
	a->answered_at = now;
	if (sample != NULL)
		a->delay = sample->delay;
	forget_kiss(e, a);
	if (a->was_unreachable) {
		a->was_unreachable = false;
		log_info("%s: answers again", association_name(a, name));
		a->burst = BURST_ENOUGH - 1;
		a->next = instant_add(now, BURST_SPACING);
		wake_others(e, now);
	}
	if (admitted && sample != NULL)
		updated = sync_sample(&e->sync, association_number(e, a),
		    sample, associations_expected(e));
	if (sync_in_doubt(&e->sync, association_number(e, a)))
		settle_doubt(e, a, now);
	if (burst_is_over(e, a)) {
		a->burst = 0;
		schedule(e, a, now);
	}
	if (updated)
		hasten(e, now);
	if (updated || !sync_ready(&e->sync) || e->sync.agreed != agreed)
		steer_update(e, now);
}

void
association_kiss(struct engine *e, struct association *a,
    const uint8_t code[4], struct instant now)
{
	char		 name[ADDR_STRLEN];

	a->rejected++;
	if (memcmp(code, "RATE", 4) == 0) {
		slow_down(e, a, now);
		if (log_allowed(&e->complaints, now, NULL))
			log_info("%s: asks us to ask less often, next time in "
			    "%.0f s", association_name(a, name),
			    instant_diff(a->next, now));
	} else if (memcmp(code, "DENY", 4) == 0 ||
	    memcmp(code, "RSTR", 4) == 0) {
		log_warnx("%s: denies us its service (%.4s), asking it no "
		    "more", association_name(a, name), (const char *)code);
		a->state = PEER_STATE_DENIED;
		sync_silence(&e->sync, association_number(e, a));
		steer_update(e, now);
		hosts_replace(e, a, now);
	}
}
