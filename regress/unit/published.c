/*
 * Publications to test with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "regress/unit/published.h"

char			 published_folder[32], published_bound[64];
char			 published_clockbound[PUBLISH_FORMS][64];
const struct publish_paths published_paths = { published_bound,
	{ published_clockbound[0], published_clockbound[1] } };

struct publish		 publish;
struct ntptime		*reader;
const struct publish_clock clock_now = {
	.frequency = -12.345e-6, .leap = LEAP_INSERT, .tai = 37
};

int
published_begin(void **state)
{
	(void)state;
	strcpy(published_folder, "/tmp/publish_test.XXXXXX");
	if (mkdtemp(published_folder) == NULL)
		return -1;
	snprintf(published_bound, sizeof(published_bound), "%s/bound",
	    published_folder);
	snprintf(published_clockbound[0], sizeof(published_clockbound[0]),
	    "%s/shm", published_folder);
	snprintf(published_clockbound[1], sizeof(published_clockbound[1]),
	    "%s/shm0", published_folder);
	memset(&publish, 0, sizeof(publish));
	publish_open(&publish, &published_paths);
	reader = ntptime_open(published_bound);
	return reader == NULL ? -1 : capture_begin(NULL);
}

int
published_end(void **state)
{
	(void)state;
	ntptime_close(reader);
	unlink(published_bound);
	unlink(published_clockbound[0]);
	unlink(published_clockbound[1]);
	rmdir(published_folder);
	return capture_end(NULL);
}

struct clock_quality
good(void)
{
	return (struct clock_quality){ .synchronized = 1, .stratum = 2,
	    .at = ns_read(CLOCK_MONOTONIC), .esterror = 20e-6,
	    .maxerror = 1e-3, .offset = -5e-6, .drift = 15e-6 };
}

void
let_pass(int64_t s)
{
	publish.page->as_of -= s * NS_PER_S;
	publish.page->fresh_until -= s * NS_PER_S;
	publish.page->void_after -= s * NS_PER_S;
}

double
width(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) +
	    1e-9 * (double)(to->tv_nsec - from->tv_nsec);
}
