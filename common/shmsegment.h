/*
 * The shared memory of reference clocks, in which programs write what the time
 * is: gpsd and others, as ntpd's driver 28 reads it.
 */
#ifndef COMMON_SHMSEGMENT_H
#define COMMON_SHMSEGMENT_H

#include <sys/types.h>

#define SHM_UNITS	256		/* those that a key is for; tuned */

/* The key of segment UNIT: "NTP0" and on. */
#define SHM_KEY(unit)	((key_t)(0x4e545030 + (unit)))

/* A segment, as programs on this machine have it. */
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

#endif
