/*
 * A start with a clock that is too wrong to check certificates by: what servers
 * with NTS may do whose certificates are in order, but for that they are not
 * valid now by our clock.  Pure.
 *
 * They may set the clock, once: to when all certificates that were used are
 * valid, not to before this machine last knew what time it was, and if several
 * such statements are configured, not before two of them have given keys, and
 * two servers agree.  Then all keys are void, and are agreed on again with all
 * checks, before another cookie is spent.
 *
 *  state	    what is true		ends with
 *  UNPROVEN_NONE   all keys are of servers	keys of another server -> KEYS
 *		    with certificates that
 *		    were checked
 *  UNPROVEN_KEYS   some are not		the clock is set -> NONE, for
 *						good
 */
#ifndef NTPD_PARENT_UNPROVEN_H
#define NTPD_PARENT_UNPROVEN_H

#include <stdbool.h>
#include <stdint.h>

#include "ntpd/config.h"
#include "ntpd/payloads.h"
#include "ntpd/parent/policy.h"

/* When we last knew the time it was not exact, s; as for constraints. */
#define UNPROVEN_MARGIN		120.0

enum unproven_state {
	UNPROVEN_NONE,
	UNPROVEN_KEYS
};

struct unproven {
	enum unproven_state state;
	int64_t		 first, last;	/* all are valid then, s since 1970 */
	uint32_t	 statements;	/* that have given keys, as bits */
};

/*
 * May the keys of a server be unproven?  Not if there are constraints, which
 * know the time, nor once the clock was set or right.
 */
bool	 unproven_permitted(const struct config *conf,
	    const struct policy *policy);

/* Statement number I has given KEYS. */
void	 unproven_take(struct unproven *u, uint32_t i,
	    const struct nts_keys *keys);

/*
 * What may be done to the clock, which reads NOW, s since 1970, when it is not
 * before FLOOR.  Only for KEYS.
 */
struct policy_bounds unproven_bounds(const struct unproven *u,
	    const struct config *conf, double floor, double now);

/* How many servers have to agree before the engine sets the clock? */
unsigned unproven_voters(const struct unproven *u, const struct config *conf);

/* The clock was set: their time is over. */
void	 unproven_end(struct unproven *u);

#endif
