/*
 * NTS in packets: what is written is read, and every way in which the fields
 * can be wrong is noticed.
 */
#include <bsd/sys/endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/nts.h"
#include "regress/unit/unit.h"

static const uint8_t nonce[AEAD_NONCE_LEN] = "nonce of sixteen";
static const uint8_t unique[NTS_UNIQUE_ID_LEN] =
    "an identifier of thirty-two byte";
static const uint8_t cookie[100] = "a cookie";

/* A packet's parts, in the order of the letters. */
struct built {
	uint8_t		 bytes[NTP_MAX_LEN];
	size_t		 len;
};

static struct aead	 key;
static uint8_t		 hidden[256];
static size_t		 nhidden;

static int
setup(void **arg)
{
	struct ntp_output out = { hidden, sizeof(hidden), 48 };

	(void)arg;
	aead_set_key(&key, AEAD_AES_SIV_CMAC_256,
	    (const uint8_t *)"0123456789abcdef0123456789abcdeF");
	ntp_put_field(&out, NTS_COOKIE, cookie, sizeof(cookie));
	assert_int_equal(out.len, 152);
	nhidden = 104;
	memmove(hidden, hidden + 48, nhidden);
	return 0;
}

/*
 * u: unique identifier, s: one too short, c: cookie, p: placeholder, q: one of
 * another length, x: unknown, e: unknown and empty, A: authenticator, with a
 * cookie hidden in it, a: with nothing, M: a MAC.
 */
static void
build(struct built *b, const char *parts)
{
	const struct ntp_packet pkt = {
		.version = 4, .mode = NTP_MODE_SERVER
	};
	struct ntp_output out = {
		b->bytes, sizeof(b->bytes), NTP_HEADER_LEN
	};
	struct aead_bytes plain = { hidden, nhidden };

	ntp_encode(&pkt, b->bytes);
	for (; *parts != '\0'; parts++) {
		plain.len = *parts == 'A' ? nhidden : 0;
		if (*parts == 'u')
			ntp_put_field(&out, NTS_UNIQUE_ID, unique,
			    sizeof(unique));
		else if (*parts == 's')
			ntp_put_field(&out, NTS_UNIQUE_ID, unique, 28);
		else if (*parts == 'c')
			ntp_put_field(&out, NTS_COOKIE, cookie,
			    sizeof(cookie));
		else if (*parts == 'p')
			ntp_put_field(&out, NTS_PLACEHOLDER, NULL,
			    sizeof(cookie));
		else if (*parts == 'q')
			ntp_put_field(&out, NTS_PLACEHOLDER, NULL,
			    sizeof(cookie) + 4);
		else if (*parts == 'x' || *parts == 'e')
			ntp_put_field(&out, 0x1234, unique,
			    *parts == 'x' ? 30 : 0);
		else if (*parts == 'M')
			out.len += 20;
		else
			nts_seal(&out, &key, nonce, plain);
		assert_int_not_equal(out.len, 0);
	}
	b->len = out.len;
}

/* What nts_read() says of a copy of exactly B's length; it is to be freed. */
static enum nts_form
form(struct nts_fields *f, const struct built *b, uint8_t **copy)
{
	struct ntp_packet pkt;

	*copy = malloc(b->len);
	assert_non_null(*copy);
	memcpy(*copy, b->bytes, b->len);
	if (ntp_decode(&pkt, *copy, b->len) != NTP_OK)
		return NTS_BROKEN;
	return nts_read(f, &pkt);
}

static const struct {
	const char	*parts;
	enum nts_form	 form;
	unsigned	 placeholders;
} forms[] = {
	{ "",		NTS_ABSENT, 0 },
	{ "x",		NTS_ABSENT, 0 },
	{ "u",		NTS_ABSENT, 0 },	/* it may be used without NTS */
	{ "uca",	NTS_GOOD, 0 },
	{ "ucA",	NTS_GOOD, 0 },
	{ "cua",	NTS_GOOD, 0 },
	{ "uA",		NTS_GOOD, 0 },
	{ "ucpppa",	NTS_GOOD, 3 },
	{ "ucpqpa",	NTS_GOOD, 2 },
	{ "xuxcxpexa",	NTS_GOOD, 1 },
	{ "ucpppppppa",	NTS_GOOD, 7 },
	{ "c",		NTS_BROKEN, 0 },
	{ "uc",		NTS_BROKEN, 0 },
	{ "a",		NTS_BROKEN, 0 },
	{ "ca",		NTS_BROKEN, 0 },
	{ "sca",	NTS_BROKEN, 0 },
	{ "uuca",	NTS_BROKEN, 0 },
	{ "ucca",	NTS_BROKEN, 0 },
	{ "ucaa",	NTS_BROKEN, 0 },
	{ "ucax",	NTS_BROKEN, 0 },
	{ "ucaM",	NTS_BROKEN, 0 },
	{ "ucau",	NTS_BROKEN, 0 },
};

static void
test_forms(void **arg)
{
	struct nts_fields f;
	struct built	 b;
	uint8_t		*copy;
	enum nts_form	 got;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(forms); i++) {
		build(&b, forms[i].parts);
		got = form(&f, &b, &copy);
		if (got != forms[i].form || (got == NTS_GOOD &&
		    f.placeholders != forms[i].placeholders))
			fail_msg("\"%s\": %d, %u", forms[i].parts, got,
			    f.placeholders);
		free(copy);
	}
}

/* What was hidden comes back; unique identifier and cookie are in the clear. */
static void
test_there_and_back(void **arg)
{
	uint8_t		 plain[NTP_MAX_LEN], *copy;
	struct ntp_field field;
	struct nts_fields f;
	struct built	 b;
	size_t		 len, pos = 0;

	(void)arg;
	build(&b, "ucpA");
	assert_int_equal(b.len, NTP_HEADER_LEN + 36 + 104 + 104 +
	    NTS_AUTHENTICATOR_LEN(104));
	assert_int_equal(form(&f, &b, &copy), NTS_GOOD);
	assert_int_equal(f.unique_id.len, sizeof(unique));
	assert_memory_equal(f.unique_id.bytes, unique, sizeof(unique));
	assert_int_equal(f.cookie.len, sizeof(cookie));
	assert_memory_equal(f.cookie.bytes, cookie, sizeof(cookie));
	assert_true(nts_open(&f, &key, plain, &len));
	assert_int_equal(len, 104);
	assert_true(nts_next_field((struct aead_bytes){ plain, len }, &pos,
	    &field));
	assert_int_equal(field.type, NTS_COOKIE);
	assert_int_equal(field.len, sizeof(cookie));
	assert_memory_equal(field.value, cookie, sizeof(cookie));
	assert_false(nts_next_field((struct aead_bytes){ plain, len }, &pos,
	    &field));
	free(copy);
}

/* Every single bit of a packet is covered. */
static void
test_every_bit(void **arg)
{
	uint8_t		 plain[NTP_MAX_LEN], *copy;
	struct nts_fields f;
	struct built	 b;
	size_t		 bit, len;

	(void)arg;
	build(&b, "ucA");
	for (bit = 0; bit < 8 * b.len; bit++) {
		b.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (form(&f, &b, &copy) == NTS_GOOD &&
		    nts_open(&f, &key, plain, &len))
			fail_msg("bit %zu is not covered", bit);
		free(copy);
		b.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* No part of a packet is a packet, and nothing behind it is read. */
static void
test_truncated(void **arg)
{
	uint8_t		 plain[NTP_MAX_LEN], *copy;
	struct nts_fields f;
	struct built	 b;
	size_t		 len, whole;

	(void)arg;
	build(&b, "ucpA");
	whole = b.len;
	for (b.len = NTP_HEADER_LEN; b.len < whole; b.len++) {
		if (form(&f, &b, &copy) == NTS_GOOD &&
		    nts_open(&f, &key, plain, &len))
			fail_msg("%zu bytes of %zu are accepted", b.len, whole);
		free(copy);
	}
}

/* The two lengths in the authenticator, whatever they claim. */
static void
test_claimed_lengths(void **arg)
{
	static const uint16_t claims[] = { 0, 1, 15, 16, 17, 119, 120, 121,
	    124, 128, 0x7fff, 0xfffc, 0xffff };
	uint8_t		 plain[NTP_MAX_LEN], *copy;
	struct nts_fields f;
	struct built	 b;
	size_t		 i, j, at, len;

	(void)arg;
	build(&b, "uA");
	at = NTP_HEADER_LEN + 36 + NTP_FIELD_HEADER_LEN;
	for (i = 0; i < COUNT(claims); i++) {
		for (j = 0; j < COUNT(claims); j++) {
			be16enc(b.bytes + at, claims[i]);
			be16enc(b.bytes + at + 2, claims[j]);
			if (form(&f, &b, &copy) == NTS_GOOD &&
			    nts_open(&f, &key, plain, &len))
				assert_true(claims[i] == 16 &&
				    claims[j] == 120);
			free(copy);
		}
	}
}

/* Nothing is written beyond the room there is. */
static void
test_no_room(void **arg)
{
	uint8_t		 buf[300];
	struct ntp_output out;
	size_t		 size;
	const size_t	 at = NTP_HEADER_LEN;
	const size_t	 need = at + NTS_AUTHENTICATOR_LEN(104);

	(void)arg;
	for (size = at; size < sizeof(buf) - 1; size++) {
		memset(buf, 0x5a, sizeof(buf));
		out = (struct ntp_output){ buf, size, at };
		nts_seal(&out, &key, nonce,
		    (struct aead_bytes){ hidden, nhidden });
		assert_int_equal(out.len, size < need ? 0 : need);
		assert_int_equal(buf[size], 0x5a);
		memset(buf, 0x5a, sizeof(buf));
		out = (struct ntp_output){ buf, size, at };
		ntp_put_field(&out, NTS_COOKIE, cookie, 100);
		assert_int_equal(out.len, size < at + 104 ? 0 : at + 104);
		assert_int_equal(buf[size], 0x5a);
	}
	out = (struct ntp_output){ buf, sizeof(buf), 0 };
	nts_seal(&out, &key, nonce, (struct aead_bytes){ hidden, 0 });
	assert_int_equal(out.len, 0);
	ntp_put_field(&out, 1, NULL, 16);
	assert_int_equal(out.len, 0);
	out.len = at;
	ntp_put_field(&out, 1, NULL, 0);
	assert_int_equal(out.len, at + NTP_FIELD_MIN_LEN);
	ntp_put_field(&out, 1, NULL, SIZE_MAX);
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_claimed_lengths),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
