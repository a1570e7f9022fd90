/*
 * The NTS fields of a packet.  The value of the authenticator (RFC 8915 5.6):
 *
 *	 0  length of the nonce (2 bytes), of the ciphertext (2)
 *	 4  nonce, zeros up to a multiple of 4
 *	    ciphertext, zeros up to a multiple of 4
 *	    further zeros, if the nonce is shorter than an answer's may be
 */
#include <bsd/sys/endian.h>
#include <string.h>

#include "common/nts.h"

#define LENGTHS_LEN	4

/* LEN, with the zeros behind it. */
static size_t
padded(size_t len)
{
	return (len + NTP_FIELD_ALIGN - 1) / NTP_FIELD_ALIGN * NTP_FIELD_ALIGN;
}

static bool
read_authenticator(struct nts_fields *f, const struct ntp_packet *pkt,
    const struct ntp_field *field)
{
	const uint8_t	*value = field->value;
	const uint8_t	*packet = pkt->fields - NTP_HEADER_LEN;
	size_t		 nonce, sealed;

	if (field->len < LENGTHS_LEN)
		return false;
	nonce = be16dec(value);
	sealed = be16dec(value + 2);
	if (nonce == 0 || sealed < AEAD_TAG_LEN ||
	    LENGTHS_LEN + padded(nonce) + padded(sealed) > field->len)
		return false;
	value += LENGTHS_LEN;
	f->nonce = (struct aead_bytes){ value, nonce };
	f->sealed = (struct aead_bytes){ value + padded(nonce), sealed };
	f->covered = (struct aead_bytes){ packet,
	    (size_t)(field->value - NTP_FIELD_HEADER_LEN - packet) };
	return true;
}

/* The value of FIELD, if *INTO has none yet. */
static bool
take_once(struct aead_bytes *into, const struct ntp_field *field)
{
	if (into->len > 0)
		return false;
	*into = (struct aead_bytes){ field->value, field->len };
	return true;
}

/* Take FIELD of PKT into F; false if F cannot be NTS_GOOD then. */
static bool
take(struct nts_fields *f, const struct ntp_packet *pkt,
    const struct ntp_field *field)
{
	switch (field->type) {
	case NTS_UNIQUE_ID:
		return take_once(&f->unique_id, field);
	case NTS_COOKIE:
		return take_once(&f->cookie, field);
	case NTS_PLACEHOLDER:
		f->placeholders += field->len == f->cookie.len;
		return true;
	case NTS_AUTHENTICATOR:
		return read_authenticator(f, pkt, field);
	default:
		return true;
	}
}

enum nts_form
nts_read(struct nts_fields *f, const struct ntp_packet *pkt)
{
	struct ntp_field field;
	size_t		 pos = 0;
	bool		 good = true;

	memset(f, 0, sizeof(*f));
	/* What follows an authenticator is authenticated by nobody. */
	while (f->covered.len == 0 && ntp_next_field(pkt, &pos, &field))
		good = take(f, pkt, &field) && good;
	if (good && f->cookie.len == 0 && f->covered.len == 0)
		return NTS_ABSENT;
	if (!good || pos != pkt->fields_len || f->covered.len == 0 ||
	    f->unique_id.len < NTS_UNIQUE_ID_LEN)
		return NTS_BROKEN;
	return NTS_GOOD;
}

bool
nts_open(const struct nts_fields *f, const struct aead *key, uint8_t *plain,
    size_t *len)
{
	if (f->sealed.len > NTP_MAX_LEN)
		return false;
	*len = f->sealed.len - AEAD_TAG_LEN;
	return aead_open(key, f->nonce, f->covered, f->sealed, plain);
}

bool
nts_next_field(struct aead_bytes plain, size_t *pos, struct ntp_field *field)
{
	size_t		 len;

	if (*pos >= plain.len)
		return false;
	len = ntp_take_field(field, NTP_FIELD_HEADER_LEN, plain.bytes + *pos,
	    plain.len - *pos);
	*pos += len;
	return len > 0;
}

void
nts_seal(struct ntp_output *out, const struct aead *key, const uint8_t *nonce,
    struct aead_bytes plain)
{
	const struct aead_bytes covered = { out->bytes, out->len };
	const size_t	 nonce_len = aead_nonce_len(key->id);
	const size_t	 sealed_len = plain.len + AEAD_TAG_LEN;
	uint8_t		*value = out->bytes + out->len + NTP_FIELD_HEADER_LEN;

	ntp_put_field(out, NTS_AUTHENTICATOR, NULL,
	    LENGTHS_LEN + nonce_len + sealed_len);
	if (out->len == 0)
		return;
	be16enc(value, (uint16_t)nonce_len);
	be16enc(value + 2, (uint16_t)sealed_len);
	memcpy(value + LENGTHS_LEN, nonce, nonce_len);
	aead_seal(key, (struct aead_bytes){ nonce, nonce_len }, covered, plain,
	    value + LENGTHS_LEN + nonce_len);
}
