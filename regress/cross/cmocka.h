/*
 * As much of cmocka as the unit tests of regress/cross.t use, for machines for
 * which there is no library of it here.  A test that fails ends the program.
 */
#ifndef CROSS_CMOCKA_H
#define CROSS_CMOCKA_H

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void (*cross_test)(void **);
typedef int (*cross_fixture)(void **);

struct CMUnitTest {
	const char	*name;
	cross_test	 test;
	cross_fixture	 setup, teardown;
};

#define cmocka_unit_test(f)			{ #f, f, NULL, NULL }
#define cmocka_unit_test_setup(f, s)		{ #f, f, s, NULL }
#define cmocka_unit_test_setup_teardown(f, s, t) { #f, f, s, t }

#define fail_msg(...)	do {						\
	printf("# %s:%d: ", __FILE__, __LINE__);			\
	printf(__VA_ARGS__);						\
	printf("\n");							\
	exit(1);							\
} while (0)

#define skip()		exit(0)
#define print_message(...)	printf(__VA_ARGS__)

#define assert_true(c)	do {						\
	if (!(c))							\
		fail_msg("%s", #c);					\
} while (0)
#define assert_false(c)			assert_true(!(c))
#define assert_null(p)			assert_true((p) == NULL)
#define assert_non_null(p)		assert_true((p) != NULL)
#define assert_string_equal(a, b)	assert_true(strcmp((a), (b)) == 0)
#define assert_memory_equal(a, b, n)	assert_true(memcmp((a), (b), (n)) == 0)
#define assert_memory_not_equal(a, b, n) assert_true(memcmp((a), (b), (n)) != 0)

#define assert_ptr_equal(a, b)		assert_true((a) == (b))
#define assert_string_not_equal(a, b)	assert_true(strcmp((a), (b)) != 0)

/* Integers of any kind, as cmocka has it. */
static inline void
cross_range(const char *file, int line, const char *what, uintmax_t value,
    uintmax_t least, uintmax_t most)
{
	if (value >= least && value <= most)
		return;
	printf("# %s:%d: %s: %jd\n", file, line, what, (intmax_t)value);
	exit(1);
}

static inline void
cross_equal(const char *file, int line, const char *what, uintmax_t value,
    uintmax_t wanted)
{
	cross_range(file, line, what, value, wanted, wanted);
}

#define assert_in_range(v, least, most)					\
	cross_range(__FILE__, __LINE__, #v, (uintmax_t)(v),		\
	    (uintmax_t)(least), (uintmax_t)(most))
#define assert_int_equal(a, b)						\
	cross_equal(__FILE__, __LINE__, #a, (uintmax_t)(a),		\
	    (uintmax_t)(b))
#define assert_int_not_equal(a, b)					\
	assert_false((uintmax_t)(a) == (uintmax_t)(b))

static inline int
cross_run(const struct CMUnitTest *tests, size_t n, cross_fixture setup,
    cross_fixture teardown)
{
	void		*state = NULL;
	size_t		 i;

	if (setup != NULL && setup(&state) != 0)
		return 1;
	for (i = 0; i < n; i++) {
		printf("# %s\n", tests[i].name);
		if ((tests[i].setup != NULL && tests[i].setup(&state) != 0) ||
		    (tests[i].test(&state), 0) ||
		    (tests[i].teardown != NULL &&
		    tests[i].teardown(&state) != 0))
			return 1;
	}
	return teardown != NULL ? teardown(&state) : 0;
}

#define cmocka_run_group_tests(tests, setup, teardown)			\
	cross_run(tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)
#define cmocka_run_group_tests_name(name, tests, setup, teardown)	\
	cross_run(tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)

#endif
