/*
 * What the parent knows, and what its files do for one another.
 */
#ifndef NTPD_PARENT_STATE_H
#define NTPD_PARENT_STATE_H

#include <limits.h>
#include <signal.h>
#include <stdbool.h>

#include "common/instant.h"
#include "ntpd/channel.h"
#include "ntpd/config.h"
#include "ntpd/parent/background.h"
#include "ntpd/clock/budget.h"
#include "ntpd/parent/children.h"
#include "ntpd/clock/clock.h"
#include "ntpd/parent/collect.h"
#include "ntpd/clock/constraint.h"
#include "ntpd/parent/control.h"
#include "ntpd/parent/devices.h"
#include "ntpd/parent/drift.h"
#include "ntpd/parent/exchange.h"
#include "ntpd/parent/leaps.h"
#include "ntpd/parent/notify.h"
#include "ntpd/parent/once.h"
#include "ntpd/parent/operator.h"
#include "ntpd/parent/parent.h"
#include "ntpd/clock/policy.h"
#include "ntpd/clock/unproven.h"
#include "ntpd/parent/publish.h"
#include "ntpd/parent/sensors.h"
#include "ntpd/parent/serving.h"
#include "ntpd/parent/tell.h"

#define STATUS_LEN	(CONTROL_NAME_LEN + 160)

struct parent {
	const struct parent_options *options;
	char		 config_file[PATH_MAX];	/* absolute */
	struct config	 conf;
	struct clock	 clock;
	struct policy	 policy;
	struct leaps	 leaps;
	struct budget	 budget;
	struct children	 children;
	struct exchanges exchanges;
	struct constraints constraints;
	struct unproven	 unproven;
	struct told	 told[SERVERS_MOST];
	struct serving	 serving;	/* NTS */
	struct devices	 devices;	/* that were there at the start */
	struct sensors	 sensors;
	unsigned	 cpus;		/* that we may run on, at the start */
	bool		 has_landlock;	/* the kernel */
	bool		 listens;	/* says the binder */
	struct control	 control;
	struct operator	 operator;
	struct collect	 collect;
	struct notify	 notify;
	struct publish	 publish;
	struct once	 once;
	struct background background;
	int		 timerfd;	/* readable when the clock is set */
	sigset_t	 waiting;	/* signals let through while waiting */

	double		 wanted_frequency; /* s/s, the engine's last wish */
	double		 unmade_step;	/* s, the last one that -x left out */
	double		 drift_error;	/* s/s, as the engine says; -1: none */
	struct drift	 drift_saved;	/* what the file says */
	struct instant	 drift_saved_at; /* or read */
	bool		 drift_tried;	/* else there is no file: write soon */
	bool		 drift_failed;	/* the last write; logged */

	char		 told_status[STATUS_LEN]; /* STATUS= */
	bool		 ready;		/* the engine lives: that was told */
	struct instant	 save_drift;	/* if it is worth it */
	struct instant	 watch_clock;	/* for other programs */
};

/* command.c: what the engine asks of the clock */

/*
 * Judge and carry out the engine's CLOCK_* message, and tell it what the
 * clock does now.
 */
void	 command_run(struct parent *p, const struct message *msg);

/*
 * Ask the kernel whether the clock was set by another program, or the machine
 * slept.  If so, and by so much that it is a new start, the step is armed
 * again and the engine told; true then.  Nothing that the engine does, and no
 * figures that it has a part in, can bring that about.
 */
bool	 command_check_clock(struct parent *p);

/*
 * Have the kernel watch from now on: p->timerfd becomes readable when the
 * clock is set.  After our own steps, too, which it does not tell apart.
 */
void	 command_watch_clock(struct parent *p);

/* command_rate.c: of these, those about the clock's rate */

/* Log that WHAT the engine asks for, HOW, is refused, and WHY: sometimes. */
void	 command_refuse(const char *what, const char *how, enum verdict why);

/* Judge and carry out what is WANTED, within the budget. */
void	 command_frequency(struct parent *p,
	    const struct clock_frequency *wanted, struct instant now);
void	 command_slew(struct parent *p, const struct clock_slew *wanted,
	    struct instant now);

/*
 * When budget_deadline() has come: have the clock run as the budget permits,
 * and log what was moved.
 */
void	 command_tend_budget(struct parent *p, struct instant now);

/* command_state.c: what the engine and ntpctl are told of the clock */

enum state_why { STATE_NEWS, STATE_AFTER_STEP };

/* Tell the engine what the clock does. */
void	 command_send_state(struct parent *p, enum state_why why,
	    struct instant now);

/* Tell the engine what the list of leap seconds says. */
void	 command_send_leaps(struct parent *p);

/* Fill in of *ST what the parent knows itself, whatever the engine says. */
void	 command_fill_status(struct parent *p,
	    struct control_status *st, struct instant now);

/* constrain.c: the constraints, and the clock's bounds by them */

/*
 * The result of exchange ID; *DATE is NULL if it has ended without one.  True
 * if the engine is to be told that something else is known now.
 */
bool	 constrain_take(struct parent *p, uint32_t id,
	    const struct tls_date *date, struct instant now);

/* Bring the policy's bounds up to date; before it is asked anything. */
void	 constrain_policy(struct parent *p);

/*
 * What the constraints say, whoever is held to them.  If they are known, *TIME
 * is what time it is by them, s since 1970.
 */
enum control_constraints constrain_time(const struct parent *p, double *time);

/*
 * Now and then: see to it that neither the frequency nor a slew leads the clock
 * away from the constraints, and remember what time it is if that is known.
 * True if the engine is to be told.
 */
bool	 constrain_hold(struct parent *p, struct instant now);

/* serving.c: NTS for clients */

/* Begin to serve it, to serve it with new files, or end, as p->conf says. */
void	 serving_configure(struct parent *p);

/* Another ke has just been started: it knows nothing. */
void	 serving_begin(struct parent *p);

/* Follow the days with the cookie keys, and tell ke what it is to know. */
void	 serving_tend(struct parent *p);

/* Take what ke has counted since it was started, and its certificate's end. */
void	 serving_learn(struct parent *p, const struct message *msg);

/* Add what all of them have counted to SUM, and say until when it serves. */
void	 serving_add(const struct parent *p, struct control_server *sum);

/* nts.c: keys for the engine's requests */

/* The engine asks for keys: begin an exchange, if it may have one. */
void	 nts_ask(struct parent *p, const struct message *msg);

/* The result of one: the engine's. */
void	 nts_answer(struct parent *p, const struct message *msg);

/* The exchange for the engine's question ID has ended without a result. */
void	 nts_lost(struct parent *p, uint32_t id);

/* nts_forget.c */

enum forget_why { FORGET_SET, FORGET_RIGHT, FORGET_RELOAD };

/*
 * Keys that came before certificates could be checked end, because the clock
 * was set, or is right, or another configuration numbers the statements anew.
 */
void	 nts_forget(struct parent *p, enum forget_why why);

/* control.c: what control asks, for ntpctl */

/*
 * Pass its question on to the engine, or keep it for a round of questions to
 * the servers.  If there are too many, it is told so at once.
 */
void	 control_ask_engine(struct parent *p, const struct message *msg);
void	 control_ask_servers(struct parent *p, const struct message *msg);

/* Tell it of all processes, the parent among them. */
void	 control_ask_processes(struct parent *p, const struct message *msg);

/* Give it the engine's answer, completed where the engine does not know. */
void	 control_answer_status(struct parent *p, const struct message *msg);
void	 control_answer_engine(struct parent *p, const struct message *msg);

/* Give it what the round that has just ended has collected. */
void	 control_answer_collected(struct parent *p);

/* operator.c: what root tells ntpd */

/* Take and carry out what has come; SET is that of the last wait. */
void	 operator_receive(struct parent *p, const struct pollset *set,
	    struct instant now);

/* The engine has done what it was told. */
void	 operator_done(struct parent *p, const struct message *msg);

/* start.c: what has to be done before the loop */

/*
 * Become the daemon: log, control socket, clock, children, listening sockets,
 * and last the sandbox.  Fatal if anything that is needed is missing.
 */
void	 start(struct parent *p);

/* configure.c: the configuration */

/* Read it; false, with everything that is wrong logged. */
bool	 configure_load(struct parent *p);

/*
 * Read it again and tell everybody; one with errors changes nothing, and is
 * false.
 */
bool	 configure_reload(struct parent *p);

/*
 * Tell all children what p->conf says.  *LEARNED is what the drift file said,
 * at the start; NULL: nothing, or the engine knows better by now.
 */
void	 configure_children(struct parent *p, const struct drift *learned);

/* Start and end the processes of sensors that have come and gone. */
void	 configure_sensors(struct parent *p);

/* Send the binder what there is to listen on. */
void	 configure_binder(struct parent *p);

/* limits_save.c: what is left of the limits, from one start to the next */

enum end_why {
	END_ASKED,		/* somebody wants it */
	END_LOST		/* a process is gone, or does not answer */
};

/*
 * The daemon ends: no slew is on any more.  Keep them, unless that was asked
 * for: then the next start begins with whole ones.
 */
void	 limits_save(struct parent *p, enum end_why why, struct instant now);

/* Go on with those that were kept; the clock's frequency is within them. */
void	 limits_load(struct parent *p);

/* drift_save.c: when the drift file is read and written */

enum save_when {
	SAVE_IF_WORTH_IT,	/* and no slew could run over meanwhile */
	SAVE_NOW		/* or never */
};

/* Write it, if anything is known. */
void	 save_frequency(struct parent *p, enum save_when when);

/*
 * Start from the drift file: set the clock's frequency.  What it says, owned
 * by P; NULL if there is none.
 */
const struct drift *load_frequency(struct parent *p);

#endif
