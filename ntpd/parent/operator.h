/*
 * What root tells ntpd, by a socket of its own.  By its mode and owner the
 * kernel lets nobody else connect to it: no stranger, not control, and no other
 * process of ours.
 */
#ifndef NTPD_PARENT_OPERATOR_H
#define NTPD_PARENT_OPERATOR_H

#include <stdbool.h>

#include "common/instant.h"
#include "common/log.h"
#include "common/operator.h"
#include "common/pollset.h"
#include "ntpd/config_shared.h"

/*
 * One command at a time; others are in line.
 *
 *  state  what is true                        ends when
 *  IDLE   nobody is here                      somebody connects: HEARS; who
 *                                             cannot be taken: RESTS
 *  HEARS  a command is waited for             it comes and is done, or refused:
 *                                             IDLE; the engine is to do it:
 *                                             WAITS; a second is over: IDLE
 *  WAITS  the engine was told                 it says that it is done, or says
 *                                             nothing for five seconds: IDLE
 *  RESTS  there are no descriptors            a second is over: IDLE
 */
enum operator_state {
	OPERATOR_IDLE,
	OPERATOR_HEARS,
	OPERATOR_WAITS,
	OPERATOR_RESTS
};

struct operator {
	int		 fd;		/* to be connected to; -1: no socket */
	char		 path[CONFIG_PATH_LEN];
	int		 slot;		/* in the pollset of this turn */
	enum operator_state state;
	int		 client;	/* HEARS, WAITS: the connection */
	struct instant	 until;		/* all but IDLE: but not longer */
	uint32_t	 id;		/* of the last command for the engine */
	enum operator_command command;	/* WAITS: this one */
	bool		 asked;		/* of STEP: the engine has asked */
	const char	*refusal;	/* ... and why it was not made; NULL:
					   it was */
	struct log_limit limit;		/* of commands */
	struct log_limit asking;	/* of those that ask servers ... */
	struct log_limit starting;	/* ... or begin to */
};

/*
 * Make the socket beside the control socket at PATH, for root, or for the user
 * that this is.  Without it, which is logged, ntpd does without commands.
 */
void	 operator_open(struct operator *o, const char *path);

/* Remove it. */
void	 operator_close(struct operator *o);

/* Add it to SET. */
void	 operator_poll(struct operator *o, struct pollset *set);

/* When what is waited for is overdue; INSTANT_NEVER: nothing is. */
struct instant operator_deadline(const struct operator *o);

#endif
