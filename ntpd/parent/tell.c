/*
 * Telling a server which clients to answer, and with what.
 */
#include <sys/param.h>

#include <string.h>

#include "ntpd/parent/tell.h"

/* A server that is so many bytes behind is told no more for now. */
#define BEHIND_MOST	65536

void
tell_anew(struct told *told)
{
	*told = (struct told){ .rules_sent = 0 };
}

void
tell_configuration(struct told *told)
{
	told->limit = told->keys = told->rules = false;
	told->keys_sent = told->rules_sent = 0;
}

/* The next part of the keys; there is one of no keys, too. */
static bool
send_keys(struct told *told, struct channel *channel,
    const struct config *conf)
{
	struct keys_part part;
	size_t		 n = MIN(conf->nkeys - told->keys_sent, KEYS_PART);
	bool		 sent;

	memset(&part, 0, sizeof(part));
	part.total = (uint16_t)conf->nkeys;
	part.first = (uint16_t)told->keys_sent;
	part.count = (uint16_t)n;
	if (n > 0)
		memcpy(part.keys, conf->keys + told->keys_sent,
		    n * sizeof(*conf->keys));
	sent = channel_send(channel, MSG_SERVER_KEYS, 0, -1, &part);
	explicit_bzero(&part, sizeof(part));
	if (!sent)
		return false;
	told->keys_sent += n;
	told->keys = told->keys_sent == conf->nkeys;
	return true;
}

/* The next part of the rules; there is one of no rules, too. */
static bool
send_rules(struct told *told, struct channel *channel,
    const struct config *conf)
{
	static struct access_part part;
	size_t		 n = MIN(conf->nrules - told->rules_sent, ACCESS_PART);

	memset(&part, 0, sizeof(part));
	part.total = (uint16_t)conf->nrules;
	part.first = (uint16_t)told->rules_sent;
	part.count = (uint16_t)n;
	if (n > 0)
		memcpy(part.rules, conf->rules + told->rules_sent,
		    n * sizeof(*conf->rules));
	if (!channel_send(channel, channel->peer == KE ? MSG_KE_ACCESS :
	    MSG_SERVER_ACCESS, 0, -1, &part))
		return false;
	told->rules_sent += n;
	told->rules = told->rules_sent == conf->nrules;
	return true;
}

bool
tell_run(struct told *told, struct channel *channel,
    const struct config *conf, const struct cookie_keys *cookies)
{
	if (!told->limit && channel_queued(channel) < BEHIND_MOST) {
		told->limit = channel_send(channel, channel->peer == KE ?
		    MSG_KE_RATELIMIT : MSG_SERVER_RATELIMIT, 0, -1,
		    &conf->ratelimit);
		if (!told->limit)
			return false;
	}
	while (!told->keys && channel->peer == SERVER &&
	    channel_queued(channel) < BEHIND_MOST)
		if (!send_keys(told, channel, conf))
			return false;
	if (!told->cookies) {
		told->cookies = channel_send(channel, channel->peer == KE ?
		    MSG_KE_COOKIES : MSG_SERVER_COOKIES, 0, -1, cookies);
		if (!told->cookies)
			return false;
	}
	while (!told->rules && channel_queued(channel) < BEHIND_MOST)
		if (!send_rules(told, channel, conf))
			return false;
	return true;
}
