/*
 * Who may ask: the ranges against a plain reading of the rules.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/addr.h"
#include "ntpd/clients/access.h"
#include "regress/unit/unit.h"

/* "allow 10.0.0.0/8", "deny any", as a rule. */
static struct config_rule
rule(const char *text)
{
	struct config_rule r = { .allow = text[0] == 'a' };
	const char	*network = strchr(text, ' ') + 1;
	char		 address[64];
	unsigned	 length;

	if (strcmp(network, "any") == 0)
		return r;
	assert_int_equal(sscanf(network, "%63[^/]/%u", address, &length), 2);
	r.family = strchr(address, ':') != NULL ? ADDR_IPV6 : ADDR_IPV4;
	r.length = (uint8_t)length;
	assert_int_equal(inet_pton(r.family == ADDR_IPV6 ? AF_INET6 : AF_INET,
	    address, r.bytes), 1);
	return r;
}

static struct addrbits
address(const char *text)
{
	uint8_t		 bytes[16];
	bool		 ipv4 = strchr(text, ':') == NULL;

	assert_int_equal(inet_pton(ipv4 ? AF_INET : AF_INET6, text, bytes), 1);
	return ipv4 ? addrbits_from_ipv4(bytes) :
	    addrbits_from_ipv6(bytes);
}

static const struct {
	const char	*name;
	const char	*rules[6];
	const char	*allowed[6];
	const char	*denied[6];
} cases[] = {
	{ "no rules", { NULL }, { "0.0.0.0", "255.255.255.255", "::", "ff::" },
	    { NULL } },
	{ "allow only", { "allow 10.0.0.0/8" }, { "10.0.0.0",
	    "10.255.255.255" },
	    { "9.255.255.255", "11.0.0.0", "::", "a00::" } },
	{ "deny only", { "deny 10.0.0.0/8" }, { "9.255.255.255", "11.0.0.0",
	    "::", "a00::", "::ffff" }, { "10.0.0.0", "10.255.255.255" } },
	{ "the first decides", { "deny 10.1.0.0/16", "allow 10.0.0.0/8" },
	    { "10.0.255.255", "10.2.0.0" }, { "10.1.0.0", "10.1.255.255",
	    "11.0.0.0" } },
	{ "the first decides, the wider one", { "allow 10.0.0.0/8",
	    "deny 10.1.0.0/16" }, { "10.1.0.0", "10.1.255.255" },
	    { "11.0.0.0" } },
	{ "the same prefix twice", { "deny 10.0.0.0/8", "allow 10.0.0.0/8",
	    "allow any" }, { "11.0.0.0", "::" }, { "10.0.0.0" } },
	{ "any in the middle", { "allow 10.0.0.0/8", "deny any",
	    "allow 11.0.0.0/8" }, { "10.0.0.0" }, { "11.0.0.0", "::" } },
	{ "one family", { "allow ::/0" }, { "::", "ffff::" }, { "10.0.0.0" } },
	{ "the other", { "deny 0.0.0.0/0" }, { "::", "ffff::" }, { "0.0.0.0",
	    "255.255.255.255" } },
	{ "the ends", { "deny 0.0.0.0/32", "deny 255.255.255.255/32" },
	    { "0.0.0.1", "255.255.255.254" }, { "0.0.0.0",
	    "255.255.255.255" } },
	{ "the ends of IPv6", { "deny ::/128",
	    "deny ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128" },
	    { "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe" }, { "::",
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" } },
	{ "both sides of the middle", { "deny 2001:db8:0:1::/64" },
	    { "2001:db8::ffff:ffff:ffff:ffff", "2001:db8:0:2::" },
	    { "2001:db8:0:1::", "2001:db8:0:1:ffff:ffff:ffff:ffff" } },
	{ "three deep", { "allow 10.1.1.0/24", "deny 10.1.0.0/16",
	    "allow 10.0.0.0/8" }, { "10.0.0.0", "10.1.1.0", "10.1.1.255",
	    "10.2.0.0" }, { "10.1.0.255", "10.1.2.0" } },
	{ "IPv4 of IPv6", { "allow ::ffff:0.0.0.0/95" }, { "::fffe:0:1" },
	    { "10.0.0.0" } },
};

static void
test_cases(void **state)
{
	struct config_rule rules[COUNT(cases[0].rules)];
	struct access	 a = { { NULL, 0 }, { NULL, 0 } };
	size_t		 i, j, n;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		print_message("# %s\n", cases[i].name);
		for (n = 0; n < COUNT(rules) && cases[i].rules[n]; n++) {
			rules[n] = rule(cases[i].rules[n]);
			assert_true(access_rule_valid(&rules[n]));
		}
		assert_true(access_set(&a, rules, n));
		for (j = 0; j < 6 && cases[i].allowed[j] != NULL; j++)
			assert_true(access_allows(&a,
			    address(cases[i].allowed[j])));
		for (j = 0; j < 6 && cases[i].denied[j] != NULL; j++)
			assert_false(access_allows(&a,
			    address(cases[i].denied[j])));
	}
	access_set(&a, NULL, 0);
}

/* A plain reading: the first rule that matches, bit by bit. */
static bool
plainly_allowed(const struct config_rule *rules, size_t n, bool ipv4,
    const uint8_t bytes[16])
{
	bool		 any_allows = false;
	unsigned	 bit;
	size_t		 i;

	for (i = 0; i < n; i++) {
		any_allows = any_allows || rules[i].allow;
		if (rules[i].family != ADDR_NONE &&
		    (rules[i].family == ADDR_IPV4) != ipv4)
			continue;
		for (bit = 0; bit < rules[i].length; bit++)
			if ((rules[i].bytes[bit / 8] ^ bytes[bit / 8]) &
			    (0x80 >> bit % 8))
				break;
		if (bit == rules[i].length)
			return rules[i].allow;
	}
	return !any_allows;
}

/* A random address, of few bits, so that many are in the rules. */
static void
random_bytes(uint8_t bytes[16], bool ipv4)
{
	static const uint8_t values[] = { 0, 0, 0xff, 0x80, 1, 0x7f, 10 };
	unsigned	 i;

	memset(bytes, 0, 16);
	for (i = 0; i < (ipv4 ? 4U : 16U); i++)
		bytes[i] = values[(unsigned)random() % COUNT(values)];
}

static void
random_rule(struct config_rule *r)
{
	unsigned	 i, kind = (unsigned)random() % 20;

	memset(r, 0, sizeof(*r));
	r->allow = (uint8_t)(random() % 2);
	if (kind == 0)
		return;
	r->family = kind < 10 ? ADDR_IPV4 : ADDR_IPV6;
	random_bytes(r->bytes, kind < 10);
	r->length = (uint8_t)((unsigned)random() % (kind < 10 ? 33 : 129));
	for (i = r->length; i < 128; i++)
		r->bytes[i / 8] &= (uint8_t)~(0x80 >> i % 8);
}

static void
test_against_plain_reading(void **state)
{
	struct config_rule rules[60];
	struct access	 a = { { NULL, 0 }, { NULL, 0 } };
	uint8_t		 bytes[16];
	unsigned	 round, j;
	size_t		 i, n, allowed = 0;
	bool		 ipv4, expected;

	(void)state;
	srandom(1);
	for (round = 0; round < 500; round++) {
		n = (size_t)random() % COUNT(rules) + 1;
		for (i = 0; i < n; i++)
			random_rule(&rules[i]);
		assert_true(access_set(&a, rules, n));
		for (j = 0; j < 400; j++) {
			ipv4 = random() % 2;
			random_bytes(bytes, ipv4);
			expected = plainly_allowed(rules, n, ipv4, bytes);
			allowed += expected;
			assert_int_equal(access_allows(&a,
			    ipv4 ? addrbits_from_ipv4(bytes) :
	    addrbits_from_ipv6(bytes)), expected);
		}
	}
	/* It was no empty question. */
	assert_in_range(allowed, 40000, 160000);
	access_set(&a, NULL, 0);
}

/* The most there can be, all of them the same or all within one another. */
static void
test_many(void **state)
{
	static struct config_rule rules[CONFIG_MAX_RULES];
	struct access	 a = { { NULL, 0 }, { NULL, 0 } };
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(rules); i++)
		rules[i] = rule(i % 2 ? "allow 10.0.0.0/8" : "deny 10.0.0.0/8");
	assert_true(access_set(&a, rules, COUNT(rules)));
	assert_false(access_allows(&a, address("10.0.0.1")));
	for (i = 0; i < COUNT(rules); i++) {
		rules[i] = rule("deny ::/128");
		rules[i].length = (uint8_t)(128 - i % 129);
		rules[i].allow = (uint8_t)(i % 2);
	}
	assert_true(access_set(&a, rules, COUNT(rules)));
	assert_false(access_allows(&a, address("::")));
	assert_true(access_allows(&a, address("::1")));
	assert_false(access_allows(&a, address("::2")));
	for (i = 0; i < COUNT(rules); i++) {
		rules[i] = rule("deny 10.0.0.0/32");
		rules[i].bytes[2] = (uint8_t)(i >> 7);
		rules[i].bytes[3] = (uint8_t)(i << 1);
	}
	assert_true(access_set(&a, rules, COUNT(rules)));
	assert_int_equal(a.ipv4.n, 2 * COUNT(rules) + 1);
	assert_false(access_allows(&a, address("10.0.1.4")));
	assert_true(access_allows(&a, address("10.0.1.5")));
	access_set(&a, NULL, 0);
}

static void
test_valid(void **state)
{
	static const struct {
		struct config_rule rule;
		bool		 valid;
	} list[] = {
		{ { .family = ADDR_NONE, .length = 0 }, true },
		{ { .family = ADDR_NONE, .length = 1 }, false },
		{ { .family = ADDR_IPV4, .length = 32 }, true },
		{ { .family = ADDR_IPV4, .length = 33 }, false },
		{ { .family = ADDR_IPV6, .length = 128 }, true },
		{ { .family = ADDR_IPV6, .length = 129 }, false },
		{ { .family = 5, .length = 0 }, false },
		{ { .family = ADDR_IPV4, .length = 8, .allow = 2 }, false },
	};
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(list); i++)
		assert_int_equal(access_rule_valid(&list[i].rule),
		    list[i].valid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_against_plain_reading),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_valid),
	};

	return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
