/*
 * The clock policy: each command at, inside and outside of each bound, and
 * that a start gives one step and no more.
 */
#include <math.h>
#include <string.h>

#include "ntpd/clock/policy.h"
#include "regress/unit/unit.h"

#define NOW		1800000000LL	/* in 2027 */
#define YEARS		(365.25 * 86400)
#define LIMIT		86400.0		/* s */

/* Judge the same thing twice: whatever is refused is counted, each time. */
static void
assert_counted(const struct policy *policy, enum verdict verdict,
    uint32_t before, const char *name)
{
	uint32_t	 now = before + (verdict != PERMITTED);

	if (policy->refused != now)
		fail_msg("%s: %u refused, not %u", name, policy->refused, now);
}

static const struct {
	const char	*name;
	double		 frequency, error;
	enum verdict	 verdict;
} frequencies[] = {
	{ "none",		0, 0,			PERMITTED },
	{ "a usual one",	-23e-6, 1e-9,		PERMITTED },
	{ "more than timex.freq", 501e-6, 1e-6,		PERMITTED },
	{ "10 %",		0.1, 1e-6,		PERMITTED },
	{ "-10 %",		-0.1, 1e-6,		PERMITTED },
	{ "just over",		0.1000001, 1e-6,	FREQUENCY_TOO_LARGE },
	{ "just under -10 %",	-0.1000001, 1e-6,	FREQUENCY_TOO_LARGE },
	{ "far over",	1, 1e-6,		FREQUENCY_TOO_LARGE },
	{ "largest double",	1.7e308, 1e-6,		FREQUENCY_TOO_LARGE },
	{ "infinite",		INFINITY, 1e-6,		NOT_A_NUMBER },
	{ "minus infinite",	-INFINITY, 1e-6,	NOT_A_NUMBER },
	{ "NaN",		NAN, 1e-6,		NOT_A_NUMBER },
	{ "error NaN",		1e-6, NAN,		NOT_A_NUMBER },
	{ "error infinite",	1e-6, INFINITY,		NOT_A_NUMBER },
	{ "error negative",	1e-6, -1e-12,		NOT_A_NUMBER },
	{ "error of 1000 ppm",	1e-6, 1e-3,		PERMITTED },
	{ "error above it",	1e-6, 1.001e-3,		FREQUENCY_UNKNOWN },
	{ "error of 1e290",	1e-6, 1e290,		FREQUENCY_UNKNOWN },
};

static void
frequency_bounds(void **arg)
{
	struct policy	 policy = { .step.when = STEP_BOOT,
			    .step.threshold = 0.128 };
	struct clock_frequency wanted;
	enum verdict	 verdict;
	uint32_t	 before;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(frequencies); i++) {
		wanted.frequency = frequencies[i].frequency;
		wanted.error = frequencies[i].error;
		before = policy.refused;
		verdict = policy_frequency(&policy, &wanted);
		if (verdict != frequencies[i].verdict)
			fail_msg("%s: %s", frequencies[i].name,
			    policy_reason(verdict));
		assert_counted(&policy, verdict, before, frequencies[i].name);
	}
}

static const struct {
	const char	*name;
	double		 rate, duration;
	enum verdict	 verdict;
} slews[] = {
	{ "none: ends a slew",	0, 0,			PERMITTED },
	{ "a usual one",	1e-6, 32,		PERMITTED },
	{ "backwards",		-1e-6, 32,		PERMITTED },
	{ "500 ppm, 1 ms",	500e-6, 2,		PERMITTED },
	{ "-500 ppm, 1 ms",	-500e-6, 2,		PERMITTED },
	{ "501 ppm, 1 ms",	501e-6, 2,		SLEW_TOO_FAST },
	{ "-501 ppm, 1 ms",	-501e-6, 2,		SLEW_TOO_FAST },
	{ "10 %, 1 ms",		0.1, 0.01,		SLEW_TOO_FAST },
	{ "10 %, 0 s",		0.1, 0,			SLEW_TOO_FAST },
	{ "10 %, 127 ms",	0.1, 1.27,		SLEW_TOO_FAST },
	{ "10 %, 129 ms",	0.1, 1.29,		PERMITTED },
	{ "-10 %, -129 ms",	-0.1, 1.29,		PERMITTED },
	{ "-10 %, -127 ms",	-0.1, 1.27,		SLEW_TOO_FAST },
	{ "1 %, 128 ms",	0.0078125, 16.384,	PERMITTED },
	{ "1 %, below it",	0.0078125, 16.383,	SLEW_TOO_FAST },
	{ "10 % for a day",	0.1, 86400,		PERMITTED },
	{ "11 %",		0.11, 100,		SLEW_TOO_FAST },
	{ "-11 %",		-0.11, 100,		SLEW_TOO_FAST },
	{ "largest double",	1.7e308, 100,		SLEW_TOO_FAST },
	{ "a day",		1e-6, 86400,		PERMITTED },
	{ "more than a day",	1e-6, 86400.1,		SLEW_TOO_LONG },
	{ "age of the earth",	1e-12, 1.4e17,		SLEW_TOO_LONG },
	{ "rate NaN",		NAN, 1,			NOT_A_NUMBER },
	{ "rate infinite",	INFINITY, 1,		NOT_A_NUMBER },
	{ "rate -infinite",	-INFINITY, 1,		NOT_A_NUMBER },
	{ "duration NaN",	1e-6, NAN,		NOT_A_NUMBER },
	{ "duration infinite",	1e-6, INFINITY,		NOT_A_NUMBER },
	{ "duration negative",	1e-6, -1,		NOT_A_NUMBER },
	{ "both negative",	-0.1, -10,		NOT_A_NUMBER },
};

static void
slew_bounds(void **arg)
{
	struct policy	 policy = { .step.when = STEP_NEVER,
			    .step.threshold = 0.128,
	    .was_synchronized = true };
	struct clock_slew wanted;
	enum verdict	 verdict;
	uint32_t	 before;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(slews); i++) {
		wanted.rate = slews[i].rate;
		wanted.duration = slews[i].duration;
		before = policy.refused;
		verdict = policy_slew(&policy, &wanted);
		if (verdict != slews[i].verdict)
			fail_msg("%s: %s", slews[i].name,
			    policy_reason(verdict));
		assert_counted(&policy, verdict, before, slews[i].name);
	}
}

static struct instant
hours(double h)
{
	return instant_add((struct instant){ 1000 }, h * 3600);
}

/* Nobody measures intervals yet by a clock that was never synchronized. */
static void
slews_before_the_first_synchronization(void **arg)
{
	struct policy	 policy = { .step.when = STEP_BOOT,
			    .step.threshold = 0.128 };
	struct clock_slew small = { .rate = -0.1, .duration = 0.2 };
	struct clock_slew fast = { .rate = 0.11, .duration = 0.2 };

	(void)arg;
	assert_int_equal(policy_slew(&policy, &small), PERMITTED);
	assert_int_equal(policy_slew(&policy, &fast), SLEW_TOO_FAST);
	(void)policy_report(&policy, true);
	assert_int_equal(policy_slew(&policy, &small), SLEW_TOO_FAST);
	(void)policy_report(&policy, false);
	policy_jumped(&policy, 60, 0);
	assert_int_equal(policy_slew(&policy, &small), SLEW_TOO_FAST);
}

static const struct {
	const char	*name;
	enum step_when	 step;
	enum policy_state state;
	double		 threshold, by;
	int64_t		 now;
	enum verdict	 verdict;
} steps[] = {
	{ "at the start", STEP_BOOT, STARTED, 0.128, 10, NOW, PERMITTED },
	{ "back at the start", STEP_BOOT, STARTED, 0.128, -10, NOW, PERMITTED },
	{ "the least there is", STEP_BOOT, STARTED, 0.128, 0.128, NOW,
	    PERMITTED },
	{ "the least, back", STEP_BOOT, STARTED, 0.128, -0.128, NOW,
	    PERMITTED },
	{ "below that", STEP_BOOT, STARTED, 0.128, 0.1279, NOW,
	    STEP_TOO_SMALL },
	{ "below, back", STEP_BOOT, STARTED, 0.128, -0.1279, NOW,
	    STEP_TOO_SMALL },
	{ "nothing", STEP_BOOT, STARTED, 0.128, 0, NOW, STEP_TOO_SMALL },
	{ "after the start", STEP_BOOT, SETTLED, 0.128, 10, NOW, STEP_NOT_NOW },
	{ "a small one then", STEP_BOOT, SETTLED, 0.128, 0.1, NOW,
	    STEP_NOT_NOW },
	{ "always", STEP_ALWAYS, SETTLED, 0.128, 10, NOW, PERMITTED },
	{ "always, at start", STEP_ALWAYS, STARTED, 0.128, -10, NOW,
	    PERMITTED },
	{ "always, but small", STEP_ALWAYS, STARTED, 2.5, 2.4, NOW,
	    STEP_TOO_SMALL },
	{ "never", STEP_NEVER, SETTLED, 0.128, 10, NOW, STEP_FORBIDDEN },
	{ "never, not even then", STEP_NEVER, STARTED, 0.128, 10, NOW,
	    STEP_FORBIDDEN },
	{ "NaN", STEP_ALWAYS, STARTED, 0.128, NAN, NOW, NOT_A_NUMBER },
	{ "infinite", STEP_ALWAYS, STARTED, 0.128, INFINITY, NOW,
	    NOT_A_NUMBER },
	{ "-infinite", STEP_ALWAYS, STARTED, 0.128, -INFINITY, NOW,
	    NOT_A_NUMBER },
	{ "NaN when never", STEP_NEVER, STARTED, 0.128, NAN, NOW,
	    NOT_A_NUMBER },
	{ "from 1970, a dead RTC", STEP_BOOT, STARTED, 0.128, NOW, 0,
	    PERMITTED },
	{ "from before 1970", STEP_BOOT, STARTED, 0.128, 2.0 * NOW, -NOW,
	    PERMITTED },
	{ "to the first second", STEP_ALWAYS, STARTED, 0.128,
	    (double)(NTPTIME_LEAST - NOW), NOW, PERMITTED },
	{ "before that", STEP_ALWAYS, STARTED, 0.128,
	    (double)(NTPTIME_LEAST - NOW) - 1, NOW, STEP_OUT_OF_AGE },
	{ "to the last second", STEP_ALWAYS, STARTED, 0.128,
	    (double)(POLICY_LAST_TIME - NOW), NOW, PERMITTED },
	{ "after that", STEP_ALWAYS, STARTED, 0.128,
	    (double)(POLICY_LAST_TIME - NOW) + 1, NOW, STEP_OUT_OF_AGE },
	{ "an era ahead", STEP_BOOT, STARTED, 0.128, 200 * YEARS, NOW,
	    STEP_OUT_OF_AGE },
	{ "largest double", STEP_ALWAYS, STARTED, 0.128, 1.7e308, NOW,
	    STEP_OUT_OF_AGE },
	{ "largest, back", STEP_ALWAYS, STARTED, 0.128, -1.7e308, NOW,
	    STEP_OUT_OF_AGE },
	{ "forward, but still in 1970", STEP_ALWAYS, STARTED, 0.128, 1e6, 0,
	    STEP_OUT_OF_AGE },
};

static void
step_bounds(void **arg)
{
	struct policy	 policy;
	struct clock_step wanted;
	enum verdict	 verdict;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(steps); i++) {
		policy = (struct policy){
		    .step.when = steps[i].step,
		    .step.threshold = steps[i].threshold,
		    .step.limit = CONFIG_NO_LIMIT,
		    .state = steps[i].state };
		wanted.by = steps[i].by;
		verdict = policy_step(&policy, &wanted, steps[i].now, hours(0));
		if (verdict != steps[i].verdict)
			fail_msg("%s: %s", steps[i].name,
			    policy_reason(verdict));
		assert_counted(&policy, verdict, 0, steps[i].name);
	}
}

/* As configured by default, but that it is in STATE. */
static struct policy
in_state(enum policy_state state)
{
	return (struct policy){ .step.when = STEP_BOOT,
	    .step.threshold = 0.128, .step.limit = LIMIT,
	    .state = state };
}

static enum verdict
step(struct policy *policy, double by, struct instant now)
{
	struct clock_step wanted = { .by = by };

	return policy_step(policy, &wanted, NOW, now);
}

static enum verdict
new_start(struct policy *policy, double by, struct instant now)
{
	struct clock_new_start wanted = { .by = by };

	return policy_new_start(policy, &wanted, now);
}

/*
 * Every cell of the table in policy.h: the verdict on a step back and forward
 * up to the limit, and beyond it.
 */
#define LARGE	(3 * LIMIT)
static const double sizes[] = { -LARGE, -LIMIT, LIMIT, LARGE };

static const struct {
	enum step_when	 step;
	enum policy_state state;
	enum verdict	 verdicts[COUNT(sizes)];
} cells[] = {
	{ STEP_BOOT, STARTED, { PERMITTED, PERMITTED, PERMITTED, PERMITTED } },
	{ STEP_BOOT, JUMPED,
	    { STEP_TOO_LARGE, PERMITTED, PERMITTED, STEP_TOO_LARGE } },
	{ STEP_BOOT, PAUSED,
	    { STEP_BACKWARDS, STEP_BACKWARDS, PERMITTED, STEP_TOO_LARGE } },
	{ STEP_BOOT, SETTLED,
	    { STEP_NOT_NOW, STEP_NOT_NOW, STEP_NOT_NOW, STEP_NOT_NOW } },
	{ STEP_ALWAYS, STARTED,
	    { PERMITTED, PERMITTED, PERMITTED, PERMITTED } },
	{ STEP_ALWAYS, JUMPED,
	    { STEP_TOO_LARGE, PERMITTED, PERMITTED, STEP_TOO_LARGE } },
	{ STEP_ALWAYS, PAUSED,
	    { STEP_TOO_LARGE, PERMITTED, PERMITTED, STEP_TOO_LARGE } },
	{ STEP_ALWAYS, SETTLED,
	    { STEP_TOO_LARGE, PERMITTED, PERMITTED, STEP_TOO_LARGE } },
	{ STEP_NEVER, STARTED, { STEP_FORBIDDEN, STEP_FORBIDDEN,
	    STEP_FORBIDDEN, STEP_FORBIDDEN } },
	{ STEP_NEVER, JUMPED, { STEP_FORBIDDEN, STEP_FORBIDDEN,
	    STEP_FORBIDDEN, STEP_FORBIDDEN } },
	{ STEP_NEVER, PAUSED, { STEP_FORBIDDEN, STEP_FORBIDDEN,
	    STEP_FORBIDDEN, STEP_FORBIDDEN } },
	{ STEP_NEVER, SETTLED, { STEP_FORBIDDEN, STEP_FORBIDDEN,
	    STEP_FORBIDDEN, STEP_FORBIDDEN } },
};

/* What is said to be in reach is permitted, and no more. */
static void
every_cell(void **arg)
{
	struct policy	 policy, fresh;
	enum verdict	 verdict;
	double		 reach;
	size_t		 i, j;

	(void)arg;
	for (i = 0; i < COUNT(cells); i++) {
		fresh = in_state(cells[i].state);
		fresh.step.when = cells[i].step;
		for (j = 0; j < COUNT(sizes); j++) {
			policy = fresh;
			reach = policy_reach(&policy, sizes[j] < 0 ? -1 : 1,
			    hours(0));
			assert_true(isfinite(reach));
			verdict = step(&policy, sizes[j], hours(0));
			if (verdict != cells[i].verdicts[j])
				fail_msg("cell %zu, step of %f s: %s", i,
				    sizes[j], policy_reason(verdict));
			assert_int_equal(verdict == PERMITTED,
			    fabs(sizes[j]) <= reach);
			assert_int_equal(policy.state, verdict == PERMITTED ?
			    SETTLED : cells[i].state);
		}
	}
}

/* Every cell of the table of transitions. */
static void
every_transition(void **arg)
{
	static const enum policy_state states[] = { SETTLED, STARTED, JUMPED,
	    PAUSED };
	struct policy	 policy;
	enum policy_state state;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(states); i++) {
		state = states[i];
		policy = in_state(state);
		policy_jumped(&policy, 60, 0);
		assert_int_equal(policy.state, state == STARTED ? STARTED :
		    JUMPED);

		policy = in_state(state);
		assert_int_equal(new_start(&policy, 60, hours(0)), PERMITTED);
		assert_int_equal(policy.state, state == SETTLED ? PAUSED :
		    state);

		policy = in_state(state);
		assert_int_equal(step(&policy, 60, hours(0)),
		    state == SETTLED ? STEP_NOT_NOW : PERMITTED);
		assert_int_equal(policy.state, SETTLED);

		policy = in_state(state);
		assert_false(policy_report(&policy, false));
		assert_int_equal(policy.state, state);
		assert_true(policy_report(&policy, true));
		assert_int_equal(policy.state, SETTLED);
		assert_true(policy.was_synchronized);
	}
	policy = in_state(SETTLED);
	policy_start(&policy);
	assert_int_equal(policy.state, STARTED);
}

/* A step that was refused is not the one that a start allows. */
static void
refused_step_uses_up_nothing(void **arg)
{
	static const double bad[] = { 0.001, NAN, 1e300, -1e12 };
	struct policy	 policy = in_state(STARTED);
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(bad); i++) {
		assert_int_not_equal(step(&policy, bad[i], hours(0)),
		    PERMITTED);
		assert_int_equal(policy.state, STARTED);
		assert_true(policy.stepped == 0);
	}
	assert_int_equal(policy.refused, COUNT(bad));
	assert_int_equal(step(&policy, 1, hours(0)), PERMITTED);
}

/* Frequencies and slews do not take the step of the start away. */
static void
only_steps_disarm(void **arg)
{
	struct policy	 policy = in_state(STARTED);
	struct clock_frequency frequency = { .frequency = 1e-6 };
	struct clock_slew slew = { .rate = 1e-6, .duration = 10 };

	(void)arg;
	assert_int_equal(policy_frequency(&policy, &frequency), PERMITTED);
	assert_int_equal(policy_slew(&policy, &slew), PERMITTED);
	slew.rate = 1;
	assert_int_equal(policy_slew(&policy, &slew), SLEW_TOO_FAST);
	assert_int_equal(policy.state, STARTED);
}

/* A report from before a jump does not end the start that it is. */
static void
late_report_does_not_end_a_new_start(void **arg)
{
	struct policy	 policy = in_state(STARTED);

	(void)arg;
	assert_true(policy_report(&policy, true));
	policy_jumped(&policy, 60, 0);
	assert_false(policy_report(&policy, true));	/* was under way */
	assert_int_equal(policy.state, JUMPED);
	assert_false(policy_report(&policy, false));
	assert_true(policy_report(&policy, true));
	assert_int_equal(policy.state, SETTLED);
}

static void
engines_word_is_good_for_the_limit_a_day(void **arg)
{
	const double	 most = 0.75 * LIMIT, rest = 0.25 * LIMIT;
	struct policy	 policy = in_state(SETTLED);

	(void)arg;
	assert_int_equal(new_start(&policy, most, hours(0.5)), PERMITTED);
	assert_int_equal(step(&policy, most, hours(0.5)), PERMITTED);
	/* Another pause in that day: there is the rest. */
	assert_int_equal(new_start(&policy, rest + 1, hours(1)),
	    NEW_START_TOO_SOON);
	assert_int_equal(new_start(&policy, rest, hours(1)), PERMITTED);
	assert_true(policy_reach(&policy, 1, hours(1)) == rest);
	assert_int_equal(step(&policy, rest, hours(1)), PERMITTED);
	assert_int_equal(new_start(&policy, 1, hours(24.4)),
	    NEW_START_TOO_SOON);
	assert_true(policy_reach(&policy, 1, hours(24.4)) == 0);
	assert_int_equal(policy.refused, 2);
	assert_int_equal(new_start(&policy, 3600, hours(24.6)), PERMITTED);
	assert_true(policy_reach(&policy, 1, hours(24.6)) == LIMIT);
	/* Becoming synchronized ends it; what was not stepped is left. */
	assert_false(policy_report(&policy, false));
	assert_true(policy_report(&policy, true));
	assert_true(policy_reach(&policy, 1, hours(25)) == 0);
	assert_int_equal(new_start(&policy, LIMIT, hours(48)), PERMITTED);
}

/* What would be in vain does not use it up. */
static void
new_start_is_judged_by_its_step(void **arg)
{
	struct policy	 policy = in_state(SETTLED);

	(void)arg;
	assert_int_equal(new_start(&policy, LARGE, hours(0)), STEP_TOO_LARGE);
	assert_int_equal(new_start(&policy, -60, hours(0)), STEP_BACKWARDS);
	assert_int_equal(new_start(&policy, NAN, hours(0)), NOT_A_NUMBER);
	assert_int_equal(new_start(&policy, INFINITY, hours(0)), NOT_A_NUMBER);
	assert_int_equal(policy.refused, 4);
	assert_int_equal(policy.state, SETTLED);
	assert_int_equal(new_start(&policy, LIMIT, hours(0)), PERMITTED);
	policy.step.when = STEP_NEVER;
	assert_int_equal(new_start(&policy, 60, hours(0)), STEP_FORBIDDEN);
	policy = in_state(SETTLED);
	policy.step.when = STEP_ALWAYS;
	assert_int_equal(new_start(&policy, LARGE, hours(0)), STEP_TOO_LARGE);
	assert_int_equal(new_start(&policy, -LIMIT, hours(0)), PERMITTED);
	assert_int_equal(policy.state, SETTLED);
}

/* A battery's lack puts a machine into 1970: the first step has no limit. */
static void
first_step_has_no_limit(void **arg)
{
	struct policy	 policy = in_state(STARTED);
	struct clock_step wanted = { .by = NOW };

	(void)arg;
	assert_int_equal(policy_step(&policy, &wanted, 0, hours(0)), PERMITTED);
	assert_true(policy_report(&policy, true));
	assert_int_equal(new_start(&policy, LIMIT + 1, hours(1)),
	    STEP_TOO_LARGE);
	policy.step.limit = CONFIG_NO_LIMIT;
	assert_int_equal(new_start(&policy, LIMIT + 1, hours(1)), PERMITTED);
	assert_int_equal(step(&policy, LIMIT + 1, hours(1)), PERMITTED);
}

/*
 * The servers were a day ahead, and say so later: what was stepped on their
 * word is stepped back, all of it or piece by piece, though the clock was
 * synchronized meanwhile.
 */
static void
undo(void **arg)
{
	struct policy	 policy = in_state(STARTED);

	(void)arg;
	assert_int_equal(step(&policy, LARGE, hours(0)), PERMITTED);
	assert_true(policy_report(&policy, true));
	assert_int_equal(step(&policy, 60, hours(0)), STEP_NOT_NOW);
	assert_int_equal(step(&policy, -LARGE - 1.01, hours(0)), STEP_NOT_NOW);
	assert_int_equal(step(&policy, -0.1, hours(0)), STEP_TOO_SMALL);
	assert_int_equal(step(&policy, -60, hours(0)), PERMITTED);
	assert_int_equal(step(&policy, -40, hours(0.1)), PERMITTED);
	assert_true(policy.stepped == LARGE - 100);
	assert_true(policy_reach(&policy, -1, hours(0.1)) < LARGE - 98);
	/* 500 ppm of 100 hours, and the threshold. */
	assert_int_equal(step(&policy, -(LARGE - 100) - 180.128, hours(100)),
	    PERMITTED);
	assert_int_equal(step(&policy, -60, hours(100)), STEP_NOT_NOW);
}

/*
 * The first step was right, and those that want it undone are not: when they
 * are gone the clock comes back, however far it is beyond the limit.
 */
static void
undo_of_an_undo(void **arg)
{
	struct policy	 policy = in_state(STARTED);
	int		 i;

	(void)arg;
	assert_int_equal(step(&policy, 10 * LIMIT, hours(0)), PERMITTED);
	(void)policy_report(&policy, true);
	for (i = 1; i < 5; i++) {
		assert_int_equal(step(&policy, -5 * LIMIT, hours(i)),
		    PERMITTED);
		assert_int_equal(step(&policy, 5 * LIMIT, hours(i)),
		    PERMITTED);
		assert_int_equal(step(&policy, 2, hours(i)), STEP_NOT_NOW);
	}
}

/* One forward after a pause, which was none, likewise; and one of always. */
static void
undo_of_others(void **arg)
{
	struct policy	 policy = in_state(SETTLED);

	(void)arg;
	assert_int_equal(new_start(&policy, 3600, hours(0)), PERMITTED);
	assert_int_equal(step(&policy, 3600, hours(0)), PERMITTED);
	assert_true(fabs(policy_reach(&policy, -1, hours(0)) - 3601) < 1e-6);
	policy.step.when = STEP_NEVER;
	assert_true(policy_reach(&policy, -1, hours(0)) == 0);
	assert_int_equal(step(&policy, -3600, hours(0)), STEP_FORBIDDEN);
	policy.step.when = STEP_BOOT;
	assert_int_equal(step(&policy, -3600.5, hours(0)), PERMITTED);

	policy = in_state(STARTED);
	policy.step.when = STEP_ALWAYS;
	assert_int_equal(step(&policy, -LARGE, hours(0)), PERMITTED);
	assert_int_equal(step(&policy, -60, hours(0)), PERMITTED);
	assert_int_equal(step(&policy, LARGE + 60, hours(0)), PERMITTED);
	assert_true(policy_reach(&policy, -1, hours(0)) > LARGE + 60);
}

/* Steps that the kernel's jumps permit are undone, too. */
static void
undo_survives_a_jump(void **arg)
{
	struct policy	 policy = in_state(STARTED);

	(void)arg;
	assert_int_equal(step(&policy, 100, hours(0)), PERMITTED);
	policy_jumped(&policy, 60, 0);
	assert_int_equal(step(&policy, -500, hours(1)), PERMITTED);
	assert_true(policy.stepped == -400);
	assert_int_equal(step(&policy, 502, hours(1)), STEP_NOT_NOW);
	assert_int_equal(step(&policy, 401, hours(1)), PERMITTED);
	assert_int_equal(step(&policy, 99, hours(1)), PERMITTED);
}

/*
 * Another program set the clock, or it slept: all that may be taken back, and
 * no more than the limit beyond it.  At the start there is no limit anyway.
 */
static void
reach_after_a_jump(void **arg)
{
	struct policy	 policy = in_state(SETTLED);

	(void)arg;
	policy_jumped(&policy, -5 * LIMIT, 0);
	policy_jumped(&policy, 0, LIMIT);
	assert_true(policy_reach(&policy, 1, hours(0)) == 7 * LIMIT);
	assert_true(policy_reach(&policy, -1, hours(0)) == 7 * LIMIT);
	assert_int_equal(step(&policy, 7 * LIMIT + 1, hours(0)),
	    STEP_TOO_LARGE);
	assert_int_equal(step(&policy, 7 * LIMIT, hours(0)), PERMITTED);
	policy_jumped(&policy, 1, 0);
	assert_int_equal(step(&policy, LIMIT + 2, hours(0)), STEP_TOO_LARGE);
	policy = in_state(STARTED);
	policy_jumped(&policy, 1, 0);
	assert_int_equal(step(&policy, 100 * LIMIT, hours(0)), PERMITTED);
}

/* The limit of "step always" is for all steps of a day together. */
static void
steps_of_always_share_the_limit(void **arg)
{
	struct policy	 policy = in_state(SETTLED);

	(void)arg;
	policy.step.when = STEP_ALWAYS;
	assert_int_equal(step(&policy, 0.75 * LIMIT, hours(0)), PERMITTED);
	assert_int_equal(step(&policy, 0.5 * LIMIT, hours(1)),
	    NEW_START_TOO_SOON);
	assert_true(policy_reach(&policy, 1, hours(1)) == 0.25 * LIMIT);
	/* To take it back costs nothing. */
	assert_int_equal(step(&policy, -0.75 * LIMIT, hours(2)), PERMITTED);
	assert_int_equal(step(&policy, -0.25 * LIMIT, hours(3)), PERMITTED);
	assert_true(policy_reach(&policy, -1, hours(4)) == 0);
	assert_int_equal(step(&policy, -LIMIT, hours(24)), PERMITTED);
}

/* What the constraints allow: MOVE by LOW to HIGH. */
static struct policy
bounded(enum control_constraints state, double low, double high)
{
	struct policy	 policy = in_state(STARTED);

	policy.bounds = (struct policy_bounds){ state, low, high };
	return policy;
}

static const struct {
	const char	*name;
	enum control_constraints state;
	double		 low, high, by;
	enum verdict	 verdict;
	double		 reach;		/* in the direction of by */
} bounds[] = {
	{ "none", CONSTRAINTS_NONE, 0, 0, 1000, PERMITTED, CONFIG_NO_LIMIT },
	{ "asking", CONSTRAINTS_ASKING, 0, 0, 1000, UNCONSTRAINED, 0 },
	{ "failed", CONSTRAINTS_FAILED, 0, 0, -1000, UNCONSTRAINED, 0 },
	{ "split", CONSTRAINTS_SPLIT, -120, 120, 100, UNCONSTRAINED, 0 },
	{ "within", CONSTRAINTS_KNOWN, -120, 120, 119, PERMITTED, 120 },
	{ "within, back", CONSTRAINTS_KNOWN, -120, 120, -119, PERMITTED, 120 },
	{ "beyond", CONSTRAINTS_KNOWN, -120, 120, 121, AGAINST_CONSTRAINTS,
	    120 },
	{ "beyond, back", CONSTRAINTS_KNOWN, -120, 120, -121,
	    AGAINST_CONSTRAINTS, 120 },
	{ "into them", CONSTRAINTS_KNOWN, 880, 1120, 1000, PERMITTED, 1120 },
	{ "not far enough", CONSTRAINTS_KNOWN, 880, 1120, 879,
	    AGAINST_CONSTRAINTS, 1120 },
	{ "too far", CONSTRAINTS_KNOWN, 880, 1120, 1121, AGAINST_CONSTRAINTS,
	    1120 },
	{ "away from them", CONSTRAINTS_KNOWN, 880, 1120, -1,
	    AGAINST_CONSTRAINTS, 0 },
	{ "into them, back", CONSTRAINTS_KNOWN, -1120, -880, -900, PERMITTED,
	    1120 },
	{ "away, forward", CONSTRAINTS_KNOWN, -1120, -880, 1,
	    AGAINST_CONSTRAINTS, 0 },
	{ "not a number", CONSTRAINTS_KNOWN, -120, 120, NAN, NOT_A_NUMBER,
	    120 },
};

static void
steps_within_constraints(void **arg)
{
	struct policy	 policy;
	double		 reach;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(bounds); i++) {
		policy = bounded(bounds[i].state, bounds[i].low,
		    bounds[i].high);
		reach = policy_reach(&policy, bounds[i].by < 0 ? -1 : 1,
		    hours(0));
		if (reach != bounds[i].reach)
			fail_msg("%s: %g", bounds[i].name, reach);
		if (step(&policy, bounds[i].by, hours(0)) != bounds[i].verdict)
			fail_msg("%s", bounds[i].name);
	}
}

/* Not even where the clock was before, nor as after a pause. */
static void
no_way_around_constraints(void **arg)
{
	struct policy	 policy = bounded(CONSTRAINTS_KNOWN, 880, 1120);
	const struct clock_new_start pause = { .by = 500 };

	(void)arg;
	assert_int_equal(step(&policy, 1000, hours(0)), PERMITTED);
	policy.bounds.low = -120;
	policy.bounds.high = 120;
	assert_int_equal(step(&policy, -1000, hours(1)), AGAINST_CONSTRAINTS);
	assert_int_equal(policy_new_start(&policy, &pause, hours(1)),
	    AGAINST_CONSTRAINTS);
	policy.bounds.state = CONSTRAINTS_FAILED;
	assert_int_equal(step(&policy, -1000, hours(1)), UNCONSTRAINED);
	assert_int_equal(policy_new_start(&policy, &pause, hours(1)),
	    UNCONSTRAINED);
}

static const struct {
	enum control_constraints state;
	double		 low, high;
	struct clock_slew wanted, cut;
} slews_cut[] = {
	{ CONSTRAINTS_NONE, 0, 0, { 0.1, 5000 }, { 0.1, 5000 } },
	{ CONSTRAINTS_ASKING, 0, 0, { 0.1, 5000 }, { 500e-6, 5000 } },
	{ CONSTRAINTS_SPLIT, 0, 0, { -0.1, 5000 }, { -500e-6, 5000 } },
	{ CONSTRAINTS_FAILED, 0, 0, { 4e-4, 5000 }, { 4e-4, 5000 } },
	{ CONSTRAINTS_KNOWN, -120, 120, { 0.1, 1199 }, { 0.1, 1199 } },
	{ CONSTRAINTS_KNOWN, -120, 120, { 0.1, 5000 }, { 0.1, 1200 } },
	{ CONSTRAINTS_KNOWN, -120, 120, { -0.1, 5000 }, { -0.1, 1200 } },
	/* Towards them, and not beyond; not away from them. */
	{ CONSTRAINTS_KNOWN, 880, 1120, { 0.1, 1000 }, { 0.1, 1000 } },
	{ CONSTRAINTS_KNOWN, 880, 1120, { 0.1, 20000 }, { 0.1, 11200 } },
	{ CONSTRAINTS_KNOWN, 880, 1120, { -0.1, 1000 }, { -0.1, 0 } },
	{ CONSTRAINTS_KNOWN, -1120, -880, { 0.1, 1000 }, { 0.1, 0 } },
	{ CONSTRAINTS_KNOWN, -1120, -880, { -0.1, 1000 }, { -0.1, 1000 } },
	{ CONSTRAINTS_KNOWN, 880, 1120, { 0, 0 }, { 0, 0 } },
};

static void
slews_within_constraints(void **arg)
{
	struct policy	 policy;
	struct clock_slew slew;
	bool		 cut;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(slews_cut); i++) {
		policy = bounded(slews_cut[i].state, slews_cut[i].low,
		    slews_cut[i].high);
		slew = slews_cut[i].wanted;
		cut = policy_bound_slew(&policy, &slew);
		if (fabs(slew.rate - slews_cut[i].cut.rate) > 1e-9 ||
		    fabs(slew.duration - slews_cut[i].cut.duration) > 1e-6)
			fail_msg("%zu: %g for %g", i, slew.rate,
			    slew.duration);
		assert_int_equal(cut, slew.rate != slews_cut[i].wanted.rate ||
		    slew.duration != slews_cut[i].wanted.duration);
	}
}

/* The frequency leads nowhere else, either. */
static void
frequency_within_constraints(void **arg)
{
	const double	 home = 20e-6;
	struct policy	 ahead = bounded(CONSTRAINTS_KNOWN, -240, -1);
	struct policy	 behind = bounded(CONSTRAINTS_KNOWN, 1, 240);
	struct policy	 within = bounded(CONSTRAINTS_KNOWN, -120, 120);
	struct policy	 unknown = bounded(CONSTRAINTS_FAILED, 1, 240);

	(void)arg;
	assert_true(policy_bound_frequency(&ahead, 0.1, home) == home);
	assert_true(policy_bound_frequency(&ahead, -0.1, home) == -0.1);
	assert_true(policy_bound_frequency(&behind, 0.1, home) == 0.1);
	assert_true(policy_bound_frequency(&behind, -0.1, home) == home);
	assert_true(policy_bound_frequency(&within, 0.1, home) == 0.1);
	assert_true(policy_bound_frequency(&within, -0.1, home) == -0.1);
	assert_true(policy_bound_frequency(&unknown, -0.1, home) == -0.1);
}

static struct rng	 rng = { 1 };

/* A step of any size that could make a difference, s. */
static double
some_step(const struct policy *policy, struct instant now)
{
	int		 sign = rng_uniform(&rng) < 0.5 ? -1 : 1;
	double		 reach = policy_reach(policy, sign, now);

	switch ((int)(rng_uniform(&rng) * 4)) {
	case 0:
		return sign * reach;
	case 1:
		return sign * reach * 1.001;
	case 2:
		return sign * reach * rng_uniform(&rng);
	default:
		return sign * pow(10, 7 * rng_uniform(&rng) - 1);
	}
}

/* What root orders and what the engine then asks for. */
static const struct {
	const char	*name;
	double		 ordered;
	enum verdict	 order;
	double		 after;		/* s */
	double		 wanted;
	enum verdict	 step;
} orders[] = {
	{ "as ordered",		10, PERMITTED,	0, 10,	PERMITTED },
	{ "back",		-10, PERMITTED, 0, -10,	PERMITTED },
	{ "a small one",	1e-4, PERMITTED, 0, 1e-4, PERMITTED },
	{ "a bit more",		10, PERMITTED,	5, 10.9, PERMITTED },
	{ "a small one and a bit", 1e-4, PERMITTED, 5, 1.09e-3, PERMITTED },
	{ "less",		10, PERMITTED,	0, 1,	PERMITTED },
	{ "much more",		10, PERMITTED,	0, 12,	STEP_NOT_NOW },
	{ "the other way",	10, PERMITTED,	0, -10,	STEP_NOT_NOW },
	{ "too late",		10, PERMITTED,	11, 10,	STEP_NOT_NOW },
	{ "over the limit",	LIMIT + 1, STEP_TOO_LARGE, 0, LIMIT + 1,
	    STEP_NOT_NOW },
	{ "refused means none",	NAN, NOT_A_NUMBER, 0, 10, STEP_NOT_NOW },
	{ "by nothing",		0, NOT_A_NUMBER, 0, 10,	STEP_NOT_NOW },
	{ "for ever",		INFINITY, NOT_A_NUMBER, 0, 10, STEP_NOT_NOW },
};

static void
ordered_steps(void **arg)
{
	const struct policy	 settled = { .step = { .when = STEP_BOOT,
				    .threshold = 0.128, .limit = LIMIT } };
	const struct instant	 now = { .ns = 1000000000 };
	struct clock_step	 wanted;
	struct policy		 p;
	size_t			 i;

	(void)arg;
	for (i = 0; i < COUNT(orders); i++) {
		p = settled;
		wanted.by = orders[i].wanted;
		if (policy_order(&p, orders[i].ordered, now) !=
		    orders[i].order || p.refused != 0)
			fail_msg("%s: the order", orders[i].name);
		if (policy_step(&p, &wanted, NOW, instant_add(now,
		    orders[i].after)) != orders[i].step)
			fail_msg("%s: the step", orders[i].name);
		/* Once. */
		if (orders[i].step == PERMITTED && fabs(wanted.by) > 2)
			assert_int_not_equal(policy_step(&p, &wanted, NOW,
			    now), PERMITTED);
	}
}

/* Root's steps and the engine's have one limit a day; never is never. */
static void
orders_have_limits(void **arg)
{
	struct policy	 p = { .step = { .when = STEP_BOOT,
			    .threshold = 0.128, .limit = LIMIT } };
	struct instant	 now = { .ns = 1000000000 };
	struct clock_step wanted = { .by = 0.6 * LIMIT };

	(void)arg;
	assert_int_equal(policy_order(&p, wanted.by, now), PERMITTED);
	assert_int_equal(policy_step(&p, &wanted, NOW, now), PERMITTED);
	assert_int_equal(policy_order(&p, wanted.by, now),
	    NEW_START_TOO_SOON);
	now = instant_add(now, 86401);
	assert_int_equal(policy_order(&p, wanted.by, now), PERMITTED);
	p.bounds.state = CONSTRAINTS_KNOWN;
	p.bounds.low = -5;
	p.bounds.high = 5;
	assert_int_equal(policy_order(&p, 4, now), PERMITTED);
	assert_int_equal(policy_order(&p, 6, now), AGAINST_CONSTRAINTS);
	p.bounds.state = CONSTRAINTS_ASKING;
	assert_int_equal(policy_order(&p, 4, now), UNCONSTRAINED);
	p.bounds.state = CONSTRAINTS_NONE;
	p.step.when = STEP_NEVER;
	assert_int_equal(policy_order(&p, 4, now), STEP_FORBIDDEN);
}

/*
 * Whatever an engine asks for, after the clock was first synchronized its steps
 * never put it farther forward than by the limit a day in sum, beside taking
 * back the first step; and never back behind where it was before them.
 */
static void
any_sequence(double first)
{
	struct policy	 policy = in_state(STARTED);
	double		 t = 0, by, sum = 0, most, allowance;
	int		 i;

	assert_int_equal(step(&policy, first, hours(0)), PERMITTED);
	(void)policy_report(&policy, true);
	for (i = 0; i < 300; i++) {
		t += 3 * pow(10, 2 * rng_uniform(&rng) - 2);
		if (rng_uniform(&rng) < 0.3)
			(void)new_start(&policy, 2 * LIMIT * rng_uniform(&rng),
			    hours(t));
		if (rng_uniform(&rng) < 0.3)
			(void)policy_report(&policy, rng_uniform(&rng) < 0.5);
		by = some_step(&policy, hours(t));
		if (step(&policy, by, hours(t)) != PERMITTED)
			continue;
		sum += by;
		allowance = 1.128 + 500e-6 * t * 3600;
		most = LIMIT * (1 + floor(t / 24)) +
		    allowance + (first < 0 ? -first : 0);
		if (sum > most || first + sum < fmin(first, 0) - allowance)
			fail_msg("after %f h of %f s: %f s", t, first, sum);
	}
}

static void
every_sequence(void **arg)
{
	int		 i;

	(void)arg;
	for (i = 0; i < 1000; i++) {
		any_sequence(pow(10, 8 * rng_uniform(&rng)));
		any_sequence(-pow(10, 7 * rng_uniform(&rng)));
	}
}

/* The log must tell one refusal from another. */
static void
reasons_differ(void **arg)
{
	enum verdict	 a, b;

	(void)arg;
	for (a = PERMITTED; a <= AGAINST_CONSTRAINTS; a++) {
		assert_true(strlen(policy_reason(a)) > 0);
		assert_string_not_equal(policy_reason(a), "unknown");
		for (b = PERMITTED; b < a; b++)
			assert_string_not_equal(policy_reason(a),
			    policy_reason(b));
	}
	assert_string_equal(policy_reason(STEP_NOT_NOW),
	    "steps are for the start only");
}

#define NEW_YEAR	1798761600LL	/* 2027-01-01 */
#define JULY		1814400000LL	/* 2027-07-01 */
#define MARCH		1803859200LL	/* 2027-03-01 */

static const struct {
	const char	*name;
	bool		 synchronized;
	uint8_t		 leap;
	int64_t		 now;
	enum ntp_leap	 before, permitted;
} leaps[] = {
	{ "New Year's Eve", true, LEAP_INSERT, NEW_YEAR - 1,
	    LEAP_NONE, LEAP_INSERT },
	{ "its morning", true, LEAP_INSERT, NEW_YEAR - 86398,
	    LEAP_NONE, LEAP_INSERT },
	{ "the day before", true, LEAP_INSERT, NEW_YEAR - 86401, LEAP_NONE,
	    LEAP_NONE },
	{ "the new year", true, LEAP_INSERT, NEW_YEAR, LEAP_NONE, LEAP_NONE },
	{ "the end of June", true, LEAP_INSERT, JULY - 1,
	    LEAP_NONE, LEAP_INSERT },
	{ "July", true, LEAP_INSERT, JULY, LEAP_NONE, LEAP_NONE },
	{ "the end of February", true, LEAP_INSERT, MARCH - 1,
	    LEAP_NONE, LEAP_NONE },
	{ "one is left out", true, LEAP_DELETE, JULY - 1,
	    LEAP_NONE, LEAP_DELETE },
	{ "none", true, LEAP_NONE, JULY - 1, LEAP_NONE, LEAP_NONE },
	{ "unknown", true, LEAP_UNKNOWN, JULY - 1, LEAP_NONE, LEAP_NONE },
	{ "no such indicator", true, 4, JULY - 1, LEAP_NONE, LEAP_NONE },
	{ "not synchronized", false, LEAP_INSERT, JULY - 1,
	    LEAP_NONE, LEAP_NONE },
	{ "not any more", false, LEAP_UNKNOWN, JULY - 1,
	    LEAP_INSERT, LEAP_INSERT },
	{ "nor the next day", false, LEAP_UNKNOWN, JULY + 10,
	    LEAP_INSERT, LEAP_NONE },
	{ "the kernel may be late by a tick", true, LEAP_NONE, NEW_YEAR,
	    LEAP_INSERT, LEAP_INSERT },
	{ "so may it", true, LEAP_INSERT, NEW_YEAR + 1, LEAP_DELETE,
	    LEAP_DELETE },
	{ "but not by seconds", true, LEAP_INSERT, NEW_YEAR + 2, LEAP_INSERT,
	    LEAP_NONE },
	{ "taken back", true, LEAP_NONE, NEW_YEAR - 1, LEAP_INSERT, LEAP_NONE },
};

static void
leap_seconds_end_june_or_december(void **arg)
{
	struct clock_quality quality = { .stratum = 2 };
	const struct leap_plan plan = { .known = false };
	enum ntp_leap	 got;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(leaps); i++) {
		quality.synchronized = leaps[i].synchronized;
		quality.leap = leaps[i].leap;
		got = policy_leap(&quality, &plan, leaps[i].now,
		    leaps[i].before);
		if (got != leaps[i].permitted)
			fail_msg("%s: %d", leaps[i].name, (int)got);
	}
}

/* A valid list has the last word, in any month; the engine has none. */
static void
leap_seconds_are_as_listed(void **arg)
{
	static const struct {
		int8_t		 change;
		int64_t		 now;
		uint8_t		 announced;
		enum ntp_leap	 permitted;
	} days[] = {
		{ 1, MARCH - 1, LEAP_NONE, LEAP_INSERT },
		{ -1, MARCH - 86398, LEAP_INSERT, LEAP_DELETE },
		{ 1, MARCH - 86401, LEAP_INSERT, LEAP_NONE },
		{ 1, MARCH + 3, LEAP_INSERT, LEAP_NONE },
		{ 0, NEW_YEAR - 1, LEAP_INSERT, LEAP_NONE },
	};
	struct clock_quality quality = { .synchronized = true };
	struct leap_plan plan = { .known = true, .at = MARCH };
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(days); i++) {
		plan.change = days[i].change;
		quality.leap = days[i].announced;
		assert_int_equal(policy_leap(&quality, &plan, days[i].now,
		    LEAP_NONE), days[i].permitted);
	}
	/* All servers smear it: the clock does, too. */
	plan.change = 1;
	quality.smeared = true;
	assert_int_equal(policy_leap(&quality, &plan, MARCH - 1, LEAP_INSERT),
	    LEAP_NONE);
	/* Just after the end of a day the kernel may be at it. */
	assert_int_equal(policy_leap(&quality, &plan, MARCH, LEAP_INSERT),
	    LEAP_INSERT);
	/* Not synchronized it may be any day: as it was. */
	quality.synchronized = false;
	assert_int_equal(policy_leap(&quality, &plan, NEW_YEAR - 1,
	    LEAP_DELETE), LEAP_DELETE);
}

/* What is slewed or ignored the kernel must not have as well. */
static void
leap_seconds_are_not_the_kernels(void **arg)
{
	static const struct {
		uint8_t		 policy;
		enum ntp_leap	 permitted;
	} policies[] = {
		{ LEAP_BY_KERNEL, LEAP_INSERT },
		{ LEAP_BY_SLEW, LEAP_NONE },
		{ LEAP_NOT_AT_ALL, LEAP_NONE },
		{ LEAP_SMEARED, LEAP_INSERT },
	};
	const struct clock_quality quality = {
		.synchronized = true, .leap = LEAP_INSERT
	};
	struct leap_plan plan = { .known = false };
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(policies); i++) {
		plan.policy = policies[i].policy;
		assert_int_equal(policy_leap(&quality, &plan, NEW_YEAR - 1,
		    LEAP_NONE), policies[i].permitted);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(frequency_bounds),
		cmocka_unit_test(slew_bounds),
		cmocka_unit_test(slews_before_the_first_synchronization),
		cmocka_unit_test(step_bounds),
		cmocka_unit_test(every_cell),
		cmocka_unit_test(every_transition),
		cmocka_unit_test(refused_step_uses_up_nothing),
		cmocka_unit_test(only_steps_disarm),
		cmocka_unit_test(late_report_does_not_end_a_new_start),
		cmocka_unit_test(engines_word_is_good_for_the_limit_a_day),
		cmocka_unit_test(new_start_is_judged_by_its_step),
		cmocka_unit_test(first_step_has_no_limit),
		cmocka_unit_test(undo),
		cmocka_unit_test(undo_of_an_undo),
		cmocka_unit_test(undo_of_others),
		cmocka_unit_test(undo_survives_a_jump),
		cmocka_unit_test(reach_after_a_jump),
		cmocka_unit_test(steps_within_constraints),
		cmocka_unit_test(no_way_around_constraints),
		cmocka_unit_test(slews_within_constraints),
		cmocka_unit_test(frequency_within_constraints),
		cmocka_unit_test(steps_of_always_share_the_limit),
		cmocka_unit_test(ordered_steps),
		cmocka_unit_test(orders_have_limits),
		cmocka_unit_test(every_sequence),
		cmocka_unit_test(leap_seconds_end_june_or_december),
		cmocka_unit_test(leap_seconds_are_as_listed),
		cmocka_unit_test(leap_seconds_are_not_the_kernels),
		cmocka_unit_test(reasons_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
