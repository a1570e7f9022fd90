/*
 * The table of clients: a hash table of small sets.  The limit is a token
 * bucket, kept as the time at which it is full again ("virtual scheduling" of
 * the ATM Forum's GCRA), so that nothing has to be refilled.
 */
#include <sys/param.h>

#include <stdbool.h>
#include <string.h>

#include "ntpd/config/defaults.h"
#include "ntpd/clients/clients.h"

#define NS_PER_MS	1000000

/*
 * Of the requests over the limit, one in so many is told so.  Next to nothing
 * for a flood, and soon enough for a client that asks every second.
 */
#define KISS_SHARE	32

void
clients_init(struct clients *c, const struct siphash_key *key)
{
	c->key = *key;
	c->bits4 = ADDRBITS;
	c->bits6 = RATELIMIT_PREFIX6;
}

static bool
limit_valid(const struct config_ratelimit *l)
{
	return l->interval <= RATELIMIT_INTERVAL_MOST &&
	    l->burst >= 1 && l->burst <= RATELIMIT_BURST_MOST &&
	    l->leak <= RATELIMIT_LEAK_MOST &&
	    l->prefix4 >= 1 && l->prefix4 <= 32 &&
	    l->prefix6 >= 1 && l->prefix6 <= ADDRBITS;
}

/* The least exponent whose interval is not below MS. */
static int8_t
poll_of(uint32_t ms)
{
	int8_t		 poll = 0;

	while ((uint64_t)1000 << poll < ms)
		poll++;
	return poll;
}

bool
clients_limit(struct clients *c, const struct config_ratelimit *limit)
{
	unsigned	 bits4 = ADDRBITS4 + limit->prefix4;

	if (!limit_valid(limit))
		return false;
	if (bits4 != c->bits4 || limit->prefix6 != c->bits6)
		memset(c->table, 0, sizeof(c->table));
	c->bits4 = bits4;
	c->bits6 = limit->prefix6;
	c->interval = (int64_t)limit->interval * NS_PER_MS;
	c->full = c->interval * limit->burst;
	c->poll = poll_of(limit->interval);
	c->leak = limit->leak;
	return true;
}

/* The client that FROM belongs to. */
static struct addrbits
client_of(const struct clients *c, struct addrbits from)
{
	return addrbits_first(from, addrbits_is_ipv4(from) ? c->bits4 :
	    c->bits6);
}

size_t
clients_expect(const struct clients *c, struct addrbits from)
{
	struct addrbits	 client = client_of(c, from);
	size_t		 set;

	set = siphash(&c->key, client.high, client.low) % CLIENTS_SETS;
	__builtin_prefetch(c->table[set], 1);
	__builtin_prefetch(c->table[set] + CLIENTS_WAYS / 2, 1);
	return set;
}

/*
 * The place of the client with ADDRESS in its SET: its own, a free one, or
 * that of the one with most credit.
 */
static struct client *
find(struct client set[CLIENTS_WAYS], struct addrbits address)
{
	struct client	*place, *best = set;

	for (place = set; place < set + CLIENTS_WAYS; place++) {
		if (place->requests == 0) {
			best = place;
			break;
		}
		if (addrbits_equal(place->address, address))
			return place;
		if (place->due < best->due)
			best = place;
	}
	*best = (struct client){ .address = address };
	return best;
}

static void
count(uint32_t *counter)
{
	if (*counter < UINT32_MAX)
		(*counter)++;
}

/*
 * A few of those over the limit are answered all the same, whichever they are:
 * else who forges a client's address could take the time from it for good.
 */
static enum clients_verdict
over_limit(struct clients *c)
{
	uint64_t	 draw = siphash(&c->key, UINT64_MAX, c->draws++);

	if (c->leak != 0 && (uint32_t)draw % c->leak == 0)
		return CLIENTS_ANSWER;
	if ((draw >> 32) % KISS_SHARE == 0)
		return CLIENTS_KISS;
	return CLIENTS_SILENCE;
}

enum clients_verdict
clients_ask(struct clients *c, struct addrbits from, size_t set,
    struct instant now)
{
	struct client	*client;
	enum clients_verdict verdict;
	int64_t		 owed;		/* ns until the credit is full */

	client = find(c->table[set], client_of(c, from));
	count(&client->requests);
	/* Never more than all credit, even if the limit was another before. */
	owed = MIN(MAX(client->due - now.ns, 0), c->full);
	client->due = now.ns + owed;
	if (owed + c->interval <= c->full) {
		client->due += c->interval;
		return CLIENTS_ANSWER;
	}
	verdict = over_limit(c);
	if (verdict != CLIENTS_ANSWER)
		count(&client->refused);
	return verdict;
}

static struct client_count
describe(const struct clients *c, const struct client *client)
{
	struct client_count count = { .requests = client->requests,
	    .refused = client->refused };

	if (addrbits_to_bytes(client->address, count.addr.bytes)) {
		count.addr.family = ADDR_IPV4;
		count.length = (uint8_t)(c->bits4 - ADDRBITS4);
	} else {
		count.addr.family = ADDR_IPV6;
		count.length = (uint8_t)c->bits6;
	}
	return count;
}

uint32_t
clients_top(const struct clients *c, struct client_count *list)
{
	const struct client *client;
	struct client_count count;
	uint32_t	 n = 0, i;

	for (i = 0; i < CLIENTS_MAX; i++) {
		client = &c->table[i / CLIENTS_WAYS][i % CLIENTS_WAYS];
		/* Most are not among them: that is seen before the rest. */
		if (client->requests == 0 || (n == CLIENTS_SHOWN &&
		    client->requests <= list[n - 1].requests))
			continue;
		count = describe(c, client);
		n = clients_insert(list, n, &count);
	}
	return n;
}
