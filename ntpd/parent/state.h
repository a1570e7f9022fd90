/*
 * What the parent knows, and what its files do for one another.
 */
#ifndef NTPD_PARENT_STATE_H
#define NTPD_PARENT_STATE_H

#include <signal.h>
#include <stdbool.h>

#include "common/loop.h"
#include "ntpd/config.h"
#include "ntpd/parent/children.h"
#include "ntpd/parent/clock.h"
#include "ntpd/parent/control.h"
#include "ntpd/parent/listen.h"
#include "ntpd/parent/logpipe.h"
#include "ntpd/parent/notify.h"
#include "ntpd/parent/parent.h"
#include "ntpd/parent/policy.h"
#include "ntpd/process.h"

struct parent {
	const struct parent_options *options;
	struct config	 conf;
	struct clock	 clock;
	struct policy	 policy;
	struct children	 children;
	struct listeners listeners;
	struct control	 control;
	struct notify	 notify;
	struct logpipe	 logpipe;
	int		 timerfd;	/* readable when the clock is set */
	sigset_t	 waiting;	/* signals let through while waiting */

	double		 wanted_frequency; /* s/s, the engine's last wish */
	double		 drift_error;	/* s/s, as the engine says; -1: none */
	double		 drift_saved;	/* s/s */
	struct instant	 drift_saved_at;
	bool		 drift_failed;	/* the last write; logged */

	bool		 ready;		/* READY=1 was sent */
	struct instant	 ask_engine;
};

/* command.c: what the engine asks of the clock */

/*
 * Judge and carry out the engine's CLOCK_* message, and tell it what the
 * clock does now.
 */
void	 command_run(struct parent *p, const struct message *msg,
	    struct instant now);

/* Tell the engine what the clock does; ANSWERS_STEP: after a CLOCK_STEP. */
void	 command_send_state(struct parent *p, bool answers_step,
	    struct instant now);

/*
 * Look whether the clock was set, or the machine slept, by comparing where it
 * is with where our adjustments put it.  This is the parent's own evidence:
 * the engine could not bring it about, so it may re-arm the step.
 */
void	 command_check_clock(struct parent *p);

/* Be woken when the clock is set: p->timerfd becomes readable. */
void	 command_watch_clock(struct parent *p);

/* save.c: the drift file */

/* Write it if it is old and wrong enough; NOW_OR_NEVER: in any case. */
void	 save_frequency(struct parent *p, bool now_or_never);

/*
 * Start from the drift file: set the clock's frequency, *ERROR (s/s) its
 * standard error.  False if there is none.
 */
bool	 save_load(struct parent *p, double *error);

#endif
