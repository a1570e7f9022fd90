/*
 * Spreading a leap second: by an independent count of the seconds of both.
 */
#include <math.h>

#include "common/ns.h"
#include "common/smear.h"
#include "regress/unit/unit.h"

#define MIDNIGHT	1830297600LL	/* 2028-01-01 */

static struct ntptime
stamp(int64_t ns)
{
	return ntptime_from_ns(MIDNIGHT * NS_PER_S + ns);
}

/* How far clients are ahead of UTC at NS after midnight, s. */
static double
shift(const struct smear *s, int64_t ns)
{
	return ntptime_diff(smear_time(s, stamp(ns)), stamp(ns));
}

/*
 * A clock that has the leap second, from noon to noon: seconds of clients are
 * all as long, and they have the 86400 of any day.
 */
static void
noon_to_noon(void **arg)
{
	static const int changes[] = { 1, -1 };
	struct smear	 s = { .at = stamp(0) };
	double		 passed, expected;
	int64_t		 utc;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(changes); i++) {
		s.change = changes[i];
		for (utc = -43200 * NS_PER_S; utc < 43200 * NS_PER_S;
		    utc += 600 * NS_PER_S) {
			passed = 43200 + (double)utc * 1e-9 +
			    (utc >= 0 ? s.change : 0);
			expected = passed * 86400 / (86400 + s.change);
			assert_true(fabs(shift(&s, utc) - (expected - 43200 -
			    (double)utc * 1e-9)) < 2e-9);
		}
	}
}

/* It begins and ends without a jump, and is half a second at the most. */
static void
nothing_jumps(void **arg)
{
	struct smear	 s = { .change = 1, .at = stamp(0) };

	(void)arg;
	assert_true(fabs(shift(&s, -43200 * NS_PER_S + 1)) < 1e-8);
	assert_true(fabs(shift(&s, 43200 * NS_PER_S - 1)) < 1e-8);
	assert_true(shift(&s, -43201 * NS_PER_S) == 0);
	assert_true(shift(&s, 43201 * NS_PER_S) == 0);
	/* Just before UTC has it, and a second later just after. */
	assert_true(fabs(shift(&s, -1) + 0.5) < 1e-5);
	assert_true(fabs(shift(&s, 1) - 0.5) < 2e-5);
	s.change = 0;
	assert_true(shift(&s, 0) == 0);
}

/* What UTC shows twice nobody can tell apart. */
static void
the_repeated_second(void **arg)
{
	struct smear	 s = { .change = 1, .at = stamp(0) };

	(void)arg;
	assert_true(smear_is_repeated(&s, stamp(-1)));
	assert_true(smear_is_repeated(&s, stamp(-NS_PER_S + 1)));
	assert_false(smear_is_repeated(&s, stamp(-NS_PER_S - 1)));
	assert_false(smear_is_repeated(&s, stamp(0)));
	s.change = -1;
	assert_false(smear_is_repeated(&s, stamp(-1)));
	s.change = 0;
	assert_false(smear_is_repeated(&s, stamp(-1)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noon_to_noon),
		cmocka_unit_test(nothing_jumps),
		cmocka_unit_test(the_repeated_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
