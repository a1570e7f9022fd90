/*
 * The symmetric keys of the server: with which key a request is authenticated,
 * and so its answer.
 */
#ifndef NTPD_SERVER_KEYRING_H
#define NTPD_SERVER_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ntpd/payloads.h"

/* All zero: there are no keys. */
struct keyring {
	struct mac_key	*keys;		/* allocated; by their ids */
	size_t		 n;
	struct mac_key	*staged;	/* of those on their way, in parts */
	size_t		 nstaged;
};

/*
 * Take a PART of the keys that are to be all.  They take effect with the last
 * one, and what was there before is wiped.  False if PART does not go on where
 * those before it ended, if a key in it is none, or without memory.
 */
bool	 keyring_take(struct keyring *ring, const struct keys_part *part);

enum keyring_verdict {
	KEYRING_PLAIN,		/* it does not say that it is authenticated */
	KEYRING_GOOD,		/* it is */
	KEYRING_BAD		/* an unknown key, or another's MAC */
};

/* How an answer is to be authenticated: as the request was. */
struct keyring_use {
	const struct mac_key *key;	/* NULL: not at all */
	size_t		 digest_len;
};

/*
 * Look at the LEN bytes of a request.  GOOD: *USE is by which key, and valid
 * until the next keyring_take().  What is not well-formed after the header says
 * nothing: PLAIN.
 */
enum keyring_verdict keyring_judge(const struct keyring *ring,
	    const uint8_t *bytes, size_t len, struct keyring_use *use);

#endif
