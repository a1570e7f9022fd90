/*
 * Network addresses as plain values.  Interfaces are written as numbers
 * ("fe80::1%2"): asking for their names takes a socket, which few of the
 * processes that log addresses have.
 */
#include "common/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <limits.h>
#include <md5.h>
#include <stdio.h>
#include <string.h>

/* What IPv4 addresses written as IPv6 begin with. */
static const uint8_t	 mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool
is_zero(const uint8_t *p, size_t len)
{
	size_t	 i;

	for (i = 0; i < len; i++)
		if (p[i] != 0)
			return false;
	return true;
}

/* fe80::/10: means something on one link only, so it needs an interface. */
static bool
is_link_local(const uint8_t *bytes)
{
	return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

/*
 * Read what follows '%': digits are the interface's number, else it is its
 * name, if it can be one.
 */
static bool
parse_interface(struct addr *addr, const char *text,
    char interface[IF_NAMESIZE])
{
	const char	*error;
	size_t		 len = strlen(text);

	/* strtonum(3) would let a sign pass. */
	if (len > 0 && text[strspn(text, "0123456789")] == '\0') {
		addr->scope = (uint32_t)strtonum(text, 1, INT_MAX, &error);
		return error == NULL;
	}
	/* The kernel's rules, dev_valid_name(); and signs are for numbers. */
	if (len == 0 || len >= IF_NAMESIZE || text[0] == '+' ||
	    text[0] == '-' || text[strcspn(text, "/: \t\n\v\f\r")] != '\0' ||
	    strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		return false;
	memcpy(interface, text, len + 1);
	return true;
}

/* Read an IPv6 address, with "%interface" or without. */
static bool
parse_ipv6(struct addr *addr, const char *text, char interface[IF_NAMESIZE])
{
	char		 number[INET6_ADDRSTRLEN];
	const char	*percent = strchr(text, '%');
	size_t		 len;

	len = percent != NULL ? (size_t)(percent - text) : strlen(text);
	if (len >= sizeof(number))
		return false;
	memcpy(number, text, len);
	number[len] = '\0';
	if (inet_pton(AF_INET6, number, addr->bytes) != 1)
		return false;
	addr->family = ADDR_IPV6;
	if (percent == NULL)
		return true;
	return is_link_local(addr->bytes) &&
	    parse_interface(addr, percent + 1, interface);
}

bool
addr_parse_on(struct addr *addr, const char *text, uint16_t port,
    char interface[IF_NAMESIZE])
{
	struct addr	 parsed = { .port = port };
	char		 name[IF_NAMESIZE] = "";

	if (inet_pton(AF_INET, text, parsed.bytes) == 1)
		parsed.family = ADDR_IPV4;
	else if (!parse_ipv6(&parsed, text, name))
		return false;
	*addr = parsed;
	strlcpy(interface, name, IF_NAMESIZE);
	return true;
}

bool
addr_parse(struct addr *addr, const char *text, uint16_t port)
{
	char		 interface[IF_NAMESIZE];
	struct addr	 parsed;

	if (!addr_parse_on(&parsed, text, port, interface) ||
	    interface[0] != '\0')
		return false;
	*addr = parsed;
	return true;
}

const char *
addr_format(const struct addr *addr, char *text)
{
	size_t	 len;

	switch (addr->family) {
	case ADDR_IPV4:
		inet_ntop(AF_INET, addr->bytes, text, ADDR_STRLEN);
		break;
	case ADDR_IPV6:
		inet_ntop(AF_INET6, addr->bytes, text, ADDR_STRLEN);
		len = strlen(text);
		if (addr->scope != 0)
			snprintf(text + len, ADDR_STRLEN - len, "%%%u",
			    addr->scope);
		break;
	case ADDR_SENSOR:
		snprintf(text, ADDR_STRLEN, ".%.4s.",
		    (const char *)addr->bytes);
		break;
	default:
		strlcpy(text, "(none)", ADDR_STRLEN);
	}
	return text;
}

bool
addr_same_host(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && a->scope == b->scope &&
	    memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_same_host(a, b) && a->port == b->port;
}

/* Is it text that can be shown: one to four printable ones, then 0? */
static bool
is_refid(const uint8_t *bytes)
{
	size_t	 i = 0;

	while (i < 4 && bytes[i] > ' ' && bytes[i] < 0x7f)
		i++;
	return i > 0 && is_zero(bytes + i, 4 - i);
}

bool
addr_valid(const struct addr *addr)
{
	if (addr->unused != 0)
		return false;
	switch (addr->family) {
	case ADDR_NONE:
		return addr->port == 0 && addr->scope == 0 &&
		    is_zero(addr->bytes, sizeof(addr->bytes));
	case ADDR_SENSOR:
		return addr->port == 0 && addr->scope == 0 &&
		    is_refid(addr->bytes) && is_zero(addr->bytes + 5,
		    sizeof(addr->bytes) - 5);
	case ADDR_IPV4:
		return addr->scope == 0 && is_zero(addr->bytes + 4,
		    sizeof(addr->bytes) - 4);
	case ADDR_IPV6:
		return addr->scope == 0 || (addr->scope <= INT_MAX &&
		    is_link_local(addr->bytes));
	}
	return false;
}

static bool
is_unicast_ipv4(const uint8_t *bytes)
{
	static const uint8_t	 broadcast[4] = { 255, 255, 255, 255 };

	if (bytes[0] == 0)			/* RFC 1122: this network */
		return false;
	if ((bytes[0] & 0xf0) == 0xe0)		/* RFC 5771: multicast */
		return false;
	return memcmp(bytes, broadcast, sizeof(broadcast)) != 0;
}

static bool
is_unicast_ipv6(const uint8_t *bytes)
{
	if (is_zero(bytes, 16) || bytes[0] == 0xff)
		return false;
	/* An IPv4 address in disguise has not passed IPv4's tests. */
	return memcmp(bytes, mapped, sizeof(mapped)) != 0;
}

bool
addr_is_any(const struct addr *addr)
{
	static const uint8_t any[sizeof(addr->bytes)];

	return addr->family != ADDR_NONE &&
	    memcmp(addr->bytes, any, sizeof(any)) == 0;
}

bool
addr_is_link_local(const struct addr *addr)
{
	return addr->family == ADDR_IPV6 && is_link_local(addr->bytes);
}

bool
addr_is_mapped(const struct addr *addr)
{
	return addr->family == ADDR_IPV6 &&
	    memcmp(addr->bytes, mapped, sizeof(mapped)) == 0;
}

bool
addr_is_loopback(const struct addr *addr)
{
	static const uint8_t one[16] = { [15] = 1 };

	if (addr->family == ADDR_IPV4)
		return addr->bytes[0] == 127;
	if (addr_is_mapped(addr))
		return addr->bytes[sizeof(mapped)] == 127;
	return addr->family == ADDR_IPV6 &&
	    memcmp(addr->bytes, one, sizeof(one)) == 0;
}

bool
addr_is_unicast(const struct addr *addr)
{
	if (!addr_valid(addr) || addr->port == 0)
		return false;
	if (addr->family == ADDR_IPV4)
		return is_unicast_ipv4(addr->bytes);
	return addr->family == ADDR_IPV6 && is_unicast_ipv6(addr->bytes);
}

bool
addr_from_sockaddr(struct addr *addr, const struct sockaddr *sa, socklen_t len)
{
	struct sockaddr_in	 sin;
	struct sockaddr_in6	 sin6;
	struct addr		 a = { .family = ADDR_NONE };

	if (len < sizeof(sa->sa_family))
		return false;
	if (sa->sa_family == AF_INET && len >= sizeof(sin)) {
		memcpy(&sin, sa, sizeof(sin));
		a.family = ADDR_IPV4;
		a.port = ntohs(sin.sin_port);
		memcpy(a.bytes, &sin.sin_addr, sizeof(sin.sin_addr));
	} else if (sa->sa_family == AF_INET6 && len >= sizeof(sin6)) {
		memcpy(&sin6, sa, sizeof(sin6));
		a.family = ADDR_IPV6;
		a.port = ntohs(sin6.sin6_port);
		memcpy(a.bytes, &sin6.sin6_addr, sizeof(sin6.sin6_addr));
		if (is_link_local(a.bytes))
			a.scope = sin6.sin6_scope_id;
	} else
		return false;
	*addr = a;
	return true;
}

socklen_t
addr_to_sockaddr(const struct addr *addr, struct sockaddr_storage *ss)
{
	struct sockaddr_in	 sin = { .sin_family = AF_INET };
	struct sockaddr_in6	 sin6 = { .sin6_family = AF_INET6 };

	memset(ss, 0, sizeof(*ss));
	switch (addr->family) {
	case ADDR_IPV4:
		sin.sin_port = htons(addr->port);
		memcpy(&sin.sin_addr, addr->bytes, sizeof(sin.sin_addr));
		memcpy(ss, &sin, sizeof(sin));
		return sizeof(sin);
	case ADDR_IPV6:
		sin6.sin6_port = htons(addr->port);
		sin6.sin6_scope_id = addr->scope;
		memcpy(&sin6.sin6_addr, addr->bytes, sizeof(sin6.sin6_addr));
		memcpy(ss, &sin6, sizeof(sin6));
		return sizeof(sin6);
	}
	return 0;
}

void
addr_refid(const struct addr *addr, uint8_t refid[4])
{
	uint8_t	 digest[MD5_DIGEST_LENGTH];
	MD5_CTX	 md5;

	if (addr->family != ADDR_IPV6) {
		memcpy(refid, addr->bytes, 4);
		return;
	}
	MD5Init(&md5);
	MD5Update(&md5, addr->bytes, sizeof(addr->bytes));
	MD5Final(digest, &md5);
	memcpy(refid, digest, 4);
}
