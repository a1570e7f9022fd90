/*
 * The manual pages name what the tables have: each member of a record, each
 * word of its enumerations, each statement of ntpd.conf.
 */
#include <stdio.h>
#include <string.h>

#include "ntpctl/record.h"
#include "ntpd/config/statement.h"
#include "regress/unit/unit.h"

/* The manual page at PATH, from the top of the tree. */
static const char *
page(const char *path)
{
	static char	 text[1 << 17];
	FILE		*f = fopen(path, "r");
	size_t		 len;

	assert_non_null(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	assert_true(feof(f) && len > 0);
	fclose(f);
	text[len] = '\0';
	return text;
}

/* Is WORD one of a line from AT to END that begins with .Cm or .It Cm? */
static bool
is_named(const char *at, const char *end, const char *word)
{
	size_t		 len = strlen(word);
	const char	*line;

	for (; at < end; at = strchr(at, '\n') + 1) {
		line = strncmp(at, ".It ", 4) == 0 ? at + 4 : at;
		if (strncmp(line, ".Cm ", 4) != 0)
			continue;
		for (line += 3; *line != '\n'; line++)
			if (*line == ' ' && strncmp(line + 1, word, len) == 0 &&
			    strchr(" \n", line[1 + len]) != NULL)
				return true;
	}
	return false;
}

/*
 * Each member of M has its item after HEADING, and in it all its words, if it
 * does not say where they are.
 */
static void
expect_members(const char *heading, const struct member *m)
{
	const char	*list = strstr(page("ntpctl/ntpctl.8"), heading);
	const char	*end, *item, *next, *there;
	char		 tag[80];
	uint32_t	 i;

	assert_non_null(list);
	end = strstr(list, "\n.El\n");
	for (; m->name != NULL; m++) {
		if (m->is_inner)
			continue;
		snprintf(tag, sizeof(tag), "\n.It Cm %s\n", m->name);
		item = strstr(list, tag);
		if (item == NULL || item > end)
			fail_msg("ntpctl(8) has no \"%s\" in %s", m->name,
			    heading);
		next = strstr(item + 1, "\n.It ");
		next = next == NULL || next > end ? end : next;
		there = strstr(item, "as in\n");
		if (there != NULL && there < next)
			continue;
		for (i = 0; m->words != NULL && i <= m->most; i++)
			if (m->words[i] != NULL && m->words[i][0] != '\0' &&
			    !is_named(item + 1, next, m->words[i]))
				fail_msg("ntpctl(8) has no \"%s\" in \"%s\"",
				    m->words[i], m->name);
	}
}

static void
members_are_named(void **state)
{
	(void)state;
	expect_members("Members of\n.Cm status :", record_status_members);
	expect_members("Members of the objects in\n.Cm peers :",
	    record_peer_members);
	expect_members("Members of the objects in\n.Cm auth ,",
	    record_auth_members);
	expect_members("Members of the objects in\n.Cm history ,",
	    record_point_members);
	expect_members("Members of the objects in\n.Cm samples ,",
	    record_sample_members);
}

/* Does LINE begin with the words of S, and then end or name a parameter? */
static bool
is_head(const char *line, const struct statement *s)
{
	size_t		 len = strlen(s->words);

	return strncmp(line, s->words, len) == 0 &&
	    strchr(" \n", line[len]) != NULL;
}

/* The statement that AT is the head of, or NULL. */
static const struct statement *
find_statement(const char *at)
{
	const struct statement *s;

	for (s = statements; s->words != NULL; s++)
		if (is_head(at, s))
			return s;
	return NULL;
}

/*
 * The heads of the outer lists in ntpd.conf(5) and the statements are the
 * same.  A head is ".It Ic WORDS ...", or that without .It after ".It Xo".
 */
static void
statements_are_named(void **state)
{
	bool		 named[STATEMENTS_MOST] = { false };
	const struct statement *s;
	const char	*line, *head;
	int		 depth = 0;

	(void)state;
	for (line = page("ntpd/ntpd.conf.5"); *line != '\0';
	    line = strchr(line, '\n') + 1) {
		depth += strncmp(line, ".Bl ", 4) == 0;
		depth -= strncmp(line, ".El\n", 4) == 0;
		head = line + strlen(".It Ic ");
		if (strncmp(line, ".It Xo\n.Ic ", 11) == 0)
			head = line + 11;
		else if (strncmp(line, ".It Ic ", 7) != 0)
			continue;
		if (depth != 1)
			continue;
		if ((s = find_statement(head)) == NULL)
			fail_msg("ntpd.conf(5) has \"%.20s\", ntpd has not",
			    head);
		else
			named[s - statements] = true;
	}
	for (s = statements; s->words != NULL; s++)
		if (!named[s - statements])
			fail_msg("ntpd.conf(5) has no \"%s\"", s->words);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(members_are_named),
		cmocka_unit_test(statements_are_named)
	};

	return cmocka_run_group_tests_name("manuals", tests, NULL, NULL);
}
