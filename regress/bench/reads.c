/*
 * What it costs a program to ask libntptime for the time, beside reading the
 * clock: ns a call of each, in turns, the least of them.
 *
 * usage: reads page
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "libntptime/ntptime.h"

#define TURNS	500	/* of which some are not interrupted */
#define CALLS	1000	/* tens of us */

static double
now(void)
{
	struct timespec	 ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

static double
clock_cost(void)
{
	struct timespec	 ts;
	double		 begin = now();
	int		 i;

	for (i = 0; i < CALLS; i++)
		clock_gettime(CLOCK_REALTIME, &ts);
	return (now() - begin) / CALLS;
}

static double
page_cost(struct ntptime *t)
{
	struct ntptime_interval interval;
	double		 begin = now();
	int		 i;

	for (i = 0; i < CALLS; i++)
		if (ntptime_now(t, &interval) == NTPTIME_UNKNOWN)
			errx(1, "the page says that nothing is known");
	return (now() - begin) / CALLS;
}

int
main(int argc, char **argv)
{
	struct ntptime	*t;
	double		 clock = 1, page = 1, cost;
	int		 i;

	if (argc != 2)
		errx(2, "usage: reads page");
	if ((t = ntptime_open(argv[1])) == NULL)
		err(1, "%s", argv[1]);
	for (i = 0; i < TURNS; i++) {
		clock = (cost = clock_cost()) < clock ? cost : clock;
		page = (cost = page_cost(t)) < page ? cost : page;
	}
	printf("{\"clock_gettime\": %.1f, \"ntptime_now\": %.1f}\n",
	    clock * 1e9, page * 1e9);
	ntptime_close(t);
	return 0;
}
