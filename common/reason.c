/*
 * Why a server cannot be used.
 */
#include <stddef.h>

#include "common/reason.h"

static const struct {
	const char	*word;
	const char	*text;
} reasons[] = {
	[REASON_NONE] = { NULL, "it can be used" },
	[REASON_SELF] = { "self", "it is this machine itself" },
	[REASON_DENIED] = { "denied", "it asked not to be asked any more" },
	[REASON_SILENT] = { "silent", "it does not answer" },
	[REASON_UNSENDABLE] = { "unsendable", "requests to it cannot leave" },
	[REASON_UNSYNCHRONIZED] = { "unsynchronized",
	    "it says that it is not synchronized" },
	[REASON_STRATUM] = { "stratum",
	    "its stratum is 15, nobody can be synchronized to it" },
	[REASON_ROOT_DISTANCE] = { "root_distance",
	    "its root distance is 3 s or more" },
	[REASON_TIMESTAMPS] = { "timestamps",
	    "its timestamps are zero or out of order" },
	[REASON_REFERENCE] = { "reference",
	    "it says that its clock was last set after it answered" },
	[REASON_DELAY] = { "delay",
	    "the round trip is negative or over 4 s" },
	[REASON_LOOP] = { "loop", "it has its time from this machine" },
	[REASON_VERSION] = { "version", "its version is not 3 or 4" },
	[REASON_UNRESOLVED] = { "unresolved", "its name has no address" },
	[REASON_NO_INTERFACE] = { "no_interface",
	    "its interface is not there" },
	[REASON_RATE] = { "rate", "it asks to be asked less often" },
};

const char *
reason_word(enum reason reason)
{
	return reasons[reason].word;
}

const char *
reason_text(enum reason reason)
{
	return reasons[reason].text;
}
