/*
 * Statements and names: which addresses are asked, and when a name is looked
 * up.
 */
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "ntpd/engine/members.h"
#include "regress/unit/unit.h"

static struct hosts	 hosts;
static struct association all[MAX_ASSOCIATIONS];
static struct instant	 now;

bool
association_is_denied(const struct association *a)
{
	return a->schedule.state == SCHEDULE_STOPPED;
}

bool
association_is_self(const struct association *a)
{
	return a->schedule.state == SCHEDULE_OURS;
}

static int
begin(void **state)
{
	(void)state;
	memset(&hosts, 0, sizeof(hosts));
	memset(all, 0, sizeof(all));
	now = instant_now();
	return 0;
}

static struct addr
address(const char *text)
{
	struct addr	 addr;

	assert_true(addr_parse(&addr, text, 123));
	return addr;
}

/* A server statement, or one of MAX servers. */
static void
statement(const char *name, uint8_t max)
{
	struct config_server conf = { .port = 123, .pool = max > 0,
	    .max = max, .weight = 1, .minpoll = 6, .maxpoll = 10 };

	snprintf(conf.name, sizeof(conf.name), "%s", name);
	(void)addr_parse(&conf.addr, name, 123);
	hosts_add(&hosts, &conf);
}

/* The same, but authenticated by NTS. */
static void
nts_statement(const char *name)
{
	statement(name, 0);
	hosts.pending[hosts.npending - 1].auth = AUTH_NTS;
}

/* Make all changes that are wanted; returns how many. */
static size_t
settle(void)
{
	struct change	 change;
	struct association *a;
	size_t		 n;

	for (n = 0; members_change(&hosts, all, &change); n++) {
		assert_true(n < 100);
		a = &all[change.association];
		if (change.kind != CHANGE_START)
			assert_true(a->used);
		memset(a, 0, sizeof(*a));
		if (change.kind == CHANGE_STOP ||
		    change.kind == CHANGE_RETIRE)
			continue;
		a->used = true;
		a->host = change.host;
		a->addr = change.addr;
	}
	members_review(&hosts, all, now);
	return n;
}

static size_t
asked(const char *text)
{
	struct addr	 addr = address(text);
	size_t		 i, n = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		n += all[i].used && addr_equal(&all[i].addr, &addr);
	return n;
}

static size_t
count(void)
{
	size_t		 i, n = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		n += all[i].used;
	return n;
}

/* The question about NAME, which must be due. */
static uint32_t
question(const char *name)
{
	struct resolve_request request;
	uint32_t	 id;

	assert_true(hosts_question(&hosts, now, &id, &request));
	assert_string_equal(request.name, name);
	return id;
}

/* Answer it with up to three addresses; none: it failed. */
static void
resolve(uint32_t id, const char *a, const char *b, const char *c)
{
	struct resolve_reply reply;

	memset(&reply, 0, sizeof(reply));
	if (a == NULL)
		reply.error = EAI_AGAIN;
	else
		reply.addrs[reply.count++] = address(a);
	if (b != NULL)
		reply.addrs[reply.count++] = address(b);
	if (c != NULL)
		reply.addrs[reply.count++] = address(c);
	hosts_resolved(&hosts, id, &reply, all, now);
}

static void
addresses_are_asked_at_once(void **state)
{
	(void)state;
	statement("192.0.2.1", 0);
	statement("192.0.2.2", 0);
	assert_true(hosts_configure(&hosts, 2, all, now));
	assert_int_equal(settle(), 2);
	assert_int_equal(asked("192.0.2.1") + asked("192.0.2.2"), 2);
	assert_int_equal(settle(), 0);
	assert_true(hosts_deadline(&hosts).ns == INSTANT_NEVER.ns);
}

static void
too_few_statements_arrived(void **state)
{
	(void)state;
	statement("192.0.2.1", 0);
	assert_false(hosts_configure(&hosts, 2, all, now));
	assert_int_equal(settle(), 0);
	statement("192.0.2.1", 0);
	assert_true(hosts_configure(&hosts, 1, all, now));
	assert_int_equal(settle(), 1);
}

static void
names_are_looked_up(void **state)
{
	uint32_t	 id;

	(void)state;
	statement("a.test", 0);
	statement("pool.test", 2);
	assert_true(hosts_configure(&hosts, 2, all, now));
	assert_int_equal(hosts_expected(&hosts), 2);
	id = question("a.test");
	resolve(id, "192.0.2.1", "192.0.2.2", NULL);
	settle();
	assert_int_equal(count(), 1);
	resolve(id, "192.0.2.9", NULL, NULL);		/* twice: no */
	assert_int_equal(settle(), 0);
	id = question("pool.test");
	assert_int_equal(hosts_expected(&hosts), 1);
	/* An address that is asked already counts once. */
	resolve(id, "192.0.2.1", "192.0.2.3", "192.0.2.4");
	settle();
	assert_int_equal(count(), 3);
	assert_int_equal(asked("192.0.2.1"), 1);
	assert_int_equal(hosts_expected(&hosts), 0);
}

static void
failures_are_followed_by_longer_waits(void **state)
{
	double		 wait, last = 0;
	int		 i;

	(void)state;
	statement("a.test", 0);
	assert_true(hosts_configure(&hosts, 1, all, now));
	for (i = 0; i < 12; i++) {
		resolve(question("a.test"), NULL, NULL, NULL);
		assert_int_equal(hosts_expected(&hosts), 0);
		assert_int_equal(hosts_awaited(&hosts), 1);
		wait = instant_diff(hosts_deadline(&hosts), now);
		assert_true(wait >= last && wait <= 64);
		last = wait;
		now = hosts_deadline(&hosts);
	}
	assert_true(last == 64);
	/* Something says that the network is back. */
	resolve(question("a.test"), NULL, NULL, NULL);
	hosts_retry(&hosts, now);
	resolve(question("a.test"), "192.0.2.1", NULL, NULL);
	assert_int_equal(settle(), 1);
	assert_int_equal(hosts_awaited(&hosts), 0);
}

/* A name that does not exist is not asked for that often, nor awaited. */
static void
no_such_name(void **state)
{
	struct resolve_reply reply = { .error = EAI_NONAME };
	int		 i;

	(void)state;
	statement("a.test", 0);
	assert_true(hosts_configure(&hosts, 1, all, now));
	for (i = 0; i < 12; i++) {
		now = hosts_deadline(&hosts);
		hosts_resolved(&hosts, question("a.test"), &reply, all, now);
		assert_int_equal(hosts_awaited(&hosts), 0);
	}
	assert_true(instant_diff(hosts_deadline(&hosts), now) == 1024);
}

/* A dead name is asked for after all others, and briefly while they wait. */
static void
a_dead_name_is_last(void **state)
{
	struct resolve_request request;
	uint32_t	 id;

	(void)state;
	statement("dead.test", 0);
	statement("a.test", 0);
	statement("b.test", 0);
	assert_true(hosts_configure(&hosts, 3, all, now));
	assert_true(hosts_question(&hosts, now, &id, &request));
	assert_string_equal(request.name, "dead.test");
	assert_int_equal(request.brief, 1);
	/* One question at a time. */
	assert_false(hosts_question(&hosts, now, &id, &request));
	assert_true(hosts_deadline(&hosts).ns == INSTANT_NEVER.ns);
	resolve(id, NULL, NULL, NULL);
	now = instant_add(now, 5);		/* it is due again */
	resolve(question("a.test"), "192.0.2.1", NULL, NULL);
	resolve(question("b.test"), "192.0.2.2", NULL, NULL);
	assert_true(hosts_question(&hosts, now, &id, &request));
	assert_string_equal(request.name, "dead.test");
	assert_int_equal(request.brief, 0);
}

/* Addresses that cannot be a server's are none. */
static void
bad_addresses(void **state)
{
	(void)state;
	statement("a.test", 0);
	assert_true(hosts_configure(&hosts, 1, all, now));
	resolve(question("a.test"), "224.0.0.1", "0.0.0.0", NULL);
	assert_int_equal(settle(), 0);
}

static void
a_silent_server_is_replaced(void **state)
{
	(void)state;
	statement("a.test", 0);
	assert_true(hosts_configure(&hosts, 1, all, now));
	resolve(question("a.test"), "192.0.2.1", NULL, NULL);
	settle();
	assert_true(instant_diff(hosts_deadline(&hosts), now) == 3600);
	all[0].was_unreachable = true;
	hosts_replace(&hosts, &all[0], now);
	now = hosts_deadline(&hosts);
	resolve(question("a.test"), "192.0.2.1", NULL, NULL);
	assert_int_equal(settle(), 0);			/* no other one */
	now = hosts_deadline(&hosts);
	resolve(question("a.test"), "192.0.2.1", "192.0.2.2", NULL);
	assert_int_equal(settle(), 1);
	assert_int_equal(asked("192.0.2.2"), 1);
	assert_int_equal(count(), 1);
	assert_true(instant_diff(hosts_deadline(&hosts), now) == 3600);
}

/* A false server is replaced if its name gives others now, a pool's always. */
static void
a_false_server_is_replaced(void **state)
{
	(void)state;
	statement("a.test", 0);
	assert_true(hosts_configure(&hosts, 1, all, now));
	resolve(question("a.test"), "192.0.2.1", NULL, NULL);
	settle();
	all[0].was_false = true;
	hosts_replace(&hosts, &all[0], now);
	assert_true(instant_diff(hosts_deadline(&hosts), now) < 10);
	now = hosts_deadline(&hosts);
	resolve(question("a.test"), "192.0.2.1", "192.0.2.2", NULL);
	assert_int_equal(settle(), 0);			/* it is still its */
	assert_true(instant_diff(hosts_deadline(&hosts), now) == 300);
	now = hosts_deadline(&hosts);
	resolve(question("a.test"), "192.0.2.3", NULL, NULL);
	assert_int_equal(settle(), 1);
	assert_int_equal(asked("192.0.2.3"), 1);
	assert_int_equal(count(), 1);
}

/* The next look-up, which is due in WITHIN s. */
static void
look_up_again(double within, const char *a, const char *b)
{
	assert_true(instant_diff(hosts_deadline(&hosts), now) == within);
	now = hosts_deadline(&hosts);
	resolve(question("a.test"), a, b, NULL);
	settle();
}

/*
 * The old address is given up when the name does not have it any more, as two
 * answers say, and the new one has proved to be a server.
 */
static void
a_name_changes(void **state)
{
	size_t		 i;

	(void)state;
	statement("a.test", 0);
	assert_true(hosts_configure(&hosts, 1, all, now));
	resolve(question("a.test"), "192.0.2.1", NULL, NULL);
	settle();
	look_up_again(3600, "192.0.2.1", NULL);
	look_up_again(3600, "192.0.2.2", NULL);
	assert_int_equal(count(), 1);
	look_up_again(300, "192.0.2.2", NULL);
	assert_int_equal(count(), 2);
	assert_int_equal(asked("192.0.2.1"), 1);
	assert_int_equal(asked("192.0.2.2"), 1);
	/* The new one is silent: the old one stays, and so it is for long. */
	all[1].was_unreachable = true;
	assert_int_equal(settle(), 0);
	all[1].was_unreachable = false;
	for (i = 0; i < MEMBERS_GOOD; i++) {
		assert_int_equal(settle(), 0);
		all[1].received++;
	}
	assert_int_equal(settle(), 1);
	assert_int_equal(count(), 1);
	assert_int_equal(asked("192.0.2.2"), 1);
}

/* When the old address is silent it goes at once. */
static void
a_name_changes_because_its_server_is_gone(void **state)
{
	(void)state;
	statement("a.test", 0);
	assert_true(hosts_configure(&hosts, 1, all, now));
	resolve(question("a.test"), "192.0.2.1", NULL, NULL);
	settle();
	all[0].was_unreachable = true;
	hosts_replace(&hosts, &all[0], now);
	look_up_again(2, "192.0.2.2", NULL);
	assert_int_equal(count(), 1);
	assert_int_equal(asked("192.0.2.2"), 1);
}

/* A name that gives others each time is no reason to change servers. */
static void
a_name_in_rotation(void **state)
{
	static const char *const addrs[] = { "192.0.2.2", "192.0.2.3",
	    "192.0.2.4", "192.0.2.5" };
	size_t		 i;

	(void)state;
	statement("a.test", 0);
	assert_true(hosts_configure(&hosts, 1, all, now));
	resolve(question("a.test"), "192.0.2.1", NULL, NULL);
	settle();
	/* Not more than one look-up in 20 minutes, either. */
	for (i = 0; i < 40; i++) {
		look_up_again(i % 2 == 0 ? 3600 : 300, addrs[i % 4], NULL);
		assert_int_equal(count(), 1);
		assert_int_equal(asked("192.0.2.1"), 1);
	}
}

/* Two addresses of one machine: one of them is asked. */
static void
a_twin(void **state)
{
	(void)state;
	statement("a.test", 3);
	assert_true(hosts_configure(&hosts, 1, all, now));
	resolve(question("a.test"), "192.0.2.1", "2001:db8::1", NULL);
	settle();
	assert_int_equal(count(), 2);
	hosts_exclude(&hosts, &all[1]);
	assert_int_equal(settle(), 1);
	assert_int_equal(count(), 1);
	look_up_again(300, "192.0.2.1", "2001:db8::1");
	assert_int_equal(count(), 1);
	look_up_again(300, "2001:db8::1", "192.0.2.9");
	assert_int_equal(asked("2001:db8::1"), 0);
	assert_int_equal(asked("192.0.2.9"), 1);
}

/* Another statement asks the address of a name, for as long as it is there. */
static void
an_address_is_taken(void **state)
{
	(void)state;
	statement("192.0.2.1", 0);
	statement("a.test", 0);
	assert_true(hosts_configure(&hosts, 2, all, now));
	settle();
	assert_false(hosts.list[1].taken);	/* it has none yet */
	resolve(question("a.test"), "192.0.2.1", NULL, NULL);
	settle();
	assert_int_equal(count(), 1);
	assert_true(hosts.list[1].taken);
	assert_false(hosts.list[0].taken);
	statement("a.test", 0);
	assert_true(hosts_configure(&hosts, 1, all, now));
	settle();
	assert_int_equal(asked("192.0.2.1"), 1);
	assert_false(hosts.list[0].taken);
	hosts_exclude(&hosts, &all[0]);		/* it is another's, by IPv6 */
	settle();
	assert_true(hosts.list[0].taken);
}

static void
how_many_are_configured(void **state)
{
	(void)state;
	statement("192.0.2.1", 0);
	statement("a.test", 0);
	statement("b.test", 3);
	assert_true(hosts_configure(&hosts, 3, all, now));
	settle();
	assert_int_equal(hosts_configured(&hosts, all), 5);
	resolve(question("a.test"), "192.0.2.2", NULL, NULL);
	resolve(question("b.test"), "192.0.2.3", "192.0.2.4", NULL);
	settle();
	assert_int_equal(hosts_configured(&hosts, all), 4);
	all[1].schedule.state = SCHEDULE_STOPPED;
	assert_int_equal(hosts_configured(&hosts, all), 3);
	all[2].schedule.state = SCHEDULE_OURS;
	assert_int_equal(hosts_configured(&hosts, all), 2);
}

static void
the_resolver_is_another_one(void **state)
{
	uint32_t	 id;

	(void)state;
	statement("a.test", 0);
	assert_true(hosts_configure(&hosts, 1, all, now));
	id = question("a.test");
	assert_true(hosts_deadline(&hosts).ns == INSTANT_NEVER.ns);
	hosts_ask_again(&hosts, now);
	assert_int_not_equal(question("a.test"), id);
	hosts_unasked(&hosts, id + 1, now);
	assert_true(hosts_deadline(&hosts).ns != INSTANT_NEVER.ns);
}

/* What did not change is kept under its new number. */
static void
a_reload(void **state)
{
	(void)state;
	statement("192.0.2.1", 0);
	statement("192.0.2.2", 0);
	statement("pool.test", 3);
	assert_true(hosts_configure(&hosts, 3, all, now));
	resolve(question("pool.test"), "192.0.2.3", "192.0.2.4", "192.0.2.5");
	settle();
	assert_int_equal(count(), 5);
	all[1].sent = 77;				/* 192.0.2.2 */
	all[2].schedule.state = SCHEDULE_STOPPED;	/* 192.0.2.3 */
	statement("pool.test", 2);
	statement("192.0.2.2", 0);
	assert_true(hosts_configure(&hosts, 2, all, now));
	settle();
	assert_int_equal(count(), 3);
	assert_int_equal(asked("192.0.2.1"), 0);
	assert_int_equal(all[1].sent, 77);
	assert_int_equal(all[1].host, 1);
	assert_int_equal(all[2].used, 0);
	/* One that denied itself is begun anew. */
	statement("192.0.2.2", 0);
	all[1].schedule.state = SCHEDULE_STOPPED;
	assert_true(hosts_configure(&hosts, 1, all, now));
	settle();
	assert_int_equal(count(), 1);
	assert_int_equal(asked("192.0.2.2"), 1);
	assert_int_equal(all[0].sent + all[1].sent, 0);
}

/* There are more addresses than associations. */
static void
all_are_used(void **state)
{
	char		 text[ADDR_STRLEN];
	size_t		 i;

	(void)state;
	for (i = 0; i < CONFIG_MAX_SERVERS; i++) {
		snprintf(text, sizeof(text), "pool%zu.test", i);
		statement(text, 16);
	}
	assert_true(hosts_configure(&hosts, CONFIG_MAX_SERVERS, all, now));
	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		all[i].used = true;
		snprintf(text, sizeof(text), "198.51.100.%zu", i);
		all[i].addr = address(text);
	}
	resolve(question("pool0.test"), "192.0.2.3", NULL, NULL);
	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		all[i].host = i / 16;
	assert_int_equal(settle(), 0);
}

/* How is the server with this address asked, by its association's statement? */
static enum auth
auth_of(const char *text)
{
	struct addr	 addr = address(text);
	size_t		 i = 0;

	while (i < MAX_ASSOCIATIONS && !(all[i].used &&
	    addr_equal(&all[i].addr, &addr)))
		i++;
	assert_true(i < MAX_ASSOCIATIONS);
	return hosts.list[all[i].host].conf.auth;
}

/* A pool has an address of a server that another statement authenticates. */
static void
authenticated_statements_have_the_address(void **state)
{
	(void)state;
	statement("pool.test", 4);
	statement("192.0.2.7", 0);
	nts_statement("nts.test");
	nts_statement("192.0.2.7");
	assert_true(hosts_configure(&hosts, 4, all, now));
	settle();
	assert_int_equal(auth_of("192.0.2.7"), AUTH_NTS);
	resolve(question("pool.test"), "192.0.2.1", "192.0.2.2", NULL);
	settle();
	assert_int_equal(auth_of("192.0.2.1"), AUTH_NONE);
	resolve(question("nts.test"), "192.0.2.1", NULL, NULL);
	settle();
	assert_int_equal(auth_of("192.0.2.1"), AUTH_NTS);
	assert_int_equal(auth_of("192.0.2.2"), AUTH_NONE);
	assert_int_equal(count(), 3);
	assert_int_equal(settle(), 0);
}

#define TEST(f)	cmocka_unit_test_setup(f, begin)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(addresses_are_asked_at_once),
		TEST(too_few_statements_arrived),
		TEST(names_are_looked_up),
		TEST(failures_are_followed_by_longer_waits),
		TEST(no_such_name),
		TEST(a_dead_name_is_last),
		TEST(bad_addresses),
		TEST(a_silent_server_is_replaced),
		TEST(a_false_server_is_replaced),
		TEST(a_name_changes),
		TEST(a_name_changes_because_its_server_is_gone),
		TEST(a_name_in_rotation),
		TEST(a_twin),
		TEST(an_address_is_taken),
		TEST(how_many_are_configured),
		TEST(the_resolver_is_another_one),
		TEST(a_reload),
		TEST(all_are_used),
		TEST(authenticated_statements_have_the_address),
	};

	return cmocka_run_group_tests_name("hosts", tests, NULL, NULL);
}
