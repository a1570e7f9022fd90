/*
 * The words of ntpd.conf: what the grammar in parse.y reads.
 */
#ifndef NTPD_LEX_H
#define NTPD_LEX_H

#include <stdbool.h>
#include <stddef.h>

/* All words of one statement with a NUL each. */
#define LEX_STATEMENT_LEN	1024

enum lex_kind {
	LEX_WORD,		/* bare: may be a keyword */
	LEX_QUOTED,		/* in quotes: never a keyword */
	LEX_EOL,		/* a statement ends, or an empty line */
	LEX_END,		/* of the text */
	LEX_ERROR		/* error says why; the next token is LEX_EOL */
};

struct word {
	const char	*text;	/* valid until the next statement begins */
	unsigned	 line;	/* where it begins, from 1 */
	bool		 quoted;
};

struct lexer {
	const char	*text;		/* not NUL-terminated */
	size_t		 len;
	size_t		 pos;
	unsigned	 line;		/* at pos */
	bool		 fresh;		/* no word of this statement yet */
	size_t		 used;		/* of words */
	char		 words[LEX_STATEMENT_LEN];
	char		 error[128];	/* after LEX_ERROR */
};

/* Start reading LEN bytes of TEXT, which must outlive LEX. */
void	 lex_open(struct lexer *lex, const char *text, size_t len);

/*
 * The next token, and in *WORD its text and line (LEX_EOL, LEX_END and
 * LEX_ERROR: only the line, text is "").  A last line without a newline gets
 * its LEX_EOL all the same.  After an error the rest of the line is skipped.
 */
enum lex_kind lex_next(struct lexer *lex, struct word *word);

#endif
