/*
 * Times in words.
 */
#include <math.h>
#include <string.h>

#include "common/format.h"
#include "regress/unit/unit.h"

/* Offsets are true time minus the clock's. */
static const struct {
	double		 s;
	const char	*size, *offset, *step;
} cases[] = {
	{ 0, "0 ns", "0 ns behind", "forward by 0 ns" },
	{ -0.4e-9, "0 ns", "0 ns behind", "back by 0 ns" },
	{ -12e-9, "12 ns", "12 ns ahead", "back by 12 ns" },
	{ 16.6e-6, "16.6 us", "16.6 us behind", "forward by 16.6 us" },
	{ -0.00125, "1.250 ms", "1.250 ms ahead", "back by 1.250 ms" },
	{ 0.9999999, "1.000 s", "1.000 s behind", "forward by 1.000 s" },
	{ -86400, "86400.000 s", "86400.000 s ahead", "back by 86400.000 s" },
	{ NAN, "unknown", "unknown", "forward by unknown" },
	{ HUGE_VAL, "100000000000000000000.000 s",
	    "100000000000000000000.000 s behind",
	    "forward by 100000000000000000000.000 s" },
};

static void
sizes_and_sides(void **state)
{
	char		 text[FORMAT_LEN];
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_string_equal(format_size(cases[i].s, text),
		    cases[i].size);
		assert_string_equal(format_offset(cases[i].s, text),
		    cases[i].offset);
		assert_string_equal(format_step(cases[i].s, text),
		    cases[i].step);
	}
}

static const struct {
	double		 s;
	const char	*text;
} spans[] = {
	{ 0, "0 s" }, { 119.9, "119 s" }, { 120, "2 min" },
	{ 7199, "119 min" }, { 7200, "2 h" }, { 172799, "47 h" },
	{ 172800, "2 days" }, { 1e300, "100000000000000000000 days" },
};

static void
durations(void **state)
{
	char		 text[FORMAT_LEN];
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(spans); i++)
		assert_string_equal(format_span(spans[i].s, text),
		    spans[i].text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_and_sides),
		cmocka_unit_test(durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
