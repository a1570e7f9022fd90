/*
 * A socket to which programs send what the time is: gpsd and others, in the
 * datagrams that chronyd's refclock SOCK takes.
 */
#ifndef NTPD_SENSOR_SOCK_H
#define NTPD_SENSOR_SOCK_H

#include <stddef.h>

#include "ntpd/sensor/reading.h"

#define SOCK_LONG_MOST	40	/* bytes of a datagram, with times of 64 bits */

/*
 * Decode LEN bytes of a datagram at BUF.  False, *R undefined, if it is none,
 * or says what cannot be.
 */
bool	 sock_decode(struct reading *r, const void *buf, size_t len);

/*
 * Take what has come to FD, up to SOCK_READS datagrams: one reading, their
 * mean.
 */
enum look sock_look(int fd, struct reading *r);

#define SOCK_READS	64

#endif
