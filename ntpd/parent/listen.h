/*
 * The sockets that the server processes answer on.  The parent opens them,
 * because port 123 takes a privilege, and passes them on; it never reads
 * from one.
 */
#ifndef NTPD_PARENT_LISTEN_H
#define NTPD_PARENT_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/instant.h"
#include "ntpd/config.h"
#include "ntpd/parent/reuseport.h"
#include "ntpd/parent/tell.h"
#include "ntpd/parent/children.h"

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

struct listeners {
	struct listener	 list[CONFIG_MAX_LISTENERS];
	size_t		 n;
	struct told	 told[SERVERS_MOST];
	uint32_t	 next_id;	/* not 0 */
	struct spread	 spread;	/* of clients over servers */
	bool		 spread_failed;	/* logged */
	bool		 shared;	/* ports, by several sockets */
	bool		 xleave;	/* interleaved mode, too */
	struct instant	 retry;		/* when there is something to do */
	struct instant	 closing;	/* until then old ones may be open */
};

void	 listeners_init(struct listeners *ls);

/*
 * Take over the listen statements of CONF; those that were there before keep
 * their sockets, if clients are spread over servers and served as before and
 * ports are shared as before.  The others are to be closed, and all
 * servers to be told of CONF: listeners_tell() does it.
 */
void	 listeners_configure(struct listeners *ls, const struct config *conf);

/*
 * Tell the N SERVERS what has changed, whom to answer by CONF and what to
 * close, as far as they have time for it.  To be called each turn.
 */
void	 listeners_tell(struct listeners *ls, const struct config *conf,
	    struct child *servers, size_t n, struct instant now);

/* Server I says that it has taken socket ID. */
void	 listeners_taken(struct listeners *ls, size_t i, uint32_t id);

/* Is a socket open, with any of N servers? */
bool	 listeners_any(const struct listeners *ls, size_t n);

/* Server I has just started (or ended): it has no sockets. */
void	 listeners_forget(struct listeners *ls, size_t i);

/*
 * Once ls->retry has come, open what is to be open and is not, and give it to
 * the SERVERS that lack it; have what has lost its interface closed.  What
 * does not open is tried again after a while.  The functions around here set
 * ls->retry when there is news.
 */
void	 listeners_update(struct listeners *ls, struct child *servers,
	    size_t n, struct instant now);

/* Interfaces may have come or gone: see what is to be done about it. */
void	 listeners_follow(struct listeners *ls);

#endif
