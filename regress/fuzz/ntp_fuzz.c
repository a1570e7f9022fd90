/*
 * Any bytes as a packet: what decodes must encode to the same bytes, and its
 * fields and MAC must lie inside and be all there is.
 */
#include <bsd/sys/endian.h>
#include <string.h>

#include "common/ntp.h"
#include "regress/fuzz/fuzz.h"

const size_t	 input_most = 1100;	/* more than NTP_MAX_LEN */

static void
walk(const struct ntp_packet *pkt)
{
	struct ntp_field	 field;
	struct ntp_mac		 mac;
	size_t			 pos = 0, sum = 0, rest;
	unsigned		 values = 0;

	while (ntp_next_field(pkt, &pos, &field)) {
		require(field.len >= 12 && field.len % 4 == 0);
		require(field.value + field.len == pkt->fields + pos);
		require(pos == (sum += 4 + field.len));
		/* Read it all, for the sanitizers. */
		while (field.len > 0)
			values += field.value[--field.len];
	}
	(void)values;
	rest = pkt->fields_len - sum;
	require(rest == 0 || rest == 20 || rest == 24 ||
	    rest == (pkt->version == 4 ? 4 : 12) ||
	    (pkt->version < 4 && (rest == 36 || rest == 68)));
	require(ntp_find_mac(pkt, &mac) == (rest > 0));
	require(rest == 0 || (mac.len == rest - 4 && mac.covered_len ==
	    NTP_HEADER_LEN + sum && mac.covered + mac.covered_len + 4 ==
	    mac.digest));
	require(sum == 0 || pkt->version == 4);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ntp_packet	 pkt, before;
	uint8_t			 again[NTP_HEADER_LEN];
	char			 text[16];

	memset(&pkt, 0xa5, sizeof(pkt));
	before = pkt;
	if (ntp_decode(&pkt, data, size) != NTP_OK) {
		require(memcmp(&pkt, &before, sizeof(pkt)) == 0);
		return 0;
	}
	require(size >= NTP_HEADER_LEN && size <= NTP_MAX_LEN);
	require(pkt.version >= 1 && pkt.version <= 4);
	require(pkt.fields_len == size - NTP_HEADER_LEN);
	ntp_encode(&pkt, again);
	require(memcmp(again, data, sizeof(again)) == 0);
	require(strlen(ntp_format_refid(pkt.refid, pkt.stratum, text)) < 16);
	walk(&pkt);
	return 0;
}

/* ---- seeds ---- */

static const struct ntp_packet usual = {
	.leap = LEAP_NONE, .version = 4, .mode = NTP_MODE_SERVER,
	.stratum = 2, .poll = 6, .precision = -23, .root_delay = 0x180,
	.root_dispersion = 0x40, .refid = { 192, 0, 2, 7 },
	.reference = { 0xedf3744080000001 }, .origin = { 0xedf3744180000002 },
	.receive = { 0xedf3744280000003 }, .transmit = { 0xedf3744380000004 }
};

static void
packet(const char *name, const struct ntp_packet *pkt)
{
	uint8_t		 bytes[NTP_HEADER_LEN];

	ntp_encode(pkt, bytes);
	seed(name, bytes, sizeof(bytes));
}

/* An extension field of TYPE that says that it is CLAIMED bytes long. */
static void
field(uint16_t type, uint16_t claimed, size_t real)
{
	uint8_t		 head[4];

	be16enc(head, type);
	be16enc(head + 2, claimed);
	seed_add(head, sizeof(head));
	seed_fill(0x07, real - sizeof(head));
}

/* Key 1, and a digest of LEN bytes. */
static void
mac(size_t len)
{
	seed_add("\0\0\0\1", 4);
	seed_fill(0x5a, len);
}

static void
headers(void)
{
	struct ntp_packet pkt = usual;

	pkt.mode = NTP_MODE_CLIENT;
	packet("client", &pkt);
	pkt = usual;
	pkt.stratum = 1;
	memcpy(pkt.refid, "GPS", 4);
	packet("refclock", &pkt);
	pkt.stratum = 0;
	memcpy(pkt.refid, "RATE", 4);
	packet("kiss", &pkt);
	pkt = usual;
	pkt.version = 3;
	packet("version_3", &pkt);
	mac(8);
	pkt.version = 1;
	packet("version_1", &pkt);
}

#define UNIQUE_ID	0x0104		/* RFC 8915 5.7 */
#define COOKIE		0x0204

void
make_seeds(void)
{
	headers();
	packet("server", &usual);
	packet("crypto_nak", &usual);
	seed_fill(0, 4);
	packet("md5", &usual);
	mac(16);
	packet("sha1", &usual);
	mac(20);
	packet("field", &usual);
	field(UNIQUE_ID, 28, 28);
	packet("field_and_mac", &usual);
	field(UNIQUE_ID, 16, 16);
	mac(16);
	packet("field_too_short", &usual);
	field(UNIQUE_ID, 12, 12);
	mac(16);
	packet("field_too_long", &usual);
	field(UNIQUE_ID, 64, 28);
	packet("fields", &usual);
	field(UNIQUE_ID, 36, 36);
	field(COOKIE, 104, 104);
	packet("packet_too_long", &usual);
	field(UNIQUE_ID, NTP_MAX_LEN - NTP_HEADER_LEN + 4,
	    NTP_MAX_LEN - NTP_HEADER_LEN + 4);
}
