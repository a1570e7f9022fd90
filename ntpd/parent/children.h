/*
 * The parent's children: launcher, engine, resolver and servers; who is
 * replaced when it ends, and who takes the daemon down.
 */
#ifndef NTPD_PARENT_CHILDREN_H
#define NTPD_PARENT_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/loop.h"
#include "ntpd/config.h"
#include "ntpd/process.h"

/* When a stateless child is started again, and how patient we are by now. */
struct restart {
	struct instant	 at;		/* INSTANT_NEVER: it runs */
	struct instant	 started;
	double		 delay;		/* s, of the next time */
};

struct children {
	struct child_setup setup;	/* what every child is told first */
	struct channel	 launcher;
	struct channel	 engine;
	struct channel	 resolver;
	struct restart	 resolver_restart;
	struct channel	 servers[CONFIG_MAX_WORKERS];
	struct restart	 server_restart[CONFIG_MAX_WORKERS];
	size_t		 nservers;
	bool		 fatal;		/* launcher or engine ended: ... */
	enum process	 lost;		/* ... this one */
	bool		 engine_reported; /* and how it did is logged */
};

/* Start the launcher; the only fork of the parent. */
void		 children_init(struct children *c,
		    const struct child_setup *setup);

/* Start the engine and the resolver, and have them talk. */
void		 children_start(struct children *c);

/*
 * Have N servers; superfluous ones end, new ones start, now or, if that is
 * not possible, later.
 */
void		 children_set_servers(struct children *c, size_t n);

/* Before pollset_wait(). */
void		 children_poll(struct children *c, struct pollset *set);

/* After it: read and write, and hang up on who has. */
void		 children_transfer(struct children *c,
		    const struct pollset *set);

/*
 * When what they sent has been taken: who is gone gets a date for its
 * replacement.  Sets c->fatal when the daemon cannot go on.
 */
void		 children_check(struct children *c, struct instant now);

/*
 * Start again those whose time has come.  True if a server was: it needs its
 * sockets.  *WHICH is its number.
 */
bool		 children_restart(struct children *c, struct instant now,
		    size_t *which);

/* When the next one is to be started again. */
struct instant	 children_deadline(const struct children *c);

/* Log how children ended, as far as the launcher has reported it. */
void		 children_log_ends(struct children *c);

/*
 * If the engine is gone, wait a moment for the launcher's report of its end:
 * why a daemon ended is what its log is read for.
 */
void		 children_await_report(struct children *c);

/* Hang up on all of them: they end by themselves. */
void		 children_stop(struct children *c);

#endif
