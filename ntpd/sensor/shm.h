/*
 * Reading shared memory in which programs write what the time is.
 */
#ifndef NTPD_SENSOR_SHM_H
#define NTPD_SENSOR_SHM_H

#include "common/shmsegment.h"
#include "ntpd/sensor/reading.h"

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
