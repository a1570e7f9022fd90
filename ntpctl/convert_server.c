/*
 * ntpctl convert: server, pool and peer.  The options that ntpd.conf has are
 * the same for ntp.conf and chrony.conf.
 */
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <bsd/stdlib.h>

#include "common/foreign.h"
#include "common/place.h"
#include "ntpctl/convert.h"

#define POLL_LEAST	4
#define POLL_MOST	17
#define POLL_MIN	6	/* if nothing is said: theirs and ours */
#define POLL_MAX	10
#define LOCAL_STRATUM	5	/* of 127.127.1.0 without a fudge line */
#define WEIGHT_PREFER	2

/* Options that are a number in ntpd.conf, too. */
enum { WEIGHT, KEY, MAX, PORT, NTSPORT, NUMBERS };

static const struct {
	const char	*word;
	const char	*here;		/* what it is called there */
	unsigned	 most;		/* from 1 */
} numbers[NUMBERS] = {
	[WEIGHT] = { "", "weight", 10 },
	[KEY] = { "key", "key", UINT32_MAX },
	[MAX] = { "maxsources", "max", 16 },
	[PORT] = { "port", "port", UINT16_MAX },
	[NTSPORT] = { "ntsport", "ntsport", UINT16_MAX }
};

struct server {
	unsigned	 numbers[NUMBERS];	/* 0: not said */
	unsigned	 minpoll, maxpoll;
	bool		 is_pool, polls, trusted, nts, xleave;
	const char	*unused;	/* why it is not; NULL: it is */
};

/* NUMBER as one from LEAST to MOST, whatever it says. */
static unsigned
number_within(const char *number, unsigned least, unsigned most)
{
	const char	*wrong;
	long long	 n = strtonum(number, -1000000, UINT32_MAX, &wrong);

	if (n < least)
		return least;
	return n > most ? most : (unsigned)n;
}

/* Options with a value that mean nothing here, nor does the value. */
static bool
has_value(const char *option)
{
	static const char *const with[] = { "asymmetry", "certset", "extfield",
	    "filter", "key", "maxdelay", "maxdelaydevratio", "maxdelayratio",
	    "maxsamples", "maxunreach", "mindelay", "minsamples", "minstratum",
	    "mode", "offset", "polltarget", "presend", "subtype",
	    "ttl", "version", "bias" };
	size_t		 i;

	for (i = 0; i < sizeof(with) / sizeof(with[0]); i++)
		if (strcasecmp(option, with[i]) == 0)
			return true;
	return false;
}

static void
note_option(struct convert *c, const char *option)
{
	const struct foreign *f = foreign_find(option);

	if (f != NULL && f->why != NULL)
		convert_note(c, "%s: %s", option, f->why);
	else
		convert_note(c, "%s: not needed, or not settable", option);
}

/* Another key in the place of one that is no number would be a guess. */
static void
convert_key(struct server *s, const char *value)
{
	const char	*wrong;

	s->numbers[KEY] = (unsigned)strtonum(value, 1, numbers[KEY].most,
	    &wrong);
	if (wrong != NULL)
		s->unused = "key: not a number from 1 to 4294967295";
}

/* The option WORD with its VALUE; false if it is none of these. */
static bool
convert_value(const struct convert *c, struct server *s, const char *word,
    const char *value)
{
	size_t		 i;

	if (strcasecmp(word, "minpoll") == 0) {
		s->minpoll = number_within(value, POLL_LEAST, POLL_MOST);
		return s->polls = true;
	}
	if (strcasecmp(word, "maxpoll") == 0) {
		s->maxpoll = number_within(value, POLL_LEAST, POLL_MOST);
		return s->polls = true;
	}
	if (strcasecmp(word, "key") == 0) {
		if (c->keys_named)
			convert_key(s, value);
		return c->keys_named;
	}
	for (i = MAX; i < NUMBERS; i++)
		if (strcasecmp(word, numbers[i].word) == 0) {
			s->numbers[i] = number_within(value, 1,
			    numbers[i].most);
			return true;
		}
	return false;
}

/* The option WORD, which has no value that is of use here. */
static void
convert_flag(struct convert *c, struct server *s, const char *word)
{
	if (strcasecmp(word, "prefer") == 0)
		s->numbers[WEIGHT] = WEIGHT_PREFER;
	else if (strcasecmp(word, "trust") == 0)
		s->trusted = true;
	else if (strcasecmp(word, "nts") == 0)
		s->nts = true;
	else if (strcasecmp(word, "xleave") == 0)
		s->xleave = true;
	else if (strcasecmp(word, "noselect") == 0)
		s->unused = "noselect: who is not selected is not asked";
	else
		note_option(c, word);
}

/* The option at WORD, whose value, if any, is VALUE; is it one with a value? */
static bool
convert_option(struct convert *c, struct server *s, const char *word,
    const char *value)
{
	if (value != NULL && convert_value(c, s, word, value))
		return true;
	convert_flag(c, s, word);
	return has_value(word) && value != NULL;
}

/* Why HOST cannot be asked; NULL if it can. */
static const char *
refuse_host(const struct convert *c, const struct server *s, const char *host)
{
	char		 interface[IF_NAMESIZE];
	struct addr	 addr;
	const char	*why = place_host(host, &addr, interface);

	if (why != NULL)
		return why;
	if (s->unused != NULL)
		return s->unused;
	if (c->servers + c->nsensors == CONVERT_SERVERS_MOST)
		return "one server too many, there may be 32";
	return NULL;
}

/* What ntpd.conf does not have together. */
static void
drop_options(struct convert *c, struct server *s)
{
	if (s->minpoll > s->maxpoll)
		s->maxpoll = s->minpoll;
	if (!s->is_pool)
		s->numbers[MAX] = 0;
	if (!s->nts)
		s->numbers[NTSPORT] = 0;
	if (s->nts && s->numbers[KEY] != 0) {
		convert_note(c, "key: NTS proves more");
		s->numbers[KEY] = 0;
	}
}

/* Where they are asked from stands before the first of them. */
static void
write_queries(struct convert *c)
{
	size_t		 i;

	for (i = 0; i < sizeof(c->queries) / sizeof(c->queries[0]); i++)
		if (c->queries[i][0] != '\0')
			convert_into(c, "query from %s", c->queries[i]);
}

static void
write_server(struct convert *c, const struct server *s, const char *host)
{
	size_t		 i;

	if (c->servers++ == 0)
		write_queries(c);
	if (s->trusted || s->nts || s->numbers[KEY] != 0)
		c->proven++;
	fprintf(c->out, "%s %s", s->is_pool ? "servers" : "server", host);
	if (s->polls)
		fprintf(c->out, " poll %u-%u", s->minpoll, s->maxpoll);
	if (s->nts)
		fputs(" nts", c->out);
	for (i = 0; i < NUMBERS; i++)
		if (s->numbers[i] != 0)
			fprintf(c->out, " %s %u", numbers[i].here,
			    s->numbers[i]);
	convert_into(c, "%s%s", s->trusted ? " trusted" : "",
	    s->xleave ? " xleave" : "");
}

void
convert_server(struct convert *c, const struct convert_line *line)
{
	struct server	 s = { .minpoll = POLL_MIN, .maxpoll = POLL_MAX };
	const char	*host, *why;
	size_t		 i = 1;

	while (i < line->n && (strcmp(line->words[i], "-4") == 0 ||
	    strcmp(line->words[i], "-6") == 0))
		i++;
	if (i == line->n) {
		convert_note(c, "incomplete");
		return;
	}
	if (convert_clock(c, line, i))
		return;
	host = line->words[i++];
	s.is_pool = strcasecmp(line->words[0], "pool") == 0;
	for (; i < line->n; i++)
		if (convert_option(c, &s, line->words[i],
		    i + 1 < line->n ? line->words[i + 1] : NULL))
			i++;
	why = refuse_host(c, &s, host);
	if (why != NULL) {
		convert_note(c, "%s is not asked: %s", host, why);
		return;
	}
	drop_options(c, &s);
	write_server(c, &s, host);
}
