/*
 * What happens to the keys of NTS: asking for them, and what comes of that.
 */
#include <bsd/string.h>
#include <string.h>

#include "ntpd/engine/engine_state.h"
#include "ntpd/engine/self.h"

void
engine_retry_keys(struct engine *e, struct instant now)
{
	struct association *a = e->associations;

	for (; a < e->associations + MAX_ASSOCIATIONS; a++)
		if (a->used && a->auth == AUTH_NTS && nts_retry(&a->nts, now))
			schedule_wait(&a->schedule, now);
}

void
engine_keys_missed(struct association *a, struct instant now)
{
	nts_missed(&a->nts, now);
	if (a->nts.state == NTS_WANTED)
		schedule_wait(&a->schedule, a->nts.at);
}

/* An exchange for the keys of association I failed because of WHY. */
static void
on_no_keys(struct engine *e, size_t i, enum nts_outcome outcome,
    const char *why, struct instant now)
{
	struct planning	 p = engine_planning(e, now);
	struct association *a = &e->associations[i];

	association_got_no_keys(&p, a, outcome, why);
	schedule_wait(&a->schedule, a->nts.at);
	if (association_fell_silent(a, associations_opposed(&p), now))
		engine_lose(e, i, now);
}

/* Ask the parent for an exchange for the keys of association I. */
static void
ask(struct engine *e, size_t i, struct instant now)
{
	struct association *a = &e->associations[i];
	const struct config_server *conf = &e->hosts.list[a->host].conf;
	struct nts_question question;

	memset(&question, 0, sizeof(question));
	memcpy(question.name, conf->name, sizeof(question.name));
	question.addr = a->addr;
	question.addr.port = conf->nts_port;
	nts_asked(&a->nts, ++e->nts_serial, now);
	/* If that is lost, it is late in a while. */
	channel_send(&e->parent, MSG_NTS_ASK, e->nts_serial, -1, &question);
}

void
engine_keyless_turn(struct engine *e, size_t i, struct instant now)
{
	struct association *a = &e->associations[i];

	if (nts_is_late(&a->nts, now))
		on_no_keys(e, i, NTS_REFUSED, "no result in time", now);
	if (!a->used)
		return;
	if (nts_is_due(&a->nts, now))
		ask(e, i, now);
	schedule_wait(&a->schedule, a->nts.at);
}

/* Whose question about keys was SERIAL?  MAX_ASSOCIATIONS if nobody's. */
static size_t
find_nts(const struct engine *e, enum nts_state state, uint32_t serial)
{
	const struct association *a = e->associations;
	size_t		 i = 0;

	while (i < MAX_ASSOCIATIONS && !(a[i].used &&
	    a[i].auth == AUTH_NTS && a[i].nts.state == state &&
	    a[i].nts.serial == serial))
		i++;
	return i;
}

/* Look up the name of the NTP server that association I has keys for. */
static void
on_other_server(struct engine *e, size_t i, const char *name,
    struct instant now)
{
	struct association *a = &e->associations[i];
	struct resolve_request request;

	memset(&request, 0, sizeof(request));
	strlcpy(request.name, name, sizeof(request.name));
	if (!channel_send(&e->resolver, MSG_RESOLVE, a->nts.serial, -1,
	    &request))
		on_no_keys(e, i, NTS_BUSY, "no resolver", now);
	else
		schedule_wait(&a->schedule, a->nts.at);
}

/* Association I has keys and an address; that must not be one of ours. */
static void
on_ready(struct engine *e, size_t i, struct instant now)
{
	struct association *a = &e->associations[i];

	if (self_has_address(&a->nts.addr))
		on_no_keys(e, i, NTS_REFUSED, "the NTP server that it names "
		    "is this machine", now);
	else
		association_got_keys(a, now);
}

/* Association I has KEYS, which were agreed on. */
static void
on_agreed(struct engine *e, size_t i, const struct nts_keys *keys,
    struct instant now)
{
	struct association *a = &e->associations[i];
	const struct nts_default otherwise = { a->addr, a->addr.port };
	const char	*why = nts_take_keys(&a->nts, keys, &otherwise,
			    HOSTS_SERIALS + a->nts.serial, now);

	if (why != NULL)
		on_no_keys(e, i, NTS_REFUSED, why, now);
	else if (a->nts.state == NTS_NAMING)
		on_other_server(e, i, keys->answer.server, now);
	else
		on_ready(e, i, now);
}

void
engine_on_keys(struct engine *e, const struct message *msg)
{
	struct nts_keys	 keys = *(const struct nts_keys *)msg->data;
	const size_t	 i = find_nts(e, NTS_ASKING, msg->id);

	if (i == MAX_ASSOCIATIONS)
		return;
	/* It is the word of a process that has talked with a stranger. */
	keys.why[sizeof(keys.why) - 1] = '\0';
	keys.answer.server[sizeof(keys.answer.server) - 1] = '\0';
	if (keys.outcome == NTS_AGREED)
		on_agreed(e, i, &keys, msg->at);
	else
		on_no_keys(e, i, keys.outcome <= NTS_BUSY ?
		    (enum nts_outcome)keys.outcome : NTS_REFUSED, keys.why,
		    msg->at);
	explicit_bzero(&keys, sizeof(keys));
}

void
engine_on_forget(struct engine *e, const struct message *msg)
{
	struct association *a = e->associations;

	for (; a < e->associations + MAX_ASSOCIATIONS; a++)
		if (a->used && a->auth == AUTH_NTS) {
			nts_init(&a->nts, msg->at);
			association_quicken(a, msg->at);
		}
}

bool
engine_on_named(struct engine *e, const struct message *msg)
{
	const size_t	 i = find_nts(e, NTS_NAMING, msg->id);
	const struct resolve_reply *reply = msg->data;
	struct addr	 addr = reply->addrs[0];

	if (i == MAX_ASSOCIATIONS)
		return false;
	if (reply->count == 0 || !addr_is_unicast(&addr)) {
		on_no_keys(e, i, NTS_REFUSED, "the NTP server that it names "
		    "has no address", msg->at);
		return true;
	}
	nts_named(&e->associations[i].nts, &addr, msg->at);
	on_ready(e, i, msg->at);
	return true;
}
