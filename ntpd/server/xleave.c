/*
 * The table of answers that interleaved mode needs.  No socket, no clock.
 */
#include <stdlib.h>
#include <string.h>

#include "ntpd/server/xleave.h"

#define RECEIVE_BIT	1U		/* a receive timestamp, not transmit */
#define SECOND		(1ULL << 32)
#define UNIQUE_TRIES	8

/*
 * A clock that is ahead of the other one by so much more or less, ns, was set.
 * Tuned: well above what reading two clocks is off by, and too little to harm.
 */
#define LEAD_MOST	100000

struct xleave *
xleave_new(uint64_t key)
{
	struct xleave	*x = calloc(1, sizeof(*x));

	if (x != NULL)
		x->key = key | 1;
	return x;
}

void
xleave_follow(struct xleave *x, int64_t lead, int64_t unsure)
{
	if (llabs(lead - x->lead) <= unsure + LEAD_MOST)
		return;
	/* There is nothing to forget when the first one comes. */
	if (x->lead != 0)
		memset(x->table, 0, sizeof(x->table));
	x->lead = lead;
}

bool
xleave_asked(const struct ntp_packet *asked)
{
	return (asked->origin.value & RECEIVE_BIT) != 0 &&
	    !ntptime_is_zero(asked->receive) &&
	    !ntptime_equal(asked->receive, asked->transmit);
}

static void
leave_after(struct ntptime *transmit, struct ntptime receive)
{
	if ((int64_t)(transmit->value - receive.value) < 0)
		transmit->value = receive.value + 1;
}

void
xleave_mark(struct ntptime *receive, struct ntptime *transmit)
{
	/* No answer leaves before its request came. */
	if ((int64_t)(transmit->value - receive->value) < 0)
		*receive = *transmit;
	receive->value |= RECEIVE_BIT;
	transmit->value &= ~(uint64_t)RECEIVE_BIT;
	leave_after(transmit, *receive);
	if (ntptime_is_zero(*transmit))
		transmit->value = 2;
}

/* The high bits of a product depend on all bits of its factors. */
static struct xleave_entry *
bucket(struct xleave *x, struct ntptime receive)
{
	return x->table[receive.value * x->key >> (64 - XLEAVE_BITS)];
}

/* A bucket is two lines of a cache, or three. */
static void
expect(const struct xleave_entry *e)
{
	__builtin_prefetch(e, 1);
	__builtin_prefetch(e + XLEAVE_WAYS / 2, 1);
}

void
xleave_expect(struct xleave *x, const struct ntp_packet *asked,
    struct ntptime arrival)
{
	if (!xleave_asked(asked))
		return;
	arrival.value |= RECEIVE_BIT;
	expect(bucket(x, asked->origin));
	expect(bucket(x, arrival));
}

static struct xleave_entry *
find(struct xleave *x, struct ntptime receive)
{
	struct xleave_entry *e = bucket(x, receive);
	unsigned	 i;

	for (i = 0; i < XLEAVE_WAYS; i++)
		if (ntptime_equal(e[i].receive, receive))
			return &e[i];
	return NULL;
}

struct ntptime
xleave_take(struct xleave *x, struct ntptime receive,
    struct addrbits client)
{
	struct xleave_entry *e = find(x, receive);

	if (e == NULL || !addrbits_equal(e->client, client))
		return (struct ntptime){ 0 };
	e->receive.value = 0;
	return e->transmit;
}

/*
 * The entry to be given up for one with RECEIVE.  What seems to be of the
 * future is from before the clock was set back, and oldest of all.
 */
static struct xleave_entry *
oldest(struct xleave *x, struct ntptime receive)
{
	struct xleave_entry *e = bucket(x, receive), *old = e;
	unsigned	 i;

	for (i = 0; i < XLEAVE_WAYS; i++) {
		if (ntptime_is_zero(e[i].receive))
			return &e[i];
		if (receive.value - e[i].receive.value >
		    receive.value - old->receive.value)
			old = &e[i];
	}
	return old;
}

void
xleave_save(struct xleave *x, struct ntptime *receive,
    struct ntptime *transmit, struct addrbits client)
{
	struct xleave_entry *e;
	unsigned	 i;

	for (i = 0; i < UNIQUE_TRIES && find(x, *receive) != NULL; i++)
		receive->value += 2 * RECEIVE_BIT;
	leave_after(transmit, *receive);
	e = find(x, *receive);
	if (e == NULL)
		e = oldest(x, *receive);
	e->receive = *receive;
	e->transmit = *transmit;
	e->client = client;
}

void
xleave_stamp(struct xleave *x, struct ntptime receive, struct ntptime transmit)
{
	struct xleave_entry *e;

	if ((receive.value & RECEIVE_BIT) == 0)
		return;
	e = find(x, receive);
	transmit.value &= ~(uint64_t)RECEIVE_BIT;
	if (e == NULL || (int64_t)(transmit.value - receive.value) < 0 ||
	    transmit.value - e->transmit.value + SECOND > 2 * SECOND ||
	    ntptime_is_zero(transmit))
		return;
	e->transmit = transmit;
}
