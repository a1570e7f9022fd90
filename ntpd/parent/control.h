/*
 * The control socket, which the parent makes and control listens on, and what
 * control has asked so far.
 */
#ifndef NTPD_PARENT_CONTROL_H
#define NTPD_PARENT_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "ntpd/config_shared.h"

#define CONTROL_QUESTIONS	16	/* to the servers, at a time */

/* What is to be answered at the end of a round. */
struct control_question {
	bool		 used;
	bool		 clients;	/* the answer is these */
	uint32_t	 id;
	uint32_t	 round;
};

struct control {
	int		 fd;		/* -1: no socket */
	char		 path[CONFIG_PATH_LEN];
	struct control_question questions[CONTROL_QUESTIONS];
};

/*
 * Make the socket at PATH, readable and writable for everyone: what it tells
 * is no secret, and it changes nothing.  False, logged, if another ntpd
 * answers there or it cannot be made.
 */
bool	 control_open(struct control *c, const char *path);

/* Remove the socket.  Connections that are open are served to their end. */
void	 control_close(struct control *c);

#endif
