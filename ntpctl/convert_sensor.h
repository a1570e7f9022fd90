/*
 * A reference clock on its way from another daemon's file to a sensor
 * statement: convert_refclock.c reads it, convert_sensor.c writes it.
 */
#ifndef NTPCTL_CONVERT_SENSOR_H
#define NTPCTL_CONVERT_SENSOR_H

#include "ntpctl/convert.h"

/*
 * Write M, or as a comment why there is no room for it.  Pulses that are locked
 * to a sensor are written behind that: if it has not come yet they wait for it.
 */
void	 sensor_write(struct convert *c, const struct making *m);

/* Write what still waits: no sensor says to these pulses which second it is. */
void	 sensor_write_waiting(struct convert *c);

/*
 * Write M, of the kind GPSD, as the segments of gpsd(8), which has two for each
 * receiver: what the sentences say, and the pulses, which are wanted if flag1
 * is set.  M is changed.
 */
void	 sensor_write_receiver(struct convert *c, struct making *m);

#endif
