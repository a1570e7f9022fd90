/*
 * A clock of the kernel's PTP devices: a network card's, or the hypervisor's.
 */
#ifndef NTPD_SENSOR_PTP_H
#define NTPD_SENSOR_PTP_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/ptp_clock.h>

#include "ntpd/payloads.h"
#include "ntpd/sensor/reading.h"

/* How it is read, the best first; what the driver cannot is not tried again. */
enum ptp_way { PTP_PRECISE, PTP_EXTENDED, PTP_PLAIN, PTP_NONE };

/* The device's time between two of CLOCK_REALTIME. */
struct ptp_triple {
	struct ptp_clock_time before, device, after;
};

/*
 * The best of the N TRIPLES: that which took least.  False, *R undefined, if
 * there is none that can be.
 */
bool	 ptp_decode(struct reading *r, const struct ptp_triple *triples,
	    size_t n);

/*
 * Make UTC of *TRUTH, TAI in ns: by the KERNEL's word for TAI - UTC, s, or if
 * it has none (0) by LIST.  False if neither knows.
 */
bool	 ptp_to_utc(int64_t *truth, int64_t kernel,
	    const struct sensor_tai *list);

/* Read the device FD by *WAY.  LIST is NULL unless it is TAI. */
enum look ptp_look(enum ptp_way *way, int fd, const struct sensor_tai *list,
	    struct reading *r);

/* The same of one that may show any time. */
enum look ptp_look_at_any(enum ptp_way *way, int fd, struct reading *r);

#endif
