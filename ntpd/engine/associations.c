/*
 * All associations together.
 */
#include <string.h>

#include "ntpd/engine/associations.h"

/* A's number, which is also its source's. */
static size_t
number(const struct planning *p, const struct association *a)
{
	return (size_t)(a - p->all);
}

/*
 * Do A and B say that they are the same server?  The reference timestamp is
 * when its clock was set last, in units of 0.2 ns: no two have it by chance,
 * unless they count whole seconds.
 */
static bool
is_twin(const struct association *a, const struct association *b)
{
	return a->addr.family != b->addr.family && b->answered &&
	    (uint32_t)a->last.reference.value != 0 &&
	    ntptime_equal(a->last.reference, b->last.reference) &&
	    a->last.stratum == b->last.stratum &&
	    memcmp(a->last.refid, b->last.refid, 4) == 0;
}

size_t
associations_twin(const struct association all[MAX_ASSOCIATIONS], size_t i)
{
	size_t		 j;

	for (j = 0; j < MAX_ASSOCIATIONS; j++)
		if (j != i && all[j].used && all[j].host == all[i].host &&
		    is_twin(&all[i], &all[j]))
			return j;
	return MAX_ASSOCIATIONS;
}

void
associations_wake(const struct planning *p)
{
	struct association *a;

	for (a = p->all; a < p->all + MAX_ASSOCIATIONS; a++)
		if (a->used && !association_is_starting(a) &&
		    (a->was_unreachable || a->heard == 0))
			association_quicken(a, p->now);
}

void
associations_look_again(const struct planning *p)
{
	struct association *a;

	for (a = p->all; a < p->all + MAX_ASSOCIATIONS; a++) {
		if (!a->used)
			continue;
		if (a->was_unsendable)
			association_quicken(a, p->now);
		else if (a->schedule.missed > 0)
			association_hurry(a, p->now);
	}
}

/*
 * A's answer is against those that are believed.  If some of these have not
 * answered of late, it may be right: they are asked soon, and so is A.
 */
static void
ask_the_missing(const struct planning *p, struct association *opposed)
{
	struct association *a;
	bool		 missing = false;

	for (a = p->all; a < p->all + MAX_ASSOCIATIONS; a++) {
		if (!a->used || a->schedule.missed < 2 ||
		    !sync_takes_part(p->sync, number(p, a)))
			continue;
		missing = true;
		association_plan(p, a, SCHEDULE_DOUBT);
	}
	if (missing)
		association_plan(p, opposed, SCHEDULE_DOUBT);
}

void
associations_settle_doubt(const struct planning *p,
    struct association *doubtful)
{
	struct association *a;

	if (!sync_in_doubt(p->sync, number(p, doubtful))) {
		if (sync_is_opposed(p->sync, number(p, doubtful)))
			ask_the_missing(p, doubtful);
		return;
	}
	for (a = p->all; a < p->all + MAX_ASSOCIATIONS; a++)
		if (a->used && (a == doubtful ||
		    sync_can_settle(p->sync, number(p, a))))
			association_plan(p, a, SCHEDULE_DOUBT);
}

bool
associations_opposed(const struct planning *p)
{
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		if (p->all[i].used && sync_is_opposed(p->sync, i))
			return true;
	return false;
}

void
associations_hasten(const struct planning *p)
{
	struct association *a;

	for (a = p->all; a < p->all + MAX_ASSOCIATIONS; a++)
		if (a->used && sync_takes_part(p->sync, number(p, a)))
			association_plan(p, a, SCHEDULE_RESTLESS);
}

struct instant
associations_deadline(const struct association all[MAX_ASSOCIATIONS])
{
	const struct association *a;
	struct instant	 first = INSTANT_NEVER;

	for (a = all; a < all + MAX_ASSOCIATIONS; a++)
		if (a->used)
			first = instant_min(first,
			    instant_min(a->query.deadline,
			    schedule_next(&a->schedule)));
	return first;
}

/* Without keys nothing can be asked, and it may take long to get some. */
static bool
is_expected(const struct association *a)
{
	return schedule_is_first(&a->schedule) && !a->was_keyless;
}

size_t
associations_expected(const struct association all[MAX_ASSOCIATIONS])
{
	const struct association *a;
	size_t		 n = 0;

	for (a = all; a < all + MAX_ASSOCIATIONS; a++)
		n += a->used && !a->barred && is_expected(a) &&
		    association_is_quiet(a);
	return n;
}

size_t
associations_silent(const struct association all[MAX_ASSOCIATIONS])
{
	const struct association *a;
	size_t		 n = 0;

	for (a = all; a < all + MAX_ASSOCIATIONS; a++)
		n += a->used && !a->barred && !association_is_denied(a) &&
		    !association_is_self(a) &&
		    !a->was_unreachable && association_is_quiet(a) &&
		    !is_expected(a);
	return n;
}

size_t
associations_hoped(const struct association all[MAX_ASSOCIATIONS])
{
	const struct association *a;
	size_t		 n = associations_expected(all);

	for (a = all; a < all + MAX_ASSOCIATIONS; a++)
		n += a->used && !a->barred &&
		    a->query.fd != -1 && (a->reach != 0 ||
		    schedule_was_first(&a->schedule));
	return n;
}
