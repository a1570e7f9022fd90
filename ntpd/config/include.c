/*
 * Files that ntpd.conf includes: read as if they stood in it, where the
 * statement is.
 */
#include <bsd/string.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ntpd/config/include.h"
#include "ntpd/config/trusted.h"

/* As of ntpd.conf: the file decides which servers the clock believes. */
static const struct trusted_rule rule = {
	S_IWGRP | S_IWOTH, "can be written by group or others", "go-w",
	"write the path of a file, or that of a folder and a / behind it"
};

void
include_text(struct parser *p, const char *text, size_t len, unsigned line)
{
	if (len > TRUSTED_MOST) {
		parser_error(p, 0, "larger than 1 MiB");
		return;
	}
	lex_open(&p->lex, text, len);
	p->lex.line += line;
	if (yyparse(p) != 0)
		parser_error(p, p->lex.line, "out of memory");
}

/* PATH as the next file of P; false, and an error, if there are too many. */
static bool
next_file(struct parser *p, const char *path)
{
	if (p->nincluded == INCLUDED_MOST)
		parser_error(p, p->first.line, "too many files are included, "
		    "at most %d", INCLUDED_MOST);
	else if (strlen(path) >= sizeof(p->included[0]))
		parser_error(p, p->first.line, "the path \"%.64s...\" is too "
		    "long, at most %zu characters", path,
		    sizeof(p->included[0]) - 1);
	else {
		strlcpy(p->included[p->nincluded++], path,
		    sizeof(p->included[0]));
		return true;
	}
	return false;
}

static void
include_file(struct parser *p, const char *path)
{
	const struct lexer lex = p->lex;
	const struct word first = p->first;
	const unsigned	 errors = p->errors;
	char		*text;
	size_t		 len;

	if (!next_file(p, path))
		return;
	p->name = p->included[p->nincluded - 1];
	p->named = first.line;
	p->errors = 0;
	text = trusted_read(p, &rule, &len);
	if (text != NULL)
		include_text(p, text, len, p->nincluded << LINE_BITS);
	free(text);
	p->errors += errors;
	p->name = p->main;
	p->named = 0;
	p->lex = lex;
	p->first = first;
}

static int
is_conf(const struct dirent *entry)
{
	const char	*dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot != NULL &&
	    strcmp(dot, ".conf") == 0;
}

/* Those of the folder PATH, which ends with a slash, by their names. */
static void
include_folder(struct parser *p, const char *path)
{
	struct dirent	**entries;
	char		 file[PATH_MAX];
	int		 i, n = scandir(path, &entries, is_conf, alphasort);

	if (n == -1) {
		if (errno == ENOENT)
			parser_warn(p, p->first.line, "there is no folder "
			    "%.200s, nothing is included", path);
		else
			parser_error(p, p->first.line, "%.200s cannot be "
			    "read: %s", path, strerror(errno));
		return;
	}
	for (i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s%s", path, entries[i]->d_name);
		if (i < INCLUDED_MOST + 1)
			include_file(p, file);
		free(entries[i]);
	}
	free(entries);
}

void
include_path(struct parser *p, const char *path)
{
	if (path[strlen(path) - 1] == '/')
		include_folder(p, path);
	else
		include_file(p, path);
}
