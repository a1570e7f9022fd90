/*
 * The tests that an answer must pass before it changes anything: RFC 5905
 * section 9.2 (packet sanity) and 11.1 (fitness), for client mode.  Pure.
 */
#ifndef NTPD_ENGINE_CHECK_H
#define NTPD_ENGINE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ntp.h"
#include "common/reason.h"

enum check {
	CHECK_OK,
	CHECK_KISS,		/* genuine, but a kiss-o'-death */
	/* Not an answer to our request: as if it had not come. */
	CHECK_MODE,
	CHECK_VERSION,
	CHECK_ORIGIN,
	/* Genuine, but of no use. */
	CHECK_TIMESTAMPS,	/* zero, or sent before it was received */
	CHECK_UNSYNCHRONIZED,	/* leap 3, stratum 16 */
	CHECK_ROOT_DISTANCE,	/* it would have no vote */
	CHECK_REFERENCE,	/* its last update is in its future */
	CHECK_DELAY,		/* negative, or over CHECK_MAX_DELAY */
	CHECK_LOOP		/* it is synchronized to us */
};

/* What a request said that its answer must fit. */
struct request {
	struct ntptime	 transmit;	/* 64 random bits, not zero */
	struct ntptime	 receive;	/* the same, others; zero: basic mode */
	struct ntptime	 origin;	/* the server's T2 before; likewise */
};

#define CHECK_MAX_DELAY		4.0	/* s, round trip and server's time */

/*
 * Is PKT an answer to ASKED in interleaved mode?  Then T3 in it is that of the
 * answer before, whose T2 was ASKED->origin.
 */
bool		 check_interleaved(const struct ntp_packet *pkt,
		    const struct request *asked);

/* An exchange as its four timestamps have it. */
struct legs {
	double		 out;		/* s, T2 - T1 */
	double		 back;		/* s, T4 - T3 */
	double		 precision;	/* s, of both ends' timestamps */
};

/*
 * Judge PKT against ASKED, and the LEGS of the exchange that it completes.  OWN
 * is our reference id as that server would state it.
 */
enum check	 check_answer(const struct ntp_packet *pkt,
		    const struct request *asked, const struct legs *legs,
		    const uint8_t own[4]);

/*
 * Why the server cannot be used, if the answer was its own; REASON_NONE if it
 * can be, or if the packet may be anybody's.
 */
enum reason	 check_reason(enum check check);

#endif
