/*
 * Keys of Network Time Security: the engine asks, a process of its own talks
 * with the server, and what comes of it is passed on unread.
 */
#include <bsd/string.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/parent/state.h"

#define KEYS_SECONDS	10.0	/* for an exchange */

static void
refuse(struct parent *p, uint32_t id, enum nts_outcome outcome,
    const char *why)
{
	struct nts_keys	 keys;

	memset(&keys, 0, sizeof(keys));
	keys.outcome = outcome;
	strlcpy(keys.why, why, sizeof(keys.why));
	channel_send(p->children.engine, MSG_NTS_KEYS, id, -1, &keys);
}

/* The statement that Q is about: there is one, whatever the engine says. */
static const struct config_server *
find_statement(const struct config *conf, const struct nts_question *q)
{
	const struct config_server *s = conf->servers;

	for (; s < conf->servers + conf->nservers; s++)
		if (s->auth == AUTH_NTS && s->nts_port == q->addr.port &&
		    strncmp(s->name, q->name, sizeof(s->name)) == 0)
			return s;
	return NULL;
}

/*
 * By which time are certificates to be checked?  By our clock, unless there is
 * a better one.  False if that is not known yet.
 */
static bool
set_dates(struct parent *p, struct tls_task *task)
{
	enum control_constraints state;
	double		 time;

	state = constrain_time(p, &time);
	if (state == CONSTRAINTS_ASKING)
		return false;
	if (state == CONSTRAINTS_KNOWN) {
		task->dates = DATES_AT;
		task->at = (int64_t)time;
	} else if (unproven_possible(&p->unproven, &p->conf))
		task->dates = DATES_LATER;
	return true;
}

/*
 * The engine hears of the bounds that the certificates bring before it has the
 * keys.  If most are not valid yet, the clock of a running daemon has jumped.
 */
static void
apply_bounds(struct parent *p, struct instant now)
{
	const struct policy_bounds *b = &p->policy.bounds;

	constrain_policy(p);
	if (!p->unproven.jumped && b->state == CONSTRAINTS_KNOWN &&
	    b->low > 0) {
		p->unproven.jumped = true;
		policy_jumped(&p->policy, b->low, 0);
	}
	command_send_state(p, STATE_NEWS, now);
}

/* Unproven keys of statement number I are taken. */
static void
log_unproven(const struct parent *p, uint32_t i)
{
	const char	*what = "may be set once, to when it is";

	if (p->policy.bounds.state == CONSTRAINTS_PAST)
		what = "is not set: there was no time when most of these "
		    "certificates were valid";
	else if (p->policy.bounds.state == CONSTRAINTS_ASKING)
		what = "is set only if another server with nts agrees";
	log_warnx("%s: its certificate is not valid by our clock; the clock %s",
	    p->conf.servers[i].name, what);
}

/*
 * Had its certificate expired when this machine last knew what time it was?
 * Then no clock makes it valid, and it is not to keep others from setting it.
 */
static bool
had_expired(const struct parent *p, const struct nts_keys *keys)
{
	return (double)keys->last < p->constraints.floor - UNPROVEN_MARGIN;
}

/* NULL if KEYS of exchange E are to be taken; else why not. */
static const char *
judge_keys(struct parent *p, const struct exchange *e,
    const struct nts_keys *keys)
{
	const bool	 expired = keys->last < clock_unix_time();

	if (e->about >= p->conf.nservers || keys->unproven > 1)
		return "it is not configured any more";
	if (keys->unproven != 0 && had_expired(p, keys))
		return expired ? "its certificate has expired" :
		    "its certificate had expired when this machine last knew "
		    "the time";
	unproven_note(&p->unproven, e->about, keys);
	if (keys->unproven != 0 && !unproven_take(&p->unproven, &p->conf,
	    &p->policy))
		return expired ? "its certificate has expired" :
		    "its certificate is not yet valid";
	return NULL;
}

/* Take KEYS, which exchange E has agreed on.  NULL, or why they are not. */
static const char *
take_keys(struct parent *p, const struct exchange *e,
    const struct nts_keys *keys, struct instant now)
{
	const char	*why = judge_keys(p, e, keys);

	if (why != NULL)
		return why;
	if (p->unproven.state == UNPROVEN_KEYS)
		apply_bounds(p, now);
	if (keys->unproven != 0)
		log_unproven(p, e->about);
	return NULL;
}

void
nts_ask(struct parent *p, const struct message *msg)
{
	/* What more the engine can want is not needed. */
	static struct log_limit limit = {
		.burst = 2 * CONFIG_MAX_SERVERS, .interval = 1
	};
	const struct nts_question *q = msg->data;
	const struct config_server *s = find_statement(&p->conf, q);
	struct exchange	 wanted = {
		.what = MSG_TLS_ASK_KEYS, .id = msg->id
	};
	struct tls_task	 task;

	if (s == NULL || !addr_is_unicast(&q->addr)) {
		refuse(p, msg->id, NTS_REFUSED, "it is not configured");
		return;
	}
	memset(&task, 0, sizeof(task));
	strlcpy(task.name, s->name, sizeof(task.name));
	strlcpy(task.ca, s->ca[0] != '\0' ? s->ca : p->conf.ca,
	    sizeof(task.ca));
	task.addr = q->addr;
	task.seconds = KEYS_SECONDS;
	wanted.about = (uint32_t)(s - p->conf.servers);
	if (!set_dates(p, &task)) {
		refuse(p, msg->id, NTS_BUSY, "the constraints come first");
		return;
	}
	/* To be told that there is no place costs nothing. */
	if (!exchange_has_place(&p->exchanges) ||
	    !log_allowed(&limit, msg->at, NULL) ||
	    !exchange_begin(&p->exchanges, &p->children, &wanted, &task,
	    msg->at))
		refuse(p, msg->id, NTS_BUSY, "others are asked");
}

void
nts_answer(struct parent *p, const struct message *msg)
{
	const struct exchange *e = exchange_take(&p->exchanges,
	    MSG_TLS_ASK_KEYS, msg);
	const struct nts_keys *keys = msg->data;
	const char	*why = NULL;

	if (e == NULL)
		return;
	if (keys->outcome == NTS_AGREED)
		why = take_keys(p, e, keys, msg->at);
	if (why != NULL)
		refuse(p, e->id, NTS_REFUSED, why);
	else
		channel_send(p->children.engine, MSG_NTS_KEYS, e->id, -1,
		    keys);
}

void
nts_lost(struct parent *p, uint32_t id)
{
	refuse(p, id, NTS_REFUSED, "the exchange ended without a result");
}
