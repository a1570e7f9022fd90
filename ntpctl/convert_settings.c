/*
 * The directives that become a statement of one value, or a part of one.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <bsd/stdlib.h>

#include "ntpctl/convert.h"

#define ORPHAN_STRATUM	10		/* chrony's for "local orphan" */

/* Can TEXT stand in ntpd.conf as the name of an interface or an address? */
static bool
is_plain(const char *text)
{
	return text[0] != '\0' && text[0] != '-' &&
	    strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.:_%@-") == strlen(text);
}

void
convert_interface(struct convert *c, const struct convert_line *line)
{
	const char	*name = line->n > 2 ? line->words[2] : "";

	if (line->n < 2)
		convert_note(c, "incomplete");
	else if (strcasecmp(line->words[1], "listen") == 0 && is_plain(name) &&
	    strchr(name, '/') == NULL) {
		convert_into(c, "listen on %s", name);
		c->listens = true;
	} else if (strcasecmp(line->words[1], "listen") == 0)
		convert_note(c, "write \"listen on\" and an address or an "
		    "interface");
	else
		convert_note(c, "without \"listen on\" nothing is listened "
		    "on");
}

void
convert_bind(struct convert *c, const struct convert_line *line)
{
	const bool	 asks = strcasecmp(line->words[0], "bindacqaddress") ==
	    0;
	struct addr	 addr;

	if (line->n < 2 || !is_plain(line->words[1]))
		convert_note(c, "incomplete");
	else if (!asks) {
		convert_into(c, "listen on %s", line->words[1]);
		c->listens = true;
	} else if (addr_parse(&addr, line->words[1], 0))
		convert_into(c, "query from %s", line->words[1]);
	else
		convert_note(c, "not an address");
}

void
convert_driftfile(struct convert *c, const struct convert_line *line)
{
	(void)line;
	convert_note(c, "ntpd has a file of its own, another daemon's cannot "
	    "be read");
}

const char *
convert_keys_path(const struct convert_line *line)
{
	const char	*path = line->n < 2 ? "" : line->words[1];
	const char	*at;

	if (path[0] != '/' || path[strlen(path) - 1] == '/')
		return NULL;
	for (at = path; *at != '\0'; at++)
		if (*at < ' ' || *at > '~' || *at == '"' || *at == '\\')
			return NULL;
	return path;
}

/* The file is read when ntpd starts: it has to be there, so it is wanted. */
void
convert_keys(struct convert *c, const struct convert_line *line)
{
	const char	*path = convert_keys_path(line);

	if (path == NULL)
		convert_note(c, "not the absolute path of a file");
	else if (!c->keys_used)
		convert_note(c, "no server has a key; for clients write: "
		    "keys \"%s\"", path);
	else if (c->has_keys)
		convert_note(c, "once is enough");
	else
		convert_into(c, "keys \"%s\"", path);
	c->has_keys |= path != NULL;
}

void
convert_authentication(struct convert *c, const struct convert_line *line)
{
	static const char *const modes[][2] = { { "require", "require" },
	    { "prefer", "prefer" }, { "mix", "mix" }, { "ignore", "mix" } };
	size_t		 i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!c->has_mode && line->n > 1 &&
		    strcasecmp(line->words[1], modes[i][0]) == 0) {
			convert_into(c, "authentication %s", modes[i][1]);
			c->has_mode = true;
			return;
		}
	convert_note(c, "write authentication require, prefer or mix, once");
}

static unsigned
number_behind(const struct convert_line *line, const char *word, unsigned most)
{
	const char	*wrong;
	size_t		 i;

	for (i = 1; i + 1 < line->n; i++)
		if (strcasecmp(line->words[i], word) == 0)
			return (unsigned)strtonum(line->words[i + 1], 1, most,
			    &wrong);
	return 0;
}

bool
convert_has_word(const struct convert_line *line, const char *word)
{
	size_t		 i;

	for (i = 1; i < line->n; i++)
		if (strcasecmp(line->words[i], word) == 0)
			return true;
	return false;
}

void
convert_tos(struct convert *c, const struct convert_line *line)
{
	const unsigned	 stratum = number_behind(line, "orphan", 15);

	if (stratum == 0) {
		convert_note(c, "how many servers have to agree is not "
		    "settable: it is a majority");
		return;
	}
	c->local_stratum = stratum;
	c->local_orphan = true;
	convert_note(c, "\"local stratum %u orphan\" below", stratum);
}

void
convert_tinker(struct convert *c, const struct convert_line *line)
{
	size_t		 i;

	for (i = 1; i + 1 < line->n; i += 2)
		if (strcasecmp(line->words[i], "panic") == 0 &&
		    strcmp(line->words[i + 1], "0") == 0 && !c->has_limit) {
			convert_into(c, "step limit none");
			c->has_limit = true;
		} else if (strcasecmp(line->words[i], "step") == 0 &&
		    strcmp(line->words[i + 1], "0") == 0 && !c->has_step) {
			convert_into(c, "step never");
			c->has_step = true;
		} else
			convert_note(c, "%s: not settable", line->words[i]);
}

void
convert_makestep(struct convert *c, const struct convert_line *line)
{
	double		 threshold;
	char		*end;

	if (line->n < 3 || c->has_step) {
		convert_note(c, line->n < 3 ? "incomplete" : "once is enough");
		return;
	}
	c->has_step = true;
	threshold = strtod(line->words[1], &end);
	if (atoi(line->words[2]) >= 0)
		convert_into(c, "step boot");
	else if (*end == '\0' && threshold >= 0.001 && threshold <= 1000)
		convert_into(c, "step always %.0f ms", threshold * 1e3);
	else
		convert_into(c, "step always 1000 ms");
}

void
convert_local(struct convert *c, const struct convert_line *line)
{
	const unsigned	 stratum = number_behind(line, "stratum", 15);

	c->local_stratum = stratum == 0 ? ORPHAN_STRATUM : stratum;
	c->local_orphan = convert_has_word(line, "orphan");
	convert_note(c, "\"local stratum\" below");
}

void
convert_fudge(struct convert *c, const struct convert_line *line)
{
	const unsigned	 stratum = number_behind(line, "stratum", 15);

	if (line->n < 2 || strncmp(line->words[1], "127.127.1.", 10) != 0) {
		convert_note(c, "by hand: \"sensor\" in ntpd.conf(5)");
		return;
	}
	if (stratum != 0)
		c->local_stratum = stratum;
	convert_note(c, "\"local stratum\" below");
}
