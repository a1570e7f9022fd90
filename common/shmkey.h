/*
 * The shared memory of reference clocks.
 */
#ifndef COMMON_SHMKEY_H
#define COMMON_SHMKEY_H

#define SHM_UNITS	256		/* those that a key is for; tuned */

/* The key of segment UNIT: "NTP0" and on. */
#define SHM_KEY(unit)	((key_t)(0x4e545030 + (unit)))

#endif
