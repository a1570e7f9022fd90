/*
 * NTS in NTP packets (RFC 8915 section 5): the extension fields that prove who
 * sent a packet.  Bytes to values and back; no I/O, no state.
 */
#ifndef COMMON_NTS_H
#define COMMON_NTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/aead.h"
#include "common/ntp.h"

enum nts_field {
	NTS_UNIQUE_ID = 0x0104,
	NTS_COOKIE = 0x0204,
	NTS_PLACEHOLDER = 0x0304,	/* for a cookie in the answer */
	NTS_AUTHENTICATOR = 0x0404	/* and encrypted fields; the last */
};

#define NTS_UNIQUE_ID_LEN	32	/* bytes, at least */

/* The field that authenticates and encrypts PLAIN bytes, with its header. */
#define NTS_AUTHENTICATOR_LEN(plain)					\
	(NTP_FIELD_HEADER_LEN + 4 + AEAD_NONCE_LEN + AEAD_TAG_LEN + (plain))

/* A packet's fields; the bytes are those of the packet. */
struct nts_fields {
	struct aead_bytes unique_id;	/* len 0: none */
	struct aead_bytes cookie;	/* not encrypted; len 0: none */
	unsigned	 placeholders;	/* as long as the cookie */
	struct aead_bytes covered;	/* the packet up to the authenticator */
	struct aead_bytes nonce;
	struct aead_bytes sealed;
};

enum nts_form {
	NTS_ABSENT,		/* no authenticator and no cookie */
	NTS_GOOD,		/* a unique identifier and an authenticator */
	NTS_BROKEN		/* neither: it is to be dropped */
};

/*
 * Find the NTS fields of PKT, as ntp_decode() made it.  *F is defined when they
 * are NTS_GOOD: each is there once but placeholders, the authenticator is the
 * last thing in the packet, and the lengths in it are right.  Nothing is
 * decrypted: until nts_open() all this may be anybody's.  When they are
 * NTS_ABSENT, there may be a unique identifier.
 */
enum nts_form	 nts_read(struct nts_fields *f, const struct ntp_packet *pkt);

/*
 * Check with KEY that the packet of F is what the other side sent, and decrypt
 * what it hid to PLAIN (NTP_MAX_LEN bytes), of *LEN.  False, with these
 * undefined, if it is not.
 */
bool	 nts_open(const struct nts_fields *f, const struct aead *key,
	    uint8_t *plain, size_t *len);

/*
 * Step through the fields that nts_open() decrypted.  *POS is 0 at first.
 * False at the end, or where there is no field.
 */
bool	 nts_next_field(struct aead_bytes plain, size_t *pos,
	    struct ntp_field *field);

/*
 * Append the authenticator for all that is in OUT, with PLAIN (a multiple of 4
 * bytes of fields) encrypted in it.  NONCE is of AEAD_NONCE_LEN bytes and is
 * never used again with this key.  out->len is 0 if it does not fit.
 */
void	 nts_seal(struct ntp_output *out, const struct aead *key,
	    const uint8_t *nonce, struct aead_bytes plain);

#endif
