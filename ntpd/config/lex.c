/*
 * Cuts ntpd.conf into words: comments, continued lines and quotes end here.
 *
 * The words of a statement are kept in the lexer until the next one begins,
 * so that the grammar can pass them around without owning memory.
 */
#include "ntpd/config/lex.h"

#include <bsd/string.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define END_OF_TEXT	(-1)

/* Where a character may stand in a word without quotes. */
#define MAY_START	":_*/.["
#define MAY_NOT_FOLLOW	"(){}<>!=#,;\"'\\"

static int
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

/*
 * The next byte, not yet taken.  A backslash before a newline takes both away
 * wherever it stands, so lines are counted here.
 */
static int
peek(struct lexer *lex)
{
	while (lex->len - lex->pos >= 2 && lex->text[lex->pos] == '\\' &&
	    lex->text[lex->pos + 1] == '\n') {
		lex->pos += 2;
		lex->line++;
	}
	if (lex->pos == lex->len)
		return END_OF_TEXT;
	return (unsigned char)lex->text[lex->pos];
}

/* Skip to the newline, or to the byte STOP if that comes first. */
static void
skip_line(struct lexer *lex, int stop)
{
	int	 c;

	while ((c = peek(lex)) != END_OF_TEXT && c != '\n' && c != stop)
		lex->pos++;
}

/* Are these the next BYTES? */
static bool
is_next(const struct lexer *lex, const char *bytes)
{
	const size_t	 len = strlen(bytes);

	return lex->len - lex->pos >= len &&
	    memcmp(lex->text + lex->pos, bytes, len) == 0;
}

/* Say what is wrong with the byte C; IN is where it was found. */
static enum lex_kind
bad_character(struct lexer *lex, int c, const char *in)
{
	if (c == '\0')
		strlcpy(lex->error, "NUL byte, only text is allowed",
		    sizeof(lex->error));
	else if (c == '\r')
		strlcpy(lex->error, "carriage return, end lines with a newline "
		    "only", sizeof(lex->error));
	else if (is_next(lex, "\xe2\x80"))
		strlcpy(lex->error, "a quotation mark or dash of typography, "
		    "write \" or -", sizeof(lex->error));
	else if (is_next(lex, "\xc2\xa0"))
		strlcpy(lex->error, "a no-break space, write a plain one",
		    sizeof(lex->error));
	else if (c > 126 || c < 32)
		snprintf(lex->error, sizeof(lex->error),
		    "byte 0x%02x is not allowed %s", (unsigned)c, in);
	else
		snprintf(lex->error, sizeof(lex->error),
		    "'%c' is not allowed %s, use quotes or a blank", c, in);
	skip_line(lex, '\n');
	return LEX_ERROR;
}

static enum lex_kind
fail(struct lexer *lex, const char *error)
{
	strlcpy(lex->error, error, sizeof(lex->error));
	skip_line(lex, '\n');
	return LEX_ERROR;
}

/* Append C to the word in progress; false if the statement is too long. */
static bool
append(struct lexer *lex, int c)
{
	if (lex->used == sizeof(lex->words))
		return false;
	lex->words[lex->used++] = (char)c;
	return true;
}

/* After a word there must be something that ends it. */
static enum lex_kind
finish(struct lexer *lex, enum lex_kind kind)
{
	int	 c = peek(lex);

	if (!append(lex, '\0'))
		return fail(lex, "statement is too long, at most 1023 "
		    "characters");
	if (c == END_OF_TEXT || (c != '\0' && strchr(" \t\n#", c) != NULL))
		return kind;
	return bad_character(lex, c, "in a word");
}

static enum lex_kind
bare_word(struct lexer *lex)
{
	int	 c;

	while ((c = peek(lex)) != END_OF_TEXT && c < 128 && isgraph(c) &&
	    strchr(MAY_NOT_FOLLOW, c) == NULL) {
		if (!append(lex, c))
			break;
		lex->pos++;
	}
	return finish(lex, LEX_WORD);
}

/*
 * A backslash protects the quote and itself.  Bytes over 127 pass, so that
 * paths can be UTF-8; control characters would garble messages.
 */
static enum lex_kind
quoted_word(struct lexer *lex)
{
	int	 c, quote = peek(lex);

	lex->pos++;
	while ((c = peek(lex)) != quote) {
		if (c == END_OF_TEXT || c == '\n')
			return fail(lex, "quote is not closed, close it on "
			    "the same line");
		if (c < 32 || c == 127)
			return bad_character(lex, c, "in quotes");
		lex->pos++;
		if (c == '\\') {
			if (peek(lex) == quote || peek(lex) == '\\') {
				c = peek(lex);
				lex->pos++;
			}
		}
		if (!append(lex, c))
			break;
	}
	if (c == quote)
		lex->pos++;
	return finish(lex, LEX_QUOTED);
}

/* May C, with NEXT behind it, begin a word without quotes? */
static bool
starts_word(int c, int next)
{
	if (c >= 128)
		return false;
	if (isalnum(c) || (c != '\0' && strchr(MAY_START, c) != NULL))
		return true;
	return c == '-' && is_digit(next);
}

static enum lex_kind
end_of_statement(struct lexer *lex, int c)
{
	if (c == END_OF_TEXT && lex->fresh)
		return LEX_END;
	if (c == '\n') {
		lex->pos++;
		lex->line++;
	}
	lex->fresh = true;
	return LEX_EOL;
}

void
lex_open(struct lexer *lex, const char *text, size_t len)
{
	memset(lex, 0, sizeof(*lex));
	lex->text = text;
	lex->len = len;
	lex->line = 1;
	lex->fresh = true;
	/* Editors of other systems mark text in UTF-8 so. */
	if (is_next(lex, "\xef\xbb\xbf"))
		lex->pos += 3;
}

enum lex_kind
lex_next(struct lexer *lex, struct word *word)
{
	enum lex_kind	 kind;
	size_t		 start;
	int		 c, next;

	while ((c = peek(lex)) == ' ' || c == '\t')
		lex->pos++;
	if (c == '#') {
		skip_line(lex, '\0');
		c = peek(lex);
	}
	word->text = "";
	word->line = lex->line;
	word->quoted = false;
	if (c == END_OF_TEXT || c == '\n')
		return end_of_statement(lex, c);

	if (lex->fresh)
		lex->used = 0;
	lex->fresh = false;
	start = lex->used;
	next = lex->len - lex->pos > 1 ?
	    (unsigned char)lex->text[lex->pos + 1] : END_OF_TEXT;
	if (c == '"' || c == '\'')
		kind = quoted_word(lex);
	else if (starts_word(c, next))
		kind = bare_word(lex);
	else
		kind = bad_character(lex, c, "here");
	if (kind != LEX_ERROR) {
		word->text = lex->words + start;
		word->quoted = kind == LEX_QUOTED;
	}
	return kind;
}
