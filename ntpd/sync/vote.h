/*
 * What the sources say, and which of them a majority makes right.  This is
 * between sync.c and select.c; nobody else needs it.
 */
#ifndef NTPD_SYNC_VOTE_H
#define NTPD_SYNC_VOTE_H

#include "ntpd/sync/sync.h"

/* Which of a source's samples count. */
enum vote_on {
	VOTE_SETTLED,		/* without those that wait */
	VOTE_NEWS		/* those that wait alone, if there are any */
};

/* Has source I a vote at NOW, by its settled samples? */
bool		 vote_has(const struct sync *sync, size_t i, double now);

/*
 * The opinions of all sources at NOW, as differences from the prediction BASE,
 * into O (SYNC_SOURCES of them), the truechimers marked, and the survivors
 * among them.  Changes nothing else.  Returns the number of truechimers; 0: no
 * majority agrees.
 */
size_t		 vote_hold(const struct sync *sync, double now,
		    const struct estimate *base, enum vote_on on,
		    struct opinion *o);

/*
 * Let O be the result: tallies, offsets, errors and jitters of all sources,
 * and the system peer.
 */
void		 vote_publish(struct sync *sync, const struct opinion *o);

#endif
