/*
 * Requests with NTS (RFC 8915 5.7): who asks is checked, and the answer is made
 * one that nobody else can have made.  All that the server needs for that is in
 * the request's cookie and in its own cookie keys.
 */
#ifndef NTPD_SERVER_PROOF_H
#define NTPD_SERVER_PROOF_H

#include <stddef.h>
#include <stdint.h>

#include "common/cookie.h"
#include "common/nts.h"

enum proof_verdict {
	PROOF_NONE,		/* it has no NTS: a plain answer */
	PROOF_RIGHT,		/* it is to have an authenticated answer */
	PROOF_UNKNOWN,		/* its cookie is none of ours: NTS NAK */
	PROOF_WRONG		/* it is bent or forged: no answer */
};

/* Where fields begin: a length of 0 is none to append to. */
#define PROOF_FIELDS_AT	NTP_FIELD_ALIGN

/* What the answer to a request needs, all made but the last seal. */
struct proof {
	enum proof_verdict verdict;
	struct aead_bytes unique_id;	/* in the request */
	size_t		 request_len;	/* the answer is never longer */
	struct aead	 s2c;
	uint8_t		 nonce[AEAD_NONCE_LEN];
	uint8_t		 fields[NTP_MAX_LEN];	/* new cookies, to be hidden */
	size_t		 fields_len;
};

/*
 * Judge the request in the LEN bytes of PACKET, which stay where they are as
 * long as *PROOF is used, and prepare the answer.
 */
void	 proof_read(struct proof *proof, struct cookie_jar *jar,
	    const uint8_t *packet, size_t len);

/*
 * Complete the answer in BYTES (NTP_MAX_LEN), of which the header is there.
 * Returns its length.
 */
size_t	 proof_write(const struct proof *proof, uint8_t *bytes);

#endif
