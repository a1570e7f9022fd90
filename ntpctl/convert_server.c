/*
 * ntpctl convert: server, pool and peer.  The options that ntpd.conf has are
 * the same for ntp.conf and chrony.conf.
 */
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "common/foreign.h"
#include "common/hostname.h"
#include "ntpctl/convert.h"

#define POLL_LEAST	4
#define POLL_MOST	17
#define POLL_MIN	6	/* if nothing is said: theirs and ours */
#define POLL_MAX	10
#define LOCAL_STRATUM	5	/* of 127.127.1.0 without a fudge line */
#define WEIGHT_PREFER	"2"
#define OPTIONS_LEN	128

struct server {
	char		 options[OPTIONS_LEN];
	unsigned	 minpoll, maxpoll;
	bool		 is_pool, polls, proven;
	const char	*unused;	/* why it is not; NULL: it is */
};

/* NUMBER as one from LEAST to MOST, whatever it says. */
static unsigned
number_within(const char *number, unsigned least, unsigned most)
{
	const char	*wrong;
	long long	 n = strtonum(number, -1000000, 1000000, &wrong);

	if (n < least)
		return least;
	return n > most ? most : (unsigned)n;
}

static void
add_option(struct server *s, const char *option, const char *value)
{
	strlcat(s->options, " ", sizeof(s->options));
	strlcat(s->options, option, sizeof(s->options));
	if (value == NULL)
		return;
	strlcat(s->options, " ", sizeof(s->options));
	strlcat(s->options, value, sizeof(s->options));
}

/* An option that gives a server a part in the time, whatever others have. */
static void
add_proof(struct server *s, const char *option)
{
	add_option(s, option, NULL);
	s->proven = true;
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
	char		 number[16];
	long long	 n = strtonum(value, 1, UINT32_MAX, &wrong);

	if (wrong != NULL) {
		s->unused = "key: not a number from 1 to 4294967295";
		return;
	}
	snprintf(number, sizeof(number), "%lld", n);
	add_option(s, "key", number);
	s->proven = true;
}

/* Options that are a number in ntpd.conf, too. */
static const struct {
	const char	*word;
	const char	*here;		/* what it is called there */
	unsigned	 most;		/* from 1 */
	bool		 pool;		/* of pools only */
} numbers[] = {
	{ "maxsources", "max", 16, true },
	{ "port", "port", UINT16_MAX, false },
	{ "ntsport", "ntsport", UINT16_MAX, false }
};

/* The option WORD with its VALUE; false if it is none of these. */
static bool
convert_value(const struct convert *c, struct server *s, const char *word,
    const char *value)
{
	char		 number[16];
	size_t		 i;

	if (strcasecmp(word, "minpoll") == 0) {
		s->minpoll = number_within(value, POLL_LEAST, POLL_MOST);
		return s->polls = true;
	}
	if (strcasecmp(word, "maxpoll") == 0) {
		s->maxpoll = number_within(value, POLL_LEAST, POLL_MOST);
		return s->polls = true;
	}
	if (strcasecmp(word, "key") == 0 && c->keys_named) {
		convert_key(s, value);
		return true;
	}
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcasecmp(word, numbers[i].word) != 0)
			continue;
		snprintf(number, sizeof(number), "%u",
		    number_within(value, 1, numbers[i].most));
		if (s->is_pool || !numbers[i].pool)
			add_option(s, numbers[i].here, number);
		return true;
	}
	return false;
}

/* The option WORD, which has no value that is of use here. */
static void
convert_flag(struct convert *c, struct server *s, const char *word)
{
	if (strcasecmp(word, "prefer") == 0)
		add_option(s, "weight", WEIGHT_PREFER);
	else if (strcasecmp(word, "trust") == 0)
		add_proof(s, "trusted");
	else if (strcasecmp(word, "nts") == 0)
		add_proof(s, "nts");
	else if (strcasecmp(word, "xleave") == 0)
		add_option(s, "xleave", NULL);
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

/* 127.127.t.u: clocks of this machine. */
static bool
convert_clock(struct convert *c, const char *host)
{
	if (strncmp(host, "127.127.", 8) != 0)
		return false;
	if (strncmp(host, "127.127.1.", 10) != 0) {
		convert_note(c, "by hand: \"sensor\" in ntpd.conf(5)");
		return true;
	}
	if (c->local_stratum == 0)
		c->local_stratum = LOCAL_STRATUM;
	convert_note(c, "\"local stratum\" below");
	return true;
}

/* Why HOST cannot be asked; NULL if it can. */
static const char *
refuse_host(const struct convert *c, const struct server *s, const char *host)
{
	struct addr	 addr;

	if (!hostname_valid(host) && !addr_parse(&addr, host, 0))
		return "not the name of a host";
	if (s->unused != NULL)
		return s->unused;
	if (c->servers == CONVERT_SERVERS_MOST)
		return "one server too many, there may be 32";
	return NULL;
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
	host = i < line->n ? line->words[i++] : "";
	if (convert_clock(c, host))
		return;
	s.is_pool = strcasecmp(line->words[0], "pool") == 0;
	for (; i < line->n; i++)
		if (convert_option(c, &s, line->words[i],
		    i + 1 < line->n ? line->words[i + 1] : NULL))
			i++;
	why = refuse_host(c, &s, host);
	if (why != NULL) {
		convert_note(c, "%s", why);
		return;
	}
	if (s.minpoll > s.maxpoll)
		s.maxpoll = s.minpoll;
	c->servers++;
	c->proven += s.proven ? 1 : 0;
	fprintf(c->out, "%s %s", s.is_pool ? "servers" : "server", host);
	if (s.polls)
		fprintf(c->out, " poll %u-%u", s.minpoll, s.maxpoll);
	convert_into(c, "%s", s.options);
}
