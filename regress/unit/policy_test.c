/*
 * The clock policy: each command at, inside and outside of each bound, and
 * that a start gives one step and no more.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ntpd/parent/policy.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

#define NOW		1800000000LL	/* in 2027 */
#define YEARS		(365.25 * 86400)

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
	{ "500 ppm",		500e-6, 1e-6,		PERMITTED },
	{ "-500 ppm",		-500e-6, 1e-6,		PERMITTED },

	    { "just over",		500.0001e-6, 1e-6,	FREQUENCY_TOO_LARGE },

	    { "just under -500",	-500.0001e-6, 1e-6,	FREQUENCY_TOO_LARGE },

	    { "far over",		1, 1e-6,		FREQUENCY_TOO_LARGE },

	    { "largest double",	1.7e308, 1e-6,		FREQUENCY_TOO_LARGE },

	    { "infinite",		INFINITY, 1e-6,		NOT_A_NUMBER },
	{ "minus infinite",	-INFINITY, 1e-6,	NOT_A_NUMBER },
	{ "NaN",		NAN, 1e-6,		NOT_A_NUMBER },
	{ "error NaN",		1e-6, NAN,		NOT_A_NUMBER },

	    { "error infinite",	1e-6, INFINITY,		NOT_A_NUMBER },
	{ "error negative",	1e-6, -1e-12,		NOT_A_NUMBER },
	{ "error of 1000 ppm",	1e-6, 1e-3,		PERMITTED },

	    { "error above it",	1e-6, 1.001e-3,		FREQUENCY_UNKNOWN },

	    { "error 300 digits long", 1e-6, 1e290,		FREQUENCY_UNKNOWN },
};

static void
frequency_bounds(void **arg)
{
	struct policy	 policy = { .step = STEP_BOOT, .threshold = 0.128 };
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
	struct policy	 policy = { .step = STEP_NEVER, .threshold = 0.128 };
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

static const struct {
	const char	*name;
	enum step_when	 step;
	bool		 armed;
	double		 threshold, by;
	int64_t		 now;
	enum verdict	 verdict;
} steps[] = {
	{ "at the start", STEP_BOOT, true, 0.128, 10, NOW, PERMITTED },
	{ "back at the start", STEP_BOOT, true, 0.128, -10, NOW, PERMITTED },
	{ "the least there is", STEP_BOOT, true, 0.128, 0.128, NOW, PERMITTED },
	{ "the least, back", STEP_BOOT, true, 0.128, -0.128, NOW, PERMITTED },
	{ "below that", STEP_BOOT, true, 0.128, 0.1279, NOW, STEP_TOO_SMALL },
	{ "below, back", STEP_BOOT, true, 0.128, -0.1279, NOW, STEP_TOO_SMALL },
	{ "nothing", STEP_BOOT, true, 0.128, 0, NOW, STEP_TOO_SMALL },
	{ "after the start", STEP_BOOT, false, 0.128, 10, NOW, STEP_NOT_NOW },
	{ "a small one then", STEP_BOOT, false, 0.128, 0.1, NOW, STEP_NOT_NOW },
	{ "always", STEP_ALWAYS, false, 0.128, 10, NOW, PERMITTED },
	{ "always, at start", STEP_ALWAYS, true, 0.128, -10, NOW, PERMITTED },
	{ "always, but small", STEP_ALWAYS, true, 2.5, 2.4, NOW,
	    STEP_TOO_SMALL },
	{ "never", STEP_NEVER, false, 0.128, 10, NOW, STEP_FORBIDDEN },
	{ "never, not even then", STEP_NEVER, true, 0.128, 10, NOW,
	    STEP_FORBIDDEN },
	{ "NaN", STEP_ALWAYS, true, 0.128, NAN, NOW, NOT_A_NUMBER },
	{ "infinite", STEP_ALWAYS, true, 0.128, INFINITY, NOW, NOT_A_NUMBER },
	{ "-infinite", STEP_ALWAYS, true, 0.128, -INFINITY, NOW, NOT_A_NUMBER },
	{ "NaN when never", STEP_NEVER, true, 0.128, NAN, NOW, NOT_A_NUMBER },
	{ "from 1970, a dead RTC", STEP_BOOT, true, 0.128, NOW, 0, PERMITTED },
	{ "from before 1970", STEP_BOOT, true, 0.128, 2.0 * NOW, -NOW,
	    PERMITTED },
	{ "to the first second", STEP_ALWAYS, true, 0.128,
	    (double)(POLICY_FIRST_TIME - NOW), NOW, PERMITTED },
	{ "before that", STEP_ALWAYS, true, 0.128,
	    (double)(POLICY_FIRST_TIME - NOW) - 1, NOW, STEP_OUT_OF_AGE },
	{ "to the last second", STEP_ALWAYS, true, 0.128,
	    (double)(POLICY_LAST_TIME - NOW), NOW, PERMITTED },
	{ "after that", STEP_ALWAYS, true, 0.128,
	    (double)(POLICY_LAST_TIME - NOW) + 1, NOW, STEP_OUT_OF_AGE },
	{ "an era ahead", STEP_BOOT, true, 0.128, 200 * YEARS, NOW,
	    STEP_OUT_OF_AGE },
	{ "largest double", STEP_ALWAYS, true, 0.128, 1.7e308, NOW,
	    STEP_OUT_OF_AGE },
	{ "largest, back", STEP_ALWAYS, true, 0.128, -1.7e308, NOW,
	    STEP_OUT_OF_AGE },
	{ "forward, but still in 1970", STEP_ALWAYS, true, 0.128, 1e6, 0,
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
		policy = (struct policy){ .step = steps[i].step,
		    .threshold = steps[i].threshold, .armed = steps[i].armed };
		wanted.by = steps[i].by;
		verdict = policy_step(&policy, &wanted, steps[i].now);
		if (verdict != steps[i].verdict)
			fail_msg("%s: %s", steps[i].name,
			    policy_reason(verdict));
		assert_counted(&policy, verdict, 0, steps[i].name);
	}
}

/* A step that was refused is not the one that a start allows. */
static void
refused_step_uses_up_nothing(void **arg)
{
	static const double bad[] = { 0.001, NAN, 1e300, -1e12 };
	struct policy	 policy = { .step = STEP_BOOT, .threshold = 0.128 };
	struct clock_step wanted;
	size_t		 i;

	(void)arg;
	policy_arm(&policy);
	for (i = 0; i < COUNT(bad); i++) {
		wanted.by = bad[i];
		assert_int_not_equal(policy_step(&policy, &wanted, NOW),
		    PERMITTED);
		assert_true(policy_may_step(&policy));
	}
	assert_int_equal(policy.refused, COUNT(bad));
	wanted.by = 1;
	assert_int_equal(policy_step(&policy, &wanted, NOW), PERMITTED);
}

static void
boot_allows_one_step(void **arg)
{
	struct policy	 policy = { .step = STEP_BOOT, .threshold = 0.128 };
	struct clock_step wanted = { .by = 3600 };
	int		 start;

	(void)arg;
	assert_false(policy_may_step(&policy));
	assert_int_equal(policy_step(&policy, &wanted, NOW), STEP_NOT_NOW);
	for (start = 0; start < 3; start++) {
		policy_arm(&policy);
		policy_arm(&policy);	/* twice is still one step */
		assert_true(policy_may_step(&policy));
		assert_int_equal(policy_step(&policy, &wanted, NOW),
		    PERMITTED);
		assert_false(policy_may_step(&policy));
		assert_int_equal(policy_step(&policy, &wanted, NOW),
		    STEP_NOT_NOW);
	}
	assert_int_equal(policy.refused, 4);
}

static void
always_and_never_stay_so(void **arg)
{
	struct policy	 always = { .step = STEP_ALWAYS, .threshold = 1 };
	struct policy	 never = { .step = STEP_NEVER, .threshold = 1 };
	struct clock_step wanted = { .by = 3600 };
	int		 i;

	(void)arg;
	for (i = 0; i < 3; i++) {
		assert_true(policy_may_step(&always));
		assert_int_equal(policy_step(&always, &wanted, NOW),
		    PERMITTED);
		policy_arm(&never);
		assert_false(policy_may_step(&never));
		assert_int_equal(policy_step(&never, &wanted, NOW),
		    STEP_FORBIDDEN);
	}
	assert_true(policy_may_step(&always));
	assert_int_equal(always.refused, 0);
	assert_int_equal(never.refused, 3);
}

/* Frequencies and slews do not take the step of the start away. */
static void
only_steps_disarm(void **arg)
{
	struct policy	 policy = { .step = STEP_BOOT, .threshold = 0.128 };
	struct clock_frequency frequency = { .frequency = 1e-6 };
	struct clock_slew slew = { .rate = 1e-6, .duration = 10 };

	(void)arg;
	policy_arm(&policy);
	assert_int_equal(policy_frequency(&policy, &frequency), PERMITTED);
	assert_int_equal(policy_slew(&policy, &slew), PERMITTED);
	slew.rate = 1;
	assert_int_equal(policy_slew(&policy, &slew), SLEW_TOO_FAST);
	assert_true(policy_may_step(&policy));
}

/* Without a step, a start ends when the clock is synchronized. */
static void
synchronization_ends_the_start(void **arg)
{
	struct policy	 policy = { .step = STEP_BOOT, .threshold = 0.128 };
	struct policy	 always = { .step = STEP_ALWAYS, .threshold = 0.128 };
	struct clock_step wanted = { .by = -3600 };

	(void)arg;
	policy_arm(&policy);
	assert_false(policy_report(&policy, false));
	assert_true(policy_may_step(&policy));
	assert_true(policy_report(&policy, true));
	assert_false(policy_may_step(&policy));
	assert_int_equal(policy_step(&policy, &wanted, NOW), STEP_NOT_NOW);
	assert_false(policy_report(&policy, false));
	assert_false(policy_report(&policy, true));
	assert_int_equal(policy_step(&policy, &wanted, NOW), STEP_NOT_NOW);

	policy_arm(&always);
	assert_false(policy_report(&always, true));
	assert_int_equal(policy_step(&always, &wanted, NOW), PERMITTED);
}

/* A report from before a jump does not end the start that it is. */
static void
late_report_does_not_end_a_new_start(void **arg)
{
	struct policy	 policy = { .step = STEP_BOOT, .threshold = 0.128 };

	(void)arg;
	policy_arm(&policy);
	assert_true(policy_report(&policy, true));
	policy_arm(&policy);
	assert_false(policy_report(&policy, true));	/* was under way */
	assert_true(policy_may_step(&policy));
	assert_false(policy_report(&policy, false));
	assert_true(policy_report(&policy, true));
	assert_false(policy_may_step(&policy));
}

static struct instant
hours(double h)
{
	return instant_add((struct instant){ 1000 }, h * 3600);
}

static void
engines_word_is_good_for_a_step_a_day(void **arg)
{
	struct policy	 policy = { .step = STEP_BOOT, .threshold = 0.128 };
	struct clock_step wanted = { .by = 3600 };

	(void)arg;
	assert_int_equal(policy_new_start(&policy, hours(0.5)), PERMITTED);
	assert_int_equal(policy_step(&policy, &wanted, NOW), PERMITTED);
	assert_int_equal(policy_new_start(&policy, hours(1)),
	    NEW_START_TOO_SOON);
	assert_int_equal(policy_new_start(&policy, hours(24.4)),
	    NEW_START_TOO_SOON);
	assert_false(policy_may_step(&policy));
	assert_int_equal(policy.refused, 2);
	assert_int_equal(policy_new_start(&policy, hours(24.6)), PERMITTED);
	assert_true(policy_may_step(&policy));
	/* One that is not used is used up all the same. */
	assert_false(policy_report(&policy, false));
	assert_true(policy_report(&policy, true));
	assert_int_equal(policy_new_start(&policy, hours(48)),
	    NEW_START_TOO_SOON);
	assert_int_equal(policy_new_start(&policy, hours(49)), PERMITTED);
}

/* And forward only, until there is evidence. */
static void
engines_word_is_for_forward_steps(void **arg)
{
	struct policy	 policy = { .step = STEP_BOOT, .threshold = 0.128 };
	struct clock_step back = { .by = -3600 }, forward = { .by = 3600 };

	(void)arg;
	assert_int_equal(policy_new_start(&policy, hours(0)), PERMITTED);
	assert_int_equal(policy_step(&policy, &back, NOW), STEP_BACKWARDS);
	assert_int_equal(policy_step(&policy, &forward, NOW), PERMITTED);
	assert_int_equal(policy_step(&policy, &forward, NOW), STEP_NOT_NOW);

	assert_int_equal(policy_new_start(&policy, hours(30)), PERMITTED);
	policy_arm(&policy);
	assert_int_equal(policy_step(&policy, &back, NOW), PERMITTED);
}

static void
new_start_changes_nothing_else(void **arg)
{
	struct policy	 boot = { .step = STEP_BOOT, .threshold = 0.128 };
	struct policy	 always = { .step = STEP_ALWAYS, .threshold = 0.128 };
	struct policy	 never = { .step = STEP_NEVER, .threshold = 0.128 };
	struct clock_step back = { .by = -3600 };

	(void)arg;
	policy_arm(&boot);
	assert_int_equal(policy_new_start(&boot, hours(0)), PERMITTED);
	assert_int_equal(policy_step(&boot, &back, NOW), PERMITTED);
	assert_int_equal(policy_new_start(&boot, hours(1)), PERMITTED);

	assert_int_equal(policy_new_start(&always, hours(0)), PERMITTED);
	assert_int_equal(policy_step(&always, &back, NOW), PERMITTED);

	assert_int_equal(policy_new_start(&never, hours(0)), STEP_FORBIDDEN);
	assert_false(policy_may_step(&never));
	assert_int_equal(never.refused, 1);
}

/* The log must tell one refusal from another. */
static void
reasons_differ(void **arg)
{
	enum verdict	 a, b;

	(void)arg;
	for (a = PERMITTED; a <= NEW_START_TOO_SOON; a++) {
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
	enum ntp_leap	 got;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(leaps); i++) {
		quality.synchronized = leaps[i].synchronized;
		quality.leap = leaps[i].leap;
		got = policy_leap(&quality, leaps[i].now,
		    leaps[i].before);
		if (got != leaps[i].permitted)
			fail_msg("%s: %d", leaps[i].name, (int)got);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(frequency_bounds),
		cmocka_unit_test(slew_bounds),
		cmocka_unit_test(step_bounds),
		cmocka_unit_test(refused_step_uses_up_nothing),
		cmocka_unit_test(boot_allows_one_step),
		cmocka_unit_test(always_and_never_stay_so),
		cmocka_unit_test(only_steps_disarm),
		cmocka_unit_test(synchronization_ends_the_start),
		cmocka_unit_test(late_report_does_not_end_a_new_start),
		cmocka_unit_test(engines_word_is_good_for_a_step_a_day),
		cmocka_unit_test(engines_word_is_for_forward_steps),
		cmocka_unit_test(new_start_changes_nothing_else),
		cmocka_unit_test(leap_seconds_end_june_or_december),
		cmocka_unit_test(reasons_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
