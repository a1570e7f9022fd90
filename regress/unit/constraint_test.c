/*
 * Constraints: when each is asked, what a round makes of its addresses, and
 * what all answers say together.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/clock/constraint.h"
#include "regress/unit/unit.h"

#define NOW		1800000000	/* s since 1970, when OSC is 0 */

static struct constraints cs;
static struct config	 conf;
static double		 osc;		/* s */

static struct instant
now(void)
{
	return instant_add((struct instant){ 1000000000000 }, osc);
}

static struct addr
address(const char *text)
{
	struct addr	 addr;

	assert_true(addr_parse(&addr, text, HTTPS_PORT));
	return addr;
}

/* Another statement; ADDRESS NULL: none. */
static struct config_constraint *
add(const char *name, const char *addr)
{
	struct config_constraint *c = &conf.constraints[conf.nconstraints++];

	snprintf(c->name, sizeof(c->name), "%s", name);
	snprintf(c->path, sizeof(c->path), "/");
	if (addr != NULL)
		c->addrs[c->naddrs++] = address(addr);
	return c;
}

static void
begin(void)
{
	constraints_configure(&cs, &conf, now());
}

static int
setup(void **arg)
{
	(void)arg;
	memset(&cs, 0, sizeof(cs));
	memset(&conf, 0, sizeof(conf));
	osc = 0;
	return capture_begin(NULL);
}

/* The next question is for NAME: answer it with N addresses. */
static void
resolve(const char *name, const char *const addrs[], uint32_t n)
{
	struct resolve_request request;
	struct resolve_reply reply = { .count = n, .error = n == 0 };
	uint32_t	 serial, i;

	assert_true(constraints_question(&cs, now(), &serial, &request));
	assert_string_equal(request.name, name);
	for (i = 0; i < n; i++) {
		reply.addrs[i] = address(addrs[i]);
		reply.addrs[i].port = 0;
	}
	/* An answer to something else is none. */
	constraints_resolved(&cs, serial + 1, &reply, now());
	assert_false(constraints_task(&cs, now(), &serial, &(struct tls_task){
	    .seconds = 0 }));
	constraints_resolved(&cs, serial, &reply, now());
}

static bool
asks_nothing(void)
{
	struct resolve_request request;
	struct tls_task	 task;
	uint32_t	 serial;

	return !constraints_question(&cs, now(), &serial, &request) &&
	    !constraints_task(&cs, now(), &serial, &task);
}

/* The next exchange is with ADDRESS. */
static uint32_t
asked(const char *addr)
{
	const struct addr wanted = address(addr);
	struct resolve_request request;
	struct tls_task	 task;
	uint32_t	 serial;

	assert_false(constraints_question(&cs, now(), &serial, &request));
	assert_true(constraints_task(&cs, now(), &serial, &task));
	assert_true(addr_equal(&task.addr, &wanted));
	assert_true(task.seconds == CONSTRAINT_SECONDS);
	return serial;
}

/* It is, and its date is off BY s; NAN: it fails. */
static void
says(const char *addr, double by)
{
	const struct tls_date good = {
		.unix_time = NOW + (int64_t)(osc + (isnan(by) ? 0 : by))
	};
	const struct tls_date bad = { .why = "it does not like us" };

	constraints_take(&cs, asked(addr), isnan(by) ? &bad : &good, osc,
	    now());
}

static enum control_constraints
state(void)
{
	double		 time, within;

	return constraints_state(&cs, osc, &time, &within);
}

/* They are known, and off BY s at most WITHIN s. */
static void
assert_known(double by, double within)
{
	double		 time, most;

	assert_int_equal(constraints_state(&cs, osc, &time, &most),
	    CONSTRAINTS_KNOWN);
	assert_near(time - NOW - osc, by + 0.5, 0.51);
	assert_near(most, within, 0.01);
}

static void
none(void **arg)
{
	(void)arg;
	begin();
	assert_int_equal(state(), CONSTRAINTS_NONE);
	assert_true(asks_nothing());
	assert_true(constraints_deadline(&cs).ns == INSTANT_NEVER.ns);
}

/* By its name, then by what was configured, until one answers. */
static void
one_after_the_other(void **arg)
{
	static const char *const addrs[] = { "192.0.2.1", "2001:db8::1",
	    "192.0.2.3" };

	(void)arg;
	add("a.example", "192.0.2.3");
	begin();
	assert_int_equal(state(), CONSTRAINTS_ASKING);
	resolve("a.example", addrs, 3);
	says("192.0.2.1", NAN);
	assert_int_equal(state(), CONSTRAINTS_ASKING);
	says("2001:db8::1", 10);
	assert_known(10, CONSTRAINT_MARGIN);
	assert_true(asks_nothing());
	assert_int_equal(capture_count("\n"), 0);
	assert_near(instant_diff(constraints_deadline(&cs), now()),
	    CONSTRAINT_INTERVAL, CONSTRAINT_INTERVAL / 10 + 1);
	osc = CONSTRAINT_INTERVAL * 1.1 + 1;
	assert_known(10, CONSTRAINT_MARGIN + CONSTRAINT_DRIFT * osc);
	resolve("a.example", addrs, 0);
	says("192.0.2.3", -10);
	assert_known(-10, CONSTRAINT_MARGIN);
}

/* Of a constraints statement all that answer count. */
static void
each_address(void **arg)
{
	static const char *const addrs[] = { "192.0.2.1", "192.0.2.2",
	    "192.0.2.3", "192.0.2.4" };

	(void)arg;
	add("a.example", NULL)->each = true;
	begin();
	resolve("a.example", addrs, 4);
	says("192.0.2.1", 100);
	says("192.0.2.2", NAN);
	says("192.0.2.3", 1);
	says("192.0.2.4", 2);
	assert_known(2, CONSTRAINT_MARGIN);
	assert_true(asks_nothing());
}

/* No address, or none that answers: sooner at first, then less often. */
static void
failing(void **arg)
{
	double		 wait, wanted = CONSTRAINT_RETRY_FIRST;
	int		 i;

	(void)arg;
	add("192.0.2.1", "192.0.2.1");
	begin();
	for (i = 0; i < 12; i++) {
		says("192.0.2.1", NAN);
		assert_int_equal(state(), CONSTRAINTS_FAILED);
		wait = instant_diff(constraints_deadline(&cs), now());
		assert_near(wait, wanted, wanted / 10);
		assert_true(asks_nothing());
		osc += wait + 0.001;
		wanted = fmin(2 * wanted, CONSTRAINT_RETRY_MOST);
	}
	/* The same is said once. */
	assert_int_equal(capture_count("constraint 192.0.2.1: 192.0.2.1: it "
	    "does not like us, trying again in 4 s\n"), 1);
	assert_int_equal(capture_count("\n"), 1);
	says("192.0.2.1", 0);
	assert_known(0, CONSTRAINT_MARGIN);
	/* A process that ends without a word. */
	osc += CONSTRAINT_INTERVAL * 1.1 + 1;
	constraints_take(&cs, asked("192.0.2.1"), NULL, osc, now());
	assert_int_equal(capture_count("its process has ended without"), 1);
	assert_int_equal(state(), CONSTRAINTS_KNOWN);
}

static void
unresolved(void **arg)
{
	(void)arg;
	add("a.example", NULL);
	begin();
	resolve("a.example", NULL, 0);
	assert_int_equal(state(), CONSTRAINTS_FAILED);
	assert_int_equal(capture_count("constraint a.example: its name cannot "
	    "be resolved, trying again in 4 s\n"), 1);
	/* A question that gets lost does not hold it up for ever. */
	osc += 5;
	assert_true(constraints_question(&cs, now(), &(uint32_t){ 0 },
	    &(struct resolve_request){ .brief = 0 }));
	osc = instant_diff(constraints_deadline(&cs),
	    (struct instant){ 1000000000000 }) + 0.001;
	assert_true(osc < 100);
	assert_true(asks_nothing());
	assert_int_equal(cs.list[0].state, CONSTRAINT_WAITS);
}

/* What is no address of a server is not asked. */
static void
hostile_addresses(void **arg)
{
	struct resolve_reply reply = { .count = UINT32_MAX };
	struct resolve_request request;
	struct tls_task	 task;
	uint32_t	 serial;

	(void)arg;
	add("a.example", NULL);
	begin();
	assert_true(constraints_question(&cs, now(), &serial, &request));
	reply.addrs[0].family = 99;
	reply.addrs[1] = address("224.0.0.1");
	reply.addrs[2] = address("0.0.0.0");
	reply.addrs[3] = address("192.0.2.9");
	constraints_resolved(&cs, serial, &reply, now());
	assert_true(constraints_task(&cs, now(), &serial, &task));
	assert_memory_equal(task.addr.bytes, address("192.0.2.9").bytes, 4);
	assert_int_equal(task.addr.port, HTTPS_PORT);
}

/* Dates and texts that no honest process sends. */
static void
hostile_dates(void **arg)
{
	static const int64_t bad[] = { 0, -1, INT64_MIN, INT64_MAX, 1000000000,
	    7258118401 };
	struct tls_date	 date;
	size_t		 i;

	(void)arg;
	add("192.0.2.1", "192.0.2.1");
	begin();
	for (i = 0; i < COUNT(bad); i++) {
		memset(&date, i & 1 ? 'x' : 0, sizeof(date));
		date.unix_time = bad[i];
		constraints_take(&cs, asked("192.0.2.1"), &date, osc, now());
		assert_int_equal(state(), CONSTRAINTS_FAILED);
		osc += CONSTRAINT_RETRY_MOST * 2;
	}
	/* A result of another exchange. */
	memset(&date, 0, sizeof(date));
	date.unix_time = NOW;
	constraints_take(&cs, asked("192.0.2.1") + 1, &date, osc, now());
	assert_int_equal(state(), CONSTRAINTS_FAILED);
}

/* Half of them are waited for, the fastest may be a liar. */
static void
early(void **arg)
{
	(void)arg;
	add("192.0.2.1", "192.0.2.1");
	add("192.0.2.2", "192.0.2.2");
	add("192.0.2.3", "192.0.2.3");
	begin();
	says("192.0.2.1", 1000);
	assert_int_equal(state(), CONSTRAINTS_ASKING);
	says("192.0.2.2", 0);
	assert_int_equal(state(), CONSTRAINTS_SPLIT);
	says("192.0.2.3", 2);
	assert_known(2, CONSTRAINT_MARGIN);
}

/* But not for ever. */
static void
most_fail(void **arg)
{
	(void)arg;
	add("192.0.2.1", "192.0.2.1");
	add("192.0.2.2", "192.0.2.2");
	add("192.0.2.3", "192.0.2.3");
	begin();
	says("192.0.2.1", 3);
	says("192.0.2.2", NAN);
	assert_int_equal(state(), CONSTRAINTS_ASKING);
	says("192.0.2.3", NAN);
	assert_known(3, CONSTRAINT_MARGIN);
}

/* More than half must be where the median is. */
static const struct {
	double		 by[5];
	enum control_constraints state;
	double		 median;
} votes[] = {
	{ { 0, 0, 0, 0, 0 },		CONSTRAINTS_KNOWN, 0 },
	{ { 0, 0, 0, 9999, -9999 },	CONSTRAINTS_KNOWN, 0 },
	{ { 0, 100, 9999, 9999, -9999 },	CONSTRAINTS_SPLIT, 0 },
	{ { 0, 50, 110, 9999, 9999 },	CONSTRAINTS_KNOWN, 110 },
	{ { -9999, -500, 0, 500, 9999 },	CONSTRAINTS_SPLIT, 0 },
	{ { 9999, 9999, 9999, 0, 0 },	CONSTRAINTS_KNOWN, 9999 },
	{ { 0, 1, NAN, NAN, NAN },	CONSTRAINTS_KNOWN, 0.5 },
	{ { 0, 500, NAN, NAN, NAN },	CONSTRAINTS_SPLIT, 0 },
	{ { 0, 0, 500, NAN, NAN },	CONSTRAINTS_KNOWN, 0 },
	{ { 0, 0, 500, 500, NAN },	CONSTRAINTS_SPLIT, 0 },
	{ { NAN, NAN, NAN, NAN, NAN },	CONSTRAINTS_FAILED, 0 },
};

static void
majorities(void **arg)
{
	char		 addr[16];
	size_t		 i, k;

	for (i = 0; i < COUNT(votes); i++) {
		memset(&cs, 0, sizeof(cs));
		memset(&conf, 0, sizeof(conf));
		for (k = 0; k < 5; k++) {
			snprintf(addr, sizeof(addr), "192.0.2.%zu", k + 1);
			add(addr, addr);
		}
		begin();
		for (k = 0; k < 5; k++) {
			snprintf(addr, sizeof(addr), "192.0.2.%zu", k + 1);
			says(addr, votes[i].by[k]);
		}
		if (state() != votes[i].state)
			fail_msg("%zu: %d", i, (int)state());
		if (state() == CONSTRAINTS_KNOWN)
			assert_known(votes[i].median, CONSTRAINT_MARGIN);
	}
	(void)arg;
}

/* It was NOW when this machine last knew: one alone does not lead back. */
static void
past(void **arg)
{
	(void)arg;
	add("192.0.2.1", "192.0.2.1");
	add("192.0.2.2", "192.0.2.2");
	begin();
	constraints_raise(&cs, NOW);
	constraints_raise(&cs, NOW - 1000000);
	says("192.0.2.1", -119);
	says("192.0.2.2", NAN);
	assert_known(-119, CONSTRAINT_MARGIN);
	constraints_raise(&cs, NOW + 1000);
	assert_int_equal(state(), CONSTRAINTS_PAST);
	osc += 2 * CONSTRAINT_RETRY_FIRST;
	says("192.0.2.2", -100);
	assert_known(-110, CONSTRAINT_MARGIN);
}

/* Two addresses of one name are one voice in that. */
static void
past_of_one_name(void **arg)
{
	static const char *const addrs[] = { "192.0.2.1", "192.0.2.2" };

	(void)arg;
	add("a.example", NULL)->each = true;
	begin();
	constraints_raise(&cs, NOW + 1000);
	resolve("a.example", addrs, 2);
	says("192.0.2.1", 0);
	says("192.0.2.2", 0);
	assert_int_equal(state(), CONSTRAINTS_PAST);
}

/* An answer is dropped after a day, if there is another. */
static void
age(void **arg)
{
	(void)arg;
	add("192.0.2.1", "192.0.2.1");
	add("192.0.2.2", "192.0.2.2");
	begin();
	says("192.0.2.1", 0);
	says("192.0.2.2", 0);
	osc = 0.9 * CONSTRAINT_LASTS;
	says("192.0.2.1", 100);
	says("192.0.2.2", NAN);
	assert_known(50, CONSTRAINT_MARGIN + CONSTRAINT_DRIFT * osc);
	osc = 2 * CONSTRAINT_LASTS;
	says("192.0.2.1", 200);
	says("192.0.2.2", NAN);
	assert_known(200, CONSTRAINT_MARGIN);
	/* The last one counts for ever, less exactly. */
	osc += 10 * CONSTRAINT_LASTS;
	assert_known(200, CONSTRAINT_MARGIN +
	    CONSTRAINT_DRIFT * 10 * CONSTRAINT_LASTS);
}

/* No slot is free: again in a second.  In a hurry: not too often. */
static void
postponed_and_hurried(void **arg)
{
	uint32_t	 serial;

	(void)arg;
	add("192.0.2.1", "192.0.2.1");
	begin();
	serial = asked("192.0.2.1");
	constraints_postpone(&cs, serial, now());
	assert_true(asks_nothing());
	osc += 1;
	says("192.0.2.1", 0);
	constraints_hurry(&cs, CONSTRAINT_NETWORK, now());
	assert_true(asks_nothing());
	osc += CONSTRAINT_NETWORK;
	constraints_hurry(&cs, CONSTRAINT_DOUBTED, now());
	assert_true(instant_diff(constraints_deadline(&cs), now()) < 300);
	constraints_hurry(&cs, CONSTRAINT_NETWORK, now());
	says("192.0.2.1", 5);
	assert_known(5, CONSTRAINT_MARGIN);
}

/* A reload keeps what is known of those that stay. */
static void
reload(void **arg)
{
	(void)arg;
	add("192.0.2.1", "192.0.2.1");
	add("192.0.2.2", "192.0.2.2");
	begin();
	says("192.0.2.1", 7);
	(void)asked("192.0.2.2");
	memset(&conf, 0, sizeof(conf));
	add("192.0.2.3", "192.0.2.3");
	add("192.0.2.1", "192.0.2.1");
	begin();
	assert_int_equal(cs.list[0].answers[0].known, false);
	assert_int_equal(cs.list[1].answers[0].known, true);
	says("192.0.2.3", NAN);
	assert_known(7, CONSTRAINT_MARGIN);
}

int
main(void)
{
#define TEST(f)		cmocka_unit_test_setup_teardown(f, setup, capture_end)
	static const struct CMUnitTest tests[] = {
		TEST(none), TEST(one_after_the_other), TEST(each_address),
		TEST(failing), TEST(unresolved), TEST(hostile_addresses),
		TEST(hostile_dates), TEST(early), TEST(most_fail),
		TEST(majorities), TEST(past),
		TEST(past_of_one_name), TEST(age), TEST(postponed_and_hurried),
		TEST(reload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
