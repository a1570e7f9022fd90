/*
 * The server answers clients.  There are none to N of it, each with sockets
 * of its own that share their ports.
 *
 * What it expects of a socket that SERVER_LISTEN brings, all of it set by the
 * binder, since the server may set nothing:
 * - UDP, bound; IPv6 with IPV6_V6ONLY; SO_REUSEPORT if another socket, of
 *   this server or of another, may be bound to what it is bound to;
 * - SO_TIMESTAMPNS, or SO_TIMESTAMPING with software receive stamps reported:
 *   else the receive timestamp is that of reading the request;
 * - if it is for interleaved mode, SO_TIMESTAMPING with software stamps, also
 *   for transmission if one message asks for it;
 * - IP_PKTINFO or IPV6_RECVPKTINFO: what is answered then leaves from the
 *   address that was asked, and what was sent to a broadcast or multicast
 *   address is not answered.  One that is bound to the IPv4 address of a host
 *   gets only what was sent there, and answers from there, without: to be told
 *   and to tell costs 5 %;
 * - no other control messages, IP_RECVERR least of all;
 * - a receive buffer of 1 MB, if it may have it: it holds what comes while
 *   the server waits for its CPU;
 * - a send buffer of 4 MB, if it may have it: it holds answers for which the
 *   kernel does not know the neighbour yet.
 * It need not be non-blocking.
 */
#ifndef NTPD_SERVER_SERVER_H
#define NTPD_SERVER_SERVER_H

#include "ntpd/child.h"

/* What it is given; it cannot send descriptors over these. */
#define SERVER_ENGINE_FD	CHILD_GIVEN_FD
#define SERVER_BINDER_FD	(CHILD_GIVEN_FD + 1)

#endif
