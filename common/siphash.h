/*
 * SipHash-2-4, the keyed hash of Aumasson and Bernstein (2012): who does not
 * know the key cannot choose what collides.
 */
#ifndef COMMON_SIPHASH_H
#define COMMON_SIPHASH_H

#include <stdint.h>

struct siphash_key {
	uint64_t	 k0, k1;
};

/*
 * The hash of two words: that of the paper for a message of 16 bytes, each
 * word being eight of them, least significant first.
 */
uint64_t siphash(const struct siphash_key *key, uint64_t first,
	    uint64_t second);

#endif
