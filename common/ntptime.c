/*
 * NTP's time formats.  Timestamps stay integers from end to end: a double has
 * 53 bits, which for seconds since 1900 is no better than half a microsecond.
 * Only differences become doubles, after they were taken exactly.
 */
#include "common/ns.h"
#include "common/ntptime.h"

#include <math.h>

#define FRACTIONS	4294967296.0	/* of a timestamp, in a second */
#define SHORT_FRACTIONS	65536.0		/* of the short format */

/* Nanoseconds (below 10^9) as a fraction of a second, to nearest. */
static uint64_t
fraction_from_ns(uint64_t ns)
{
	return ((ns << 32) + (uint64_t)NS_PER_S / 2) / (uint64_t)NS_PER_S;
}

/* A fraction of a second in nanoseconds, to nearest: up to 10^9. */
static int64_t
fraction_to_ns(uint32_t fraction)
{
	return ((int64_t)fraction * NS_PER_S + (1LL << 31)) >> 32;
}

/* The whole seconds in NS, rounded down, also before 1970; *REST is left. */
static int64_t
whole_seconds(int64_t ns, int64_t *rest)
{
	int64_t	 s = ns / NS_PER_S;

	*rest = ns % NS_PER_S;
	if (*rest < 0) {
		*rest += NS_PER_S;
		s--;
	}
	return s;
}

static struct ntptime
from_parts(int64_t unix_s, int64_t ns)
{
	struct ntptime	 t;

	t.value = ((uint64_t)unix_s + NTPTIME_UNIX_OFFSET) << 32;
	t.value += fraction_from_ns((uint64_t)ns);
	/* The start of an era must not look like "unknown". */
	if (t.value == 0)
		t.value = 1;
	return t;
}

struct ntptime
ntptime_from_ns(int64_t unix_ns)
{
	int64_t	 s, ns;

	s = whole_seconds(unix_ns, &ns);
	return from_parts(s, ns);
}

struct ntptime
ntptime_from_timespec(const struct timespec *ts)
{
	return from_parts(ts->tv_sec, ts->tv_nsec);
}

int64_t
ntptime_to_ns(struct ntptime time, int64_t near)
{
	int64_t	 near_s, ns;
	int32_t	 ahead;

	near_s = whole_seconds(near, &ns);
	/* How far ahead of NEAR it is, modulo an era, nearest way round. */
	ahead = (int32_t)((uint32_t)(time.value >> 32) -
	    (uint32_t)((uint64_t)near_s + NTPTIME_UNIX_OFFSET));
	if (__builtin_mul_overflow(near_s + ahead, NS_PER_S, &ns) ||
	    __builtin_add_overflow(ns,
	    fraction_to_ns((uint32_t)time.value), &ns))
		return near < 0 ? INT64_MIN : INT64_MAX;
	return ns;
}

double
ntptime_diff(struct ntptime a, struct ntptime b)
{
	return (double)(int64_t)(a.value - b.value) / FRACTIONS;
}

struct ntptime
ntptime_add(struct ntptime time, double s)
{
	/* Scaling by a power of two is exact; only the last bit is rounded. */
	if (fabs(s) < FRACTIONS / 2)
		time.value += (uint64_t)llround(s * FRACTIONS);
	return time;
}

bool
ntptime_equal(struct ntptime a, struct ntptime b)
{
	return a.value == b.value;
}

bool
ntptime_is_zero(struct ntptime time)
{
	return time.value == 0;
}

double
ntpshort_to_seconds(uint32_t fixed)
{
	return fixed / SHORT_FRACTIONS;
}

uint32_t
ntpshort_from_seconds(double s)
{
	double	 fixed = ceil(s * SHORT_FRACTIONS);

	/* Written so that a NaN is 0, too. */
	if (!(fixed > 0))
		return 0;
	return fixed < UINT32_MAX ? (uint32_t)fixed : UINT32_MAX;
}
