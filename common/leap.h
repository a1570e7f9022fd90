/*
 * Leap seconds: how they are announced, when there can be one, and whether the
 * kernel has had one.
 */
#ifndef COMMON_LEAP_H
#define COMMON_LEAP_H

#include <stdint.h>

/* The leap indicator of RFC 5905, 7.3. */
enum ntp_leap {
	LEAP_NONE = 0,
	LEAP_INSERT = 1,	/* last minute of the month has 61 s */
	LEAP_DELETE = 2,	/* last minute of the month has 59 s */
	LEAP_UNKNOWN = 3	/* not synchronized */
};

/*
 * How many days UNIX_TIME (s since 1970) is from the last one of its month,
 * UTC, if that may end with a leap second: all there were ended a June or a
 * December, which ITU-R TF.460-6, 2.1, prefers to other months.
 * 0 on the last day, at most 30; -1 in other months.
 */
int		 leap_days_left(int64_t unix_time);

/*
 * TAI - UTC as the kernel counts it, whole s: it changes by 1 with each leap
 * second that the kernel inserts (-1: leaves out), and at no other moment
 * unless somebody sets it.  Where it begins is no matter of ours: mostly at 0.
 */
int64_t		 leap_count(void);

/*
 * The same, and in *COUNT what it was before.  By how much the count has
 * changed since: 1 or -1 is a leap second; 0 is none, which is also said if
 * somebody has set the count by more.
 */
int64_t		 leap_since(int64_t *count);

#endif
