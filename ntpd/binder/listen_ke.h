/*
 * The TCP sockets where ke agrees on NTS keys: port 4460 wherever clients are
 * answered.
 */
#ifndef NTPD_BINDER_LISTEN_KE_H
#define NTPD_BINDER_LISTEN_KE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/instant.h"
#include "ntpd/binder/listen.h"

struct ke_place {
	struct config_listener conf;	/* its port is that of NTP */
	unsigned	 ifindex;	/* of its interface, if it has one */
	bool		 given[LISTEN_FAMILIES];
	bool		 failed[LISTEN_FAMILIES];	/* to open; logged */
};

struct ke_places {
	struct channel	 channel;	/* to ke */
	struct ke_place	 list[CONFIG_MAX_LISTENERS];
	size_t		 n;
	bool		 closed;	/* it knows that old ones are to go */
	struct instant	 retry;		/* when there is something to do */
};

/*
 * Listen where SETUP says.  If that is somewhere else than before, all sockets
 * are opened anew.
 */
void	 ke_places_configure(struct ke_places *kp,
	    const struct binder_setup *setup);

/* Interfaces may have come or gone: those that have are others now. */
void	 ke_places_follow(struct ke_places *kp);

/* Ke is another one: open all anew. */
void	 ke_places_forget(struct ke_places *kp);

/* Once kp->retry has come, open what is to be open, and give it to ke. */
void	 ke_places_update(struct ke_places *kp, struct instant now);

#endif
