/*
 * Opening the sockets that the server processes answer on.  Which ones there
 * are to be, and when, is listen.h's.
 */
#ifndef NTPD_BINDER_SOCKET_H
#define NTPD_BINDER_SOCKET_H

#include <stdbool.h>

#include "ntpd/config_shared.h"

struct socket_use {
	bool		 bound;		/* what socket_is_bound() says */
	bool		 shared;	/* its port, with other sockets */
	bool		 xleave;	/* says when answers left, if asked */
};

/*
 * Open a socket of FAMILY (AF_INET, AF_INET6) for a listen statement, with all
 * that server.h expects of it.  -1 with errno: EAFNOSUPPORT if this machine
 * does not have FAMILY, ENODEV or EADDRINUSE as from bind(2).
 */
int	 socket_open(const struct config_listener *conf, int family,
	    const struct socket_use *use);

/*
 * Open a TCP socket of FAMILY at the place and port of CONF, and listen.  -1
 * with errno likewise.
 */
int	 socket_open_tcp(const struct config_listener *conf, int family);

/*
 * Is the statement's socket bound to an IPv4 address of one host?  Then the
 * kernel gives it nothing that was sent elsewhere, and answers from there,
 * without being told.  If the address becomes a broadcast one later, it lets
 * no answer leave.
 */
bool	 socket_is_bound(const struct config_listener *conf);

#endif
