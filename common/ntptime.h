/*
 * NTP's time formats (RFC 5905 section 6): 64-bit timestamps whose era is
 * implied, and the 32-bit short format for delays and dispersions.
 */
#ifndef COMMON_NTPTIME_H
#define COMMON_NTPTIME_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/*
 * Seconds since 1900 modulo 2^32 in the upper half, fraction in the lower.
 * Zero means "unknown" on the wire.  A type of its own, so that it is never
 * mixed with other times.
 */
struct ntptime {
	uint64_t	 value;
};

/* Seconds from 1900-01-01 to 1970-01-01. */
#define NTPTIME_UNIX_OFFSET	2208988800ULL

/*
 * 2025-01-01, in seconds since 1970.  Before, this software did not exist: no
 * time is true that is earlier.
 */
#define NTPTIME_LEAST		1735689600LL

/*
 * A CLOCK_REALTIME reading as a timestamp; the era is dropped.  Rounds to
 * nearest: converting a nanosecond value there and back gives the same value.
 * Never zero: the start of an era becomes the smallest fraction after it.
 */
struct ntptime	 ntptime_from_timespec(const struct timespec *ts);

/* Nanoseconds since 1970 (any era, may be negative) likewise. */
struct ntptime	 ntptime_from_ns(int64_t unix_ns);

/*
 * The time TIME as nanoseconds since 1970, in the era that puts it within 68
 * years of NEAR (ns since 1970).  RFC 5905 section 6: a timestamp's era comes
 * from outside.  What does not fit is INT64_MIN or INT64_MAX.
 */
int64_t		 ntptime_to_ns(struct ntptime time, int64_t near);

/*
 * A - B in seconds, right across era ends as long as the two are within 68
 * years: the difference is taken in 64-bit two's complement first (RFC 5905
 * section 6), so no precision is lost to the size of the timestamps.
 */
double		 ntptime_diff(struct ntptime a, struct ntptime b);

/* TIME moved by S seconds, modulo the era; TIME if not |S| < 2^31. */
struct ntptime	 ntptime_add(struct ntptime time, double s);

bool		 ntptime_equal(struct ntptime a, struct ntptime b);
bool		 ntptime_is_zero(struct ntptime time);

/* The 16.16 short format as seconds: 0 to 65536. */
double		 ntpshort_to_seconds(uint32_t fixed);

/*
 * Seconds as short format, rounded up so that a bound stays a bound; negative
 * and NaN become 0, what is too large the largest value.
 */
uint32_t	 ntpshort_from_seconds(double s);

#endif
