/*
 * How long the first decision waits, and for whom.
 */
#include <math.h>

#include "ntpd/engine/patience.h"
#include "regress/unit/unit.h"

#define YEAR		31536000.0

static const struct {
	const char	*name;
	struct patience	 p;	/* configured, agreeing, starting, silent, */
				/* unresolved, offset, needed */
	double		 limit;
} cases[] = {
	{ "one of one", { 1, 1, 0, 0, 0, 0.1, 0 }, 0 },
	{ "one of one, by years", { 1, 1, 0, 0, 0, YEAR, 0 }, 0 },
	{ "four of four, at their start", { 4, 4, 1, 0, 0, 0.1, 0 }, 60 },
	{ "three of four, one is dead", { 4, 3, 0, 1, 0, YEAR, 0 }, 0 },
	{ "two of four, little", { 4, 2, 0, 2, 0, 0.9, 0 }, 0 },
	{ "two of four, a second", { 4, 2, 0, 2, 0, -1, 0 }, 60 },
	{ "two of four, the others disagree", { 4, 2, 0, 0, 0, YEAR, 0 }, 0 },
	{ "one of four, three names, little", { 4, 1, 0, 0, 3, 0.1, 0 }, 30 },
	{ "one of four, three names, years", { 4, 1, 0, 0, 3, YEAR, 0 }, 60 },
	{ "three of four, one name", { 4, 3, 0, 0, 1, YEAR, 0 }, 0 },
	{ "a name and a silent one, little", { 3, 1, 0, 1, 1, 0.1, 0 }, 30 },
	{ "not yet a majority", { 4, 0, 0, 1, 0, NAN, 0 }, 60 },
	{ "one of one, two needed", { 1, 1, 0, 0, 0, 0.1, 2 }, INFINITY },
	{ "one of two, two needed", { 2, 1, 0, 1, 0, YEAR, 2 }, INFINITY },
	{ "two of two, two needed", { 2, 2, 0, 0, 0, YEAR, 2 }, 0 },
	{ "no number", { 4, 2, 0, 1, 0, NAN, 0 }, 60 },
};

static void
limits(void **state)
{
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (patience_limit(&cases[i].p) != cases[i].limit)
			fail_msg("%s: %g s", cases[i].name,
			    patience_limit(&cases[i].p));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests_name("patience", tests, NULL, NULL);
}
