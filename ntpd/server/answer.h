/*
 * What a client is told: bytes in, bytes out.  No socket, no clock, no state,
 * so that the same function can serve a socket, a test or a packet path below
 * sockets.
 */
#ifndef NTPD_SERVER_ANSWER_H
#define NTPD_SERVER_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ntp.h"
#include "ntpd/payloads.h"
#include "common/smear.h"

/* A snapshot made ready: nothing in it is worked out again for a packet. */
struct answer_source {
	struct ntp_packet synchronized;	/* root dispersion at its reference */
	struct ntp_packet unsynchronized;
	uint64_t	 rate;		/* of dispersion, 2^-32 s/s */
	uint64_t	 lifetime;	/* 2^-32 s after reference; 0: none */
	struct smear	 smear;
};

/*
 * The source before the first snapshot and after the engine is gone: leap 3,
 * stratum 16.  On the wire stratum 16 is 0 (RFC 5905 A.5.3.1, fast_xmit), with
 * the kiss code INIT that 7.4 gives it, which asks nothing of the client.  The
 * reference time is unknown (0), the root dispersion MAXDISP: a client that
 * looks at nothing else finds the root distance too large.
 */
void	 answer_source_none(struct answer_source *src);

/*
 * Make *SRC from SNAP.  False if a field of it is out of its range (NaN,
 * negative, a reference time of zero ...); *SRC is unsynchronized then.
 */
bool	 answer_source_set(struct answer_source *src,
	    const struct snapshot *snap);

/* What a datagram is. */
enum request {
	REQUEST_FINE,		/* a client's */
	REQUEST_SHORT,		/* shorter than a header */
	REQUEST_VERSION,	/* not 1 to 4 */
	REQUEST_MODE		/* not a client's */
};

/*
 * Read the LEN bytes of a datagram, of which only the header is looked at,
 * into *ASKED, which is undefined if they are not REQUEST_FINE.
 *
 * A request is mode 3 of versions 1 to 4 and nothing else.  What follows the
 * header is for others: keyring.h.
 */
enum request answer_read(struct ntp_packet *asked, const uint8_t *bytes,
	    size_t len);

struct answer_times {
	struct ntptime	 receive;	/* when the request arrived */
	struct ntptime	 transmit;	/* when the answer is going to leave */
	struct ntptime	 before;	/* when the answer left that the */
					/* request names; zero: basic mode */
};

/*
 * Write the answer to ASKED as RFC 5905 8 has it: NTP_HEADER_LEN bytes, which
 * is never more than the request had.  With TIMES->before it is in interleaved
 * mode (RFC 9769 section 2): its origin is what ASKED has as receive timestamp.
 * While a leap second is smeared all times of ours are; in the second that the
 * clock repeats nobody knows which one it is, and we are not synchronized.
 */
void	 answer_write(const struct answer_source *src,
	    const struct ntp_packet *asked, const struct answer_times *times,
	    uint8_t answer[NTP_HEADER_LEN]);

/* Write the NTS NAK, which says that the cookie is unknown (RFC 8915 5.7). */
void	 answer_nak(const struct ntp_packet *asked,
	    uint8_t answer[NTP_HEADER_LEN]);

/*
 * Write the kiss-o'-death RATE (RFC 5905 7.4) in the place of an answer: ask
 * less often, every 2^POLL s at most.  It has no time but the client's own, so
 * that one who looks at no stratum is not led astray.
 */
void	 answer_kiss(const struct ntp_packet *asked, int8_t poll,
	    uint8_t answer[NTP_HEADER_LEN]);

#endif
