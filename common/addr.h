/*
 * Network addresses as plain values: fixed size, no pointers, so that they
 * can cross a process boundary and be compared byte by byte.
 */
#ifndef COMMON_ADDR_H
#define COMMON_ADDR_H

#include <sys/socket.h>

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#define NTP_PORT	123
#define NTS_PORT	4460	/* TCP, of key establishment */

enum addr_family {
	ADDR_NONE = 0,		/* no address */
	ADDR_SENSOR = 1,	/* a reference clock of this machine */
	ADDR_IPV4 = 4,
	ADDR_IPV6 = 6
};

struct addr {
	uint8_t		 family;	/* enum addr_family */
	uint8_t		 unused;	/* always 0 */
	uint16_t	 port;		/* host byte order */
	uint32_t	 scope;		/* IPv6 link-local interface, else 0 */
	uint8_t		 bytes[16];	/* IPv4: the first four, rest 0; */
					/* sensor: its reference id and, in */
					/* the fifth, its number */
};

/* The longest address with an interface and a port, in any spelling. */
#define ADDR_STRLEN	80

/*
 * Read a numeric IPv4 or IPv6 address ("192.0.2.1", "fe80::1%2") into *ADDR,
 * with PORT.  False, and *ADDR untouched, if TEXT is not one; also if there is
 * an interface and the address is not link-local, or its name, not its number.
 */
bool	 addr_parse(struct addr *addr, const char *text, uint16_t port);

/*
 * The same, but the interface may have its name ("fe80::1%eth0").  This is in
 * INTERFACE then, which is "" otherwise, and the scope of *ADDR is 0: which
 * number the interface has, if it exists, is for later, and may change.
 */
bool	 addr_parse_on(struct addr *addr, const char *text, uint16_t port,
	    char interface[IF_NAMESIZE]);

/*
 * Write ADDR without its port into TEXT (ADDR_STRLEN bytes) and return TEXT.
 * The interface is a number, as asking for its name takes a socket.
 * A sensor gives its reference id, ".GPS.".  An ADDR_NONE or unknown family
 * gives "(none)".
 */
const char *addr_format(const struct addr *addr, char *text);

/* Are both the same address, port and scope? */
bool	 addr_equal(const struct addr *a, const struct addr *b);

/* Are both the same host: address and scope, whatever the port? */
bool	 addr_same_host(const struct addr *a, const struct addr *b);

/*
 * Is ADDR a value that a hostile sender could not have made harmful: a known
 * family (or none, and all else zero), unused bytes zero, a scope for
 * link-local addresses only, a sensor's reference id printable?  For addresses
 * that arrive in messages.
 */
bool	 addr_valid(const struct addr *addr);

/* Is it the unspecified address (0.0.0.0, ::), whatever the port? */
bool	 addr_is_any(const struct addr *addr);

/* Is it an address of one link, fe80::/10, for which an interface is needed? */
bool	 addr_is_link_local(const struct addr *addr);

/* Is it IPv4 written as IPv6, ::ffff:0:0/96? */
bool	 addr_is_mapped(const struct addr *addr);

/*
 * Is it an address that every machine has for itself: 127.0.0.0/8, the same
 * written as IPv6, or ::1?
 */
bool	 addr_is_loopback(const struct addr *addr);

/*
 * Is it an address that one NTP server can have: valid, a port, and not
 * unspecified, multicast, broadcast or IPv4 written as IPv6 (::ffff:0:0/96)?
 */
bool	 addr_is_unicast(const struct addr *addr);

/* Fill *ADDR from a socket address of LEN bytes; false if it is not IP. */
bool	 addr_from_sockaddr(struct addr *addr, const struct sockaddr *sa,
	    socklen_t len);

/*
 * Fill *SS from ADDR; returns its length, 0 if ADDR holds no address.
 */
socklen_t addr_to_sockaddr(const struct addr *addr,
	    struct sockaddr_storage *ss);

/*
 * The RFC 5905 reference id of an upstream server: its IPv4 address, or the
 * first four bytes of the MD5 of its IPv6 address (7.3, "Reference ID").
 * That of a sensor is its own.  All zero for ADDR_NONE.
 */
void	 addr_refid(const struct addr *addr, uint8_t refid[4]);

#endif
