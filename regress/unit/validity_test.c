/*
 * Certificates that expire: what is said of them, and how often.
 */
#include "ntpd/ke/validity.h"
#include "regress/unit/unit.h"

#define DAY	86400
#define HOUR	3600

/* Certificates for 90 days, for 6 days, and for longer than anybody lives. */
static const struct {
	const char	*name;
	int64_t		 last;		/* the first day is 0 */
	int64_t		 wall;
	enum validity_state state;
} cases[] = {
	{ "new", 90 * DAY, 0, VALIDITY_FINE },
	{ "a second too early", 90 * DAY, -1, VALIDITY_EARLY },
	{ "8 days left", 90 * DAY, 82 * DAY, VALIDITY_FINE },
	{ "a week left", 90 * DAY, 83 * DAY, VALIDITY_FINE },
	{ "less than a week", 90 * DAY, 83 * DAY + 1, VALIDITY_SOON },
	{ "its last second", 90 * DAY, 90 * DAY, VALIDITY_SOON },
	{ "one later", 90 * DAY, 90 * DAY + 1, VALIDITY_OVER },
	{ "short: a day left", 6 * DAY, 5 * DAY, VALIDITY_FINE },
	{ "short: 14 hours left", 6 * DAY, 6 * DAY - 14 * HOUR,
	    VALIDITY_SOON },
	{ "never valid", -DAY, 0, VALIDITY_OVER },
	{ "the year 9999", 253402300799, 4102444800, VALIDITY_FINE },
	{ "1970, when none had begun", 90 * DAY, INT64_MIN, VALIDITY_EARLY },
	{ "a clock that has no end", 90 * DAY, INT64_MAX, VALIDITY_OVER },
};

static void
test_what_is_said(void **state)
{
	struct validity	 v;
	enum validity_state said;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		validity_init(&v);
		v.first = 0;
		v.last = cases[i].last;
		said = validity_news(&v, instant_now(), cases[i].wall);
		if (said != cases[i].state)
			fail_msg("%s: %d", cases[i].name, said);
	}
}

/* Looked at each hour for 91 days: at once when it changes, and daily. */
static void
test_once_a_day(void **state)
{
	unsigned	 said[4] = { 0 };
	struct validity	 v;
	struct instant	 now = instant_now();
	int64_t		 hour;
	enum validity_state s;

	(void)state;
	validity_init(&v);
	v.first = 0;
	v.last = 90 * DAY - 1800;
	for (hour = 0; hour <= 92 * 24; hour++) {
		s = validity_news(&v, now, hour * HOUR);
		said[s]++;
		if (s == VALIDITY_OVER && said[s] == 1)
			assert_int_equal(hour, 90 * 24);
		now = instant_add(now, HOUR);
	}
	assert_int_equal(said[VALIDITY_EARLY], 0);
	assert_int_equal(said[VALIDITY_SOON], 7);
	assert_int_equal(said[VALIDITY_OVER], 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_said),
		cmocka_unit_test(test_once_a_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
