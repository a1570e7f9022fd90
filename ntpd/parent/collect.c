/*
 * The servers' counters, collected.  What a server says is its word: it can
 * spoil the sum, and nothing else.
 */
#include <sys/param.h>

#include <string.h>

#include "common/addr.h"
#include "ntpd/parent/collect.h"

#define ROUND_MOST	1.0	/* s, for the slowest answer */
#define ROUND_INTERVAL	0.05	/* s: servers have other things to do */

uint32_t
collect_ask(struct collect *c, bool clients)
{
	c->wanted = true;
	c->clients_wanted = c->clients_wanted || clients;
	return c->round + 1;
}

static void
begin(struct collect *c, struct child *servers, size_t n,
    struct instant now)
{
	struct server_show what = { .clients = c->clients_wanted };
	size_t		 i;

	c->wanted = c->clients_wanted = false;
	c->running = true;
	c->round++;
	c->end = instant_add(now, ROUND_MOST);
	c->next = instant_add(now, ROUND_INTERVAL);
	memset(&c->sum, 0, sizeof(c->sum));
	c->sum.version = CONTROL_VERSION;
	c->sum.workers = (uint32_t)n;
	memset(&c->top, 0, sizeof(c->top));
	c->top.version = CONTROL_VERSION;
	c->top.workers = (uint32_t)n;
	for (i = 0; i < n; i++) {
		if (c->owes[i] || !channel_send(&servers[i].channel,
		    MSG_SERVER_SHOW, c->round, -1, &what))
			continue;
		c->awaited[i] = c->owes[i] = true;
	}
}

/* Nothing comes any more from who is gone, and his successor owes nothing. */
static void
forget_gone(struct collect *c, const struct child *servers, size_t n)
{
	size_t		 i;

	for (i = 0; i < SERVERS_MOST; i++)
		if (i >= n || !servers[i].channel.open)
			c->awaited[i] = c->owes[i] = false;
}

static bool
is_complete(const struct collect *c)
{
	size_t		 i;

	for (i = 0; i < SERVERS_MOST; i++)
		if (c->awaited[i])
			return false;
	return true;
}

bool
collect_run(struct collect *c, struct child *servers, size_t n,
    struct instant now)
{
	forget_gone(c, servers, n);
	if (!c->running && c->wanted && !instant_before(now, c->next))
		begin(c, servers, n, now);
	if (!c->running || (!is_complete(c) && instant_before(now, c->end)))
		return false;
	memset(c->awaited, 0, sizeof(c->awaited));
	c->running = false;
	return true;
}

static uint32_t
sum32(uint32_t a, uint32_t b)
{
	return a + MIN(b, UINT32_MAX - a);
}

/*
 * Add to CLIENT what the list says of it, and take that off the list: when the
 * number of servers has changed, several know the same client.
 */
static void
merge(struct control_clients *top, struct client_count *client)
{
	struct client_count *known, *end = top->list + top->n;

	for (known = top->list; known < end; known++)
		if (known->length == client->length &&
		    addr_same_host(&known->addr, &client->addr))
			break;
	if (known == end)
		return;
	client->requests = sum32(client->requests, known->requests);
	client->refused = sum32(client->refused, known->refused);
	top->n--;
	memmove(known, known + 1, (size_t)(end - known - 1) * sizeof(*known));
}

static void
take_clients(struct collect *c, const struct server_clients *clients)
{
	struct client_count client;
	uint32_t	 i;

	for (i = 0; i < clients->n && i < CLIENTS_SHOWN; i++) {
		client = clients->list[i];
		if (!addr_valid(&client.addr))
			continue;
		merge(&c->top, &client);
		c->top.n = clients_insert(c->top.list, c->top.n, &client);
	}
}

static void
take_counters(struct collect *c, const struct server_report *report)
{
	c->sum.counted++;
	c->top.counted++;
	c->sum.sockets += report->sockets;
	counters_add(&c->sum.counters, &report->counters);
}

void
collect_take(struct collect *c, size_t i, const struct message *msg)
{
	bool		 awaited = c->awaited[i] && msg->id == c->round;

	if (msg->type == MSG_SERVER_CLIENTS && awaited)
		take_clients(c, msg->data);
	if (msg->type != MSG_SERVER_COUNTERS)
		return;
	c->owes[i] = false;
	if (!awaited)
		return;
	c->awaited[i] = false;
	take_counters(c, msg->data);
}

struct instant
collect_deadline(const struct collect *c)
{
	if (c->running)
		return c->end;
	return c->wanted ? c->next : INSTANT_NEVER;
}
