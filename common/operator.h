/*
 * What root may tell ntpd: a connection for each command, with one record there
 * and one back (SOCK_SEQPACKET).  The socket is beside the control socket, with
 * OPERATOR_SUFFIX behind its path; by its mode only root may connect to it.
 */
#ifndef COMMON_OPERATOR_H
#define COMMON_OPERATOR_H

#include <stdint.h>

#include "common/control.h"

#define OPERATOR_SUFFIX		".root"
#define OPERATOR_WHY_LEN	160

/*
 * The commands and the words for them.
 *
 *	name	word	a server's name goes with it
 */
enum operator_argument { NO_SERVER, MAYBE_SERVER, ONE_SERVER };

#define OPERATOR_COMMANDS(COMMAND)					\
COMMAND(ASK,	ask,	MAYBE_SERVER)	/* ask it, or all, now */	\
COMMAND(OFF,	off,	ONE_SERVER)	/* ask it no more */		\
COMMAND(ON,	on,	ONE_SERVER)	/* ask it again */		\
COMMAND(RELOAD,	reload,	NO_SERVER)	/* read ntpd.conf again */	\
COMMAND(STEP,	step,	NO_SERVER)	/* set the clock now */

enum operator_command {
#define COMMAND(name, ...)	OPERATOR_##name,
	OPERATOR_COMMANDS(COMMAND)
#undef COMMAND
	OPERATOR_COUNT
};

/* Clear it before it is filled. */
struct operator_order {
	uint32_t	 version;	/* CONTROL_VERSION */
	uint32_t	 command;	/* enum operator_command */
	double		 by;		/* s, as root has confirmed, of STEP */
	char		 name[CONTROL_NAME_LEN]; /* of the server; "": all */
};

struct operator_result {
	uint32_t	 version;
	uint32_t	 done;		/* 1; or 0, and why not: */
	uint32_t	 count;		/* of servers that it was about */
	uint32_t	 reserved;	/* 0 */
	char		 why[OPERATOR_WHY_LEN];
};

#endif
