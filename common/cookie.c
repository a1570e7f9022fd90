/*
 * Cookies out of keys, and keys out of cookies.
 */
#include <bsd/sys/endian.h>
#include <string.h>

#include "common/cookie.h"

#define NONCE_AT	4
#define SEALED_AT	(NONCE_AT + AEAD_NONCE_LEN)

void
cookie_init(struct cookie_jar *jar, const uint8_t seed[16])
{
	memset(jar, 0, sizeof(*jar));
	aes128_set_encrypt_key(&jar->nonces, seed);
}

bool
cookie_set_keys(struct cookie_jar *jar, const struct cookie_keys *keys)
{
	uint32_t	 i;

	if (keys->n > COOKIE_KEYS || (keys->n > 0 && keys->current >= keys->n))
		return false;
	jar->n = keys->n;
	jar->current = keys->current;
	for (i = 0; i < keys->n; i++) {
		jar->ids[i] = keys->list[i].id;
		aead_set_key(&jar->keys[i], AEAD_AES_SIV_CMAC_256,
		    keys->list[i].bytes);
	}
	return true;
}

/*
 * A counter, encrypted: never the same, and nobody can see from two cookies
 * that they were made one after the other.
 */
void
cookie_nonce(struct cookie_jar *jar, uint8_t nonce[AEAD_NONCE_LEN])
{
	uint8_t		 block[AES_BLOCK_SIZE] = { 0 };

	jar->made++;
	memcpy(block, &jar->made, sizeof(jar->made));
	aes128_encrypt(&jar->nonces, sizeof(block), nonce, block);
}

size_t
cookie_len(enum aead_id aead)
{
	return COOKIE_LEN(aead_key_len((uint16_t)aead));
}

void
cookie_make(struct cookie_jar *jar, const struct cookie_secret *secret,
    uint8_t *cookie)
{
	const uint32_t	 id = jar->ids[jar->current];
	const size_t	 len = aead_key_len((uint16_t)secret->aead);
	uint8_t		 plain[2 * AEAD_KEY_MOST];

	memcpy(plain, secret->c2s, len);
	memcpy(plain + len, secret->s2c, len);
	be32enc(cookie, id);
	cookie_nonce(jar, cookie + NONCE_AT);
	aead_seal(&jar->keys[jar->current],
	    (struct aead_bytes){ cookie + NONCE_AT, AEAD_NONCE_LEN },
	    (struct aead_bytes){ cookie, NONCE_AT },
	    (struct aead_bytes){ plain, 2 * len }, cookie + SEALED_AT);
}

/* The cipher whose cookies have LEN bytes. */
static enum aead_id
cipher_of(size_t len)
{
	if (len == cookie_len(AEAD_AES_SIV_CMAC_256))
		return AEAD_AES_SIV_CMAC_256;
	if (aead_key_len(AEAD_AES_128_GCM_SIV) > 0 &&
	    len == cookie_len(AEAD_AES_128_GCM_SIV))
		return AEAD_AES_128_GCM_SIV;
	return AEAD_NONE;
}

bool
cookie_open(const struct cookie_jar *jar, struct aead_bytes cookie,
    struct cookie_secret *secret)
{
	const enum aead_id aead = cipher_of(cookie.len);
	const size_t	 len = aead_key_len((uint16_t)aead);
	uint8_t		 plain[2 * AEAD_KEY_MOST];
	uint32_t	 i = 0;

	if (aead == AEAD_NONE)
		return false;
	while (i < jar->n && jar->ids[i] != be32dec(cookie.bytes))
		i++;
	if (i == jar->n || !aead_open(&jar->keys[i],
	    (struct aead_bytes){ cookie.bytes + NONCE_AT, AEAD_NONCE_LEN },
	    (struct aead_bytes){ cookie.bytes, NONCE_AT },
	    (struct aead_bytes){ cookie.bytes + SEALED_AT,
	    cookie.len - SEALED_AT }, plain))
		return false;
	secret->aead = aead;
	memcpy(secret->c2s, plain, len);
	memcpy(secret->s2c, plain + len, len);
	return true;
}
