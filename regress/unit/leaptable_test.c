/*
 * The list of leap seconds: one that is there, and what is none.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ntpd/parent/leaptable.h"
#include "regress/unit/unit.h"

#define JANUARY_1972	63072000LL	/* s since 1970 */
#define JULY_2015	1435708800LL
#define NEW_YEAR_2017	1483228800LL
#define JUNE_2026	1782604800LL	/* the 28th */

/* As the IERS has it, of some years only. */
#define LIST								\
	"#\tATOMIC TIME\n"						\
	"#$ 3960835200\n"						\
	"#@ 3991593600\n"						\
	"2272060800      10      # 1 Jan 1972\n"			\
	"3644697600      11      # 1 Jul 2015\n"			\
	"\n"								\
	"3692217600      12      # 1 Jan 2017\n"			\
	"#h 848434d5 570f7ea8 d79ba227 a00fc821 f608e2d4\n"

static const struct {
	const char	*name, *text, *wrong;
} texts[] = {
	{ "the list", LIST, NULL },
	{ "with carriage returns", "#@ 3991593600\r\n2272060800 10\r\n",
	    NULL },
	{ "no newline", "#@ 3991593600\n2272060800 10", NULL },
	{ "empty", "", "no leap seconds" },
	{ "comments only", "#@ 3991593600\n# none\n", "no leap seconds" },
	{ "no expiry", "2272060800 10\n", "until when" },
	{ "expired before its last line", "#@ 2272060799\n2272060800 10\n",
	    "until when" },
	{ "a page of HTML", "<html>\n", "not understood" },
	{ "no number", "#@ 3991593600\n2272060800 ten\n", "not understood" },
	{ "half a line", "#@ 3991593600\n2272060800\n", "not understood" },
	{ "not at midnight", "#@ 3991593600\n2272060801 10\n",
	    "not understood" },
	{ "more than one at a time",
	    "#@ 3991593600\n2272060800 10\n2287785600 12\n",
	    "not understood" },
	{ "none", "#@ 3991593600\n2272060800 10\n2287785600 10\n",
	    "not understood" },
	{ "not in order", "#@ 3991593600\n2287785600 10\n2272060800 11\n",
	    "not understood" },
	{ "beyond any TAI", "#@ 3991593600\n2272060800 256\n",
	    "not understood" },
	{ "before 1970", "#@ 3991593600\n0 10\n", "not understood" },
	{ "too far", "#@ 99999999999999999999\n2272060800 10\n",
	    "not understood" },
	{ "negative", "#@ -1\n2272060800 10\n", "not understood" },
};

static void
what_is_a_list(void **arg)
{
	struct leaptable table;
	const char	*wrong;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(texts); i++) {
		table.n = 77;
		wrong = leaptable_parse(texts[i].text, strlen(texts[i].text),
		    &table);
		if ((wrong == NULL) != (texts[i].wrong == NULL) ||
		    (wrong != NULL && strstr(wrong, texts[i].wrong) == NULL))
			fail_msg("%s: %s", texts[i].name, wrong);
		if (wrong != NULL)
			assert_int_equal(table.n, 77);
	}
	assert_non_null(leaptable_parse("#@ 3991593600\0", 14, &table));
}

/* As many lines as there is room for, and one more. */
static void
long_lists(void **arg)
{
	static char	 text[LEAPTABLE_MOST * 32];
	struct leaptable table;
	size_t		 i, len = 0;

	(void)arg;
	len += (size_t)sprintf(text, "#@ 3991593600\n");
	for (i = 0; i <= LEAPTABLE_MOST; i++) {
		assert_true((leaptable_parse(text, len, &table) == NULL) ==
		    (i > 0));
		len += (size_t)sprintf(text + len, "%lld %zu\n",
		    2272060800 + 86400LL * (long long)i, 10 + i);
	}
	assert_non_null(leaptable_parse(text, len, &table));
}

static void
what_it_says(void **arg)
{
	static const struct {
		int64_t		 now;
		int		 tai;
		bool		 known;
		int64_t		 at;
		int		 change;
	} days[] = {
		{ 0, 0, true, JULY_2015, 1 },
		{ JANUARY_1972 - 1, 0, true, JULY_2015, 1 },
		{ JANUARY_1972, 10, true, JULY_2015, 1 },
		{ JULY_2015 - 1, 10, true, JULY_2015, 1 },
		{ JULY_2015, 11, true, JULY_2015, 1 },
		{ JULY_2015 + 86399, 11, true, JULY_2015, 1 },
		{ JULY_2015 + 86400, 11, true, NEW_YEAR_2017, 1 },
		{ NEW_YEAR_2017 + 86399, 12, true, NEW_YEAR_2017, 1 },
		{ NEW_YEAR_2017 + 86400, 12, true, 0, 0 },
		{ JUNE_2026 - 1, 12, true, 0, 0 },
		{ JUNE_2026, 12, false, 0, 0 },
	};
	struct leaptable table;
	struct leap_plan plan = { .policy = LEAP_SMEARED };
	size_t		 i;

	(void)arg;
	assert_null(leaptable_parse(LIST, strlen(LIST), &table));
	for (i = 0; i < COUNT(days); i++) {
		leaptable_plan(&table, days[i].now, &plan);
		assert_int_equal(leaptable_tai(&table, days[i].now),
		    days[i].tai);
		assert_int_equal(plan.known, days[i].known);
		assert_int_equal(plan.at, days[i].at);
		assert_int_equal(plan.change, days[i].change);
		assert_int_equal(plan.policy, LEAP_SMEARED);
	}
	table.n = 0;
	leaptable_plan(&table, JULY_2015, &plan);
	assert_false(plan.known);
}

static void
files(void **arg)
{
	char		 path[] = "/tmp/leaptable.XXXXXX";
	int		 fd = mkstemp(path);
	struct leaptable table;

	(void)arg;
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, LIST, strlen(LIST)), strlen(LIST));
	assert_null(leaptable_read(path, &table));
	assert_int_equal(table.n, 3);
	assert_int_equal(fchmod(fd, 0666), 0);
	assert_non_null(leaptable_read(path, &table));
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_int_equal(ftruncate(fd, 100000), 0);
	assert_non_null(leaptable_read(path, &table));
	close(fd);
	unlink(path);
	assert_non_null(leaptable_read(path, &table));
	assert_non_null(leaptable_read("/", &table));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_a_list),
		cmocka_unit_test(long_lists),
		cmocka_unit_test(what_it_says),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
