/*
 * All that the other processes can tell the engine, in any order: it answers,
 * and no descriptor gets lost.  Of the parent the engine believes that a
 * configuration is one.  Nothing is sent to the network, and no time passes.
 * Input: a byte that says who speaks (0: the parent), then a message
 * as in deal.h, and so on.
 */
#include <stdio.h>
#include <string.h>

#include "common/operator.h"
#include "ntpd/engine/engine.c"

#include "regress/fuzz/deal.h"
#include "regress/fuzz/fuzz.h"
#include "regress/fuzz/stream.h"

const size_t	 input_most = 2048;

static struct engine	 engine;

enum { SPEAKS_PARENT, SPEAKS_RESOLVER, SPEAKS_SERVER, SPEAKERS };

static void
start(void)
{
	size_t		 i;

	memset(&engine, 0, sizeof(engine));
	stream_open(NULL, 0);
	channel_open(&engine.parent, STREAM_FD, ENGINE, PARENT);
	engine.parent.state = CHANNEL_BEGUN;	/* CHILD_SETUP has come */
	engine.publish_at = engine.decision.until = INSTANT_NEVER;
	engine.precision = -20;
	clocks_init(&engine.clocks);
	orphan_init(&engine.orphan);
	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		query_init(&engine.associations[i].query);
}

static void
stop(void)
{
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		query_close(&engine.associations[i].query);
	for (i = 0; i < SERVERS_MOST; i++)
		channel_close(&engine.servers[i]);
	for (i = 0; i < SENSORS_MOST; i++)
		channel_close(&engine.sensors[i].channel);
	channel_close(&engine.resolver);
	channel_close(&engine.parent);
	require(stream_closed());
}

/* What is queued would fill up, as nobody reads it. */
static void
flush(void)
{
	size_t		 i;

	channel_flush(&engine.parent);
	channel_flush(&engine.resolver);
	for (i = 0; i < SERVERS_MOST; i++)
		channel_flush(&engine.servers[i]);
	for (i = 0; i < SENSORS_MOST; i++)
		channel_flush(&engine.sensors[i].channel);
}

/* Make *S one that ntpd.conf can give. */
static void
make_possible(struct config_server *s)
{
	const uint8_t	*flags = (const uint8_t *)s;

	s->pool = flags[offsetof(struct config_server, pool)] & 1;
	s->trusted = flags[offsetof(struct config_server, trusted)] & 1;
	s->xleave = flags[offsetof(struct config_server, xleave)] & 1;
	s->auth %= AUTH_NTS + 1;
	if (!mac_key_valid(&s->key))
		s->key = (struct mac_key){ .id = 1, .algorithm = MAC_SHA1,
		    .length = 1 };
	s->name[sizeof(s->name) - 1] = '\0';
	s->weight = (uint8_t)(1 + s->weight % 10);
	s->max = (uint8_t)(s->pool ? 1 + s->max % POOL_MAX_MOST : 1);
	s->minpoll = (int8_t)(POLL_LEAST + (uint8_t)s->minpoll % 8);
	s->maxpoll = (int8_t)(s->minpoll + (uint8_t)s->maxpoll % 6);
	if (!addr_valid(&s->addr))
		memset(&s->addr, 0, sizeof(s->addr));
}

static void
hear_one(struct channel *ch)
{
	static struct config_server server;
	struct message	 msg;

	while (channel_receive(ch, &msg)) {
		if (msg.type == MSG_ENGINE_SERVER) {
			memcpy(&server, msg.data, sizeof(server));
			make_possible(&server);
			msg.data = &server;
		}
		handlers[msg.type](&engine, &msg);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct channel	*const channels[SPEAKERS] = { &engine.parent,
			    &engine.resolver, &engine.servers[1] };
	struct instant	 now = { 1000000000000 };
	struct deal	 d = { data, size };
	struct channel	*ch;

	start();
	while (d.size > 0) {
		ch = channels[*d.data++ % SPEAKERS];
		d.size--;
		if (!ch->open)
			continue;
		if (!deal(&d, ch))
			break;
		hear_one(ch);
		if (engine.configured)
			engine_resolve(&engine, now);
		(void)next_deadline(&engine, now);
		flush();
	}
	stop();
	return 0;
}

/* ---- seeds ---- */

static void
tell(enum message_type type, uint8_t id, const void *payload)
{
	seed_fill(SPEAKS_PARENT, 1);
	deal_seed(type, id, payload);
}

static void
configure_with(const char *name, const char *server, uint8_t max)
{
	struct config_server conf = { .weight = 1, .max = max, .minpoll = 6,
			    .maxpoll = 10, .port = 123, .pool = max > 1 };
	const struct engine_setup setup = { .nservers = 1,
			    .listening = 1, .has_drift = 1,
			    .frequency = 1e-6, .frequency_error = 1e-8,
			    .step_threshold = 0.128 };

	seed_begin(name);
	snprintf(conf.name, sizeof(conf.name), "%s", server);
	(void)addr_parse(&conf.addr, server, 123);
	tell(MSG_ENGINE_SERVER, 0, &conf);
	tell(MSG_ENGINE_SETUP, 0, &setup);
}

void
make_seeds(void)
{
	const struct child_name resolver = { RESOLVER, 0 };
	const struct child_name server = { SERVER, 1 };
	const struct clock_state state = { .frequency = 1e-6, .slew = 5e-4,
			    .slew_left = 10, .step_forward = 1e6 };
	const struct clock_jumped jumped = { .by = 5 };
	const struct own_refids own = { .count = 1 };
	const struct own_request request = { { 42 } };
	const struct no_payload nothing = { 0 };
	const struct history_page page = { .from = 0 };
	struct operator_order order = { .version = CONTROL_VERSION,
			    .name = "192.0.2.1" };
	struct resolve_reply reply = { .count = 2 };

	configure_with("numeric", "192.0.2.1", 1);
	tell(MSG_ENGINE_CHANNEL, 0, &server);
	tell(MSG_SHOW_STATUS, 5, &nothing);
	tell(MSG_SHOW_PEERS, 6, &nothing);
	tell(MSG_SHOW_HISTORY, 7, &page);
	tell(MSG_SHOW_SAMPLES, 8, &page);
	for (order.command = 0; order.command <= OPERATOR_COUNT;
	    order.command++)
		tell(MSG_OPERATE, 9, &order);
	seed_fill(SPEAKS_SERVER, 1);
	deal_seed(MSG_OWN_REQUEST, 0, &request);
	configure_with("name", "ntp.example.org", 4);
	tell(MSG_ENGINE_CHANNEL, 0, &resolver);
	(void)addr_parse(&reply.addrs[0], "192.0.2.1", 0);
	(void)addr_parse(&reply.addrs[1], "2001:db8::1", 0);
	seed_fill(SPEAKS_RESOLVER, 1);
	deal_seed(MSG_RESOLVED, 1, &reply);
	tell(MSG_SHOW_PEERS, 6, &nothing);
	configure_with("clock", "192.0.2.1", 1);
	tell(MSG_CLOCK_STATE, 0, &state);
	tell(MSG_CLOCK_JUMPED, 0, &jumped);
	tell(MSG_ENGINE_OWN, 0, &own);
	tell(MSG_NTS_FORGET, 0, &nothing);
}
