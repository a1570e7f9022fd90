/*
 * What the resolver asks for, and what it keeps of an answer.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "common/addr.h"
#include "ntpd/resolver/lookup.h"
#include "regress/unit/unit.h"

#define A10	"aaaaaaaaaa"
#define A63	A10 A10 A10 A10 A10 A10 "aaa"
#define A62	A10 A10 A10 A10 A10 A10 "aa"
#define A250	A62 "." A62 "." A62 "." A10 A10 A10 A10 A10 A10 "a"

static const struct {
	const char	*name;
	const char	*host;
	bool		 valid;
} names[] = {
	{ "a name",			"pool.ntp.example",	true },
	{ "one label",			"localhost",		true },
	{ "final dot",			"ntp.example.",		true },
	{ "capitals, digits, -, _",	"_NTP-1.example",	true },
	{ "IPv4 address",		"192.0.2.1",		false },
	{ "label that ends with -",	"ntp-.example",		false },
	{ "longest label",		A63 ".example",		true },
	{ "longest name",		A250 ".aa",		true },
	{ "longest name, final dot",	A250 ".aa.",		true },
	{ "nothing",			"",			false },
	{ "a dot",			".",			false },
	{ "two final dots",		"ntp.example..",	false },
	{ "leading dot",		".ntp.example",		false },
	{ "empty label",		"ntp..example",		false },
	{ "label too long",		A63 "a.example",	false },
	{ "name too long",		A250 ".aaa",		false },
	{ "space",			"ntp example",		false },
	{ "newline",			"ntp.example\n",	false },
	{ "slash",			"../etc/passwd",	false },
	{ "scope",			"fe80::1%eth0",		false },
	{ "beyond ASCII",		"n\303\244he.example",	false },
};

static const struct {
	const char	*name;
	const char	*found;		/* by getaddrinfo, in its order */
	const char	*kept;
} answers[] = {
	{ "nothing", "", "" },
	{ "one", "192.0.2.1", "192.0.2.1" },
	{ "order stays", "192.0.2.2 192.0.2.1 192.0.2.3",
	    "192.0.2.2 192.0.2.1 192.0.2.3" },
	{ "duplicates", "192.0.2.1 192.0.2.2 192.0.2.1 192.0.2.2",
	    "192.0.2.1 192.0.2.2" },
	{ "families take turns",
	    "2001:db8::1 2001:db8::2 2001:db8::3 192.0.2.1 192.0.2.2",
	    "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 2001:db8::3" },
	{ "the first family leads",
	    "192.0.2.1 192.0.2.2 2001:db8::1",
	    "192.0.2.1 2001:db8::1 192.0.2.2" },
	{ "what no server can have",
	    "0.0.0.0 224.0.1.1 255.255.255.255 :: ff02::101 192.0.2.1",
	    "192.0.2.1" },
	{ "something unknown between", "192.0.2.1 unix 192.0.2.2",
	    "192.0.2.1 192.0.2.2" },
	{ "seventeen of one family",
	    "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 "
	    "10.0.0.8 10.0.0.9 10.0.0.10 10.0.0.11 10.0.0.12 10.0.0.13 "
	    "10.0.0.14 10.0.0.15 10.0.0.16 10.0.0.17",
	    "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 "
	    "10.0.0.8 10.0.0.9 10.0.0.10 10.0.0.11 10.0.0.12 10.0.0.13 "
	    "10.0.0.14 10.0.0.15 10.0.0.16" },
	{ "many of one family leave room for the other",
	    "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 "
	    "10.0.0.8 10.0.0.9 10.0.0.10 10.0.0.11 10.0.0.12 10.0.0.13 "
	    "10.0.0.14 10.0.0.15 10.0.0.16 10.0.0.17 2001:db8::1",
	    "10.0.0.1 2001:db8::1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 "
	    "10.0.0.6 10.0.0.7 10.0.0.8 10.0.0.9 10.0.0.10 10.0.0.11 "
	    "10.0.0.12 10.0.0.13 10.0.0.14 10.0.0.15" },
};

static void
test_names(void **state)
{
	struct resolve_request request;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		memset(&request, 0, sizeof(request));
		snprintf(request.name, sizeof(request.name), "%s",
		    names[i].host);
		if (lookup_name_valid(&request) != names[i].valid)
			fail_msg("%s: %s", names[i].name,
			    names[i].valid ? "refused" : "accepted");
	}
}

/* As long as a name may be, with a dot at its end and without. */
static void
test_long_names(void **state)
{
	struct resolve_request request;
	size_t		 n, i;

	(void)state;
	for (n = 250; n < sizeof(request.name); n++) {
		memset(&request, 0, sizeof(request));
		for (i = 0; i < n; i++)
			request.name[i] = i % 60 == 59 ? '.' : 'a';
		request.name[n - 1] = 'a';
		assert_true(lookup_name_valid(&request) == (n <= 253));
		request.name[n - 1] = '.';
		assert_true(lookup_name_valid(&request) == (n <= 254));
	}
}

static void
test_unterminated(void **state)
{
	struct resolve_request request;

	(void)state;
	memset(&request, 'a', sizeof(request));
	assert_false(lookup_name_valid(&request));
	memset(&request, '.', sizeof(request));
	assert_false(lookup_name_valid(&request));
}

/* The addresses in TEXT as getaddrinfo(3) would give them; "unix" is none. */
static struct addrinfo *
list_of(const char *text, struct addrinfo *nodes, struct sockaddr_storage *ss)
{
	char		 copy[1024], *word, *rest = copy;
	struct addr	 addr;
	size_t		 n = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	while ((word = strsep(&rest, " ")) != NULL && *word != '\0') {
		memset(&nodes[n], 0, sizeof(nodes[n]));
		memset(&ss[n], 0, sizeof(ss[n]));
		ss[n].ss_family = AF_UNIX;
		nodes[n].ai_addrlen = sizeof(struct sockaddr);
		if (strcmp(word, "unix") != 0) {
			assert_true(addr_parse(&addr, word, 0));
			nodes[n].ai_addrlen = addr_to_sockaddr(&addr, &ss[n]);
		}
		nodes[n].ai_addr = (struct sockaddr *)&ss[n];
		if (n > 0)
			nodes[n - 1].ai_next = &nodes[n];
		n++;
	}
	return n > 0 ? nodes : NULL;
}

static void
test_collect(void **state)
{
	struct sockaddr_storage ss[32];
	struct addrinfo	 nodes[32];
	struct resolve_reply reply;
	char		 text[ADDR_STRLEN], kept[2048];
	size_t		 i, j, len;

	(void)state;
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		memset(&reply, 0xff, sizeof(reply));
		lookup_collect(&reply, list_of(answers[i].found, nodes, ss));
		assert_in_range(reply.count, 0, RESOLVE_MAX);
		kept[0] = '\0';
		for (j = len = 0; j < reply.count; j++) {
			assert_int_equal(reply.addrs[j].port, 0);
			len += (size_t)snprintf(kept + len, sizeof(kept) - len,
			    "%s%s", j == 0 ? "" : " ",
			    addr_format(&reply.addrs[j], text));
		}
		if (strcmp(kept, answers[i].kept) != 0)
			fail_msg("%s: kept \"%s\"", answers[i].name, kept);
	}
}

/* Without a name server: this name is in a file, or the C library knows it. */
static void
test_lookup(void **state)
{
	struct resolve_request request;
	struct resolve_reply reply;

	(void)state;
	memset(&request, 0, sizeof(request));
	snprintf(request.name, sizeof(request.name), "localhost");
	lookup(&reply, &request);
	assert_int_equal(reply.error, 0);
	assert_in_range(reply.count, 1, 2);
	assert_true(addr_valid(&reply.addrs[0]));

	snprintf(request.name, sizeof(request.name), "192.0.2.1");
	lookup(&reply, &request);
	assert_int_equal(reply.error, EAI_NONAME);
	assert_int_equal(reply.count, 0);

	memset(&request, 'a', sizeof(request));
	lookup(&reply, &request);
	assert_int_equal(reply.error, EAI_NONAME);
	assert_int_equal(reply.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_unterminated),
		cmocka_unit_test(test_collect),
		cmocka_unit_test(test_lookup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
