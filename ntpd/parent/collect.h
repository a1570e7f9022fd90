/*
 * Asking all server processes what they have counted, and adding it up.  A
 * question that comes during a round waits for the next one.  So there is one
 * round at a time, and no answer is older than its question.  A server that
 * does not answer (it hangs, or is being replaced) holds a round up for a
 * moment.  It is not asked again before it has answered, so that its queue does
 * not grow.
 */
#ifndef NTPD_PARENT_COLLECT_H
#define NTPD_PARENT_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/control.h"
#include "common/instant.h"
#include "ntpd/parent/children.h"

struct collect {
	uint32_t	 round;		/* the number of the latest */
	bool		 wanted;	/* another one */
	bool		 clients_wanted; /* and in it the clients */
	bool		 running;
	struct instant	 end;		/* of this one, whoever has answered */
	struct instant	 next;		/* none begins before */
	bool		 awaited[SERVERS_MOST];	/* in this round */
	bool		 owes[SERVERS_MOST];	/* of any round */
	struct control_server sum;	/* of this round, so far */
	struct control_clients top;	/* likewise, if they were wanted */
};

/*
 * Ask for a round, with the CLIENTS that ask most or without.  Returns the
 * number of the one that is the answer.
 */
uint32_t	 collect_ask(struct collect *c, bool clients);

/*
 * Begin a round of questions to the N SERVERS when it is time for one.  True
 * when a round has just ended: c->sum and c->top are the results of c->round.
 * To be called once a turn of the loop, after all messages have been taken.
 */
bool		 collect_run(struct collect *c, struct child *servers,
		    size_t n, struct instant now);

/* Take a message of server I; what is no answer to a question is ignored. */
void		 collect_take(struct collect *c, size_t i,
		    const struct message *msg);

/* When collect_run() has something to do, unless a message comes before. */
struct instant	 collect_deadline(const struct collect *c);

#endif
