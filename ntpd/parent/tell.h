/*
 * What each server has been told, and what it is still to be told.  That is
 * state, not a queue: a server that is busy is told the last word, when it has
 * time, and nothing gets lost on the way.
 */
#ifndef NTPD_PARENT_TELL_H
#define NTPD_PARENT_TELL_H

#include <stdbool.h>
#include <stddef.h>

#include "common/cookie.h"
#include "ntpd/channel.h"
#include "ntpd/config.h"

struct told {
	bool		 cookies;	/* it knows the cookie keys, ... */
	bool		 limit;		/* the rate limit, ... */
	bool		 keys;		/* the keys of clients, ... */
	size_t		 keys_sent;	/* of these, while it does not */
	bool		 rules;		/* ... and who may ask */
	size_t		 rules_sent;	/* of these, while it does not */
};

/* A new server: it knows nothing. */
void	 tell_anew(struct told *told);

/* The configuration has changed: it is to be told. */
void	 tell_configuration(struct told *told);

/*
 * Send over CHANNEL, to a server or to ke, what it is to know of CONF, and the
 * COOKIES' keys, as far as it has room: the rest comes when it has read that.
 * False if memory is short.
 */
bool	 tell_run(struct told *told, struct channel *channel,
	    const struct config *conf, const struct cookie_keys *cookies);

#endif
