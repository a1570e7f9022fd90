/*
 * Children that do not answer.  One child of each kind has a channel here; who
 * is held up is noted.
 */
#include <string.h>
#include <unistd.h>

#include "ntpd/parent/children.h"
#include "regress/unit/unit.h"

static struct children	 kids;
static struct channel	 there[PROCESSES];	/* the children's ends */
static int		 held_up[PROCESSES];
static struct instant	 now;

static const double	 intervals[PROCESSES] = {
#define CHILD(process, name, end, start, most, asked, given)		\
	[process] = asked,
	CHILDREN
#undef CHILD
};

/* As the parent does: one that is held up is ended. */
static void
ask_all(void)
{
	struct child	*child;

	while ((child = living_ask(&kids, now)) != NULL) {
		held_up[child->process]++;
		channel_close(&child->channel);
	}
}

static struct child *
find(enum process process)
{
	struct child	*child = kids.list;

	while (child->process != process)
		child++;
	return child;
}

static int
setup(void **arg)
{
	static const struct child_setup child_setup;
	enum process	 p;
	int		 fds[2];

	(void)arg;
	memset(&kids, 0, sizeof(kids));
	memset(held_up, 0, sizeof(held_up));
	now = instant_now();
	for (p = PARENT + 1; p < PROCESSES; p++) {
		kids.list[p].process = p;
		kids.list[p].wanted = true;
		assert_true(channel_pair(fds));
		channel_open(&kids.list[p].channel, fds[0], PARENT, p);
		channel_open(&there[p], fds[1], p, PARENT);
		channel_send(&kids.list[p].channel, MSG_CHILD_SETUP, 0, -1,
		    &child_setup);
		living_begin(&kids.list[p].living, now);
	}
	return 0;
}

static int
teardown(void **arg)
{
	enum process	 p;

	(void)arg;
	for (p = PARENT + 1; p < PROCESSES; p++) {
		channel_close(&kids.list[p].channel);
		channel_close(&there[p]);
	}
	return 0;
}

/* Have both ends of the channel of PROCESS write and read what there is. */
static void
transfer(enum process process)
{
	struct channel	*here = &find(process)->channel;
	struct pollset	 set;
	struct message	 msg;
	int		 i;

	for (i = 0; i < 5; i++) {
		pollset_clear(&set);
		channel_poll(here, &set);
		channel_poll(&there[process], &set);
		pollset_wait(&set, instant_now(), NULL);
		assert_true(channel_transfer(here, &set));
		assert_true(channel_transfer(&there[process], &set));
		while (channel_receive(&there[process], &msg))
			assert_int_equal(msg.type, MSG_CHILD_SETUP);
		while (channel_receive(here, &msg)) {
			assert_int_equal(msg.type, MSG_ALIVE);
			msg.at = now;
			(void)living_answered(&kids, &msg);
		}
	}
}

/* Go on for SECONDS; those that live have their turn after each question. */
static void
pass(double seconds, enum process silent)
{
	const struct instant end = instant_add(now, seconds);
	enum process	 p;

	while (instant_before(now, end)) {
		ask_all();
		for (p = PARENT + 1; p < PROCESSES; p++)
			if (p != silent && !held_up[p])
				transfer(p);
		now = instant_min(end, living_deadline(&kids));
	}
}

/* PROCESS says to be busy. */
static void
say_busy(enum process process)
{
	const struct message msg = { .from = &find(process)->channel,
			    .at = now };

	living_busy(&kids, &msg);
}

static int
count_held_up(void)
{
	enum process	 p;
	int		 n = 0;

	for (p = PARENT; p < PROCESSES; p++)
		n += held_up[p];
	return n;
}

/* Nobody is held up who answers, and the questions do not pile up. */
static void
all_answer(void **arg)
{
	(void)arg;
	pass(7200, PARENT);
	assert_int_equal(count_held_up(), 0);
}

/* Each that is asked is held up soon when it does not answer any more. */
static void
one_is_silent(void **arg)
{
	enum process	 p;

	for (p = PARENT + 1; p < PROCESSES; p++) {
		teardown(arg);
		setup(arg);
		pass(100, PARENT);
		pass(2 * intervals[p] - 0.1, p);
		assert_int_equal(count_held_up(), 0);
		pass(intervals[p] + 0.2, p);
		assert_int_equal(held_up[p], intervals[p] > 0);
		assert_int_equal(count_held_up(), held_up[p]);
	}
}

/* One that starts may take longer, but not for ever. */
static void
one_starts(void **arg)
{
	(void)arg;
	pass(4.9 * intervals[SERVER], SERVER);
	assert_int_equal(count_held_up(), 0);
	pass(0.2 * intervals[SERVER], SERVER);
	assert_int_equal(held_up[SERVER], 1);
}

/* The resolver in a lookup has an hour, and is not asked meanwhile. */
static void
one_is_busy(void **arg)
{
	(void)arg;
	pass(100, PARENT);
	say_busy(RESOLVER);
	pass(3500, RESOLVER);
	assert_int_equal(channel_queued(&find(RESOLVER)->channel), 0);
	assert_int_equal(count_held_up(), 0);
	transfer(RESOLVER);
	pass(3500, PARENT);
	say_busy(RESOLVER);
	pass(3700, RESOLVER);
	assert_int_equal(held_up[RESOLVER], 1);
	assert_int_equal(count_held_up(), 1);
}

/* Who talks unasked has not answered: nobody is told of it. */
static void
one_talks(void **arg)
{
	const struct message msg = { .from = &find(ENGINE)->channel,
			    .at = now };
	int		 i;

	(void)arg;
	ask_all();
	assert_true(living_answered(&kids, &msg));
	for (i = 0; i < 3; i++)
		assert_false(living_answered(&kids, &msg));
}

/* When it has looked up, it has no more time than the others. */
static void
one_was_busy(void **arg)
{
	struct message	 msg = { .from = &find(RESOLVER)->channel, .at = now };

	(void)arg;
	say_busy(RESOLVER);
	living_answered(&kids, &msg);
	pass(3 * intervals[RESOLVER] + 0.1, RESOLVER);
	assert_int_equal(held_up[RESOLVER], 1);
}

/* Nothing is held up because the machine slept, be it again and again. */
static void
the_machine_sleeps(void **arg)
{
	enum process	 p;
	int		 i;

	(void)arg;
	pass(100, PARENT);
	for (i = 0; i < 50; i++) {
		/* All are asked, and it sleeps before they can answer. */
		now = instant_add(now, ASKED_SELDOM);
		ask_all();
		now = instant_add(now, 86400);
		ask_all();
		for (p = PARENT + 1; p < PROCESSES; p++)
			transfer(p);
	}
	assert_int_equal(count_held_up(), 0);
}

/* A service manager that waits less is told sooner, before it stops waiting. */
static void
a_watchdog_waits(void **arg)
{
	(void)arg;
	kids.watchdog = 6;
	pass(100, PARENT);
	now = find(ENGINE)->living.ask;
	ask_all();
	transfer(ENGINE);		/* that is what it hears last */
	pass(4, ENGINE);
	assert_int_equal(count_held_up(), 0);
	pass(1.9, ENGINE);
	assert_int_equal(held_up[ENGINE], 1);
}

/* What is not to run is not asked. */
static void
one_is_not_wanted(void **arg)
{
	(void)arg;
	find(KE)->wanted = false;
	channel_close(&find(SERVER)->channel);
	held_up[SERVER] = 1;		/* nothing to transfer */
	pass(1000, KE);
	assert_int_equal(held_up[KE], 0);
	assert_int_equal(held_up[SERVER], 1);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(all_answer),
		TEST(one_is_silent),
		TEST(one_starts),
		TEST(one_is_busy),
		TEST(one_was_busy),
		TEST(one_talks),
		TEST(the_machine_sleeps),
		TEST(a_watchdog_waits),
		TEST(one_is_not_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
