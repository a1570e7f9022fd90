/*
 * Times as nanoseconds, in 64 bits on every machine.
 */
#ifndef COMMON_NS_H
#define COMMON_NS_H

#include <stdint.h>
#include <time.h>

#define NS_PER_S	INT64_C(1000000000)

/* TS in ns: 292 years at most, either way. */
static inline int64_t
ns_from_timespec(const struct timespec *ts)
{
	return (int64_t)ts->tv_sec * NS_PER_S + ts->tv_nsec;
}

/* What the clock ID shows, ns.  For clocks that every kernel has. */
static inline int64_t
ns_read(clockid_t id)
{
	struct timespec	 ts;

	clock_gettime(id, &ts);
	return ns_from_timespec(&ts);
}

/*
 * What CLOCK_REALTIME shows, ns, and in *RAW what CLOCK_MONOTONIC_RAW shows at
 * the same moment.
 */
int64_t	 ns_read_both(int64_t *raw);

#endif
