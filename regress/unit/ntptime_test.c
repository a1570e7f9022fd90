/*
 * Timestamps: worked values around the ends of eras, and the properties that
 * hold for all of them.
 */
#include <math.h>

#include "common/ns.h"
#include "common/ntptime.h"
#include "regress/unit/unit.h"

#define S		NS_PER_S
#define ERA_1		2085978496LL	/* 2036-02-07 06:28:16, in Unix time */
#define ERA_2		6380945792LL	/* 2172-03-15 12:56:32 */
#define YEAR		31556952LL
#define ROUNDS		200000

static struct rng	 rng = { 1 };

/* A number from -LIMIT to LIMIT. */
static int64_t
random_within(int64_t limit)
{
	return (int64_t)(rng_next(&rng) % (2 * (uint64_t)limit + 1) -
	    (uint64_t)limit);
}

static struct ntptime
stamp(uint64_t value)
{
	return (struct ntptime){ value };
}

/* Unix time and timestamp, both ways, near the time itself. */
static const struct {
	const char	*name;
	int64_t		 ns;
	uint64_t	 value;
} pairs[] = {
	{ "the Unix epoch",		0,		0x83aa7e8000000000 },
	{ "half a second later",	S / 2,		0x83aa7e8080000000 },
	{ "a ns later, to nearest",	1,		0x83aa7e8000000004 },
	{ "a ns before the epoch",	-1,		0x83aa7e7ffffffffc },
	{ "a second before the epoch",	-S,		0x83aa7e7f00000000 },
	{ "2000-01-01",			946684800 * S,	0xbc17c20000000000 },
	{ "2026-07-04 12:00",		1783166400 * S,	0xedf3744000000000 },
	{ "the last second of era 0",	(ERA_1 - 1) * S, 0xffffffff00000000 },
	{ "the last ns of era 0",	ERA_1 * S - 1,	0xfffffffffffffffc },
	{ "era 1 begins: not zero",	ERA_1 * S,	1 },
	{ "the first ns of era 1",	ERA_1 * S + 1,	4 },
	{ "a second into era 1",	(ERA_1 + 1) * S, 0x100000000 },
	{ "the last second of era 1",	(ERA_2 - 1) * S, 0xffffffff00000000 },
	{ "era 2 begins: not zero",	ERA_2 * S,	1 },
	{ "1900-01-01: not zero",	-2208988800 * S, 1 },
	{ "the last second before",	-2208988801 * S, 0xffffffff00000000 },
};

static void
test_pairs(void **arg)
{
	struct timespec	 ts;
	struct ntptime	 t;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(pairs); i++) {
		t = ntptime_from_ns(pairs[i].ns);
		if (t.value != pairs[i].value)
			fail_msg("%s: %#jx", pairs[i].name,
			    (uintmax_t)t.value);
		ts.tv_nsec = (long)(((pairs[i].ns % S) + S) % S);
		ts.tv_sec = (time_t)((pairs[i].ns - ts.tv_nsec) / S);
		t = ntptime_from_timespec(&ts);
		if (t.value != pairs[i].value)
			fail_msg("%s as a timespec: %#jx", pairs[i].name,
			    (uintmax_t)t.value);
		if (ntptime_to_ns(t, pairs[i].ns) != pairs[i].ns)
			fail_msg("%s: does not come back", pairs[i].name);
	}
}

/* The era comes from what the time is near to. */
static const struct {
	const char	*name;
	uint64_t	 value;
	int64_t		 near, ns;
} eras[] = {
	{ "end of era 0 seen from era 1",
	    0xffffffff00000000, (ERA_1 + 5) * S, (ERA_1 - 1) * S },
	{ "start of era 1 seen from era 0",
	    0x0000000100000000, (ERA_1 - 5) * S, (ERA_1 + 1) * S },
	{ "zero, from era 0",
	    0, (ERA_1 - 1) * S, ERA_1 * S },
	{ "end of era 1 seen from era 2",
	    0xffffffff80000000, ERA_2 * S, ERA_2 * S - S / 2 },
	{ "68 years ahead",
	    0x83aa7e8000000000, -68 * YEAR * S, 0 },
	{ "68 years behind",
	    0x83aa7e8000000000, 68 * YEAR * S, 0 },
	{ "69 years ahead is the era before",
	    0x83aa7e8000000000, -69 * YEAR * S, -4294967296 * S },
	{ "69 years behind is the next era",
	    0x83aa7e8000000000, 69 * YEAR * S, 4294967296 * S },
	{ "after the last ns there is",
	    0x83aa7e8000000000 + ((uint64_t)0x7fffffff << 32), INT64_MAX,
	    INT64_MAX },
	{ "before the first",
	    0x83aa7e8000000000, INT64_MIN, -8589934592 * S },
};

static void
test_eras(void **arg)
{
	size_t	 i;
	int64_t	 ns;

	(void)arg;
	for (i = 0; i < COUNT(eras); i++) {
		ns = ntptime_to_ns(stamp(eras[i].value), eras[i].near);
		if (ns != eras[i].ns)
			fail_msg("%s: %jd", eras[i].name, (intmax_t)ns);
	}
}

/* What no int64_t can hold is the nearest it can. */
static void
test_saturation(void **arg)
{
	uint64_t	 most, least;

	(void)arg;
	most = ntptime_from_ns(INT64_MAX).value;
	least = ntptime_from_ns(INT64_MIN).value;
	assert_true(ntptime_to_ns(stamp(most + (1ULL << 32)), INT64_MAX) ==
	    INT64_MAX);
	assert_true(ntptime_to_ns(stamp(most + (1ULL << 62)), INT64_MAX) ==
	    INT64_MAX);
	assert_true(ntptime_to_ns(stamp(least - (1ULL << 32)), INT64_MIN) ==
	    INT64_MIN);
	assert_true(ntptime_to_ns(stamp(least - (1ULL << 62)), INT64_MIN) ==
	    INT64_MIN);
}

/* For every ns and every NEAR within 68 years: there and back is the same. */
static void
test_there_and_back(void **arg)
{
	int64_t	 ns, near;
	int	 i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++) {
		ns = random_within(220 * YEAR * S);
		near = ns + random_within(68 * YEAR * S);
		if (ntptime_to_ns(ntptime_from_ns(ns), near) != ns)
			fail_msg("%jd near %jd", (intmax_t)ns, (intmax_t)near);
	}
}

static const struct {
	const char	*name;
	uint64_t	 a, b;
	double		 s;
} diffs[] = {
	{ "equal",		42, 42,			0 },
	{ "one second",		5ULL << 32, 4ULL << 32,	1 },
	{ "minus one second",	4ULL << 32, 5ULL << 32,	-1 },
	{ "the smallest",	1, 0,			0x1p-32 },
	{ "over the era's end",	1ULL << 32, 0xffffffff00000000, 2 },
	{ "back over it",	0xffffffff00000000, 1ULL << 32, -2 },
	{ "a half",		1ULL << 31, 0,		0.5 },
	{ "minus a half",	0, 1ULL << 31,		-0.5 },
	{ "a quarter over it",	0x40000000, 0xffffffffc0000000, 0.5 },
	{ "the most",		0x7fffffff00000000, 0,	2147483647 },
	{ "the least",		0x8000000000000000, 0,	-2147483648.0 },
	{ "small beside large numbers",
	    0xed00000000000100, 0xed00000000000000, 0x1p-24 },
};

static void
test_diffs(void **arg)
{
	struct ntptime	 a, b;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(diffs); i++) {
		a = stamp(diffs[i].a);
		b = stamp(diffs[i].b);
		if (ntptime_diff(a, b) != diffs[i].s)
			fail_msg("%s: %.12g", diffs[i].name,
			    ntptime_diff(a, b));
	}
}

/* (b + (a - b)) is a, exactly so while the difference fits a double. */
static void
test_diff_and_add(void **arg)
{
	struct ntptime	 a, b;
	double		 s;
	int		 i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++) {
		b = stamp(rng_next(&rng));
		a = stamp(b.value + (uint64_t)random_within(1LL << 52));
		s = ntptime_diff(a, b);
		if (!ntptime_equal(ntptime_add(b, s), a))
			fail_msg("%#jx, %#jx", (uintmax_t)a.value,
			    (uintmax_t)b.value);
		if (ntptime_diff(b, a) != -s)
			fail_msg("%#jx, %#jx: not antisymmetric",
			    (uintmax_t)a.value, (uintmax_t)b.value);
	}
}

static const struct {
	const char	*name;
	uint64_t	 from;
	double		 s;
	uint64_t	 to;
} additions[] = {
	{ "nothing",		42, 0,			42 },
	{ "a second",		1, 1,			0x100000001 },
	{ "back a second",	1, -1,			0xffffffff00000001 },
	{ "over the era's end",	0xffffffff80000000, 0.5, 0 },
	{ "back over it",	0, -0.5,		0xffffffff80000000 },
	{ "to nearest",		0, 0.75 * 0x1p-32,	1 },
	{ "2^31 s is too much",	42, 0x1p31,		42 },
	{ "so is -2^31 s",	42, -0x1p31,		42 },
	{ "not a number",	42, NAN,		42 },
	{ "infinity",		42, INFINITY,		42 },
};

static void
test_additions(void **arg)
{
	struct ntptime	 t;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(additions); i++) {
		t = ntptime_add(stamp(additions[i].from), additions[i].s);
		if (t.value != additions[i].to)
			fail_msg("%s: %#jx", additions[i].name,
			    (uintmax_t)t.value);
	}
}

static void
test_comparisons(void **arg)
{
	(void)arg;
	assert_true(ntptime_is_zero(stamp(0)));
	assert_false(ntptime_is_zero(stamp(1)));
	assert_false(ntptime_is_zero(stamp(1ULL << 63)));
	assert_true(ntptime_equal(stamp(7), stamp(7)));
	assert_false(ntptime_equal(stamp(7), stamp(7 | 1ULL << 63)));
}

static const struct {
	const char	*name;
	double		 s;
	uint32_t	 fixed;
} shorts[] = {
	{ "zero",		0,			0 },
	{ "one second",		1,			0x10000 },
	{ "half a second",	0.5,			0x8000 },
	{ "the smallest",	0x1p-16,		1 },
	{ "rounded up",		0x1p-16 + 0x1p-40,	2 },
	{ "tiny, but not zero",	1e-300,			1 },
	{ "negative",		-1,			0 },
	{ "a little negative",	-1e-9,			0 },
	{ "not a number",	NAN,			0 },
	{ "the largest",	65536 - 0x1p-16,	0xffffffff },
	{ "a little too large",	65536,			0xffffffff },
	{ "infinity",		INFINITY,		0xffffffff },
};

static void
test_short_format(void **arg)
{
	uint32_t	 fixed;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(shorts); i++) {
		fixed = ntpshort_from_seconds(shorts[i].s);
		if (fixed != shorts[i].fixed)
			fail_msg("%s: %#x", shorts[i].name, fixed);
	}
	assert_true(ntpshort_to_seconds(0) == 0);
	assert_true(ntpshort_to_seconds(0x18000) == 1.5);
	assert_true(ntpshort_to_seconds(UINT32_MAX) == 65536 - 0x1p-16);
}

/* Every short value comes back; every bound stays a bound. */
static void
test_short_properties(void **arg)
{
	uint32_t	 fixed;
	double		 s;
	int		 i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++) {
		fixed = (uint32_t)rng_next(&rng);
		s = ntpshort_to_seconds(fixed);
		if (ntpshort_from_seconds(s) != fixed)
			fail_msg("%#x does not come back", fixed);
		s = (double)(rng_next(&rng) >> 11) * 0x1p-38;	/* < 2^15 */
		if (ntpshort_to_seconds(ntpshort_from_seconds(s)) < s)
			fail_msg("%.12g was rounded down", s);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_eras),
		cmocka_unit_test(test_saturation),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_diffs),
		cmocka_unit_test(test_diff_and_add),
		cmocka_unit_test(test_additions),
		cmocka_unit_test(test_comparisons),
		cmocka_unit_test(test_short_format),
		cmocka_unit_test(test_short_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
