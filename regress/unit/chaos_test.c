/*
 * Right again, whatever happened: after any weather, two hours of calm later
 * the synchronizer agrees with its servers, is within its certain bound, and
 * within three times what a fresh start reaches; and in the weather it was
 * never outside of its certain bound while an honest majority answered.
 *
 * chaos_test FIRST LAST [EVENTS [v]] plays these seeds by hand and prints those
 * that are bad: "chaos_test 1 10000".  EVENTS is a set of enum chaos_event, as
 * a number; v: every sample is printed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "regress/unit/chaos.h"
#include "regress/unit/unit.h"

/* With sanitizers it takes five times as long, and looks for something else. */
#ifdef __SANITIZE_ADDRESS__
#define FEWER	16
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FEWER	16
#endif
#endif
#ifndef FEWER
#define FEWER	1
#endif

/* How many seeds are played; more by make check-long. */
static uint64_t
seeds(void)
{
	return (getenv("CHECK_LONG") != NULL ? 1000 : 400) / FEWER;
}

static struct chaos_result r;

static void
say(uint64_t seed)
{
	printf("# seed %ju: %s; error %g s, mean %g s, bound %g s, a fresh "
	    "start's %g s and %g s; changes %u; outside %u of %u, by %g s at "
	    "%.0f s;%s\n", (uintmax_t)seed, r.wrong == NULL ? "right" :
	    r.wrong, r.error, r.mean_error, r.bound, r.fresh_error,
	    r.fresh_bound, r.changes, r.outside, r.judged, r.worst, r.worst_at,
	    r.story);
}

static unsigned
play(uint64_t first, uint64_t last, unsigned kind, bool verbose)
{
	unsigned	 bad = 0;
	uint64_t	 seed;

	for (seed = first; seed <= last; seed++) {
		chaos_run(seed, kind, verbose, &r);
		if (r.wrong == NULL && !verbose)
			continue;
		bad += r.wrong != NULL;
		say(seed);
	}
	return bad;
}

static void
everything_at_once(void **state)
{
	(void)state;
	assert_int_equal(play(1, seeds(), CHAOS_ALL, false), 0);
}

/*
 * What was wrong with the synchronizer once: near servers left out when others
 * stood together by chance; those that did not answer counted for certain after
 * a change; samples of two routes on one line; near ones refuted for ever.
 */
static void
seeds_that_were_bad(void **state)
{
	static const uint64_t seeds[] = { 1557, 4893, 6344, 99, 290,
	    636 };
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(seeds); i++)
		if (play(seeds[i], seeds[i], CHAOS_ALL, false) > 0)
			fail_msg("seed %ju", (uintmax_t)seeds[i]);
}

/*
 * And with routes alone: a path that had become longer was asked too seldom to
 * notice it within two hours, or not noticed among its waits.
 */
static void
routes_that_were_bad(void **state)
{
	static const uint64_t seeds[] = { 532, 567, 858, 885 };
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(seeds); i++)
		if (play(seeds[i], seeds[i], 1U << CHAOS_ROUTE, false) > 0)
			fail_msg("seed %ju", (uintmax_t)seeds[i]);
}

/* One kind alone: nothing else hides what it does. */
static void
each_kind_alone(void **state)
{
	unsigned	 event;

	(void)state;
	for (event = 0; event < CHAOS_EVENTS; event++)
		if (play(100000 * (event + 1), 100000 * (event + 1) +
		    seeds() / 20, 1U << event, false) > 0)
			fail_msg("event %u alone", event);
}

/* A near server lies by what all others may be off; paths of any asymmetry. */
static void
hard_places(void **state)
{
	(void)state;
	assert_int_equal(play(1, seeds() / 5, CHAOS_ALL | CHAOS_CROOKED,
	    false), 0);
	assert_int_equal(play(1, seeds() / 10, CHAOS_ALL | CHAOS_NEAR_LIARS,
	    false), 0);
}

/* The same seed gives the same weather, another one another. */
static void
repeatable(void **state)
{
	double		 error;

	(void)state;
	chaos_run(5, CHAOS_ALL, false, &r);
	error = r.error;
	chaos_run(6, CHAOS_ALL, false, &r);
	assert_true(r.error != error);
	chaos_run(5, CHAOS_ALL, false, &r);
	assert_true(r.error == error);
	assert_true(r.judged > 100);
}

static int
by_hand(int argc, char *argv[])
{
	uint64_t	 first = strtoull(argv[1], NULL, 0);
	uint64_t	 last = argc > 2 ? strtoull(argv[2], NULL, 0) : first;
	unsigned	 kind = argc > 3 ?
	    (unsigned)strtoul(argv[3], NULL, 0) : CHAOS_ALL;
	unsigned	 bad = play(first, last, kind, argc > 4);

	printf("%u of %ju seeds bad\n", bad, (uintmax_t)(last - first + 1));
	return bad > 0;
}

int
main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeatable),
		cmocka_unit_test(everything_at_once),
		cmocka_unit_test(seeds_that_were_bad),
		cmocka_unit_test(routes_that_were_bad),
		cmocka_unit_test(each_kind_alone),
		cmocka_unit_test(hard_places),
	};

	if (argc > 1)
		return by_hand(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
