/*
 * Message authentication codes: which algorithm has which length, and how the
 * key goes into it.
 */
#include "common/mac.h"

#include <bsd/sys/endian.h>
#include <ctype.h>
#include <nettle/cmac.h>
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <string.h>

#include "common/ntp.h"

#define NAME_LEN	16	/* longer than any name */

static const char *const names[] = {
#define MAC_TEXT(value, word)	#word,
	MAC_ALGORITHMS(MAC_TEXT)
#undef MAC_TEXT
};

#define COUNT	(sizeof(names) / sizeof(names[0]))

/* What ntpd(8) of ntp.org and ntpsec call some of them besides. */
static const struct {
	const char	*name;
	enum mac_algorithm algorithm;
} others[] = {
	{ "AES",	MAC_AES128 },
	{ "M",		MAC_MD5 },
	{ "SHA",	MAC_SHA1 }
};

const char *
mac_name(enum mac_algorithm algorithm)
{
	return names[algorithm];
}

/* NAME in capitals, without hyphens and a "CMAC" at its end, into PLAIN. */
static void
simplify(const char *name, char plain[NAME_LEN])
{
	size_t	 n = 0;

	for (; *name != '\0' && n < NAME_LEN - 1; name++)
		if (*name != '-')
			plain[n++] = (char)toupper((unsigned char)*name);
	if (*name != '\0')
		n = 0;
	if (n > 4 && memcmp(plain + n - 4, "CMAC", 4) == 0)
		n -= 4;
	plain[n] = '\0';
}

enum mac_algorithm
mac_find(const char *name)
{
	char	 plain[NAME_LEN];
	size_t	 i;

	simplify(name, plain);
	for (i = MAC_NONE + 1; i < COUNT; i++)
		if (strcmp(plain, names[i]) == 0)
			return (enum mac_algorithm)i;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(plain, others[i].name) == 0)
			return others[i].algorithm;
	return MAC_NONE;
}

size_t
mac_secret_length(enum mac_algorithm algorithm)
{
	switch (algorithm) {
	case MAC_AES128:
		return AES128_KEY_SIZE;
	case MAC_AES256:
		return AES256_KEY_SIZE;
	default:
		return 0;
	}
}

bool
mac_key_valid(const struct mac_key *key)
{
	size_t	 length;

	if (key->id == 0 || key->algorithm == MAC_NONE ||
	    key->algorithm >= COUNT || key->length == 0 ||
	    key->length > MAC_SECRET_MOST)
		return false;
	length = mac_secret_length((enum mac_algorithm)key->algorithm);
	return length == 0 || length == key->length;
}

void
mac_wipe(struct mac_key *key)
{
	explicit_bzero(key, sizeof(*key));
}

/* A hash of the secret, then the data: RFC 5905 7.3, RFC 1321. */
#define HASH(hash, size, key, data, len, digest) do {			\
	struct hash##_ctx ctx;						\
	hash##_init(&ctx);						\
	hash##_update(&ctx, (key)->length, (key)->secret);		\
	hash##_update(&ctx, len, data);					\
	hash##_digest(&ctx, size, digest);				\
	return size;							\
} while (0)

/* RFC 8573 section 3; the secret has the cipher's length. */
#define CMAC(cipher, key, data, len, digest) do {			\
	struct cmac_##cipher##_ctx ctx;					\
	cmac_##cipher##_set_key(&ctx, (key)->secret);			\
	cmac_##cipher##_update(&ctx, len, data);			\
	cmac_##cipher##_digest(&ctx, CMAC128_DIGEST_SIZE, digest);	\
	return CMAC128_DIGEST_SIZE;					\
} while (0)

/* The digest of the LEN bytes at DATA; returns its length. */
static size_t
make_digest(const struct mac_key *key, const uint8_t *data, size_t len,
    uint8_t digest[MAC_DIGEST_MOST])
{
	switch ((enum mac_algorithm)key->algorithm) {
	case MAC_AES128:
		CMAC(aes128, key, data, len, digest);
	case MAC_AES256:
		CMAC(aes256, key, data, len, digest);
	case MAC_SHA1:
		HASH(sha1, SHA1_DIGEST_SIZE, key, data, len, digest);
	case MAC_SHA256:
		HASH(sha256, SHA256_DIGEST_SIZE, key, data, len, digest);
	case MAC_SHA512:
		HASH(sha512, SHA512_DIGEST_SIZE, key, data, len, digest);
	case MAC_MD5:
		HASH(md5, MD5_DIGEST_SIZE, key, data, len, digest);
	case MAC_NONE:
		break;
	}
	return 0;
}

size_t
mac_append(const struct mac_key *key, uint8_t *packet, size_t len, size_t most)
{
	uint8_t	*end = packet + len;
	size_t	 n;

	be32enc(end, key->id);
	n = make_digest(key, packet, len, end + NTP_KEY_ID_LEN);
	return len + NTP_KEY_ID_LEN + (n < most ? n : most);
}

bool
mac_is_right(const struct mac_key *key, const uint8_t *data, size_t len,
    const uint8_t *digest, size_t digest_len)
{
	uint8_t	 right[MAC_DIGEST_MOST];
	size_t	 right_len = make_digest(key, data, len, right);

	if (right_len > MAC_DIGEST_V4 && digest_len == MAC_DIGEST_V4)
		right_len = MAC_DIGEST_V4;
	return right_len > 0 && digest_len == right_len &&
	    memeql_sec(digest, right, right_len);
}
