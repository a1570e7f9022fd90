/*
 * This machine's network interfaces and addresses, as they come and go.
 */
#ifndef NTPD_BINDER_LINKS_H
#define NTPD_BINDER_LINKS_H

#include <stdbool.h>

#include "common/instant.h"
#include "ntpd/payloads.h"

struct links {
	int		 netlink;	/* tells of changes; -1: it does not */
	struct instant	 look;		/* when to see what has changed */
};

/*
 * Have the kernel tell when an interface or an IPv6 address comes or goes.
 * If it will not, everything is looked at again every LINKS_INTERVAL.
 */
void	 links_open(struct links *l);

#define LINKS_INTERVAL	10.0		/* s */

/*
 * l->netlink has something: take it.  l->look is set then, so that many
 * changes in quick succession are looked at once.
 */
void	 links_read(struct links *l, struct instant now);

/* Is it time to look?  l->look is set to the next time, if there is one. */
bool	 links_due(struct links *l, struct instant now);

/*
 * Fill *OWN with the reference ids by which those know this machine that ask
 * it by IPv6.  False with errno, *OWN undefined, if the kernel does not tell.
 */
bool	 links_own_refids(struct own_refids *own);

#endif
