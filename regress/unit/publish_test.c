/*
 * The page that says how right the clock is: what the parent writes.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "regress/unit/published.h"

static void
nothing_is_known_at_first(void **state)
{
	struct ntptime_interval i;

	(void)state;
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_UNKNOWN);
	assert_int_equal(i.status, NTPTIME_UNKNOWN);
	assert_int_equal(i.latest.tv_sec, 0);
}

static void
the_interval_is_the_bound(void **state)
{
	struct clock_quality q = good();
	struct ntptime_interval i;
	struct timespec	 real;

	(void)state;
	publish_quality(&publish, &q, &clock_now);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_SYNCHRONIZED);
	clock_gettime(CLOCK_REALTIME, &real);
	assert_near(width(&i.earliest, &i.latest), 2e-3, 1e-6);
	assert_near(width(&i.likely_earliest, &i.likely_latest), 40e-6, 1e-6);
	assert_near(width(&i.earliest, &real), 1e-3, 1e-3);
	assert_true(width(&i.earliest, &real) >= 1e-3);
	assert_int_equal(publish.page->frequency, -12345);
	assert_int_equal(publish.page->offset, -5000);
	assert_int_equal(publish.page->leap, LEAP_INSERT);
	assert_int_equal(publish.page->tai, 37);
}

/* Quality that the engine said long ago has grown meanwhile. */
static void
old_news_have_grown(void **state)
{
	struct clock_quality q = good();
	struct ntptime_interval i;

	(void)state;
	q.at -= 500 * NS_PER_S;
	publish_quality(&publish, &q, &clock_now);
	ntptime_now(reader, &i);
	assert_near(width(&i.earliest, &i.latest), 2 * (1e-3 + 7.5e-3), 2e-6);
	/* Older ones, or those of the future, are not taken at all. */
	q.maxerror = 1;
	q.at -= 501 * NS_PER_S;
	publish_quality(&publish, &q, &clock_now);
	q.at = ns_read(CLOCK_MONOTONIC) + NS_PER_S;
	publish_quality(&publish, &q, &clock_now);
	ntptime_now(reader, &i);
	assert_near(width(&i.earliest, &i.latest), 2 * (1e-3 + 7.5e-3), 2e-6);
}

/* Bounds grow as fast as the engine says, from when it said so. */
static void
bounds_grow_as_said(void **state)
{
	static const double drifts[] = { 0, 1e-6, 15e-6, 500e-6, 0.1 };
	struct clock_quality q;
	struct ntptime_interval i;
	size_t		 n;

	(void)state;
	for (n = 0; n < COUNT(drifts); n++) {
		q = good();
		q.drift = drifts[n];
		q.at -= 50 * NS_PER_S;
		publish_quality(&publish, &q, &clock_now);
		let_pass(50);
		ntptime_now(reader, &i);
		assert_near(width(&i.earliest, &i.latest),
		    2 * (1e-3 + 100 * drifts[n]), 2e-6 + 1e-3 * drifts[n]);
	}
}

/* An engine that was taken over may say what it likes. */
static void
hostile_figures(void **state)
{
	static const double figures[] = { 16, 17, 1e18, 1e300 };
	struct clock_quality q;
	struct ntptime_interval i;
	size_t		 n;

	(void)state;
	for (n = 0; n < COUNT(figures); n++) {
		q = good();
		q.maxerror = q.esterror = q.drift = figures[n];
		q.offset = -figures[n];
		publish_quality(&publish, &q, &clock_now);
		assert_int_equal(ntptime_now(reader, &i), NTPTIME_UNKNOWN);
		assert_true(publish.page->drift < 1000000000);
	}
}

static const struct {
	const char	*name;
	uint8_t		 synchronized, disrupted;
	double		 maxerror;
	enum ntptime_status status;
} statuses[] = {
	{ "synchronized", 1, 0, 1e-3, NTPTIME_SYNCHRONIZED },
	{ "coasting", 0, 0, 3.5, NTPTIME_FREE_RUNNING },
	{ "no bound", 0, 0, 16, NTPTIME_UNKNOWN },
	{ "beginning again", 0, 1, 0.5, NTPTIME_DISRUPTED },
	{ "though synchronized", 1, 1, 0.5, NTPTIME_DISRUPTED }
};

static void
each_status(void **state)
{
	struct clock_quality q;
	struct ntptime_interval i;
	size_t		 n;

	(void)state;
	for (n = 0; n < COUNT(statuses); n++) {
		q = good();
		q.synchronized = statuses[n].synchronized;
		q.disrupted = statuses[n].disrupted;
		q.maxerror = statuses[n].maxerror;
		publish_quality(&publish, &q, &clock_now);
		if (ntptime_now(reader, &i) != statuses[n].status)
			fail_msg("%s: %d", statuses[n].name, i.status);
	}
}

/* What was said before the clock was set is not said again after it. */
static void
a_clock_that_is_set(void **state)
{
	struct clock_quality q = good();
	struct ntptime_interval i;

	(void)state;
	publish_quality(&publish, &q, &clock_now);
	publish_disrupted(&publish);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_DISRUPTED);
	publish_quality(&publish, &q, &clock_now);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_DISRUPTED);
	publish_close(&publish);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_DISRUPTED);
	q.at = ns_read(CLOCK_MONOTONIC);
	publish_quality(&publish, &q, &clock_now);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_SYNCHRONIZED);
	publish_close(&publish);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_FREE_RUNNING);
}

/* A new daemon goes on in the file that readers have mapped. */
static void
a_restart_goes_on(void **state)
{
	struct clock_quality q = good();
	struct ntptime_interval i;
	struct publish	 again = { .page = NULL };

	(void)state;
	publish_quality(&publish, &q, &clock_now);
	publish_open(&again, &published_paths);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_FREE_RUNNING);
	assert_near(width(&i.earliest, &i.latest), 2e-3, 1e-4);
	q.at = ns_read(CLOCK_MONOTONIC);
	publish_quality(&again, &q, &clock_now);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_SYNCHRONIZED);
}

/* What was said before the machine was started, or set, is not said again. */
static void
a_reboot_does_not_go_on(void **state)
{
	struct clock_quality q = good();
	struct ntptime_interval i;
	struct publish	 again = { .page = NULL };
	FILE		*f;
	int32_t		 status;

	(void)state;
	publish_quality(&publish, &q, &clock_now);
	publish.page->lead -= 3600 * NS_PER_S;
	publish_open(&again, &published_paths);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_UNKNOWN);
	f = fopen(published_clockbound[1], "r");
	assert_non_null(f);
	assert_int_equal(fseek(f, 68, SEEK_SET), 0);
	assert_int_equal(fread(&status, sizeof(status), 1, f), 1);
	assert_int_equal(status, 0);
	fclose(f);
	publish_quality(&again, &q, &clock_now);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_SYNCHRONIZED);
	/* Its clock had not been there yet. */
	publish.page->as_of += 10 * NS_PER_S;
	publish_open(&again, &published_paths);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_UNKNOWN);
}

/* A folder that is not there, a link, a device: said, and left out. */
static void
what_cannot_be_written(void **state)
{
	struct publish	 none = { .page = NULL };
	struct clock_quality q = good();
	char		 link[64];

	(void)state;
	snprintf(link, sizeof(link), "%s/link", published_folder);
	assert_int_equal(symlink(published_bound, link), 0);
	publish_open(&none, &(struct publish_paths){ "/nonexistent/bound",
	    { "", link } });
	assert_null(none.page);
	assert_null(none.clockbound[1].page);
	assert_int_equal(capture_count("cannot be written"), 2);
	publish_open(&none, &(struct publish_paths){ "/dev/null",
	    { "", "" } });
	assert_null(none.page);
	publish_quality(&none, &q, &clock_now);
	publish_disrupted(&none);
	publish_close(&none);
	unlink(link);
}

/* Whoever may make the file shorter could end the parent with that. */
static void
what_others_may_write(void **state)
{
	struct publish	 none = { .page = NULL };

	(void)state;
	assert_int_equal(chmod(published_bound, 0664), 0);
	assert_int_equal(chmod(published_clockbound[1], 0646), 0);
	publish_open(&none, &published_paths);
	assert_null(none.page);
	assert_null(none.clockbound[1].page);
	assert_int_equal(capture_count("cannot be written"), 2);
	assert_int_equal(capture_count("Operation not permitted"), 2);
	if (geteuid() != 0)
		return;
	assert_int_equal(chmod(published_bound, 0644), 0);
	assert_int_equal(chown(published_bound, 65534, 65534), 0);
	publish_open(&none, &published_paths);
	assert_null(none.page);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		PUBLISHED(nothing_is_known_at_first),
		PUBLISHED(the_interval_is_the_bound),
		PUBLISHED(old_news_have_grown),
		PUBLISHED(bounds_grow_as_said),
		PUBLISHED(hostile_figures),
		PUBLISHED(each_status),
		PUBLISHED(a_clock_that_is_set),
		PUBLISHED(a_restart_goes_on),
		PUBLISHED(a_reboot_does_not_go_on),
		PUBLISHED(what_cannot_be_written),
		PUBLISHED(what_others_may_write)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
