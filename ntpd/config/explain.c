/*
 * What to tell who wrote a line of ntpd.conf that has no meaning: how the
 * statement goes, or what it is called here if it is from ntp.conf or
 * chrony.conf.
 */
#include <bsd/string.h>
#include <stdio.h>
#include <string.h>

#include "ntpd/config/statement.h"

struct pair {
	const char	*word;
	const char	*text;
};

/* How each statement goes, by its first word. */
static const struct pair forms[] = {
	{ "allow",	"allow from NETWORK|any" },
	{ "constraint",	"constraint from URL [ADDRESS ...]" },
	{ "constraints", "constraints from URL" },
	{ "deny",	"deny from NETWORK|any" },
	{ "driftfile",	"driftfile \"PATH\"" },
	{ "interface",	"interface listen NAME, or interface ignore wildcard" },
	{ "listen",	"listen on ADDRESS|INTERFACE|* [port N] [rtable 0]" },
	{ "local",	"local stratum N [orphan]" },
	{ "query",	"query from ADDRESS" },
	{ "ratelimit",	"ratelimit [interval N [ms]] [burst N] [leak N] "
			"[prefix4 N] [prefix6 N]" },
	{ "sensor",	"sensor NAME [correction N] [refid TEXT] [stratum N] "
			"[trusted] [weight N]" },
	{ "server",	"server HOST [poll MIN-MAX] [port N] [trusted] "
			"[weight N] [xleave]" },
	{ "servers",	"servers HOST [max N] [poll MIN-MAX] [port N] "
			"[trusted] [weight N] [xleave]" },
	{ "socket",	"socket \"PATH\"" },
	{ "step",	"step boot, step always N ms, step never, or "
			"step limit N s|m|h|d" },
	{ "user",	"user \"NAME\"" },
	{ "workers",	"workers N, or workers auto" },
	{ "xleave",	"xleave" }
};

/* What other daemons' words are called here, or why there is none. */
static const struct pair hints[] = {
	{ "binddevice",	"write \"listen on INTERFACE\"" },
	{ "bindaddress", "write \"listen on ADDRESS\"" },
	{ "bindacqaddress", "write \"query from ADDRESS\"" },
	{ "bindcmdaddress", "write \"socket PATH\"" },
	{ "broadcast",	"only client and server mode exist, write \"listen "
			"on ADDRESS\"" },
	{ "broadcastclient", "only client and server mode exist, write "
			"\"server HOST\"" },
	{ "burst",	"remove it" },
	{ "disable",	"remove it" },
	{ "enable",	"remove it" },
	{ "filegen",	"remove it, there are no statistics files" },
	{ "fudge",	"write \"local stratum N\" for 127.127.1.0; other "
			"reference clocks are not yet supported" },
	{ "iburst",	"remove it, the first requests are always quick" },
	{ "include",	"copy the statements here, there is one file only" },
	{ "includefile", "copy the statements here, there is one file only" },
	{ "initstepslew", "write \"step boot\"" },
	{ "key",	"remove it, keys are not supported" },
	{ "keyfile",	"remove it, keys are not supported" },
	{ "keys",	"remove it, keys are not supported" },
	{ "leapfile",	"remove it, servers announce leap seconds" },
	{ "leapsectz",	"remove it, servers announce leap seconds" },
	{ "log",	"remove it, messages go to syslog" },
	{ "logconfig",	"remove it, messages go to syslog" },
	{ "logdir",	"remove it, messages go to syslog" },
	{ "logfile",	"remove it, messages go to syslog" },
	{ "makestep",	"write \"step boot\" or \"step always N ms\"" },
	{ "manycastclient", "write \"servers HOST\"" },
	{ "maxpoll",	"write \"poll MIN-MAX\"" },
	{ "maxslewrate", "remove it, the limits are fixed" },
	{ "maxsources",	"write \"max N\" in a servers statement" },
	{ "maxupdateskew", "remove it" },
	{ "minpoll",	"write \"poll MIN-MAX\"" },
	{ "multicastclient", "only client and server mode exist, write "
			"\"server HOST\"" },
	{ "nic",	"write \"interface\"" },
	{ "ntsdumpdir",	"remove it, NTS is not supported" },
	{ "nts",	"remove it, NTS is not supported" },
	{ "peer",	"only client and server mode exist, write \"server "
			"HOST\"" },
	{ "pool",	"write \"servers HOST\"" },
	{ "prefer",	"write \"weight N\"" },
	{ "refclock",	"remove it, reference clocks are not yet supported" },
	{ "restrict",	"nothing can be changed over the network; write "
			"\"allow from NETWORK\" or \"deny from NETWORK\" for "
			"who may ask" },
	{ "rtcfile",	"remove it, the kernel keeps the hardware clock" },
	{ "rtcsync",	"remove it, the kernel keeps the hardware clock" },
	{ "sourcedir",	"copy the statements here, there is one file only" },
	{ "statistics",	"remove it, there are no statistics files" },
	{ "statsdir",	"remove it, there are no statistics files" },
	{ "tinker",	"write \"step boot\", \"step always N ms\" or "
			"\"step never\"" },
	{ "tos",	"write \"local stratum N orphan\" for tos orphan" },
	{ "trust",	"write \"trusted\"" },
	{ "trustedkey",	"remove it, keys are not supported" }
};

#define FIND(table, word) \
	find(table, sizeof(table) / sizeof((table)[0]), word)

static const char *
find(const struct pair *table, size_t n, const char *word)
{
	size_t	 i;

	for (i = 0; i < n; i++)
		if (strcmp(table[i].word, word) == 0)
			return table[i].text;
	return NULL;
}

static void
explain_statement(const char *word, char *text, size_t size)
{
	const char	*hint = FIND(hints, word);
	size_t		 i;

	snprintf(text, size, "unknown statement \"%.64s\", ", word);
	if (hint != NULL) {
		strlcat(text, hint, size);
		return;
	}
	strlcat(text, "there are ", size);
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (i > 0)
			strlcat(text, ", ", size);
		strlcat(text, forms[i].word, size);
	}
}

void
explain_unexpected(const struct parser *p, char *text, size_t size)
{
	const struct word	*last = &p->last;
	const char		*form, *hint = NULL;

	if (p->first.quoted) {
		snprintf(text, size, "\"%.64s\" in quotes begins no statement, "
		    "remove the quotes", p->first.text);
		return;
	}
	form = FIND(forms, p->first.text);
	if (form == NULL) {
		explain_statement(p->first.text, text, size);
		return;
	}
	if (!last->quoted)
		hint = FIND(hints, last->text);
	if (hint != NULL)
		snprintf(text, size, "%s: unexpected \"%.64s\", %s",
		    p->first.text, last->text, hint);
	else if (last->text[0] == '\0' && !last->quoted)
		snprintf(text, size, "%s: unexpected end of line, write: %s",
		    p->first.text, form);
	else
		snprintf(text, size, "%s: unexpected \"%.64s\", write: %s",
		    p->first.text, last->text, form);
}
