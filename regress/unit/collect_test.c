/*
 * Collecting the servers' counters.  The servers are played here: each has the
 * other end of its channel, and answers when the case wants it to.
 */
#include <string.h>

#include "ntpd/parent/collect.h"
#include "regress/unit/unit.h"

#define SERVERS	3

static struct collect	 c;
static struct child	 servers[SERVERS_MOST];
static struct channel	 ends[SERVERS];		/* the servers' */
static struct instant	 now;

static void
start_server(size_t i)
{
	int		 fds[2];

	assert_true(channel_pair(fds));
	channel_open(&servers[i].channel, fds[0], PARENT, SERVER);
	channel_open(&ends[i], fds[1], SERVER, PARENT);
	ends[i].state = CHANNEL_CONFIGURED;
}

static void
stop_server(size_t i)
{
	channel_close(&servers[i].channel);
	channel_close(&ends[i]);
}

static int
setup(void **arg)
{
	size_t		 i;

	(void)arg;
	memset(&c, 0, sizeof(c));
	now = instant_now();
	for (i = 0; i < SERVERS; i++)
		start_server(i);
	return 0;
}

static int
teardown(void **arg)
{
	size_t		 i;

	(void)arg;
	for (i = 0; i < SERVERS; i++)
		stop_server(i);
	return 0;
}

static void
transfer(struct channel *ch)
{
	struct pollset	 set;

	pollset_clear(&set);
	channel_poll(ch, &set);
	pollset_wait(&set, instant_now(), NULL);
	assert_true(channel_transfer(ch, &set));
}

/* Questions that have come to server I; *ID is the last one's. */
static int
questions(size_t i, uint32_t *id)
{
	struct message	 msg;
	int		 n = 0;

	transfer(&servers[i].channel);
	transfer(&ends[i]);
	while (channel_receive(&ends[i], &msg)) {
		assert_int_equal(msg.type, MSG_SERVER_SHOW);
		*id = msg.id;
		n++;
	}
	return n;
}

/* Server I answers question ID: it counted N of everything. */
static void
answer(size_t i, uint32_t id, uint64_t n)
{
	struct server_report report = { .sockets = 2 };
	struct message	 msg;

#define COUNTER(name, label, text)	report.counters.name = n;
	COUNTERS
#undef COUNTER
	assert_true(channel_send(&ends[i], MSG_SERVER_COUNTERS, id, -1,
	    &report));
	transfer(&ends[i]);
	transfer(&servers[i].channel);
	while (channel_receive(&servers[i].channel, &msg))
		collect_take(&c, i, &msg);
}

/* Server I says, to question ID, that clients FIRST to LAST ask so often. */
static void
name_clients(size_t i, uint32_t id, uint8_t first, uint8_t last, uint32_t n)
{
	static struct server_clients clients;
	struct message	 msg;
	uint8_t		 k;

	memset(&clients, 0, sizeof(clients));
	for (k = first; k <= last && clients.n < CLIENTS_SHOWN; k++) {
		clients.list[clients.n].addr.family = ADDR_IPV4;
		clients.list[clients.n].addr.bytes[3] = k;
		clients.list[clients.n].length = 32;
		clients.list[clients.n++].requests = k;
	}
	if (n != 0)
		clients.n = n;
	assert_true(channel_send(&ends[i], MSG_SERVER_CLIENTS, id, -1,
	    &clients));
	transfer(&ends[i]);
	transfer(&servers[i].channel);
	while (channel_receive(&servers[i].channel, &msg))
		collect_take(&c, i, &msg);
}

static bool
run(size_t n)
{
	return collect_run(&c, servers, n, now);
}

static void
assert_sum(uint32_t counted, uint64_t received, uint64_t dropped)
{
	assert_int_equal(c.sum.version, CONTROL_VERSION);
	assert_int_equal(c.sum.workers, SERVERS);
	assert_int_equal(c.sum.counted, counted);
	assert_int_equal(c.sum.sockets, 2 * counted);
	assert_true(c.sum.counters.received == received);
	assert_true(c.sum.counters.dropped == dropped);
}

static void
all_answer(void **arg)
{
	uint32_t	 id = 0, round;
	size_t		 i;

	(void)arg;
	assert_false(run(SERVERS));
	assert_true(collect_deadline(&c).ns == INSTANT_NEVER.ns);
	round = collect_ask(&c, false);
	assert_false(run(SERVERS));
	for (i = 0; i < SERVERS; i++) {
		assert_false(run(SERVERS));
		assert_int_equal(questions(i, &id), 1);
		assert_int_equal(id, round);
		answer(i, id, 10 * (i + 1));
	}
	assert_true(run(SERVERS));
	assert_int_equal(c.round, round);
	assert_sum(3, 60, 60);
	assert_false(run(SERVERS));
	assert_true(collect_deadline(&c).ns == INSTANT_NEVER.ns);
}

/* Who asks in a round waits for the next, which does not begin at once. */
static void
one_round_at_a_time(void **arg)
{
	uint32_t	 id = 0, first, second;
	size_t		 i;

	(void)arg;
	first = collect_ask(&c, false);
	assert_int_equal(collect_ask(&c, false), first);
	assert_false(run(SERVERS));
	second = collect_ask(&c, false);
	assert_int_equal(second, first + 1);
	assert_int_equal(collect_ask(&c, false), second);
	for (i = 0; i < SERVERS; i++) {
		assert_int_equal(questions(i, &id), 1);
		answer(i, id, 1);
	}
	assert_true(run(SERVERS));
	assert_false(run(SERVERS));
	assert_int_equal(questions(0, &id), 0);
	assert_true(instant_before(now, collect_deadline(&c)));
	assert_true(instant_diff(collect_deadline(&c), now) < 0.1);
	now = collect_deadline(&c);
	assert_false(run(SERVERS));
	for (i = 0; i < SERVERS; i++) {
		assert_int_equal(questions(i, &id), 1);
		assert_int_equal(id, second);
		answer(i, id, 2);
	}
	assert_true(run(SERVERS));
	assert_int_equal(c.round, second);
	assert_sum(3, 6, 6);
}

/* It holds up one round, has one question to answer, and is then back. */
static void
one_hangs(void **arg)
{
	uint32_t	 id = 0, old = 0;
	int		 n;

	(void)arg;
	for (n = 0; n < 50; n++) {
		collect_ask(&c, false);
		now = instant_add(now, 0.1);
		assert_false(run(SERVERS));
		assert_int_equal(questions(1, &id), 1);
		answer(1, id, 5);
		assert_int_equal(questions(2, &id), 1);
		answer(2, id, 7);
		if (n == 0) {
			assert_false(run(SERVERS));
			now = instant_add(now, 0.9);
			assert_false(run(SERVERS));
			assert_true(instant_before(now, collect_deadline(&c)));
			now = collect_deadline(&c);
		}
		assert_true(run(SERVERS));
		assert_sum(2, 12, 12);
	}
	assert_int_equal(questions(0, &old), 1);
	assert_int_equal(old, 1);

	/* Its late answer is of no use, but it is asked again. */
	collect_ask(&c, false);
	now = instant_add(now, 0.1);
	assert_false(run(SERVERS));
	answer(0, old, 1000);
	assert_int_equal(questions(1, &id), 1);
	answer(1, id, 5);
	answer(2, id, 7);
	assert_true(run(SERVERS));
	assert_sum(2, 12, 12);
	collect_ask(&c, false);
	now = instant_add(now, 0.1);
	assert_false(run(SERVERS));
	assert_int_equal(questions(0, &id), 1);
	answer(0, id, 3);
	answer(1, id, 5);
	assert_false(run(SERVERS));
	answer(2, id, 7);
	assert_true(run(SERVERS));
	assert_sum(3, 15, 15);
}

/* Who dies is not waited for; his successor is asked. */
static void
one_dies(void **arg)
{
	uint32_t	 id = 0;

	(void)arg;
	collect_ask(&c, false);
	assert_false(run(SERVERS));
	assert_int_equal(questions(0, &id), 1);
	answer(0, id, 1);
	answer(1, id, 1);
	stop_server(2);
	assert_true(run(SERVERS));
	assert_sum(2, 2, 2);

	start_server(2);
	collect_ask(&c, false);
	now = instant_add(now, 0.1);
	assert_false(run(SERVERS));
	assert_int_equal(questions(2, &id), 1);
	answer(0, id, 1);
	answer(1, id, 1);
	answer(2, id, 0);
	assert_true(run(SERVERS));
	assert_sum(3, 2, 2);
}

/* There are none, or fewer than a moment ago. */
static void
fewer_servers(void **arg)
{
	uint32_t	 id = 0;

	(void)arg;
	collect_ask(&c, false);
	assert_true(run(0));
	assert_int_equal(c.sum.workers, 0);
	assert_int_equal(c.sum.counted, 0);

	collect_ask(&c, false);
	now = instant_add(now, 0.1);
	assert_false(run(SERVERS));
	assert_int_equal(questions(0, &id), 1);
	answer(0, id, 1);
	assert_false(run(SERVERS));
	assert_true(run(1));
	assert_int_equal(c.sum.counted, 1);
}

/* What nobody asked for counts for nothing, and no number is too large. */
static void
servers_lie(void **arg)
{
	uint32_t	 id = 0;

	(void)arg;
	answer(0, 0, 1);
	answer(0, 1, 1);
	assert_false(run(SERVERS));
	collect_ask(&c, false);
	assert_false(run(SERVERS));
	assert_int_equal(questions(0, &id), 1);
	answer(0, id + 1, 100);
	answer(0, id - 1, 100);
	answer(1, id, UINT64_MAX);
	answer(1, id, UINT64_MAX);
	answer(2, id, UINT64_MAX / 2);
	assert_false(run(SERVERS));
	answer(0, id, 1);
	assert_true(run(SERVERS));
	assert_sum(3, INT64_MAX, INT64_MAX);
	answer(0, id, 1);
	assert_sum(3, INT64_MAX, INT64_MAX);
}

/* Those of all servers that ask most, if that is asked; nothing hostile. */
static void
clients_are_ranked(void **arg)
{
	uint32_t	 id = 0, i;
	size_t		 w;

	(void)arg;
	collect_ask(&c, false);
	collect_ask(&c, true);
	assert_false(run(SERVERS));
	for (w = 0; w < SERVERS; w++)
		assert_int_equal(questions(w, &id), 1);
	name_clients(0, id, 1, 40, 0);
	name_clients(1, id, 41, 80, 0);
	name_clients(2, id - 1, 200, 220, 0);	/* of another round */
	name_clients(2, id, 81, 85, UINT32_MAX);
	for (w = 0; w < SERVERS; w++)
		answer(w, id, 1);
	assert_true(run(SERVERS));
	assert_int_equal(c.top.version, CONTROL_VERSION);
	assert_int_equal(c.top.workers, SERVERS);
	assert_int_equal(c.top.counted, SERVERS);
	assert_int_equal(c.top.n, CLIENTS_SHOWN);
	for (i = 0; i < CLIENTS_SHOWN; i++)
		assert_int_equal(c.top.list[i].requests, 85 - i);
	/* The next round does not have them. */
	name_clients(0, id, 1, 40, 0);
	collect_ask(&c, false);
	now = collect_deadline(&c);
	assert_false(run(SERVERS));
	assert_int_equal(c.top.n, 0);
}

/* One that several servers know, since there were more or fewer of them. */
static void
a_client_is_one(void **arg)
{
	uint32_t	 id = 0;
	size_t		 w;

	(void)arg;
	collect_ask(&c, true);
	assert_false(run(SERVERS));
	for (w = 0; w < SERVERS; w++)
		assert_int_equal(questions(w, &id), 1);
	name_clients(0, id, 1, 50, 0);
	name_clients(1, id, 20, 60, 0);
	name_clients(2, id, 30, 30, 0);
	for (w = 0; w < SERVERS; w++)
		answer(w, id, 1);
	assert_true(run(SERVERS));
	assert_int_equal(c.top.n, CLIENTS_SHOWN);
	assert_int_equal(c.top.list[0].requests, 50 + 50);
	assert_int_equal(c.top.list[0].addr.bytes[3], 50);
	assert_int_equal(c.top.list[6].requests, 30 + 30 + 30);
	assert_int_equal(c.top.list[6].addr.bytes[3], 30);
	for (w = 1; w < CLIENTS_SHOWN; w++)
		assert_true(c.top.list[w].requests <=
		    c.top.list[w - 1].requests);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(one_round_at_a_time, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(one_hangs, setup, teardown),
		cmocka_unit_test_setup_teardown(one_dies, setup, teardown),
		cmocka_unit_test_setup_teardown(fewer_servers, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(servers_lie, setup, teardown),
		cmocka_unit_test_setup_teardown(clients_are_ranked, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(a_client_is_one, setup,
		    teardown),
	};

	return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}
