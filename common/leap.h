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

/* What the leap statement says of those that are due. */
enum leap_policy {
	LEAP_BY_KERNEL,		/* it repeats or leaves out a second */
	LEAP_BY_SLEW,		/* the clock is slewed by it afterwards */
	LEAP_NOT_AT_ALL,	/* the servers will say that it is off by it */
	LEAP_SMEARED		/* by the kernel; clients do not notice */
};

/* The leap second that is next, or was within the last day, by the list. */
struct leap_plan {
	int64_t		 at;		/* s since 1970: the first s after it */
	int8_t		 change;	/* of TAI - UTC: 1, -1; 0: none */
	uint8_t		 known;		/* 1: the list says so, or that */
					/* there is none; 0: no valid list */
	uint8_t		 policy;	/* enum leap_policy */
	uint8_t		 reserved[5];	/* 0 */
};

/* How the UTC day that UNIX_TIME (s since 1970) is in ends by PLAN. */
enum ntp_leap	 leap_planned(const struct leap_plan *plan, int64_t unix_time);

/*
 * How many days UNIX_TIME (s since 1970) is from the last one of its month,
 * UTC, if that may end with a leap second: all there were ended a June or a
 * December, which ITU-R TF.460-6, 2.1, prefers to other months.
 * 0 on the last day, at most 30; -1 in other months.
 */
int		 leap_days_left(int64_t unix_time);

/* The end of the UTC day that UNIX_TIME is in: both s since 1970. */
int64_t		 leap_day_end(int64_t unix_time);

/*
 * TAI - UTC as the kernel counts it, whole s, and in *REAL the CLOCK_REALTIME
 * (ns since 1970) that it belongs to.  It changes by 1 with each leap second
 * that the kernel inserts (-1: leaves out), and at no other moment unless
 * somebody sets it.  Where it begins does not matter here: mostly at 0.
 */
int64_t		 leap_count(int64_t *real);

/*
 * Was there a leap second between two readings of CLOCK_REALTIME, FROM and TO
 * (ns since 1970, less than a day apart)?  MORE is the change of the kernel's
 * count, JUMPED (s) what the clock has gained beyond the time that passed.
 * 1: one was inserted; -1: left out; 0: none.  It is one if the count has
 * changed by one, and the clock has jumped, at the end of a June or a December.
 * If the count changed alone, somebody has set it.
 */
int		 leap_between(int64_t from, int64_t to, int64_t more,
		    double jumped);

#endif
