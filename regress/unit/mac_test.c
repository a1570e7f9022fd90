/*
 * MACs: the vectors of RFC 4493, which RFC 8573 refers to, of NIST SP 800-38B
 * for AES-256, and of the hashes, whose input is the key and then the packet.
 */
#include <stdio.h>
#include <string.h>

#include "common/mac.h"
#include "common/ntp.h"
#include "regress/unit/unit.h"

/* The message of RFC 4493 section 4 and of SP 800-38B appendix D. */
#define MESSAGE								\
	"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" \
	"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
#define KEY128	"2b7e151628aed2a6abf7158809cf4f3c"
#define KEY256								\
	"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"

static const struct {
	const char	*name;
	enum mac_algorithm algorithm;
	const char	*secret, *message;
	size_t		 len;		/* bytes of the message */
	const char	*digest;
} vectors[] = {
	{ "RFC 4493, 1", MAC_AES128, KEY128, MESSAGE, 0,
	    "bb1d6929e95937287fa37d129b756746" },
	{ "RFC 4493, 2", MAC_AES128, KEY128, MESSAGE, 16,
	    "070a16b46b4d4144f79bdd9dd04a287c" },
	{ "RFC 4493, 3", MAC_AES128, KEY128, MESSAGE, 40,
	    "dfa66747de9ae63030ca32611497c827" },
	{ "RFC 4493, 4", MAC_AES128, KEY128, MESSAGE, 64,
	    "51f0bebf7e3b9d92fc49741779363cfe" },
	{ "SP 800-38B, AES-256, 1", MAC_AES256, KEY256, MESSAGE, 0,
	    "028962f61b7bf89efc6b551f4667d983" },
	{ "SP 800-38B, AES-256, 2", MAC_AES256, KEY256, MESSAGE, 16,
	    "28a7023f452e8f82bd4bf28d8c37c35c" },
	{ "SP 800-38B, AES-256, 3", MAC_AES256, KEY256, MESSAGE, 40,
	    "aaf3d8f1de5640c232f5b169b9c911e6" },
	{ "SP 800-38B, AES-256, 4", MAC_AES256, KEY256, MESSAGE, 64,
	    "e1992190549f6ed5696a2c056c315410" },
	/* Of "abc": the key is "a". */
	{ "SHA-1 of abc", MAC_SHA1, "61", "6263", 2,
	    "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "SHA-256 of abc", MAC_SHA256, "61", "6263", 2,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	},
	{ "SHA-512 of abc", MAC_SHA512, "6162", "63", 1,
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
	},
	{ "MD5 of abc", MAC_MD5, "61", "6263", 2,
	    "900150983cd24fb0d6963f7d28e17f72" }
};

static size_t
from_hex(const char *hex, uint8_t *bytes)
{
	unsigned	 value;
	size_t		 n;

	for (n = 0; hex[2 * n] != '\0'; n++) {
		assert_int_equal(sscanf(hex + 2 * n, "%2x", &value), 1);
		bytes[n] = (uint8_t)value;
	}
	return n;
}

static void
vectors_are_right(void **state)
{
	struct mac_key	 key = { .id = 0x01020304 };
	uint8_t		 packet[64 + MAC_LEN_MOST], digest[64], data[64];
	size_t		 i, n, whole, most;

	(void)state;
	for (i = 0; i < COUNT(vectors); i++) {
		key.algorithm = (uint8_t)vectors[i].algorithm;
		key.length = (uint8_t)from_hex(vectors[i].secret, key.secret);
		assert_true(mac_key_valid(&key));
		from_hex(vectors[i].message, data);
		whole = from_hex(vectors[i].digest, digest);
		n = vectors[i].len;
		for (most = MAC_DIGEST_V4; most <= MAC_DIGEST_MOST;
		    most += MAC_DIGEST_MOST - MAC_DIGEST_V4) {
			memcpy(packet, data, n);
			if (mac_append(&key, packet, n, most) !=
			    n + 4 + (whole < most ? whole : most) ||
			    memcmp(packet + n, "\1\2\3\4", 4) != 0 ||
			    memcmp(packet + n + 4, digest,
			    whole < most ? whole : most) != 0)
				fail_msg("%s", vectors[i].name);
		}
		/* Whole or as NTPv4 has it, and nothing else. */
		for (most = 0; most <= whole; most++)
			if (mac_is_right(&key, data, n, digest, most) !=
			    (most == whole || (most == 20 && whole > 20)))
				fail_msg("%s: %zu bytes", vectors[i].name,
				    most);
	}
}

/* Whatever bit is changed: it is not right. */
static void
any_change_is_noticed(void **state)
{
	struct mac_key	 key = { .id = 5, .length = 16, .secret = "secret" };
	uint8_t		 packet[NTP_HEADER_LEN + MAC_LEN_MOST] = { 0x23 };
	size_t		 len, bit;
	uint8_t		 a;

	(void)state;
	for (a = MAC_AES128; a <= MAC_MD5; a++) {
		key.algorithm = a;
		key.length = a == MAC_AES256 ? 32 : 16;
		len = mac_append(&key, packet, NTP_HEADER_LEN, MAC_DIGEST_V4);
		assert_true(mac_is_right(&key, packet, NTP_HEADER_LEN,
		    packet + 52, len - 52));
		for (bit = 0; bit < 8 * len; bit++) {
			if (bit / 8 >= 48 && bit / 8 < 52)
				continue;	/* the id is the caller's */
			packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_false(mac_is_right(&key, packet,
			    NTP_HEADER_LEN, packet + 52, len - 52));
			packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		for (bit = 0; bit < 8U * key.length; bit++) {
			key.secret[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_false(mac_is_right(&key, packet,
			    NTP_HEADER_LEN, packet + 52, len - 52));
			key.secret[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

static void
algorithms_have_many_names(void **state)
{
	static const struct {
		const char	*name;
		enum mac_algorithm algorithm;
	} names[] = {
		{ "AES128", MAC_AES128 }, { "aes-128-cmac", MAC_AES128 },
		{ "AES128CMAC", MAC_AES128 }, { "AES", MAC_AES128 },
		{ "AES-256", MAC_AES256 }, { "AES256-CMAC", MAC_AES256 },
		{ "SHA1", MAC_SHA1 }, { "sha", MAC_SHA1 },
		{ "Sha-1", MAC_SHA1 },
		{ "SHA256", MAC_SHA256 }, { "SHA-256", MAC_SHA256 },
		{ "sha512", MAC_SHA512 }, { "MD5", MAC_MD5 }, { "M", MAC_MD5 },
		{ "", MAC_NONE }, { "SHA384", MAC_NONE }, { "CMAC", MAC_NONE },
		{ "AES1280", MAC_NONE }, { "MD5MD5MD5MD5MD5MD5", MAC_NONE },
		{ "AES128AES128CMAC", MAC_NONE }
	};
	size_t	 i;

	(void)state;
	for (i = 0; i < COUNT(names); i++)
		if (mac_find(names[i].name) != names[i].algorithm)
			fail_msg("%s", names[i].name);
	assert_string_equal(mac_name(MAC_SHA256), "SHA256");
}

static void
keys_from_elsewhere_are_checked(void **state)
{
	const struct mac_key good = { .id = 1, .algorithm = MAC_AES128,
	    .length = 16 };
	struct mac_key	 key;

	(void)state;
	assert_true(mac_key_valid(&good));
	key = good;
	key.id = 0;
	assert_false(mac_key_valid(&key));
	key = good;
	key.length = 15;
	assert_false(mac_key_valid(&key));
	key = (struct mac_key){ .id = 1, .algorithm = MAC_SHA1, .length = 1 };
	assert_true(mac_key_valid(&key));
	key.length = MAC_SECRET_MOST + 1;
	assert_false(mac_key_valid(&key));
	key.length = 0;
	assert_false(mac_key_valid(&key));
	key = good;
	key.algorithm = MAC_NONE;
	assert_false(mac_key_valid(&key));
	key.algorithm = MAC_MD5 + 1;
	assert_false(mac_key_valid(&key));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_are_right),
		cmocka_unit_test(any_change_is_noticed),
		cmocka_unit_test(algorithms_have_many_names),
		cmocka_unit_test(keys_from_elsewhere_are_checked)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
