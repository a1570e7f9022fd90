/*
 * The statements of ntpd.conf: one table of all, and here is also what they
 * mean that set one value.  The others are in the grammar, parse.y.
 */
#include <bsd/string.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/control.h"
#include "ntpd/config/statement.h"
#include "ntpd/config/value.h"

static statement_set	 set_flag, set_local, set_path, set_span, set_step,
			 set_user, set_workers;

#define TYPE(field)	((struct config *)NULL)->field
#define SETS(field)	.offset = offsetof(struct config, field),	\
			.size = sizeof(TYPE(field))
#define FLAG(field)	SETS(field), .set = _Generic(TYPE(field), bool: set_flag)
#define PATH(field, initial_text)					\
	SETS(field), .set = set_path, .text = initial_text
#define SPAN(field, seconds, from, to, unit, seconds_of_none)		\
	SETS(field), .set = _Generic(TYPE(field), double: set_span),	\
	.initial = seconds, .least = from, .most = to, .units = unit,	\
	.none = seconds_of_none
#define GRAMMAR		.set = NULL

/* Of two that begin alike the longer one comes first. */
const struct statement statements[] = {
	{ "allow",	"allow from NETWORK|any", GRAMMAR },
	{ "constraint",	"constraint from URL [ADDRESS ...]", GRAMMAR },
	{ "constraints", "constraints from URL", GRAMMAR },
	{ "deny",	"deny from NETWORK|any", GRAMMAR },
	{ "driftfile",	"driftfile \"PATH\"",
	    PATH(driftfile, CONFIG_DRIFTFILE) },
	{ "interface",	"interface listen NAME, or interface ignore wildcard",
	    GRAMMAR },
	{ "listen",	"listen on ADDRESS|INTERFACE|* [port N] [rtable 0]",
	    GRAMMAR },
	{ "local stratum", "local stratum N [orphan]", SETS(local_stratum),
	    .set = set_local, .least = 1, .most = LOCAL_MOST },
	{ "query",	"query from ADDRESS", GRAMMAR },
	{ "ratelimit",	"ratelimit [interval N [ms]] [burst N] [leak N] "
			"[prefix4 N] [prefix6 N]", GRAMMAR },
	{ "sensor",	"sensor NAME [correction N] [refid TEXT] [stratum N] "
			"[trusted] [weight N]", GRAMMAR },
	{ "server",	"server HOST [poll MIN-MAX] [port N] [trusted] "
			"[weight N] [xleave]", GRAMMAR },
	{ "servers",	"servers HOST [max N] [poll MIN-MAX] [port N] "
			"[trusted] [weight N] [xleave]", GRAMMAR },
	{ "socket",	"socket \"PATH\"", PATH(socket, CONTROL_SOCKET) },
	{ "step boot",	"step boot", SETS(step.when), .set = set_step,
	    .when = STEP_BOOT },
	{ "step always", "step always N ms", SETS(step.when), .set = set_step,
	    .when = STEP_ALWAYS, .least = 1, .most = 1000000, .units = "ms" },
	{ "step never",	"step never", SETS(step.when), .set = set_step,
	    .when = STEP_NEVER },
	{ "step limit",	"step limit none, or step limit N s|m|h|d",
	    SPAN(step.limit, 86400, 1, 1000000, "s|m|h|d", CONFIG_NO_LIMIT) },
	{ "user",	"user \"NAME\"", SETS(user), .set = set_user,
	    .text = CONFIG_USER },
	{ "workers",	"workers N, or workers auto", SETS(workers),
	    .set = set_workers, .least = 1, .most = CONFIG_MAX_WORKERS },
	{ "xleave",	"xleave", FLAG(xleave) },
	{ NULL, NULL, GRAMMAR }
};

_Static_assert(sizeof(statements) / sizeof(statements[0]) <= STATEMENTS_MOST,
    "each statement has a line in struct parser");

/* ---- words ---- */

static bool
is_end(const struct word *word)
{
	return word->text[0] == '\0' && !word->quoted;
}

/* Is WORD the keyword TEXT? */
static bool
is_word(const struct word *word, const char *text)
{
	return !word->quoted && strcmp(word->text, text) == 0;
}

/* NULL if there are N words from V on, else the one that should not be there. */
static const struct word *
misfit(const struct word *v, size_t n)
{
	for (; n > 0 && !is_end(v); n--)
		v++;
	return n == 0 && is_end(v) ? NULL : v;
}

static void *
field(struct config *conf, const struct statement *s)
{
	return (char *)conf + s->offset;
}

/* ---- what sets a value ---- */

static const struct word *
set_flag(struct parser *p, const struct statement *s, const struct word *v)
{
	*(bool *)field(p->conf, s) = true;
	return misfit(v, 0);
}

static const struct word *
set_path(struct parser *p, const struct statement *s, const struct word *v)
{
	size_t		 len = strlen(v->text);

	if (misfit(v, 1) != NULL)
		return misfit(v, 1);
	if (v->text[0] != '/' || v->text[len - 1] == '/')
		parser_error(p, v->line, "%s \"%.64s\" is not the absolute "
		    "path of a file, begin it with / and end it with a name",
		    s->words, v->text);
	else if (len >= s->size)
		parser_error(p, v->line, "%s \"%.64s...\" is too long, at "
		    "most %zu characters", s->words, v->text, s->size - 1);
	else
		memcpy(field(p->conf, s), v->text, len + 1);
	return NULL;
}

static const struct word *
set_user(struct parser *p, const struct statement *s, const struct word *v)
{
	if (misfit(v, 1) != NULL)
		return misfit(v, 1);
	if (strcmp(v->text, "root") == 0)
		parser_error(p, v->line, "user must not be root, name a "
		    "user that nothing else runs as");
	else if (!value_user(v->text, s->size))
		parser_error(p, v->line, "\"%.64s\" is not a user name, "
		    "write 1 to %zu letters, digits, '_', '-' or '.'",
		    v->text, s->size - 1);
	else
		strlcpy(field(p->conf, s), v->text, s->size);
	return NULL;
}

static const struct word *
set_workers(struct parser *p, const struct statement *s, const struct word *v)
{
	unsigned	 n;

	if (misfit(v, 1) != NULL)
		return misfit(v, 1);
	if (is_word(v, "auto"))
		p->conf->workers_auto = true;
	else if (statement_number(p, s->words, v, s->least, s->most, &n))
		p->conf->workers = n;
	return NULL;
}

static const struct word *
set_local(struct parser *p, const struct statement *s, const struct word *v)
{
	bool		 orphan = !is_end(v) && is_word(v + 1, "orphan");
	unsigned	 n;

	if (misfit(v, orphan ? 2 : 1) != NULL)
		return misfit(v, orphan ? 2 : 1);
	if (!statement_number(p, s->words, v, s->least, s->most, &n))
		return NULL;
	if (orphan && n > LOCAL_ORPHAN_MOST) {
		parser_error(p, v->line, "local stratum %u leaves no "
		    "stratum to the orphans that follow, use at most %d", n,
		    LOCAL_ORPHAN_MOST);
		return NULL;
	}
	p->conf->local_stratum = (uint8_t)n;
	p->conf->local_orphan = orphan;
	p->local_line = p->first.line;
	return NULL;
}

/* The length of UNIT in s, if it is one of UNITS, "s|m|h|d"; else 0. */
static double
unit_seconds(const char *units, const char *unit)
{
	static const struct {
		const char	*name;
		double		 seconds;
	} all[] = {
		{ "ms", 0.001 }, { "s", 1 }, { "m", 60 }, { "h", 3600 },
		{ "d", 86400 }
	};
	size_t		 i, len = strlen(unit);

	for (; *units != '\0'; units += *units == '|') {
		for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			if (strcmp(unit, all[i].name) == 0 &&
			    strcspn(units, "|") == len &&
			    strncmp(units, unit, len) == 0)
				return all[i].seconds;
		units += strcspn(units, "|");
	}
	return 0;
}

/* The value V of S, a number and its unit, into *SECONDS. */
static const struct word *
take_span(struct parser *p, const struct statement *s, const struct word *v,
    double *seconds)
{
	size_t		 digits = strspn(v->text, "0123456789");
	unsigned	 n;
	double		 unit;

	if (s->none != 0 && is_word(v, "none")) {
		*seconds = s->none;
		return misfit(v, 1);
	}
	if (misfit(v, 1) == NULL && v->text[digits] != '\0') {
		if (digits == 0 || unit_seconds(s->units, v->text + digits) == 0)
			return v;
		parser_error(p, v->line, "%s: unexpected \"%.64s\", separate "
		    "the unit, write: %s %.*s %s", s->words, v->text, s->words,
		    (int)digits, v->text, v->text + digits);
		return NULL;
	}
	if (misfit(v, 2) != NULL)
		return misfit(v, 2);
	unit = unit_seconds(s->units, v[1].text);
	if (unit == 0)
		return v + 1;
	if (statement_number(p, s->words, v, s->least, s->most, &n))
		*seconds = n * unit;
	return NULL;
}

static const struct word *
set_span(struct parser *p, const struct statement *s, const struct word *v)
{
	double		*seconds = field(p->conf, s);
	const struct word *bad = take_span(p, s, v, seconds);

	if (s->none != 0)
		*seconds = fmin(s->none, *seconds);
	return bad;
}

static const struct word *
set_step(struct parser *p, const struct statement *s, const struct word *v)
{
	struct config_step *step = &p->conf->step;

	step->when = s->when;
	return s->units == NULL ? misfit(v, 0) :
	    take_span(p, s, v, &step->threshold);
}

/* ---- statements ---- */

void
setting_defaults(struct config *conf)
{
	const struct statement *s;

	for (s = statements; s->words != NULL; s++) {
		if (s->text != NULL)
			strlcpy(field(conf, s), s->text, s->size);
		if (s->set == set_span)
			*(double *)field(conf, s) = s->initial;
	}
}

bool
setting_begins(const struct word *word)
{
	const struct statement *s;
	size_t		 len = strlen(word->text);

	for (s = statements; s->words != NULL; s++)
		if (s->set != NULL && strcspn(s->words, " ") == len &&
		    strncmp(s->words, word->text, len) == 0)
			return true;
	return false;
}

void
setting_word(struct parser *p, const struct word *word)
{
	if (p->nwords < VALUES_MOST)
		p->words[p->nwords++] = *word;
}

/* Do the words V begin with those of S?  Then *V is what comes after them. */
static bool
begins_with(const struct statement *s, const struct word **v)
{
	const struct word *word = *v;
	const char	*words = s->words;
	size_t		 len;

	for (; *words != '\0'; words += *words == ' ') {
		len = strcspn(words, " ");
		if (word->quoted || strlen(word->text) != len ||
		    strncmp(words, word->text, len) != 0)
			return false;
		words += len;
		word++;
	}
	*v = word;
	return true;
}

/* S is there: an error if what it sets was set before. */
static void
set_once(struct parser *p, const struct statement *s)
{
	const struct statement *before = statements;

	while (before->words != NULL && (before->set == NULL ||
	    before->offset != s->offset || p->lines[before - statements] == 0))
		before++;
	if (before->words == NULL)
		before = s;
	statement_once(p, before->words, &p->lines[before - statements]);
}

void
setting_end(struct parser *p)
{
	const struct statement *s = statements;
	const struct word *v = p->words;

	p->words[p->nwords] = p->last;
	while (s->words != NULL && (s->set == NULL || !begins_with(s, &v)))
		s++;
	if (s->words == NULL) {
		p->last = p->words[1];
		explain_unexpected(p, NULL);
		return;
	}
	v = s->set(p, s, v);
	if (v != NULL) {
		p->last = *v;
		explain_unexpected(p, s);
		return;
	}
	set_once(p, s);
}
