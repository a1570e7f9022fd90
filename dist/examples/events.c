/*
 * events: what happens on several machines, in its true order.
 *
 * Reads lines, and writes each behind a time stamp: seconds since 1970, which
 * are certainly over when the line is written.  So whoever has seen it, and
 * stamps another event after that, on whatever machine with ntpd, gives a later
 * stamp: sort -n puts causes before their effects.  It takes twice the bound
 * of the clock's error for each line.
 *
 *	cc -o events events.c -lntptime
 *	tail -f orders.log | ./events >stamped
 *
 * usage: events [page]
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include <ntptime.h>

#define PATIENCE	10.0	/* s, until the clock is certain enough */

/*
 * The stamp of what has happened by now, when it is certainly over.  While
 * nobody knows the time, that is waited for.
 */
static struct timespec
stamp(struct ntptime *t)
{
	struct ntptime_interval now;

	for (;;) {
		ntptime_now(t, &now);
		if (now.status == NTPTIME_UNKNOWN ||
		    now.status == NTPTIME_DISRUPTED) {
			const struct timespec pause = { 0, 100000000 };

			nanosleep(&pause, NULL);
			continue;
		}
		if (ntptime_wait_after(t, &now.latest, PATIENCE) == 0)
			return now.latest;
		/* The clock was set meanwhile: with a new stamp. */
	}
}

int
main(int argc, char **argv)
{
	struct ntptime	*t = ntptime_open(argc > 1 ? argv[1] : NULL);
	struct timespec	 at;
	char		*line = NULL;
	size_t		 size = 0;

	if (t == NULL)
		err(1, "no page of ntpd");
	while (getline(&line, &size, stdin) != -1) {
		at = stamp(t);
		printf("%lld.%09ld %s", (long long)at.tv_sec, at.tv_nsec, line);
		fflush(stdout);
	}
	free(line);
	ntptime_close(t);
	return 0;
}
