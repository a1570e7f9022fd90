/*
 * The sockets that the server processes answer on.  They are opened here,
 * because port 123 takes a privilege, and passed on, never read from.
 */
#ifndef NTPD_BINDER_LISTEN_H
#define NTPD_BINDER_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/instant.h"
#include "ntpd/binder/reuseport.h"
#include "ntpd/channel.h"
#include "ntpd/config_shared.h"

/* One socket for each: IPv4, IPv6. */
#define LISTEN_FAMILIES	2

/* What did not work is tried again after so long, s. */
#define LISTEN_RETRY	10.0

/* A listen statement, while the daemon runs. */
struct listener {
	struct config_listener conf;
	unsigned	 ifindex;	/* of its interface; 0: not there */
	uint32_t	 id;		/* of its sockets: id + family */
	bool		 missing;	/* its interface; logged */
	bool		 told;		/* logged: it is listened on */
	bool		 failed[LISTEN_FAMILIES];	/* to open; logged */
	bool		 taken[LISTEN_FAMILIES];	/* by another program */
	bool		 given[LISTEN_FAMILIES][SERVERS_MOST];
};

/* A server, and what it was told. */
struct served {
	struct channel	 channel;
	bool		 told;		/* which sockets it is to keep */
	uint32_t	 awaited;	/* socket, not taken yet; 0: none */
};

struct listeners {
	struct listener	 list[CONFIG_MAX_LISTENERS];
	size_t		 n;
	struct served	 servers[SERVERS_MOST];
	uint32_t	 next_id;	/* not 0 */
	struct spread	 spread;	/* of clients over servers */
	bool		 spread_failed;	/* logged */
	bool		 shared;	/* ports, by several sockets */
	bool		 xleave;	/* interleaved mode, too */
	struct instant	 retry;		/* when there is something to do */
	struct instant	 closing;	/* until then old ones may be open */
	uint16_t	 old[LISTEN_FAMILIES][CONFIG_MAX_LISTENERS]; /* ports */
	size_t		 nold[LISTEN_FAMILIES];	/* ... of these */
};

void	 listeners_init(struct listeners *ls);

/*
 * Take over the listen statements of SETUP; those that were there before keep
 * their sockets, if clients are spread over servers and served as before and
 * ports are shared as before.  The others are to be closed:
 * listeners_update() does it.
 */
void	 listeners_configure(struct listeners *ls,
	    const struct binder_setup *setup);

/* The server of CH says that it has taken socket ID. */
void	 listeners_taken(struct listeners *ls, const struct channel *ch,
	    uint32_t id);

/* Is a socket open, with any server? */
bool	 listeners_any(const struct listeners *ls);

/* Server I has just started (or ended): it has no sockets. */
void	 listeners_forget(struct listeners *ls, size_t i);

/*
 * Tell servers what to close, and once ls->retry has come, open what is to be
 * open and is not, and give it to those that lack it; have what has lost its
 * interface closed.  What does not open is tried again after a while.  The
 * functions around here set ls->retry when there is news.  To be called each
 * turn.
 */
void	 listeners_update(struct listeners *ls, struct instant now);

/* Interfaces may have come or gone: see what is to be done about it. */
void	 listeners_follow(struct listeners *ls);

#endif
