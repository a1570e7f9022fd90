/*
 * Readings: what is a time at all.
 */
#include "common/ns.h"
#include "common/ntptime.h"
#include "ntpd/sensor/reading.h"

/* No time that is later is true, s since 1970: 2093, half an era on. */
#define LATEST		(NTPTIME_LEAST + (INT64_C(1) << 31))

bool
reading_is_time(int64_t at)
{
	return at >= NTPTIME_LEAST * NS_PER_S && at < LATEST * NS_PER_S;
}

bool
reading_time(int64_t seconds, int64_t nanoseconds, int64_t *ns)
{
	if (seconds < 0 || seconds > INT64_MAX / NS_PER_S / 2 ||
	    nanoseconds < 0 || nanoseconds >= NS_PER_S)
		return false;
	*ns = seconds * NS_PER_S + nanoseconds;
	return true;
}

void
reading_second(struct reading *r)
{
	const int64_t	 after = r->at + NS_PER_S / 2;

	r->truth = after - after % NS_PER_S;
	r->pulse = true;
}
