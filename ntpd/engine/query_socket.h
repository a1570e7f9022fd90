/*
 * The socket of a request: the kernel says when packets leave and arrive.
 */
#ifndef NTPD_QUERY_SOCKET_H
#define NTPD_QUERY_SOCKET_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/stamp.h"

/*
 * A new socket that is connected to TO, from SOURCE, or where the kernel likes
 * if that is ADDR_NONE; *LOCAL is where from.  With CARDS those that can stamp
 * its packets are to do it.  -1, with errno, on failure.
 */
int	 query_socket_open(const struct addr *source, const struct addr *to,
	    bool cards, struct addr *local);

/*
 * The next packet, of SIZE bytes at most, into BUF; with MSG_ERRQUEUE among
 * FLAGS it is one that has left.  Never waits.  What stamps it has are added to
 * *STAMP; they may be anything.  Returns its length; -1 if there is none.
 */
ssize_t	 query_socket_receive(int fd, int flags, uint8_t *buf, size_t size,
	    struct stamp *stamp);

#endif
