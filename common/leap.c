/*
 * Leap seconds: the calendar by arithmetic, the kernel's count by its clocks.
 * gmtime(3) would do for the former, but reads the time zone's file, which a
 * jail has not.
 */
#include "common/leap.h"
#include "common/ns.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#define DAY		86400

/* Until the readings of both clocks belong together; tuned: two will do. */
#define READINGS	10
#define GAP_MOST	(NS_PER_S / 10)

/* A leap second is one before midnight or after, and noticed a bit later, s. */
#define LATE		2

/* Less is no leap second of the clock, whatever else was wrong, s. */
#define JUMP_LEAST	0.5

/*
 * Days from 0000-03-01 to 1970-01-01, and in 400 years.  Years that begin in
 * March have the day that is not in all of them at their end.
 */
#define MARCH_TO_1970	719468
#define DAYS_IN_400	146097

/* Days since 1 March of the last ones of June and December, and their first. */
#define JUNE_FIRST	92
#define JUNE_LAST	121
#define DECEMBER_FIRST	275
#define DECEMBER_LAST	305

/*
 * The day of a year that begins in March, from 0, for such a day of 400.  Near
 * the end of February it may be taken for one of the year before or after.
 */
static int
day_of_year(int day)
{
	int		 year = day * 400 / DAYS_IN_400;

	return day - (365 * year + year / 4 - year / 100);
}

int
leap_days_left(int64_t unix_time)
{
	int64_t		 days = unix_time / DAY - (unix_time % DAY < 0);
	int64_t		 of_400 = (days + MARCH_TO_1970) % DAYS_IN_400;
	int		 day = day_of_year((int)(of_400 < 0 ?
			    of_400 + DAYS_IN_400 : of_400));

	if (day >= JUNE_FIRST && day <= JUNE_LAST)
		return JUNE_LAST - day;
	if (day >= DECEMBER_FIRST && day <= DECEMBER_LAST)
		return DECEMBER_LAST - day;
	return -1;
}

int64_t
leap_day_end(int64_t unix_time)
{
	return (unix_time / DAY - (unix_time % DAY < 0) + 1) * DAY;
}

enum ntp_leap
leap_planned(const struct leap_plan *plan, int64_t unix_time)
{
	if (plan->change == 0 || unix_time >= plan->at ||
	    unix_time < plan->at - DAY)
		return LEAP_NONE;
	return plan->change > 0 ? LEAP_INSERT : LEAP_DELETE;
}

/*
 * The two clocks cannot be read at once.  If we are interrupted in between, or
 * the clock is set, it shows between the readings of UTC before and after.
 */
int64_t
leap_count(int64_t *real)
{
	int64_t		 before, tai, gap = -1;
	int		 i;

	*real = ns_read(CLOCK_REALTIME);
	for (i = 0; i < READINGS && (gap < 0 || gap > GAP_MOST); i++) {
		before = *real;
		tai = ns_read(CLOCK_TAI);
		*real = ns_read(CLOCK_REALTIME);
		gap = *real - before;
	}
	return llround((double)(tai - *real) / NS_PER_S);
}

int
leap_between(int64_t from, int64_t to, int64_t more, double jumped)
{
	int64_t		 first = from / NS_PER_S - LATE;
	int64_t		 last = to / NS_PER_S + LATE;

	if (llabs(more) != 1 || fabs(jumped) < JUMP_LEAST ||
	    leap_days_left(first) != 0)
		return 0;
	return first - first % DAY + DAY <= last ? (int)more : 0;
}
