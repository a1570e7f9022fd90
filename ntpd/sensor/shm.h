/*
 * Shared memory in which programs write what the time is: gpsd and others, as
 * ntpd's driver 28 reads it.
 */
#ifndef NTPD_SENSOR_SHM_H
#define NTPD_SENSOR_SHM_H

#include <sys/types.h>

#include "ntpd/sensor/reading.h"

/* The segment, as programs on this machine have it. */
struct shm_segment {
	int		 mode;		/* 1: count says whether it is torn */
	int		 count;		/* goes up before and after a change */
	time_t		 clock_sec;	/* the true time, ... */
	int		 clock_usec;
	time_t		 receive_sec;	/* ... when CLOCK_REALTIME was that */
	int		 receive_usec;
	int		 leap;
	int		 precision;	/* log2 s */
	int		 nsamples;
	int		 valid;
	unsigned	 clock_nsec;	/* if it is usec's, more exact */
	unsigned	 receive_nsec;
	int		 dummy[8];
};

struct shm {
	const volatile struct shm_segment *segment;	/* NULL: none */
	int		 id;		/* of it */
	struct shm_segment last;	/* what was read of it */
};

/*
 * Decode *S, which may say anything.  False, *R undefined, if it is not valid
 * or says what cannot be.
 */
bool	 shm_decode(struct reading *r, const struct shm_segment *s);

/*
 * Attach segment UNIT for reading.  It must belong to root or to the user that
 * this is, and nobody else may write to it.  NULL, or why it cannot be used.
 */
const char *shm_attach(struct shm *shm, unsigned unit);

/*
 * Look for something new in it.  LOOK_LOST, and it is detached, if UNIT is
 * another segment now.
 */
enum look shm_look(struct shm *shm, unsigned unit, struct reading *r);

#endif
