/*
 * The ratelimit statement.
 */
#include "ntpd/config/statement.h"

void
ratelimit_begin(struct parser *p)
{
	struct config	 conf;

	statement_single(p, SINGLE_RATELIMIT);
	config_default(&conf);
	p->ratelimit = conf.ratelimit;
	p->ratelimit.interval = RATELIMIT_INTERVAL;
}

void
ratelimit_interval(struct parser *p, const struct word *word, bool ms)
{
	unsigned	 unit = ms ? 1 : 1000, n;

	statement_option(p, OPTION_INTERVAL, "interval", word);
	if (statement_number(p, "interval", word, 1,
	    RATELIMIT_INTERVAL_MOST / unit, &n))
		p->ratelimit.interval = n * unit;
}

void
ratelimit_burst(struct parser *p, const struct word *word)
{
	unsigned	 n;

	statement_option(p, OPTION_BURST, "burst", word);
	if (statement_number(p, "burst", word, 1, RATELIMIT_BURST_MOST, &n))
		p->ratelimit.burst = (uint16_t)n;
}

void
ratelimit_leak(struct parser *p, const struct word *word)
{
	unsigned	 n;

	statement_option(p, OPTION_LEAK, "leak", word);
	if (statement_number(p, "leak", word, 0, RATELIMIT_LEAK_MOST, &n))
		p->ratelimit.leak = (uint16_t)n;
}

void
ratelimit_prefix4(struct parser *p, const struct word *word)
{
	unsigned	 n;

	statement_option(p, OPTION_PREFIX4, "prefix4", word);
	if (statement_number(p, "prefix4", word, 1, 32, &n))
		p->ratelimit.prefix4 = (uint8_t)n;
}

void
ratelimit_prefix6(struct parser *p, const struct word *word)
{
	unsigned	 n;

	statement_option(p, OPTION_PREFIX6, "prefix6", word);
	if (statement_number(p, "prefix6", word, 1, 128, &n))
		p->ratelimit.prefix6 = (uint8_t)n;
}

void
ratelimit_end(struct parser *p)
{
	if (!p->bad)
		p->conf->ratelimit = p->ratelimit;
}
