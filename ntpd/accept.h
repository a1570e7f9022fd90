/*
 * Taking clients from a socket that is listened on.
 */
#ifndef NTPD_ACCEPT_H
#define NTPD_ACCEPT_H

#include <sys/socket.h>

#include "common/instant.h"

/*
 * The next client of socket FD, called WHAT in the log: its descriptor, which
 * is the caller's, non-blocking and closed on exec, and its address in *FROM
 * of *LEN bytes, or NULL.  -1 if there is none, or none can be taken.
 *
 * If this is for want of descriptors or memory, the client stays in line, and
 * the socket readable: that is logged, and *REST is when to look again.
 */
int	 accept_client(int fd, const char *what, struct sockaddr *from,
	    socklen_t *len, struct instant *rest);

#endif
