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
static void	 end_setting(struct parser *);
%}

%define api.pure full
%lex-param	{ struct parser *p }
%parse-param	{ struct parser *p }

%token LISTEN ON RTABLE PORT
%token SERVER SERVERS WEIGHT TRUSTED POLL MAX XLEAVE KEY NTS NTSPORT CA
%token SENSOR_ SOCK PTP CORRECTION REFID STRATUM LOCK FALLING TAI
%token RATELIMIT INTERVAL BURST LEAK PREFIX4 PREFIX6 MS
%token SETTING WORD UNREADABLE

%%

file		: /* empty */
		| file '\n'
		| file statement
		| file error '\n'		{ yyerrok; }
		;

statement	: listen listen_options '\n'	{ listen_end(p); }
		| server server_options '\n'	{ server_end(p); }
		| sensor sensor_options '\n'	{ sensor_end(p); }
		| ratelimit limit_options '\n'	{ ratelimit_end(p); }
		| setting '\n'			{ end_setting(p); }
		;

setting		: SETTING		{ setting_word(p, &$1); }
		| setting WORD		{ setting_word(p, &$2); }
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

limit_option	: INTERVAL WORD	{ ratelimit_interval(p, &$2, INTERVAL_S); }
		| INTERVAL WORD MS
				{ ratelimit_interval(p, &$2, INTERVAL_MS); }
		| BURST WORD	{ option_number(p, OPTION_BURST, &$2); }
		| LEAK WORD	{ option_number(p, OPTION_LEAK, &$2); }
		| PREFIX4 WORD	{ option_number(p, OPTION_PREFIX4, &$2); }
		| PREFIX6 WORD	{ option_number(p, OPTION_PREFIX6, &$2); }
		;

server		: SERVER WORD		{ server_begin(p, &$2, SERVER_SINGLE); }
		| SERVERS WORD		{ server_begin(p, &$2, SERVER_POOL); }
		;

server_options	: /* empty */
		| server_options server_option
		;

server_option	: WEIGHT WORD	{ option_number(p, OPTION_WEIGHT, &$2); }
		| TRUSTED			{ server_trusted(p, &$1); }
		| POLL WORD			{ server_poll(p, &$2); }
		| PORT WORD			{ option_port(p, &$2); }
		| MAX WORD			{ server_max(p, &$2); }
		| XLEAVE			{ server_xleave(p, &$1); }
		| KEY WORD			{ server_key(p, &$2); }
		| NTS				{ server_nts(p, &$1); }
		| NTSPORT WORD	{ option_number(p, OPTION_NTSPORT, &$2); }
		| CA WORD			{ server_ca(p, &$2); }
		;

sensor		: SENSOR_ WORD			{ sensor_begin(p, &$2); }
		| SENSOR_ SOCK WORD		{ sensor_socket(p, &$3); }
		| SENSOR_ PTP WORD		{ sensor_interface(p, &$3); }
		;

sensor_options	: /* empty */
		| sensor_options sensor_option
		;

sensor_option	: CORRECTION WORD		{ sensor_correction(p, &$2); }
		| REFID WORD			{ sensor_refid(p, &$2); }
		| STRATUM WORD	{ option_number(p, OPTION_STRATUM, &$2); }
		| WEIGHT WORD	{ option_number(p, OPTION_WEIGHT, &$2); }
		| TRUSTED			{ server_trusted(p, &$1); }
		| LOCK WORD			{ sensor_lock(p, &$2); }
		| FALLING			{ sensor_falling(p, &$1); }
		| TAI				{ sensor_tai(p, &$1); }
		;

%%

/*
 * Words are keywords only where the grammar may have one: so a server can be
 * called like an option, and an option be added without taking its name away.
 */
static const struct {
	const char	*word;
	int		 token;
	bool		 begins;	/* a statement; else inside of one */
	bool		 takes_value;	/* the next word is no keyword */
} keywords[] = {
	{ "listen",	LISTEN,		true,	false },
	{ "ratelimit",	RATELIMIT,	true,	false },
	{ "sensor",	SENSOR_,	true,	false },
	{ "server",	SERVER,		true,	true },
	{ "servers",	SERVERS,	true,	true },

	{ "burst",	BURST,		false,	true },
	{ "ca",		CA,		false,	true },
	{ "correction",	CORRECTION,	false,	true },
	{ "falling",	FALLING,	false,	false },
	{ "interval",	INTERVAL,	false,	true },
	{ "key",	KEY,		false,	true },
	{ "leak",	LEAK,		false,	true },
	{ "lock",	LOCK,		false,	true },
	{ "max",	MAX,		false,	true },
	{ "ms",		MS,		false,	false },
	{ "nts",	NTS,		false,	false },
	{ "ntsport",	NTSPORT,	false,	true },
	{ "on",		ON,		false,	true },
	{ "poll",	POLL,		false,	true },
	{ "port",	PORT,		false,	true },
	{ "prefix4",	PREFIX4,	false,	true },
	{ "prefix6",	PREFIX6,	false,	true },
	{ "ptp",	PTP,		false,	true },
	{ "refid",	REFID,		false,	true },
	{ "rtable",	RTABLE,		false,	true },
	{ "sock",	SOCK,		false,	true },
	{ "stratum",	STRATUM,	false,	true },
	{ "tai",	TAI,		false,	false },
	{ "trusted",	TRUSTED,	false,	false },
	{ "weight",	WEIGHT,		false,	true },
	{ "xleave",	XLEAVE,		false,	false }
};

/* The token of the bare word P->last, which BEGINS a statement or does not. */
static int
keyword(struct parser *p, bool begins)
{
	bool		 is_value = p->value_next || p->nwords > 0;
	size_t		 i;

	p->value_next = false;
	if (begins && setting_begins(&p->last))
		return SETTING;
	for (i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		if (is_value || keywords[i].begins != begins ||
		    strcmp(p->last.text, keywords[i].word) != 0)
			continue;
		p->value_next = keywords[i].takes_value;
		return keywords[i].token;
	}
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
		p->value_next = false;
		return WORD;
	default:
		if (p->skipping)
			explain_skipped(p);
		return keyword(p, first);
	}
}

/* The parser's own text says no more than that there is an error. */
static void
yyerror(struct parser *p, const char *text)
{
	(void)text;
	if (!p->last_is_error)
		explain_unexpected(p);
	p->skipping = true;
}

static void
end_setting(struct parser *p)
{
	setting_end(p);
	if (p->unexpected)
		explain_unexpected(p);
}
