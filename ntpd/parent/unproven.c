/*
 * What servers may do whose certificates are not valid by our clock.
 */
#include <math.h>
#include <string.h>

#include "ntpd/parent/unproven.h"

bool
unproven_permitted(const struct config *conf, const struct policy *policy)
{
	return conf->nconstraints == 0 && policy->state == STARTED &&
	    policy->step.when != STEP_NEVER;
}

void
unproven_take(struct unproven *u, uint32_t i, const struct nts_keys *keys)
{
	if (i < CONFIG_MAX_SERVERS)
		u->statements |= UINT32_C(1) << i;
	if (keys->unproven == 0)
		return;
	if (u->state == UNPROVEN_NONE) {
		u->first = keys->first;
		u->last = keys->last;
	}
	u->state = UNPROVEN_KEYS;
	if (keys->first > u->first)
		u->first = keys->first;
	if (keys->last < u->last)
		u->last = keys->last;
}

/* How many statements are to agree? */
static unsigned
needed(const struct config *conf)
{
	size_t		 i;
	unsigned	 n = 0;

	for (i = 0; i < conf->nservers; i++)
		n += conf->servers[i].auth == AUTH_NTS;
	return n < 2 ? n : 2;
}

struct policy_bounds
unproven_bounds(const struct unproven *u, const struct config *conf,
    double floor, double now)
{
	struct policy_bounds b = { .state = CONSTRAINTS_KNOWN };

	b.low = fmax((double)u->first, floor - UNPROVEN_MARGIN) - now;
	b.high = (double)u->last - now;
	if (b.low > b.high)
		b.state = CONSTRAINTS_PAST;
	else if ((unsigned)__builtin_popcount(u->statements) < needed(conf))
		b.state = CONSTRAINTS_ASKING;
	return b;
}

unsigned
unproven_voters(const struct unproven *u, const struct config *conf)
{
	return u->state == UNPROVEN_KEYS ? needed(conf) : 0;
}

void
unproven_end(struct unproven *u)
{
	memset(u, 0, sizeof(*u));
}
