/*
 * Records of NTS key establishment:
 *
 *	 0  critical (1 bit), type (15)
 *	 2  length of the body
 *	 4  body
 */
#include "common/ke.h"

#include <bsd/sys/endian.h>
#include <string.h>

#define HEADER_LEN	4
#define CRITICAL	0x8000
#define NTPV4		0		/* among next protocols */

/* ---- reading ---- */

/* The complete record at *POS, which becomes that of the next one. */
static bool
take(struct ke_record *r, const struct ke_input *in, size_t *pos)
{
	const uint8_t	*p = in->bytes + *pos;
	size_t		 left = in->len - *pos;

	if (left < HEADER_LEN || left - HEADER_LEN < be16dec(p + 2))
		return false;
	r->critical = (be16dec(p) & CRITICAL) != 0;
	r->type = be16dec(p) & (CRITICAL - 1);
	r->body = p + HEADER_LEN;
	r->len = be16dec(p + 2);
	*pos += HEADER_LEN + r->len;
	return true;
}

enum ke_progress
ke_progress(struct ke_input *in)
{
	struct ke_record r;

	while (take(&r, in, &in->next))
		if (r.type == KE_END)
			return KE_COMPLETE;
	return in->len == sizeof(in->bytes) ? KE_TOO_LONG : KE_MORE;
}

/* Is WANTED among the numbers in R's body? */
static bool
lists(const struct ke_record *r, uint16_t wanted)
{
	size_t		 i;

	for (i = 0; i + 2 <= r->len; i += 2)
		if (be16dec(r->body + i) == wanted)
			return true;
	return false;
}

/* A list of at least one number. */
static bool
is_list(const struct ke_record *r)
{
	return r->len >= 2 && r->len % 2 == 0;
}

/* The client's order decides (RFC 8915 4.1.5). */
static enum aead_id
choose_aead(const struct ke_record *r)
{
	size_t		 i;

	for (i = 0; i + 2 <= r->len; i += 2)
		if (aead_key_len(be16dec(r->body + i)) > 0)
			return (enum aead_id)be16dec(r->body + i);
	return AEAD_NONE;
}

/* What a request has to have once. */
struct request_seen {
	bool		 protocol, aead;
};

static enum ke_error
read_request_record(struct ke_request *req, struct request_seen *seen,
    const struct ke_record *r)
{
	switch (r->type) {
	case KE_NEXT_PROTOCOL:
		if (seen->protocol || !is_list(r) || !r->critical)
			return KE_BAD_REQUEST;
		seen->protocol = true;
		req->ntpv4 = lists(r, NTPV4);
		return KE_FINE;
	case KE_AEAD:
		if (seen->aead || !is_list(r))
			return KE_BAD_REQUEST;
		seen->aead = true;
		req->aead = choose_aead(r);
		return KE_FINE;
	case KE_COMPLIANT_EXPORT:
		req->compliant = true;
		return KE_FINE;
	case KE_ERROR:
	case KE_WARNING:
	case KE_COOKIE:
		return KE_BAD_REQUEST;
	case KE_SERVER:
	case KE_PORT_NUMBER:
		return KE_FINE;	/* a wish; ours is one server */
	default:
		return r->critical ? KE_UNRECOGNIZED : KE_FINE;
	}
}

enum ke_error
ke_read_request(struct ke_request *req, const struct ke_input *in)
{
	struct request_seen seen = { false, false };
	struct ke_record r;
	enum ke_error	 error;
	size_t		 pos = 0;

	memset(req, 0, sizeof(*req));
	while (take(&r, in, &pos) && r.type != KE_END) {
		error = read_request_record(req, &seen, &r);
		if (error != KE_FINE)
			return error;
	}
	/* Nothing may follow the end. */
	if (pos != in->len || !seen.protocol || (req->ntpv4 && !seen.aead))
		return KE_BAD_REQUEST;
	return KE_FINE;
}

/* A name or address as text: nothing but what these are made of. */
static bool
read_name(char name[KE_NAME_LEN], const struct ke_record *r)
{
	size_t		 i;

	if (name[0] != '\0' || r->len == 0 || r->len >= KE_NAME_LEN)
		return false;
	for (i = 0; i < r->len; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:",
		    r->body[i]) == NULL || r->body[i] == '\0')
			return false;
	memcpy(name, r->body, r->len);
	name[r->len] = '\0';
	return true;
}

/* More than we keep, or longer ones, are not taken. */
static void
read_cookie(struct ke_answer *a, const struct ke_record *r)
{
	struct ke_cookie *cookie = &a->cookies[a->ncookies];

	if (a->ncookies == KE_COOKIES || r->len == 0 ||
	    r->len > KE_COOKIE_MOST)
		return;
	cookie->len = (uint16_t)r->len;
	memcpy(cookie->bytes, r->body, r->len);
	a->ncookies++;
}

static enum ke_result
read_protocol(const struct ke_record *r)
{
	if (r->len == 0)
		return KE_NO_PROTOCOL;
	if (r->len != 2)
		return KE_MALFORMED;
	return lists(r, NTPV4) ? KE_OK : KE_NO_PROTOCOL;
}

static enum ke_result
read_aead(struct ke_answer *a, const struct ke_record *r)
{
	if (r->len == 0)
		return KE_NO_AEAD;
	if (r->len != 2 || a->aead != AEAD_NONE)
		return KE_MALFORMED;
	a->aead = choose_aead(r);
	return a->aead == AEAD_NONE ? KE_NO_AEAD : KE_OK;
}

static enum ke_result
read_answer_record(struct ke_answer *a, bool *protocol,
    const struct ke_record *r, uint16_t *code)
{
	switch (r->type) {
	case KE_NEXT_PROTOCOL:
		if (*protocol)
			return KE_MALFORMED;
		*protocol = true;
		return read_protocol(r);
	case KE_AEAD:
		return read_aead(a, r);
	case KE_ERROR:
	case KE_WARNING:
		if (r->len != 2)
			return KE_MALFORMED;
		*code = be16dec(r->body);
		return r->type == KE_ERROR ? KE_REFUSED : KE_WARNED;
	case KE_COOKIE:
		read_cookie(a, r);
		return KE_OK;
	case KE_SERVER:
		return read_name(a->server, r) ? KE_OK : KE_MALFORMED;
	case KE_PORT_NUMBER:
		if (r->len != 2 || be16dec(r->body) == 0 || a->port != 0)
			return KE_MALFORMED;
		a->port = be16dec(r->body);
		return KE_OK;
	case KE_COMPLIANT_EXPORT:
		a->compliant = true;
		return KE_OK;
	default:
		return r->critical ? KE_MALFORMED : KE_OK;
	}
}

enum ke_result
ke_read_answer(struct ke_answer *a, const struct ke_input *in, uint16_t *code)
{
	struct ke_record r;
	enum ke_result	 result;
	size_t		 pos = 0;
	bool		 protocol = false;

	memset(a, 0, sizeof(*a));
	*code = 0;
	while (take(&r, in, &pos) && r.type != KE_END) {
		result = read_answer_record(a, &protocol, &r, code);
		if (result != KE_OK)
			return result;
	}
	if (pos != in->len)
		return KE_MALFORMED;
	if (!protocol)
		return KE_NO_PROTOCOL;
	if (a->aead == AEAD_NONE)
		return KE_NO_AEAD;
	return a->ncookies == 0 ? KE_NO_COOKIES : KE_OK;
}

const char *
ke_strresult(enum ke_result result)
{
	switch (result) {
	case KE_OK:
		return "keys are agreed on";
	case KE_REFUSED:
		return "the server refuses";
	case KE_WARNED:
		return "the server warns of something unknown";
	case KE_NO_PROTOCOL:
		return "the server does not offer NTPv4";
	case KE_NO_AEAD:
		return "the server has none of our ciphers";
	case KE_NO_COOKIES:
		return "the server gave no cookies of up to 256 bytes";
	case KE_MALFORMED:
		return "what the server said is malformed";
	}
	return "wrong in an unknown way";
}

/* ---- writing ---- */

void
ke_put(struct ke_output *out, uint16_t type, enum ke_bit bit, const void *body,
    size_t len)
{
	uint8_t		*p = out->bytes + out->len;

	if (out->overflow || len > UINT16_MAX ||
	    out->size - out->len < HEADER_LEN + len) {
		out->overflow = true;
		return;
	}
	be16enc(p, bit == KE_CRITICAL ? type | CRITICAL : type);
	be16enc(p + 2, (uint16_t)len);
	if (len > 0)
		memcpy(p + HEADER_LEN, body, len);
	out->len += HEADER_LEN + len;
}

void
ke_put_number(struct ke_output *out, uint16_t type, enum ke_bit bit,
    uint16_t number)
{
	uint8_t		 body[2];

	be16enc(body, number);
	ke_put(out, type, bit, body, sizeof(body));
}

void
ke_put_request(struct ke_output *out)
{
	uint8_t		 aeads[4];
	size_t		 len = 2;

	be16enc(aeads, AEAD_AES_SIV_CMAC_256);
	if (aead_key_len(AEAD_AES_128_GCM_SIV) > 0) {
		be16enc(aeads + 2, AEAD_AES_128_GCM_SIV);
		len = 4;
	}
	ke_put_number(out, KE_NEXT_PROTOCOL, KE_CRITICAL, NTPV4);
	ke_put(out, KE_AEAD, KE_CRITICAL, aeads, len);
	if (len > 2)
		ke_put(out, KE_COMPLIANT_EXPORT, KE_IGNORABLE, NULL, 0);
	ke_put(out, KE_END, KE_CRITICAL, NULL, 0);
}

void
ke_put_answer(struct ke_output *out, const struct ke_request *r)
{
	if (!r->ntpv4) {
		ke_put(out, KE_NEXT_PROTOCOL, KE_CRITICAL, NULL, 0);
		return;
	}
	ke_put_number(out, KE_NEXT_PROTOCOL, KE_CRITICAL, NTPV4);
	if (r->aead == AEAD_NONE) {
		ke_put(out, KE_AEAD, KE_CRITICAL, NULL, 0);
		return;
	}
	ke_put_number(out, KE_AEAD, KE_CRITICAL, (uint16_t)r->aead);
	if (r->aead == AEAD_AES_128_GCM_SIV && r->compliant)
		ke_put(out, KE_COMPLIANT_EXPORT, KE_IGNORABLE, NULL, 0);
}

void
ke_put_error(struct ke_output *out, enum ke_error error)
{
	ke_put_number(out, KE_ERROR, KE_CRITICAL, (uint16_t)error);
	ke_put(out, KE_END, KE_CRITICAL, NULL, 0);
}

void
ke_context(uint8_t context[KE_CONTEXT_LEN], enum aead_id aead, bool compliant,
    enum ke_direction direction)
{
	if (aead == AEAD_AES_128_GCM_SIV && !compliant)
		aead = AEAD_AES_SIV_CMAC_256;
	be16enc(context, NTPV4);
	be16enc(context + 2, (uint16_t)aead);
	context[4] = (uint8_t)direction;
}
