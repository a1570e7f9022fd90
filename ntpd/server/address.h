/*
 * Clients' addresses as numbers, to be masked, compared and hashed.  IPv4 is
 * there as IPv6 has it, ::ffff:0:0/96: no packet comes from such an address,
 * the kernel drops them.
 */
#ifndef NTPD_SERVER_ADDRESS_H
#define NTPD_SERVER_ADDRESS_H

#include <sys/socket.h>

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define ADDRESS_BITS	128
#define ADDRESS_BITS4	96	/* that come before those of an IPv4 address */

struct address {
	uint64_t	 high, low;
};

/* A sender, as recvmmsg(2) writes it and sendmmsg(2) wants it. */
union sender {
	struct sockaddr		 sa;
	struct sockaddr_in	 in;
	struct sockaddr_in6	 in6;
};

/* The address of BYTES: 16, or with IPV4 four, first the most significant. */
struct address address_from_bytes(const uint8_t *bytes, bool ipv4);

/* The reverse: all 16 BYTES, for IPv4 four and zeros.  Is it IPv4? */
bool	 address_to_bytes(struct address a, uint8_t bytes[16]);

/* That of a sender of AF_INET or AF_INET6. */
struct address address_of_sender(const union sender *from);

bool	 address_is_ipv4(struct address a);

/* The first LENGTH (0 to ADDRESS_BITS) bits of A, the rest 0, or 1. */
struct address address_first(struct address a, unsigned length);
struct address address_last(struct address a, unsigned length);

bool	 address_equal(struct address a, struct address b);
bool	 address_below(struct address a, struct address b);

/* The one after A; that after the last is 0. */
struct address address_next(struct address a);

#endif
