/*
 * Interleaved mode of RFC 9769 section 2, the server's part: an answer tells
 * when the answer before it left, which only the kernel knows, and only
 * afterwards.  For that the server must remember answers.
 *
 * It remembers those to clients that name an answer by its receive timestamp,
 * in a table of fixed size in which a new answer takes the place of the oldest
 * of a few.  Very many such requests, from whatever addresses, can thus make
 * the server forget an answer before it is asked for; that client is answered
 * in basic mode then, as are all that never ask.
 *
 * Receive timestamps that are given out are odd, transmit timestamps even (a
 * nanosecond is 4.3 of their units), so that a client which names the latter,
 * as RFC 5905 has it, costs nothing either.
 */
#ifndef NTPD_SERVER_XLEAVE_H
#define NTPD_SERVER_XLEAVE_H

#include <sys/socket.h>
#include <sys/uio.h>

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "common/ntp.h"
#include "ntpd/clients/addrbits.h"

#define XLEAVE_BITS	13
#define XLEAVE_BUCKETS	(1U << XLEAVE_BITS)
#define XLEAVE_WAYS	4	/* answers in each */

#define STAMPS_MAX	64	/* read at a time */
#define STAMPS_PACKET	(NTP_MAX_LEN + 112)	/* bytes: headers, the answer */

/* An answer. */
struct xleave_entry {
	struct ntptime	 receive;	/* in the answer; zero: no entry */
	struct ntptime	 transmit;	/* when it left */
	struct addrbits	 client;	/* without its port, which changes */
};

/*
 * Room for a time stamp only.  The kernel would add a message that there is no
 * error, and that costs 4 % of an answer.
 */
union stamps_control {
	size_t		 align;		/* as struct cmsghdr */
	uint8_t		 bytes[CMSG_SPACE(3 * sizeof(struct timespec))];
};

/* Where the kernel's transmit time stamps are read to. */
struct stamps {
	struct mmsghdr	 msg[STAMPS_MAX];
	struct iovec	 iov[STAMPS_MAX];
	union stamps_control control[STAMPS_MAX];
	uint8_t		 packet[STAMPS_MAX][STAMPS_PACKET];
};

struct xleave {
	uint64_t	 key;		/* of the hash, odd */
	int64_t		 lead;		/* ns, of xleave_follow() */
	struct xleave_entry table[XLEAVE_BUCKETS][XLEAVE_WAYS];
	struct stamps	 stamps;
};

/*
 * An empty table of about 1 MiB, of which no more is used than was written
 * to, or NULL.  KEY is random, so that nobody can fill one bucket on purpose.
 */
struct xleave	*xleave_new(uint64_t key);

/*
 * CLOCK_REALTIME is LEAD ns ahead of CLOCK_MONOTONIC, give or take UNSURE.  If
 * that has changed, the clock was set or had a leap second: all answers are
 * forgotten, since a client would be told times of two clocks.  To be called
 * before the functions below.
 */
void		 xleave_follow(struct xleave *x, int64_t lead, int64_t unsure);

/*
 * May ASKED be in interleaved mode, or its client about to begin with it?  Its
 * origin is, or was, a receive timestamp of this server's; its receive
 * timestamp is what the answer has to return.
 */
bool		 xleave_asked(const struct ntp_packet *asked);

/*
 * For any answer, interleaved or not: make *RECEIVE odd, *TRANSMIT even and the
 * later of both.  Neither is zero then.
 */
void		 xleave_mark(struct ntptime *receive, struct ntptime *transmit);

/*
 * ASKED, which arrived at ARRIVAL, will be dealt with soon: have what it takes
 * brought to the CPU's cache.  That saves 3 % of an answer.
 */
void		 xleave_expect(struct xleave *x, const struct ntp_packet *asked,
		    struct ntptime arrival);

/*
 * When the answer with RECEIVE to CLIENT left; zero if it is not known (any
 * more).  It is forgotten: a second request that names it is answered in
 * basic mode, as RFC 9769 demands.
 */
struct ntptime	 xleave_take(struct xleave *x, struct ntptime receive,
		    struct addrbits client);

/*
 * Remember an answer to CLIENT that leaves at *TRANSMIT, as far as is known.
 * *RECEIVE is made different from those of all others that are remembered, and
 * *TRANSMIT remains the later: by some nanoseconds in the worst case.
 */
void		 xleave_save(struct xleave *x, struct ntptime *receive,
		    struct ntptime *transmit, struct addrbits client);

/*
 * The kernel says that the answer with RECEIVE left at TRANSMIT.  A time that
 * is not near the expected one is ignored.
 */
void		 xleave_stamp(struct xleave *x, struct ntptime receive,
		    struct ntptime transmit);

/*
 * Take up to COUNT transmit time stamps that the kernel has for FD, by one
 * system call for STAMPS_MAX.  Never waits: those that are not there yet make
 * FD ready with POLLERR later.  stamps.c.
 */
void		 stamps_read(struct xleave *x, int fd, unsigned count);

#endif
