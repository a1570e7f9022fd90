/*
 * The server's keys: how they arrive, and which requests they authenticate.
 */
#include <string.h>

#include "common/mac.h"
#include "common/ntp.h"
#include "ntpd/server/keyring.h"
#include "regress/unit/unit.h"

static struct keyring	 ring;

static struct mac_key
key(uint32_t id, char secret)
{
	struct mac_key	 k = { .id = id, .algorithm = MAC_SHA256,
	    .length = 16 };

	memset(k.secret, secret, k.length);
	return k;
}

/* A part of keys FIRST, FIRST + 1, ... whose ids are 10 times that. */
static struct keys_part
part(unsigned total, unsigned first, unsigned count)
{
	struct keys_part p = { .total = (uint16_t)total,
	    .first = (uint16_t)first, .count = (uint16_t)count };
	unsigned	 i;

	for (i = 0; i < count && i < KEYS_PART; i++)
		p.keys[i] = key(10 * (first + i + 1), 'a');
	return p;
}

static bool
take(struct keys_part p)
{
	return keyring_take(&ring, &p);
}

/* What is made of a request with a MAC by K of MOST bytes, as VERSION. */
static enum keyring_verdict
judge(const struct mac_key *k, uint8_t version, size_t most,
    struct keyring_use *use)
{
	static uint8_t	 packet[NTP_HEADER_LEN + MAC_LEN_MOST];

	packet[0] = (uint8_t)(version << 3 | NTP_MODE_CLIENT);
	memset(use, 0, sizeof(*use));
	return keyring_judge(&ring, packet, mac_append(k, packet,
	    NTP_HEADER_LEN, most), use);
}

static void
keys_come_in_parts(void **state)
{
	struct keyring_use use;
	struct mac_key	 k = key(10, 'a');

	(void)state;
	assert_true(take(part(2 * KEYS_PART + 1, 0, KEYS_PART)));
	assert_int_equal(ring.n, 0);
	assert_int_equal(judge(&k, 4, 20, &use), KEYRING_BAD);
	assert_true(take(part(2 * KEYS_PART + 1, KEYS_PART, KEYS_PART)));
	assert_true(take(part(2 * KEYS_PART + 1, 2 * KEYS_PART, 1)));
	assert_int_equal(ring.n, 2 * KEYS_PART + 1);
	for (k.id = 10; k.id <= 10 * ring.n; k.id += 10) {
		assert_int_equal(judge(&k, 4, 20, &use), KEYRING_GOOD);
		assert_int_equal(use.key->id, k.id);
	}
	for (k.id = 5; k.id <= 10 * ring.n + 10; k.id += 10)
		assert_int_equal(judge(&k, 4, 20, &use), KEYRING_BAD);

	/* New ones begin while others are on their way, and there are none. */
	assert_true(take(part(KEYS_PART + 1, 0, KEYS_PART)));
	assert_true(take(part(0, 0, 0)));
	assert_int_equal(ring.n, 0);
}

static void
garbled_parts_are_refused(void **state)
{
	struct keys_part p;

	(void)state;
	assert_false(take(part(5, 1, 4)));
	assert_false(take(part(CONFIG_MAX_KEYS + 1, 0, 1)));
	assert_false(take(part(KEYS_PART + 9, 0, KEYS_PART + 1)));
	assert_false(take(part(2, 0, 3)));
	p = part(2, 0, 2);
	p.keys[1].id = p.keys[0].id;
	assert_false(keyring_take(&ring, &p));
	p = part(2, 0, 2);
	p.keys[1].algorithm = 77;
	assert_false(keyring_take(&ring, &p));
	p.keys[1] = (struct mac_key){ .id = 99, .algorithm = MAC_AES128,
	    .length = 15 };
	assert_false(keyring_take(&ring, &p));
	assert_true(take(part(2, 0, 1)));
	p = part(2, 1, 1);
	p.keys[0].id = 5;		/* before that of the part before */
	assert_false(keyring_take(&ring, &p));
	assert_int_equal(ring.n, 0);
}

static void
answers_are_as_requests(void **state)
{
	struct keyring_use use;
	struct mac_key	 k = key(10, 'a'), other = key(10, 'b');
	uint8_t		 packet[NTP_HEADER_LEN + 28 + MAC_LEN_MOST] = { 0x23 };
	size_t		 len;

	(void)state;
	assert_true(take(part(3, 0, 3)));
	assert_int_equal(judge(&k, 4, 20, &use), KEYRING_GOOD);
	assert_int_equal(use.digest_len, 20);
	assert_int_equal(judge(&k, 3, 20, &use), KEYRING_GOOD);
	assert_int_equal(use.digest_len, 20);
	assert_int_equal(judge(&k, 3, 32, &use), KEYRING_GOOD);
	assert_int_equal(use.digest_len, 32);
	assert_int_equal(judge(&k, 4, 16, &use), KEYRING_BAD);
	assert_int_equal(judge(&other, 4, 20, &use), KEYRING_BAD);

	/* No MAC, a crypto-NAK, and what is no packet. */
	assert_int_equal(keyring_judge(&ring, packet, NTP_HEADER_LEN, &use),
	    KEYRING_PLAIN);
	assert_int_equal(keyring_judge(&ring, packet, NTP_HEADER_LEN + 4,
	    &use), KEYRING_BAD);
	assert_int_equal(keyring_judge(&ring, packet, NTP_HEADER_LEN + 5,
	    &use), KEYRING_PLAIN);

	/* Extension fields are covered. */
	packet[NTP_HEADER_LEN + 3] = 28;
	len = mac_append(&k, packet, NTP_HEADER_LEN + 28, 20);
	assert_int_equal(keyring_judge(&ring, packet, len, &use),
	    KEYRING_GOOD);
	packet[NTP_HEADER_LEN + 20] ^= 1;
	assert_int_equal(keyring_judge(&ring, packet, len, &use), KEYRING_BAD);
	assert_true(take(part(0, 0, 0)));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_come_in_parts),
		cmocka_unit_test(garbled_parts_are_refused),
		cmocka_unit_test(answers_are_as_requests)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
