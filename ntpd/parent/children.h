/*
 * The parent's children: who runs, who is replaced when it ends, and who takes
 * the daemon down.
 */
#ifndef NTPD_PARENT_CHILDREN_H
#define NTPD_PARENT_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/log.h"
#include "common/pollset.h"
#include "ntpd/channel.h"
#include "ntpd/parent/living.h"
#include "ntpd/parent/logpipe.h"

/* When a stateless child is started again, and how patient we are by now. */
struct restart {
	struct instant	 at;		/* INSTANT_NEVER: it runs */
	struct instant	 started;
	struct instant	 tell;		/* log that, at the latest */
	bool		 reported;	/* the launcher said how it ended */
	double		 delay;		/* s, of the next time */
	struct log_limit ends, starts;	/* of those lines */
};

struct child {
	enum process	 process;
	uint32_t	 instance;
	bool		 wanted;	/* it is to run */
	int32_t		 pid;		/* as the launcher says; 0: none */
	uint32_t	 restarts;	/* in place of one that ended */
	struct channel	 channel;
	struct logpipe	 log;
	struct restart	 restart;
	struct living	 living;
};

struct children {
	struct child_setup setup;	/* what every child is told first */
	struct child	 list[CHILDREN_MOST];	/* by process and instance */
	struct channel	*launcher;	/* of the list */
	int		 launcher_pidfd; /* readable when it ended; or -1 */
	int		 stamper_pidfd;	/* likewise */
	struct channel	*binder;
	struct channel	*engine;
	struct channel	*opener;
	struct channel	*stamper;
	struct child	*control;
	struct child	*resolver;
	struct child	*ke;
	struct child	*sensors;
	struct child	*servers;	/* the first nservers are wanted */
	size_t		 nservers;
	int		 control_fd;	/* it listens on; not closed here */
	double		 watchdog;	/* s, of the service manager; or 0 */
	bool		 fatal;		/* one that ends all has ended: ... */
	enum process	 lost;		/* ... this one */
	bool		 engine_reported; /* and how it did is logged */
};

/*
 * Start the launcher, by a fork of the parent.  CONTROL_FD is the socket that
 * control will listen on, the caller's to close.
 */
void		 children_init(struct children *c,
		    const struct child_setup *setup, int control_fd);

/* Start the opener likewise, before sensors, or the stamper. */
void		 children_fork(struct children *c, enum process process);

/* Start those that run from the start. */
void		 children_start(struct children *c);

/*
 * Have N children of PROCESS; superfluous ones end, new ones start, now or, if
 * that is not possible, later.
 */
void		 children_set(struct children *c, enum process process,
		    size_t n);

/* Start child INSTANCE of PROCESS, in the place of the one that may run. */
void		 children_begin(struct children *c, enum process process,
		    uint32_t instance);

/* It is not wanted any more. */
void		 children_end(struct children *c, enum process process,
		    uint32_t instance);

/* Before pollset_wait(). */
void		 children_poll(struct children *c, struct pollset *set);

/* After it: log, read and write, and hang up on who has. */
void		 children_transfer(struct children *c,
		    const struct pollset *set);

/*
 * When what they sent has been taken: who is gone gets a date for its
 * replacement.  Sets c->fatal when the daemon cannot go on.
 */
void		 children_check(struct children *c, struct instant now);

/*
 * CHILD does not answer any more: say so, and replace it; if it is the engine
 * or the launcher, the daemon cannot go on.
 */
void		 children_held_up(struct children *c, struct child *child);

/*
 * Start one more of PROCESS, which is one that ends by itself.  NULL if as many
 * run as may.
 */
struct child	*children_add(struct children *c, enum process process);

/* Have the launcher end CHILD, which is of no use any more; it is replaced. */
void		 children_kill(struct children *c, struct child *child);

/*
 * Start one of those again whose time has come.  It knows nothing yet but its
 * setup.  NULL if there is none left.
 */
struct child	*children_restart(struct children *c, struct instant now);

/* When the next one is to be started again. */
struct instant	 children_deadline(const struct children *c);

/* children_report.c */

#define REPORT_WAIT	0.5	/* s, for the launcher's last report; tuned */

/* Note what the launcher reports: that a child was started. */
void		 children_started(struct children *c,
		    const struct child_started *started);

/* Log how a child ended, as the launcher reports it. */
void		 children_log_end(struct children *c,
		    const struct child_ended *end);

/*
 * If the engine is gone, wait a moment for the launcher's report of its end:
 * why a daemon ended is what its log is read for.
 */
void		 children_await_report(struct children *c);

/* children.c */

/* Log what they have written, at the end. */
void		 children_log(struct children *c);

/* Hang up on all of them: they end by themselves. */
void		 children_stop(struct children *c);

#endif
