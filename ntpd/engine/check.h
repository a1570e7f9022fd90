/*
 * The tests that an answer must pass before it changes anything: RFC 5905
 * section 9.2 (packet sanity) and 11.1 (fitness), for client mode.  Pure.
 */
#ifndef NTPD_ENGINE_CHECK_H
#define NTPD_ENGINE_CHECK_H

#include <stdint.h>

#include "common/ntp.h"

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
	CHECK_ROOT_DISTANCE,	/* over 16 s */
	CHECK_REFERENCE,	/* its last update is in its future */
	CHECK_DELAY,		/* negative, or over CHECK_MAX_DELAY */
	CHECK_LOOP		/* it is synchronized to us */
};

#define CHECK_MAX_DELAY		4.0	/* s, round trip and server's time */
#define CHECK_MAX_DISTANCE	16.0	/* s, RFC 5905 MAXDISP */

/*
 * Judge PKT against the request with transmit timestamp COOKIE.  OUT = T2 -
 * T1 and BACK = T4 - T3 in s, PRECISION the time stamping error of both ends,
 * s; OWN our reference id as that server would state it.
 */
enum check	 check_answer(const struct ntp_packet *pkt,
		    struct ntptime cookie, double out, double back,
		    double precision, const uint8_t own[4]);

/* Why not, for the log: "its root distance is over 16 s". */
const char	*check_reason(enum check check);

#endif
