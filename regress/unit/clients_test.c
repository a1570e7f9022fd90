/*
 * Who asks too often: the limit, and what a flood does to others.
 */
#include <arpa/inet.h>
#include <string.h>

#include "common/ns.h"
#include "ntpd/clients/clients.h"
#include "regress/unit/unit.h"

#define SECOND		NS_PER_S

static struct clients	 c;
static const struct siphash_key key = { 0x0706050403020100,
    0x0f0e0d0c0b0a0908 };

/* A table with INTERVAL (ms), BURST and LEAK. */
static void
limit(uint32_t interval, uint16_t burst, uint16_t leak)
{
	struct config_ratelimit l = { .interval = interval, .burst = burst,
	    .leak = leak, .prefix4 = 32, .prefix6 = 64 };

	memset(&c, 0, sizeof(c));
	clients_init(&c, &key);
	assert_true(clients_limit(&c, &l));
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

static bool
answered(struct addrbits from, int64_t ns)
{
	return clients_ask(&c, from, clients_expect(&c, from),
	    (struct instant){ ns }) == CLIENTS_ANSWER;
}

/* The reference implementation's vector for sixteen bytes. */
static void
test_siphash(void **state)
{
	(void)state;
	assert_true(siphash(&key, 0x0706050403020100, 0x0f0e0d0c0b0a0908) ==
	    0x3f2acc7f57c29bdb);
}

static void
test_no_limit(void **state)
{
	unsigned	 i;

	(void)state;
	memset(&c, 0, sizeof(c));
	clients_init(&c, &key);
	for (i = 0; i < 10000; i++)
		assert_true(answered(address("192.0.2.1"), 7));
}

/* BURST at once, then one in each interval, whatever else is asked. */
static void
test_bucket(void **state)
{
	struct addrbits	 a = address("192.0.2.1");
	int64_t		 t;
	unsigned	 i, n = 0;

	(void)state;
	limit(2000, 5, 0);
	for (i = 0; i < 20; i++)
		assert_int_equal(answered(a, SECOND), i < 5);
	/* Ten times a second for 100 s. */
	for (t = SECOND; t < 101 * SECOND; t += SECOND / 10)
		n += answered(a, t);
	assert_in_range(n, 49, 50);
	/* Rest brings back all credit, and no more. */
	for (n = 0, i = 0; i < 20; i++)
		n += answered(a, 1000 * SECOND);
	assert_int_equal(n, 5);
	/* Who asks as often as is allowed never notices. */
	for (i = 0; i < 1000; i++)
		assert_true(answered(address("192.0.2.2"), i * 2 * SECOND));
}

/* Some of those over the limit are answered, some are told, at random. */
static void
test_leak(void **state)
{
	struct addrbits	 a = address("2001:db8::1");
	unsigned	 count[3] = { 0 };
	int		 i;

	(void)state;
	limit(4096000, 1, 4);
	assert_true(answered(a, 0));
	for (i = 0; i < 32000; i++)
		count[clients_ask(&c, a, clients_expect(&c, a),
		    (struct instant){ i })]++;
	assert_in_range(count[CLIENTS_ANSWER], 7500, 8500);
	assert_in_range(count[CLIENTS_KISS], 600, 900);
	limit(1000, 1, 0);
	assert_true(answered(a, 0));
	for (i = 0; i < 1000; i++)
		assert_false(answered(a, i));
}

static void
test_prefixes(void **state)
{
	struct config_ratelimit l = { .interval = 1000, .burst = 1,
	    .prefix4 = 24, .prefix6 = 56 };

	(void)state;
	limit(1000, 1, 0);
	assert_true(answered(address("192.0.2.1"), 0));
	assert_true(answered(address("192.0.2.2"), 0));
	assert_true(answered(address("2001:db8::1"), 0));
	assert_false(answered(address("2001:db8::ffff:0:0:1"), 0));
	assert_true(answered(address("2001:db8:0:1::1"), 0));
	assert_true(clients_limit(&c, &l));
	assert_true(answered(address("192.0.2.1"), 0));
	assert_false(answered(address("192.0.2.255"), 0));
	assert_true(answered(address("192.0.3.1"), 0));
	assert_true(answered(address("2001:db8::1"), 0));
	assert_false(answered(address("2001:db8:0:ff::1"), 0));
	assert_true(answered(address("2001:db8:0:100::1"), 0));
}

/* A limit that becomes stricter or is taken away does not bear a grudge. */
static void
test_change(void **state)
{
	struct config_ratelimit l = { .interval = 1000, .burst = 2,
	    .prefix4 = 32, .prefix6 = 64 };
	struct addrbits	 a = address("192.0.2.1");
	unsigned	 i;

	(void)state;
	limit(4096000, 100, 0);
	for (i = 0; i < 100; i++)
		assert_true(answered(a, SECOND));
	assert_true(clients_limit(&c, &l));
	assert_false(answered(a, 2 * SECOND));
	assert_true(answered(a, 3 * SECOND));
	l.interval = 0;
	assert_true(clients_limit(&c, &l));
	for (i = 0; i < 100; i++)
		assert_true(answered(a, 4 * SECOND));
}

static void
test_ranges(void **state)
{
	static const struct config_ratelimit bad[] = {
		{ RATELIMIT_INTERVAL_MOST + 1, 1, 1, 32, 64, { 0 } },
		{ 1000, 0, 1, 32, 64, { 0 } },
		{ 1000, RATELIMIT_BURST_MOST + 1, 1, 32, 64, { 0 } },
		{ 1000, 1, RATELIMIT_LEAK_MOST + 1, 32, 64, { 0 } },
		{ 1000, 1, 1, 0, 64, { 0 } }, { 1000, 1, 1, 33, 64, { 0 } },
		{ 1000, 1, 1, 32, 0, { 0 } }, { 1000, 1, 1, 32, 129, { 0 } },
	};
	size_t		 i;

	(void)state;
	limit(1000, 1, 0);
	for (i = 0; i < COUNT(bad); i++)
		assert_false(clients_limit(&c, &bad[i]));
	assert_true(answered(address("192.0.2.1"), 0));
	assert_false(answered(address("192.0.2.1"), 0));
}

/*
 * While a flood of a million forged addresses passes, who keeps to the limit
 * is always answered, and who does not is not.
 */
static void
test_flood(void **state)
{
	struct addrbits	 good = address("192.0.2.1"), forged = { 1, 0 };
	struct addrbits	 bad = address("192.0.2.2");
	int64_t		 t = 0;
	unsigned	 i, n = 0;

	(void)state;
	limit(8000, 4, 0);
	for (i = 0; i < 1000000; i++) {
		t += SECOND / 10000;
		forged.high++;
		(void)answered(forged, t);
		if (i % 80000 == 0)		/* every 8 s */
			assert_true(answered(good, t));
		if (i % 1000 == 0)		/* ten times a second */
			n += answered(bad, t);
	}
	/* 100 s: the burst and one every 8 s, but for a loss at the start. */
	assert_in_range(n, 14, 30);
}

static void
test_top(void **state)
{
	struct config_ratelimit l = { .interval = 1000, .burst = 1,
	    .prefix4 = 32, .prefix6 = 48 };
	struct client_count list[CLIENTS_SHOWN];
	struct addrbits	 a = address("192.0.2.0");
	unsigned	 i, k;

	(void)state;
	limit(1000, 1, 0);
	assert_true(clients_limit(&c, &l));
	assert_int_equal(clients_top(&c, list), 0);
	for (i = 1; i <= 100; i++) {
		a.low++;
		for (k = 0; k < i; k++)
			answered(a, 0);
	}
	for (k = 0; k < 1000; k++)
		answered(address("2001:db8:1:2::3"), 0);
	assert_int_equal(clients_top(&c, list), CLIENTS_SHOWN);
	assert_int_equal(list[0].requests, 1000);
	assert_int_equal(list[0].refused, 999);
	assert_int_equal(list[0].length, 48);
	assert_int_equal(list[0].addr.family, ADDR_IPV6);
	assert_memory_equal(list[0].addr.bytes, "\x20\1\xd\xb8\0\1\0\0",
	    8);
	for (i = 1; i < CLIENTS_SHOWN; i++) {
		assert_int_equal(list[i].requests, 101 - i);
		assert_int_equal(list[i].length, 32);
		assert_int_equal(list[i].addr.family, ADDR_IPV4);
		assert_int_equal(list[i].addr.bytes[0], 192);
		assert_int_equal(list[i].addr.bytes[3], 101 - i);
		assert_true(addr_valid(&list[i].addr));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siphash),
		cmocka_unit_test(test_no_limit),
		cmocka_unit_test(test_bucket),
		cmocka_unit_test(test_leak),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_top),
	};

	return cmocka_run_group_tests_name("clients", tests, NULL, NULL);
}
