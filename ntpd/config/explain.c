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

#define HINT_LEN	160

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

static void
explain_statement(const char *word, char *text, size_t size)
{
	const struct statement *s;
	char		 hint[HINT_LEN];
	size_t		 used;

	snprintf(text, size, "unknown statement \"%.64s\", ", word);
	if (find_hint(word, hint, sizeof(hint))) {
		strlcat(text, hint, size);
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
