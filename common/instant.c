/*
 * Instants of the monotonic clock.
 */
#include "common/instant.h"

#include <math.h>
#include <time.h>

#include "common/ns.h"

/* Just inside what an int64_t holds; about 292 years. */
#define FAR_NS		9.2e18

struct instant
instant_now(void)
{
	return (struct instant){ ns_read(CLOCK_MONOTONIC) };
}

struct instant
instant_add(struct instant t, double s)
{
	struct instant	 sum;
	double		 ns = s * (double)NS_PER_S;

	/* Written so that a NaN is far away, too. */
	if (t.ns == INSTANT_NEVER.ns || !(ns < FAR_NS))
		return INSTANT_NEVER;
	if (ns < -FAR_NS)
		ns = -FAR_NS;
	if (__builtin_add_overflow(t.ns, llround(ns), &sum.ns))
		sum.ns = ns > 0 ? INT64_MAX : INT64_MIN;
	return sum;
}

double
instant_diff(struct instant a, struct instant b)
{
	int64_t	 ns;

	if (__builtin_sub_overflow(a.ns, b.ns, &ns))
		ns = a.ns > b.ns ? INT64_MAX : INT64_MIN;
	return (double)ns / (double)NS_PER_S;
}

bool
instant_before(struct instant a, struct instant b)
{
	return a.ns < b.ns;
}

struct instant
instant_min(struct instant a, struct instant b)
{
	return a.ns < b.ns ? a : b;
}
