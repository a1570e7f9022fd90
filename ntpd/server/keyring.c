/*
 * The symmetric keys of the server.
 */
#include "ntpd/server/keyring.h"

#include <stdlib.h>
#include <string.h>

#include "common/mac.h"
#include "common/ntp.h"

/* Wipe and free all N of KEYS. */
static void
drop(struct mac_key *keys, size_t n)
{
	if (keys != NULL)
		explicit_bzero(keys, n * sizeof(*keys));
	free(keys);
}

/* Does PART go on where RING ends, in the order of the ids? */
static bool
part_fits(const struct keyring *ring, const struct keys_part *part)
{
	uint32_t	 last = 0;
	size_t		 i;

	if (part->total > CONFIG_MAX_KEYS || part->count > KEYS_PART ||
	    part->first != ring->nstaged ||
	    part->count > part->total - ring->nstaged)
		return false;
	if (ring->nstaged > 0)
		last = ring->staged[ring->nstaged - 1].id;
	for (i = 0; i < part->count; i++) {
		if (!mac_key_valid(&part->keys[i]) || part->keys[i].id <= last)
			return false;
		last = part->keys[i].id;
	}
	return true;
}

bool
keyring_take(struct keyring *ring, const struct keys_part *part)
{
	if (part->first == 0) {
		drop(ring->staged, ring->nstaged);
		ring->staged = NULL;
		ring->nstaged = 0;
	}
	if (!part_fits(ring, part))
		return false;
	if (ring->staged == NULL)
		ring->staged = calloc(CONFIG_MAX_KEYS, sizeof(*ring->staged));
	if (ring->staged == NULL)
		return false;
	memcpy(ring->staged + ring->nstaged, part->keys,
	    part->count * sizeof(*part->keys));
	ring->nstaged += part->count;
	if (ring->nstaged < part->total)
		return true;
	drop(ring->keys, ring->n);
	ring->keys = ring->staged;
	ring->n = ring->nstaged;
	ring->staged = NULL;
	ring->nstaged = 0;
	return true;
}

/* The key of RING called ID, or NULL. */
static const struct mac_key *
find(const struct keyring *ring, uint32_t id)
{
	size_t	 low = 0, high = ring->n, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (ring->keys[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ring->n && ring->keys[low].id == id ?
	    &ring->keys[low] : NULL;
}

enum keyring_verdict
keyring_judge(const struct keyring *ring, const uint8_t *bytes, size_t len,
    struct keyring_use *use)
{
	struct ntp_packet pkt;
	struct ntp_mac	 mac;

	if (ntp_decode(&pkt, bytes, len) != NTP_OK ||
	    !ntp_find_mac(&pkt, &mac))
		return KEYRING_PLAIN;
	use->key = find(ring, mac.key_id);
	use->digest_len = mac.len;
	return use->key != NULL && mac_is_right(use->key, mac.covered,
	    mac.covered_len, mac.digest, mac.len) ? KEYRING_GOOD : KEYRING_BAD;
}
