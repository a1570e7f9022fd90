/*
 * The grammar of ntpd.conf(5).  What the statements mean stands in
 * statement.c, how text becomes words in lex.c.
 *
 * Each statement ends with its newline, so that nothing of it takes effect
 * before all of it was read.  After an error the parser goes on with the next
 * line.
 */
%{
#include <stddef.h>
#include <string.h>

#include "ntpd/config/statement.h"

#define YYSTYPE		struct word
#define YYSTYPE_IS_DECLARED 1

static int	 yylex(YYSTYPE *, struct parser *);
static void	 yyerror(struct parser *, const char *);
%}

%define api.pure full
%lex-param	{ struct parser *p }
%parse-param	{ struct parser *p }

%token LISTEN ON RTABLE PORT INTERFACE IGNORE QUERY FROM
%token SERVER SERVERS WEIGHT TRUSTED POLL MAX
%token SENSOR CORRECTION REFID STRATUM CONSTRAINT CONSTRAINTS
%token DRIFTFILE SOCKET USER WORKERS AUTO STEP BOOT ALWAYS NEVER MS
%token LIMIT
%token ALLOW DENY
%token RATELIMIT INTERVAL BURST LEAK PREFIX4 PREFIX6
%token LOCAL ORPHAN
%token XLEAVE
%token WORD UNREADABLE

%%

file		: /* empty */
		| file '\n'
		| file statement
		| file error '\n'		{ yyerrok; }
		;

statement	: listen listen_options '\n'	{ listen_end(p); }
		| INTERFACE LISTEN WORD '\n'	{ interface_listen(p, &$3); }
		| INTERFACE IGNORE WORD '\n'	{ interface_ignore(p, &$3); }
		| QUERY FROM WORD '\n'		{ query_from(p, &$3); }
		| server server_options '\n'	{ server_end(p); }
		| SENSOR WORD sensor_options '\n'	{ not_yet(p); }
		| CONSTRAINT FROM words '\n'	{ not_yet(p); }
		| CONSTRAINTS FROM WORD '\n'	{ not_yet(p); }
		| DRIFTFILE WORD '\n'		{ set_driftfile(p, &$2); }
		| SOCKET WORD '\n'		{ set_socket(p, &$2); }
		| USER WORD '\n'		{ set_user(p, &$2); }
		| WORKERS WORD '\n'		{ set_workers(p, &$2); }
		| WORKERS AUTO '\n'		{ set_workers(p, NULL); }
		| ALLOW FROM WORD '\n'	{ access_rule(p, &$3, true); }
		| DENY FROM WORD '\n'	{ access_rule(p, &$3, false); }
		| ratelimit limit_options '\n'	{ ratelimit_end(p); }
		| XLEAVE '\n'			{ set_xleave(p); }
		| STEP BOOT '\n'	{ set_step(p, STEP_BOOT, NULL); }
		| STEP NEVER '\n'	{ set_step(p, STEP_NEVER, NULL); }
		| STEP ALWAYS WORD MS '\n'
					{ set_step(p, STEP_ALWAYS, &$3); }
		| STEP LIMIT WORD '\n'	{ set_step_limit(p, &$3, NULL); }
		| STEP LIMIT WORD WORD '\n'
					{ set_step_limit(p, &$3, &$4); }
		| LOCAL STRATUM WORD '\n'	{ set_local(p, &$3, false); }
		| LOCAL STRATUM WORD ORPHAN '\n'
					{ set_local(p, &$3, true); }
		;

listen		: LISTEN ON WORD		{ listen_begin(p, &$3); }
		;

listen_options	: /* empty */
		| listen_options listen_option
		;

listen_option	: PORT WORD			{ option_port(p, &$2); }
		| RTABLE WORD			{ listen_rtable(p, &$2); }
		;

ratelimit	: RATELIMIT			{ ratelimit_begin(p); }
		;

limit_options	: /* empty */
		| limit_options limit_option
		;

limit_option	: INTERVAL WORD		{ ratelimit_interval(p, &$2, false); }
		| INTERVAL WORD MS	{ ratelimit_interval(p, &$2, true); }
		| BURST WORD			{ ratelimit_burst(p, &$2); }
		| LEAK WORD			{ ratelimit_leak(p, &$2); }
		| PREFIX4 WORD			{ ratelimit_prefix4(p, &$2); }
		| PREFIX6 WORD			{ ratelimit_prefix6(p, &$2); }
		;

server		: SERVER WORD		{ server_begin(p, &$2, false); }
		| SERVERS WORD		{ server_begin(p, &$2, true); }
		;

server_options	: /* empty */
		| server_options server_option
		;

server_option	: WEIGHT WORD			{ server_weight(p, &$2); }
		| TRUSTED			{ server_trusted(p, &$1); }
		| POLL WORD			{ server_poll(p, &$2); }
		| PORT WORD			{ option_port(p, &$2); }
		| MAX WORD			{ server_max(p, &$2); }
		| XLEAVE			{ server_xleave(p, &$1); }
		;

sensor_options	: /* empty */
		| sensor_options sensor_option
		;

sensor_option	: CORRECTION WORD
		| REFID WORD
		| STRATUM WORD
		| WEIGHT WORD
		| TRUSTED
		;

words		: WORD
		| words WORD
		;

%%

static const struct {
	const char	*word;
	int		 token;
} keywords[] = {
	{ "allow",		ALLOW },
	{ "always",		ALWAYS },
	{ "auto",		AUTO },
	{ "boot",		BOOT },
	{ "burst",		BURST },
	{ "constraint",		CONSTRAINT },
	{ "constraints",	CONSTRAINTS },
	{ "correction",		CORRECTION },
	{ "deny",		DENY },
	{ "driftfile",		DRIFTFILE },
	{ "from",		FROM },
	{ "ignore",		IGNORE },
	{ "interface",		INTERFACE },
	{ "interval",		INTERVAL },
	{ "leak",		LEAK },
	{ "limit",		LIMIT },
	{ "listen",		LISTEN },
	{ "local",		LOCAL },
	{ "max",		MAX },
	{ "ms",			MS },
	{ "never",		NEVER },
	{ "on",			ON },
	{ "orphan",		ORPHAN },
	{ "poll",		POLL },
	{ "port",		PORT },
	{ "prefix4",		PREFIX4 },
	{ "prefix6",		PREFIX6 },
	{ "query",		QUERY },
	{ "ratelimit",		RATELIMIT },
	{ "refid",		REFID },
	{ "rtable",		RTABLE },
	{ "sensor",		SENSOR },
	{ "server",		SERVER },
	{ "servers",		SERVERS },
	{ "socket",		SOCKET },
	{ "step",		STEP },
	{ "stratum",		STRATUM },
	{ "trusted",		TRUSTED },
	{ "user",		USER },
	{ "weight",		WEIGHT },
	{ "workers",		WORKERS },
	{ "xleave",		XLEAVE }
};

static int
keyword(const char *word)
{
	size_t	 i;

	for (i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (strcmp(word, keywords[i].word) == 0)
			return keywords[i].token;
	return WORD;
}

static int
yylex(YYSTYPE *value, struct parser *p)
{
	bool		 first = p->lex.fresh;
	enum lex_kind	 kind;

	kind = lex_next(&p->lex, value);
	if (kind == LEX_END)
		return 0;
	if (first)
		statement_begin(p, value);
	p->last = *value;
	p->last_is_error = kind == LEX_ERROR;
	switch (kind) {
	case LEX_EOL:
		return '\n';
	case LEX_ERROR:
		parser_error(p, value->line, "%s", p->lex.error);
		return UNREADABLE;
	case LEX_QUOTED:
		return WORD;
	default:
		return keyword(value->text);
	}
}

/* The parser's own text says no more than that there is an error. */
static void
yyerror(struct parser *p, const char *text)
{
	char	 why[512];

	(void)text;
	if (p->last_is_error)
		return;
	explain_unexpected(p, why, sizeof(why));
	parser_error(p, p->last.line, "%s", why);
}
