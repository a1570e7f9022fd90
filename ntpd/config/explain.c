/*
 * What to tell who wrote a line of ntpd.conf that has no meaning: how the
 * statement goes, or what it is called here if it is from ntp.conf or
 * chrony.conf.
 */
#include <bsd/string.h>
#include <stdio.h>
#include <string.h>

#include "common/foreign.h"
#include "ntpd/config/statement.h"
#include "ntpd/config/value.h"

#define HINT_LEN	200
#define WORD_MOST	24	/* letters of a statement's first word */
#define MEANT_MOST	2	/* of them may be wrong */

/* What another daemon's WORD is called here; false: it is not known. */
static bool
find_hint(const char *word, char *text, size_t size)
{
	const struct foreign *f = foreign_find(word);

	if (f == NULL)
		return false;
	if (f->instead == NULL)
		snprintf(text, size, "remove it%s%s",
		    f->why != NULL ? ", " : "", f->why != NULL ? f->why : "");
	else
		snprintf(text, size, "write %s%s%s", f->instead,
		    f->why != NULL ? "; " : "", f->why != NULL ? f->why : "");
	return true;
}

/* How many letters more, less or others make A of B; 9 if many. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned	 row[WORD_MOST + 1], i, j, corner, above;
	const size_t	 na = strlen(a), nb = strlen(b);

	if (na > WORD_MOST || nb > WORD_MOST)
		return 9;
	for (j = 0; j <= nb; j++)
		row[j] = j;
	for (i = 1; i <= na; i++) {
		corner = row[0];
		row[0] = i;
		for (j = 1; j <= nb; j++) {
			above = row[j];
			row[j] = corner + (a[i - 1] != b[j - 1]);
			if (above + 1 < row[j])
				row[j] = above + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			corner = above;
		}
	}
	return row[nb];
}

/* The first word of the statement that WORD is meant to be; NULL if unclear. */
static const char *
find_meant(const char *word, char meant[WORD_MOST + 1])
{
	const struct statement *s;
	unsigned	 best = MEANT_MOST + 1, d;
	char		 first[WORD_MOST + 1];

	for (s = statements; s->words != NULL; s++) {
		snprintf(first, sizeof(first), "%.*s",
		    (int)strcspn(s->words, " "), s->words);
		d = distance(word, first);
		if (d < best && 2 * d < strlen(first)) {
			best = d;
			strlcpy(meant, first, WORD_MOST + 1);
		}
	}
	return best <= MEANT_MOST ? meant : NULL;
}

static void
explain_statement(const char *word, char *text, size_t size)
{
	const struct statement *s;
	char		 hint[HINT_LEN], meant[WORD_MOST + 1];
	size_t		 used;

	snprintf(text, size, "unknown statement \"%.64s\", ", word);
	if (find_hint(word, hint, sizeof(hint))) {
		strlcat(text, hint, size);
		return;
	}
	if (find_meant(word, meant) != NULL) {
		used = strlen(text);
		snprintf(text + used, size - used, "did you mean \"%s\"?",
		    meant);
		return;
	}
	strlcat(text, "there are", size);
	for (s = statements; s->words != NULL; s++) {
		used = strcspn(s->words, " ") + 1;
		if (s > statements && strncmp(s->words, s[-1].words, used) == 0)
			continue;
		used = strlen(text);
		snprintf(text + used, size - used, "%s %.*s",
		    s > statements ? "," : "", (int)strcspn(s->words, " "),
		    s->words);
	}
}

/* The forms of all statements that begin with FIRST; "" if there is none. */
static void
find_forms(const char *first, char *text, size_t size)
{
	const struct statement *s;

	text[0] = '\0';
	for (s = statements; s->words != NULL; s++) {
		if (!value_first(s->words, first))
			continue;
		if (text[0] != '\0')
			strlcat(text, ", or ", size);
		strlcat(text, s->form, size);
	}
}

/* Why P->last cannot be there, in the statement NAME that goes as in FORM. */
static void
explain_word(struct parser *p, const char *name, const char *form)
{
	const struct word *last = &p->last;
	char		 hint[HINT_LEN];

	if (!last->quoted && find_hint(last->text, hint, sizeof(hint)))
		parser_error(p, last->line, "%s: unexpected \"%.64s\", %s",
		    name, last->text, hint);
	else if (last->text[0] == '\0' && !last->quoted)
		parser_error(p, last->line, "%s: unexpected end of line, "
		    "write: %s", name, form);
	else
		parser_error(p, last->line, "%s: unexpected \"%.64s\", "
		    "write: %s", name, last->text, form);
}

void
explain_skipped(struct parser *p)
{
	char		 hint[HINT_LEN];

	if (find_hint(p->last.text, hint, sizeof(hint)))
		parser_error(p, p->last.line, "and \"%.64s\": %s",
		    p->last.text, hint);
}

void
explain_unexpected(struct parser *p)
{
	const char	*first = p->first.text;
	char		 text[512];

	find_forms(first, text, sizeof(text));
	if (p->first.quoted)
		parser_error(p, p->last.line, "\"%.64s\" in quotes begins no "
		    "statement, remove the quotes", first);
	else if (p->statement != NULL)
		explain_word(p, p->statement->words, p->statement->form);
	else if (text[0] != '\0')
		explain_word(p, first, text);
	else {
		explain_statement(first, text, sizeof(text));
		parser_error(p, p->last.line, "%s", text);
	}
}
