/*
 * Message authentication codes with symmetric keys (RFC 5905 7.3, RFC 8573).
 * The cryptography is nettle's.  No I/O, no state.
 */
#ifndef COMMON_MAC_H
#define COMMON_MAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * In this order they are numbered in messages and in the control protocol.
 * The second word is the name in the file of keys and for people.
 */
#define MAC_ALGORITHMS(MAC)						\
MAC(MAC_NONE,	)							\
MAC(MAC_AES128,	AES128)		/* AES-128-CMAC, RFC 8573 */		\
MAC(MAC_AES256,	AES256)		/* AES-256-CMAC */			\
MAC(MAC_SHA1,	SHA1)		/* of the key and the packet */		\
MAC(MAC_SHA256,	SHA256)							\
MAC(MAC_SHA512,	SHA512)							\
MAC(MAC_MD5,	MD5)

enum mac_algorithm {
#define MAC_VALUE(value, word)	value,
	MAC_ALGORITHMS(MAC_VALUE)
#undef MAC_VALUE
};

#define MAC_SECRET_MOST	64	/* bytes of a key; chosen */
#define MAC_DIGEST_MOST	64	/* bytes of a digest: SHA-512 */
#define MAC_LEN_MOST	(4 + MAC_DIGEST_MOST)	/* with the key id */

/*
 * Of a longer digest, NTPv4 has the first so many bytes: more could be taken
 * for an extension field (RFC 7822 7.5).  chronyd as a client asks by NTPv3 if
 * the digest is longer, with all of it, and wants all of it in the answer.
 */
#define MAC_DIGEST_V4	20

/* A key.  All zero: none.  Wipe it when it is not needed any more. */
struct mac_key {
	uint32_t	 id;		/* not 0 */
	uint8_t		 algorithm;	/* enum mac_algorithm */
	uint8_t		 length;	/* of secret, bytes */
	uint8_t		 reserved[2];
	uint8_t		 secret[MAC_SECRET_MOST];
};

/* "AES128"; "" for MAC_NONE. */
const char	*mac_name(enum mac_algorithm algorithm);

/*
 * The algorithm that other daemons' files of keys call NAME, in capitals or
 * not: "AES128", "AES-128-CMAC", "sha256"; MAC_NONE if there is none.
 */
enum mac_algorithm mac_find(const char *name);

/* How long must a secret for ALGORITHM be, in bytes?  0: from 1 to the most. */
size_t		 mac_secret_length(enum mac_algorithm algorithm);

/* Can KEY be used: are its id, its algorithm and its length in range? */
bool		 mac_key_valid(const struct mac_key *key);

/* Let *KEY be none, and nothing of its secret remain. */
void		 mac_wipe(struct mac_key *key);

/*
 * Append the MAC by KEY, a valid one, to the packet of LEN bytes at PACKET,
 * where there is room for MAC_LEN_MOST more: the digest, or the first MOST
 * bytes of it.  Returns the packet's length then.
 */
size_t		 mac_append(const struct mac_key *key, uint8_t *packet,
		    size_t len, size_t most);

/*
 * Is DIGEST (DIGEST_LEN bytes, any number) that of the LEN bytes at DATA by
 * KEY, a valid one, whole or as NTPv4 has it?  Takes the same time whatever is
 * in DIGEST.
 */
bool		 mac_is_right(const struct mac_key *key, const uint8_t *data,
		    size_t len, const uint8_t *digest, size_t digest_len);

#endif
