/*
 * What to tell who wrote a line of ntpd.conf that has no meaning: how the
 * statement goes, or what it is called here if it is from ntp.conf or
 * chrony.conf.
 */
#include <bsd/string.h>
#include <stdio.h>
#include <string.h>

#include "ntpd/config/statement.h"
#include "ntpd/config/value.h"

/* What other daemons' words are called here, or why there is none. */
static const struct {
	const char	*words;
	const char	*text;
} hints[] = {
	{ "authselectmode", "write \"authentication\" and require, prefer "
			"or mix" },
	{ "binddevice",	"write \"listen on INTERFACE\"" },
	{ "bindaddress", "write \"listen on ADDRESS\"" },
	{ "bindacqaddress", "write \"query from ADDRESS\"" },
	{ "bindcmdaddress", "write \"socket PATH\"" },
	{ "broadcast",	"only client and server mode exist, write \"listen "
			"on ADDRESS\"" },
	{ "broadcastclient multicastclient peer", "only client and server "
			"mode exist, write \"server HOST\"" },
	{ "burst disable enable maxupdateskew", "remove it" },
	{ "filegen statistics statsdir", "remove it, there are no statistics "
			"files" },
	{ "fudge",	"write \"local stratum N\" for 127.127.1.0; other "
			"reference clocks are not yet supported" },
	{ "iburst",	"remove it, the first requests are always quick" },
	{ "include includefile sourcedir", "copy the statements here, there "
			"is one file only" },
	{ "initstepslew", "write \"step boot\"" },
	{ "keyfile",	"write \"keys\" and the path of that file" },
	{ "controlkey requestkey trustedkey", "remove it, all keys of the "
			"file are for servers and clients" },
	{ "leapfile leapsectz", "remove it, servers announce leap seconds" },
	{ "log logconfig logdir logfile", "remove it, messages go to syslog" },
	{ "makestep",	"write \"step boot\" or \"step always N ms\"" },
	{ "manycastclient pool", "write \"servers HOST\"" },
	{ "maxpoll minpoll", "write \"poll MIN-MAX\"" },
	{ "maxslewrate", "remove it, the limits are fixed" },
	{ "maxsources",	"write \"max N\" in a servers statement" },
	{ "nic",	"write \"interface\"" },
	{ "ntsdumpdir", "remove it, nothing is stored" },
	{ "ntstrustedcerts", "write \"ca FILE\" in the server statements" },
	{ "prefer",	"write \"weight N\"" },
	{ "refclock",	"remove it, reference clocks are not yet supported" },
	{ "restrict",	"nothing can be changed over the network; write "
			"\"allow from NETWORK\" or \"deny from NETWORK\" for "
			"who may ask" },
	{ "rtcfile rtcsync", "remove it, the kernel keeps the hardware clock" },
	{ "tinker",	"write \"step boot\", \"step always N ms\" or "
			"\"step never\"" },
	{ "tos",	"write \"local stratum N orphan\" for tos orphan" },
	{ "trust",	"write \"trusted\"" }
};

static const char *
find_hint(const char *word)
{
	const char	*words;
	size_t		 i;

	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		for (words = hints[i].words; words != NULL;
		    words = value_rest(words))
			if (value_first(words, word))
				return hints[i].text;
	return NULL;
}

static void
explain_statement(const char *word, char *text, size_t size)
{
	const char	*hint = find_hint(word);
	const struct statement *s;
	size_t		 used;

	snprintf(text, size, "unknown statement \"%.64s\", ", word);
	if (hint != NULL) {
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
	const char	*hint = last->quoted ? NULL : find_hint(last->text);

	if (hint != NULL)
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
