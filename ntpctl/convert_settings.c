/*
 * The directives that become a statement of one value, or a part of one.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "common/place.h"
#include "ntpctl/convert.h"

#define LOCAL_STRATUM	10		/* chrony's for "local" */
#define LEAP_SECONDS_LIST	"/usr/share/zoneinfo/leap-seconds.list"

static bool
is_same(const struct convert_place *a, const struct convert_place *b)
{
	return addr_same_host(&a->addr, &b->addr) &&
	    strcmp(a->interface, b->interface) == 0;
}

/* Clients are answered at WHERE. */
static void
convert_listen(struct convert *c, const char *where)
{
	struct convert_place place = { .interface = "" };
	const char	*why = NULL;
	size_t		 i;

	if (strcmp(where, "*") != 0)
		why = place_listen(where, &place.addr, place.interface);
	for (i = 0; why == NULL && i < c->nlistens; i++)
		if (is_same(&c->listens[i], &place))
			why = "another line does already";
	if (why == NULL && i == CONVERT_LISTENS_MOST)
		why = "one place too many, there may be 32";
	if (why != NULL) {
		convert_note(c, "cannot listen on %s: %s", where, why);
		return;
	}
	c->listens[c->nlistens++] = place;
	convert_into(c, "listen on %s", where);
}

/* ntp.conf's words for sets of addresses. */
static const char *
address_set(const char *word)
{
	static const char *const sets[][2] = { { "all", "*" },
	    { "wildcard", "*" }, { "ipv4", "0.0.0.0" }, { "ipv6", "::" } };
	size_t		 i;

	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if (strcasecmp(word, sets[i][0]) == 0)
			return sets[i][1];
	return word;
}

void
convert_interface(struct convert *c, const struct convert_line *line)
{
	if (line->n < 3)
		convert_note(c, "incomplete");
	else if (strcasecmp(line->words[1], "listen") == 0)
		convert_listen(c, address_set(line->words[2]));
	else
		convert_note(c, "without \"listen on\" nothing is listened "
		    "on");
}

/* The address of a "bindacqaddress", into *ADDR; why not, or NULL. */
static const char *
query_address(const struct convert_line *line, struct addr *addr)
{
	char		 interface[IF_NAMESIZE];

	if (line->n < 2 ||
	    !addr_parse_on(addr, line->words[1], NTP_PORT, interface))
		return "not an address";
	return place_unicast(addr, interface);
}

void
convert_query(struct convert *c, const struct convert_line *line)
{
	struct addr	 addr;

	if (query_address(line, &addr) == NULL)
		strlcpy(c->queries[addr.family == ADDR_IPV6],
		    line->words[1], sizeof(c->queries[0]));
}

void
convert_bind(struct convert *c, const struct convert_line *line)
{
	struct addr	 addr;
	const char	*why;

	if (strcasecmp(line->words[0], "bindacqaddress") == 0) {
		why = query_address(line, &addr);
		convert_note(c, "%s", why != NULL ? why :
		    "\"query from\" stands before the first server");
	} else if (line->n < 2)
		convert_note(c, "incomplete");
	else
		convert_listen(c, line->words[1]);
}

void
convert_driftfile(struct convert *c, const struct convert_line *line)
{
	(void)line;
	convert_note(c, "ntpd has a file of its own, another daemon's cannot "
	    "be read");
}

bool
convert_is_path(const char *path)
{
	const char	*at;

	if (path[0] != '/' || path[strlen(path) - 1] == '/' ||
	    strlen(path) > CONVERT_PATH_MOST)
		return false;
	for (at = path; *at != '\0'; at++)
		if (*at < ' ' || *at > '~' || *at == '"' || *at == '\\')
			return false;
	return true;
}

const char *
convert_path(const struct convert_line *line)
{
	return line->n > 1 && convert_is_path(line->words[1]) ?
	    line->words[1] : NULL;
}

/* The file is read when ntpd starts: it has to be there, so it is wanted. */
void
convert_keys(struct convert *c, const struct convert_line *line)
{
	const char	*path = convert_path(line);

	if (path == NULL)
		convert_note(c, "not the absolute path of a file, of 255 "
		    "characters at most");
	else if (!c->keys_used)
		convert_note(c, "no server has a key; for clients write: "
		    "keys \"%s\"", path);
	else if (c->has_keys)
		convert_note(c, "once is enough");
	else
		convert_into(c, "keys \"%s\"", path);
	c->has_keys |= path != NULL;
}

/* A time zone's leap seconds are those of the list that comes with it. */
void
convert_leapfile(struct convert *c, const struct convert_line *line)
{
	const char	*path = LEAP_SECONDS_LIST;

	if (strcasecmp(line->words[0], "leapsectz") != 0)
		path = convert_path(line);
	if (path == NULL)
		convert_note(c, "not the absolute path of a file, of 255 "
		    "characters at most");
	else if (c->has_leapfile)
		convert_note(c, "once is enough");
	else
		convert_into(c, "leapfile \"%s\"", path);
	c->has_leapfile |= path != NULL;
}

void
convert_leap(struct convert *c, const struct convert_line *line)
{
	static const char *const modes[][2] = { { "system", "kernel" },
	    { "step", "kernel" }, { "slew", "slew" }, { "ignore", "ignore" } };
	size_t		 i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!c->has_leap && line->n > 1 &&
		    strcasecmp(line->words[1], modes[i][0]) == 0) {
			c->has_leap = true;
			convert_into(c, "leap %s", modes[i][1]);
			return;
		}
	convert_note(c, "write \"leap kernel\", \"leap slew\" or \"leap "
	    "ignore\", once");
}

void
convert_authentication(struct convert *c, const struct convert_line *line)
{
	static const char *const modes[][2] = { { "require", "require" },
	    { "prefer", "prefer" }, { "mix", "mix" }, { "ignore", "mix" } };
	size_t		 i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (c->mode == NULL && line->n > 1 &&
		    strcasecmp(line->words[1], modes[i][0]) == 0) {
			c->mode = modes[i][1];
			convert_note(c, "\"authentication %s\" below", c->mode);
			return;
		}
	convert_note(c, "write authentication require, prefer or mix, once");
}

/* The number behind WORD in LINE; 0 if there is none from 1 to MOST. */
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
	const unsigned	 stratum = number_behind(line, "orphan",
	    CONVERT_ORPHAN_MOST);

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

	c->local_stratum = stratum == 0 ? LOCAL_STRATUM : stratum;
	c->local_orphan = convert_has_word(line, "orphan");
	convert_note(c, "\"local stratum\" below");
}
