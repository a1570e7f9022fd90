/*
 * Instants at the ends of their range, and waiting: never too short, ended by
 * descriptors, deadlines and signals.
 */
#include <math.h>
#include <signal.h>
#include <unistd.h>

#include "common/ns.h"
#include "common/pollset.h"
#include "regress/unit/unit.h"

#define S		NS_PER_S

static struct instant
at(int64_t ns)
{
	return (struct instant){ ns };
}

static const struct {
	const char	*name;
	int64_t		 from;
	double		 s;
	int64_t		 to;
} additions[] = {
	{ "nothing",			5 * S,	0,	5 * S },
	{ "a second",			5 * S,	1,	6 * S },
	{ "a tenth, to nearest",	0,	0.1,	S / 10 },
	{ "back",			5 * S,	-7,	-2 * S },
	{ "less than half a ns",	5,	0.4e-9,	5 },
	{ "more than half a ns",	5,	0.6e-9,	6 },
	{ "95 years",			0,	3e9,	3000000000 * S },
	{ "a thousand years",		0,	3.2e10,	INT64_MAX },
	{ "infinitely far",		0,	INFINITY, INT64_MAX },
	{ "not a number",		0,	NAN,	INT64_MAX },
	{ "too far from late",		INT64_MAX - S, 2, INT64_MAX },
	{ "never stays",		INT64_MAX, -5,	INT64_MAX },
	{ "too far back",		INT64_MIN + S, -2, INT64_MIN },
	{ "infinitely far back",	-S,	-INFINITY,
	    -9200000000 * S - S },
};

static void
test_add(void **arg)
{
	struct instant	 sum;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(additions); i++) {
		sum = instant_add(at(additions[i].from), additions[i].s);
		if (sum.ns != additions[i].to)
			fail_msg("%s: %jd", additions[i].name,
			    (intmax_t)sum.ns);
	}
}

static void
test_diff(void **arg)
{
	(void)arg;
	assert_true(instant_diff(at(5 * S), at(3 * S)) == 2);
	assert_true(instant_diff(at(3 * S), at(5 * S)) == -2);
	assert_true(instant_diff(at(1), at(0)) == 1e-9);
	/* Exact after years of uptime. */
	assert_true(instant_diff(at((1LL << 61) + 1), at(1LL << 61)) == 1e-9);
	assert_true(instant_diff(INSTANT_NEVER, INSTANT_NEVER) == 0);
	assert_true(instant_diff(INSTANT_NEVER, at(-S)) > 9e9);
	assert_true(instant_diff(at(-S), INSTANT_NEVER) < -9e9);
	assert_true(instant_diff(at(INT64_MIN), INSTANT_NEVER) < -9e9);
}

static void
test_order(void **arg)
{
	(void)arg;
	assert_true(instant_before(at(1), at(2)));
	assert_false(instant_before(at(2), at(2)));
	assert_false(instant_before(at(3), at(2)));
	assert_true(instant_before(at(3), INSTANT_NEVER));
	assert_true(instant_min(at(1), at(2)).ns == 1);
	assert_true(instant_min(at(2), at(1)).ns == 1);
	assert_true(instant_min(INSTANT_NEVER, at(1)).ns == 1);
}

static void
test_now(void **arg)
{
	struct instant	 a = instant_now(), b = instant_now();

	(void)arg;
	assert_true(a.ns > 0);
	assert_false(instant_before(b, a));
}

static void
test_slots(void **arg)
{
	static struct pollset	 set;
	int			 i;

	(void)arg;
	pollset_clear(&set);
	assert_int_equal(pollset_add(&set, -1, POLLIN), -1);
	for (i = 0; i < POLLSET_MAX; i++)
		assert_int_equal(pollset_add(&set, i, POLLIN), i);
	assert_int_equal(pollset_add(&set, 1, POLLIN), -1);
	assert_int_equal(set.n, POLLSET_MAX);
	pollset_clear(&set);
	assert_int_equal(set.n, 0);
	assert_int_equal(pollset_add(&set, 0, POLLIN), 0);
}

static const struct {
	const char	*name;
	short		 revents, events;
	bool		 ready;
} readiness[] = {
	{ "nothing happened",		0,		POLLIN,	false },
	{ "what was asked for",		POLLIN,		POLLIN,	true },
	{ "one of two",			POLLOUT, POLLIN | POLLOUT, true },
	{ "something else",		POLLOUT,	POLLIN,	false },
	{ "an error",			POLLERR,	POLLIN,	true },
	{ "a hang-up",			POLLHUP,	POLLOUT, true },
	{ "a closed descriptor",	POLLNVAL,	POLLIN,	true },
};

static void
test_ready(void **arg)
{
	static struct pollset	 set;
	size_t			 i;

	(void)arg;
	pollset_clear(&set);
	assert_int_equal(pollset_add(&set, 0, POLLIN), 0);
	assert_false(pollset_ready(&set, 0, POLLIN));
	for (i = 0; i < COUNT(readiness); i++) {
		set.fds[0].revents = readiness[i].revents;
		if (pollset_ready(&set, 0, readiness[i].events) !=
		    readiness[i].ready)
			fail_msg("%s", readiness[i].name);
	}
	set.fds[0].revents = set.fds[1].revents = POLLIN;
	assert_false(pollset_ready(&set, -1, POLLIN));
	assert_false(pollset_ready(&set, 1, POLLIN));
	assert_false(pollset_ready(&set, POLLSET_MAX, POLLIN));
}

static void
test_wait_for_descriptors(void **arg)
{
	static struct pollset	 set;
	int			 a[2], b[2], slot_a, slot_b;

	(void)arg;
	assert_int_equal(pipe(a), 0);
	assert_int_equal(pipe(b), 0);
	assert_int_equal(write(b[1], "x", 1), 1);
	pollset_clear(&set);
	slot_a = pollset_add(&set, a[0], POLLIN);
	slot_b = pollset_add(&set, b[0], POLLIN);
	assert_int_equal(pollset_wait(&set, INSTANT_NEVER, NULL), 1);
	assert_false(pollset_ready(&set, slot_a, POLLIN));
	assert_true(pollset_ready(&set, slot_b, POLLIN));
	close(a[1]);
	assert_int_equal(pollset_wait(&set, INSTANT_NEVER, NULL), 2);
	assert_true(pollset_ready(&set, slot_a, POLLIN));
	close(a[0]);
	close(b[0]);
	close(b[1]);
}

/* A loop that is woken too early would turn again and again. */
static void
test_wait_until_deadline(void **arg)
{
	static const double	 waits[] = { 0.0000003, 0.0004, 0.0015, 0.02 };
	static struct pollset	 set;
	struct instant		 deadline;
	size_t			 i;

	(void)arg;
	for (i = 0; i < COUNT(waits); i++) {
		pollset_clear(&set);
		deadline = instant_add(instant_now(), waits[i]);
		assert_int_equal(pollset_wait(&set, deadline, NULL), 0);
		assert_false(instant_before(instant_now(), deadline));
	}
}

static void
test_deadline_passed(void **arg)
{
	static struct pollset	 set;
	struct instant		 start = instant_now();

	(void)arg;
	pollset_clear(&set);
	assert_int_equal(pollset_wait(&set, at(0), NULL), 0);
	assert_int_equal(pollset_wait(&set, at(INT64_MIN), NULL), 0);
	assert_int_equal(pollset_wait(&set, instant_add(start, -5), NULL), 0);
	assert_true(instant_diff(instant_now(), start) < 1);
}

static volatile sig_atomic_t	 signals;

static void
on_signal(int number)
{
	(void)number;
	signals++;
}

/* A signal that is blocked in between ends the next wait: none is lost. */
static void
test_signal(void **arg)
{
	static struct pollset	 set;
	struct sigaction	 sa = { .sa_handler = on_signal }, old_sa;
	sigset_t		 blocked, old;
	int			 fds[2];

	(void)arg;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	assert_int_equal(sigprocmask(SIG_BLOCK, &blocked, &old), 0);
	assert_int_equal(sigaction(SIGUSR1, &sa, &old_sa), 0);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(raise(SIGUSR1), 0);
	pollset_clear(&set);
	pollset_add(&set, fds[0], POLLIN);
	set.fds[0].revents = POLLIN;		/* of the turn before */
	assert_int_equal(signals, 0);
	assert_int_equal(pollset_wait(&set, instant_add(instant_now(), 10),
	    &old), 0);
	assert_int_equal(signals, 1);
	assert_false(pollset_ready(&set, 0, POLLIN));
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(sigaction(SIGUSR1, &old_sa, NULL), 0);
	assert_int_equal(sigprocmask(SIG_SETMASK, &old, NULL), 0);
}

/* Also if a descriptor is always ready, and all other signals stay out. */
static void
test_signal_while_ready(void **arg)
{
	static struct pollset	 set;
	struct sigaction	 sa = { .sa_handler = on_signal }, old_sa;
	sigset_t		 blocked, old;
	int			 fds[2];

	(void)arg;
	signals = 0;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	assert_int_equal(sigprocmask(SIG_BLOCK, &blocked, &old), 0);
	assert_int_equal(sigaction(SIGUSR1, &sa, &old_sa), 0);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "", 1), 1);
	assert_int_equal(raise(SIGUSR1), 0);
	pollset_clear(&set);
	pollset_add(&set, fds[0], POLLIN);
	assert_int_equal(pollset_wait(&set, INSTANT_NEVER, NULL), 1);
	assert_int_equal(signals, 0);
	assert_int_equal(pollset_wait(&set, INSTANT_NEVER, &old), 1);
	assert_int_equal(signals, 1);
	assert_true(pollset_ready(&set, 0, POLLIN));
	assert_int_equal(pollset_wait(&set, INSTANT_NEVER, &old), 1);
	assert_int_equal(signals, 1);
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(sigaction(SIGUSR1, &old_sa, NULL), 0);
	assert_int_equal(sigprocmask(SIG_SETMASK, &old, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_now),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_ready),
		cmocka_unit_test(test_wait_for_descriptors),
		cmocka_unit_test(test_wait_until_deadline),
		cmocka_unit_test(test_deadline_passed),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_signal_while_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
