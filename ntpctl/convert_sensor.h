/*
 * A reference clock on its way from another daemon's file to a sensor
 * statement: convert_refclock.c reads it, convert_sensor.c writes it.
 */
#ifndef NTPCTL_CONVERT_SENSOR_H
#define NTPCTL_CONVERT_SENSOR_H

#include <stdbool.h>

#include "ntpctl/convert.h"

/* GPSD: a receiver that gpsd(8) can read, and ntpd(8) cannot. */
enum kind { SHM, SOCK, PPS, PTP, GPSD, LOCAL, OTHER };

/* A sensor in the making. */
struct making {
	enum kind	 kind;
	unsigned	 unit;
	char		 name[CONVERT_SOCKET_LEN];
	struct convert_fudge options;
	const char	*lock;		/* the reference id of another; NULL */
	bool		 falling, tai, trusted, prefer;
};

/* Write M, or as a comment why there is no room for it. */
void	 sensor_write(struct convert *c, const struct making *m);

/*
 * Write M, of the kind GPSD, as the segments of gpsd(8), which has two for each
 * receiver: what the sentences say, and the pulses, which are wanted if flag1
 * is set.  M is changed.
 */
void	 sensor_write_receiver(struct convert *c, struct making *m);

#endif
