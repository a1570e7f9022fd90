/*
 * Replacing children.  The launcher and all it would start are played here:
 * it keeps its end of each channel that it is asked to start a child on.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/child.h"
#include "ntpd/parent/children.h"
#include "regress/unit/unit.h"

static struct children	 kids;
static struct channel	 launcher;	/* its end */
static int		 ends[PROCESSES];	/* the children's; -1: none */
static int		 launches[PROCESSES], kills[PROCESSES];
static int		 control_fd;	/* what control is given */

pid_t
spawn(enum process process, unsigned instance, int fd, int log)
{
	(void)instance;
	close(log);
	if (process == LAUNCHER) {
		channel_open(&launcher, fd, LAUNCHER, PARENT);
	} else {
		assert_int_equal(process, OPENER);
		ends[OPENER] = fd;
	}
	return 1;
}

/* One turn of the parent's loop, and the launcher's. */
static void
turn(struct instant now)
{
	const struct child_name *name;
	struct pollset	 set;
	struct message	 msg;
	int		 i;

	pollset_clear(&set);
	children_poll(&kids, &set);
	channel_poll(&launcher, &set);
	pollset_wait(&set, instant_now(), NULL);
	children_transfer(&kids, &set);
	for (i = 0; i < CHILDREN_MOST; i++)
		while (channel_receive(&kids.list[i].channel, &msg))
			;
	while (children_restart(&kids, now) != NULL)
		;
	children_check(&kids, now);
	assert_true(channel_transfer(&launcher, &set));
	while (channel_receive(&launcher, &msg)) {
		name = msg.data;
		if (msg.type == MSG_KILL)
			kills[name->process]++;
		if (msg.type != MSG_LAUNCH)
			continue;
		assert_true(process_is_child(name->process, name->instance));
		if (ends[name->process] != -1)
			close(ends[name->process]);
		ends[name->process] = message_take_fd(&msg);
		launches[name->process]++;
	}
}

static void
turns(struct instant now)
{
	int		 i;

	for (i = 0; i < 24; i++)	/* a descriptor in each */
		turn(now);
}

static int
setup(void **arg)
{
	static const struct child_setup child_setup;
	int		 i;

	(void)arg;
	for (i = 0; i < PROCESSES; i++)
		ends[i] = -1;
	memset(launches, 0, sizeof(launches));
	memset(kills, 0, sizeof(kills));
	control_fd = dup(STDIN_FILENO);
	children_init(&kids, &child_setup, control_fd);
	children_start(&kids);
	children_open(&kids);
	children_set(&kids, SERVER, 1);
	turns(instant_now());
	return 0;
}

static int
teardown(void **arg)
{
	int		 i;

	(void)arg;
	children_stop(&kids);
	channel_close(&launcher);
	close(control_fd);
	for (i = 0; i < PROCESSES; i++)
		if (ends[i] != -1)
			close(ends[i]);
	return 0;
}

static void
all_are_started(void **arg)
{
	(void)arg;
	assert_int_equal(launches[ENGINE], 1);
	assert_int_equal(launches[RESOLVER], 1);
	assert_int_equal(launches[SERVER], 1);
	assert_false(kids.fatal);
	assert_true(children_deadline(&kids).ns == INSTANT_NEVER.ns);
}

/* NAME is replaced a second later, and each time it takes longer. */
static void
assert_replaced(enum process process)
{
	struct instant	 due, now = instant_now();

	turns(now);
	/* How it ended is waited for, but not for long. */
	turns(children_deadline(&kids));
	due = children_deadline(&kids);
	assert_true(due.ns != INSTANT_NEVER.ns);
	assert_true(instant_diff(due, now) > 0.5);
	turns(instant_add(due, -0.1));
	assert_int_equal(launches[process], 1);
	turns(due);
	assert_int_equal(launches[process], 2);
	assert_false(kids.fatal);
	assert_true(children_deadline(&kids).ns == INSTANT_NEVER.ns);
}

/* It has ended, and there may be another one. */
static void
assert_not_replaced(enum process process)
{
	turns(instant_now());
	assert_true(children_deadline(&kids).ns == INSTANT_NEVER.ns);
	assert_int_equal(launches[process], 1);
	assert_non_null(children_add(&kids, process));
	turns(instant_now());
	assert_int_equal(launches[process], 2);
	assert_false(kids.fatal);
}

static void
hang_up(enum process process)
{
	close(ends[process]);
	ends[process] = -1;
}

static const struct {
	enum process	 process;
	enum child_end	 end;
	unsigned	 start;
} table[] = {
#define CHILD(process, name, end, start, ...)	{ process, end, start },
	CHILDREN
#undef CHILD
};

/* Each does what the table says when it ends. */
static void
one_ends(void **arg)
{
	size_t		 i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].process == LAUNCHER)
			continue;
		assert_int_equal(launches[table[i].process], table[i].start +
		    (table[i].process == SERVER));
		if (table[i].process != OPENER)
			children_set(&kids, table[i].process, 1);
		turns(instant_now());
		hang_up(table[i].process);
		if (table[i].end == ENDS_ITSELF) {
			assert_not_replaced(table[i].process);
			continue;
		}
		if (table[i].end != ENDS_ALL) {
			assert_replaced(table[i].process);
			continue;
		}
		turns(instant_now());
		assert_true(kids.fatal);
		assert_int_equal(kids.lost, table[i].process);
		teardown(arg);
		setup(arg);
	}
}

/* How long PROCESS is missed that ends for the N-th time in a row. */
static double
missed(enum process process, int n)
{
	struct instant	 now = instant_now(), due = now;
	int		 i;

	for (i = 0; i < n; i++) {
		now = due;
		hang_up(process);
		turns(now);
		turns(children_deadline(&kids));	/* said that it is */
		due = children_deadline(&kids);
		turns(due);
	}
	return instant_diff(due, now);
}

/* Who ends again and again is waited for longer, but not for control. */
static void
again_and_again(void **arg)
{
	(void)arg;
	assert_true(missed(BINDER, 4) > 7);
	assert_int_equal(launches[BINDER], 5);
	assert_true(missed(CONTROL, 4) < 2);
	assert_int_equal(launches[CONTROL], 5);
	/* Whoever can end it with a packet is not to have it ended for long. */
	children_set(&kids, SERVER, 1);
	turns(instant_now());
	assert_true(missed(SERVER, 4) < 2);
}

/* One that is held up is ended by the launcher, then replaced. */
static void
one_is_of_no_use(void **arg)
{
	(void)arg;
	children_kill(&kids, kids.control);
	assert_false(kids.control->channel.open);
	turns(instant_now());
	assert_int_equal(kills[CONTROL], 1);
	assert_int_equal(launches[CONTROL], 1);
	assert_replaced(CONTROL);
	assert_int_equal(kills[CONTROL], 1);
	assert_int_equal(kills[RESOLVER], 0);
}

/* What is not wanted any more is not started again. */
static void
a_superfluous_one_ends(void **arg)
{
	(void)arg;
	hang_up(SERVER);
	turns(instant_now());
	assert_true(children_deadline(&kids).ns != INSTANT_NEVER.ns);
	children_set(&kids, SERVER, 0);
	assert_true(children_deadline(&kids).ns == INSTANT_NEVER.ns);
	turns(instant_add(instant_now(), 3600));
	assert_int_equal(launches[SERVER], 1);
	assert_int_equal(kids.nservers, 0);
}

/* The engine is told whose channel it gets. */
static void
the_engine_gets_channels(void **arg)
{
	const struct child_name *name;
	unsigned	 got[PROCESSES] = { 0 };
	struct channel	 engine;
	struct pollset	 set;
	struct message	 msg;
	int		 i;

	(void)arg;
	channel_open(&engine, dup(ends[ENGINE]), ENGINE, PARENT);
	for (i = 0; i < 8; i++) {
		pollset_clear(&set);
		channel_poll(&engine, &set);
		pollset_wait(&set, instant_now(), NULL);
		assert_true(channel_transfer(&engine, &set));
		while (channel_receive(&engine, &msg)) {
			if (msg.type != MSG_ENGINE_CHANNEL)
				continue;
			name = msg.data;
			assert_true(name->process < PROCESSES);
			got[name->process] += name->instance == 0;
			assert_int_not_equal(msg.from->fd, -1);
		}
	}
	assert_int_equal(got[RESOLVER], 1);
	assert_int_equal(got[SERVER], 1);
	channel_close(&engine);
}

/* It lives, but its channel was closed for what it sent. */
static void
resolver_sends_a_broken_frame(void **arg)
{
	struct imsg_header hdr = { .type = 1, .len = UINT32_MAX };

	(void)arg;
	assert_int_equal(send(ends[RESOLVER], &hdr, sizeof(hdr), 0),
	    sizeof(hdr));
	assert_replaced(RESOLVER);
}

/* The engine goes with it, but is not the cause. */
static void
launcher_ends(void **arg)
{
	struct pollset	 set;

	(void)arg;
	hang_up(ENGINE);
	channel_close(&launcher);
	pollset_clear(&set);
	children_poll(&kids, &set);
	pollset_wait(&set, instant_now(), NULL);
	children_transfer(&kids, &set);
	children_check(&kids, instant_now());
	assert_true(kids.fatal);
	assert_int_equal(kids.lost, LAUNCHER);
}

static void
engine_sends_a_broken_frame(void **arg)
{
	struct imsg_header hdr = { .type = 1, .len = UINT32_MAX };

	(void)arg;
	assert_int_equal(send(ends[ENGINE], &hdr, sizeof(hdr), 0),
	    sizeof(hdr));
	turns(instant_now());
	assert_true(kids.fatal);
}

/* The launcher's word on the engine's end is waited for, but not for long. */
static void
engines_end_is_reported(void **arg)
{
	struct child_ended ended = { .name = { .process = ENGINE }, .pid = 1 };
	struct instant	 start = instant_now();
	struct pollset	 none;

	(void)arg;
	children_await_report(&kids);
	assert_false(kids.engine_reported);
	assert_true(instant_diff(instant_now(), start) < 5);
	assert_true(channel_send(&launcher, MSG_CHILD_ENDED, 0, -1, &ended));
	pollset_clear(&none);
	assert_true(channel_transfer(&launcher, &none));
	children_await_report(&kids);
	assert_true(kids.engine_reported);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

/* Strangers may be the cause of ends: the log stays short. */
static void
many_ends_are_few_lines(void **arg)
{
	struct child_ended ended = { .name = { .process = KE }, .status = 9 };
	struct instant	 now = instant_now();
	int		 i;

	(void)arg;
	assert_int_equal(capture_begin(NULL), 0);
	children_set(&kids, KE, 1);
	turns(now);
	for (i = 0; i < 60; i++) {
		hang_up(KE);
		children_log_end(&kids, &ended);
		turns(now);
		now = instant_add(now, 1);
		turns(now);
	}
	assert_int_equal(launches[KE], 61);
	assert_in_range(capture_count("was killed"), 5, 20);
	assert_in_range(capture_count("starting another"), 5, 20);
	capture_end(NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(all_are_started),
		TEST(one_ends),
		TEST(again_and_again),
		TEST(one_is_of_no_use),
		TEST(a_superfluous_one_ends),
		TEST(the_engine_gets_channels),
		TEST(resolver_sends_a_broken_frame),
		TEST(launcher_ends),
		TEST(engine_sends_a_broken_frame),
		TEST(engines_end_is_reported),
		TEST(many_ends_are_few_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
