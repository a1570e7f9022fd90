/*
 * What the kernel tells of a request: when it came, and where to.
 */
#ifndef NTPD_SERVER_ARRIVAL_H
#define NTPD_SERVER_ARRIVAL_H

#include <sys/socket.h>

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ntptime.h"

/* What came with a request. */
struct arrival {
	struct ntptime	 time;
	bool		 stamped;	/* else the kernel did not tell */
	bool		 refused;	/* not to be answered */
};

/* Room for packet information and the wish for a time stamp. */
union batch_source {
	size_t		 align;
	uint8_t		 bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
			    CMSG_SPACE(sizeof(uint32_t))];
};

/*
 * Read the control messages of HDR: when it arrived, into *ARRIVAL, and where
 * the answer comes from, into SOURCE.  Returns the length of the latter.
 */
size_t	 arrival_read(struct msghdr *hdr, struct arrival *arrival,
	    union batch_source *source);

#endif
