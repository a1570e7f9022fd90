/*
 * A pulse that says when a second begins: Linux' PPS devices (RFC 2783).
 */
#ifndef NTPD_SENSOR_PPS_H
#define NTPD_SENSOR_PPS_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/pps.h>

#include "ntpd/sensor/reading.h"

struct pps {
	bool		 known;		/* the number of the last pulse is */
	uint32_t	 number;
};

/*
 * Is there another pulse in INFO, one that is FALLING or not?  False, *R
 * undefined, if not, or if its time cannot be.
 */
bool	 pps_decode(struct pps *pps, struct reading *r,
	    const struct pps_kinfo *info, bool falling);

/* Wait a moment for the next pulse of the device FD. */
enum look pps_look(struct pps *pps, int fd, bool falling, struct reading *r);

#endif
