/*
 * AES-SIV as RFC 5297 has it.  Its examples have other numbers of headers than
 * NTS uses; so they are what the S2V of this file is held to, and our ciphers
 * are held to that.
 */
#include <nettle/cmac.h>
#include <nettle/ctr.h>
#include <stdio.h>
#include <string.h>

#include "common/aead.h"
#include "regress/unit/unit.h"

#define LONGEST		1000

static void
double_block(uint8_t d[16])
{
	int		 i, carry = d[0] >> 7;

	for (i = 0; i < 15; i++)
		d[i] = (uint8_t)(d[i] << 1 | d[i + 1] >> 7);
	d[15] = (uint8_t)(d[15] << 1 ^ (carry ? 0x87 : 0));
}

static void
cmac(const uint8_t *key, const uint8_t *bytes, size_t len, uint8_t out[16])
{
	struct cmac_aes128_ctx ctx;

	cmac_aes128_set_key(&ctx, key);
	cmac_aes128_update(&ctx, len, bytes);
	cmac_aes128_digest(&ctx, 16, out);
}

/* RFC 5297 2.4: N headers and the plaintext. */
static void
s2v(const uint8_t *key, const struct aead_bytes headers[], size_t n,
    struct aead_bytes plain, uint8_t v[16])
{
	static const uint8_t zero[16];
	uint8_t		 d[16], mac[16], text[LONGEST + 16];
	size_t		 i, j;

	cmac(key, zero, 16, d);
	for (i = 0; i < n; i++) {
		double_block(d);
		cmac(key, headers[i].bytes, headers[i].len, mac);
		for (j = 0; j < 16; j++)
			d[j] ^= mac[j];
	}
	memset(text, 0, sizeof(text));
	memcpy(text, plain.bytes, plain.len);
	if (plain.len >= 16) {
		for (j = 0; j < 16; j++)
			text[plain.len - 16 + j] ^= d[j];
		cmac(key, text, plain.len, v);
		return;
	}
	double_block(d);
	text[plain.len] = 0x80;
	for (j = 0; j < 16; j++)
		text[j] ^= d[j];
	cmac(key, text, 16, v);
}

/* RFC 5297 2.6: V, then the ciphertext. */
static void
siv(const uint8_t key[32], const struct aead_bytes headers[], size_t n,
    struct aead_bytes plain, uint8_t *out)
{
	struct aes128_ctx aes;
	uint8_t		 counter[16];

	s2v(key, headers, n, plain, out);
	memcpy(counter, out, 16);
	counter[8] &= 0x7f;
	counter[12] &= 0x7f;
	aes128_set_encrypt_key(&aes, key + 16);
	ctr_crypt(&aes, (nettle_cipher_func *)aes128_encrypt, 16, counter,
	    plain.len, out + 16, plain.bytes);
}

static size_t
unhex(const char *hex, uint8_t *out)
{
	size_t		 n = 0;
	unsigned	 byte;

	for (; sscanf(hex, " %2x", &byte) == 1; n++) {
		out[n] = (uint8_t)byte;
		hex += strspn(hex, " ") + 2;
	}
	return n;
}

static const struct {
	const char	*name;
	const char	*key;
	const char	*headers[3];
	const char	*plain, *out;
} vectors[] = {
	{ "A.1, deterministic",
	    "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0"
	    "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
	    { "101112131415161718191a1b1c1d1e1f2021222324252627" },
	    "112233445566778899aabbccddee",
	    "85632d07c6e8f37f950acd320a2ecc93"
	    "40c02b9690c4dc04daef7f6afe5c" },
	{ "A.2, with a nonce",
	    "7f7e7d7c7b7a79787776757473727170"
	    "404142434445464748494a4b4c4d4e4f",
	    { "00112233445566778899aabbccddeeffdeaddadadeaddada"
	    "ffeeddccbbaa99887766554433221100",
	    "102030405060708090a0",
	    "09f911029d74e35bd84156c5635688c0" },
	    "7468697320697320736f6d6520706c61696e7465787420746f2065"
	    "6e6372797074207573696e67205349562d414553",
	    "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965"
	    "c889bf17dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c"
	    "485b62a3fd5c0d" }
};

static void
test_rfc_5297(void **arg)
{
	uint8_t		 key[64], bytes[4][64], want[128], got[128];
	struct aead_bytes headers[3], plain;
	size_t		 i, n, len;

	(void)arg;
	for (i = 0; i < COUNT(vectors); i++) {
		assert_int_equal(unhex(vectors[i].key, key), 32);
		for (n = 0; n < 3 && vectors[i].headers[n] != NULL; n++)
			headers[n] = (struct aead_bytes){ bytes[n],
			    unhex(vectors[i].headers[n], bytes[n]) };
		plain = (struct aead_bytes){ bytes[3],
		    unhex(vectors[i].plain, bytes[3]) };
		len = unhex(vectors[i].out, want);
		assert_int_equal(len, plain.len + 16);
		siv(key, headers, n, plain, got);
		if (memcmp(want, got, len) != 0)
			fail_msg("%s", vectors[i].name);
	}
}

static void
fill(uint8_t *bytes, size_t len, unsigned with)
{
	size_t		 i;

	for (i = 0; i < len; i++)
		bytes[i] = (uint8_t)(with + i * 37 + (i >> 8));
}

static const size_t lengths[] = { 0, 1, 15, 16, 17, 48, 100, LONGEST };

/* One header and a nonce, as RFC 5116 has it; an empty plaintext, too. */
static void
test_siv_like_the_rfc(void **arg)
{
	uint8_t		 key[32], nonce[16], ad[LONGEST], plain[LONGEST];
	uint8_t		 want[LONGEST + 16], got[LONGEST + 16];
	uint8_t		 back[LONGEST + 1];
	struct aead_bytes headers[2];
	struct aead_bytes text, sealed;
	struct aead	 a;
	size_t		 i, j;

	(void)arg;
	fill(key, sizeof(key), 1);
	fill(nonce, sizeof(nonce), 2);
	fill(ad, sizeof(ad), 3);
	fill(plain, sizeof(plain), 4);
	aead_set_key(&a, AEAD_AES_SIV_CMAC_256, key);
	for (i = 0; i < COUNT(lengths); i++) {
		for (j = 0; j < COUNT(lengths); j++) {
			headers[0] = (struct aead_bytes){ ad, lengths[i] };
			headers[1] = (struct aead_bytes){ nonce, 16 };
			text = (struct aead_bytes){ plain, lengths[j] };
			siv(key, headers, 2, text, want);
			aead_seal(&a, headers[1], headers[0], text, got);
			assert_memory_equal(got, want, text.len + 16);
			sealed = (struct aead_bytes){ got, text.len + 16 };
			assert_true(aead_open(&a, headers[1], headers[0],
			    sealed, back));
			assert_memory_equal(back, plain, text.len);
		}
	}
}

static const enum aead_id ids[] = {
	AEAD_AES_SIV_CMAC_256, AEAD_AES_128_GCM_SIV
};

/* One bit of anything is different: nothing is opened. */
static void
test_every_bit_counts(void **arg)
{
	uint8_t		 key[32], parts[3][48], back[48];
	struct aead_bytes nonce, ad, sealed;
	struct aead	 a;
	size_t		 i, part, bit;

	(void)arg;
	for (i = 0; i < COUNT(ids); i++) {
		if (aead_key_len((uint16_t)ids[i]) == 0)
			continue;
		fill(key, sizeof(key), 9);
		aead_set_key(&a, ids[i], key);
		nonce = (struct aead_bytes){ parts[0], aead_nonce_len(ids[i]) };
		ad = (struct aead_bytes){ parts[1], 20 };
		fill(parts[0], 48, 5);
		fill(parts[1], 48, 6);
		aead_seal(&a, nonce, ad, (struct aead_bytes){ key, 20 },
		    parts[2]);
		sealed = (struct aead_bytes){ parts[2], 36 };
		assert_true(aead_open(&a, nonce, ad, sealed, back));
		for (part = 0; part < 3; part++) {
			for (bit = 0; bit < 8 * aead_nonce_len(ids[i]); bit++) {
				parts[part][bit / 8] ^= (uint8_t)(1 << bit % 8);
				assert_false(aead_open(&a, nonce, ad, sealed,
				    back));
				parts[part][bit / 8] ^= (uint8_t)(1 << bit % 8);
			}
		}
		assert_true(aead_open(&a, nonce, ad, sealed, back));
	}
}

/* RFC 8452 C.1, with the key 01 00 ... and the nonce 03 00 ... */
static const struct {
	struct aead_bytes associated, plain;
	uint8_t		 sealed[24];
} gcm_siv[] = {
	{ { (const uint8_t *)"", 0 }, { (const uint8_t *)"", 0 },
	    { 0xdc, 0x20, 0xe2, 0xd8, 0x3f, 0x25, 0x70, 0x5b, 0xb4, 0x9e,
	    0x43, 0x9e, 0xca, 0x56, 0xde, 0x25 } },
	{ { (const uint8_t *)"", 0 }, { (const uint8_t *)"\1\0\0\0\0\0\0", 8 },
	    { 0xb5, 0xd8, 0x39, 0x33, 0x0a, 0xc7, 0xb7, 0x86, 0x57, 0x87,
	    0x82, 0xff, 0xf6, 0x01, 0x3b, 0x81, 0x5b, 0x28, 0x7c, 0x22, 0x49,
	    0x3a, 0x36, 0x4c } },
	{ { (const uint8_t *)"\1", 1 },
	    { (const uint8_t *)"\2\0\0\0\0\0\0", 8 },
	    { 0x1e, 0x6d, 0xab, 0xa3, 0x56, 0x69, 0xf4, 0x27, 0x3b, 0x0a,
	    0x1a, 0x25, 0x60, 0x96, 0x9c, 0xdf, 0x79, 0x0d, 0x99, 0x75, 0x9a,
	    0xbd, 0x15, 0x08 } }
};

static void
test_rfc_8452(void **arg)
{
	static const uint8_t key[16] = { 1 }, nonce[12] = { 3 };
	const struct aead_bytes n = { nonce, sizeof(nonce) };
	uint8_t		 out[24], back[8];
	struct aead	 a;
	size_t		 i, len;

	(void)arg;
	if (aead_key_len(AEAD_AES_128_GCM_SIV) == 0) {
		print_message("# this nettle is older than 3.9: no GCM-SIV\n");
		return;
	}
	aead_set_key(&a, AEAD_AES_128_GCM_SIV, key);
	for (i = 0; i < COUNT(gcm_siv); i++) {
		len = gcm_siv[i].plain.len + AEAD_TAG_LEN;
		aead_seal(&a, n, gcm_siv[i].associated, gcm_siv[i].plain, out);
		assert_memory_equal(out, gcm_siv[i].sealed, len);
		assert_true(aead_open(&a, n, gcm_siv[i].associated,
		    (struct aead_bytes){ out, len }, back));
		assert_memory_equal(back, gcm_siv[i].plain.bytes,
		    gcm_siv[i].plain.len);
	}
}

/* Lengths that cannot be are refused, and nothing is read or written. */
static void
test_lengths(void **arg)
{
	static const uint8_t key[32] = { 1 };
	const struct aead_bytes none = { key, 0 }, some = { key, 16 };
	uint8_t		 back[1];
	struct aead	 a;
	size_t		 i;

	(void)arg;
	assert_int_equal(aead_key_len(15), 32);
	assert_int_equal(aead_key_len(30), AEAD_HAS_GCM_SIV ? 16 : 0);
	assert_int_equal(aead_key_len(0), 0);
	assert_int_equal(aead_key_len(16), 0);
	assert_int_equal(aead_key_len(65535), 0);
	aead_set_key(&a, AEAD_AES_SIV_CMAC_256, key);
	assert_false(aead_open(&a, none, some, some, back));
	for (i = 0; i < AEAD_TAG_LEN; i++)
		assert_false(aead_open(&a, some, some,
		    (struct aead_bytes){ key, i }, back));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_rfc_5297),
		cmocka_unit_test(test_siv_like_the_rfc),
		cmocka_unit_test(test_every_bit_counts),
		cmocka_unit_test(test_rfc_8452),
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
