/*
 * NTS cookies, as our servers make them (RFC 8915 section 6): the keys that a
 * client and the server agreed on, sealed with a key that all our servers have,
 * so that no server has to remember a client.
 *
 *	 0  number of the key it is sealed with (4 bytes)
 *	 4  nonce (16)
 *	20  tag (16), key of the client's packets, key of the server's
 *
 * The length says which cipher these are for.
 *
 * It is sealed by AES-SIV (RFC 5297), which a nonce that comes twice does not
 * break: a virtual machine that is set back to a snapshot makes nonces again.
 * By AES-GCM, which is faster, a client whose cookie has the nonce of another
 * one's would then learn that one's keys.
 */
#ifndef COMMON_COOKIE_H
#define COMMON_COOKIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/aead.h"

#define COOKIE_KEYS	8	/* that are valid at a time */

/* What cookies are sealed with, AEAD_AES_SIV_CMAC_256. */
struct cookie_key {
	uint32_t	 id;
	uint8_t		 bytes[AEAD_KEY_MOST];
};

struct cookie_keys {
	uint32_t	 n;		/* of list; 0: there is no NTS */
	uint32_t	 current;	/* new ones are sealed with, < n */
	struct cookie_key list[COOKIE_KEYS];
};

/* What a cookie hides. */
struct cookie_secret {
	enum aead_id	 aead;
	uint8_t		 c2s[AEAD_KEY_MOST], s2c[AEAD_KEY_MOST];
};

#define COOKIE_LEN(key_len)	(4 + 16 + AEAD_TAG_LEN + 2 * (key_len))
#define COOKIE_MOST		COOKIE_LEN(AEAD_KEY_MOST)

/* Ready to make and to open them. */
struct cookie_jar {
	uint32_t	 n, current;	/* as above */
	uint32_t	 ids[COOKIE_KEYS];
	struct aead	 keys[COOKIE_KEYS];
	struct aes128_ctx nonces;	/* makes random ones of a counter */
	uint64_t	 made;		/* that counter */
};

/*
 * Make *JAR ready, once, with SEED: 16 bytes from a good source of random
 * numbers, by which nonces are never the same in two processes.
 */
void	 cookie_init(struct cookie_jar *jar, const uint8_t seed[16]);

/* Use KEYS from now on.  False, nothing changed, if they are out of range. */
bool	 cookie_set_keys(struct cookie_jar *jar,
	    const struct cookie_keys *keys);

/* A nonce of AEAD_NONCE_LEN bytes that was not there before. */
void	 cookie_nonce(struct cookie_jar *jar, uint8_t nonce[AEAD_NONCE_LEN]);

/* Bytes of a cookie for the cipher AEAD. */
size_t	 cookie_len(enum aead_id aead);

/* Make one of SECRET, cookie_len() bytes; there have to be keys. */
void	 cookie_make(struct cookie_jar *jar, const struct cookie_secret *secret,
	    uint8_t *cookie);

/* Open COOKIE into *SECRET.  False if it is none of ours, or too old. */
bool	 cookie_open(const struct cookie_jar *jar, struct aead_bytes cookie,
	    struct cookie_secret *secret);

#endif
