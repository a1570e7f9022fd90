/*
 * The ratelimit statement.
 */
#include "ntpd/config/statement.h"

void
ratelimit_begin(struct parser *p)
{
	struct config	 conf;

	statement_once(p, "ratelimit", &p->ratelimit_line);
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
ratelimit_number(struct parser *p, enum option option, const struct word *word)
{
	struct config_ratelimit *r = &p->ratelimit;
	const struct {
		enum option	 option;
		const char	*name;
		unsigned	 least, most;
		uint16_t	*wide;		/* one of these is set */
		uint8_t		*narrow;
	} *o, numbers[] = {
		{ OPTION_BURST, "burst", 1, RATELIMIT_BURST_MOST, &r->burst,
		    NULL },
		{ OPTION_LEAK, "leak", 0, RATELIMIT_LEAK_MOST, &r->leak, NULL },
		{ OPTION_PREFIX4, "prefix4", 1, 32, NULL, &r->prefix4 },
		{ OPTION_PREFIX6, "prefix6", 1, 128, NULL, &r->prefix6 }
	};
	unsigned	 n;

	for (o = numbers; o->option != option; o++)
		;
	statement_option(p, option, o->name, word);
	if (!statement_number(p, o->name, word, o->least, o->most, &n))
		return;
	if (o->wide != NULL)
		*o->wide = (uint16_t)n;
	else
		*o->narrow = (uint8_t)n;
}

void
ratelimit_end(struct parser *p)
{
	if (!p->bad)
		p->conf->ratelimit = p->ratelimit;
}
