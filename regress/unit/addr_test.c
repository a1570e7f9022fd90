/*
 * Addresses: what is read and written, what may be asked for the time, and
 * what is let in from other processes.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <stdio.h>
#include <string.h>

#include "common/addr.h"
#include "regress/unit/unit.h"

/* Read, and written again.  TEXT is NULL for what is not an address. */
static const struct {
	const char	*name;
	const char	*input;
	const char	*text;
	uint8_t		 family;
	uint32_t	 scope;
} parses[] = {
	{ "IPv4",		"192.0.2.1",	"192.0.2.1",	ADDR_IPV4, 0 },
	{ "IPv4, all zero",	"0.0.0.0",	"0.0.0.0",	ADDR_IPV4, 0 },
	{ "IPv4, the last",	"255.255.255.255", "255.255.255.255",
	    ADDR_IPV4, 0 },
	{ "IPv6",		"2001:db8::1",	"2001:db8::1",	ADDR_IPV6, 0 },
	{ "IPv6 in full",	"2001:0db8:0:0:0:0:0:0001",
	    "2001:db8::1", ADDR_IPV6, 0 },
	{ "IPv6, all zero",	"::",		"::",		ADDR_IPV6, 0 },
	{ "IPv4 within IPv6",	"::ffff:192.0.2.1", "::ffff:192.0.2.1",
	    ADDR_IPV6, 0 },
	{ "the longest IPv6",
	    "1111:2222:3333:4444:5555:6666:7777:8888",
	    "1111:2222:3333:4444:5555:6666:7777:8888", ADDR_IPV6, 0 },
	{ "link-local",		"fe80::1",	"fe80::1",	ADDR_IPV6, 0 },
	{ "link-local on 7",	"fe80::1%7",	"fe80::1%7",	ADDR_IPV6, 7 },
	{ "the last interface",	"fe80::1%2147483647", "fe80::1%2147483647",
	    ADDR_IPV6, 2147483647 },
	{ "nothing",		"",			NULL, 0, 0 },
	{ "a name",		"ntp.example.org",	NULL, 0, 0 },
	{ "IPv4 too short",	"192.0.2",		NULL, 0, 0 },
	{ "IPv4 too long",	"192.0.2.1.1",		NULL, 0, 0 },
	{ "IPv4 out of range",	"192.0.2.256",		NULL, 0, 0 },
	{ "IPv4 in hex",	"0xc0000201",		NULL, 0, 0 },
	{ "IPv4 as a number",	"3221225985",		NULL, 0, 0 },
	{ "IPv4 and port",	"192.0.2.1:123",	NULL, 0, 0 },
	{ "IPv4 and blank",	"192.0.2.1 ",		NULL, 0, 0 },
	{ "IPv4 on an interface", "192.0.2.1%lo",	NULL, 0, 0 },
	{ "IPv6 in brackets",	"[2001:db8::1]",	NULL, 0, 0 },
	{ "two gaps",		"2001::db8::1",		NULL, 0, 0 },
	{ "a group too many",	"1:2:3:4:5:6:7:8:9",	NULL, 0, 0 },
	{ "an interface's name", "fe80::1%lo",		NULL, 0, 0 },
	{ "no interface",	"fe80::1%",		NULL, 0, 0 },
	{ "interface 0",	"fe80::1%0",		NULL, 0, 0 },
	{ "a negative one",	"fe80::1%-1",		NULL, 0, 0 },
	{ "one with a sign",	"fe80::1%+1",		NULL, 0, 0 },
	{ "one with a blank",	"fe80::1% 1",		NULL, 0, 0 },
	{ "one too large",	"fe80::1%4294967296",	NULL, 0, 0 },
	{ "global with an interface", "2001:db8::1%lo",	NULL, 0, 0 },
	{ "far too long",
	    "1111:2222:3333:4444:5555:6666:7777:8888:1111:2222:3333:4444",
	    NULL, 0, 0 },
};

static void
test_parse(void **arg)
{
	struct addr	 addr, untouched;
	char		 text[ADDR_STRLEN];
	size_t		 i;

	(void)arg;
	memset(&untouched, 0xa5, sizeof(untouched));
	for (i = 0; i < COUNT(parses); i++) {
		addr = untouched;
		if (addr_parse(&addr, parses[i].input, 4123) !=
		    (parses[i].text != NULL))
			fail_msg("%s: verdict", parses[i].name);
		if (parses[i].text == NULL) {
			assert_memory_equal(&addr, &untouched, sizeof(addr));
			continue;
		}
		if (strcmp(addr_format(&addr, text), parses[i].text) != 0)
			fail_msg("%s: %s", parses[i].name, text);
		if (addr.family != parses[i].family || addr.port != 4123 ||
		    addr.scope != parses[i].scope || !addr_valid(&addr))
			fail_msg("%s: values", parses[i].name);
	}
}

/* With an interface, which need not exist.  NAME is NULL for what is wrong. */
static const struct {
	const char	*input;
	const char	*name;
	uint32_t	 scope;
} interfaces[] = {
	{ "fe80::1%lo",			"lo",			0 },
	{ "fe80::1%nosuchif0",		"nosuchif0",		0 },
	{ "fe80::1%eth0.100",		"eth0.100",		0 },
	{ "fe80::1%2a",			"2a",			0 },
	{ "fe80::1%fifteenletters.",	"fifteenletters.",	0 },
	{ "fe80::1%2",			"",			2 },
	{ "fe80::1%002",		"",			2 },
	{ "fe80::1",			"",			0 },
	{ "2001:db8::1",		"",			0 },
	{ "192.0.2.1",			"",			0 },
	{ "fe80::1%sixteenletters..",	NULL,			0 },
	{ "fe80::1%",			NULL,			0 },
	{ "fe80::1%0",			NULL,			0 },
	{ "fe80::1%+1",			NULL,			0 },
	{ "fe80::1%-1",			NULL,			0 },
	{ "fe80::1%+eth0",		NULL,			0 },
	{ "fe80::1%2147483648",		NULL,			0 },
	{ "fe80::1%et h0",		NULL,			0 },
	{ "fe80::1%eth/0",		NULL,			0 },
	{ "fe80::1%eth0:1",		NULL,			0 },
	{ "fe80::1%..",			NULL,			0 },
	{ "fe80::1%lo%lo",		"lo%lo",		0 },
	{ "2001:db8::1%lo",		NULL,			0 },
	{ "192.0.2.1%lo",		NULL,			0 },
};

static void
test_interface_by_name(void **arg)
{
	char		 name[IF_NAMESIZE];
	struct addr	 addr;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(interfaces); i++) {
		memset(name, 'x', sizeof(name));
		if (addr_parse_on(&addr, interfaces[i].input, 123, name) !=
		    (interfaces[i].name != NULL))
			fail_msg("%s: verdict", interfaces[i].input);
		if (interfaces[i].name == NULL)
			continue;
		assert_string_equal(name, interfaces[i].name);
		assert_int_equal(addr.scope, interfaces[i].scope);
		assert_int_equal(addr.port, 123);
		assert_true(addr_valid(&addr));
	}
}

static const struct {
	const char	*text;
	bool		 loopback, mapped, link_local;
} kinds[] = {
	{ "127.0.0.1",		true,	false,	false },
	{ "127.0.1.1",		true,	false,	false },
	{ "127.127.1.0",	true,	false,	false },
	{ "127.255.255.255",	true,	false,	false },
	{ "::1",		true,	false,	false },
	{ "::ffff:127.0.0.1",	true,	true,	false },
	{ "::ffff:127.8.9.1",	true,	true,	false },
	{ "::ffff:192.0.2.1",	false,	true,	false },
	{ "126.0.0.1",		false,	false,	false },
	{ "128.0.0.1",		false,	false,	false },
	{ "::2",		false,	false,	false },
	{ "::127.0.0.1",	false,	false,	false },
	{ "7f00::1",		false,	false,	false },
	{ "fe80::1%1",		false,	false,	true },
	{ "febf::1%1",		false,	false,	true },
	{ "fec0::1",		false,	false,	false },
};

static void
test_kinds(void **arg)
{
	struct addr	 addr;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(kinds); i++) {
		assert_true(addr_parse(&addr, kinds[i].text, 123));
		if (addr_is_loopback(&addr) != kinds[i].loopback ||
		    addr_is_mapped(&addr) != kinds[i].mapped ||
		    addr_is_link_local(&addr) != kinds[i].link_local)
			fail_msg("%s", kinds[i].text);
	}
	memset(&addr, 0, sizeof(addr));
	assert_false(addr_is_loopback(&addr));
}

static void
test_format_of_none(void **arg)
{
	struct addr	 addr = { .family = ADDR_NONE };
	char		 text[ADDR_STRLEN];

	(void)arg;
	assert_string_equal(addr_format(&addr, text), "(none)");
	addr.family = 99;
	assert_string_equal(addr_format(&addr, text), "(none)");
	/* The longest there is has room. */
	memset(&addr, 0xff, sizeof(addr));
	addr.family = ADDR_IPV6;
	assert_string_equal(addr_format(&addr, text),
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295");
}

static const struct {
	const char	*name;
	const char	*a, *b;
	uint16_t	 a_port, b_port;
	bool		 equal, same_host;
} comparisons[] = {
	{ "the same",	"192.0.2.1", "192.0.2.1", 123, 123, true, true },
	{ "other port",	"192.0.2.1", "192.0.2.1", 123, 124, false, true },
	{ "other address", "192.0.2.1", "192.0.2.2", 123, 123, false, false },
	{ "other family", "0.0.0.0", "::", 123, 123, false, false },
	{ "last byte",	"2001:db8::1", "2001:db8::2", 1, 1, false, false },
	{ "IPv6",	"2001:db8::1", "2001:db8::1", 1, 1, true, true },
	{ "interface",	"fe80::1%1", "fe80::1%2", 1, 1, false, false },
};

static void
test_compare(void **arg)
{
	struct addr	 a, b;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(comparisons); i++) {
		assert_true(addr_parse(&a, comparisons[i].a,
		    comparisons[i].a_port));
		assert_true(addr_parse(&b, comparisons[i].b,
		    comparisons[i].b_port));
		if (addr_equal(&a, &b) != comparisons[i].equal ||
		    addr_same_host(&a, &b) != comparisons[i].same_host)
			fail_msg("%s", comparisons[i].name);
	}
}

static const struct {
	const char	*name;
	struct addr	 addr;
	bool		 valid;
} values[] = {
	{ "none",		{ .family = ADDR_NONE }, true },
	{ "none with a port",	{ .family = ADDR_NONE, .port = 1 }, false },
	{ "none with a scope",	{ .family = ADDR_NONE, .scope = 1 }, false },
	{ "none with bytes",	{ .bytes = { [15] = 1 } }, false },
	{ "IPv4",		{ .family = ADDR_IPV4, .port = 123,
	    .bytes = { 192, 0, 2, 1 } }, true },
	{ "IPv4, unused set",	{ .family = ADDR_IPV4, .unused = 1 }, false },
	{ "IPv4, a fifth byte",	{ .family = ADDR_IPV4,
	    .bytes = { [4] = 1 } }, false },
	{ "IPv4, a 16th byte",	{ .family = ADDR_IPV4,
	    .bytes = { [15] = 1 } }, false },
	{ "IPv4 with a scope",	{ .family = ADDR_IPV4, .scope = 1 }, false },
	{ "IPv6",		{ .family = ADDR_IPV6,
	    .bytes = { 0x20, 1, [15] = 9 } }, true },
	{ "IPv6, unused set",	{ .family = ADDR_IPV6, .unused = 1 }, false },
	{ "IPv6 with a scope",	{ .family = ADDR_IPV6, .scope = 1,
	    .bytes = { 0x20, 1 } }, false },
	{ "link-local",		{ .family = ADDR_IPV6, .scope = 1,
	    .bytes = { 0xfe, 0xbf } }, true },
	{ "just not link-local", { .family = ADDR_IPV6, .scope = 1,
	    .bytes = { 0xfe, 0xc0 } }, false },
	{ "a negative scope",	{ .family = ADDR_IPV6, .scope = UINT32_MAX,
	    .bytes = { 0xfe, 0x80 } }, false },
	{ "family 1",		{ .family = 1 }, false },
	{ "family 5",		{ .family = 5 }, false },
	{ "family 255",		{ .family = 255 }, false },
};

static void
test_valid(void **arg)
{
	size_t	 i;

	(void)arg;
	for (i = 0; i < COUNT(values); i++)
		if (addr_valid(&values[i].addr) != values[i].valid)
			fail_msg("%s", values[i].name);
}

static const struct {
	const char	*text;
	bool		 unicast;
} unicasts[] = {
	{ "192.0.2.1", true },
	{ "127.0.0.1", true },
	{ "10.0.0.255", true },
	{ "223.255.255.255", true },
	{ "240.0.0.1", true },
	{ "255.255.255.254", true },
	{ "0.0.0.0", false },
	{ "0.1.2.3", false },
	{ "224.0.1.1", false },
	{ "239.255.255.255", false },
	{ "255.255.255.255", false },
	{ "2001:db8::1", true },
	{ "::1", true },
	{ "fe80::1%1", true },
	{ "::", false },
	{ "ff02::101", false },
	{ "::ffff:192.0.2.1", false },
	{ "::ffff:255.255.255.255", false },
};

static void
test_unicast(void **arg)
{
	struct addr	 addr;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(unicasts); i++) {
		assert_true(addr_parse(&addr, unicasts[i].text, 123));
		if (addr_is_unicast(&addr) != unicasts[i].unicast)
			fail_msg("%s", unicasts[i].text);
		addr.port = 0;
		if (addr_is_unicast(&addr))
			fail_msg("%s without a port", unicasts[i].text);
		addr.port = 123;
		addr.unused = 1;
		if (addr_is_unicast(&addr))
			fail_msg("%s, not valid", unicasts[i].text);
	}
	memset(&addr, 0, sizeof(addr));
	assert_false(addr_is_unicast(&addr));
}

static void
test_any(void **arg)
{
	static const struct {
		const char	*text;
		bool		 any;
	} cases[] = {
		{ "0.0.0.0", true }, { "::", true }, { "0.0.0.1", false },
		{ "255.255.255.255", false }, { "::1", false },
		{ "100::", false }, { "fe80::%1", false },
	};
	struct addr	 addr;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(cases); i++) {
		assert_true(addr_parse(&addr, cases[i].text, i & 1 ? 123 : 0));
		if (addr_is_any(&addr) != cases[i].any)
			fail_msg("%s", cases[i].text);
	}
	memset(&addr, 0, sizeof(addr));
	assert_false(addr_is_any(&addr));
}

/* To a socket address and back is the same, for every address that parses. */
static void
test_sockaddr(void **arg)
{
	struct sockaddr_storage	 ss;
	struct addr		 addr, again;
	socklen_t		 len;
	size_t			 i;

	(void)arg;
	for (i = 0; i < COUNT(parses); i++) {
		if (!addr_parse(&addr, parses[i].input, 0x1234))
			continue;
		len = addr_to_sockaddr(&addr, &ss);
		assert_int_equal(len, addr.family == ADDR_IPV4 ?
		    sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
		assert_int_equal(ss.ss_family, addr.family == ADDR_IPV4 ?
		    AF_INET : AF_INET6);
		assert_true(addr_from_sockaddr(&again,
		    (struct sockaddr *)&ss, len));
		assert_memory_equal(&again, &addr, sizeof(addr));
		assert_false(addr_from_sockaddr(&again,
		    (struct sockaddr *)&ss, len - 1));
	}
}

static void
test_foreign_sockaddr(void **arg)
{
	struct sockaddr_un	 un = { .sun_family = AF_UNIX };
	struct sockaddr_in6	 sin6 = { .sin6_family = AF_INET6,
				    .sin6_scope_id = 3 };
	struct sockaddr_storage	 ss;
	struct addr		 addr = { .port = 77 };

	(void)arg;
	assert_false(addr_from_sockaddr(&addr, (struct sockaddr *)&un,
	    sizeof(un)));
	assert_false(addr_from_sockaddr(&addr, (struct sockaddr *)&un, 0));
	assert_int_equal(addr.port, 77);
	/* The interface matters to link-local addresses only. */
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::1", &sin6.sin6_addr),
	    1);
	assert_true(addr_from_sockaddr(&addr, (struct sockaddr *)&sin6,
	    sizeof(sin6)));
	assert_int_equal(addr.scope, 0);
	assert_true(addr_valid(&addr));
	memset(&addr, 0, sizeof(addr));
	assert_int_equal(addr_to_sockaddr(&addr, &ss), 0);
}

static const struct {
	const char	*text;
	uint8_t		 refid[4];
} refids[] = {
	{ "192.0.2.7",		{ 192, 0, 2, 7 } },
	/* Worked out with md5sum(1). */
	{ "2001:db8::1",	{ 0x39, 0xab, 0x9b, 0x37 } },
	{ "::",			{ 0x4a, 0xe7, 0x13, 0x36 } },
};

static void
test_refid(void **arg)
{
	struct addr	 addr = { .family = ADDR_NONE };
	uint8_t		 refid[4] = { 1, 1, 1, 1 };
	size_t		 i;

	(void)arg;
	addr_refid(&addr, refid);
	assert_memory_equal(refid, "\0\0\0\0", 4);
	for (i = 0; i < COUNT(refids); i++) {
		assert_true(addr_parse(&addr, refids[i].text, 123));
		addr_refid(&addr, refid);
		if (memcmp(refid, refids[i].refid, 4) != 0)
			fail_msg("%s: %02x%02x%02x%02x", refids[i].text,
			    refid[0], refid[1], refid[2], refid[3]);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_interface_by_name),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_format_of_none),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_unicast),
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_sockaddr),
		cmocka_unit_test(test_foreign_sockaddr),
		cmocka_unit_test(test_refid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
