/*
 * The rings of the history: what is asked for page by page is what was kept,
 * each once, whatever was dropped meanwhile.
 */
#include <math.h>

#include "ntpd/engine/history.h"
#include "regress/unit/unit.h"

static struct history	 h;

/* A server's address for each number. */
static struct addr
address(uint32_t n)
{
	return (struct addr){ .family = ADDR_IPV4, .port = NTP_PORT,
	    .bytes = { 192, 0, 2, (uint8_t)n } };
}

/* N minutes of a clock whose offset counts them, and as many samples. */
static struct instant
live(uint32_t n)
{
	const struct instant	 start = { .ns = 1000 };
	struct instant		 now = start;
	struct control_sample	 said;
	uint32_t		 i;

	h = (struct history){ .npoints = 0 };
	for (i = 0; i < n; i++) {
		struct control_status	 st = { .offset = i, .synchronized = 1,
					    .frequency = -1.5,
					    .truechimers = 3,
					    .likely_bound = 0.25,
					    .certain_bound = NAN };

		now = instant_add(start, i * HISTORY_INTERVAL);
		assert_true(history_is_due(&h, now));
		history_add_point(&h, &st, now);
		assert_false(history_is_due(&h, instant_add(now,
		    HISTORY_INTERVAL - 1)));
		said = (struct control_sample){ .address = address(i),
		    .offset = -(double)i, .delay = 0.5,
		    .tally = TALLY_FALSETICKER };
		history_add_sample(&h, &said, now);
	}
	return now;
}

/* Of N points, how many are there from FROM on, and are they the right ones? */
static uint32_t
count_points(uint32_t from, uint32_t n, struct instant now)
{
	struct control_point	 p;
	uint32_t		 count = 0;

	while (history_point(&h, from, now, &p)) {
		assert_true(p.number >= from && p.number < n);
		assert_true(p.version == CONTROL_VERSION && p.synchronized);
		assert_true(p.offset == p.number && p.likely_bound == 0.25 &&
		    isnan(p.certain_bound) && p.frequency == -1.5 &&
		    p.truechimers == 3);
		assert_true(p.ago == (n - 1 - p.number) * HISTORY_INTERVAL);
		from = p.number + 1;
		count++;
	}
	return count;
}

static uint32_t
count_samples(uint32_t from, struct instant now)
{
	struct control_sample	 s;
	struct addr		 addr;
	uint32_t		 count = 0;

	while (history_sample(&h, from, now, &s)) {
		addr = address(s.number);
		assert_true(s.number >= from &&
		    addr_equal(&s.address, &addr));
		assert_true(s.offset == -(double)s.number && s.delay == 0.5 &&
		    s.tally == TALLY_FALSETICKER && s.ago >= 0);
		from = s.number + 1;
		count++;
	}
	return count;
}

static void
points_are_kept(void **state)
{
	static const struct {
		uint32_t	 n, from, there;
	} cases[] = {
		{ 0, 0, 0 },
		{ 1, 0, 1 },
		{ 1, 1, 0 },
		{ 7, 3, 4 },
		{ HISTORY_POINTS, 0, HISTORY_POINTS },
		{ HISTORY_POINTS + 1, 0, HISTORY_POINTS },
		{ 3 * HISTORY_POINTS + 5, 0, HISTORY_POINTS },
		{ 3 * HISTORY_POINTS + 5, 3 * HISTORY_POINTS, 5 },
		{ 5, UINT32_MAX, 0 },
	};
	struct instant	 now;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		now = live(cases[i].n);
		assert_int_equal(count_points(cases[i].from, cases[i].n, now),
		    cases[i].there);
	}
}

static void
samples_are_kept(void **state)
{
	struct instant	 now = live(HISTORY_SAMPLES + 100);

	(void)state;
	assert_int_equal(count_samples(0, now), HISTORY_SAMPLES);
	assert_int_equal(count_samples(HISTORY_SAMPLES, now), 100);
	assert_int_equal(count_samples(HISTORY_SAMPLES + 100, now), 0);
}

/* A clock that runs back between two processes gives no age below 0. */
static void
ages_are_not_negative(void **state)
{
	struct instant		 now = live(2);
	struct control_point	 p;

	(void)state;
	assert_true(history_point(&h, 1, instant_add(now, -5), &p));
	assert_true(p.ago == 0);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(points_are_kept),
		cmocka_unit_test(samples_are_kept),
		cmocka_unit_test(ages_are_not_negative)
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
