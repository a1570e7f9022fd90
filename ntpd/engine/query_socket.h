/*
 * The socket of a request: the kernel says when packets leave and arrive.
 */
#ifndef NTPD_QUERY_SOCKET_H
#define NTPD_QUERY_SOCKET_H

#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

/*
 * A new socket that is connected to TO, from SOURCE, or where the kernel likes
 * if that is ADDR_NONE; *LOCAL is where from.  -1, with errno, on failure.
 */
int	 query_socket_open(const struct addr *source, const struct addr *to,
	    struct addr *local);

/*
 * The next packet, of SIZE bytes at most, into BUF; with MSG_ERRQUEUE among
 * FLAGS it is one that has left.  Never waits.  *STAMP (ns since 1970 by
 * CLOCK_REALTIME), which is a reading of the clock, becomes the kernel's time
 * of it, if that can be right.  Returns its length; -1 if there is none.
 */
ssize_t	 query_socket_receive(int fd, int flags, uint8_t *buf, size_t size,
	    int64_t *stamp);

#endif
