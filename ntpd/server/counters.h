/*
 * What a server has seen since it was started.  Every datagram is counted in
 * received and in exactly one of the others, dropped apart.
 */
#ifndef NTPD_SERVER_COUNTERS_H
#define NTPD_SERVER_COUNTERS_H

#include <stdint.h>

struct server_counters {
	uint64_t	 received;	/* datagrams */
	uint64_t	 answered;	/* with the time */
	uint64_t	 unsent;	/* the answer could not be sent */
	uint64_t	 too_short;	/* shorter than a header */
	uint64_t	 bad_version;	/* not 1 to 4 */
	uint64_t	 bad_mode;	/* not a client's request */
	uint64_t	 bad_source;	/* port 0, or no address to answer to */
	uint64_t	 bad_destination; /* broadcast, multicast or unknown */
};

#endif
