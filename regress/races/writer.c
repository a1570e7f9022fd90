/*
 * One thread publishes, others read what it does, in the same mapping, so that
 * a sanitizer for threads sees every access: races.t.
 *
 * usage: races path seconds
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "ntpd/parent/publish.h"
#include "regress/races/reader.h"

#define READERS	3

static struct publish	 publish;
static bool		 enough;

/* Publish for so long; some of it by changing the status alone. */
static unsigned long
write_on(double seconds)
{
	const struct publish_clock clock = { .leap = LEAP_NONE };
	struct clock_quality q = { .synchronized = 1 };
	struct instant	 end = instant_add(instant_now(), seconds);
	unsigned long	 n;

	for (n = 1; instant_before(instant_now(), end); n++) {
		q.maxerror = q.esterror = 1e-6 * (double)(n % 1000 + 1);
		q.drift = 1e-9 * (double)(n % 1000);
		q.at = instant_now().ns;
		publish_quality(&publish, &q, &clock);
		if (n % 64 == 0)
			publish_close(&publish);
	}
	return n;
}

/* 1 if a reader has seen two publications at once, or nothing at all. */
int
main(int argc, char **argv)
{
	struct reader	 readers[READERS];
	unsigned long	 written, torn = 0, known = 0;
	size_t		 i;

	if (argc != 3)
		errx(2, "usage: races path seconds");
	publish_open(&publish, &(struct publish_paths){ argv[1], { "", "" } });
	if (publish.page == NULL)
		errx(2, "%s cannot be mapped", argv[1]);
	for (i = 0; i < READERS; i++) {
		readers[i] = (struct reader){ .page = publish.page,
		    .enough = &enough };
		if (pthread_create(&readers[i].thread, NULL, reader_run,
		    &readers[i]) != 0)
			errx(2, "no thread");
	}
	written = write_on(atof(argv[2]));
	__atomic_store_n(&enough, true, __ATOMIC_RELAXED);
	for (i = 0; i < READERS; i++) {
		pthread_join(readers[i].thread, NULL);
		torn += readers[i].torn;
		known += readers[i].known;
	}
	printf("%lu written, %lu read, %lu torn\n", written, known, torn);
	return torn > 0 || written < 1000 || known < 1000;
}
