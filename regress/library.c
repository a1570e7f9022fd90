/*
 * What libntptime says of a page: the status, and in ns how wide the certain
 * and the likely interval are.
 *
 * usage: library page ...
 */
#include <stdio.h>

#include <ntptime.h>

static double
width(const struct timespec *from, const struct timespec *to)
{
	return 1e9 * ((double)to->tv_sec - (double)from->tv_sec) +
	    (double)(to->tv_nsec - from->tv_nsec);
}

int
main(int argc, char **argv)
{
	struct ntptime	*t;
	struct ntptime_interval i;
	int		 n;

	for (n = 1; n < argc; n++) {
		if ((t = ntptime_open(argv[n])) == NULL) {
			printf("refused\n");
			continue;
		}
		ntptime_now(t, &i);
		printf("%d %.0f %.0f\n", i.status,
		    width(&i.earliest, &i.latest),
		    width(&i.likely_earliest, &i.likely_latest));
		ntptime_close(t);
	}
	return 0;
}
