/*
 * The step statements: when the clock may be set, and how far.
 */
#include <math.h>
#include <string.h>

#include "ntpd/config/statement.h"

#define STEP_MS_MOST	1000000
#define STEP_LIMIT_MOST	1000000	/* s, m, h or d */

void
set_step(struct parser *p, enum step_when when, const struct word *ms)
{
	unsigned	 n;

	statement_single(p, SINGLE_STEP);
	p->conf->step = when;
	if (when != STEP_ALWAYS)
		return;
	if (statement_number(p, "step always", ms, 1, STEP_MS_MOST, &n))
		p->conf->step_threshold = n / 1000.0;
}

/* The length of UNIT in s; 0 if it is none. */
static unsigned
unit_seconds(const struct word *unit)
{
	static const struct {
		const char	*name;
		unsigned	 seconds;
	} units[] = { { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 } };
	size_t		 i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(unit->text, units[i].name) == 0)
			return units[i].seconds;
	return 0;
}

void
set_step_limit(struct parser *p, const struct word *number,
    const struct word *unit)
{
	unsigned	 n;

	statement_single(p, SINGLE_STEP_LIMIT);
	if (unit == NULL && strcmp(number->text, "none") == 0) {
		p->conf->step_limit = CONFIG_NO_LIMIT;
		return;
	}
	if (unit == NULL || unit_seconds(unit) == 0) {
		parser_error(p, number->line, "step limit lacks its unit, "
		    "write a number and s, m, h or d, or write none");
		return;
	}
	if (statement_number(p, "step limit", number, 1, STEP_LIMIT_MOST, &n))
		p->conf->step_limit = fmin(CONFIG_NO_LIMIT,
		    (double)n * unit_seconds(unit));
}
