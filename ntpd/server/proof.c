/*
 * Checking requests with NTS, and answering them.
 */

#include "ntpd/server/proof.h"

/*
 * New cookies: one for the one that was spent, and one for each placeholder, as
 * long as the answer does not become longer than the request.
 */
static void
make_cookies(struct proof *proof, struct cookie_jar *jar,
    const struct cookie_secret *secret, unsigned wanted)
{
	const size_t	 around = NTP_HEADER_LEN + NTP_FIELD_HEADER_LEN +
	    proof->unique_id.len + NTS_AUTHENTICATOR_LEN(0);
	const size_t	 each = cookie_len(secret->aead);
	uint8_t		 cookie[COOKIE_MOST];
	struct ntp_output out = {
		.bytes = proof->fields, .len = PROOF_FIELDS_AT,
		.size = PROOF_FIELDS_AT
	};

	if (proof->request_len > around)
		out.size += proof->request_len - around;
	while (wanted-- > 0 &&
	    NTP_FIELD_HEADER_LEN + each <= out.size - out.len) {
		cookie_make(jar, secret, cookie);
		ntp_put_field(&out, NTS_COOKIE, cookie, each);
	}
	proof->fields_len = out.len - PROOF_FIELDS_AT;
}

void
proof_read(struct proof *proof, struct cookie_jar *jar, const uint8_t *packet,
    size_t len)
{
	struct cookie_secret secret;
	uint8_t		 plain[NTP_MAX_LEN];
	struct ntp_packet pkt;
	struct nts_fields f;
	struct aead	 c2s;
	size_t		 plain_len;
	enum nts_form	 form;

	proof->verdict = PROOF_NONE;
	if (ntp_decode(&pkt, packet, len) != NTP_OK ||
	    (form = nts_read(&f, &pkt)) == NTS_ABSENT)
		return;
	proof->verdict = PROOF_WRONG;
	if (form == NTS_BROKEN || f.cookie.len == 0)
		return;
	proof->unique_id = f.unique_id;
	proof->request_len = len;
	proof->fields_len = 0;
	proof->verdict = PROOF_UNKNOWN;
	if (!cookie_open(jar, f.cookie, &secret))
		return;
	proof->verdict = PROOF_WRONG;
	aead_set_key(&c2s, secret.aead, secret.c2s);
	if (!nts_open(&f, &c2s, plain, &plain_len))
		return;
	proof->verdict = PROOF_RIGHT;
	aead_set_key(&proof->s2c, secret.aead, secret.s2c);
	cookie_nonce(jar, proof->nonce);
	make_cookies(proof, jar, &secret, 1 + f.placeholders);
}

size_t
proof_write(const struct proof *proof, uint8_t *bytes)
{
	struct ntp_output out = {
		.bytes = bytes, .size = NTP_MAX_LEN, .len = NTP_HEADER_LEN
	};
	const struct aead_bytes hidden = {
		proof->fields + PROOF_FIELDS_AT, proof->fields_len
	};

	ntp_put_field(&out, NTS_UNIQUE_ID, proof->unique_id.bytes,
	    proof->unique_id.len);
	if (proof->verdict == PROOF_RIGHT)
		nts_seal(&out, &proof->s2c, proof->nonce, hidden);
	return out.len;
}
