/*
 * What is left of the limits, when an engine that was taken over ends the
 * daemon as often as it likes.
 */
#include <sys/stat.h>

#include <bsd/string.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ntpd/parent/limits.h"
#include "ntpd/parent/state.h"
#include "regress/unit/unit.h"

#define NOW		1800000000LL	/* in 2027 */
#define STARTS		100

static char		 dir[64];
static struct parent	 p;
static double		 moved;		/* s, by the clock's rate */
static double		 stepped;	/* s, forward */

static struct instant
at(double t)
{
	return instant_add((struct instant){ 1000 }, t);
}

static int
setup(void **arg)
{
	(void)arg;
	strlcpy(dir, "/tmp/limits_test.XXXXXX", sizeof(dir));
	if (mkdtemp(dir) == NULL)
		return -1;
	memset(&p, 0, sizeof(p));
	snprintf(p.conf.socket, sizeof(p.conf.socket), "%s/s", dir);
	moved = stepped = 0;
	return 0;
}

static int
teardown(void **arg)
{
	char		 path[128];

	(void)arg;
	snprintf(path, sizeof(path), "%s/s.limits", dir);
	unlink(path);
	return rmdir(dir);
}

static const char *
file(void)
{
	static char	 path[128];

	snprintf(path, sizeof(path), "%s/s.limits", dir);
	return path;
}

/* What start.c does, T s after the first time.  Has it found limits? */
static bool
begin(double t)
{
	memset(&p.policy, 0, sizeof(p.policy));
	p.policy.step = (struct config_step){ .when = STEP_BOOT,
	    .threshold = 0.128, .limit = 3600 };
	policy_start(&p.policy);
	budget_begin(&p.budget, 0, at(t));
	return limits_read(file(), &p.policy, &p.budget, at(t));
}

/* As fast as it may for SECONDS, and as far at once as it may. */
static void
attack(double t, double seconds)
{
	struct clock_slew slew = { .rate = 0.1, .duration = seconds };
	struct clock_step step = { .by = 86400 };
	struct clock_new_start pause = { .by = 3600 };

	if (policy_step(&p.policy, &step, NOW, at(t)) == PERMITTED)
		stepped += step.by;
	(void)policy_report(&p.policy, true);
	budget_slew(&p.budget, &slew, at(t));
	moved += slew.rate * fmin(seconds, slew.duration);
	(void)policy_report(&p.policy, false);
	step.by = 3600;
	(void)policy_new_start(&p.policy, &pause, at(t));
	if (policy_step(&p.policy, &step, NOW, at(t)) == PERMITTED)
		stepped += step.by;
	(void)budget_left(&p.budget, at(t + seconds));
}

/* STARTS of ten minutes each are in one day. */
static void
an_engine_that_ends_the_daemon(void **arg)
{
	int		 i;

	(void)arg;
	for (i = 0; i < STARTS; i++) {
		assert_int_equal(begin(600.0 * i + 1), i > 0);
		attack(600.0 * i, 600);
		assert_true(budget_left(&p.budget, at(600.0 * (i + 1))) <=
		    BUDGET_PER_DAY);
		limits_save(&p, END_LOST, at(600.0 * (i + 1)));
	}
	assert_true(moved > 0.9 * BUDGET_PER_DAY);
	assert_true(moved <= BUDGET_PER_DAY + BUDGET_FREE_RATE * 600 * STARTS +
	    1);
	assert_true(stepped <= 86400 + 3600);
	assert_true(p.policy.was_synchronized);
}

/* The day goes on meanwhile: on the next, there is as much again. */
static void
the_day_ends(void **arg)
{
	double		 spent;

	(void)arg;
	(void)begin(0);
	attack(0, 86400);
	limits_save(&p, END_LOST, at(86398));
	assert_true(begin(86399));
	assert_true(budget_left(&p.budget, at(86399)) < 1);
	(void)budget_tend(&p.budget, &spent, at(86401));
	assert_true(budget_left(&p.budget, at(86401)) > 999);
}

/* A frequency that the drift file has is in the books, too. */
static void
the_frequency_is_within_them(void **arg)
{
	(void)arg;
	(void)begin(0);
	(void)policy_report(&p.policy, true);
	budget_settle(&p.budget, at(0));
	attack(0, 86400);
	limits_save(&p, END_LOST, at(86400));
	assert_true(begin(86400));
	assert_true(fabs(budget_frequency(&p.budget, 0.1, at(86400)) -
	    BUDGET_FREE_RATE) < 1e-9);
}

static void
somebody_has_ended_it(void **arg)
{
	(void)arg;
	(void)begin(0);
	attack(0, 86400);
	limits_save(&p, END_LOST, at(100));
	limits_save(&p, END_ASKED, at(100));
	assert_int_equal(access(file(), F_OK), -1);
	assert_false(begin(60));
	assert_true(budget_left(&p.budget, at(60)) > 999);
	assert_int_equal(p.policy.state, STARTED);
}

static void
a_trial_keeps_nothing(void **arg)
{
	(void)arg;
	p.clock.read_only = true;
	limits_save(&p, END_LOST, at(100));
	assert_int_equal(access(file(), F_OK), -1);
}

/* Change a byte of what was written, or how many there are. */
static void
spoil(long where, off_t size)
{
	int		 fd = open(file(), O_RDWR | O_CLOEXEC);

	assert_int_not_equal(fd, -1);
	if (where >= 0)
		assert_int_equal(pwrite(fd, "?", 1, where), 1);
	else
		assert_int_equal(ftruncate(fd, size), 0);
	close(fd);
}

/* Nothing is believed that this program cannot have written on this boot. */
static void
other_files(void **arg)
{
	struct stat	 st;
	long		 i;

	(void)arg;
	assert_false(begin(0));			/* there is none */
	attack(0, 100);
	limits_save(&p, END_LOST, at(100));
	assert_int_equal(stat(file(), &st), 0);
	assert_true(begin(101));
	assert_false(begin(-1));		/* the machine has started */
	for (i = 0; i < 4; i++) {
		limits_save(&p, END_LOST, at(100));
		spoil(-1, i * st.st_size / 4);
		assert_false(begin(101));
	}
	limits_save(&p, END_LOST, at(100));
	spoil(5, 0);				/* another version */
	assert_false(begin(101));
	limits_save(&p, END_LOST, at(100));
	assert_int_equal(chmod(file(), 0646), 0); /* anybody's words */
	assert_false(begin(101));
	assert_int_equal(unlink(file()), 0);
	assert_int_equal(mkdir(file(), 0700), 0);
	assert_false(begin(101));
	assert_int_equal(rmdir(file()), 0);
}

/* A number of the books, and one that it cannot be. */
static const struct {
	double		*number;
	double		 wrong;
} numbers[] = {
	{ &p.policy.jumped,	-1 },
	{ &p.policy.granted,	-1 },
	{ &p.policy.stepped,	INFINITY },
	{ &p.policy.lowest,	1 },
	{ &p.policy.highest,	-1 },
	{ &p.budget.spent,	-1 },
	{ &p.budget.home,	0.3 },
	{ &p.budget.frequency,	-0.3 },
	{ &p.budget.slew,	0.11 },
};

/* The same of a time; they were written at 100 s. */
static const struct {
	struct instant	*time;
	double		 wrong;
} times[] = {
	{ &p.policy.new_start,	102 },
	{ &p.policy.new_start,	-1001 },
	{ &p.policy.stepped_at,	102 },
	{ &p.budget.begun,	102 },
	{ &p.budget.slew_end,	86400 + 102 },
	{ &p.budget.at,		102 },
	{ &p.budget.at,		-1001 },
};

/* Good books, to be spoilt. */
static void
begin_well(void)
{
	unlink(file());
	(void)begin(0);
	attack(0, 100);
}

/* Are those that P has not believed by the next start, and not taken? */
static bool
refused(void)
{
	struct budget	 fresh;

	assert_true(limits_write(file(), &p.policy, &p.budget));
	if (begin(101))
		return false;
	budget_begin(&fresh, 0, at(101));
	assert_memory_equal(&p.budget, &fresh, sizeof(fresh));
	assert_int_equal(p.policy.state, STARTED);
	return true;
}

static void
what_cannot_be(void **arg)
{
	static const double nonsense[] = { NAN, -NAN, INFINITY, -INFINITY };
	size_t		 i, k;

	(void)arg;
	begin_well();
	assert_false(refused());
	for (i = 0; i < COUNT(numbers); i++) {
		for (k = 0; k < COUNT(nonsense); k++) {
			begin_well();
			*numbers[i].number = nonsense[k];
			assert_true(refused());
		}
		begin_well();
		*numbers[i].number = numbers[i].wrong;
		assert_true(refused());
	}
	for (i = 0; i < COUNT(times); i++) {
		begin_well();
		*times[i].time = instant_add((struct instant){ 0 },
		    times[i].wrong);
		assert_true(refused());
	}
	begin_well();
	p.policy.state = PAUSED + 1;
	assert_true(refused());
	begin_well();
	p.budget.state = BUDGET_SPENT + 1;
	assert_true(refused());
	begin_well();
	memset(&p.policy.was_synchronized, 2, 1);
	assert_true(refused());
}

/* What an engine can bring about is believed, or it would get new limits. */
static void
what_is_extreme(void **arg)
{
	(void)arg;
	begin_well();
	p.policy.jumped = p.policy.granted = p.policy.highest = 1e300;
	p.policy.lowest = p.policy.stepped = -1e300;
	p.budget.spent = 1e6;
	p.budget.home = 0.1005;
	p.budget.frequency = -0.1005;
	assert_false(refused());
	assert_true(isfinite(policy_reach(&p.policy, 1, at(102))));
	assert_true(isfinite(policy_reach(&p.policy, -1, at(102))));
	assert_true(budget_left(&p.budget, at(102)) == 0);
}

/* Whatever bytes there are: read or not, all that follows is a number. */
static void
any_bytes(void **arg)
{
	struct stat	 st;
	long		 i;
	double		 spent;

	(void)arg;
	begin_well();
	limits_save(&p, END_LOST, at(100));
	assert_int_equal(stat(file(), &st), 0);
	for (i = 16; i < st.st_size; i++) {
		begin_well();
		limits_save(&p, END_LOST, at(100));
		spoil(i, 0);
		(void)begin(101);
		(void)budget_tend(&p.budget, &spent, at(102));
		assert_true(isfinite(spent) && isfinite(budget_left(
		    &p.budget, at(102))));
		assert_true(isfinite(policy_reach(&p.policy, 1, at(102))) &&
		    isfinite(policy_reach(&p.policy, -1, at(102))));
	}
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(an_engine_that_ends_the_daemon),
		TEST(the_day_ends),
		TEST(the_frequency_is_within_them),
		TEST(somebody_has_ended_it),
		TEST(a_trial_keeps_nothing),
		TEST(other_files),
		TEST(what_cannot_be),
		TEST(what_is_extreme),
		TEST(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
