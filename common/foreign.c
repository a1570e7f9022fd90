/*
 * Words of ntp.conf and chrony.conf, and what they are here.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "common/foreign.h"

#define INSTEAD(words, text)	{ words, text, NULL }
#define NOTHING(words, why)	{ words, NULL, why }

static const struct foreign foreigns[] = {
	INSTEAD("authselectmode", "authentication require, prefer or mix"),
	INSTEAD("binddevice", "\"listen on INTERFACE\""),
	INSTEAD("bindaddress", "\"listen on ADDRESS\""),
	INSTEAD("bindacqaddress", "\"query from ADDRESS\""),
	INSTEAD("bindcmdaddress", "\"socket PATH\""),
	{ "broadcast", "\"listen on ADDRESS\"",
	    "only client and server mode exist" },
	{ "broadcastclient multicastclient peer", "\"server HOST\"",
	    "only client and server mode exist" },
	NOTHING("burst disable enable maxupdateskew maxdistance maxdelay "
	    "maxdelayratio maxdelaydevratio maxjitter mindelay minsamples "
	    "maxsamples corrtimeratio stratumweight reselectdist combinelimit "
	    "minsources polltarget version lock_all sched_priority user "
	    "dumpdir dumponexit generatecommandkey pidfile setvar mru rlimit "
	    "clientloglimit noclientlog", NULL),
	NOTHING("acquisitionport", "each request leaves from a new port"),
	NOTHING("cmdallow cmddeny cmdport",
	    "nothing can be changed over the network"),
	NOTHING("commandkey controlkey requestkey trustedkey",
	    "all keys of the file are for servers and clients"),
	NOTHING("authdelay auth autokey crypto revoke",
	    "Autokey is not secure, and not supported"),
	NOTHING("filegen statistics statsdir", "there are no statistics files"),
	{ "fudge", "\"local stratum N\" for 127.127.1.0",
	    "for other clocks the options are in \"sensor\"" },
	NOTHING("hwtimestamp", "the kernel stamps the packets"),
	NOTHING("iburst", "the first requests are always quick"),
	{ "includefile", "\"include\" and the path of the file", NULL },
	{ "confdir sourcedir", "\"include\" and the path of the folder with a "
	    "/ behind it", NULL },
	INSTEAD("initstepslew", "\"step boot\""),
	INSTEAD("keyfile", "\"keys\" and the path of that file"),
	INSTEAD("leapseclist", "\"leapfile\" and the path of the list"),
	{ "leapsectz", "\"leapfile\" and the path of a list, such as "
	    "/usr/share/zoneinfo/leap-seconds.list", NULL },
	{ "leapsecmode smoothtime", "\"leap kernel\", \"leap slew\", "
	    "\"leap ignore\" or, for clients, \"leap smear\"", NULL },
	NOTHING("log logconfig logdir logfile logbanner logchange",
	    "messages go to syslog"),
	NOTHING("mailonchange", "the log says it"),
	INSTEAD("makestep", "\"step boot\" or \"step always N ms\""),
	INSTEAD("manycastclient pool", "\"servers HOST\""),
	INSTEAD("maxpoll minpoll", "\"poll MIN-MAX\""),
	INSTEAD("maxclockerror", "\"maxdrift N ppm\""),
	NOTHING("maxslewrate", "the limits are fixed"),
	INSTEAD("maxsources", "\"max N\" in a servers statement"),
	INSTEAD("nic", "\"interface\""),
	NOTHING("ntsdumpdir", "no keys are stored"),
	INSTEAD("ntsservercert ntsserverkey",
	    "\"nts certificate FILE key FILE\""),
	INSTEAD("ntstrustedcerts", "\"ca FILE\""),
	INSTEAD("prefer", "\"weight N\""),
	INSTEAD("port", "\"listen on WHERE port N\""),
	{ "discard ratelimit", "\"ratelimit\"",
	    "its numbers are others there" },
	INSTEAD("refclock", "\"sensor sock PATH\", \"sensor shm0\", \"sensor "
	    "pps0\" or \"sensor ptp0\""),
	{ "restrict", "\"deny from NETWORK\", or \"allow from NETWORK\" and "
	    "nobody else may ask", "127.0.0.1, ::1 and default need nothing" },
	NOTHING("rtcfile rtcsync rtconutc rtcautotrim rtcdevice hwclockfile",
	    "the kernel keeps the hardware clock"),
	INSTEAD("tinker", "\"step boot\", \"step always N ms\" or "
	    "\"step never\""),
	INSTEAD("tos", "\"local stratum N orphan\" for tos orphan"),
	INSTEAD("trust", "\"trusted\"")
};

/* Is WORD one of WORDS, which blanks separate? */
static bool
is_one_of(const char *words, const char *word)
{
	size_t		 len;

	for (; *words != '\0'; words += len + strspn(words + len, " ")) {
		len = strcspn(words, " ");
		if (strlen(word) == len && strncasecmp(words, word, len) == 0)
			return true;
	}
	return false;
}

const struct foreign *
foreign_find(const char *word)
{
	size_t		 i;

	for (i = 0; i < sizeof(foreigns) / sizeof(foreigns[0]); i++)
		if (is_one_of(foreigns[i].words, word))
			return &foreigns[i];
	return NULL;
}
