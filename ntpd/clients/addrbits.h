/*
 * Clients' addresses as numbers, to be masked, compared and hashed.  IPv4 is
 * there as IPv6 has it, ::ffff:0:0/96: no packet comes from such an address,
 * the kernel drops them.
 */
#ifndef NTPD_CLIENTS_ADDRBITS_H
#define NTPD_CLIENTS_ADDRBITS_H

#include <sys/socket.h>

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define ADDRBITS	128
#define ADDRBITS4	96	/* that come before those of an IPv4 address */

struct addrbits {
	uint64_t	 high, low;
};

/* A sender, as recvmmsg(2) writes it and sendmmsg(2) wants it. */
union sender {
	struct sockaddr		 sa;
	struct sockaddr_in	 in;
	struct sockaddr_in6	 in6;
};

/* The address of BYTES, the most significant first. */
struct addrbits addrbits_from_ipv4(const uint8_t bytes[4]);
struct addrbits addrbits_from_ipv6(const uint8_t bytes[16]);

/* The reverse: all 16 BYTES, for IPv4 four and zeros.  Is it IPv4? */
bool	 addrbits_to_bytes(struct addrbits a, uint8_t bytes[16]);

/* That of a sender of AF_INET or AF_INET6. */
struct addrbits addrbits_of_sender(const union sender *from);

bool	 addrbits_is_ipv4(struct addrbits a);

/* The first LENGTH (0 to ADDRBITS) bits of A, the rest 0, or 1. */
struct addrbits addrbits_first(struct addrbits a, unsigned length);
struct addrbits addrbits_last(struct addrbits a, unsigned length);

bool	 addrbits_equal(struct addrbits a, struct addrbits b);
bool	 addrbits_below(struct addrbits a, struct addrbits b);

/* The one after A; that after the last is 0. */
struct addrbits addrbits_next(struct addrbits a);

#endif
