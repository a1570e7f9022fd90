/*
 * One socket of a listen statement: opened for a server, and sent to it.
 */
#include <sys/socket.h>

#include <bsd/string.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/binder/offer.h"
#include "ntpd/binder/socket.h"

const struct offer_family offer_families[LISTEN_FAMILIES] = {
	{ "IPv4", AF_INET, ADDR_IPV4 },
	{ "IPv6", AF_INET6, ADDR_IPV6 },
};

const char *
offer_name(const struct config_listener *conf, char *text)
{
	const size_t	 size = OFFER_NAME_LEN;
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
	if (ls->spread.sockets == 1 || reuseport_spread(fd, family,
	    &ls->spread))
		return;
	if (!ls->spread_failed)
		log_warn("cannot tell the kernel which server "
		    "process gets which client: a client may get to all");
	ls->spread_failed = true;
}

bool
offer_wants(const struct config_listener *conf, unsigned family)
{
	return conf->kind != LISTEN_ADDRESS ||
	    conf->addr.family == offer_families[family].addr;
}

struct config_listener
offer_place(const struct config_listener *conf, unsigned ifindex)
{
	struct config_listener place = *conf;

	if (conf->kind == LISTEN_ADDRESS && conf->interface[0] != '\0')
		place.addr.scope = ifindex;
	return place;
}

static struct socket_use
use_of(const struct listeners *ls, const struct listener *l)
{
	return (struct socket_use){
		.bound = socket_is_bound(&l->conf), .shared = ls->shared,
		.xleave = ls->xleave
	};
}

/* Has a server a socket of FAMILY at L's port? */
static bool
is_our_port(const struct listeners *ls, const struct listener *l,
    unsigned family)
{
	const struct listener *o;
	size_t		 i;

	for (o = ls->list; o < ls->list + ls->n; o++)
		for (i = 0; i < SERVERS_MOST; i++)
			if (o->conf.port == l->conf.port && o->given[family][i])
				return true;
	return false;
}

/* May a server have one there that it has not closed yet? */
static bool
was_our_port(const struct listeners *ls, const struct listener *l,
    unsigned family)
{
	size_t		 i;

	for (i = 0; i < ls->nold[family]; i++)
		if (ls->old[family][i] == l->conf.port)
			return instant_before(instant_now(), ls->closing);
	return false;
}

void
offer_look(struct listeners *ls, struct listener *l, unsigned family)
{
	const struct config_listener conf = offer_place(&l->conf,
	    l->ifindex);
	struct socket_use alone = use_of(ls, l);
	int		 fd;

	l->taken[family] = false;
	if (!ls->shared || !offer_wants(&l->conf, family) ||
	    is_our_port(ls, l, family) || was_our_port(ls, l, family))
		return;
	alone.shared = false;
	fd = socket_open(&conf, offer_families[family].socket, &alone);
	l->taken[family] = fd == -1 && errno == EADDRINUSE;
	if (fd != -1)
		close(fd);
}

bool
offer(struct listeners *ls, struct listener *l, unsigned family,
    struct served *server)
{
	const struct config_listener conf = offer_place(&l->conf,
	    l->ifindex);
	struct socket_use use = use_of(ls, l);
	struct server_socket payload = {
		.family = offer_families[family].addr, .xleave = use.xleave,
		.bound = use.bound
	};
	char		 name[OFFER_NAME_LEN];
	int		 fd;

	errno = EADDRINUSE;
	fd = l->taken[family] ? -1 :
	    socket_open(&conf, offer_families[family].socket, &use);
	if (fd != -1) {
		spread(ls, fd, offer_families[family].socket);
		if (!channel_send(&server->channel, MSG_SERVER_LISTEN,
		    l->id + family, fd, &payload))
			return false;
		server->awaited = l->id + family;
		return true;
	}
	/* Of all addresses, those of a family may be missing. */
	if (errno == EAFNOSUPPORT && l->conf.kind != LISTEN_ADDRESS)
		return true;
	/* It is most likely one of ours that is in the way. */
	if (errno == EADDRINUSE && instant_before(instant_now(), ls->closing))
		return false;
	if (!l->failed[family])
		log_warn("cannot listen on %s (%s), trying again every %.0f s",
		    offer_name(&l->conf, name),
		    offer_families[family].name, LISTEN_RETRY);
	l->failed[family] = true;
	return false;
}
