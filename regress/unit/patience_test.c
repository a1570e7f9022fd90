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
				/* unresolved, offset */
	double		 limit;
} cases[] = {
	{ "one of one", { 1, 1, 0, 0, 0, 0.1 }, 0 },
	{ "one of one, by years", { 1, 1, 0, 0, 0, YEAR }, 0 },
	{ "four of four, at their start", { 4, 4, 1, 0, 0, 0.1 }, 60 },
	{ "three of four, one is dead", { 4, 3, 0, 1, 0, YEAR }, 0 },
	{ "two of four, little", { 4, 2, 0, 2, 0, 0.9 }, 0 },
	{ "two of four, a second", { 4, 2, 0, 2, 0, -1 }, 60 },
	{ "two of four, the others disagree", { 4, 2, 0, 0, 0, YEAR }, 0 },
	{ "one of four, three names, little", { 4, 1, 0, 0, 3, 0.1 }, 30 },
	{ "one of four, three names, years", { 4, 1, 0, 0, 3, YEAR }, 60 },
	{ "three of four, one name", { 4, 3, 0, 0, 1, YEAR }, 0 },
	{ "a name and a silent one, little", { 3, 1, 0, 1, 1, 0.1 }, 30 },
	{ "not yet a majority", { 4, 0, 0, 1, 0, NAN }, 60 },
	{ "no number", { 4, 2, 0, 1, 0, NAN }, 60 },
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
