/*
 * Servers with NTS whose certificates are not valid by our clock: when they are
 * taken, and where they may lead.
 */
#include <string.h>

#include "ntpd/parent/unproven.h"
#include "regress/unit/unit.h"

#define DAY		86400.0
#define NOW		(1800000000.0)	/* by our clock, s since 1970 */

static struct config	 conf;
static struct unproven	 u;

static int
setup(void **arg)
{
	(void)arg;
	memset(&conf, 0, sizeof(conf));
	memset(&u, 0, sizeof(u));
	conf.nservers = 1;
	conf.servers[0].auth = AUTH_NTS;
	return 0;
}

/* Statement I has given keys, valid from FIRST to LAST days from now. */
static void
take(uint32_t i, uint32_t unproven, double first, double last)
{
	const struct nts_keys keys = {
		.outcome = NTS_AGREED, .unproven = unproven,
		.first = (int64_t)(NOW + first * DAY),
		.last = (int64_t)(NOW + last * DAY)
	};

	unproven_take(&u, i, &keys);
}

/* What is allowed then, if it was FLOOR days from now at least. */
static struct policy_bounds
bounds(double floor)
{
	return unproven_bounds(&u, &conf, NOW + floor * DAY, NOW);
}

static void
permitted(void **arg)
{
	struct policy	 policy = { .state = STARTED,
			    .step.when = STEP_BOOT };

	(void)arg;
	assert_true(unproven_permitted(&conf, &policy));
	policy.state = SETTLED;
	assert_false(unproven_permitted(&conf, &policy));
	policy.state = JUMPED;
	assert_false(unproven_permitted(&conf, &policy));
	policy.state = STARTED;
	policy.step.when = STEP_NEVER;
	assert_false(unproven_permitted(&conf, &policy));
	policy.step.when = STEP_BOOT;
	conf.nconstraints = 1;
	assert_false(unproven_permitted(&conf, &policy));
}

/* When all certificates are valid, and no earlier than the floor. */
static void
where_they_may_lead(void **arg)
{
	struct policy_bounds b;

	(void)arg;
	conf.nservers = 3;
	conf.servers[2].auth = AUTH_NTS;
	take(0, 0, -10, 10);
	assert_int_equal(u.state, UNPROVEN_NONE);
	take(0, 1, 100, 200);
	assert_int_equal(u.state, UNPROVEN_KEYS);
	assert_int_equal(bounds(-1).state, CONSTRAINTS_ASKING);
	take(2, 0, -10, 10);
	b = bounds(-1);
	assert_int_equal(unproven_voters(&u, &conf), 2);
	assert_int_equal(b.state, CONSTRAINTS_KNOWN);
	assert_near(b.low, 100 * DAY, 1);
	assert_near(b.high, 200 * DAY, 1);
	take(2, 1, 150, 300);
	b = bounds(180);
	assert_int_equal(b.state, CONSTRAINTS_KNOWN);
	assert_near(b.low, 180 * DAY - UNPROVEN_MARGIN, 1);
	assert_near(b.high, 200 * DAY, 1);
	assert_int_equal(bounds(201).state, CONSTRAINTS_PAST);
	unproven_end(&u);
	assert_int_equal(u.state, UNPROVEN_NONE);
	assert_int_equal(unproven_voters(&u, &conf), 0);
}

/* One that is the only one need not wait; two that cannot both be do not do. */
static void
alone_or_at_odds(void **arg)
{
	(void)arg;
	take(0, 1, 100, 200);
	assert_int_equal(bounds(-1).state, CONSTRAINTS_KNOWN);
	take(0, 1, 300, 400);
	assert_int_equal(bounds(-1).state, CONSTRAINTS_PAST);
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
			unproven_end(&u);
			keys.first = times[i];
			keys.last = times[k];
			unproven_take(&u, UINT32_MAX, &keys);
			unproven_take(&u, 0, &keys);
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
		cmocka_unit_test_setup(permitted, setup),
		cmocka_unit_test_setup(where_they_may_lead, setup),
		cmocka_unit_test_setup(alone_or_at_odds, setup),
		cmocka_unit_test_setup(hostile, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
