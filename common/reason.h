/*
 * Why a server that is asked cannot be used: one list for the log, ntpctl and
 * its JSON.
 */
#ifndef COMMON_REASON_H
#define COMMON_REASON_H

/*
 * In this order they are numbered in the control protocol.
 *
 *	name		word for programs	text for people
 */
#define REASONS(REASON)							\
REASON(NONE,		NULL,			"it can be used")	\
REASON(SELF,		"self",			"it is this machine itself") \
REASON(DENIED,		"denied",					\
    "it asked not to be asked any more")				\
REASON(SILENT,		"silent",		"it does not answer")	\
REASON(UNSENDABLE,	"unsendable",					\
    "requests to it cannot leave")					\
REASON(UNSYNCHRONIZED,	"unsynchronized",				\
    "it says that it is not synchronized")				\
REASON(STRATUM,		"stratum",					\
    "its stratum is 15, nobody can be synchronized to it")		\
REASON(ROOT_DISTANCE,	"root_distance",				\
    "its root distance is 3 s or more")					\
REASON(TIMESTAMPS,	"timestamps",					\
    "its timestamps are zero or out of order")				\
REASON(REFERENCE,	"reference",					\
    "it says that its clock was last set after it answered")		\
REASON(DELAY,		"delay",					\
    "the round trip is negative or over 4 s")				\
REASON(LOOP,		"loop",						\
    "it has its time from this machine")				\
REASON(VERSION,		"version",		"its version is not 3 or 4") \
REASON(UNRESOLVED,	"unresolved",		"its name has no address") \
REASON(TAKEN,		"taken",					\
    "another line asks its server already")				\
REASON(NO_INTERFACE,	"no_interface",		"its interface is not there") \
REASON(RATE,		"rate",						\
    "it asks to be asked less often")					\
REASON(UNTRUSTED,	"untrusted",					\
    "it is not authenticated, as servers must be here")			\
REASON(NO_KEYS,		"no_keys",					\
    "no NTS keys could be agreed on, the log says why")			\
REASON(NO_MAC,		"no_mac",					\
    "its answers are not authenticated")				\
REASON(WRONG_MAC,	"wrong_mac",					\
    "its answers are authenticated by another key, or changed on their way") \
REASON(CRYPTO_NAK,	"crypto_nak",					\
    "it says that it does not know our key")				\
REASON(CONSTRAINT,	"constraint",					\
    "it is another time by the constraints or its certificate")	\
REASON(OFF,		"off",			"it is switched off")	\
REASON(UNNUMBERED,	"unnumbered",					\
    "nothing else says yet which second its pulses begin")		\
REASON(SMEARED,		"smeared",					\
    "it smears a leap second, and others do not")			\
REASON(UNSMEARED,	"unsmeared",					\
    "the others smear a leap second, and it does not")

enum reason {
#define REASON(name, word, text)	REASON_##name,
	REASONS(REASON)
#undef REASON
};

/* A sentence for people: "its root distance is 3 s or more". */
const char	*reason_text(enum reason reason);

#endif
