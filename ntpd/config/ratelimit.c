/*
 * The ratelimit statement.
 */
#include "ntpd/config/statement.h"

#include "ntpd/config/defaults.h"

void
ratelimit_begin(struct parser *p)
{
	statement_once(p, "ratelimit", &p->ratelimit_line);
	p->ratelimit = p->conf->ratelimit;	/* the defaults */
	p->ratelimit.interval = RATELIMIT_INTERVAL;
}

void
ratelimit_interval(struct parser *p, const struct word *word,
    enum interval_unit unit)
{
	const struct number interval = {
		"interval", 1, RATELIMIT_INTERVAL_MOST / unit
	};
	unsigned	 n;

	statement_option(p, OPTION_INTERVAL, interval.name, word);
	if (statement_number(p, &interval, word, &n))
		p->ratelimit.interval = n * unit;
}

void
ratelimit_end(struct parser *p)
{
	if (!p->bad)
		p->conf->ratelimit = p->ratelimit;
}
