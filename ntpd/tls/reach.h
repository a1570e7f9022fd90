/*
 * The connection to the one server of an exchange.
 */
#ifndef NTPD_TLS_REACH_H
#define NTPD_TLS_REACH_H

#include <stdbool.h>

#include "common/addr.h"
#include "common/instant.h"

/*
 * Connect to ADDR by TCP, until DEADLINE.  Returns a non-blocking socket, the
 * caller's to close; or -1 with errno, which is ETIMEDOUT after the deadline.
 */
int	 reach(const struct addr *addr, struct instant deadline);

/* Wait for EVENTS on FD; false when DEADLINE has passed. */
bool	 reach_wait(int fd, short events, struct instant deadline);

#endif
