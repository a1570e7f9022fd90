/*
 * Authenticated encryption with associated data, for NTS: nettle's ciphers
 * under the numbers that RFC 8915 negotiates (IANA's AEAD registry).
 */
#ifndef COMMON_AEAD_H
#define COMMON_AEAD_H

#include <nettle/aes.h>
#include <nettle/siv-cmac.h>
#include <nettle/version.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* AES-GCM-SIV (RFC 8452) is in nettle from 3.9 on. */
#define AEAD_HAS_GCM_SIV						\
	(NETTLE_VERSION_MAJOR > 3 ||					\
	(NETTLE_VERSION_MAJOR == 3 && NETTLE_VERSION_MINOR >= 9))

enum aead_id {
	AEAD_NONE = 0,
	AEAD_AES_SIV_CMAC_256 = 15,	/* RFC 5297; every NTS peer has it */
	AEAD_AES_128_GCM_SIV = 30	/* RFC 8452 */
};

#define AEAD_KEY_MOST	32	/* bytes, of any of them */
#define AEAD_TAG_LEN	16	/* bytes that sealing adds, the same for all */
#define AEAD_NONCE_LEN	16	/* bytes that do for all; GCM-SIV takes 12 */

/* A key, ready for use. */
struct aead {
	enum aead_id	 id;
	union {
		struct siv_cmac_aes128_ctx siv;
		struct aes128_ctx gcm;
	} key;
};

/* Bytes of a key of ID; 0 if we do not have it. */
size_t	 aead_key_len(uint16_t id);

/* Bytes of the nonces that we make for ID. */
size_t	 aead_nonce_len(enum aead_id id);

/* Make *A of the key BYTES, aead_key_len(ID) of them, for an ID we have. */
void	 aead_set_key(struct aead *a, enum aead_id id, const uint8_t *bytes);

/* Bytes whose integrity is to be kept, or that are to be secret. */
struct aead_bytes {
	const uint8_t	*bytes;
	size_t		 len;
};

/*
 * Encrypt PLAIN to OUT (PLAIN.len + AEAD_TAG_LEN bytes, elsewhere), and
 * authenticate it with the ASSOCIATED data.  NONCE is aead_nonce_len() bytes.
 */
void	 aead_seal(const struct aead *a, struct aead_bytes nonce,
	    struct aead_bytes associated, struct aead_bytes plain,
	    uint8_t *out);

/*
 * The reverse: decrypt SEALED to OUT (SEALED.len - AEAD_TAG_LEN bytes,
 * elsewhere).  False, with what OUT holds undefined, if SEALED, ASSOCIATED and
 * NONCE are not what was sealed, or of a length that cannot be.
 */
bool	 aead_open(const struct aead *a, struct aead_bytes nonce,
	    struct aead_bytes associated, struct aead_bytes sealed,
	    uint8_t *out);

#endif
