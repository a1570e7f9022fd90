/*
 * A clock that is too wrong to check certificates by, at a start or because the
 * machine was paused or set back to a snapshot: what servers with NTS may do
 * whose certificates are in order, but for that they are not valid now by our
 * clock.  Pure.
 *
 * They may set the clock, once: to when the certificates of most are valid, not
 * to before this machine last knew what time it was, and if several such
 * statements are configured, not before two of them have given keys, and two
 * servers agree.  Then all keys are void, and are agreed on again with all
 * checks, before another cookie is spent.
 *
 *  state	    what is true		ends with
 *  UNPROVEN_NONE   all keys are of servers	keys of another server, which
 *		    with certificates that	are permitted -> KEYS
 *		    were checked
 *  UNPROVEN_KEYS   some are not		the clock is set -> SPENT; it
 *						is right, or a reload -> NONE
 *  UNPROVEN_SPENT  they have set the clock:	keys by a certificate that is
 *		    no others are taken		valid by it -> NONE
 */
#ifndef NTPD_CLOCK_UNPROVEN_H
#define NTPD_CLOCK_UNPROVEN_H

#include <stdbool.h>
#include <stdint.h>

#include "ntpd/config.h"
#include "ntpd/payloads.h"
#include "ntpd/clock/policy.h"

/* When we last knew the time it was not exact, s; as for constraints. */
#define UNPROVEN_MARGIN		120.0

enum unproven_state {
	UNPROVEN_NONE,
	UNPROVEN_KEYS,
	UNPROVEN_SPENT
};

/* When the certificates are valid that a statement's last keys came by. */
struct validity {
	bool		 known;		/* there were some */
	bool		 unproven;	/* not valid then, by our clock */
	int64_t		 first, last;	/* s since 1970 */
};

struct unproven {
	enum unproven_state state;
	struct validity	 by[CONFIG_MAX_SERVERS];	/* the statements */
	bool		 jumped;	/* the policy knows that the clock is */
					/* behind them */
};

/*
 * May there be unproven keys now?  Not if there are constraints, which know the
 * time, nor if the clock is never to be set.
 */
bool	 unproven_possible(const struct unproven *u,
	    const struct config *conf);

/* Statement number I would give KEYS, whether they are taken then or not. */
void	 unproven_note(struct unproven *u, uint32_t i,
	    const struct nts_keys *keys);

/*
 * If those noted last are unproven: may they be taken?  When the daemon has
 * started; later if more than half of the statements with nts say the same, as
 * a clock that was right before is not to be doubted for the sake of one.
 */
bool	 unproven_take(struct unproven *u, const struct config *conf,
	    const struct policy *policy);

/*
 * What may be done to the clock, which reads NOW, s since 1970, when it is not
 * before FLOOR.  Only for KEYS.
 */
struct policy_bounds unproven_bounds(const struct unproven *u,
	    const struct config *conf, double floor, double now);

/* How many servers have to agree before the engine sets the clock? */
unsigned unproven_voters(const struct unproven *u, const struct config *conf);

/* Their time is over, because the clock was set or not; nothing is known. */
void	 unproven_end(struct unproven *u, bool was_set);

#endif
