/*
 * Leap seconds: the calendar by arithmetic, the kernel's count by its clocks.
 * gmtime(3) would do for the former, but reads the time zone's file, which a
 * jail has not.
 */
#include "common/leap.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#define DAY		86400

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
leap_count(void)
{
	struct timespec	 tai, utc;

	clock_gettime(CLOCK_TAI, &tai);
	clock_gettime(CLOCK_REALTIME, &utc);
	return llround((double)(tai.tv_sec - utc.tv_sec) +
	    (double)(tai.tv_nsec - utc.tv_nsec) * 1e-9);
}

int64_t
leap_since(int64_t *count)
{
	int64_t		 now = leap_count(), more = now - *count;

	*count = now;
	return llabs(more) == 1 ? more : 0;
}
