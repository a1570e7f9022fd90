/*
 * The packet: every value where RFC 5905 has it, what may follow the header,
 * and properties of everything that decodes.
 */
#include <bsd/sys/endian.h>
#include <stdlib.h>
#include <string.h>

#include "common/ntp.h"
#include "regress/unit/unit.h"

#define ROUNDS		100000
#define MAX_PARTS	6

static struct rng	 rng = { 1 };

/*
 * Decode a copy of BUF in memory of exactly its length, so that a sanitizer
 * sees one byte too far.  The copy is the caller's to free.
 */
static enum ntp_error
decode(struct ntp_packet *pkt, const uint8_t *buf, size_t len, uint8_t **copy)
{
	*copy = malloc(len > 0 ? len : 1);
	assert_non_null(*copy);
	memcpy(*copy, buf, len);
	return ntp_decode(pkt, *copy, len);
}

static const uint8_t	 sample[NTP_HEADER_LEN] = {
	0x64,				/* leap 1, version 4, mode 4 */
	2, 6, 0xe9,			/* stratum, poll, precision -23 */
	0x00, 0x01, 0x80, 0x00,		/* root delay 1.5 s */
	0x00, 0x00, 0x40, 0x00,		/* root dispersion 0.25 s */
	192, 0, 2, 7,
	0xed, 0xf3, 0x74, 0x40, 0x80, 0x00, 0x00, 0x01,
	0xed, 0xf3, 0x74, 0x41, 0x80, 0x00, 0x00, 0x02,
	0xed, 0xf3, 0x74, 0x42, 0x80, 0x00, 0x00, 0x03,
	0xed, 0xf3, 0x74, 0x43, 0x80, 0x00, 0x00, 0x04,
};

static void
test_every_value(void **arg)
{
	static const uint8_t	 refid[4] = { 192, 0, 2, 7 };
	struct ntp_packet	 pkt;
	uint8_t			 again[NTP_HEADER_LEN];

	(void)arg;
	assert_int_equal(ntp_decode(&pkt, sample, sizeof(sample)), NTP_OK);
	assert_int_equal(pkt.leap, LEAP_INSERT);
	assert_int_equal(pkt.version, 4);
	assert_int_equal(pkt.mode, NTP_MODE_SERVER);
	assert_int_equal(pkt.stratum, 2);
	assert_int_equal(pkt.poll, 6);
	assert_int_equal(pkt.precision, -23);
	assert_true(ntpshort_to_seconds(pkt.root_delay) == 1.5);
	assert_true(ntpshort_to_seconds(pkt.root_dispersion) == 0.25);
	assert_memory_equal(pkt.refid, refid, sizeof(refid));
	assert_true(pkt.reference.value == 0xedf3744080000001);
	assert_true(pkt.origin.value == 0xedf3744180000002);
	assert_true(pkt.receive.value == 0xedf3744280000003);
	assert_true(pkt.transmit.value == 0xedf3744380000004);
	assert_null(pkt.fields);
	assert_int_equal(pkt.fields_len, 0);
	ntp_encode(&pkt, again);
	assert_memory_equal(again, sample, sizeof(sample));
}

static void
test_every_first_byte(void **arg)
{
	struct ntp_packet	 pkt;
	uint8_t			 buf[NTP_HEADER_LEN], again[NTP_HEADER_LEN];
	unsigned		 byte, version;

	(void)arg;
	memcpy(buf, sample, sizeof(buf));
	for (byte = 0; byte < 256; byte++) {
		buf[0] = (uint8_t)byte;
		version = byte / 8 % 8;
		if (version < 1 || version > 4) {
			assert_int_equal(ntp_decode(&pkt, buf, sizeof(buf)),
			    NTP_BAD_VERSION);
			continue;
		}
		assert_int_equal(ntp_decode(&pkt, buf, sizeof(buf)), NTP_OK);
		assert_int_equal(pkt.leap, byte / 64);
		assert_int_equal(pkt.version, version);
		assert_int_equal(pkt.mode, byte % 8);
		ntp_encode(&pkt, again);
		assert_memory_equal(again, buf, sizeof(buf));
	}
}

/* Values out of range stay within their bits. */
static void
test_encode_masks(void **arg)
{
	struct ntp_packet	 pkt = { .leap = 4, .version = 12,
				    .mode = 8 + 3 };
	uint8_t			 buf[NTP_HEADER_LEN];

	(void)arg;
	ntp_encode(&pkt, buf);
	assert_int_equal(buf[0], 4 << 3 | 3);
}

/* What follows the header: N > 0 is a field of N bytes, N < 0 -N others. */
static const struct {
	const char	*name;
	int		 version;
	int		 parts[MAX_PARTS];
	enum ntp_error	 error;
	size_t		 fields;	/* to be found */
} tails[] = {
	{ "nothing",			4, { 0 },		NTP_OK, 0 },
	{ "crypto-NAK",			4, { -4 },		NTP_OK, 0 },
	{ "MAC with MD5",		4, { -20 },		NTP_OK, 0 },
	{ "MAC with SHA-1",		4, { -24 },		NTP_OK, 0 },
	{ "MAC that looks like a field", 4, { 20 },		NTP_OK, 0 },
	{ "longer one that does",	4, { 24 },		NTP_OK, 0 },
	{ "shortest last field",	4, { 28 },		NTP_OK, 1 },
	{ "a field of 16 alone",	4, { 16 },		NTP_OK, 1 },
	{ "16 and MAC",			4, { 16, -20 },		NTP_OK, 1 },
	{ "16 and longer MAC",		4, { 16, -24 },		NTP_OK, 1 },
	{ "20, 24 and MAC",		4, { 20, 24, -20 },	NTP_OK, 2 },
	{ "28 and crypto-NAK",		4, { 28, -4 },		NTP_OK, 1 },
	{ "16 and crypto-NAK: a MAC",	4, { 16, -4 },		NTP_OK, 0 },
	{ "NTS: unique id",		4, { 36 },		NTP_OK, 1 },
	{ "NTS: id, cookie, authenticator", 4, { 36, 104, 40 },	NTP_OK, 3 },
	{ "five fields and MAC",	4, { 16, 16, 32, 400, 28, -24 },
	    NTP_OK, 5 },
	{ "as long as can be",		4, { 976 },		NTP_OK, 1 },
	{ "one byte",			4, { -1 },	NTP_BAD_FIELDS, 0 },
	{ "three bytes",		4, { -3 },	NTP_BAD_FIELDS, 0 },
	{ "DES MAC in NTPv4",		4, { -12 },	NTP_BAD_FIELDS, 0 },
	{ "a field of 4",		4, { 4, 28 },	NTP_BAD_FIELDS, 0 },
	{ "a field of 12",		4, { 12 },	NTP_BAD_FIELDS, 0 },
	{ "a field of 12 and MAC",	4, { 12, -20 },	NTP_BAD_FIELDS, 0 },
	{ "a field of 30",		4, { 30 },	NTP_BAD_FIELDS, 0 },
	{ "a field of 30, made even",	4, { 30, -2 },	NTP_BAD_FIELDS, 0 },
	{ "MAC with SHA-256",		4, { -36 },	NTP_BAD_FIELDS, 0 },
	{ "two MACs",			4, { -20, -20 }, NTP_BAD_FIELDS, 0 },
	{ "a MAC before a field",	4, { -20, 28 },	NTP_BAD_FIELDS, 0 },
	{ "a field and 8 bytes",	4, { 28, -8 },	NTP_BAD_FIELDS, 0 },
	{ "v3: nothing",		3, { 0 },		NTP_OK, 0 },
	{ "v3: MAC with DES",		3, { -12 },		NTP_OK, 0 },
	{ "v3: MAC with MD5",		3, { -20 },		NTP_OK, 0 },
	{ "v3: MAC with SHA-1",		3, { -24 },		NTP_OK, 0 },
	{ "v3: crypto-NAK",		3, { -4 },	NTP_BAD_FIELDS, 0 },
	{ "v3: a field",		3, { 28 },	NTP_BAD_FIELDS, 0 },
	{ "v3: MAC with SHA-256",	3, { -36 },		NTP_OK, 0 },
	{ "v3: MAC with SHA-512",	3, { -68 },		NTP_OK, 0 },
	{ "v3: a field and MAC",	3, { 28, -20 },	NTP_BAD_FIELDS, 0 },
	{ "v1: nothing",		1, { 0 },		NTP_OK, 0 },
	{ "v1: a field",		1, { 28 },	NTP_BAD_FIELDS, 0 },
	{ "v2: MAC",			2, { -12 },		NTP_OK, 0 },
};

/* Put a packet of VERSION and PARTS together; returns its length. */
static size_t
build(uint8_t *buf, int version, const int parts[MAX_PARTS])
{
	size_t	 i, n, len = NTP_HEADER_LEN;

	memcpy(buf, sample, NTP_HEADER_LEN);
	buf[0] = (uint8_t)(version << 3 | NTP_MODE_CLIENT);
	for (i = 0; i < MAX_PARTS && parts[i] != 0; i++) {
		n = (size_t)abs(parts[i]);
		memset(buf + len, 0xff, n);
		if (parts[i] > 0) {
			be16enc(buf + len, (uint16_t)(0x100 + i));
			be16enc(buf + len + 2, (uint16_t)n);
		}
		len += n;
	}
	return len;
}

static void
test_tails(void **arg)
{
	struct ntp_packet	 pkt;
	struct ntp_field	 field;
	enum ntp_error		 error;
	uint8_t			 buf[2048], *copy;
	size_t			 i, n, len, pos, expected;

	(void)arg;
	for (i = 0; i < COUNT(tails); i++) {
		len = build(buf, tails[i].version, tails[i].parts);
		error = decode(&pkt, buf, len, &copy);
		if (error != tails[i].error)
			fail_msg("%s: %d", tails[i].name, (int)error);
		pos = expected = 0;
		for (n = 0; error == NTP_OK &&
		    ntp_next_field(&pkt, &pos, &field); n++) {
			expected += (size_t)tails[i].parts[n];
			if (pos != expected || field.type != 0x100 + n ||
			    field.len + 4 != (size_t)tails[i].parts[n] ||
			    field.value + field.len != copy + 48 + pos)
				fail_msg("%s: field %zu", tails[i].name, n);
		}
		if (n != tails[i].fields)
			fail_msg("%s: %zu fields", tails[i].name, n);
		free(copy);
	}
}

/* Of all lengths that a field in 28 bytes can claim, two are right. */
static void
test_every_claimed_length(void **arg)
{
	static const int	 parts[MAX_PARTS] = { 28 };
	struct ntp_packet	 pkt;
	uint8_t			 buf[128];
	size_t			 len;
	unsigned		 claim;

	(void)arg;
	len = build(buf, 4, parts);
	for (claim = 0; claim <= UINT16_MAX; claim++) {
		be16enc(buf + 50, (uint16_t)claim);
		/* 24: the four bytes after it are a crypto-NAK. */
		if ((ntp_decode(&pkt, buf, len) == NTP_OK) !=
		    (claim == 28 || claim == 24))
			fail_msg("%u", claim);
	}
}

static void
test_every_length(void **arg)
{
	struct ntp_packet	 pkt, untouched;
	uint8_t			 buf[1100], *copy;
	enum ntp_error		 error, expected;
	size_t			 len;

	(void)arg;
	memset(buf, 0xff, sizeof(buf));
	memcpy(buf, sample, sizeof(sample));
	memset(&untouched, 0xa5, sizeof(untouched));
	for (len = 0; len < sizeof(buf); len++) {
		expected = len < 48 ? NTP_TOO_SHORT : len > 1024 ?
		    NTP_TOO_LONG : len == 48 || len == 52 || len == 68 ||
		    len == 72 ? NTP_OK : NTP_BAD_FIELDS;
		pkt = untouched;
		error = decode(&pkt, buf, len, &copy);
		if (error != expected)
			fail_msg("%zu bytes: %d", len, (int)error);
		if (error != NTP_OK)
			assert_memory_equal(&pkt, &untouched, sizeof(pkt));
		free(copy);
	}
}

/* A random packet, often with a plausible tail; returns its length. */
static size_t
random_packet(uint8_t *buf)
{
	static const int	 sizes[] = { -1, -4, -12, -20, -24, 16, 20,
				    24, 28, 32, 36, 100, 3 };
	int			 parts[MAX_PARTS] = { 0 };
	size_t			 i, len, n = rng_below(&rng, MAX_PARTS);
	int			 version = 4;

	for (i = 0; i < n; i++)
		parts[i] = sizes[rng_below(&rng, COUNT(sizes))];
	if (rng_below(&rng, 2) == 0)
		version = (int)rng_below(&rng, 8);
	len = build(buf, version, parts);
	for (i = 1; i < NTP_HEADER_LEN; i++)
		buf[i] = (uint8_t)rng_below(&rng, 256);
	buf[0] |= (uint8_t)(rng_below(&rng, 4) << 6);
	buf[0] = (uint8_t)((buf[0] & ~7) | (int)rng_below(&rng, 8));
	if (rng_below(&rng, 4) == 0)
		buf[rng_below(&rng, len)] = (uint8_t)rng_below(&rng, 256);
	if (rng_below(&rng, 8) == 0)
		len = rng_below(&rng, len + 1);
	return len;
}

/* Encoding gives the same bytes; fields and MAC are all there is. */
static void
test_properties(void **arg)
{
	struct ntp_packet	 pkt;
	struct ntp_field	 field;
	struct ntp_mac		 mac;
	uint8_t			 buf[1024], again[NTP_HEADER_LEN], *copy;
	size_t			 len, pos, sum, good = 0, fields = 0;
	int			 i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++) {
		len = random_packet(buf);
		if (decode(&pkt, buf, len, &copy) == NTP_OK) {
			good++;
			ntp_encode(&pkt, again);
			assert_memory_equal(again, buf, NTP_HEADER_LEN);
			assert_int_equal(pkt.fields_len, len - 48);
			pos = sum = 0;
			while (ntp_next_field(&pkt, &pos, &field)) {
				fields++;
				sum += 4 + field.len;
				assert_true(field.len >= 12);
				assert_int_equal(field.len % 4, 0);
				assert_int_equal(pos, sum);
			}
			sum = pkt.fields_len - sum;
			assert_true(sum == 0 || sum == 20 || sum == 24 ||
			    sum == (pkt.version == 4 ? 4 : 12) ||
			    (pkt.version < 4 && (sum == 36 || sum == 68)));
			assert_int_equal(ntp_find_mac(&pkt, &mac), sum > 0);
			if (sum > 0) {
				assert_int_equal(mac.len, sum - 4);
				assert_ptr_equal(mac.digest + mac.len,
				    copy + len);
				assert_ptr_equal(mac.covered, copy);
				assert_int_equal(mac.covered_len, len - sum);
			}
		}
		free(copy);
	}
	assert_true(good > ROUNDS / 20 && good < ROUNDS / 2);
	assert_true(fields > ROUNDS / 20);
}

/* Everything that RFC 7822 lets a sender send decodes to what was meant. */
static void
test_all_that_is_legal(void **arg)
{
	static const int	 macs[] = { 0, -20, -24, -4 };
	static const int	 least[] = { 28, 16, 16, 24 };
	struct ntp_packet	 pkt;
	struct ntp_field	 field;
	uint8_t			 buf[1024], *copy;
	int			 i, parts[MAX_PARTS + 1];
	size_t			 n, f, pos, mac;

	(void)arg;
	for (i = 0; i < ROUNDS; i++) {
		memset(parts, 0, sizeof(parts));
		n = rng_below(&rng, MAX_PARTS);
		mac = rng_below(&rng, COUNT(macs));
		for (f = 0; f < n; f++)
			parts[f] = 16 + 4 * (int)rng_below(&rng, 40);
		if (n > 0 && parts[n - 1] < least[mac])
			parts[n - 1] = least[mac];
		parts[n] = macs[mac];
		assert_int_equal(decode(&pkt, buf, build(buf, 4, parts),
		    &copy), NTP_OK);
		for (f = pos = 0; ntp_next_field(&pkt, &pos, &field); f++)
			assert_int_equal(field.len + 4, parts[f]);
		assert_int_equal(f, n);
		assert_int_equal(pkt.fields_len - pos, -macs[mac]);
		free(copy);
	}
}

/* A packet that never passed ntp_decode() cannot lead the walk astray. */
static void
test_walk_is_safe(void **arg)
{
	/* Behind its 32 bytes of fields stands what looks like one. */
	uint8_t			 bytes[64] = { 0, 1, 0xff, 0xfc, [39] = 16 };
	struct ntp_packet	 pkt = { .version = 4, .fields = bytes,
				    .fields_len = 32 };
	struct ntp_field	 field;
	size_t			 pos = 0;

	(void)arg;
	assert_false(ntp_next_field(&pkt, &pos, &field));
	bytes[2] = 0;
	bytes[3] = 0;
	assert_false(ntp_next_field(&pkt, &pos, &field));
	bytes[3] = 32;
	pos = 36;
	assert_false(ntp_next_field(&pkt, &pos, &field));
	pos = 0;
	assert_true(ntp_next_field(&pkt, &pos, &field));
	assert_int_equal(pos, 32);
	assert_false(ntp_next_field(&pkt, &pos, &field));
	pkt.fields = NULL;
	pos = 0;
	assert_false(ntp_next_field(&pkt, &pos, &field));
}

static const struct {
	const char	*name;
	uint8_t		 refid[4];
	uint8_t		 stratum;
	const char	*text;
} refids[] = {
	{ "a reference clock",	{ 'G', 'P', 'S', 0 },	1, "GPS" },
	{ "of four letters",	{ 'D', 'C', 'F', 'a' },	1, "DCFa" },
	{ "filled with blanks",	{ 'P', 'P', 'S', ' ' },	1, "PPS" },
	{ "a kiss code",	{ 'R', 'A', 'T', 'E' },	0, "RATE" },
	{ "nothing",		{ 0, 0, 0, 0 },		0, "0.0.0.0" },
	{ "an escape sequence",	{ 27, '[', '2', 'J' },	0, "27.91.50.74" },
	{ "a blank inside",	{ 'A', ' ', 'B', 0 },	1, "65.32.66.0" },
	{ "a zero inside",	{ 'A', 0, 'B', 'C' },	1, "65.0.66.67" },
	{ "above ASCII",	{ 0xff, 0x7f, '~', '!' }, 1,
	    "255.127.126.33" },
	{ "a server",		{ 192, 0, 2, 7 },	2, "192.0.2.7" },
	{ "letters at stratum 2", { 'G', 'P', 'S', 0 },	2, "71.80.83.0" },
	{ "the longest",	{ 255, 255, 255, 255 },	15,
	    "255.255.255.255" },
};

static void
test_refids(void **arg)
{
	char	 text[16];
	size_t	 i;

	(void)arg;
	for (i = 0; i < COUNT(refids); i++) {
		memset(text, 'x', sizeof(text));
		assert_ptr_equal(ntp_format_refid(refids[i].refid,
		    refids[i].stratum, text), text);
		if (strcmp(text, refids[i].text) != 0)
			fail_msg("%s: %.16s", refids[i].name, text);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_every_value),
		cmocka_unit_test(test_every_first_byte),
		cmocka_unit_test(test_encode_masks),
		cmocka_unit_test(test_tails),
		cmocka_unit_test(test_every_claimed_length),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_all_that_is_legal),
		cmocka_unit_test(test_walk_is_safe),
		cmocka_unit_test(test_refids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
