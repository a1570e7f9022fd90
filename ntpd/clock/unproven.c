/*
 * What servers may do whose certificates are not valid by our clock.
 */
#include <math.h>
#include <string.h>

#include "ntpd/clock/unproven.h"

bool
unproven_possible(const struct unproven *u, const struct config *conf)
{
	return u->state != UNPROVEN_SPENT && conf->nconstraints == 0 &&
	    conf->step.when != STEP_NEVER;
}

void
unproven_note(struct unproven *u, uint32_t i, const struct nts_keys *keys)
{
	if (i < CONFIG_MAX_SERVERS)
		u->by[i] = (struct validity){
			.known = true, .unproven = keys->unproven != 0,
			.first = keys->first, .last = keys->last
		};
	if (keys->unproven == 0 && u->state == UNPROVEN_SPENT)
		u->state = UNPROVEN_NONE;
}

static unsigned
count_statements(const struct config *conf)
{
	size_t		 i;
	unsigned	 n = 0;

	for (i = 0; i < conf->nservers; i++)
		n += conf->servers[i].auth == AUTH_NTS;
	return n;
}

static unsigned
count_unproven(const struct unproven *u)
{
	size_t		 i;
	unsigned	 n = 0;

	for (i = 0; i < CONFIG_MAX_SERVERS; i++)
		n += u->by[i].unproven;
	return n;
}

bool
unproven_take(struct unproven *u, const struct config *conf,
    const struct policy *policy)
{
	if (!unproven_possible(u, conf) || (policy->state != STARTED &&
	    2 * count_unproven(u) <= count_statements(conf)))
		return false;
	u->state = UNPROVEN_KEYS;
	return true;
}

/* How many statements are to agree? */
static unsigned
needed(const struct config *conf)
{
	const unsigned	 n = count_statements(conf);

	return n < 2 ? n : 2;
}

/* How many statements have given keys? */
static unsigned
count_known(const struct unproven *u)
{
	size_t		 i;
	unsigned	 n = 0;

	for (i = 0; i < CONFIG_MAX_SERVERS; i++)
		n += u->by[i].known;
	return n;
}

/* Of how many of them are the certificates valid at T? */
static unsigned
count_valid(const struct unproven *u, int64_t t)
{
	size_t		 i;
	unsigned	 n = 0;

	for (i = 0; i < CONFIG_MAX_SERVERS; i++)
		n += u->by[i].known && t >= u->by[i].first &&
		    t <= u->by[i].last;
	return n;
}

/*
 * From when to when are the certificates of most valid?  There may be gaps in
 * between.  That begins where one begins to be valid, and ends where one ends.
 */
static bool
find_majority(const struct unproven *u, int64_t *first, int64_t *last)
{
	const unsigned	 n = count_known(u);
	const struct validity *v;
	bool		 found = false;

	for (v = u->by; v < u->by + CONFIG_MAX_SERVERS; v++) {
		if (!v->known)
			continue;
		if (2 * count_valid(u, v->first) > n &&
		    (!found || v->first < *first)) {
			*first = v->first;
			found = true;
		}
	}
	if (!found)
		return false;
	*last = *first;
	for (v = u->by; v < u->by + CONFIG_MAX_SERVERS; v++)
		if (v->known && v->last > *last &&
		    2 * count_valid(u, v->last) > n)
			*last = v->last;
	return true;
}

struct policy_bounds
unproven_bounds(const struct unproven *u, const struct config *conf,
    double floor, double now)
{
	struct policy_bounds b = { .state = CONSTRAINTS_KNOWN };
	int64_t		 first = 0, last = -1;

	if (!find_majority(u, &first, &last))
		b.state = CONSTRAINTS_PAST;
	b.low = fmax((double)first, floor - UNPROVEN_MARGIN) - now;
	b.high = (double)last - now;
	if (b.low > b.high)
		b.state = CONSTRAINTS_PAST;
	else if (count_known(u) < needed(conf))
		b.state = CONSTRAINTS_ASKING;
	return b;
}

unsigned
unproven_voters(const struct unproven *u, const struct config *conf)
{
	return u->state == UNPROVEN_KEYS ? needed(conf) : 0;
}

void
unproven_end(struct unproven *u, bool was_set)
{
	memset(u, 0, sizeof(*u));
	if (was_set)
		u->state = UNPROVEN_SPENT;
}
