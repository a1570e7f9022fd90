/*
 * Clients' addresses as numbers.
 */
#include <bsd/sys/endian.h>

#include "ntpd/clients/addrbits.h"

#define MAPPED		((uint64_t)0xffff << 32)	/* ::ffff:0:0/96 */

struct addrbits
addrbits_from_ipv4(const uint8_t bytes[4])
{
	return (struct addrbits){ 0, MAPPED | be32dec(bytes) };
}

struct addrbits
addrbits_from_ipv6(const uint8_t bytes[16])
{
	return (struct addrbits){ be64dec(bytes), be64dec(bytes + 8) };
}

bool
addrbits_to_bytes(struct addrbits a, uint8_t bytes[16])
{
	bool		 ipv4 = addrbits_is_ipv4(a);

	/* What is behind the first 32 bits is 0 then. */
	if (ipv4)
		a = (struct addrbits){ a.low << 32, 0 };
	be64enc(bytes, a.high);
	be64enc(bytes + 8, a.low);
	return ipv4;
}

struct addrbits
addrbits_of_sender(const union sender *from)
{
	if (from->sa.sa_family == AF_INET)
		return addrbits_from_ipv4(
		    (const uint8_t *)&from->in.sin_addr);
	return addrbits_from_ipv6(from->in6.sin6_addr.s6_addr);
}

bool
addrbits_is_ipv4(struct addrbits a)
{
	return a.high == 0 && a.low >> 32 == MAPPED >> 32;
}

/* A word of LENGTH ones, then zeros. */
static uint64_t
ones(unsigned length)
{
	if (length == 0)
		return 0;
	return length >= 64 ? UINT64_MAX : UINT64_MAX << (64 - length);
}

static struct addrbits
mask(unsigned length)
{
	return (struct addrbits){ ones(length),
	    ones(length > 64 ? length - 64 : 0) };
}

struct addrbits
addrbits_first(struct addrbits a, unsigned length)
{
	struct addrbits	 m = mask(length);

	return (struct addrbits){ a.high & m.high, a.low & m.low };
}

struct addrbits
addrbits_last(struct addrbits a, unsigned length)
{
	struct addrbits	 m = mask(length);

	return (struct addrbits){ a.high | ~m.high, a.low | ~m.low };
}

bool
addrbits_equal(struct addrbits a, struct addrbits b)
{
	return a.high == b.high && a.low == b.low;
}

bool
addrbits_below(struct addrbits a, struct addrbits b)
{
	return a.high < b.high || (a.high == b.high && a.low < b.low);
}

struct addrbits
addrbits_next(struct addrbits a)
{
	a.low++;
	if (a.low == 0)
		a.high++;
	return a;
}
