/*
 * The NTP packet.  This is the only place that knows its byte order and
 * layout:
 *
 *	 0  leap (2 bits), version (3), mode (3)
 *	 1  stratum, 2 poll, 3 precision
 *	 4  root delay, 8 root dispersion, 12 reference id
 *	16  reference, 24 origin, 32 receive, 40 transmit timestamp
 *	48  extension fields, MAC
 *
 * What follows the header is told apart by length alone; nothing in it says
 * what it is.  NTPv4 (RFC 7822 7.5):
 *
 * - An extension field has a type (2 bytes), its whole length (2 bytes) and a
 *   value.  The length is a multiple of 4, and at least 16.
 * - A MAC is a key id and a digest: 20 bytes (MD5, or AES-CMAC by RFC 8573) or
 *   24 (SHA-1), or 4 bytes of a crypto-NAK, which has no digest.  It is last.
 * - So that these are not taken for each other, a last field without a MAC
 *   behind it is at least 28 bytes long.
 *
 * Hence, going from front to back: if 4, 20 or 24 bytes are left, they are the
 * MAC; otherwise they must begin with a field.  That accepts all that RFC 7822
 * does, and NTS (RFC 8915), whose packets end in a field.  A last field of 16
 * bytes breaks the 28-byte rule, but can be nothing else, and does no harm:
 * it is accepted.  Ones of 20 and 24 break it, too, and are taken for a MAC;
 * so is one of 16 or 20 before a crypto-NAK, where the RFC leaves no choice.
 *
 * NTPv1 to v3 know no extension fields, but a MAC (RFC 1305 appendix C: 12
 * bytes; later implementations: 20 or 24; chronyd 36 or 68, with SHA-2).
 */
#include "common/ntp.h"

#include <bsd/sys/endian.h>
#include <stdio.h>
#include <string.h>

/* Are the LEN bytes at the end of a packet of VERSION a MAC, or nothing? */
static bool
is_end(uint8_t version, size_t len)
{
	if (version < 4)
		return len == 0 || len == 12 || len == 20 || len == 24 ||
		    len == 36 || len == 68;
	return len == 0 || len == 4 || len == 20 || len == 24;
}

size_t
ntp_take_field(struct ntp_field *field, size_t least, const uint8_t *p,
    size_t len)
{
	size_t	 field_len;

	if (len < NTP_FIELD_HEADER_LEN)
		return 0;
	field_len = be16dec(p + 2);
	if (field_len < NTP_FIELD_HEADER_LEN || field_len < least ||
	    field_len % NTP_FIELD_ALIGN != 0 || field_len > len)
		return 0;
	field->type = be16dec(p);
	field->len = field_len - NTP_FIELD_HEADER_LEN;
	field->value = p + NTP_FIELD_HEADER_LEN;
	return field_len;
}

void
ntp_put_field(struct ntp_output *out, uint16_t type, const void *value,
    size_t len)
{
	const size_t	 room = out->size - out->len;
	uint8_t	*p = out->bytes + out->len;
	size_t	 whole;

	whole = (NTP_FIELD_HEADER_LEN + len + NTP_FIELD_ALIGN - 1) /
	    NTP_FIELD_ALIGN * NTP_FIELD_ALIGN;
	if (whole < NTP_FIELD_MIN_LEN)
		whole = NTP_FIELD_MIN_LEN;
	if (out->len == 0 || len > room || whole > room || whole > UINT16_MAX) {
		out->len = 0;
		return;
	}
	memset(p, 0, whole);
	be16enc(p, type);
	be16enc(p + 2, (uint16_t)whole);
	if (value != NULL && len > 0)
		memcpy(p + NTP_FIELD_HEADER_LEN, value, len);
	out->len += whole;
}

/* Is what follows the header nothing but extension fields and a MAC? */
static bool
fields_are_good(uint8_t version, const uint8_t *p, size_t len)
{
	struct ntp_field field;
	size_t	 field_len;

	while (!is_end(version, len)) {
		if (version < 4)
			return false;
		field_len = ntp_take_field(&field, NTP_FIELD_MIN_LEN, p, len);
		if (field_len == 0)
			return false;
		p += field_len;
		len -= field_len;
	}
	return true;
}

enum ntp_error
ntp_decode(struct ntp_packet *pkt, const uint8_t *buf, size_t len)
{
	uint8_t	 version;

	if (len > NTP_MAX_LEN)
		return NTP_TOO_LONG;
	if (len < NTP_HEADER_LEN)
		return NTP_TOO_SHORT;
	version = buf[0] >> 3 & 7;
	if (version < 1 || version > NTP_VERSION)
		return NTP_BAD_VERSION;
	if (!fields_are_good(version, buf + NTP_HEADER_LEN,
	    len - NTP_HEADER_LEN))
		return NTP_BAD_FIELDS;

	pkt->leap = buf[0] >> 6;
	pkt->version = version;
	pkt->mode = buf[0] & 7;
	pkt->stratum = buf[1];
	pkt->poll = (int8_t)buf[2];
	pkt->precision = (int8_t)buf[3];
	pkt->root_delay = be32dec(buf + 4);
	pkt->root_dispersion = be32dec(buf + 8);
	memcpy(pkt->refid, buf + 12, sizeof(pkt->refid));
	pkt->reference = (struct ntptime){ be64dec(buf + 16) };
	pkt->origin = (struct ntptime){ be64dec(buf + 24) };
	pkt->receive = (struct ntptime){ be64dec(buf + 32) };
	pkt->transmit = (struct ntptime){ be64dec(buf + 40) };
	pkt->fields_len = len - NTP_HEADER_LEN;
	pkt->fields = pkt->fields_len > 0 ? buf + NTP_HEADER_LEN : NULL;
	return NTP_OK;
}

void
ntp_encode(const struct ntp_packet *pkt, uint8_t buf[NTP_HEADER_LEN])
{
	buf[0] = (uint8_t)((pkt->leap & 3) << 6 | (pkt->version & 7) << 3 |
	    (pkt->mode & 7));
	buf[1] = pkt->stratum;
	buf[2] = (uint8_t)pkt->poll;
	buf[3] = (uint8_t)pkt->precision;
	be32enc(buf + 4, pkt->root_delay);
	be32enc(buf + 8, pkt->root_dispersion);
	memcpy(buf + 12, pkt->refid, sizeof(pkt->refid));
	be64enc(buf + 16, pkt->reference.value);
	be64enc(buf + 24, pkt->origin.value);
	be64enc(buf + 32, pkt->receive.value);
	be64enc(buf + 40, pkt->transmit.value);
}

bool
ntp_next_field(const struct ntp_packet *pkt, size_t *pos,
    struct ntp_field *field)
{
	size_t		 left, len;

	if (pkt->fields == NULL || *pos >= pkt->fields_len)
		return false;
	left = pkt->fields_len - *pos;
	if (is_end(pkt->version, left))
		return false;
	len = ntp_take_field(field, NTP_FIELD_MIN_LEN, pkt->fields + *pos,
	    left);
	*pos += len;
	return len > 0;
}

bool
ntp_find_mac(const struct ntp_packet *pkt, struct ntp_mac *mac)
{
	struct ntp_field field;
	size_t		 pos = 0, left;

	while (ntp_next_field(pkt, &pos, &field))
		;
	if (pkt->fields == NULL || pos >= pkt->fields_len)
		return false;
	left = pkt->fields_len - pos;
	mac->key_id = be32dec(pkt->fields + pos);
	mac->len = left - NTP_KEY_ID_LEN;
	mac->digest = pkt->fields + pos + NTP_KEY_ID_LEN;
	mac->covered = pkt->fields - NTP_HEADER_LEN;
	mac->covered_len = NTP_HEADER_LEN + pos;
	return true;
}

const char *
ntp_format_refid(const uint8_t refid[4], uint8_t stratum, char text[16])
{
	size_t	 i, len = 4;
	bool	 is_name = stratum <= 1;

	/* Names are left-justified, filled with zeros (or, by some, blanks). */
	while (len > 0 && (refid[len - 1] == 0 || refid[len - 1] == ' '))
		len--;
	/* No blanks inside either: the text is a column of a table. */
	for (i = 0; i < len; i++)
		is_name &= refid[i] > ' ' && refid[i] <= '~';
	if (!is_name || len == 0) {
		snprintf(text, 16, "%u.%u.%u.%u", refid[0], refid[1],
		    refid[2], refid[3]);
		return text;
	}
	memcpy(text, refid, len);
	text[len] = '\0';
	return text;
}
