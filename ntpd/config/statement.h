/*
 * What the statements of ntpd.conf mean: the grammar in parse.y calls these
 * in the order of the words; they check values and fill struct config.
 */
#ifndef NTPD_STATEMENT_H
#define NTPD_STATEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "ntpd/config.h"
#include "ntpd/config/lex.h"

/* What may be said once only in a statement, as bits. */
enum option {
	OPTION_WEIGHT	= 1 << 0,
	OPTION_TRUSTED	= 1 << 1,
	OPTION_POLL	= 1 << 2,
	OPTION_PORT	= 1 << 3,
	OPTION_MAX	= 1 << 4,
	OPTION_RTABLE	= 1 << 5,
	OPTION_INTERVAL	= 1 << 6,
	OPTION_BURST	= 1 << 7,
	OPTION_LEAK	= 1 << 8,
	OPTION_PREFIX4	= 1 << 9,
	OPTION_PREFIX6	= 1 << 10,
	OPTION_XLEAVE	= 1 << 11,
	OPTION_KEY	= 1 << 12,
	OPTION_NTS	= 1 << 13,
	OPTION_NTSPORT	= 1 << 14,
	OPTION_CA	= 1 << 15,
	OPTION_CORRECTION = 1 << 16,
	OPTION_REFID	= 1 << 17,
	OPTION_STRATUM	= 1 << 18,
	OPTION_LOCK	= 1 << 19,
	OPTION_FALLING	= 1 << 20,
	OPTION_TAI	= 1 << 21
};

/* A unit of time; the last in a list has no name. */
struct unit {
	const char	*name;
	double		 seconds;
};

struct parser;

/* A statement; those that set one value are all that there is of it. */
struct statement {
	const char	*words;		/* that it begins with: "step limit" */
	const char	*form;		/* how it goes, or may go */
	/* Do it: VALUES follow those words.  NULL: it is in the grammar. */
	void		 (*set)(struct parser *p, const struct word *values);
	size_t		 values;	/* how many, if not ANY_VALUES */
	size_t		 offset;	/* in struct config, of what is set */
	size_t		 size;		/* 0: it may stand more than once */
	unsigned	 least, most;	/* of a number */
	const struct unit *units;	/* of a span */
	double		 none;		/* s, is "none"; 0: it cannot be */
	double		 initial;	/* s, of a span */
	const char	*text;		/* initial, of a text */
	enum step_when	 when;		/* of a step */
	enum authentication authentication; /* of that */
	enum leap_policy leap;		/* of that */
	bool		 restart;	/* a text that stays until a restart */
};

#define ANY_VALUES	SIZE_MAX	/* set() looks for itself */
#define STATEMENTS_MOST	64
/* Words that such a statement may have, and one too many. */
#define VALUES_MOST	(4 + CONSTRAINT_MAX_ADDRS)

/* All statements in the order of the alphabet; the last has no words. */
extern const struct statement statements[];

/*
 * Lines of ntpd.conf are numbers from 1, those of the Nth included file are
 * numbers from N << LINE_BITS: a file of 1 MiB has fewer lines than that.
 */
#define LINE_BITS	21
#define INCLUDED_MOST	32	/* files; tuned */

struct parser {
	struct lexer	 lex;
	struct config	*conf;		/* what is being filled */
	const char	*main;		/* ntpd.conf's name, for messages */
	const char	*name;		/* of the file that is read now */
	unsigned	 named;		/* line that names it; 0: it is main */
	struct config_reports reports;
	unsigned	 errors;
	int		 nreports;	/* of errors and warnings */
	/* Read the files at PATH; NULL: no files are read. */
	void		 (*include)(struct parser *p, const char *path);
	char		 included[INCLUDED_MOST][CONFIG_PATH_LEN];
	unsigned	 nincluded;
	char		 place[CONFIG_PATH_LEN + 32]; /* of parser_place() */

	/* The statement in progress. */
	struct word	 first;		/* its first word */
	const struct statement *statement; /* NULL: of the grammar, unknown */
	struct word	 last;		/* the word read last */
	bool		 last_is_error;	/* it was LEX_ERROR: already reported */
	bool		 value_next;	/* the next word is no keyword */
	struct word	 words[VALUES_MOST + 1]; /* of what sets one value */
	size_t		 nwords;
	bool		 bad;		/* there was an error in it */
	bool		 unexpected;	/* "last" cannot be where it is */
	bool		 skipping;	/* the rest of it, after a wrong word */
	unsigned	 options;	/* enum option that were there */
	uint16_t	*port;		/* which port "port" sets */
	struct config_server server;
	struct config_listener listener;
	struct config_ratelimit ratelimit;

	/* What later statements depend on; lines are 0 if there is none. */
	struct addr	 source4;	/* of query from, or ADDR_NONE */
	struct addr	 source6;
	char		 source_interface[IF_NAMESIZE]; /* of source6, or "" */
	unsigned	 unused_query_line; /* query from, no server since */
	unsigned	 ignore_wildcard_line;
	unsigned	 ratelimit_line;
	unsigned	 local_line;
	unsigned	 nts_line;
	unsigned	 smear_line;	/* leap smear */
	unsigned	 require_line;	/* authentication require */
	unsigned	 lines[STATEMENTS_MOST]; /* of those that set a value */
	unsigned	 server_lines[CONFIG_MAX_SERVERS];
	unsigned	 listener_lines[CONFIG_MAX_LISTENERS];
	size_t		 rules_size;	/* for so many is memory there */
};

/* Read the whole text; the result is in p->errors.  0, or out of memory. */
int	 yyparse(struct parser *p);

/* Report "name:line: message"; an error makes the statement bad. */
void	 parser_error(struct parser *p, unsigned line, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
void	 parser_warn(struct parser *p, unsigned line, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));

/* "line 3", or "line 3 of PATH", for messages; good until the next call. */
const char *parser_place(struct parser *p, unsigned line);

/* WORD cannot be where it is; setting_end() is followed by its report. */
void	 statement_unexpected(struct parser *p, const struct word *word);

/* A number that a statement has. */
struct number {
	const char	*name;		/* for messages */
	unsigned	 least, most;
};

/*
 * The number in WORD into *N, if it is one in WANTED's range; else false, and
 * an error reported.
 */
bool	 statement_number(struct parser *p, const struct number *wanted,
	    const struct word *word, unsigned *n);

/*
 * The absolute path of a file in WORD into PATH (SIZE bytes), if it is one;
 * else an error is reported of WHAT.
 */
void	 statement_path(struct parser *p, const char *what,
	    const struct word *word, char *path, size_t size);

/* OPTION is there; an error, with its name WHAT, if it already was. */
void	 statement_option(struct parser *p, enum option option,
	    const char *what, const struct word *word);

/* WORDS are there; an error if they were before, in *LINE if that is not 0. */
void	 statement_once(struct parser *p, const char *words, unsigned *line);

/* A statement begins with FIRST: forget the one before. */
void	 statement_begin(struct parser *p, const struct word *first);

/* listen on WHERE, its options, and its end, which adds it to the listeners. */
void	 listen_begin(struct parser *p, const struct word *where);
void	 listen_rtable(struct parser *p, const struct word *number);
void	 listen_end(struct parser *p);

/* hwtimestamp on WHERE. */
void	 hwtimestamp_on(struct parser *p, const struct word *where);

/* interface listen WHERE, interface ignore WHAT: as in ntp.conf. */
void	 interface_listen(struct parser *p, const struct word *where);
void	 interface_ignore(struct parser *p, const struct word *what);

/* allow from NETWORK, deny from NETWORK. */
void	 allow_from(struct parser *p, const struct word *network);
void	 deny_from(struct parser *p, const struct word *network);

enum interval_unit { INTERVAL_MS = 1, INTERVAL_S = 1000 };	/* ms */

/* ratelimit, its options, and its end, which sets the limit. */
void	 ratelimit_begin(struct parser *p);
void	 ratelimit_interval(struct parser *p, const struct word *number,
	    enum interval_unit unit);
void	 ratelimit_end(struct parser *p);

/* query from ADDRESS: for the servers that follow. */
void	 query_from(struct parser *p, const struct word *address);

/* constraint from or constraints from, with the URL and addresses at V. */
void	 constraint_from(struct parser *p, const struct word *v);

enum server_kind { SERVER_SINGLE, SERVER_POOL };

/* server or servers HOST, its options, and its end, which adds it. */
void	 server_begin(struct parser *p, const struct word *host,
	    enum server_kind kind);
void	 server_trusted(struct parser *p, const struct word *keyword);
void	 server_poll(struct parser *p, const struct word *range);
void	 server_max(struct parser *p, const struct word *number);
void	 server_xleave(struct parser *p, const struct word *keyword);
void	 server_key(struct parser *p, const struct word *number);
void	 server_nts(struct parser *p, const struct word *keyword);
void	 server_ca(struct parser *p, const struct word *path);
void	 server_end(struct parser *p);

/* Add what is in p->server, a sensor perhaps; an error if there is no room. */
void	 server_add(struct parser *p);

/*
 * sensor NAME, sensor sock PATH or sensor ptp INTERFACE, the options, and the
 * end, which adds it to the servers.  "sensor *" is kept apart: which they are
 * the parent finds out.
 */
void	 sensor_begin(struct parser *p, const struct word *name);
void	 sensor_socket(struct parser *p, const struct word *path);
void	 sensor_interface(struct parser *p, const struct word *name);
void	 sensor_correction(struct parser *p, const struct word *number);
void	 sensor_refid(struct parser *p, const struct word *text);
void	 sensor_lock(struct parser *p, const struct word *name);
void	 sensor_falling(struct parser *p, const struct word *keyword);
void	 sensor_tai(struct parser *p, const struct word *keyword);
void	 sensor_end(struct parser *p);

/* port NUMBER, of the listener or server in progress. */
void	 option_port(struct parser *p, const struct word *number);

/* Another OPTION that is a NUMBER, of the server or rate limit in progress. */
void	 option_number(struct parser *p, enum option option,
	    const struct word *number);

/* Everything that one statement sets as it is when that is not there. */
void	 setting_defaults(struct config *conf);

/* The line of the statement that begins with WORDS; 0 if there is none. */
unsigned setting_line(const struct parser *p, const char *words);

/* Does a statement that sets one value begin with WORD? */
bool	 setting_begins(const struct word *word);

/* The next WORD of such a statement, and its end, which takes effect. */
void	 setting_word(struct parser *p, const struct word *word);
void	 setting_end(struct parser *p);

/* After the last statement: what is wrong with all of them together. */
void	 check_whole(struct parser *p);

/*
 * Report that the word P->last cannot be where it is, and how P->statement
 * goes, or if that is NULL all that begin with P->first.
 */
void	 explain_unexpected(struct parser *p);

/*
 * P->last is in the rest of a line that has a wrong word: report it, too, if it
 * is a word of another daemon's.  So one reading finds all of them.
 */
void	 explain_skipped(struct parser *p);

#endif
