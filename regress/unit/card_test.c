/*
 * A network card's clock against the system's: readings of cards that run at
 * any rate, are steered, set and read late, and what a stamp is by them.
 */
#include <math.h>
#include <stdlib.h>

#include "common/card.h"
#include "common/ns.h"
#include "regress/unit/paths.h"
#include "regress/unit/unit.h"

#define INTERVAL	(NS_PER_S / 4)

/* A card, and its truth. */
static struct card	 card;
static struct rng	 rng;
static int64_t		 raw, shows;	/* ns, now */
static double		 rest;		/* ns, of the latter */
static double		 rate;		/* s/s */
static double		 noise;		/* s, of readings: either way */
static double		 slow;		/* part of those that take longer */

static void
begin(uint64_t seed, int64_t first)
{
	card_forget(&card);
	rng_seed(&rng, seed);
	raw = 1000 * NS_PER_S;
	shows = first;
	rest = rate = slow = 0;
	noise = 200e-9;
}

static void
pass(int64_t ns)
{
	const double	 gain = rest + rate * (double)ns;

	raw += ns;
	shows += ns + llround(floor(gain));
	rest = gain - floor(gain);
}

static void
look(void)
{
	const double	 error = rng_uniform(&rng) < slow ? 500e-6 : noise;
	const struct card_reading r = {
		.raw = raw, .error = error, .card = shows +
		    llround((2 * rng_uniform(&rng) - 1) * error * 1e9)
	};

	card_read(&card, &r);
}

static void
run(unsigned readings)
{
	unsigned	 i;

	for (i = 0; i < readings; i++) {
		pass(INTERVAL);
		look();
	}
}

/* What a stamp of AGO ns before now is off by, s; INFINITY: it is unknown. */
static double
off(int64_t ago, double *error)
{
	int64_t		 found;

	if (!card_to_raw(&card, shows - ago - llround(rate * (double)ago),
	    &found, error))
		return INFINITY;
	return fabs((double)(found - (raw - ago))) * 1e-9;
}

/* A free running card that began with 1970, one that shows TAI. */
static void
follows_any_rate(void **arg)
{
	static const double rates[] = { 0, 1e-9, -3e-6, 40e-6, -500e-6, 1e-2 };
	double		 error, got, worst = 0;
	uint64_t	 seed;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(rates); i++)
		for (seed = 1; seed <= 20; seed++) {
			begin(seed, seed % 2 ? NS_PER_S / 2 :
			    1830297637 * NS_PER_S);
			rate = rates[i];
			run(40);
			pass(INTERVAL / 2);
			got = off(50000000, &error);
			assert_true(got <= error);
			worst = fmax(worst, got);
		}
	/* The mean of 16 knows more than one reading. */
	assert_true(worst < noise);
}

static void
slow_readings(void **arg)
{
	double		 error, got;
	uint64_t	 seed;

	(void)arg;
	for (seed = 1; seed <= 20; seed++) {
		begin(seed, NS_PER_S);
		run(16);
		slow = 0.5;
		run(40);
		got = off(0, &error);
		assert_true(got <= error && got < 2 * noise);
	}
}

/* As linuxptp's servo does it: another rate each second. */
static void
steered(void **arg)
{
	double		 error, got;
	uint64_t	 seed;
	unsigned	 i;

	(void)arg;
	for (seed = 1; seed <= 20; seed++) {
		begin(seed, NS_PER_S);
		run(16);
		for (i = 0; i < 60; i++) {
			rate += 20e-9 * (2 * rng_uniform(&rng) - 1);
			run(4);
			got = off(1000000, &error);
			assert_true(got <= error && got < 2 * noise);
		}
	}
}

/* Set: a stamp of before is not taken for one of after, nor the contrary. */
static void
set_by_others(void **arg)
{
	static const int64_t steps[] = { 37 * NS_PER_S, -37 * NS_PER_S,
	    100000, -100000 };
	double		 error;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(steps); i++) {
		begin(i + 1, 100 * NS_PER_S);
		run(32);
		shows += steps[i];
		run(2);
		assert_true(off(0, &error) > noise);
		run(4);
		assert_true(off(0, &error) <= error);
		assert_true(error < 5 * noise);
	}
}

/* One wild reading changes nothing. */
static void
wild_reading(void **arg)
{
	double		 error;
	struct card_reading r;

	(void)arg;
	begin(1, NS_PER_S);
	run(32);
	r = (struct card_reading){ .raw = raw + 1000, .card = shows + 50000,
	    .error = noise };
	card_read(&card, &r);
	pass(2000);
	assert_true(off(0, &error) <= error && error < 5 * noise);
	run(8);
	assert_true(off(0, &error) <= error && error < 5 * noise);
}

static void
what_is_not_known(void **arg)
{
	double		 error;

	(void)arg;
	begin(1, NS_PER_S);
	assert_true(isinf(off(0, &error)));
	run(3);
	assert_true(isinf(off(0, &error)));
	run(10);
	assert_true(!isinf(off(0, &error)));
	assert_true(isinf(off(5LL * NS_PER_S, &error)));
	assert_true(isinf(off(-5LL * NS_PER_S, &error)));
	pass(5LL * NS_PER_S);
	assert_true(isinf(off(0, &error)));
}

static void
hostile_readings(void **arg)
{
	static const struct card_reading bad[] = {
		{ 2000 * NS_PER_S, NS_PER_S, NAN },
		{ 2000 * NS_PER_S, NS_PER_S, -1e-9 },
		{ 2000 * NS_PER_S, NS_PER_S, INFINITY },
		{ 2000 * NS_PER_S, NS_PER_S, 1 },
		{ 2000 * NS_PER_S, -1, 1e-9 },
		{ 2000 * NS_PER_S, INT64_MAX, 1e-9 },
		{ 2000 * NS_PER_S, INT64_MIN, 1e-9 },
		{ INT64_MAX, NS_PER_S, 1e-9 },
		{ -1, NS_PER_S, 1e-9 },
		{ 1, NS_PER_S, 1e-9 },
	};
	double		 error;
	int64_t		 found;
	size_t		 i;

	(void)arg;
	begin(1, NS_PER_S);
	run(32);
	for (i = 0; i < COUNT(bad); i++)
		card_read(&card, &bad[i]);
	assert_true(off(0, &error) <= error && error < 5 * noise);
	assert_false(card_to_raw(&card, INT64_MAX, &found, &error));
	assert_false(card_to_raw(&card, INT64_MIN, &found, &error));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_any_rate),
		cmocka_unit_test(slow_readings),
		cmocka_unit_test(steered),
		cmocka_unit_test(set_by_others),
		cmocka_unit_test(wild_reading),
		cmocka_unit_test(what_is_not_known),
		cmocka_unit_test(hostile_readings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
