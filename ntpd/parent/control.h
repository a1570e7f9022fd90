/*
 * The control socket: ntpctl's side of the parent.  Requests are passed on to
 * the engine, its records passed back; the parent does not look into them
 * beyond their type and length.  What the servers are asked is collected.
 */
#ifndef NTPD_PARENT_CONTROL_H
#define NTPD_PARENT_CONTROL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/control.h"
#include "common/imsg.h"
#include "common/pollset.h"
#include "ntpd/parent/collect.h"
#include "ntpd/process.h"

#define CONTROL_CONNECTIONS	16
#define CONTROL_PER_USER	8	/* of these, but for root */

struct control_client {
	struct imsgbuf	 buf;
	bool		 used;
	uid_t		 uid;
	bool		 busy;		/* its request is not answered yet */
	uint32_t	 id;		/* of its request, and the answer */
	bool		 collects;	/* the answer is that of a round */
	bool		 clients;	/* and these of it */
	uint32_t	 round;
	struct instant	 deadline;	/* silence ends it */
	int		 slot;
};

struct control {
	int		 fd;		/* -1: no socket */
	char		 path[CONFIG_PATH_LEN];
	uint32_t	 next_id;
	struct instant	 rest;		/* no new clients before; NEVER: none */
	int		 slot;
	struct control_client clients[CONTROL_CONNECTIONS];
};

/*
 * Make the socket at PATH, readable and writable for everyone: what it tells
 * is no secret, and it changes nothing.  False, logged, if another ntpd
 * answers there or it cannot be made.
 */
bool		 control_open(struct control *c, const char *path);

/* Remove the socket. */
void		 control_close(struct control *c);

/* Before and after pollset_wait(). */
void		 control_poll(struct control *c, struct pollset *set);
void		 control_transfer(struct control *c, const struct pollset *set,
		    struct channel *engine, struct collect *collect,
		    struct instant now);

/* The next client's end by silence, or that of a rest. */
struct instant	 control_deadline(const struct control *c);

/* Pass the engine's record on to the client that asked for it. */
void		 control_answer(struct control *c, const struct message *msg);

/* Give what a round has collected to those that asked for it. */
void		 control_answer_collected(struct control *c,
		    const struct collect *collect);

#endif
