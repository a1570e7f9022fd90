/*
 * Requests by the batch: one recvmmsg(2), the answers, one sendmmsg(2).  All
 * memory is here and of fixed size.
 */
#ifndef NTPD_SERVER_BATCH_H
#define NTPD_SERVER_BATCH_H

#include <sys/socket.h>
#include <sys/uio.h>

#include <netinet/in.h>
#include <stdint.h>

#include "common/log.h"
#include "common/ntp.h"
#include "ntpd/server/answer.h"
#include "ntpd/server/counters.h"

#define BATCH_MAX	64	/* requests */

/* A sender, as recvmmsg(2) writes it and sendmmsg(2) wants it. */
union batch_name {
	struct sockaddr		 sa;
	struct sockaddr_in	 in;
	struct sockaddr_in6	 in6;
};

/* Room for a timestamp of either kind and packet information, and more. */
union batch_control {
	size_t		 align;		/* as struct cmsghdr */
	uint8_t		 bytes[192];
};

/* Room for packet information. */
union batch_source {
	size_t		 align;
	uint8_t		 bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

struct batch {
	struct mmsghdr	 in[BATCH_MAX];
	struct iovec	 in_iov[BATCH_MAX];
	union batch_name name[BATCH_MAX];
	union batch_control control[BATCH_MAX];
	uint8_t		 request[BATCH_MAX][NTP_HEADER_LEN];

	struct mmsghdr	 out[BATCH_MAX];
	struct iovec	 out_iov[BATCH_MAX];
	union batch_source source[BATCH_MAX];
	uint8_t		 answer[BATCH_MAX][NTP_HEADER_LEN];

	unsigned	 used;		/* elements of in to be made new */
	int64_t		 pace;		/* ns from one answer to the next */
	struct server_counters counters;
	struct log_limit unsent;
};

enum batch_status {
	BATCH_IDLE,		/* one request or none: go and wait */
	BATCH_BUSY,		/* several: there are likely to be more now */
	BATCH_FAILED		/* the socket does not work now: errno */
};

/* Make B ready; it must stay where it is, since it points into itself. */
void	 batch_init(struct batch *b);

/*
 * Read what waits on FD, up to BATCH_MAX requests, and answer from SRC.
 * Never waits.  What cannot be sent is dropped, and logged at a bounded rate:
 * the client asks again.
 */
enum batch_status batch_serve(struct batch *b, int fd,
	    const struct answer_source *src);

#endif
