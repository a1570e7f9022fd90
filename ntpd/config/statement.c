/*
 * What the statements of ntpd.conf have in common.  What each means has a file
 * of its own.
 */
#include "ntpd/config/statement.h"

#include <string.h>

#include "ntpd/config/value.h"

#define WEIGHT_MOST	10

#define IN_PARSER(field)						\
	offsetof(struct parser, field), sizeof(((struct parser *)NULL)->field)

/* The options that are numbers, of one byte or two. */
static const struct {
	enum option	 option;
	struct number	 number;
	size_t		 offset, size;
} numbers[] = {
	{ OPTION_WEIGHT, { "weight", 1, WEIGHT_MOST },
	    IN_PARSER(server.weight) },
	{ OPTION_MAX, { "max", 1, POOL_MAX_MOST }, IN_PARSER(server.max) },
	{ OPTION_BURST, { "burst", 1, RATELIMIT_BURST_MOST },
	    IN_PARSER(ratelimit.burst) },
	{ OPTION_LEAK, { "leak", 0, RATELIMIT_LEAK_MOST },
	    IN_PARSER(ratelimit.leak) },
	{ OPTION_NTSPORT, { "ntsport", 1, UINT16_MAX },
	    IN_PARSER(server.nts_port) },
	{ OPTION_STRATUM, { "stratum", 1, LOCAL_MOST },
	    IN_PARSER(server.sensor.stratum) },
	{ OPTION_PREFIX4, { "prefix4", 1, 32 }, IN_PARSER(ratelimit.prefix4) },
	{ OPTION_PREFIX6, { "prefix6", 1, 128 }, IN_PARSER(ratelimit.prefix6) }
};

void
statement_begin(struct parser *p, const struct word *first)
{
	p->first = *first;
	p->statement = NULL;
	p->bad = p->unexpected = p->skipping = false;
	p->options = 0;
	p->value_next = false;
	p->nwords = 0;
}

void
statement_unexpected(struct parser *p, const struct word *word)
{
	p->last = *word;
	p->unexpected = true;
}

bool
statement_number(struct parser *p, const struct number *wanted,
    const struct word *word, unsigned *n)
{
	if (value_number(word->text, wanted->least, wanted->most, n))
		return true;
	parser_error(p, word->line, "%s must be a number from %u to %u, "
	    "not \"%.64s\"", wanted->name, wanted->least, wanted->most,
	    word->text);
	return false;
}

void
statement_option(struct parser *p, enum option option, const char *what,
    const struct word *word)
{
	if (p->options & option)
		parser_error(p, word->line, "%s is said twice, remove one",
		    what);
	p->options |= option;
}

void
statement_once(struct parser *p, const char *words, unsigned *line)
{
	if (*line != 0)
		parser_error(p, p->first.line, "%s is already set in %s, "
		    "remove one", words, parser_place(p, *line));
	else
		*line = p->first.line;
}

void
statement_path(struct parser *p, const char *what, const struct word *word,
    char *path, size_t size)
{
	size_t		 len = strlen(word->text);

	if (word->text[0] != '/' || word->text[len - 1] == '/')
		parser_error(p, word->line, "%s \"%.64s\" is not the absolute "
		    "path of a file, begin it with / and end it with a name",
		    what, word->text);
	else if (len >= size)
		parser_error(p, word->line, "%s \"%.64s...\" is too long, at "
		    "most %zu characters", what, word->text, size - 1);
	else
		memcpy(path, word->text, len + 1);
}

void
option_port(struct parser *p, const struct word *word)
{
	static const struct number port = { "port", 1, UINT16_MAX };
	unsigned	 n;

	statement_option(p, OPTION_PORT, port.name, word);
	if (statement_number(p, &port, word, &n))
		*p->port = (uint16_t)n;
}

void
option_number(struct parser *p, enum option option, const struct word *word)
{
	size_t		 i = 0;
	void		*field;
	unsigned	 n;

	while (numbers[i].option != option)
		i++;
	statement_option(p, option, numbers[i].number.name, word);
	if (!statement_number(p, &numbers[i].number, word, &n))
		return;
	field = (char *)p + numbers[i].offset;
	if (numbers[i].size == sizeof(uint8_t))
		*(uint8_t *)field = (uint8_t)n;
	else
		*(uint16_t *)field = (uint16_t)n;
}

/* Linux has VRF interfaces in the place of routing tables of a socket. */
void
listen_rtable(struct parser *p, const struct word *word)
{
	statement_option(p, OPTION_RTABLE, "rtable", word);
	if (strcmp(word->text, "0") != 0)
		parser_error(p, word->line, "rtable \"%.64s\" does not exist "
		    "on Linux, use \"listen on\" with the name of a VRF "
		    "interface", word->text);
}
