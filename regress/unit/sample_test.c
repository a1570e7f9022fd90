/*
 * One exchange: what its timestamps say, and what cannot be.
 */
#include <math.h>

#include "ntpd/sync/sample.h"
#include "regress/unit/unit.h"

static const struct {
	const char	*name;
	double		 out, back, offset, delay;
} exchanges[] = {
	{ "nothing at all", 0, 0, 0, 0 },
	{ "clocks agree, 10 ms each way", 0.010, 0.010, 0, 0.020 },
	{ "we are 1 s behind", 1.010, -0.990, 1, 0.020 },
	{ "we are 1 s ahead", -0.990, 1.010, -1, 0.020 },
	{ "the way out takes longer", 0.030, 0.010, 0.010, 0.040 },
	{ "the way back takes longer", 0.010, 0.030, -0.010, 0.040 },
};

static void
offset_and_delay(void **arg)
{
	double		 delay;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(exchanges); i++) {
		assert_near(sample_offset(exchanges[i].out, exchanges[i].back,
		    &delay), exchanges[i].offset, 1e-15);
		assert_near(delay, exchanges[i].delay, 1e-15);
	}
}

/* One that is possible; each case below changes one field of it. */
static const struct sample usual = { .when = 100, .offset = 0.5,
	.delay = 0.02, .trip = 0.021, .precision = 1e-6, .root_delay = 0.01,
	.root_dispersion = 0.005, .stratum = 2 };

static const struct {
	const char	*name;
	size_t		 field;
	double		 value;
	bool		 possible;
} fields[] = {
#define FIELD(f)	#f, offsetof(struct sample, f)
	{ FIELD(when), 0, true },
	{ FIELD(when), -1e9, true },
	{ FIELD(when), NAN, false },
	{ FIELD(when), INFINITY, false },
	{ FIELD(when), -INFINITY, false },
	{ FIELD(offset), 4294967296.0, true },
	{ FIELD(offset), -4294967296.0, true },
	{ FIELD(offset), 4294967297.0, false },
	{ FIELD(offset), -1e300, false },
	{ FIELD(offset), NAN, false },
	{ FIELD(offset), INFINITY, false },
	{ FIELD(delay), 1e-9, true },
	{ FIELD(delay), 0x1p-32, true },	/* a timestamp's unit */
	{ FIELD(delay), 0x1p-33, false },
	{ FIELD(delay), 5e-324, false },
	{ FIELD(delay), 0, false },
	{ FIELD(delay), -1e-9, false },
	{ FIELD(delay), 65536, true },
	{ FIELD(delay), 65537, false },
	{ FIELD(delay), NAN, false },
	{ FIELD(delay), INFINITY, false },
	{ FIELD(trip), 0, true },	/* it is not known */
	{ FIELD(trip), 1, true },
	{ FIELD(trip), -1e-9, false },
	{ FIELD(trip), 65536, true },
	{ FIELD(trip), 65537, false },
	{ FIELD(trip), NAN, false },
	{ FIELD(trip), INFINITY, false },
	{ FIELD(precision), 0, true },
	{ FIELD(precision), -1e-9, false },
	{ FIELD(precision), 65536, true },
	{ FIELD(precision), 65537, false },
	{ FIELD(precision), NAN, false },
	{ FIELD(precision), INFINITY, false },
	{ FIELD(root_delay), 0, true },
	{ FIELD(root_delay), -1e-9, false },
	{ FIELD(root_delay), 65536, true },
	{ FIELD(root_delay), 65537, false },
	{ FIELD(root_delay), NAN, false },
	{ FIELD(root_delay), INFINITY, false },
	{ FIELD(root_dispersion), 0, true },
	{ FIELD(root_dispersion), -1e-9, false },
	{ FIELD(root_dispersion), 65536, true },
	{ FIELD(root_dispersion), 65537, false },
	{ FIELD(root_dispersion), NAN, false },
	{ FIELD(root_dispersion), INFINITY, false },
};

static void
what_is_possible(void **arg)
{
	struct sample	 s;
	size_t		 i;

	(void)arg;
	assert_true(sample_is_possible(&usual));
	for (i = 0; i < COUNT(fields); i++) {
		s = usual;
		*(double *)((char *)&s + fields[i].field) = fields[i].value;
		if (sample_is_possible(&s) != fields[i].possible)
			fail_msg("%s %g", fields[i].name, fields[i].value);
	}
}

/* The round trip by our own clock counts, unless it is not known. */
static void
the_longest_under_way(void **arg)
{
	struct sample	 s = usual;

	(void)arg;
	assert_near(sample_trip(&s), 0.021, 0);
	s.trip = 0;
	assert_near(sample_trip(&s), 0.02, 0);
	s.trip = 0.01;			/* timestamps have errors */
	assert_near(sample_trip(&s), 0.02, 0);
}

/* 21/2 + 10/2 + 5 ms + 1 us; who claims to hold packets is not nearer. */
static void
distance_by_hand(void **arg)
{
	struct sample	 s = usual;

	(void)arg;
	assert_near(sample_distance(&s), 0.020501, 1e-12);
	s.delay = 1e-4;
	assert_near(sample_distance(&s), 0.020501, 1e-12);
	s.trip = 0;
	assert_near(sample_distance(&s), 0.010051, 1e-12);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(offset_and_delay),
		cmocka_unit_test(what_is_possible),
		cmocka_unit_test(the_longest_under_way),
		cmocka_unit_test(distance_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
