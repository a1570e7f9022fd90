/*
 * Which server gets which client.  The kernel's own way to spread datagrams
 * over sockets that share a port is a hash of both addresses and both ports,
 * so that one client reaches every server by changing its port, and what a
 * server remembers of clients would be remembered once in each.  Here it is a
 * hash of the client's address, or of the prefix that stands for a client.
 */
#ifndef NTPD_BINDER_REUSEPORT_H
#define NTPD_BINDER_REUSEPORT_H

#include <stdbool.h>
#include <stdint.h>

struct spread {
	unsigned	 sockets;	/* 1 or more sockets share a port */
	unsigned	 bits4;		/* 1 to 32, of the prefix */
	unsigned	 bits6;		/* 1 to 128 */
	uint32_t	 secret;	/* clients cannot choose a socket */
};

/*
 * Have the sockets that share the port of FD, bound, of FAMILY (AF_INET,
 * AF_INET6) and with SO_REUSEPORT, get datagrams as S says.  That is for all
 * of them, also those that come later, until it is called again.  False, with
 * errno, if the kernel will not.
 *
 * The program names a socket by its number in the order in which they were
 * bound.  When one is closed, because its server ended, the last one takes
 * its number: until there is another, clients of the one that ended are
 * answered by the last one, and the last one's, whose number is none now, by
 * any (the kernel falls back to its own way).  The one that is opened then is
 * the last.  So for two servers' clients what is remembered of them begins
 * anew, and nothing else changes.
 */
bool	 reuseport_spread(int fd, int family, const struct spread *s);

#endif
