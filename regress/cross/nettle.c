/*
 * In place of nettle, for machines for which there is no library of it here:
 * no cipher, but whatever depends on keys, lengths and order of bytes does so
 * here, too, and what was sealed opens.  The vectors of the real ones are in
 * tests that run on this machine.
 */
#include <nettle/aes.h>
#include <nettle/hmac.h>
#include <nettle/siv-cmac.h>
#include <string.h>

#include "common/siphash.h"

#define BLOCK		16

/* Every one of nettle's contexts begins with it; they are larger. */
struct hash {
	struct siphash_key key;
};

_Static_assert(sizeof(struct hash) <= sizeof(struct aes128_ctx) &&
    sizeof(struct hash) <= sizeof(struct siv_cmac_aes128_ctx) &&
    sizeof(struct hash) <= sizeof(struct hmac_sha256_ctx), "no room");

static uint64_t
word(const uint8_t *p)
{
	uint64_t	 x = 0;
	int		 i;

	for (i = 7; i >= 0; i--)
		x = x << 8 | p[i];
	return x;
}

/* Take LEN bytes up, and that they were so many. */
static void
absorb(struct hash *h, size_t len, const uint8_t *bytes)
{
	uint8_t		 block[BLOCK];
	size_t		 at, n;

	for (at = 0; at <= len; at += BLOCK) {
		n = len - at < BLOCK ? len - at : BLOCK;
		memset(block, (int)n, sizeof(block));
		memcpy(block, bytes + at, n);
		h->key.k0 = siphash(&h->key, word(block), word(block + 8));
		h->key.k1 = siphash(&h->key, word(block + 8), word(block));
	}
}

/* LEN bytes, which are other ones for each NUMBER. */
static void
squeeze(const struct hash *h, uint64_t number, size_t len, uint8_t *out)
{
	uint64_t	 x = 0;
	size_t		 i;

	for (i = 0; i < len; i++, x >>= 8) {
		if (i % 8 == 0)
			x = siphash(&h->key, number, i);
		out[i] = (uint8_t)x;
	}
}

static void
set_key(void *ctx, size_t len, const uint8_t *key)
{
	struct hash	 h = { { 1, 2 } };

	absorb(&h, len, key);
	memcpy(ctx, &h, sizeof(h));
}

void
aes128_set_encrypt_key(struct aes128_ctx *ctx, const uint8_t *key)
{
	set_key(ctx, AES128_KEY_SIZE, key);
}

void
aes128_encrypt(const struct aes128_ctx *ctx, size_t len, uint8_t *out,
    const uint8_t *in)
{
	struct hash	 h;

	memcpy(&h, ctx, sizeof(h));
	absorb(&h, len, in);
	squeeze(&h, 0, len, out);
}

void
hmac_sha256_set_key(struct hmac_sha256_ctx *ctx, size_t len,
    const uint8_t *key)
{
	set_key(ctx, len, key);
}

void
hmac_sha256_update(struct hmac_sha256_ctx *ctx, size_t len,
    const uint8_t *bytes)
{
	struct hash	 h;

	memcpy(&h, ctx, sizeof(h));
	absorb(&h, len, bytes);
	memcpy(ctx, &h, sizeof(h));
}

void
hmac_sha256_digest(struct hmac_sha256_ctx *ctx, size_t len, uint8_t *out)
{
	struct hash	 h;

	memcpy(&h, ctx, sizeof(h));
	squeeze(&h, 0, len, out);
}

void
siv_cmac_aes128_set_key(struct siv_cmac_aes128_ctx *ctx, const uint8_t *key)
{
	set_key(ctx, 2 * AES128_KEY_SIZE, key);
}

/* The tag of all three, and the stream that hides what is PLAIN. */
static void
seal(const struct siv_cmac_aes128_ctx *ctx, size_t nlen, const uint8_t *nonce,
    size_t alen, const uint8_t *associated, size_t len, const uint8_t *plain,
    uint8_t tag[BLOCK])
{
	struct hash	 h;

	memcpy(&h, ctx, sizeof(h));
	absorb(&h, nlen, nonce);
	absorb(&h, alen, associated);
	absorb(&h, len, plain);
	squeeze(&h, 1, BLOCK, tag);
}

static void
hide(const struct siv_cmac_aes128_ctx *ctx, const uint8_t tag[BLOCK],
    size_t len, uint8_t *out, const uint8_t *in)
{
	struct hash	 h;
	uint8_t		 stream[4096];
	size_t		 i;

	memcpy(&h, ctx, sizeof(h));
	absorb(&h, BLOCK, tag);
	squeeze(&h, 2, len, stream);
	for (i = 0; i < len; i++)
		out[i] = in[i] ^ stream[i];
}

void
siv_cmac_aes128_encrypt_message(const struct siv_cmac_aes128_ctx *ctx,
    size_t nlen, const uint8_t *nonce, size_t alen, const uint8_t *associated,
    size_t len, uint8_t *out, const uint8_t *in)
{
	seal(ctx, nlen, nonce, alen, associated, len - BLOCK, in, out);
	hide(ctx, out, len - BLOCK, out + BLOCK, in);
}

int
siv_cmac_aes128_decrypt_message(const struct siv_cmac_aes128_ctx *ctx,
    size_t nlen, const uint8_t *nonce, size_t alen, const uint8_t *associated,
    size_t len, uint8_t *out, const uint8_t *in)
{
	uint8_t		 tag[BLOCK];

	hide(ctx, in, len, out, in + BLOCK);
	seal(ctx, nlen, nonce, alen, associated, len, out, tag);
	return memcmp(tag, in, BLOCK) == 0;
}
