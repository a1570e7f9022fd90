/*
 * The library: what it makes of the page while time passes, writers stop
 * midway, and somebody sets the clock.
 */
#include <sys/stat.h>

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "regress/unit/published.h"

static const struct {
	int64_t		 s;
	enum ntptime_status status;
	double		 certain;	/* the bound then */
} ages[] = {
	{ 0, NTPTIME_SYNCHRONIZED, 1e-3 },
	{ 100, NTPTIME_SYNCHRONIZED, 1e-3 + 100 * 15e-6 },
	{ 191, NTPTIME_SYNCHRONIZED, 1e-3 + 191 * 15e-6 },
	{ 193, NTPTIME_FREE_RUNNING, 1e-3 + 193 * 15e-6 },
	{ 999, NTPTIME_FREE_RUNNING, 1e-3 + 999 * 15e-6 },
	{ 1001, NTPTIME_UNKNOWN, 0 },
	{ 1000000000, NTPTIME_UNKNOWN, 0 },
	{ -1, NTPTIME_UNKNOWN, 0 }	/* written in the future */
};

static void
silence_is_noticed(void **state)
{
	struct clock_quality q;
	struct ntptime_interval i;
	size_t		 n;

	(void)state;
	for (n = 0; n < COUNT(ages); n++) {
		q = good();
		publish_quality(&publish, &q, &clock_now);
		let_pass(ages[n].s);
		if (ntptime_now(reader, &i) != ages[n].status)
			fail_msg("after %lld s: status %d",
			    (long long)ages[n].s, i.status);
		if (ages[n].certain > 0)
			assert_near(width(&i.earliest, &i.latest),
			    2 * ages[n].certain, 2e-6);
	}
}

/*
 * Who sets the clock, or starts the machine again, changes what it is ahead of
 * one that nobody sets.  Little is added to the bounds, and much is said.
 */
static const struct {
	int64_t		 by;		/* ns */
	enum ntptime_status status;
} settings[] = {
	{ 0, NTPTIME_SYNCHRONIZED },
	{ 500000, NTPTIME_SYNCHRONIZED },
	{ -500000, NTPTIME_SYNCHRONIZED },
	{ 2000000, NTPTIME_DISRUPTED },
	{ -2000000, NTPTIME_DISRUPTED },
	{ NS_PER_S, NTPTIME_DISRUPTED },
	{ -50LL * 365 * 86400 * NS_PER_S, NTPTIME_DISRUPTED }
};

static void
readers_see_that_the_clock_was_set(void **state)
{
	struct clock_quality q;
	struct ntptime_interval i;
	size_t		 n;

	(void)state;
	for (n = 0; n < COUNT(settings); n++) {
		q = good();
		publish_quality(&publish, &q, &clock_now);
		publish.page->lead -= settings[n].by;
		if (ntptime_now(reader, &i) != settings[n].status)
			fail_msg("by %lld ns: %d", (long long)settings[n].by,
			    i.status);
		/* True time is where it was before. */
		assert_near(width(&i.earliest, &i.latest), 2e-3 +
		    2e-9 * fabs((double)settings[n].by), 1e-4);
	}
}

/* Whatever is in the page, a reader gets a status, and no overflow. */
static void
any_bytes(void **state)
{
	static const int64_t edges[] = { 0, 1, -1, INT64_MAX, INT64_MIN,
	    NS_PER_S, 1LL << 62, -(1LL << 62), INT64_MAX - 1000000 };
	struct clock_quality q = good();
	struct ntptime_interval i;
	int64_t		*word = (int64_t *)(void *)publish.page;
	size_t		 at, n;

	(void)state;
	for (at = 3; at < sizeof(*publish.page) / sizeof(*word); at++)
		for (n = 0; n < COUNT(edges); n++) {
			publish_quality(&publish, &q, &clock_now);
			q = good();
			word[at] = edges[n];
			assert_true(ntptime_now(reader, &i) <=
			    NTPTIME_DISRUPTED);
			(void)ntptime_is_before(&i, &i);
		}
	publish_quality(&publish, &q, &clock_now);
	publish.page->status = 4;
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_UNKNOWN);
}

/*
 * The machine was moved: every reader sees that by itself, before the daemon
 * has, until what is said goes with the marker that is there now.
 */
static void
a_machine_that_is_moved(void **state)
{
	char		 device[64], page[4096] = VMCLOCK_MAGIC;
	struct clock_quality q = good();
	struct ntptime_interval i;
	FILE		*f;

	(void)state;
	snprintf(device, sizeof(device), "%s/vmclock0", published_folder);
	assert_int_equal(ntptime_set_vmclock(reader, device), -1);
	assert_int_equal(errno, ENOENT);
	f = fopen(device, "w+");
	assert_non_null(f);
	setvbuf(f, NULL, _IONBF, 0);
	assert_int_equal(fwrite(page, sizeof(page), 1, f), 1);
	publish_quality(&publish, &q, &clock_now);
	assert_int_equal(ntptime_set_vmclock(reader, device), 0);
	/* ntpd does not look at it. */
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_SYNCHRONIZED);
	page[VMCLOCK_MARKER] = 5;
	q.has_marker = 1;
	publish_quality(&publish, &q, &clock_now);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_SYNCHRONIZED);
	rewind(f);
	assert_int_equal(fwrite(page, sizeof(page), 1, f), 1);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_DISRUPTED);
	assert_int_equal(i.status, NTPTIME_DISRUPTED);
	q.at = ns_read(CLOCK_MONOTONIC);
	publish_quality(&publish, &q, &clock_now);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_DISRUPTED);
	q.marker = 5;
	publish_quality(&publish, &q, &clock_now);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_SYNCHRONIZED);
	page[0] = 'x';
	rewind(f);
	assert_int_equal(fwrite(page, sizeof(page), 1, f), 1);
	assert_int_equal(ntptime_set_vmclock(reader, device), -1);
	assert_int_equal(errno, EPROTO);
	fclose(f);
	assert_int_equal(unlink(device), 0);
}

/* A writer that was stopped while it wrote is no reason to wait for ever. */
static void
a_page_half_written(void **state)
{
	struct clock_quality q = good();
	struct ntptime_interval i;
	struct publish	 again = { .page = NULL };

	(void)state;
	publish_quality(&publish, &q, &clock_now);
	publish.page->generation++;
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_UNKNOWN);
	publish_open(&again, &published_paths);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_FREE_RUNNING);
}

static volatile bool	 enough;

static void *
write_on(void *arg)
{
	struct clock_quality q;
	unsigned	 n;

	(void)arg;
	for (n = 1; !enough; n++) {
		q = good();
		/* Both figures say the same: who sees them differ saw two. */
		q.maxerror = q.esterror = 1e-6 * (n % 1000 + 1);
		publish_quality(&publish, &q, &clock_now);
	}
	return NULL;
}

static void
nobody_sees_a_torn_page(void **state)
{
	struct ntptime_interval i;
	pthread_t	 thread;
	unsigned	 n, known = 0;

	(void)state;
	enough = false;
	assert_int_equal(pthread_create(&thread, NULL, write_on, NULL), 0);
	for (n = 0; n < 300000; n++)
		if (ntptime_now(reader, &i) == NTPTIME_SYNCHRONIZED) {
			known++;
			if (memcmp(&i.earliest, &i.likely_earliest,
			    sizeof(i.earliest)) != 0)
				break;
		}
	enough = true;
	pthread_join(thread, NULL);
	assert_int_equal(n, 300000);
	assert_true(known > 1000);
}

static void
orders_and_waits(void **state)
{
	struct clock_quality q = good();
	struct ntptime_interval a, b;

	(void)state;
	publish_quality(&publish, &q, &clock_now);
	ntptime_now(reader, &a);
	ntptime_now(reader, &b);
	assert_false(ntptime_is_before(&a, &b) || ntptime_is_before(&b, &a));
	assert_int_equal(ntptime_wait_after(reader, &a.latest, 1), 0);
	ntptime_now(reader, &b);
	assert_true(ntptime_is_before(&a, &b));
	assert_false(ntptime_is_before(&b, &a));
	assert_int_equal(ntptime_wait_after(reader, &a.earliest, NAN), 0);
	assert_int_equal(ntptime_wait_after(reader, &a.earliest, -1e300), 0);
	a.latest.tv_sec += 1000;
	assert_int_equal(ntptime_wait_after(reader, &a.latest, 0.01), -1);
	assert_int_equal(errno, ETIMEDOUT);
	publish_disrupted(&publish);
	assert_int_equal(ntptime_wait_after(reader, &a.latest, 1), -1);
	assert_int_equal(errno, EAGAIN);
	ntptime_now(reader, &b);
	a.latest.tv_sec -= 2000;
	assert_false(ntptime_is_before(&a, &b));	/* not known now */
}

static const struct {
	const char	*name;
	size_t		 offset;
	uint32_t	 value;
} foreign[] = {
	{ "magic", 0, 0 },
	{ "version", 8, 1 },
	{ "size", 12, 104 }
};

static void
other_files_are_refused(void **state)
{
	size_t		 n;
	uint32_t	 saved;

	(void)state;
	for (n = 0; n < COUNT(foreign); n++) {
		char	*at = (char *)publish.page + foreign[n].offset;

		memcpy(&saved, at, sizeof(saved));
		memcpy(at, &foreign[n].value, sizeof(saved));
		assert_null(ntptime_open(published_bound));
		assert_int_equal(errno, EPROTO);
		memcpy(at, &saved, sizeof(saved));
	}
	assert_int_equal(chmod(published_bound, 0664), 0);
	assert_null(ntptime_open(published_bound));
	assert_int_equal(errno, EPERM);
	assert_null(ntptime_open("/dev/zero"));
	assert_int_equal(errno, EPROTO);
	assert_int_equal(truncate(published_clockbound[1], 10), 0);
	assert_null(ntptime_open(published_clockbound[1]));
	assert_int_equal(errno, EPROTO);
	assert_null(ntptime_open("/nonexistent/bound"));
	assert_int_equal(errno, ENOENT);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		PUBLISHED(silence_is_noticed),
		PUBLISHED(readers_see_that_the_clock_was_set),
		PUBLISHED(any_bytes),
		PUBLISHED(a_machine_that_is_moved),
		PUBLISHED(a_page_half_written),
		PUBLISHED(nobody_sees_a_torn_page),
		PUBLISHED(orders_and_waits),
		PUBLISHED(other_files_are_refused)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
