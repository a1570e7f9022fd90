/*
 * Any bytes as the extension fields of a packet with NTS, read as server and as
 * client do.  Since nobody guesses a tag, every second input has its hidden
 * fields sealed by the target itself.
 */
#include <bsd/sys/endian.h>
#include <string.h>

#include "common/nts.h"
#include "regress/fuzz/fuzz.h"

const size_t	 input_most = 900;

static const uint8_t nonce[AEAD_NONCE_LEN] = { 1 };

static void
inside(struct aead_bytes part, const uint8_t *packet, size_t len)
{
	require(part.len == 0 || (part.bytes >= packet &&
	    part.bytes + part.len <= packet + len));
}

/* Read the LEN bytes of PACKET, and what is hidden in them. */
static enum nts_form
read_packet(const struct aead *key, const uint8_t *packet, size_t len,
    bool genuine)
{
	uint8_t		 plain[NTP_MAX_LEN];
	struct ntp_packet pkt;
	struct nts_fields f;
	struct ntp_field field;
	size_t		 plain_len, pos = 0;
	enum nts_form	 form;

	if (ntp_decode(&pkt, packet, len) != NTP_OK)
		return NTS_BROKEN;
	form = nts_read(&f, &pkt);
	if (form != NTS_GOOD)
		return form;
	inside(f.unique_id, packet, len);
	inside(f.cookie, packet, len);
	inside(f.nonce, packet, len);
	inside(f.sealed, packet, len);
	require(f.covered.bytes == packet && f.covered.len < len);
	require(f.placeholders <= len / NTP_FIELD_MIN_LEN);
	if (!nts_open(&f, key, plain, &plain_len)) {
		require(!genuine);
		return form;
	}
	require(genuine && plain_len < len);
	while (nts_next_field((struct aead_bytes){ plain, plain_len }, &pos,
	    &field))
		require(field.value >= plain && field.value + field.len <=
		    plain + plain_len && pos <= plain_len);
	return form;
}

/* Half of the fields are in the clear, the other half hidden. */
static void
read_sealed(const struct aead *key, const uint8_t *data, size_t size)
{
	const struct ntp_packet pkt = { .version = 4, .mode = 3 };
	uint8_t		 packet[NTP_MAX_LEN];
	size_t		 clear = size / 8 * 4;
	struct ntp_output out = {
		packet, sizeof(packet), NTP_HEADER_LEN + clear
	};

	ntp_encode(&pkt, packet);
	memcpy(packet + NTP_HEADER_LEN, data, clear);
	nts_seal(&out, key, nonce,
	    (struct aead_bytes){ data + clear, size - clear });
	if (out.len > 0)
		read_packet(key, packet, out.len, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ntp_packet pkt = { .version = 4, .mode = 3 };
	static const uint8_t bytes[AEAD_KEY_MOST] = { 5 };
	uint8_t		 packet[NTP_MAX_LEN];
	struct aead	 key;

	if (size == 0 || size > input_most)
		return 0;
	aead_set_key(&key, AEAD_AES_SIV_CMAC_256, bytes);
	if (data[0] % 2 == 0) {
		read_sealed(&key, data + 1, size - 1);
		return 0;
	}
	ntp_encode(&pkt, packet);
	memcpy(packet + NTP_HEADER_LEN, data + 1, size - 1);
	read_packet(&key, packet, NTP_HEADER_LEN + size - 1, false);
	return 0;
}

/* ---- seeds ---- */

static void
field(uint16_t type, uint16_t len)
{
	uint8_t		 head[4];

	be16enc(head, type);
	be16enc(head + 2, len);
	seed_add(head, sizeof(head));
	seed_fill(0x33, len - sizeof(head));
}

void
make_seeds(void)
{
	seed("answer", "", 1);
	field(NTS_UNIQUE_ID, 36);
	field(NTS_COOKIE, 36);
	seed("request", "", 1);
	field(NTS_UNIQUE_ID, 36);
	field(NTS_COOKIE, 104);
	field(NTS_PLACEHOLDER, 104);
	field(NTS_COOKIE, 104);
	field(NTS_COOKIE, 104);
	field(0x1234, 36);
	seed("foreign", "\1", 1);
	field(NTS_UNIQUE_ID, 36);
	field(NTS_COOKIE, 104);
	seed_add("\4\4\0\50\0\20\0\20", 8);
	seed_fill(0x11, 32);
	seed("doubled", "\1", 1);
	field(NTS_UNIQUE_ID, 36);
	field(NTS_UNIQUE_ID, 36);
	field(NTS_COOKIE, 104);
}
