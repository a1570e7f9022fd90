/*
 * Requests by the batch: one recvmmsg(2), and one sendmmsg(2) of the answers.
 * All memory is here and of fixed size.
 */
#ifndef NTPD_SERVER_BATCH_H
#define NTPD_SERVER_BATCH_H

#include <sys/socket.h>
#include <sys/uio.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/counters.h"
#include "common/log.h"
#include "common/mark.h"
#include "common/ntp.h"
#include "ntpd/clients/access.h"
#include "ntpd/clients/addrbits.h"
#include "ntpd/server/answer.h"
#include "ntpd/server/arrival.h"
#include "ntpd/server/keyring.h"
#include "ntpd/server/proof.h"
#include "ntpd/clients/clients.h"
#include "ntpd/server/xleave.h"

#define BATCH_MAX	16	/* requests; see batch.c */

/* Bytes for a packet: no power of two, which would share a cache's places. */
#define BATCH_PACKET	(NTP_MAX_LEN + 64)

/* Room for a timestamp of either kind and packet information, and more. */
union batch_control {
	size_t		 align;		/* as struct cmsghdr */
	uint8_t		 bytes[192];
};

struct batch {
	struct mmsghdr	 in[BATCH_MAX];
	struct iovec	 in_iov[BATCH_MAX];
	union sender	 name[BATCH_MAX];
	union batch_control control[BATCH_MAX];
	size_t		 set[BATCH_MAX]; /* the clients are in, clients.h */
	uint8_t		 request[BATCH_MAX][BATCH_PACKET];

	struct mmsghdr	 out[BATCH_MAX];
	struct iovec	 out_iov[BATCH_MAX];
	union batch_source source[BATCH_MAX];
	uint8_t		 answer[BATCH_MAX][BATCH_PACKET];
	struct proof	 proof[BATCH_MAX]; /* of the answers with NTS */

	const struct access *access;
	struct clients	*clients;
	const struct keyring *keyring;
	unsigned	 used;		/* elements of in to be made new */
	int64_t		 pace;		/* ns from one answer to the next */
	struct xleave	*xleave;	/* NULL: basic mode only */
	struct cookie_jar *jar;		/* no keys: there is no NTS */
	bool		 bound;		/* gets what is sent to one host */
	const struct siphash_key *mark;	/* of our engine's requests, or NULL */
	struct ntptime	 own[BATCH_MAX]; /* such requests in this batch */
	unsigned	 nown;
	unsigned	 stamps;	/* asked for in this batch */
	struct server_counters counters;
	struct log_limit unsent;
};

enum batch_status {
	BATCH_IDLE,		/* one request or none: go and wait */
	BATCH_BUSY,		/* several: there are likely to be more now */
	BATCH_FAILED		/* the socket does not work now: errno */
};

/*
 * Make B ready, to answer clients that ACCESS allows and CLIENTS does not
 * limit, with the keys of KEYRING; all must outlive it.  It must stay where it
 * is, since it points into itself.
 */
void	 batch_init(struct batch *b, const struct access *access,
	    struct clients *clients, const struct keyring *keyring);

/*
 * Read what waits on FD, up to BATCH_MAX requests, and answer from SRC.
 * Requests with the mark of our own engine (common/mark.h) are not answered;
 * their transmit timestamps are in b->own (b->nown of them) afterwards.
 * Never waits.  What cannot be sent is dropped, and logged at a bounded rate:
 * the client asks again.
 */
enum batch_status batch_serve(struct batch *b, int fd,
	    const struct answer_source *src);

#endif
