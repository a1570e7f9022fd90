/*
 * Leap seconds: the calendar against the C library's, and a kernel's count that
 * is made up here.
 */
#include <string.h>
#include <time.h>

#include "common/leap.h"
#include "common/ns.h"
#include "regress/unit/unit.h"

#define DAY		86400LL
#define CENTURIES	(15 * 36525)	/* days */

#define MIDNIGHT	1830297600LL	/* 2028-01-01 */

/* The clocks, ns.  Something may happen before the reading number EVENT. */
static struct {
	int64_t		 real;
	int64_t		 tai;		/* ahead of it */
	int64_t		 cost;		/* of a reading */
	int		 readings;
	int		 event;
	int64_t		 pause;		/* an interruption */
	int64_t		 leap;		/* one inserted, or left out */
	int64_t		 step;		/* somebody sets the clock */
} fake;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int64_t		 ns;

	if (fake.readings++ == fake.event) {
		fake.real += fake.pause + fake.step - fake.leap;
		fake.tai += fake.leap;
	}
	fake.real += fake.cost;
	ns = fake.real;
	if (id == CLOCK_TAI)
		ns += fake.tai;
	else
		assert_int_equal(id, CLOCK_REALTIME);
	ts->tv_sec = ns / NS_PER_S;
	ts->tv_nsec = (long)(ns % NS_PER_S);
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

#define NS(s)		((int64_t)((s) * 1e9))

static const struct {
	const char	*name;
	int64_t		 cost, pause, leap, step;
} events[] = {
	{ "nothing", 50, 0, 0, 0 },
	{ "slow readings", NS(0.01), 0, 0, 0 },
	{ "an interruption", 50, NS(0.7), 0, 0 },
	{ "a long one", 50, NS(100), 0, 0 },
	{ "a leap second", 50, 0, NS(1), 0 },
	{ "one left out", 50, 0, NS(-1), 0 },
	{ "one, and an interruption", 50, NS(0.9), NS(1), 0 },
	{ "somebody sets the clock", 50, 0, 0, NS(0.6) },
	{ "somebody sets it back", 50, 0, 0, NS(-0.6) },
};

/* Count and time belong together, whatever happens between the readings. */
static void
the_kernels_count(void **arg)
{
	int64_t		 count, real, wanted;
	size_t		 i;
	int		 at;

	(void)arg;
	for (i = 0; i < COUNT(events); i++)
		for (at = 0; at < 6; at++) {
			memset(&fake, 0, sizeof(fake));
			fake.real = MIDNIGHT * NS(1);
			fake.tai = 37 * NS(1);
			fake.event = at;
			fake.cost = events[i].cost;
			fake.pause = events[i].pause;
			fake.leap = events[i].leap;
			fake.step = events[i].step;
			count = leap_count(&real);
			wanted = fake.tai / NS(1);
			if (count != wanted || real != fake.real)
				fail_msg("%s, at %d: %lld", events[i].name, at,
				    (long long)count);
		}
}

static const struct {
	const char	*name;
	double		 from, to;		/* s after midnight */
	int64_t		 more;
	double		 jumped;
	int		 leap;
} intervals[] = {
	{ "nothing", -10, 10, 0, 0, 0 },
	{ "one inserted", -10, 9, 1, -1, 1 },
	{ "just now", -1.0, -0.999, 1, -1, 1 },
	{ "one left out", -10, 11, -1, 1, -1 },
	{ "just now, likewise", -1.001, 0.001, -1, 1, -1 },
	{ "while the clock is slewed", -20, 19.1, 1, -0.9, 1 },
	{ "and somebody sets the clock", -10, 29, 1, 19, 1 },
	{ "in a machine that was busy", -1000, 1000, 1, -1, 1 },
	{ "somebody sets the count", -10, 10, 1, 0, 0 },
	{ "somebody takes it back", -10, 10, -1, 0, 0 },
	{ "somebody slews meanwhile", -10, 10.4, 1, 0.4, 0 },
	{ "somebody sets the clock", -10, 9, 0, -1, 0 },
	{ "somebody sets both, by a lot", -10, 47, 37, 37, 0 },
	{ "both, at noon", -43210, -43201, 1, -1, 0 },
	{ "both, in the morning", 30000, 30010, 1, -1, 0 },
	{ "both, a day before", -86410, -86390, 1, -1, 0 },
	{ "both, on another month's last day", 30 * DAY + 86390,
	    31 * DAY + 9, 1, -1, 0 },
};

static void
count_and_clock(void **arg)
{
	int64_t		 midnight = MIDNIGHT * NS(1);
	int		 leap;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(intervals); i++) {
		leap = leap_between(midnight + NS(intervals[i].from),
		    midnight + NS(intervals[i].to), intervals[i].more,
		    intervals[i].jumped);
		if (leap != intervals[i].leap)
			fail_msg("%s: %d", intervals[i].name, leap);
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
		cmocka_unit_test(count_and_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
