/*
 * The page that says how right the clock is: what the parent writes, and what
 * the library makes of it, while time passes and writers stop midway.
 */
#include <sys/stat.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/boundpage.h"
#include "common/ns.h"
#include "libntptime/ntptime.h"
#include "ntpd/parent/publish.h"
#include "regress/unit/unit.h"

static char		 folder[] = "/tmp/publish_test.XXXXXX";
static char		 path[64], clockbound[64];
static struct publish	 publish;
static struct ntptime	*reader;

static const struct publish_clock clock_now = {
	.frequency = -12.345e-6, .leap = LEAP_INSERT, .tai = 37
};

static struct clock_quality
good(void)
{
	return (struct clock_quality){ .synchronized = 1, .stratum = 2,
	    .at = ns_read(CLOCK_MONOTONIC), .esterror = 20e-6,
	    .maxerror = 1e-3, .offset = -5e-6 };
}

static int
setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/publish_test.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/bound", folder);
	snprintf(clockbound, sizeof(clockbound), "%s/shm0", folder);
	memset(&publish, 0, sizeof(publish));
	publish_open(&publish, path, clockbound);
	reader = ntptime_open(path);
	return reader == NULL ? -1 : capture_begin();
}

static int
teardown(void **state)
{
	(void)state;
	ntptime_close(reader);
	unlink(path);
	unlink(clockbound);
	rmdir(folder);
	return capture_end();
}

/* Make the page older by S s, as if that had passed. */
static void
let_pass(int64_t s)
{
	publish.page->as_of -= s * NS_PER_S;
	publish.page->fresh_until -= s * NS_PER_S;
	publish.page->void_after -= s * NS_PER_S;
}

static double
width(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) +
	    1e-9 * (double)(to->tv_nsec - from->tv_nsec);
}

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
	snprintf(device, sizeof(device), "%s/vmclock0", folder);
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

/* A new daemon goes on in the file that readers have mapped. */
static void
a_restart_goes_on(void **state)
{
	struct clock_quality q = good();
	struct ntptime_interval i;
	struct publish	 again = { .page = NULL };

	(void)state;
	publish_quality(&publish, &q, &clock_now);
	publish_open(&again, path, clockbound);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_FREE_RUNNING);
	assert_near(width(&i.earliest, &i.latest), 2e-3, 1e-4);
	q.at = ns_read(CLOCK_MONOTONIC);
	publish_quality(&again, &q, &clock_now);
	assert_int_equal(ntptime_now(reader, &i), NTPTIME_SYNCHRONIZED);
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
	publish_open(&again, path, "");
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

/* As the description of ClockBound's segment 2 has it, byte by byte. */
static void
clockbounds_form(void **state)
{
	struct clock_quality q = good();
	union {
		unsigned char	 bytes[80];
		uint16_t	 u16[40];
		uint32_t	 u32[20];
		int64_t		 i64[10];
	} s;
	FILE		*f;

	(void)state;
	publish_quality(&publish, &q, &clock_now);
	f = fopen(clockbound, "r");
	assert_non_null(f);
	assert_int_equal(fread(&s, 1, sizeof(s), f), sizeof(s));
	assert_int_equal(fgetc(f), EOF);
	fclose(f);
	assert_int_equal(s.u32[0], 0x414D5A4E);
	assert_int_equal(s.u32[1], 0x43420200);
	assert_int_equal(s.u32[2], 80);
	assert_int_equal(s.u16[6], 2);
	assert_true(s.u16[7] != 0 && s.u16[7] % 2 == 0);
	assert_true(llabs(s.i64[2] - ns_read(CLOCK_MONOTONIC) / NS_PER_S) <= 1);
	assert_int_equal(s.i64[4], s.i64[2] + 1000);
	assert_true(s.i64[6] >= 1000000 && s.i64[6] < 1001000);
	assert_int_equal(s.i64[7], 0);		/* no disruption marker */
	assert_int_equal(s.u32[16], 15000);
	assert_int_equal(s.u32[17], 1);
	assert_int_equal(s.bytes[72], 0);
	q.has_marker = 1;
	q.marker = 0x123456789abcdef;
	publish_quality(&publish, &q, &clock_now);
	f = fopen(clockbound, "r");
	assert_non_null(f);
	assert_int_equal(fread(&s, 1, sizeof(s), f), sizeof(s));
	fclose(f);
	assert_int_equal(s.i64[7], 0x123456789abcdef);
	assert_int_equal(s.bytes[72], 1);
}

/* The generation skips 0, which means that nobody has written yet. */
static void
clockbounds_generation(void **state)
{
	struct clock_quality q;
	uint16_t	*generation = (uint16_t *)(void *)
	    ((char *)publish.clockbound + 14);
	int		 i;

	(void)state;
	*generation = 65532;
	for (i = 0; i < 3; i++) {
		q = good();
		publish_quality(&publish, &q, &clock_now);
		assert_true(*generation != 0 && *generation % 2 == 0);
	}
	assert_true(*generation < 10);
}

static const struct {
	const char	*name;
	size_t		 offset;
	uint32_t	 value;
} foreign[] = {
	{ "magic", 0, 0 },
	{ "version", 8, 1 },
	{ "size", 12, 88 }
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
		assert_null(ntptime_open(path));
		assert_int_equal(errno, EPROTO);
		memcpy(at, &saved, sizeof(saved));
	}
	assert_int_equal(truncate(clockbound, 10), 0);
	assert_null(ntptime_open(clockbound));
	assert_int_equal(errno, EPROTO);
	assert_null(ntptime_open("/nonexistent/bound"));
	assert_int_equal(errno, ENOENT);
}

/* A folder that is not there, a link, a device: said, and left out. */
static void
what_cannot_be_written(void **state)
{
	struct publish	 none = { .page = NULL };
	struct clock_quality q = good();
	char		 link[64];

	(void)state;
	snprintf(link, sizeof(link), "%s/link", folder);
	assert_int_equal(symlink(path, link), 0);
	publish_open(&none, "/nonexistent/bound", link);
	assert_null(none.page);
	assert_null(none.clockbound);
	assert_int_equal(capture_count("cannot be written"), 2);
	publish_open(&none, "/dev/null", "");
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
	assert_int_equal(chmod(path, 0664), 0);
	assert_int_equal(chmod(clockbound, 0646), 0);
	publish_open(&none, path, clockbound);
	assert_null(none.page);
	assert_null(none.clockbound);
	assert_int_equal(capture_count("cannot be written"), 2);
	assert_int_equal(capture_count("Operation not permitted"), 2);
	if (geteuid() != 0)
		return;
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(chown(path, 65534, 65534), 0);
	publish_open(&none, path, "");
	assert_null(none.page);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(nothing_is_known_at_first),
		TEST(the_interval_is_the_bound),
		TEST(silence_is_noticed),
		TEST(old_news_have_grown),
		TEST(each_status),
		TEST(a_clock_that_is_set),
		TEST(a_machine_that_is_moved),
		TEST(a_restart_goes_on),
		TEST(a_page_half_written),
		TEST(nobody_sees_a_torn_page),
		TEST(orders_and_waits),
		TEST(clockbounds_form),
		TEST(clockbounds_generation),
		TEST(other_files_are_refused),
		TEST(what_cannot_be_written),
		TEST(what_others_may_write)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
