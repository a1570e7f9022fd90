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
	OPTION_XLEAVE	= 1 << 11
};

/* Statements that may stand once only in a file. */
enum single {
	SINGLE_DRIFTFILE,
	SINGLE_SOCKET,
	SINGLE_USER,
	SINGLE_WORKERS,
	SINGLE_RATELIMIT,
	SINGLE_STEP,
	SINGLE_STEP_LIMIT,
	SINGLE_LOCAL,
	SINGLE_XLEAVE,
	SINGLES
};

struct parser {
	struct lexer	 lex;
	struct config	*conf;		/* what is being filled */
	const char	*name;		/* of the file, for messages */
	config_report	*report;
	void		*report_arg;
	unsigned	 errors;

	/* The statement in progress. */
	struct word	 first;		/* its first word */
	struct word	 last;		/* the word read last */
	bool		 last_is_error;	/* it was LEX_ERROR: already reported */
	bool		 bad;		/* there was an error in it */
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
	unsigned	 single_lines[SINGLES];
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

/*
 * The number in WORD for WHAT into *N, if it is in [MIN, MAX]; else false, and
 * an error reported.
 */
bool	 statement_number(struct parser *p, const char *what,
	    const struct word *word, unsigned min, unsigned max, unsigned *n);

/* OPTION is there; an error, with its name WHAT, if it already was. */
void	 statement_option(struct parser *p, enum option option,
	    const char *what, const struct word *word);

/* The statement is there; an error if it is not the first SINGLE. */
void	 statement_single(struct parser *p, enum single single);

/* A statement begins with FIRST: forget the one before. */
void	 statement_begin(struct parser *p, const struct word *first);

/* listen on WHERE, its options, and its end, which adds it to the listeners. */
void	 listen_begin(struct parser *p, const struct word *where);
void	 listen_rtable(struct parser *p, const struct word *number);
void	 listen_end(struct parser *p);

/* interface listen WHERE, interface ignore WHAT: as in ntp.conf. */
void	 interface_listen(struct parser *p, const struct word *where);
void	 interface_ignore(struct parser *p, const struct word *what);

/* allow from NETWORK, deny from NETWORK. */
void	 access_rule(struct parser *p, const struct word *network, bool allow);

/* ratelimit, its options, and its end, which sets the limit. */
void	 ratelimit_begin(struct parser *p);
void	 ratelimit_interval(struct parser *p, const struct word *number,
	    bool ms);
void	 ratelimit_burst(struct parser *p, const struct word *number);
void	 ratelimit_leak(struct parser *p, const struct word *number);
void	 ratelimit_prefix4(struct parser *p, const struct word *number);
void	 ratelimit_prefix6(struct parser *p, const struct word *number);
void	 ratelimit_end(struct parser *p);

/* query from ADDRESS: for the servers that follow. */
void	 query_from(struct parser *p, const struct word *address);

/* server or servers (POOL) HOST, its options, and its end, which adds it. */
void	 server_begin(struct parser *p, const struct word *host, bool pool);
void	 server_weight(struct parser *p, const struct word *number);
void	 server_trusted(struct parser *p, const struct word *keyword);
void	 server_poll(struct parser *p, const struct word *range);
void	 server_max(struct parser *p, const struct word *number);
void	 server_xleave(struct parser *p, const struct word *keyword);
void	 server_end(struct parser *p);

/* port NUMBER, of the listener or server in progress. */
void	 option_port(struct parser *p, const struct word *number);

/* sensor, constraint and constraints: understood, but there are none yet. */
void	 not_yet(struct parser *p);

/* The statements that set one value. */
void	 set_driftfile(struct parser *p, const struct word *path);
void	 set_socket(struct parser *p, const struct word *path);
void	 set_user(struct parser *p, const struct word *name);
/* NUMBER is NULL for as many as there are CPUs. */
void	 set_workers(struct parser *p, const struct word *number);
/* MS is the threshold in milliseconds, for STEP_ALWAYS only, else NULL. */
void	 set_step(struct parser *p, enum step_when when, const struct word *ms);
/* UNIT is NULL for a NUMBER that is no number: none. */
void	 set_step_limit(struct parser *p, const struct word *number,
	    const struct word *unit);
/* local stratum NUMBER, and whether ORPHAN follows it. */
void	 set_local(struct parser *p, const struct word *number, bool orphan);
void	 set_xleave(struct parser *p);

/* After the last statement: what is wrong with all of them together. */
void	 check_whole(struct parser *p);

/*
 * Put into TEXT (SIZE bytes) why the word P->last cannot be where it is and
 * what would be right.
 */
void	 explain_unexpected(const struct parser *p, char *text, size_t size);

#endif
