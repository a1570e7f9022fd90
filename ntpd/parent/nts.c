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

void
nts_ask(struct parent *p, const struct message *msg)
{
	/* What more the engine can want is not needed. */
	static struct log_limit limit = {
		.burst = 2 * CONFIG_MAX_SERVERS, .interval = 1
	};
	const struct nts_question *q = msg->data;
	const struct config_server *s = find_statement(&p->conf, q);
	const struct exchange wanted = {
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
	if (!log_allowed(&limit, msg->at, NULL) ||
	    !exchange_begin(&p->exchanges, &p->children, &wanted, &task,
	    msg->at))
		refuse(p, msg->id, NTS_BUSY, "others are asked");
}

void
nts_answer(struct parent *p, const struct message *msg)
{
	const struct exchange *e = exchange_take(&p->exchanges,
	    MSG_TLS_ASK_KEYS, msg);

	if (e != NULL)
		channel_send(p->children.engine, MSG_NTS_KEYS, e->id, -1,
		    msg->data);
}

void
nts_lost(struct parent *p, uint32_t id)
{
	refuse(p, id, NTS_REFUSED, "the exchange ended without a result");
}
