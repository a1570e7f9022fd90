/*
 * What programs of the machine are told: the interval of libntptime, beside
 * what is true at that moment.
 */
#include <stdio.h>

#include "libntptime/ntptime.h"
#include "regress/lab/truth.h"

/* The clock is read twice, with a quarter of a us in between; s. */
#define READING	1e-6

/* Since the start of the scenario, s. */
static double
since(const struct world *w, const struct timespec *ts)
{
	return (double)((long long)ts->tv_sec - w->epoch) +
	    1e-9 * (double)ts->tv_nsec;
}

void
page_sample(struct world *w, FILE *log)
{
	static struct ntptime *page;
	struct ntptime_interval i;
	double		 t, earliest, latest;
	bool		 known;

	if (page == NULL)
		page = ntptime_open(NULL);
	if (page == NULL)
		return;
	t = utc(w, true_time(w, raw_now(w)));
	ntptime_now(page, &i);
	w->page.readings++;
	known = i.status == NTPTIME_SYNCHRONIZED ||
	    i.status == NTPTIME_FREE_RUNNING;
	w->page.known += known;
	if (i.status == NTPTIME_UNKNOWN)
		return;
	earliest = since(w, &i.earliest);
	latest = since(w, &i.latest);
	w->page.wrong += known && (t < earliest - READING ||
	    t > latest + READING);
	fprintf(log, "%ld %.9f %.9f %.9f %d\n", w->nerrors, t, earliest, latest,
	    i.status);
}
