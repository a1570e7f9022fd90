/*
 * CLOCK_REALTIME is slewed: to the moment of a reading it is followed by what
 * it gained between two looks.
 */
#include <stdlib.h>

#include "common/ns.h"
#include "ntpd/sensor/relation.h"

/* Looks are so far apart, ns: what both are read wrong by is little of it. */
#define APART		(NS_PER_S / 20)

/*
 * A clock that gains or loses more than that between two looks was set, ns: it
 * is not slewed by more than an eighth of the time.
 */
#define SET_LEAST	(NS_PER_S / 100)
#define SET_PART	8

/* Readings may be so old, and come so early by rounding, ns. */
#define OLD		(4 * NS_PER_S)
#define EARLY		(NS_PER_S / 1000000)

/* So long after the clock was set a device may still go by what it was, ns. */
#define SETTLE		(2 * NS_PER_S)

static bool
was_set(const struct clock_pair *before, const struct clock_pair *now)
{
	const int64_t	 passed = now->raw - before->raw;

	return llabs(now->real - before->real - passed) >
	    SET_LEAST + passed / SET_PART;
}

void
relation_look(struct relation *r, const struct clock_pair *now)
{
	if (r->looks > 0 && was_set(&r->now, now)) {
		r->looks = 0;
		r->since = now->raw + SETTLE;
	}
	if (r->looks == 0) {
		r->before = *now;
		r->looks = 1;
	} else if (r->looks == 1 || now->raw - r->now.raw >= APART) {
		r->before = r->looks == 1 ? r->before : r->now;
		r->looks = now->raw - r->before.raw >= APART ? 2 : 1;
	}
	r->now = *now;
}

bool
relation_find(const struct relation *r, int64_t real, int64_t *raw)
{
	double		 ago, pace;

	/* Set back several times, by too little to be noticed: no pace. */
	if (r->looks < 2 || real > r->now.real + EARLY ||
	    real < r->now.real - OLD || r->now.real <= r->before.real)
		return false;
	ago = (double)(r->now.real - real);
	pace = (double)(r->now.raw - r->before.raw) /
	    (double)(r->now.real - r->before.real);
	*raw = r->now.raw - (int64_t)(ago * pace);
	return *raw >= r->since;
}
