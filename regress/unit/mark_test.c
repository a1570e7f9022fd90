/*
 * The mark in our own requests: servers with the key know it for as long as a
 * request is on its way, nobody else does, and nothing in it comes twice.
 */
#include <string.h>

#include <bsd/stdlib.h>

#include "common/mark.h"
#include "common/ns.h"
#include "regress/unit/unit.h"

#define SECOND		NS_PER_S
#define PERIOD		(1LL << 34)	/* ns */
#define START		((struct instant){ 1000 * PERIOD })

/* What arc4random() gives: first these numbers, then what is random. */
static struct {
	uint32_t	 numbers[8];
	size_t		 n, taken;
} script;

uint32_t
arc4random(void)
{
	uint32_t	 r;

	if (script.taken < script.n)
		return script.numbers[script.taken++];
	arc4random_buf(&r, sizeof(r));
	return r;
}

static void
play(size_t n, const uint32_t *numbers)
{
	memcpy(script.numbers, numbers, n * sizeof(*numbers));
	script.n = n;
	script.taken = 0;
}

static struct instant
after(int64_t ns)
{
	return (struct instant){ START.ns + ns };
}

/* Wherever in a period it is made: for as long as an answer is waited for. */
static void
test_known(void **state)
{
	static struct marker m;
	struct ntptime	 t;
	int64_t		 at;

	(void)state;
	marker_init(&m);
	for (at = 0; at < 2 * PERIOD; at += SECOND / 8) {
		t = mark_make(&m, after(at));
		assert_true(mark_is_ours(&m.key, t, after(at)));
		assert_true(mark_is_ours(&m.key, t, after(at + 3 * SECOND)));
		assert_true(mark_is_ours(&m.key, t, after(at + 4 * SECOND)));
		assert_false(mark_is_ours(&m.key, t, after(at + 23 * SECOND)));
		assert_false(mark_is_ours(&m.key, t, after(at - PERIOD)));
	}
}

static void
test_unknown(void **state)
{
	static struct marker m, other;
	struct ntptime	 t, bent;
	unsigned	 i, bit;

	(void)state;
	marker_init(&m);
	marker_init(&other);
	for (i = 0; i < 1000; i++) {
		t = mark_make(&m, START);
		assert_false(mark_is_ours(&other.key, t, START));
		for (bit = 0; bit < 64; bit++) {
			bent.value = t.value ^ 1ULL << bit;
			assert_false(mark_is_ours(&m.key, bent, START));
		}
	}
}

/* Somebody else's request is hardly ever taken for ours. */
static void
test_by_chance(void **state)
{
	static struct marker m;
	struct ntptime	 t;
	unsigned	 i, hits = 0;

	(void)state;
	marker_init(&m);
	for (i = 0; i < 1000000; i++) {
		arc4random_buf(&t, sizeof(t));
		hits += mark_is_ours(&m.key, t, START);
	}
	/* Twice by chance in 18 million runs. */
	assert_in_range(hits, 0, 1);
}

static uint32_t
random_part(struct ntptime t)
{
	return (uint32_t)(t.value >> 32);
}

/* What was seen by others is worth nothing: it does not come again. */
static void
test_never_twice(void **state)
{
	static const uint32_t numbers[] = { 7, 7, 8, 7, 8, 9, 7 };
	static struct marker m;
	struct ntptime	 first, again;

	(void)state;
	marker_init(&m);
	play(7, numbers);
	first = mark_make(&m, START);
	assert_int_equal(random_part(first), 7);
	assert_int_equal(random_part(mark_make(&m, START)), 8);
	assert_int_equal(random_part(mark_make(&m, after(SECOND))), 9);
	/* In another period it has another tag. */
	again = mark_make(&m, after(PERIOD));
	assert_int_equal(random_part(again), 7);
	assert_false(ntptime_equal(again, first));
}

/* More than can be remembered are made all the same. */
static void
test_many(void **state)
{
	static struct marker m;
	struct ntptime	 t;
	unsigned	 i;

	(void)state;
	marker_init(&m);
	for (i = 0; i < 3 * MARK_USED; i++) {
		t = mark_make(&m, START);
		assert_true(mark_is_ours(&m.key, t, START));
		assert_false(ntptime_is_zero(t));
	}
}

/* Each of the 64 bits is set in half of all: none of them tells. */
static void
test_looks_random(void **state)
{
	enum { MANY = 10000 };
	static struct marker m;
	unsigned	 set[64] = { 0 }, i, bit;
	struct ntptime	 t;

	(void)state;
	marker_init(&m);
	for (i = 0; i < MANY; i++) {
		t = mark_make(&m, after(i * SECOND));
		for (bit = 0; bit < 64; bit++)
			set[bit] += (t.value >> bit & 1);
	}
	/* Eight standard deviations of 50. */
	for (bit = 0; bit < 64; bit++)
		assert_in_range(set[bit], MANY / 2 - 400, MANY / 2 + 400);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_by_chance),
		cmocka_unit_test(test_never_twice),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_looks_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
