/*
 * Servers with NTS whose certificates are not valid by our clock: when they are
 * taken, and where they may lead.
 */
#include <string.h>

#include "ntpd/clock/unproven.h"
#include "regress/unit/unit.h"

#define DAY		86400.0
#define NOW		(1800000000.0)	/* by our clock, s since 1970 */

static struct config	 conf;
static struct policy	 policy;
static struct unproven	 u;

static int
setup(void **arg)
{
	(void)arg;
	memset(&conf, 0, sizeof(conf));
	memset(&u, 0, sizeof(u));
	policy = (struct policy){ .state = STARTED };
	conf.step.when = STEP_BOOT;
	conf.nservers = 1;
	conf.servers[0].auth = AUTH_NTS;
	return 0;
}

/* Statement I would give keys, valid from FIRST to LAST days from now. */
static bool
take(uint32_t i, uint32_t unproven, double first, double last)
{
	const struct nts_keys keys = {
		.outcome = NTS_AGREED, .unproven = unproven,
		.first = (int64_t)(NOW + first * DAY),
		.last = (int64_t)(NOW + last * DAY)
	};

	unproven_note(&u, i, &keys);
	return unproven == 0 || unproven_take(&u, &conf, &policy);
}

/* What is allowed then, if it was FLOOR days from now at least. */
static struct policy_bounds
bounds(double floor)
{
	return unproven_bounds(&u, &conf, NOW + floor * DAY, NOW);
}

static void
possible(void **arg)
{
	(void)arg;
	assert_true(unproven_possible(&u, &conf));
	conf.step.when = STEP_NEVER;
	assert_false(unproven_possible(&u, &conf));
	assert_false(take(0, 1, 100, 200));
	conf.step.when = STEP_BOOT;
	conf.nconstraints = 1;
	assert_false(unproven_possible(&u, &conf));
	assert_false(take(0, 1, 100, 200));
}

/* Once they have set the clock, one that can be checked has to come first. */
static void
spent(void **arg)
{
	(void)arg;
	assert_true(take(0, 1, 100, 200));
	unproven_end(&u, true);
	assert_int_equal(u.state, UNPROVEN_SPENT);
	assert_int_equal(unproven_voters(&u, &conf), 0);
	assert_false(unproven_possible(&u, &conf));
	assert_false(take(0, 1, 100, 200));
	policy.state = SETTLED;
	assert_false(take(0, 1, 100, 200));
	assert_true(take(0, 0, -10, 10));
	assert_int_equal(u.state, UNPROVEN_NONE);
	assert_true(take(0, 1, 100, 200));
	unproven_end(&u, false);
	assert_int_equal(u.state, UNPROVEN_NONE);
}

/* A clock that was right is doubted if most certificates say so. */
static void
running(void **arg)
{
	unsigned	 i, n;

	(void)arg;
	policy.state = SETTLED;
	for (n = 1; n <= 5; n++) {
		conf.nservers = n;
		unproven_end(&u, false);
		for (i = 0; i < n; i++)
			conf.servers[i].auth = AUTH_NTS;
		for (i = 0; i < n; i++)
			assert_true(take(i, 0, -10, 10));
		for (i = 0; i < n; i++) {
			if (take(i, 1, 30, 60) != (2 * (i + 1) > n))
				fail_msg("%u of %u", i + 1, n);
			assert_int_equal(u.state, 2 * (i + 1) > n ?
			    UNPROVEN_KEYS : UNPROVEN_NONE);
		}
		assert_near(bounds(0).low, 30 * DAY, 1);
	}
	/* The others can be checked again: it was them. */
	unproven_end(&u, false);
	assert_false(take(0, 1, 30, 60));
	assert_false(take(1, 1, 30, 60));
	assert_true(take(0, 0, -10, 10));
	assert_false(take(2, 1, 30, 60));
	assert_int_equal(u.state, UNPROVEN_NONE);
}

/* When most certificates are valid, and no earlier than the floor. */
static void
where_they_may_lead(void **arg)
{
	struct policy_bounds b;

	(void)arg;
	conf.nservers = 3;
	conf.servers[2].auth = AUTH_NTS;
	assert_true(take(0, 0, -10, 10));
	assert_int_equal(u.state, UNPROVEN_NONE);
	assert_true(take(0, 1, 100, 200));
	assert_int_equal(u.state, UNPROVEN_KEYS);
	assert_int_equal(bounds(-1).state, CONSTRAINTS_ASKING);
	assert_true(take(2, 0, -10, 250));
	b = bounds(-1);
	assert_int_equal(unproven_voters(&u, &conf), 2);
	assert_int_equal(b.state, CONSTRAINTS_KNOWN);
	assert_near(b.low, 100 * DAY, 1);
	assert_near(b.high, 200 * DAY, 1);
	assert_true(take(2, 1, 150, 300));
	b = bounds(180);
	assert_int_equal(b.state, CONSTRAINTS_KNOWN);
	assert_near(b.low, 180 * DAY - UNPROVEN_MARGIN, 1);
	assert_near(b.high, 200 * DAY, 1);
	assert_int_equal(bounds(201).state, CONSTRAINTS_PAST);
}

/* One that is the only one need not wait; two that cannot both be do not do. */
static void
alone_or_at_odds(void **arg)
{
	(void)arg;
	take(0, 1, 100, 200);
	assert_int_equal(bounds(-1).state, CONSTRAINTS_KNOWN);
	/* It has another one now. */
	take(0, 1, 300, 400);
	assert_near(bounds(-1).low, 300 * DAY, 1);
	conf.nservers = 2;
	conf.servers[1].auth = AUTH_NTS;
	take(1, 1, 100, 200);
	assert_int_equal(bounds(-1).state, CONSTRAINTS_PAST);
	/* A third decides. */
	conf.nservers = 3;
	conf.servers[2].auth = AUTH_NTS;
	take(2, 1, 50, 150);
	assert_int_equal(bounds(-1).state, CONSTRAINTS_KNOWN);
	assert_near(bounds(-1).low, 100 * DAY, 1);
	assert_near(bounds(-1).high, 150 * DAY, 1);
}

/* What a hostile process may say. */
static void
hostile(void **arg)
{
	static const int64_t times[] = { INT64_MIN, -1, 0, 1, INT64_MAX };
	struct nts_keys	 keys = { .unproven = 7 };
	struct policy_bounds b;
	size_t		 i, k;

	(void)arg;
	for (i = 0; i < COUNT(times); i++)
		for (k = 0; k < COUNT(times); k++) {
			unproven_end(&u, false);
			keys.first = times[i];
			keys.last = times[k];
			unproven_note(&u, UINT32_MAX, &keys);
			unproven_note(&u, 0, &keys);
			assert_true(unproven_take(&u, &conf, &policy));
			b = bounds(0);
			assert_true(b.low >= -UNPROVEN_MARGIN - 1);
			assert_true(b.state != CONSTRAINTS_KNOWN ||
			    b.low <= b.high);
		}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(possible, setup),
		cmocka_unit_test_setup(spent, setup),
		cmocka_unit_test_setup(running, setup),
		cmocka_unit_test_setup(where_they_may_lead, setup),
		cmocka_unit_test_setup(alone_or_at_odds, setup),
		cmocka_unit_test_setup(hostile, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
