/*
 * Which cipher of nettle's a number stands for.
 */
#include "common/aead.h"

#if AEAD_HAS_GCM_SIV
#include <nettle/siv-gcm.h>
#endif

#define SIV_KEY_LEN	32
#define GCM_KEY_LEN	16
#define GCM_NONCE_LEN	12	/* RFC 8452: no other */

size_t
aead_key_len(uint16_t id)
{
	if (id == AEAD_AES_SIV_CMAC_256)
		return SIV_KEY_LEN;
	if (id == AEAD_AES_128_GCM_SIV && AEAD_HAS_GCM_SIV)
		return GCM_KEY_LEN;
	return 0;
}

size_t
aead_nonce_len(enum aead_id id)
{
	return id == AEAD_AES_128_GCM_SIV ? GCM_NONCE_LEN : AEAD_NONCE_LEN;
}

void
aead_set_key(struct aead *a, enum aead_id id, const uint8_t *bytes)
{
	a->id = id;
	if (id == AEAD_AES_128_GCM_SIV)
		aes128_set_encrypt_key(&a->key.gcm, bytes);
	else
		siv_cmac_aes128_set_key(&a->key.siv, bytes);
}

/* RFC 5297 takes nonces of any length but none; for GCM-SIV it is fixed. */
static bool
nonce_fits(const struct aead *a, size_t len)
{
	if (a->id == AEAD_AES_128_GCM_SIV)
		return len == GCM_NONCE_LEN;
	return len >= SIV_MIN_NONCE_SIZE;
}

void
aead_seal(const struct aead *a, struct aead_bytes nonce,
    struct aead_bytes associated, struct aead_bytes plain, uint8_t *out)
{
#if AEAD_HAS_GCM_SIV
	if (a->id == AEAD_AES_128_GCM_SIV) {
		siv_gcm_aes128_encrypt_message(&a->key.gcm, nonce.len,
		    nonce.bytes, associated.len, associated.bytes,
		    plain.len + AEAD_TAG_LEN, out, plain.bytes);
		return;
	}
#endif
	siv_cmac_aes128_encrypt_message(&a->key.siv, nonce.len, nonce.bytes,
	    associated.len, associated.bytes, plain.len + AEAD_TAG_LEN, out,
	    plain.bytes);
}

bool
aead_open(const struct aead *a, struct aead_bytes nonce,
    struct aead_bytes associated, struct aead_bytes sealed, uint8_t *out)
{
	if (!nonce_fits(a, nonce.len) || sealed.len < AEAD_TAG_LEN)
		return false;
#if AEAD_HAS_GCM_SIV
	if (a->id == AEAD_AES_128_GCM_SIV)
		return siv_gcm_aes128_decrypt_message(&a->key.gcm, nonce.len,
		    nonce.bytes, associated.len, associated.bytes,
		    sealed.len - AEAD_TAG_LEN, out, sealed.bytes) == 1;
#endif
	return siv_cmac_aes128_decrypt_message(&a->key.siv, nonce.len,
	    nonce.bytes, associated.len, associated.bytes,
	    sealed.len - AEAD_TAG_LEN, out, sealed.bytes) == 1;
}
