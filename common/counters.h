/*
 * What a server process has counted since it was started.  One list, for the
 * servers that count, the parent that adds up, and ntpctl that shows it.
 */
#ifndef COMMON_COUNTERS_H
#define COMMON_COUNTERS_H

#include <stdint.h>

#include "addr.h"

/*
 * Every datagram is counted in received and in exactly one of the others up to
 * dropped, but authenticated, interleaved and nts, which are parts of answered,
 * and dropped, which never got as far.  Every connection for key establishment
 * (NTS-KE) is counted in exactly one of the rest when it has ended.  The name
 * is the key in JSON, too.
 *
 *	name		label		what it counts, for people
 */
#define COUNTERS							\
COUNTER(received,	"received",	"datagrams")			\
COUNTER(answered,	"answered",	"with the time")		\
COUNTER(authenticated,	"authenticated", "of these, with a key")	\
COUNTER(interleaved,	"interleaved",	"of these, in interleaved mode") \
COUNTER(nts,		"with NTS",	"of these, authenticated by NTS") \
COUNTER(nts_naked,	"NTS NAK",	"NTS with an unknown cookie, told so") \
COUNTER(nts_wrong,	"NTS wrong",	"NTS bent or forged, unanswered") \
COUNTER(kissed,		"kissed",	"asking too often, told so")	\
COUNTER(limited,	"limited",	"asking too often, unanswered")	\
COUNTER(denied,		"denied",	"from who may not ask")		\
COUNTER(own,		"own",		"our own requests, unanswered")	\
COUNTER(unsent,		"unsent",	"answers that could not be sent") \
COUNTER(too_short,	"too short",	"shorter than an NTP header")	\
COUNTER(bad_version,	"bad version",	"of a version other than 1 to 4") \
COUNTER(bad_mode,	"bad mode",	"not a client's request")	\
COUNTER(bad_mac,	"bad MAC",	"with an unknown key or a wrong MAC") \
COUNTER(bad_source,	"bad source",	"from port 0")			\
COUNTER(bad_destination, "bad destination", "to broadcast or multicast") \
COUNTER(dropped,	"dropped",	"by the kernel, for want of room") \
COUNTER(ke_agreed,	"NTS-KE agreed", "exchanges that gave keys")	\
COUNTER(ke_unfit,	"NTS-KE unfit",	"no protocol or cipher in common") \
COUNTER(ke_bad,		"NTS-KE bad",	"requests that are malformed")	\
COUNTER(ke_failed,	"NTS-KE failed", "TLS handshakes that failed")	\
COUNTER(ke_late,	"NTS-KE late",	"not complete in time")		\
COUNTER(ke_crowded,	"NTS-KE crowded", "closed to make room for others") \
COUNTER(ke_limited,	"NTS-KE limited", "connecting too often, closed") \
COUNTER(ke_denied,	"NTS-KE denied", "from who may not ask, closed")

struct server_counters {
#define COUNTER(name, label, text)	uint64_t name;
	COUNTERS
#undef COUNTER
};

/* A sum ends here, and does not begin anew; JSON has no larger integers. */
#define COUNTER_MOST	((uint64_t)INT64_MAX)

/* Add MORE, which may be any numbers, to SUM. */
void	 counters_add(struct server_counters *sum,
	    const struct server_counters *more);

/* A client, as the table behind the rate limit knows it. */
struct client_count {
	struct addr	 addr;		/* the first of its prefix, port 0 */
	uint32_t	 requests;	/* since it is in the table */
	uint32_t	 refused;	/* of these, not given the time */
	uint8_t		 length;	/* bits of its prefix */
	uint8_t		 reserved[3];
};

#define CLIENTS_SHOWN	50		/* those that ask most */

/*
 * Insert CLIENT into the N of LIST, which are in the order of their requests,
 * the most first; returns how many there are then.
 */
uint32_t clients_insert(struct client_count list[CLIENTS_SHOWN], uint32_t n,
	    const struct client_count *client);

#endif
