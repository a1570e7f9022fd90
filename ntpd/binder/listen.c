/*
 * Which sockets are to be open, and following interfaces that come and go.
 *
 * "listen on eth0" is a socket for any address, bound to the device: it has
 * whatever addresses the interface has or gets.  When the interface goes and
 * comes back it has another index, and its old sockets are dead.
 */
#include <sys/socket.h>

#include <bsd/stdlib.h>
#include <errno.h>
#include <string.h>

#include "common/here.h"
#include "common/link.h"
#include "common/log.h"
#include "ntpd/binder/listen.h"
#include "ntpd/binder/offer.h"

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
 * See to it that all servers have L's socket of FAMILY.  False to try again.  A
 * server gets the next one when it has taken the last: descriptors on their way
 * are counted, for all of the user's programs together.
 */
static bool
give_all(struct listeners *ls, struct listener *l, unsigned family)
{
	char		 name[OFFER_NAME_LEN];
	bool		 complete = true, all = true;
	struct served	*server;
	size_t		 i;

	for (i = 0; i < SERVERS_MOST; i++) {
		server = &ls->servers[i];
		if (!server->channel.open || l->given[family][i])
			continue;
		all = false;
		if (server->awaited != 0)
			continue;
		l->given[family][i] = offer(ls, l, family, server);
		complete = complete && l->given[family][i];
	}
	if (all && l->failed[family]) {
		l->failed[family] = false;
		l->told = true;
		log_info("now listening on %s (%s)",
		    offer_name(&l->conf, name), offer_families[family].name);
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
			ls->servers[i].told = false;
			l->given[family][i] = false;
			any = true;
		}
	return any;
}

/*
 * Take from SETUP how clients are spread.  True if that differs: only new
 * sockets can be told, since none are kept here.
 */
static bool
set_spread(struct listeners *ls, const struct binder_setup *setup)
{
	struct spread	 old = ls->spread;
	bool		 shared = ls->shared;

	ls->spread.sockets = setup->servers;
	ls->spread.bits4 = setup->prefix4;
	ls->spread.bits6 = setup->prefix6;
	ls->shared = setup->servers > 1 || setup->overlaps;
	if (ls->shared != shared)
		return true;
	if (old.sockets == 1 && setup->servers == 1)
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

/* Has any server L's socket of FAMILY? */
static bool
is_given(const struct listener *l, unsigned family)
{
	size_t		 i;

	for (i = 0; i < SERVERS_MOST; i++)
		if (l->given[family][i])
			return true;
	return false;
}

/* Remember on which ports the N listeners of OLD have sockets. */
static void
remember_ports(struct listeners *ls, const struct listener *old, size_t n)
{
	unsigned	 family;
	size_t		 i;

	for (family = 0; family < LISTEN_FAMILIES; family++) {
		ls->nold[family] = 0;
		for (i = 0; i < n; i++)
			if (is_given(&old[i], family))
				ls->old[family][ls->nold[family]++] =
				    old[i].conf.port;
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
listeners_configure(struct listeners *ls, const struct binder_setup *setup)
{
	struct listener	 old[CONFIG_MAX_LISTENERS], *l;
	size_t		 nold = ls->n, i;
	bool		 shared = ls->shared;
	bool		 xleave = setup->xleave != 0;
	bool		 differs = set_spread(ls, setup) ||
			    xleave != ls->xleave;

	memcpy(old, ls->list, sizeof(old));
	remember_ports(ls, old, nold);
	memset(ls->list, 0, sizeof(ls->list));
	ls->n = 0;
	for (i = 0; i < setup->nlisteners; i++) {
		l = &ls->list[ls->n++];
		l->conf = setup->listeners[i];
		l->id = ls->next_id;
		ls->next_id += LISTEN_FAMILIES;
		if (!differs)
			take_over(l, old, nold);
	}
	ls->xleave = xleave;
	close_old(ls, old, nold, shared && ls->shared);
}

/* Tell server I which sockets it is to keep.  False if that is not possible. */
static bool
tell(struct listeners *ls, size_t i)
{
	struct server_sockets keep = { .n = 0 };
	struct listener	*l;
	unsigned	 family;

	for (l = ls->list; l < ls->list + ls->n; l++)
		for (family = 0; family < LISTEN_FAMILIES; family++)
			if (l->given[family][i])
				keep.ids[keep.n++] = l->id + family;
	ls->servers[i].told = channel_send(&ls->servers[i].channel,
	    MSG_SERVER_KEEP, 0, -1, &keep);
	return ls->servers[i].told;
}

static void
tell_all(struct listeners *ls, struct instant now)
{
	size_t		 i;

	for (i = 0; i < SERVERS_MOST; i++)
		if (ls->servers[i].channel.open && !ls->servers[i].told &&
		    !tell(ls, i))
			ls->retry = instant_min(ls->retry,
			    instant_add(now, LISTEN_RETRY));
}

void
listeners_taken(struct listeners *ls, const struct channel *ch, uint32_t id)
{
	struct served	*server;

	for (server = ls->servers; server < ls->servers + SERVERS_MOST;
	    server++) {
		if (&server->channel != ch || server->awaited != id)
			continue;
		server->awaited = 0;
		ls->retry = NOW;
	}
}

bool
listeners_any(const struct listeners *ls)
{
	const struct listener *l;
	unsigned	 family;

	for (l = ls->list; l < ls->list + ls->n; l++)
		for (family = 0; family < LISTEN_FAMILIES; family++)
			if (is_given(l, family))
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
	ls->servers[i].told = true;	/* there is nothing to close */
	ls->servers[i].awaited = 0;
	ls->retry = NOW;
}

/*
 * Close what is bound to an interface that is not L's any more.  False if it
 * could not be looked for: all is left as it was.
 */
static bool
follow_interface(struct listeners *ls, struct listener *l)
{
	unsigned	 ifindex = link_number(l->conf.interface);
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

/* Have all servers listen on L.  False if it is to be tried again. */
static bool
update(struct listeners *ls, struct listener *l)
{
	char		 name[OFFER_NAME_LEN];
	const struct config_listener conf = offer_place(&l->conf,
	    l->ifindex);
	bool		 complete = true, has = false;
	unsigned	 family;

	for (family = 0; family < LISTEN_FAMILIES; family++) {
		if (!offer_wants(&l->conf, family))
			continue;
		complete &= give_all(ls, l, family);
		has |= l->given[family][0];
	}
	if (!has || l->told)
		return complete;
	l->told = true;
	offer_name(&l->conf, name);
	if (conf.kind == LISTEN_ADDRESS && !here_has_address(&conf.addr))
		log_warnx("this machine does not have the address %s yet: "
		    "will answer there when it has", name);
	else
		log_info("listening on %s", name);
	return complete;
}

void
listeners_update(struct listeners *ls, struct instant now)
{
	struct listener	*l, *end = ls->list + ls->n;
	bool		 again = false;

	tell_all(ls, now);
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
		    !update(ls, l))
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
