/*
 * A name and its addresses: when it is looked up, and what is kept of the
 * answer.  Pure.
 */
#ifndef NTPD_NAMES_H
#define NTPD_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/instant.h"
#include "ntpd/payloads.h"

/*
 *  state     what is true                       ends when
 *  NUMERIC   the name is an address             never
 *  WAITING   it is to be looked up at AT        it is its turn then -> ASKED
 *  ASKED     the resolver has the question      the answer; the resolver was
 *                                               started again -> WAITING
 *
 * After a failure AT is 2 s away, and twice that after each further one, up to
 * about a minute while there is no address, or 17 minutes if the name does not
 * exist or has addresses from earlier.  After an address was found it is an
 * hour away.
 */
enum name_state {
	NAME_NUMERIC,
	NAME_WAITING,
	NAME_ASKED
};

struct name {
	enum name_state	 state;
	uint32_t	 serial;	/* of the question */
	struct instant	 at;
	unsigned	 failures;	/* in a row */
	bool		 absent;	/* the last answer: no such name */
	int		 error;		/* of that, of getaddrinfo(3); 0: it had
					   no address of use */
	bool		 confirmed;	/* the last two answers were the same */
	bool		 doubted;	/* the last look-up was to confirm it */
	bool		 fresh;		/* an answer is to be considered */
	struct addr	 addrs[RESOLVE_MAX];
	size_t		 naddrs;
	size_t		 next;		/* of addrs, to be tried next */
};

/* A name that is ADDR, or if that is ADDR_NONE one to be looked up at NOW. */
void	 name_init(struct name *n, const struct addr *addr,
	    struct instant now);

/* Is it time to look it up? */
bool	 name_is_due(const struct name *n, struct instant now);

/* When it is; INSTANT_NEVER if it is not to be, or is being looked up. */
struct instant name_deadline(const struct name *n);

/* Of two names that are due, is A to be looked up before B? */
bool	 name_is_before(const struct name *a, const struct name *b);

/* The resolver was asked question SERIAL. */
void	 name_asked(struct name *n, uint32_t serial);

/* The question was lost: look it up at once. */
void	 name_lost(struct name *n, struct instant now);

/* It could not be looked up. */
void	 name_failed(struct name *n, struct instant now);

/*
 * Take the resolver's REPLY; servers have PORT.  False if it has no address
 * that is of use, and then name_failed() was called.
 */
bool	 name_answered(struct name *n, const struct resolve_reply *reply,
	    uint16_t port, struct instant now);

/* Look it up in SECONDS at the latest. */
void	 name_hurry(struct name *n, double seconds, struct instant now);

/* If it could not be looked up: something has changed, try now. */
void	 name_retry(struct name *n, struct instant now);

/* Is ADDR among the addresses that it had last? */
bool	 name_has(const struct name *n, const struct addr *addr);

/*
 * Is ADDR certainly not an address of the name any more?  One answer without
 * it does not say so: many names have other addresses each time.
 */
bool	 name_lacks(const struct name *n, const struct addr *addr);

/* Has it no address, though it may get one soon? */
bool	 name_is_awaited(const struct name *n);

/* Has it no address, and was it never looked up so far? */
bool	 name_is_new(const struct name *n);

#endif
