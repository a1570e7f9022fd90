/*
 * Clients of the control socket.  Each is a stranger: bounded in number, in
 * time and in what is queued for it and by it.
 */
#ifndef NTPD_CONTROL_CONNECTIONS_H
#define NTPD_CONTROL_CONNECTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/imsg.h"
#include "common/pollset.h"
#include "ntpd/channel.h"

#define CONNECTIONS_MOST	16
#define CONNECTIONS_PER_USER	8	/* of these, but for root */

struct connection {
	struct imsgbuf	 buf;
	bool		 used;
	uid_t		 uid;
	bool		 busy;		/* its request is not answered yet */
	uint32_t	 id;		/* of its questions and their answers */
	struct instant	 deadline;	/* silence ends it */
	int		 slot;
};

struct connections {
	int		 fd;		/* that they come by */
	uint32_t	 next_id;
	struct instant	 rest;		/* no new ones before; NEVER: none */
	int		 slot;
	struct connection list[CONNECTIONS_MOST];
};

/*
 * Those that come by the listening socket FD, which stays the caller's, with
 * ids from FIRST_ID.
 */
void		 connections_init(struct connections *c, int fd,
		    uint32_t first_id);

/* Before pollset_wait(). */
void		 connections_poll(struct connections *c, struct pollset *set);

/* After it: take requests, ask PARENT, send answers, accept. */
void		 connections_transfer(struct connections *c,
		    const struct pollset *set, struct channel *parent,
		    struct instant now);

/* The next one's end by silence, or that of a rest. */
struct instant	 connections_deadline(const struct connections *c);

/* Pass the parent's answer on to the client that asked, if it is there. */
void		 connections_answer(struct connections *c,
		    const struct message *msg);

#endif
