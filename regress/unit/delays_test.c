/*
 * What round trips tell of a path: its least delay, for how long that is
 * remembered, and that it is as well known as is claimed.
 */
#include <math.h>

#include "ntpd/sync/delays.h"
#include "regress/unit/paths.h"
#include "regress/unit/unit.h"

#define BASE		0.020	/* s, without waits */

static struct rng	 rng;

/* Add N round trips of LEAST and waits of mean WAIT each way (s). */
static void
add(struct delays *d, unsigned n, double least, double wait)
{
	while (n-- > 0)
		delays_add(d, least + wait * rng_exponential(&rng) +
		    wait * rng_exponential(&rng));
}

static int
start(void **arg)
{
	(void)arg;
	rng_seed(&rng, 1);
	return 0;
}

static void
the_first(void **arg)
{
	struct delays	 d = { .n = 0 };

	(void)arg;
	delays_add(&d, BASE);
	assert_true(d.least == BASE);
	assert_true(d.usual_excess > 0);	/* nothing is known for sure */
	assert_true(delays_minimum(&d) < BASE && delays_minimum(&d) > 0);
	assert_true(delays_error(&d) > 0);
}

/* The least counts for a thousand round trips, and not for ever. */
static void
the_least_is_remembered(void **arg)
{
	struct delays	 d = { .n = 0 };
	unsigned	 n;

	(void)arg;
	delays_add(&d, BASE - 1e-3);
	for (n = 1; n < (DELAYS_STRETCHES - 1) * DELAYS_KEPT; n++) {
		add(&d, 1, BASE, 10e-3);
		assert_true(d.least == BASE - 1e-3);
		assert_true(d.trips == n + 1);
	}
	add(&d, DELAYS_KEPT + 1, BASE, 10e-3);
	assert_true(d.least > BASE);
	assert_true(d.trips <= DELAYS_STRETCHES * DELAYS_KEPT);
}

/* A route that gets longer is noticed once nothing newer says otherwise. */
static void
a_longer_route(void **arg)
{
	struct delays	 d = { .n = 0 };

	(void)arg;
	add(&d, 500, BASE, 1e-3);
	assert_true(d.least < BASE + 0.2e-3);
	add(&d, DELAYS_KEPT / 2, BASE + 1.5e-3, 1e-3);
	assert_true(d.least < BASE + 0.2e-3);
	add(&d, DELAYS_KEPT / 2, BASE + 1.5e-3, 1e-3);
	assert_true(d.least > BASE + 1.5e-3);
	assert_true(d.trips < DELAYS_KEPT);
	/* One that gets shorter at once. */
	add(&d, 1, BASE, 1e-6);
	assert_true(d.least < BASE + 1e-4);
}

/* If it gets much longer than its waits are, a few round trips are enough. */
static void
a_much_longer_route(void **arg)
{
	struct delays	 d = { .n = 0 };

	(void)arg;
	add(&d, 500, BASE, 20e-6);
	add(&d, 15, BASE + 1e-3, 20e-6);
	assert_true(d.least < BASE + 20e-6);
	add(&d, 1, BASE + 1e-3, 20e-6);
	assert_true(d.least > BASE + 1e-3);
	assert_true(d.usual_excess < 0.2e-3);
}

/* The less its waits hide it, the fewer are enough. */
static void
a_longer_route_among_waits(void **arg)
{
	struct delays	 d = { .n = 0 };

	(void)arg;
	add(&d, 500, BASE, 0.6e-3);
	add(&d, 31, BASE + 4e-3, 0.6e-3);
	assert_true(d.least > BASE + 4e-3);
	add(&d, 1, BASE, 0);
	assert_true(d.least == BASE);
	d = (struct delays){ .n = 0 };
	add(&d, 500, BASE, 0.6e-3);
	add(&d, 64, BASE + 2.5e-3, 0.6e-3);
	assert_true(d.least > BASE + 2.5e-3);
}

/*
 * A few long round trips are a reason to ask for more, waits seldom are.  When
 * they are of another route for sure, or one is short again, they are none.
 */
static void
doubt(void **arg)
{
	struct delays	 d = { .n = 0 };
	unsigned	 i, n = 0;

	(void)arg;
	assert_false(delays_in_doubt(&d));
	for (i = 0; i < 10000; i++) {
		add(&d, 1, BASE, 1e-3);
		n += delays_in_doubt(&d);
	}
	assert_true(n > 0 && n < 300);
	add(&d, 4, BASE + 30e-3, 1e-3);
	assert_true(delays_in_doubt(&d));
	add(&d, 1, BASE, 1e-3);
	assert_false(delays_in_doubt(&d));
	add(&d, 15, BASE + 30e-3, 1e-3);
	assert_true(delays_in_doubt(&d));
	add(&d, 1, BASE + 30e-3, 1e-3);
	assert_false(delays_in_doubt(&d));
}

/* Long queues are no longer route. */
static void
congestion(void **arg)
{
	struct delays	 d = { .n = 0 };
	double		 least;

	(void)arg;
	add(&d, 500, BASE, 1e-3);
	least = d.least;
	add(&d, 400, BASE, 20e-3);
	assert_true(d.least <= least);
	assert_true(d.usual_excess > 10e-3);
}

/* Of exponential waits the least is above the minimum as is claimed. */
static void
the_minimum_is_as_good_as_claimed(void **arg)
{
	static const unsigned many[] = { 16, 64, 256, 1000 };
	double		 error, sum, square, claimed;
	struct delays	 d;
	unsigned	 i, run;

	(void)arg;
	for (i = 0; i < COUNT(many); i++) {
		sum = square = claimed = 0;
		for (run = 0; run < 200; run++) {
			d = (struct delays){ .n = 0 };
			add(&d, many[i], BASE, 1e-3);
			error = delays_minimum(&d) - BASE;
			sum += error;
			square += error * error;
			claimed += delays_error(&d) * delays_error(&d);
		}
		if (!(square < 1.2 * claimed && square > claimed / 4))
			fail_msg("%u: off by %g, claimed %g", many[i],
			    sqrt(square / 200), sqrt(claimed / 200));
		if (!(sum / 200 < 0 && sum / 200 > -sqrt(claimed / 200)))
			fail_msg("%u: %g on average", many[i], sum / 200);
	}
}

static const struct {
	const char	*name;
	double		 delay, error;	/* s */
	double		 least;		/* s, after it */
	double		 worth;		/* round trips */
} combinations[] = {
	{ "shorter, and exact", 19e-3, 0, 19e-3, 1 },
	{ "longer, and exact", 21e-3, 0, BASE, 1 },
	{ "shorter, and nearly so", 19e-3, 25e-6, 19.05e-3, 0.81 },
	{ "not if it is really longer", 19.99e-3, 25e-6, BASE, 0.81 },
	{ "as uncertain as the minimum is", 19e-3, 251e-6, BASE, 0 },
	{ "more uncertain", 1e-3, 1, BASE, 0 },
	{ "less than nothing", -1, 0, 0, 1 },
	{ "not known at all", 1e-3, HUGE_VAL, BASE, 0 },
	{ "no number", 1e-3, NAN, BASE, 0 },
};

/* The minimum is believed to be half a millisecond below the least. */
static void
combining(void **arg)
{
	struct delays	 d;
	double		 trips;
	size_t		 i, n;

	(void)arg;
	for (i = 0; i < COUNT(combinations); i++) {
		d = (struct delays){ .n = 0 };
		for (n = 0; n < 16; n++)
			delays_add(&d, BASE + (n < 4 ? 0 : 2e-3));
		assert_true(fabs(delays_minimum(&d) - BASE + 0.5e-3) < 1e-9);
		trips = d.trips;
		delays_combine(&d, combinations[i].delay,
		    combinations[i].error);
		if (!(fabs(d.least - combinations[i].least) < 1e-9))
			fail_msg("%s: least %.9f", combinations[i].name,
			    d.least);
		if (!(fabs(d.trips - trips - combinations[i].worth) < 1e-6))
			fail_msg("%s: worth %.9f", combinations[i].name,
			    d.trips - trips);
		/* The median stays where it is. */
		assert_true(fabs(d.least + d.usual_excess - BASE - 2e-3) <
		    1e-9);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_first, start),
		cmocka_unit_test_setup(the_least_is_remembered, start),
		cmocka_unit_test_setup(a_longer_route, start),
		cmocka_unit_test_setup(a_much_longer_route, start),
		cmocka_unit_test_setup(a_longer_route_among_waits, start),
		cmocka_unit_test_setup(doubt, start),
		cmocka_unit_test_setup(congestion, start),
		cmocka_unit_test_setup(the_minimum_is_as_good_as_claimed,
		    start),
		cmocka_unit_test_setup(combining, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
