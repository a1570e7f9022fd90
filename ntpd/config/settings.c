/*
 * The statements of ntpd.conf: one table of all, and what sets one value.
 * Those that have options are in the grammar, parse.y.
 */
#include <bsd/string.h>
#include <math.h>
#include <string.h>

#include "common/boundpage.h"
#include "common/control.h"
#include "common/rfc5905.h"
#include "ntpd/config/defaults.h"
#include "ntpd/config/statement.h"
#include "ntpd/processes.h"
#include "ntpd/config/value.h"

typedef void	 setter(struct parser *, const struct word *);

static setter	 set_authentication, set_flag, set_include,
		 set_leap, set_local, set_nts, set_path, set_span, set_step,
		 set_user, set_workers;

static const struct unit ms[] = { { "ms", 0.001 }, { NULL, 0 } };
static const struct unit ppm[] = { { "ppm", 1e-6 }, { NULL, 0 } };
static const struct unit times[] = {
	{ "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 }, { NULL, 0 }
};

#define TYPE(field)	((struct config *)NULL)->field
#define SETS(field)	.offset = offsetof(struct config, field),	\
			.size = sizeof(TYPE(field))
#define PATH(field, initial_text)					\
	SETS(field), .set = set_path, .values = 1, .text = initial_text
#define KEPT(field, initial_text)					\
	PATH(field, initial_text), .restart = true
#define SPAN(field, seconds, from, to, their_units, seconds_of_none)	\
	SETS(field), .set = _Generic(TYPE(field), double: set_span),	\
	.values = ANY_VALUES, .initial = seconds, .least = from,	\
	.most = to, .units = their_units, .none = seconds_of_none
#define STEP(count, what)						\
	SETS(step.when), .set = set_step, .values = count, .when = what
#define AUTHENTICATION(which)						\
	SETS(authentication), .set = set_authentication,		\
	.authentication = which
#define LEAP(which)	SETS(leap), .set = set_leap, .leap = which
#define WORDS(count, function)	.set = function, .values = count
#define GRAMMAR		.set = NULL

/* Of two that begin alike the longer one comes first. */
const struct statement statements[] = {
	{ "allow from",	"allow from NETWORK|any", WORDS(1, allow_from) },
	{ "authentication prefer", "authentication prefer",
	    AUTHENTICATION(AUTHENTICATION_PREFER) },
	{ "authentication require", "authentication require",
	    AUTHENTICATION(AUTHENTICATION_REQUIRE) },
	{ "authentication mix", "authentication mix",
	    AUTHENTICATION(AUTHENTICATION_MIX) },
	{ "bound",	"bound \"PATH\"", KEPT(bound, BOUND_PATH) },
	{ "ca",		"ca \"PATH\"", PATH(ca, "") },
	{ "clockbound version 1", "clockbound version 1 \"PATH\"",
	    KEPT(clockbound1, "") },
	{ "clockbound",	"clockbound \"PATH\"", KEPT(clockbound, "") },
	{ "constraint from", "constraint from URL [ADDRESS ...]",
	    WORDS(ANY_VALUES, constraint_from) },
	{ "constraints from", "constraints from URL",
	    WORDS(1, constraint_from) },
	{ "deny from",	"deny from NETWORK|any", WORDS(1, deny_from) },
	{ "driftfile",	"driftfile \"PATH\"",
	    KEPT(driftfile, CONFIG_DRIFTFILE) },
	{ "hwtimestamp on", "hwtimestamp on INTERFACE|*",
	    WORDS(1, hwtimestamp_on) },
	{ "include",	"include \"FILE\"|\"FOLDER/\"", WORDS(1, set_include) },
	{ "interface listen", "interface listen NAME",
	    WORDS(1, interface_listen) },
	{ "interface ignore", "interface ignore wildcard",
	    WORDS(1, interface_ignore) },
	{ "keys",	"keys \"PATH\"", PATH(keyfile, "") },
	{ "leap ignore", "leap ignore", LEAP(LEAP_NOT_AT_ALL) },
	{ "leap kernel", "leap kernel", LEAP(LEAP_BY_KERNEL) },
	{ "leap slew",	"leap slew", LEAP(LEAP_BY_SLEW) },
	{ "leap smear",	"leap smear", LEAP(LEAP_SMEARED) },
	{ "leapfile",	"leapfile \"PATH\"", PATH(leapfile, "") },
	{ "listen",	"listen on ADDRESS|INTERFACE|* [port N] [rtable 0]",
	    GRAMMAR },
	{ "local stratum", "local stratum N [orphan]", SETS(local_stratum),
	    WORDS(ANY_VALUES, set_local), .least = 1, .most = LOCAL_MOST },
	{ "maxdrift",	"maxdrift N ppm", SPAN(max_drift, PHI, 1,
	    MAX_DRIFT_MOST, ppm, 0) },
	{ "nts certificate", "nts certificate \"FILE\" key \"FILE\"",
	    SETS(nts_certificate), WORDS(3, set_nts) },
	{ "query from",	"query from ADDRESS", WORDS(1, query_from) },
	{ "ratelimit",	"ratelimit [interval N [ms]] [burst N] [leak N] "
			"[prefix4 N] [prefix6 N]", GRAMMAR },
	{ "sensor",	"sensor NAME | sock PATH | ptp INTERFACE "
			"[correction N] [falling] [lock NAME] [refid TEXT] "
			"[stratum N] [tai] [trusted] [weight N]", GRAMMAR },
	{ "server",	"server HOST [key N | nts [ca FILE] [ntsport N]] "
			"[poll MIN-MAX] [port N] [trusted] [weight N] "
			"[xleave]", GRAMMAR },
	{ "servers",	"servers HOST [key N | nts [ca FILE] [ntsport N]] "
			"[max N] [poll MIN-MAX] [port N] [trusted] "
			"[weight N] [xleave]", GRAMMAR },
	{ "socket",	"socket \"PATH\"", KEPT(socket, CONTROL_SOCKET) },
	{ "step boot",	"step boot", STEP(0, STEP_BOOT) },
	{ "step always", "step always N ms", STEP(ANY_VALUES, STEP_ALWAYS),
	    .least = 1, .most = 1000000, .units = ms },
	{ "step never",	"step never", STEP(0, STEP_NEVER) },
	{ "step limit",	"step limit none, or step limit N s|m|h|d",
	    SPAN(step.limit, 86400, 1, 1000000, times, CONFIG_NO_LIMIT) },
	{ "user",	"user \"NAME\"", SETS(user), WORDS(1, set_user),
	    .text = CONFIG_USER, .restart = true },
	{ "workers",	"workers N, or workers auto", SETS(workers),
	    WORDS(1, set_workers), .least = 1, .most = SERVERS_MOST },
	{ "xleave",	"xleave", SETS(xleave),
	    .set = _Generic(TYPE(xleave), bool: set_flag) },
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

/* Are there N words from V on?  If not, that is reported. */
static bool
are_values(struct parser *p, const struct word *v, size_t n)
{
	for (; n > 0 && !is_end(v); n--)
		v++;
	if (n == 0 && is_end(v))
		return true;
	statement_unexpected(p, v);
	return false;
}

/* Where P's statement has its value. */
static void *
field(struct parser *p)
{
	return (char *)p->conf + p->statement->offset;
}

/* The number in WORD into *N; false, and an error, if it is out of range. */
static bool
number(struct parser *p, const struct word *word, unsigned *n)
{
	const struct statement *s = p->statement;
	const struct number wanted = { s->words, s->least, s->most };

	return statement_number(p, &wanted, word, n);
}

/* ---- what sets a value ---- */

static void
set_authentication(struct parser *p, const struct word *v)
{
	(void)v;
	p->conf->authentication = p->statement->authentication;
	if (p->conf->authentication == AUTHENTICATION_REQUIRE)
		p->require_line = p->first.line;
}

static void
set_leap(struct parser *p, const struct word *v)
{
	(void)v;
	p->conf->leap = p->statement->leap;
	if (p->conf->leap == LEAP_SMEARED)
		p->smear_line = p->first.line;
}

static void
set_flag(struct parser *p, const struct word *v)
{
	(void)v;
	*(bool *)field(p) = true;
}

static void
set_include(struct parser *p, const struct word *v)
{
	struct config	*conf = p->conf;
	char		 path[CONFIG_PATH_LEN];

	if (p->first.line >> LINE_BITS != 0)
		parser_error(p, v->line, "a file that is included cannot "
		    "include others");
	else if (v->text[0] != '/' || strlen(v->text) >= sizeof(path))
		parser_error(p, v->line, "include \"%.64s\" is not the "
		    "absolute path of a file, or of a folder with a / behind "
		    "it", v->text);
	else if (conf->nincludes == CONFIG_MAX_INCLUDES)
		parser_error(p, v->line, "too many include statements, at "
		    "most %d", CONFIG_MAX_INCLUDES);
	else {
		/* The words do not outlive the next statement. */
		strlcpy(path, v->text, sizeof(path));
		strlcpy(conf->includes[conf->nincludes++], path, sizeof(path));
		if (p->include != NULL)
			p->include(p, path);
	}
}

static void
set_path(struct parser *p, const struct word *v)
{
	const struct statement *s = p->statement;

	statement_path(p, s->words, v, field(p), s->size);
}

static void
set_nts(struct parser *p, const struct word *v)
{
	struct config	*conf = p->conf;

	if (!is_word(v + 1, "key")) {
		statement_unexpected(p, v + 1);
		return;
	}
	statement_path(p, "nts certificate", v, conf->nts_certificate,
	    sizeof(conf->nts_certificate));
	statement_path(p, "key", v + 2, conf->nts_key, sizeof(conf->nts_key));
	p->nts_line = p->first.line;
}

static void
set_user(struct parser *p, const struct word *v)
{
	size_t		 size = p->statement->size;

	if (strcmp(v->text, "root") == 0)
		parser_error(p, v->line, "user must not be root, name a "
		    "user that nothing else runs as");
	else if (!value_user(v->text, size))
		parser_error(p, v->line, "\"%.64s\" is not a user name, "
		    "write 1 to %zu letters, digits, '_', '-' or '.'",
		    v->text, size - 1);
	else
		strlcpy(field(p), v->text, size);
}

static void
set_workers(struct parser *p, const struct word *v)
{
	if (is_word(v, "auto"))
		p->conf->workers_auto = true;
	else
		(void)number(p, v, &p->conf->workers);
}

static void
set_local(struct parser *p, const struct word *v)
{
	bool		 orphan = !is_end(v) && is_word(v + 1, "orphan");
	unsigned	 n;

	if (!are_values(p, v, orphan ? 2 : 1) || !number(p, v, &n))
		return;
	if (orphan && n > LOCAL_ORPHAN_MOST) {
		parser_error(p, v->line, "local stratum %u leaves no "
		    "stratum to the orphans that follow, use at most %d", n,
		    LOCAL_ORPHAN_MOST);
		return;
	}
	p->conf->local_stratum = (uint8_t)n;
	p->conf->local_orphan = orphan;
	p->local_line = p->first.line;
}

/* The length of the unit NAME of P's statement, s; 0 if it is none of them. */
static double
unit_seconds(const struct parser *p, const char *name)
{
	const struct unit *u = p->statement->units;

	while (u->name != NULL && strcmp(u->name, name) != 0)
		u++;
	return u->seconds;
}

/*
 * The value V, a number and its unit, into *SECONDS.  One word alone is a
 * number whose unit lacks its blank, "2h", or the wrong word if it is none.
 */
static void
take_span(struct parser *p, const struct word *v, double *seconds)
{
	const struct statement *s = p->statement;
	const char	*rest = v->text + strspn(v->text, "0123456789");
	bool		 alone = !is_end(v) && is_end(v + 1);
	unsigned	 n;

	if (alone && rest > v->text && unit_seconds(p, rest) != 0)
		parser_error(p, v->line, "%s: unexpected \"%.64s\", separate "
		    "the unit, write: %s %.*s %s", s->words, v->text, s->words,
		    (int)(rest - v->text), v->text, rest);
	else if (alone && *rest != '\0')
		statement_unexpected(p, v);
	else if (!are_values(p, v, 2))
		return;
	else if (unit_seconds(p, v[1].text) == 0)
		statement_unexpected(p, v + 1);
	else if (number(p, v, &n))
		*seconds = n * unit_seconds(p, v[1].text);
}

static void
set_span(struct parser *p, const struct word *v)
{
	double		*seconds = field(p), none = p->statement->none;

	if (none == 0 || !is_word(v, "none"))
		take_span(p, v, seconds);
	else if (are_values(p, v, 1))
		*seconds = none;
	if (none != 0)
		*seconds = fmin(none, *seconds);
}

static void
set_step(struct parser *p, const struct word *v)
{
	p->conf->step.when = p->statement->when;
	if (p->statement->units != NULL)
		take_span(p, v, &p->conf->step.threshold);
}

/* ---- statements ---- */

void
setting_defaults(struct config *conf)
{
	const struct statement *s;
	char		*at;

	for (s = statements; s->words != NULL; s++) {
		at = (char *)conf + s->offset;
		if (s->text != NULL)
			strlcpy(at, s->text, s->size);
		if (s->set == set_span)
			*(double *)(void *)at = s->initial;
	}
}

unsigned
setting_line(const struct parser *p, const char *words)
{
	const struct statement *s = statements;

	while (s->words != NULL && strcmp(s->words, words) != 0)
		s++;
	return s->words == NULL ? 0 : p->lines[s - statements];
}

bool
setting_begins(const struct word *word)
{
	const struct statement *s = statements;

	while (s->words != NULL && (s->set == NULL ||
	    !value_first(s->words, word->text)))
		s++;
	return s->words != NULL;
}

void
setting_word(struct parser *p, const struct word *word)
{
	if (p->nwords < VALUES_MOST)
		p->words[p->nwords++] = *word;
}

/* What comes after the words of S, which V begins with; else NULL. */
static const struct word *
after_words(const struct statement *s, const struct word *v)
{
	const char	*words;

	for (words = s->words; words != NULL; words = value_rest(words), v++)
		if (v->quoted || !value_first(words, v->text))
			return NULL;
	return v;
}

/* S is there: an error if what it sets was set before. */
static void
set_once(struct parser *p, const struct statement *s)
{
	const struct statement *before = statements;

	while (before->words != NULL && (before->size == 0 ||
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
	const struct word *v = NULL;

	p->words[p->nwords] = p->last;
	for (; s->words != NULL; s++)
		if (s->set != NULL && (v = after_words(s, p->words)) != NULL)
			break;
	if (v == NULL) {
		statement_unexpected(p, &p->words[1]);
		return;
	}
	p->statement = s;
	if (s->values == ANY_VALUES || are_values(p, v, s->values))
		s->set(p, v);
	if (!p->bad && !p->unexpected && s->size > 0)
		set_once(p, s);
}
