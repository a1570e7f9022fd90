/*
 * Leap seconds: the calendar against the C library's, and a kernel's count that
 * is made up here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "common/leap.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define DAY		86400LL
#define CENTURIES	(15 * 36525)	/* days */

static int64_t	 tai;			/* ns, CLOCK_TAI - CLOCK_REALTIME */

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int64_t		 ns = 1800000000999999990LL;

	if (id == CLOCK_TAI)
		ns += tai;
	else
		assert_int_equal(id, CLOCK_REALTIME);
	ts->tv_sec = ns / 1000000000;
	ts->tv_nsec = ns % 1000000000;
	return 0;
}

/* The same, by the C library. */
static int
days_left(time_t day)
{
	struct tm	 tm;

	gmtime_r(&day, &tm);
	if (tm.tm_mon == 5)
		return 30 - tm.tm_mday;
	return tm.tm_mon == 11 ? 31 - tm.tm_mday : -1;
}

static void
every_day(void **arg)
{
	int64_t		 day, t;
	int		 wanted;

	(void)arg;
	for (day = -CENTURIES; day < CENTURIES; day++) {
		t = day * DAY;
		wanted = days_left((time_t)t);
		if (leap_days_left(t) != wanted ||
		    leap_days_left(t + DAY - 1) != wanted)
			fail_msg("%lld: %d, not %d", (long long)t,
			    leap_days_left(t), wanted);
	}
}

/* Those there were: each on the last day of its month (IERS Bulletin C). */
static void
all_leap_seconds_so_far(void **arg)
{
	static const int64_t first_after[] = {
		78796800, 94694400, 126230400, 157766400, 189302400, 220924800,
		252460800, 283996800, 315532800, 362793600, 394329600,
		425865600, 489024000, 567993600, 631152000, 662688000,
		709948800, 741484800, 773020800, 820454400, 867715200,
		915148800, 1136073600, 1230768000, 1341100800, 1435708800,
		1483228800
	};
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(first_after); i++) {
		assert_int_equal(leap_days_left(first_after[i] - 1), 0);
		assert_int_equal(leap_days_left(first_after[i]), -1);
	}
}

static void
no_time_is_too_far(void **arg)
{
	(void)arg;
	assert_in_range(leap_days_left(INT64_MAX) + 1, 0, 31);
	assert_in_range(leap_days_left(INT64_MIN) + 1, 0, 31);
}

static const struct {
	const char	*name;
	int64_t		 before, after;		/* ns */
	int64_t		 since;
} counts[] = {
	{ "nothing", 0, 0, 0 },
	{ "one inserted", 0, 1000000000, 1 },
	{ "one more", 37000000000, 38000000000, 1 },
	{ "one left out", 38000000000, 37000000000, -1 },
	{ "time between the readings", 37000000000, 36999999000, 0 },
	{ "likewise, and one inserted", 37000000000, 37999990000, 1 },
	{ "somebody sets it", 0, 37000000000, 0 },
	{ "and takes it back", 37000000000, 0, 0 },
};

static void
the_kernels_count(void **arg)
{
	int64_t		 count, since;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(counts); i++) {
		tai = counts[i].before;
		count = leap_count();
		tai = counts[i].after;
		since = leap_since(&count);
		if (since != counts[i].since)
			fail_msg("%s: %lld", counts[i].name, (long long)since);
		assert_int_equal(leap_since(&count), 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day),
		cmocka_unit_test(all_leap_seconds_so_far),
		cmocka_unit_test(no_time_is_too_far),
		cmocka_unit_test(the_kernels_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
