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
#include "ntpd/parent/socket.h"

#define RETRY_INTERVAL	10.0		/* s, of what did not work */
#define CLOSING		0.1		/* s, until workers have closed one */
#define CLOSING_MOST	2.0		/* s, if they are slow */
#define DESCRIBE_LEN	(ADDR_STRLEN + IF_NAMESIZE + 16)
#define NOW		((struct instant){ 0 })	/* at once */

static const struct {
	const char	*name;
	int		 socket;
	enum addr_family addr;
} families[LISTEN_FAMILIES] = {
	{ "IPv4", AF_INET, ADDR_IPV4 },
	{ "IPv6", AF_INET6, ADDR_IPV6 },
};

void
listeners_init(struct listeners *ls)
{
	memset(ls, 0, sizeof(*ls));
	ls->retry = INSTANT_NEVER;
	ls->next_id = 1;
	ls->spread.secret = arc4random();
}

/*
 * For the log: "eth0", "*", "192.0.2.1", "fe80::1%eth0", with the port if it
 * is not 123.  TEXT has DESCRIBE_LEN bytes.
 */
static const char *
describe(const struct config_listener *conf, char *text)
{
	const size_t	 size = DESCRIBE_LEN;
	char		 addr[ADDR_STRLEN];

	if (conf->kind == LISTEN_INTERFACE)
		strlcpy(text, conf->interface, size);
	else if (conf->kind == LISTEN_ANY)
		strlcpy(text, "*", size);
	else
		snprintf(text, size, "%s%s%s", addr_format(&conf->addr, addr),
		    conf->interface[0] != '\0' ? "%" : "", conf->interface);
	if (conf->port != NTP_PORT) {
		char	 port[16];

		snprintf(port, sizeof(port), " port %u", conf->port);
		strlcat(text, port, size);
	}
	return text;
}

/* Without it they are served all the same. */
static void
spread(struct listeners *ls, int fd, int family)
{
	if (ls->spread.workers == 1 || spread_attach(fd, family, &ls->spread))
		return;
	if (!ls->spread_failed)
		log_warn("cannot tell the kernel which worker gets which "
		    "client: every client may get to all of them");
	ls->spread_failed = true;
}

static bool
wants_family(const struct config_listener *conf, unsigned family)
{
	return conf->kind != LISTEN_ADDRESS ||
	    conf->addr.family == families[family].addr;
}

/* What L listens on now: an interface that it names has its number. */
static struct config_listener
present(const struct listener *l)
{
	struct config_listener conf = l->conf;

	if (conf.kind == LISTEN_ADDRESS && conf.interface[0] != '\0')
		conf.addr.scope = l->ifindex;
	return conf;
}

static struct socket_use
use_of(const struct listeners *ls, const struct listener *l)
{
	return (struct socket_use){
		.bound = socket_is_bound(&l->conf), .shared = ls->shared,
		.xleave = ls->xleave
	};
}

/* Has a worker a socket of FAMILY at L's port? */
static bool
is_our_port(const struct listeners *ls, const struct listener *l,
    unsigned family)
{
	const struct listener *o;
	size_t		 i;

	for (o = ls->list; o < ls->list + ls->n; o++)
		for (i = 0; i < CONFIG_MAX_WORKERS; i++)
			if (o->conf.port == l->conf.port && o->given[family][i])
				return true;
	return false;
}

/*
 * Who shares ports shares them with everybody of the same user: with another
 * daemon, too, which would get a part of the clients.  So see first whether a
 * socket that does not share can be had.  While ours are there, or were until
 * just now, that cannot be found out.
 */
static void
look_for_others(struct listeners *ls, struct listener *l, unsigned family)
{
	const struct config_listener conf = present(l);
	struct socket_use alone = use_of(ls, l);
	int		 fd;

	l->taken[family] = false;
	if (!ls->shared || !wants_family(&l->conf, family) ||
	    instant_before(instant_now(), ls->closing) ||
	    is_our_port(ls, l, family))
		return;
	alone.shared = false;
	fd = socket_open(&conf, families[family].socket, &alone);
	l->taken[family] = fd == -1 && errno == EADDRINUSE;
	if (fd != -1)
		close(fd);
}

/* Open L's socket of FAMILY for worker I and send it.  False to try again. */
static bool
give(struct listeners *ls, struct listener *l, unsigned family,
    struct channel *worker, struct told *told)
{
	const struct config_listener conf = present(l);
	struct socket_use use = use_of(ls, l);
	struct server_socket payload = {
		.family = families[family].addr, .xleave = use.xleave,
		.bound = use.bound
	};
	char		 name[DESCRIBE_LEN];
	int		 fd;

	errno = EADDRINUSE;
	fd = l->taken[family] ? -1 :
	    socket_open(&conf, families[family].socket, &use);
	if (fd != -1) {
		spread(ls, fd, families[family].socket);
		if (!channel_send(worker, MSG_SERVER_LISTEN, l->id + family,
		    fd, &payload))
			return false;
		told->awaited = l->id + family;
		return true;
	}
	/* Who asks for all addresses does not mind that a family has none. */
	if (errno == EAFNOSUPPORT && l->conf.kind != LISTEN_ADDRESS)
		return true;
	/* It is most likely one of ours that is in the way. */
	if (errno == EADDRINUSE && instant_before(instant_now(), ls->closing))
		return false;
	if (!l->failed[family])
		log_warn("cannot listen on %s (%s), trying again every %.0f s",
		    describe(&l->conf, name),
		    families[family].name, RETRY_INTERVAL);
	l->failed[family] = true;
	return false;
}

/*
 * See to it that all WORKERS have L's socket of FAMILY.  False to try again.  A
 * worker gets the next one when it has taken the last: descriptors on their way
 * are counted, for all of the user's programs together.
 */
static bool
give_all(struct listeners *ls, struct listener *l, unsigned family,
    struct child *workers, size_t n)
{
	char		 name[DESCRIBE_LEN];
	bool		 complete = true, all = true;
	size_t		 i;

	for (i = 0; i < n; i++) {
		if (!workers[i].channel.open || l->given[family][i])
			continue;
		all = false;
		if (!ls->told[i].ready || ls->told[i].awaited != 0)
			continue;
		l->given[family][i] = give(ls, l, family, &workers[i].channel,
		    &ls->told[i]);
		complete = complete && l->given[family][i];
	}
	if (all && l->failed[family]) {
		l->failed[family] = false;
		l->told = true;
		log_info("now listening on %s (%s)",
		    describe(&l->conf, name),
		    families[family].name);
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
		for (i = 0; i < CONFIG_MAX_WORKERS; i++) {
			if (!l->given[family][i])
				continue;
			ls->told[i].sockets = false;
			l->given[family][i] = false;
			any = true;
		}
	return any;
}

/* Does A, at the same port, listen on every address that B does? */
static bool
covers(const struct config_listener *a, const struct config_listener *b)
{
	if (a->port != b->port)
		return false;
	if (a->kind == LISTEN_ANY)
		return b->kind != LISTEN_ANY;
	return a->kind == LISTEN_ADDRESS && b->kind == LISTEN_ADDRESS &&
	    a->addr.family == b->addr.family && addr_is_any(&a->addr) &&
	    !addr_is_any(&b->addr);
}

/* Does another statement listen on all that L does? */
static bool
is_covered(const struct config *conf, const struct config_listener *l)
{
	size_t		 i;

	for (i = 0; i < conf->nlisteners; i++)
		if (covers(&conf->listeners[i], l))
			return true;
	return false;
}

/*
 * Do an interface and an address have a port in common?  For the kernel their
 * sockets are in each other's way, unless both say that they share it; what
 * both could have goes to the address's.
 */
static bool
has_overlap(const struct config *conf)
{
	const struct config_listener *a, *b, *end;

	end = conf->listeners + conf->nlisteners;
	for (a = conf->listeners; a < end; a++)
		for (b = conf->listeners; b < end; b++)
			if (a->kind == LISTEN_INTERFACE &&
			    b->kind == LISTEN_ADDRESS && a->port == b->port &&
			    !is_covered(conf, a))
				return true;
	return false;
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

	ls->spread.workers = conf->workers;
	ls->spread.bits4 = conf->ratelimit.prefix4;
	ls->spread.bits6 = conf->ratelimit.prefix6;
	ls->shared = conf->workers > 1 || has_overlap(conf);
	if (ls->shared != shared)
		return true;
	if (old.workers == 1 && conf->workers == 1)
		return false;
	return old.workers != ls->spread.workers ||
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
	/* Workers that have no channel any more close theirs, too. */
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
		if (is_covered(conf, &conf->listeners[i]))
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
	for (i = 0; i < CONFIG_MAX_WORKERS; i++)
		tell_configuration(&ls->told[i]);
}

/* Tell worker I which sockets it is to keep.  False if that is not possible. */
static bool
tell_sockets(struct listeners *ls, size_t i, struct channel *worker)
{
	struct server_sockets keep = { .n = 0 };
	struct listener	*l;
	unsigned	 family;

	for (l = ls->list; l < ls->list + ls->n; l++)
		for (family = 0; family < LISTEN_FAMILIES; family++)
			if (l->given[family][i])
				keep.ids[keep.n++] = l->id + family;
	ls->told[i].sockets = channel_send(worker, MSG_SERVER_KEEP, 0, -1,
	    &keep);
	return ls->told[i].sockets;
}

void
listeners_tell(struct listeners *ls, const struct config *conf,
    struct child *workers, size_t n, struct instant now)
{
	struct told	*told = ls->told;
	bool		 ready, complete;
	size_t		 i;

	for (i = 0; i < n; i++, told++) {
		if (!workers[i].channel.open)
			continue;
		ready = told->ready;
		complete = tell_run(told, &workers[i].channel, conf) &&
		    (told->sockets || tell_sockets(ls, i,
		    &workers[i].channel));
		if (!complete)
			ls->retry = instant_min(ls->retry,
			    instant_add(now, RETRY_INTERVAL));
		if (told->ready && !ready)
			ls->retry = NOW;
	}
}

void
listeners_taken(struct listeners *ls, size_t i, uint32_t id)
{
	if (i >= CONFIG_MAX_WORKERS || ls->told[i].awaited != id)
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
	char		 name[DESCRIBE_LEN];

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
		    describe(&l->conf, name));
	l->missing = ifindex == 0;
	l->ifindex = ifindex;
	return true;
}

/* Have all WORKERS listen on L.  False if it is to be tried again. */
static bool
update(struct listeners *ls, struct listener *l, struct child *workers,
    size_t n)
{
	char		 name[DESCRIBE_LEN];
	const struct config_listener conf = present(l);
	bool		 complete = true, has = false;
	unsigned	 family;

	for (family = 0; family < LISTEN_FAMILIES; family++) {
		if (!wants_family(&l->conf, family))
			continue;
		complete &= give_all(ls, l, family, workers, n);
		has |= l->given[family][0];
	}
	if (!has || l->told)
		return complete;
	l->told = true;
	describe(&l->conf, name);
	if (conf.kind == LISTEN_ADDRESS && !socket_is_here(&conf.addr))
		log_warnx("this machine does not have the address %s yet: "
		    "will answer there when it has", name);
	else
		log_info("listening on %s", name);
	return complete;
}

void
listeners_update(struct listeners *ls, struct child *workers, size_t n,
    struct instant now)
{
	struct listener	*l, *end = ls->list + ls->n;
	bool		 again = false;

	if (instant_before(now, ls->retry))
		return;
	for (l = ls->list; l < end; l++) {
		if (l->conf.interface[0] != '\0' && !follow_interface(ls, l))
			again = true;
		look_for_others(ls, l, 0);
		look_for_others(ls, l, 1);
	}
	for (l = ls->list; l < end; l++)
		if ((l->conf.interface[0] == '\0' || l->ifindex != 0) &&
		    !update(ls, l, workers, n))
			again = true;
	ls->retry = INSTANT_NEVER;
	if (again)
		ls->retry = instant_add(now, instant_before(now, ls->closing) ?
		    CLOSING : RETRY_INTERVAL);
}

void
listeners_follow(struct listeners *ls)
{
	ls->retry = NOW;
}
