/*
 * Any rules, valid ones, and any addresses: the ranges that are made of the
 * rules say what a plain reading of them says.  Input: rules of RULE_BYTES
 * each.  The addresses are both ends of each rule, and what is beside them.
 */
#include <string.h>

#include "common/addr.h"
#include "ntpd/clients/access.h"
#include "regress/fuzz/fuzz.h"

#define RULES_MOST	12
#define RULE_BYTES	7

const size_t	 input_most = RULES_MOST * RULE_BYTES;

static struct config_rule rules[RULES_MOST];
static size_t	 nrules;

/*
 * The first byte says whether it allows, and of which family it is, if any.
 * The address has three bytes at its beginning, one at its end, and one that
 * fills it, so that there are addresses at the ends of the families.
 */
static struct config_rule
rule(const uint8_t bytes[RULE_BYTES])
{
	struct config_rule r = { .allow = bytes[0] & 1 };
	size_t		 n;

	if (bytes[0] % 16 > 1)
		r.family = bytes[0] & 2 ? ADDR_IPV4 : ADDR_IPV6;
	if (r.family == ADDR_NONE)
		return r;
	n = r.family == ADDR_IPV4 ? 4 : 16;
	r.length = (uint8_t)(bytes[1] % (8 * n + 1));
	memset(r.bytes, bytes[6], n);
	memcpy(r.bytes, bytes + 2, 3);
	r.bytes[n - 1] = bytes[5];
	return r;
}

static bool
matches(const struct config_rule *r, const uint8_t bytes[16], bool ipv4)
{
	size_t		 whole = r->length / 8;

	if (r->family == ADDR_NONE)
		return true;
	if ((r->family == ADDR_IPV4) != ipv4)
		return false;
	if (memcmp(r->bytes, bytes, whole) != 0)
		return false;
	return r->length % 8 == 0 ||
	    ((r->bytes[whole] ^ bytes[whole]) & 0xff00 >> r->length % 8 &
	    0xff) == 0;
}

static bool
plain_reading(const uint8_t bytes[16], bool ipv4)
{
	bool		 some_allow = false;
	size_t		 i;

	for (i = 0; i < nrules; i++) {
		if (matches(&rules[i], bytes, ipv4))
			return rules[i].allow;
		some_allow |= rules[i].allow;
	}
	return !some_allow;
}

/* An IPv4 address that is written as an IPv6 one is an IPv4 address. */
static void
check_address(const struct access *a, const uint8_t bytes[16], bool ipv4)
{
	struct addrbits	 from = ipv4 ? addrbits_from_ipv4(bytes) :
	    addrbits_from_ipv6(bytes);
	bool		 is_ipv4 = addrbits_is_ipv4(from);

	require(access_allows(a, from) ==
	    plain_reading(bytes + (is_ipv4 && !ipv4 ? 12 : 0), is_ipv4));
}

/* The address at BYTES, the one before it and the one after it. */
static void
check_near(const struct access *a, const uint8_t bytes[16], bool ipv4)
{
	const size_t	 n = ipv4 ? 4 : 16;
	uint8_t		 near[16];
	size_t		 i;
	int		 step;

	for (step = -1; step <= 1; step++) {
		memcpy(near, bytes, sizeof(near));
		for (i = n; step != 0 && i > 0; i--) {
			near[i - 1] = (uint8_t)(near[i - 1] + step);
			if (near[i - 1] != (step > 0 ? 0 : 0xff))
				break;
		}
		check_address(a, near, ipv4);
	}
}

/* Both ends of R. */
static void
check_rule(const struct access *a, const struct config_rule *r)
{
	bool		 ipv4 = r->family == ADDR_IPV4;
	uint8_t		 end[16];
	unsigned	 i, bits = ipv4 ? 32 : 128;

	memcpy(end, r->bytes, sizeof(end));
	for (i = r->length; i < bits; i++)
		end[i / 8] &= (uint8_t)~(0x80 >> i % 8);
	check_near(a, end, ipv4);
	for (i = r->length; i < bits; i++)
		end[i / 8] |= (uint8_t)(0x80 >> i % 8);
	check_near(a, end, ipv4);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct access a;
	size_t		 i;

	for (nrules = 0; nrules < RULES_MOST && size >= RULE_BYTES; nrules++) {
		rules[nrules] = rule(data);
		require(access_rule_valid(&rules[nrules]));
		data += RULE_BYTES;
		size -= RULE_BYTES;
	}
	if (!access_set(&a, rules, nrules))
		return 0;
	for (i = 0; i < nrules; i++)
		check_rule(&a, &rules[i]);
	return 0;
}

/* ---- seeds ---- */

#define IPV4_RULE(allow, length, a, b, c, d)				\
	{ 2 | (allow), (length), a, b, c, d, 0 }
#define IPV6_RULE(allow, length, a, b, c, last)				\
	{ 4 | (allow), (length), a, b, c, last, 0 }
#define ANY(allow)	{ (allow), 0, 0, 0, 0, 0, 0 }

static const uint8_t nested[][RULE_BYTES] = {
	IPV4_RULE(0, 16, 10, 9, 0, 0), IPV4_RULE(1, 8, 10, 0, 0, 0),
	IPV4_RULE(0, 32, 10, 1, 0, 7), IPV4_RULE(0, 0, 0, 0, 0, 0)
};
static const uint8_t both[][RULE_BYTES] = {
	IPV6_RULE(1, 32, 0x20, 1, 0x0d, 0), IPV4_RULE(0, 1, 128, 0, 0, 0),
	IPV6_RULE(0, 128, 0x20, 1, 0x0d, 0xff), ANY(1)
};
static const uint8_t ends[][RULE_BYTES] = {
	{ 2, 32, 255, 255, 255, 255, 255 }, IPV4_RULE(1, 32, 0, 0, 0, 0),
	{ 4, 128, 255, 255, 255, 255, 255 }, IPV6_RULE(1, 128, 0, 0, 0, 0)
};

void
make_seeds(void)
{
	seed("nested", nested, sizeof(nested));
	seed("both_families", both, sizeof(both));
	seed("ends", ends, sizeof(ends));
}
