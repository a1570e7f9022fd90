/*
 * One socket of a listen statement.  Which ones there are to be, and when, is
 * listen.h's; a family is a number below LISTEN_FAMILIES.
 */
#ifndef NTPD_BINDER_OFFER_H
#define NTPD_BINDER_OFFER_H

#include <net/if.h>

#include "ntpd/binder/listen.h"

#define OFFER_NAME_LEN	(ADDR_STRLEN + IF_NAMESIZE + 16)

/* What a family is called in the log, by the kernel and in an address. */
struct offer_family {
	const char	*name;
	int		 socket;
	enum addr_family addr;
};

extern const struct offer_family offer_families[LISTEN_FAMILIES];

/*
 * For the log: "eth0", "*", "192.0.2.1", "fe80::1%eth0", with the port if it
 * is not 123.  TEXT, which is returned, has OFFER_NAME_LEN bytes.
 */
const char *offer_name(const struct config_listener *conf, char *text);

/* Is there to be a socket of FAMILY? */
bool	 offer_wants(const struct config_listener *conf, unsigned family);

/* CONF as it is now: the interface that it names, if any, has IFINDEX. */
struct config_listener offer_place(const struct config_listener *conf,
	    unsigned ifindex);

/*
 * Find out whether another program has L's place of FAMILY: l->taken.  A
 * socket that shares its port shares it with all programs of the same user.
 * Another daemon would get a part of the clients.  So a socket that does not
 * share is tried first.  That cannot work while our own sockets are there, or
 * were until just now.
 */
void	 offer_look(struct listeners *ls, struct listener *l, unsigned family);

/*
 * Open L's socket of FAMILY for SERVER, and send it.  False to try again; the
 * first time why is logged.
 */
bool	 offer(struct listeners *ls, struct listener *l, unsigned family,
	    struct served *server);

#endif
