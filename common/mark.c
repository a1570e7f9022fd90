/*
 * A mark in our own requests, by which our own servers know them.
 */
#include <bsd/stdlib.h>

#include "common/mark.h"

/*
 * A period is 2^34 ns, 17.2 s: tuned.  Shorter ones would cost servers a
 * second hash more often; in a longer one more R would have to be remembered.
 */
#define PERIOD_BITS	34

/* Derived: longer than the engine waits for an answer (3 s). */
#define LATE_NS		5000000000LL

static int64_t
period_of(int64_t ns)
{
	return ns >> PERIOD_BITS;
}

static uint32_t
tag(const struct siphash_key *key, uint32_t r, int64_t period)
{
	return (uint32_t)siphash(key, r, (uint64_t)period);
}

void
marker_init(struct marker *m)
{
	arc4random_buf(&m->key, sizeof(m->key));
	m->period = -1;
	m->n = 0;
}

static bool
was_used(const struct marker *m, uint32_t r)
{
	unsigned	 i, n = m->n < MARK_USED ? m->n : MARK_USED;

	for (i = 0; i < n; i++)
		if (m->used[i] == r)
			return true;
	return false;
}

struct ntptime
mark_make(struct marker *m, struct instant now)
{
	struct ntptime	 transmit;
	uint32_t	 r;

	if (period_of(now.ns) != m->period) {
		m->period = period_of(now.ns);
		m->n = 0;
	}
	do {
		r = arc4random();
		transmit.value = (uint64_t)r << 32 | tag(&m->key, r,
		    m->period);
	} while (was_used(m, r) || ntptime_is_zero(transmit));
	m->used[m->n++ % MARK_USED] = r;
	return transmit;
}

bool
mark_is_ours(const struct siphash_key *key, struct ntptime transmit,
    struct instant now)
{
	uint32_t	 r = (uint32_t)(transmit.value >> 32);
	uint32_t	 stated = (uint32_t)transmit.value;
	int64_t		 period = period_of(now.ns);
	int64_t		 before = period_of(now.ns - LATE_NS);

	return tag(key, r, period) == stated ||
	    (before != period && tag(key, r, before) == stated);
}
