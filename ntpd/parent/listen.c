/*
 * Which sockets are to be open, and following interfaces that come and go.
 *
 * "listen on eth0" is a socket for any address, bound to the device: it has
 * whatever addresses the interface has or gets.  When the interface goes and
 * comes back it has another index, and its old sockets are dead.
 */
#include <sys/socket.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/listen.h"
#include "ntpd/parent/offer.h"
#include "ntpd/parent/socket.h"

#define CLOSING		0.1		/* s, until servers have closed one */
#define CLOSING_MOST	2.0		/* s, if they are slow */
#define NOW		((struct instant){ 0 })	/* at once */

void
listeners_init(struct listeners *ls)
{
	memset(ls, 0, sizeof(*ls));
	ls->retry = INSTANT_NEVER;
	ls->next_id = 1;
	ls->spread.secret = arc4random();
}

/*
 * See to it that all SERVERS have L's socket of FAMILY.  False to try again.  A
 * server gets the next one when it has taken the last: descriptors on their way
 * are counted, for all of the user's programs together.
 */
static bool
give_all(struct listeners *ls, struct listener *l, unsigned family,
    struct child *servers, size_t n)
{
	char		 name[OFFER_NAME_LEN];
	bool		 complete = true, all = true;
	size_t		 i;

	for (i = 0; i < n; i++) {
		if (!servers[i].channel.open || l->given[family][i])
			continue;
		all = false;
		if (!ls->told[i].ready || ls->told[i].awaited != 0)
			continue;
		l->given[family][i] = offer(ls, l, family, &servers[i].channel,
		    &ls->told[i]);
		complete = complete && l->given[family][i];
	}
	if (all && l->failed[family]) {
		l->failed[family] = false;
		l->told = true;
		log_info("now listening on %s (%s)",
		    offer_name(&l->conf, name),
		    offer_family(family));
	}
	return complete;
}

/* True if there was something to take back. */
static bool
take_back(struct listeners *ls, struct listener *l)
{
	unsigned	 family;
	size_t		 i;
	bool		 any = false;

	for (family = 0; family < LISTEN_FAMILIES; family++)
		for (i = 0; i < SERVERS_MOST; i++) {
			if (!l->given[family][i])
				continue;
			ls->told[i].sockets = false;
			l->given[family][i] = false;
			any = true;
		}
	return any;
}

/*
 * Take from CONF how clients are spread.  True if that differs: only new
 * sockets can be told, since the parent keeps none.
 */
static bool
set_spread(struct listeners *ls, const struct config *conf)
{
	struct spread	 old = ls->spread;
	bool		 shared = ls->shared;

	ls->spread.sockets = conf->workers;
	ls->spread.bits4 = conf->ratelimit.prefix4;
	ls->spread.bits6 = conf->ratelimit.prefix6;
	ls->shared = conf->workers > 1 || config_has_overlap(conf);
	if (ls->shared != shared)
		return true;
	if (old.sockets == 1 && conf->workers == 1)
		return false;
	return old.sockets != ls->spread.sockets ||
	    old.bits4 != ls->spread.bits4 || old.bits6 != ls->spread.bits6;
}

/* Be one of the N listeners of OLD, if one listens on what L does. */
static void
take_over(struct listener *l, struct listener *old, size_t n)
{
	size_t		 i;

	for (i = 0; i < n; i++) {
		if (old[i].id == 0 || !config_same_place(&old[i].conf,
		    &l->conf))
			continue;
		*l = old[i];
		old[i].id = 0;
		return;
	}
}

/*
 * What is left of the N listeners of OLD is to be closed.  If SHARED, new
 * sockets can have the same ports at once, else only when that is done.
 */
static void
close_old(struct listeners *ls, struct listener *old, size_t n, bool shared)
{
	struct instant	 now = instant_now();
	bool		 any = false;
	size_t		 i;

	ls->retry = NOW;
	for (i = 0; i < n; i++)
		if (old[i].id != 0)
			any |= take_back(ls, &old[i]);
	if (any && !shared)
		ls->retry = instant_add(now, CLOSING);
	/* Servers that have no channel any more close theirs, too. */
	if (n > 0)
		ls->closing = instant_add(now, CLOSING_MOST);
}

void
listeners_configure(struct listeners *ls, const struct config *conf)
{
	struct listener	 old[CONFIG_MAX_LISTENERS], *l;
	size_t		 nold = ls->n, i;
	bool		 shared = ls->shared;
	bool		 differs = set_spread(ls, conf) ||
			    conf->xleave != ls->xleave;

	memcpy(old, ls->list, sizeof(old));
	memset(ls->list, 0, sizeof(ls->list));
	ls->n = 0;
	for (i = 0; i < conf->nlisteners; i++) {
		if (config_is_covered(conf, &conf->listeners[i]))
			continue;
		l = &ls->list[ls->n++];
		l->conf = conf->listeners[i];
		l->id = ls->next_id;
		ls->next_id += LISTEN_FAMILIES;
		if (!differs)
			take_over(l, old, nold);
	}
	ls->xleave = conf->xleave;
	close_old(ls, old, nold, shared && ls->shared);
	for (i = 0; i < SERVERS_MOST; i++)
		tell_configuration(&ls->told[i]);
}

/* Tell server I which sockets it is to keep.  False if that is not possible. */
static bool
tell_sockets(struct listeners *ls, size_t i, struct channel *server)
{
	struct server_sockets keep = { .n = 0 };
	struct listener	*l;
	unsigned	 family;

	for (l = ls->list; l < ls->list + ls->n; l++)
		for (family = 0; family < LISTEN_FAMILIES; family++)
			if (l->given[family][i])
				keep.ids[keep.n++] = l->id + family;
	ls->told[i].sockets = channel_send(server, MSG_SERVER_KEEP, 0, -1,
	    &keep);
	return ls->told[i].sockets;
}

void
listeners_tell(struct listeners *ls, const struct config *conf,
    struct child *servers, size_t n, struct instant now)
{
	struct told	*told = ls->told;
	bool		 ready, complete;
	size_t		 i;

	for (i = 0; i < n; i++, told++) {
		if (!servers[i].channel.open)
			continue;
		ready = told->ready;
		complete = tell_run(told, &servers[i].channel, conf) &&
		    (told->sockets || tell_sockets(ls, i,
		    &servers[i].channel));
		if (!complete)
			ls->retry = instant_min(ls->retry,
			    instant_add(now, LISTEN_RETRY));
		if (told->ready && !ready)
			ls->retry = NOW;
	}
}

void
listeners_taken(struct listeners *ls, size_t i, uint32_t id)
{
	if (i >= SERVERS_MOST || ls->told[i].awaited != id)
		return;
	ls->told[i].awaited = 0;
	ls->retry = NOW;
}

bool
listeners_any(const struct listeners *ls, size_t n)
{
	const struct listener *l;
	unsigned	 family;
	size_t		 i;

	for (l = ls->list; l < ls->list + ls->n; l++)
		for (family = 0; family < LISTEN_FAMILIES; family++)
			for (i = 0; i < n; i++)
				if (l->given[family][i])
					return true;
	return false;
}

void
listeners_forget(struct listeners *ls, size_t i)
{
	struct listener	*l;
	unsigned	 family;

	for (l = ls->list; l < ls->list + ls->n; l++)
		for (family = 0; family < LISTEN_FAMILIES; family++)
			l->given[family][i] = false;
	tell_anew(&ls->told[i]);
	ls->retry = NOW;
}

/*
 * Close what is bound to an interface that is not L's any more.  False if it
 * could not be looked for: all is left as it was.
 */
static bool
follow_interface(struct listeners *ls, struct listener *l)
{
	unsigned	 ifindex = if_nametoindex(l->conf.interface);
	char		 name[OFFER_NAME_LEN];

	if (ifindex == 0 && errno != ENODEV)
		return false;
	if (ifindex != l->ifindex) {
		(void)take_back(ls, l);
		l->told = false;
	}
	if (ifindex == 0 && !l->missing)
		log_info("interface %s is %s: will listen on %s when it is "
		    "there", l->conf.interface, l->ifindex != 0 ? "gone" :
		    "not there yet", l->conf.kind == LISTEN_INTERFACE ? "it" :
		    offer_name(&l->conf, name));
	l->missing = ifindex == 0;
	l->ifindex = ifindex;
	return true;
}

/* Have all SERVERS listen on L.  False if it is to be tried again. */
static bool
update(struct listeners *ls, struct listener *l, struct child *servers,
    size_t n)
{
	char		 name[OFFER_NAME_LEN];
	const struct config_listener conf = offer_place(l);
	bool		 complete = true, has = false;
	unsigned	 family;

	for (family = 0; family < LISTEN_FAMILIES; family++) {
		if (!offer_wants(&l->conf, family))
			continue;
		complete &= give_all(ls, l, family, servers, n);
		has |= l->given[family][0];
	}
	if (!has || l->told)
		return complete;
	l->told = true;
	offer_name(&l->conf, name);
	if (conf.kind == LISTEN_ADDRESS && !socket_is_here(&conf.addr))
		log_warnx("this machine does not have the address %s yet: "
		    "will answer there when it has", name);
	else
		log_info("listening on %s", name);
	return complete;
}

void
listeners_update(struct listeners *ls, struct child *servers, size_t n,
    struct instant now)
{
	struct listener	*l, *end = ls->list + ls->n;
	bool		 again = false;

	if (instant_before(now, ls->retry))
		return;
	for (l = ls->list; l < end; l++) {
		if (l->conf.interface[0] != '\0' && !follow_interface(ls, l))
			again = true;
		offer_look(ls, l, 0);
		offer_look(ls, l, 1);
	}
	for (l = ls->list; l < end; l++)
		if ((l->conf.interface[0] == '\0' || l->ifindex != 0) &&
		    !update(ls, l, servers, n))
			again = true;
	ls->retry = INSTANT_NEVER;
	if (again)
		ls->retry = instant_add(now, instant_before(now, ls->closing) ?
		    CLOSING : LISTEN_RETRY);
}

void
listeners_follow(struct listeners *ls)
{
	ls->retry = NOW;
}
