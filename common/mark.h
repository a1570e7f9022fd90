/*
 * A mark in our own requests.  A request of the engine may come back to a
 * server process beside it: by an address that this machine has got in the
 * meantime, a forwarded port, or a router that translates addresses.  No list
 * of addresses tells.  The mark does: the server sees it, and does not answer.
 *
 * The transmit timestamp of a request is a number R of 32 random bits, and 32
 * bits of the SipHash of R and of the present time, to some seconds.  The key
 * is random, of this start, and known to engine and servers only.
 *
 * To everybody else the timestamp is what it was before: 64 bits that cannot
 * be guessed or recognized (RFC 5905 with RFC 9109).  R is random.  Without
 * the key, the hash of an R of which there was none yet cannot be computed, and
 * in a period no R is used twice.  So what others have seen of our
 * requests tells nothing about the next one.
 *
 * A request of somebody else has a valid mark once in 2^32 times by chance.
 * It gets no answer then, as if it had been lost.
 */
#ifndef COMMON_MARK_H
#define COMMON_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/instant.h"
#include "common/ntptime.h"
#include "common/siphash.h"

/* Derived: 32 associations, one request each 2 s, for 17 s; and some more. */
#define MARK_USED	512

/* A maker of marks.  It remembers each R it has used in this period. */
struct marker {
	struct siphash_key key;
	int64_t		 period;
	unsigned	 n;		/* of used, in this period */
	uint32_t	 used[MARK_USED];
};

/* Make M ready, with a new random key. */
void		 marker_init(struct marker *m);

/*
 * The transmit timestamp of a request that is sent at NOW.  Never zero, and
 * never the same twice in a period (unless more than MARK_USED are made in
 * one: the oldest are forgotten then).
 */
struct ntptime	 mark_make(struct marker *m, struct instant now);

/*
 * Is TRANSMIT, in a request that is read at NOW, a mark that was made with KEY
 * not longer ago than a request is waited for?  After at most 23 s it is not.
 * Takes one SipHash, or two.
 */
bool		 mark_is_ours(const struct siphash_key *key,
		    struct ntptime transmit, struct instant now);

#endif
