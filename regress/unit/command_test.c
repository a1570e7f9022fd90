/*
 * What the parent makes of the engine's wishes, and of others who set the
 * clock: what it tells the engine, and what it logs.  The clock, the kernel's
 * timer and the channel are played here.
 */
#include <sys/timerfd.h>

#include <bsd/string.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/parent/state.h"
#include "regress/unit/unit.h"

#define NOW		1800000000LL	/* in 2027 */

static struct parent	 p;

/* What the clock does, and what it was told. */
static double		 jump, slept;	/* s */
static bool		 kernel_refuses;
static double		 stepped;	/* s */

/* What the engine was told. */
static unsigned		 told_jumps, told_plans;
static struct clock_state state;

double
clock_jump(struct clock *c, double *how_long)
{
	(void)c;
	*how_long = slept;
	return jump;
}

bool
clock_set_frequency(struct clock *c, double frequency)
{
	c->frequency = frequency;
	return !kernel_refuses;
}

bool
clock_set_slew(struct clock *c, double rate, double duration,
    struct instant now)
{
	(void)duration;
	(void)now;
	c->slew = rate;
	return !kernel_refuses;
}

double
clock_slew_left(const struct clock *c)
{
	(void)c;
	return 0;
}

bool
clock_step(struct clock *c, double by)
{
	(void)c;
	if (!kernel_refuses)
		stepped += by;
	return !kernel_refuses;
}

void
clock_set_quality(struct clock *c, bool synchronized, double esterror,
    double maxerror, enum ntp_leap leap)
{
	(void)c;
	(void)synchronized;
	(void)esterror;
	(void)maxerror;
	(void)leap;
}

void
clock_watch(struct clock *c)
{
	(void)c;
}

static int64_t		 told_tai;

bool
clock_set_tai(struct clock *c, int64_t tai)
{
	told_tai = c->leaps = tai;
	return true;
}

int64_t
clock_unix_time(void)
{
	return NOW;
}

bool
channel_send(struct channel *channel, enum message_type type, uint32_t id,
    int fd, const void *data)
{
	(void)channel;
	(void)id;
	(void)fd;
	told_jumps += type == MSG_CLOCK_JUMPED;
	told_plans += type == MSG_LEAP_PLAN;
	if (type == MSG_CLOCK_STATE)
		memcpy(&state, data, sizeof(state));
	return true;
}

static int		 told_statuses;
static char		 told_status[512];

bool
notify_send(const struct notify *n, const char *text)
{
	(void)n;
	told_statuses++;
	strlcpy(told_status, text, sizeof(told_status));
	return true;
}

/* The clock was set: the timer ends. */
ssize_t
read(int fd, void *buf, size_t size)
{
	(void)fd;
	(void)buf;
	(void)size;
	errno = ECANCELED;
	return -1;
}

int
timerfd_settime(int fd, int flags, const struct itimerspec *new,
    struct itimerspec *old)
{
	(void)fd;
	(void)flags;
	(void)new;
	(void)old;
	return 0;
}

static int
setup(void **arg)
{
	(void)arg;
	memset(&p, 0, sizeof(p));
	p.timerfd = -1;
	p.leaps.read_at = INSTANT_NEVER;
	p.drift_error = -1;
	p.policy.step = (struct config_step){ .when = STEP_BOOT,
	    .threshold = 0.128, .limit = 86400 };
	jump = slept = stepped = 0;
	told_jumps = told_plans = 0;
	told_tai = 0;
	kernel_refuses = false;
	memset(&state, 0, sizeof(state));
	return capture_begin(NULL);
}

static void
ask(enum message_type type, const void *data)
{
	struct message	 msg = {
		.type = type, .data = data, .at = instant_now()
	};

	command_run(&p, &msg);
}

static void
ask_step(double by)
{
	struct clock_step wanted = { .by = by };

	ask(MSG_CLOCK_STEP, &wanted);
}

static void
ask_frequency(double frequency)
{
	struct clock_frequency wanted = { .frequency = frequency,
	    .error = 1e-6 };

	ask(MSG_CLOCK_FREQUENCY, &wanted);
}

/* A program that sets the clock each second does not fill the log. */
static void
others_do_not_fill_the_log(void **arg)
{
	int		 i;

	(void)arg;
	p.timerfd = 100;
	jump = -2;
	for (i = 0; i < 1000; i++)
		assert_true(command_check_clock(&p));
	assert_int_equal(told_jumps, 1000);
	assert_int_equal(capture_count("another program has set the "
	    "clock back by 2.000 s"), 5);
	jump = 0.01;
	for (i = 0; i < 1000; i++)
		assert_false(command_check_clock(&p));
	assert_int_equal(told_jumps, 1000);
	assert_int_equal(capture_count("another program has set the "
	    "clock back by 2.000 s"), 5);
	slept = 1;
	for (i = 0; i < 1000; i++)
		assert_true(command_check_clock(&p));
	assert_int_equal(told_jumps, 2000);
	assert_true(capture_count("slept for 1 s") <= 5);
}

/* The engine knows how far it may go; what it asks beyond is refused. */
static void
the_engine_knows_its_reach(void **arg)
{
	struct clock_quality synchronized = { .synchronized = 1 };

	(void)arg;
	policy_start(&p.policy);
	command_send_state(&p, STATE_NEWS, instant_now());
	assert_true(state.step_back == CONFIG_NO_LIMIT);
	assert_true(state.step_forward == CONFIG_NO_LIMIT);
	assert_true(state.step_limit == 86400);
	assert_false(state.was_synchronized);
	ask(MSG_CLOCK_QUALITY, &synchronized);
	assert_true(state.step_back == 0 && state.step_forward == 0);
	assert_true(state.was_synchronized);

	policy_start(&p.policy);
	ask_step(100);
	assert_true(stepped == 100 && state.answers_step);
	assert_true(fabs(state.step_back - 101) < 1e-3);
	assert_true(state.step_forward == 0);
	ask_step(50);
	assert_true(stepped == 100 && state.answers_step);
	assert_int_equal(state.refused, 1);
	assert_int_equal(capture_count("the engine asked to set the "
	    "clock forward by 50.000 s: refused, steps are for the start "
	    "only\n"), 1);
	ask_step(-100);
	assert_true(stepped == 0);
	assert_true(state.step_back == 0);
	assert_true(fabs(state.step_forward - 101) < 1e-3);
}

/* What the kernel did not do was not used. */
static void
a_step_that_failed(void **arg)
{
	(void)arg;
	policy_start(&p.policy);
	kernel_refuses = true;
	ask_step(100);
	assert_true(state.step_forward == CONFIG_NO_LIMIT);
	assert_true(p.policy.stepped == 0);
	assert_int_equal(capture_count("clock set "), 0);
	/* If root has ordered it, it is not told that it was made. */
	assert_true(p.operator.asked);
	assert_string_equal(p.operator.refusal,
	    "the kernel does not set the clock");
	kernel_refuses = false;
	ask_step(100);
	assert_null(p.operator.refusal);
	ask_step(0.01);
	assert_string_equal(p.operator.refusal,
	    policy_reason(STEP_NOT_NOW));
}

/* What an operator can do about a step over the limit is said, once. */
static void
over_the_limit(void **arg)
{
	struct clock_new_start wanted = { .by = 86401 };

	(void)arg;
	ask(MSG_CLOCK_NEW_START, &wanted);
	assert_int_equal(capture_count("the engine asked to set the "
	    "clock, as after a pause, forward by 86401.000 s: refused, "
	    "over the step limit; check the servers, and if they are "
	    "right restart ntpd or raise \"step limit\"\n"), 1);
	assert_true(state.step_forward == 0);
	wanted.by = 86400;
	ask(MSG_CLOCK_NEW_START, &wanted);
	/* One event is one line, that of the step. */
	assert_int_equal(capture_count("forward"), 1);
	assert_true(state.step_forward == 86400);
	ask_step(86400);
	assert_int_equal(capture_count("clock set forward by 86400.000 "
	    "s\n"), 1);
	assert_true(stepped == 86400);
}

/* A frequency that is clamped says nothing of the oscillator. */
static void
beyond_what_the_kernel_corrects(void **arg)
{
	(void)arg;
	ask_frequency(0.0999);
	assert_true(p.drift_error == 1e-6);
	assert_int_equal(capture_count("is off by 10 % or more"), 0);
	ask_frequency(-POLICY_MAX_FREQUENCY);
	assert_true(p.drift_error < 0);
	ask_frequency(POLICY_MAX_FREQUENCY);
	assert_true(p.drift_error < 0);
	assert_int_equal(capture_count("is off by 10 % or more"), 1);
	ask_frequency(1e-6);
	assert_true(p.drift_error == 1e-6);
}

static void
ask_slew(double offset)
{
	struct clock_slew wanted = { .rate = offset / 100, .duration = 100 };

	ask(MSG_CLOCK_SLEW, &wanted);
}

/* With -x what would be done is said when it is news. */
static void
what_x_leaves_out_is_said_once(void **arg)
{
	int		 i;

	(void)arg;
	policy_start(&p.policy);
	p.clock.read_only = true;
	ask_frequency(0);
	for (i = 0; i < 100; i++)
		ask_slew(15e-6);
	assert_int_equal(capture_count("\n"), 1);
	assert_int_equal(capture_count("the clock is 15.0 us behind: "
	    "would remove that in 100 s, and correct the frequency by "
	    "+0.000 ppm\n"), 1);
	ask_frequency(2e-6);
	for (i = 0; i < 100; i++)
		ask_slew(0);
	assert_int_equal(capture_count("\n"), 2);
	assert_int_equal(capture_count("would leave the offset and "
	    "correct the frequency by +2.000 ppm\n"), 1);
	ask_step(-2);
	for (i = 0; i < 100; i++)
		ask_slew(-2);
	assert_int_equal(capture_count("\n"), 3);
	assert_int_equal(capture_count("would set the clock back by "
	    "2.000 s\n"), 1);
}

/* As when a message comes S seconds from now. */
static void
ask_at(double s, enum message_type type, const void *data)
{
	struct message	 msg = {
		.type = type, .data = data,
		.at = instant_add(instant_now(), s)
	};

	command_run(&p, &msg);
}

/* What moves the clock far is said by the parent, whoever wants it. */
static void
large_movements_are_said(void **arg)
{
	struct clock_slew back = { .rate = -0.1, .duration = 300 };
	struct clock_slew small = { .rate = 500e-6, .duration = 1000 };
	int		 i;

	(void)arg;
	budget_begin(&p.budget, 0, instant_now());
	for (i = 0; i < 100; i++)
		ask(MSG_CLOCK_SLEW, &back);
	assert_int_equal(capture_count("\n"), 1);
	assert_int_equal(capture_count("slewing the clock back by 30.000 s "
	    "in 300 s\n"), 1);
	ask(MSG_CLOCK_SLEW, &small);
	assert_int_equal(capture_count("\n"), 1);
	small.rate = -small.rate;
	ask(MSG_CLOCK_SLEW, &small);
	ask(MSG_CLOCK_SLEW, &back);
	assert_int_equal(capture_count("\n"), 2);
	for (i = 0; i < 100; i++) {
		back.rate = -back.rate;
		ask(MSG_CLOCK_SLEW, &back);
	}
	assert_int_equal(capture_count("\n"), 5);
}

/* The budget ends once, with what an operator can do, and is whole again. */
static void
the_budget_ends_and_comes_back(void **arg)
{
	struct clock_frequency fast = { .frequency = 0.0999, .error = 1e-6 };
	struct clock_quality synchronized = { .synchronized = 1 };
	struct instant	 begin = instant_now();
	int		 hour;

	(void)arg;
	budget_begin(&p.budget, 0, begin);
	ask(MSG_CLOCK_QUALITY, &synchronized);
	for (hour = 0; hour < 30; hour++) {
		ask_at(3600 * hour, MSG_CLOCK_FREQUENCY, &fast);
		while (!instant_before(instant_add(begin, 3600 * (hour + 1)),
		    budget_deadline(&p.budget)))
			command_tend_budget(&p, budget_deadline(&p.budget));
		if (hour == 3)
			assert_true(state.frequency == 500e-6);
	}
	assert_int_equal(capture_count("the clock was moved by 1000 s at more "
	    "than 500 ppm, which is the most for 24 hours: by no more than "
	    "500 ppm for 21 h; check the servers, and if they are right "
	    "restart ntpd\n"), 2);
	assert_int_equal(capture_count("24 hours are over in which the clock "
	    "was moved by 1000 s at more than 500 ppm\n"), 1);
	assert_int_equal(capture_count("\n"), 3);
	assert_true(p.drift_error < 0);
}

/* An oscillator that is far off is so by the engine's word. */
static void
a_home_that_is_far_off(void **arg)
{
	struct clock_quality synchronized = { .synchronized = 1 };
	int		 i;

	(void)arg;
	budget_begin(&p.budget, 0, instant_now());
	ask_frequency(9000e-6);
	for (i = 0; i < 10; i++)
		ask(MSG_CLOCK_QUALITY, &synchronized);
	assert_int_equal(capture_count("the oscillator is taken to be off by "
	    "-9000 ppm: if that cannot be, check the servers\n"), 1);
}

/* The engine's word does not count for what the parent knows. */
static void
the_status_is_the_parents(void **arg)
{
	struct control_status st = { .refused = 0, .read_only = 1,
	    .frequency = 99, .slewing = 0, .budget_left = 7 };
	struct clock_slew slew = { .rate = -0.1, .duration = 100 };
	struct clock_step step = { .by = NAN };

	(void)arg;
	budget_begin(&p.budget, 0, instant_now());
	policy_start(&p.policy);
	ask_frequency(3e-6);
	ask(MSG_CLOCK_SLEW, &slew);
	ask(MSG_CLOCK_STEP, &step);
	command_fill_status(&p, &st, instant_add(instant_now(), 50));
	assert_near(st.frequency, 3, 1e-9);
	assert_near(st.slewing, -1e5, 1e-6);
	assert_int_equal(st.refused, 1);
	assert_int_equal(st.read_only, 0);
	assert_true(st.step_limit == 86400);
	assert_true(isnan(st.step_back) && isnan(st.step_forward));
	assert_near(st.budget_left, 1000 - 0.0995 * 50, 0.1);
	assert_near(st.budget_renewed_in, 86350, 1);
}

/* With -x nothing is moved, and nothing spent. */
static void
x_spends_nothing(void **arg)
{
	struct clock_slew slew = { .rate = -0.1, .duration = 20000 };

	(void)arg;
	budget_begin(&p.budget, 0, instant_now());
	p.clock.read_only = true;
	ask(MSG_CLOCK_SLEW, &slew);
	ask_frequency(0.1);
	assert_true(budget_deadline(&p.budget).ns == INSTANT_NEVER.ns);
	assert_int_equal(capture_count("slewing the clock"), 0);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, capture_end)

/* The service manager is told by a taken-over engine, not flooded. */
static void
statuses_are_few_and_clean(void **arg)
{
	struct clock_quality q = { .synchronized = 1, .stratum = 2,
	    .system_peer = "x\nWATCHDOG=1\n\033]0;evil\007" };
	int		 i;

	(void)arg;
	told_statuses = 0;
	ask(MSG_CLOCK_QUALITY, &q);
	assert_int_equal(told_statuses, 1);
	assert_memory_equal(told_status, "STATUS=synchronized to x, ", 26);
	ask(MSG_CLOCK_QUALITY, &q);
	assert_int_equal(told_statuses, 1);	/* nothing new */
	for (i = 0; i < 10000; i++) {
		q.stratum = (uint8_t)(1 + i % 15);
		ask(MSG_CLOCK_QUALITY, &q);
	}
	assert_true(told_statuses <= 10);
}

/*
 * A right clock is told TAI by the list, and the engine what is next in it.
 * One that is not right says nothing of the day.
 */
static void
the_list_is_followed(void **arg)
{
	struct clock_quality q = { .synchronized = 0, .stratum = 2 };

	(void)arg;
	p.leaps.read_at = INSTANT_NEVER;
	p.leaps.table = (struct leaptable){ .expires = NOW + 1, .n = 2,
	    .lines = { { NOW - 864000, 37 }, { NOW + 100, 38 } } };
	ask(MSG_CLOCK_QUALITY, &q);
	assert_int_equal(told_plans, 0);
	assert_int_equal(told_tai, 0);
	/* But between its last line and its end any day has the same TAI. */
	p.leaps.table.n = 1;
	ask(MSG_CLOCK_QUALITY, &q);
	assert_int_equal(told_plans, 0);
	assert_int_equal(told_tai, 37);
	p.leaps.table.n = 2;
	p.clock.leaps = told_tai = 0;
	q.synchronized = 1;
	ask(MSG_CLOCK_QUALITY, &q);
	assert_int_equal(told_plans, 1);
	assert_int_equal(told_tai, 37);
	ask(MSG_CLOCK_QUALITY, &q);
	assert_int_equal(told_plans, 1);
	/* When the kernel changes it we do not. */
	p.leaps.table.lines[1].at = NOW - 3;
	told_tai = 0;
	ask(MSG_CLOCK_QUALITY, &q);
	assert_int_equal(told_tai, 0);
	p.leaps.table.lines[1].at = NOW - 4;
	ask(MSG_CLOCK_QUALITY, &q);
	assert_int_equal(told_tai, 38);
	/* What has expired says nothing, which is said once. */
	p.leaps.table.expires = NOW;
	p.clock.leaps = 36;
	told_tai = 0;
	ask(MSG_CLOCK_QUALITY, &q);
	ask(MSG_CLOCK_QUALITY, &q);
	assert_int_equal(told_tai, 0);
	assert_int_equal(capture_count("expired 0 days ago"), 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(others_do_not_fill_the_log),
		TEST(the_engine_knows_its_reach),
		TEST(a_step_that_failed),
		TEST(over_the_limit),
		TEST(beyond_what_the_kernel_corrects),
		TEST(what_x_leaves_out_is_said_once),
		TEST(large_movements_are_said),
		TEST(the_budget_ends_and_comes_back),
		TEST(a_home_that_is_far_off),
		TEST(the_status_is_the_parents),
		TEST(x_spends_nothing),
		TEST(statuses_are_few_and_clean),
		TEST(the_list_is_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
