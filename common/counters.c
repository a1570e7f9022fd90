/*
 * Sums of counters, and the list of those clients that ask most.
 */
#include "common/counters.h"

static void
add(uint64_t *sum, uint64_t value)
{
	*sum = value > COUNTER_MOST - *sum ? COUNTER_MOST : *sum + value;
}

void
counters_add(struct server_counters *sum, const struct server_counters *more)
{
#define COUNTER(name, label, text)	add(&sum->name, more->name);
	COUNTERS
#undef COUNTER
}

uint32_t
clients_insert(struct client_count list[CLIENTS_SHOWN], uint32_t n,
    const struct client_count *client)
{
	uint32_t	 i;

	if (n == CLIENTS_SHOWN) {
		if (client->requests <= list[n - 1].requests)
			return n;
		n--;
	}
	for (i = n; i > 0 && list[i - 1].requests < client->requests; i--)
		list[i] = list[i - 1];
	list[i] = *client;
	return n + 1;
}
