/*
 * Why a server that is asked cannot be used: one list for the log, ntpctl and
 * its JSON.
 */
#ifndef COMMON_REASON_H
#define COMMON_REASON_H

/* In this order they are numbered in the control protocol. */
enum reason {
	REASON_NONE,		/* it can be used, as far as is known */
	REASON_SELF,
	REASON_DENIED,
	REASON_SILENT,
	REASON_UNSENDABLE,
	REASON_UNSYNCHRONIZED,
	REASON_STRATUM,
	REASON_ROOT_DISTANCE,
	REASON_TIMESTAMPS,
	REASON_REFERENCE,
	REASON_DELAY,
	REASON_LOOP,
	REASON_VERSION,
	REASON_UNRESOLVED,
	REASON_NO_INTERFACE,
	REASON_RATE,
	REASONS			/* how many there are */
};

/* A word for programs, "root_distance"; NULL for REASON_NONE. */
const char	*reason_word(enum reason reason);

/* A sentence for people: "its root distance is 3 s or more". */
const char	*reason_text(enum reason reason);

#endif
