/*
 * Which reference clocks this machine has: what "sensor *" stands for.
 */
#ifndef NTPD_PARENT_DEVICES_H
#define NTPD_PARENT_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "ntpd/config.h"
#include "ntpd/processes.h"

#define DEVICES_MOST	256	/* units of a kind that are looked for */

struct devices {
	char		 names[SENSORS_MOST][CONFIG_SENSOR_LEN]; /* "pps0" */
	size_t		 n;
	bool		 virtual[DEVICES_MOST];	/* ptpN is the hypervisor's */
};

/*
 * Look in the folders DEV and PTP (/dev and /sys/class/ptp) and for segments of
 * shared memory.  A network card's clock is not taken: what time it shows, and
 * whether anything sets it, only the operator knows.
 */
void	 devices_find(struct devices *d, const char *dev, const char *ptp);

/*
 * Put those that D has in the place of "sensor *" in *CONF, but for those that
 * have statements of their own.  What is taken is logged.  A hypervisor's clock
 * is UTC, whatever its statement says.
 */
void	 devices_apply(const struct devices *d, struct config *conf);

#endif
