/*
 * What every kind of device gives: a reading.
 */
#ifndef NTPD_SENSOR_READING_H
#define NTPD_SENSOR_READING_H

#include <stdbool.h>
#include <stdint.h>

/* The clock by which the time of a reading is given. */
enum reading_clock { READING_REAL, READING_RAW };

struct reading {
	enum reading_clock clock;	/* CLOCK_REALTIME or MONOTONIC_RAW */
	int64_t		 at;		/* ns, by that clock */
	int64_t		 truth;		/* ns since 1970, by the device */
	double		 error;		/* s, that it says it may be off by */
	uint8_t		 leap;		/* enum ntp_leap */
	bool		 pulse;		/* truth: of some second, which it is
					   is not known */
};

/* What came of a look at a device. */
enum look {
	LOOK_NOTHING,		/* nothing new */
	LOOK_NEWS,		/* there is a reading */
	LOOK_LOST		/* the device is gone, or is none */
};

/* Is AT, ns since 1970, a time at which this software exists? */
bool	 reading_is_time(int64_t at);

/*
 * SECONDS and NANOSECONDS, which may be anything, into *NS, as ns.  False if
 * no clock shows that: less than 0, a rest that is not below a second, or so
 * much that the sum of two would overflow.  A wrong clock shows any other.
 */
bool	 reading_time(int64_t seconds, int64_t nanoseconds, int64_t *ns);

/* R says only that a second begins at r->at: truth is the nearest one. */
void	 reading_second(struct reading *r);

#endif
