/*
 * The packet tests.  Their order matters: what is not an answer to our own
 * request is found out first, so that nothing else of it is looked at.
 */
#include <math.h>
#include <string.h>

#include "ntpd/engine/check.h"

/*
 * An off-path attacker has to guess 64 random bits, and a port: RFC 9109.  A
 * zero origin is never right, because a cookie is never zero (CVE-2015-8138).
 */
static enum check
check_origin(const struct ntp_packet *pkt, struct ntptime cookie)
{
	if (pkt->mode != NTP_MODE_SERVER)
		return CHECK_MODE;
	if (ntptime_is_zero(pkt->origin) || !ntptime_equal(pkt->origin, cookie))
		return CHECK_ORIGIN;
	/* Servers of old answer with 3; what they say is the same. */
	if (pkt->version != NTP_VERSION && pkt->version != 3)
		return CHECK_VERSION;
	return CHECK_OK;
}

static enum check
check_server(const struct ntp_packet *pkt, const uint8_t own[4])
{
	if (pkt->leap == LEAP_UNKNOWN || pkt->stratum >= NTP_MAX_STRATUM)
		return CHECK_UNSYNCHRONIZED;
	if (ntptime_is_zero(pkt->receive) || ntptime_is_zero(pkt->transmit))
		return CHECK_TIMESTAMPS;
	if (ntptime_diff(pkt->transmit, pkt->receive) < 0)
		return CHECK_TIMESTAMPS;
	if (ntpshort_to_seconds(pkt->root_delay) / 2 +
	    ntpshort_to_seconds(pkt->root_dispersion) >= CHECK_MAX_DISTANCE)
		return CHECK_ROOT_DISTANCE;
	/* Zero is unknown: a server without a source of its own may say so. */
	if (!ntptime_is_zero(pkt->reference) &&
	    ntptime_diff(pkt->transmit, pkt->reference) < 0)
		return CHECK_REFERENCE;
	/* Stratum 1 has the name of a clock there, which may look like us. */
	if (pkt->stratum > 1 && memcmp(pkt->refid, own, 4) == 0)
		return CHECK_LOOP;
	return CHECK_OK;
}

enum check
check_answer(const struct ntp_packet *pkt, struct ntptime cookie, double out,
    double back, double precision, const uint8_t own[4])
{
	double		 delay = out + back;
	enum check	 check;

	if ((check = check_origin(pkt, cookie)) != CHECK_OK)
		return check;
	if (pkt->stratum == 0)
		return CHECK_KISS;
	if ((check = check_server(pkt, own)) != CHECK_OK)
		return check;
	if (!isfinite(delay) || delay < -precision || delay > CHECK_MAX_DELAY ||
	    ntptime_diff(pkt->transmit, pkt->receive) > CHECK_MAX_DELAY)
		return CHECK_DELAY;
	return CHECK_OK;
}

const char *
check_reason(enum check check)
{
	switch (check) {
	case CHECK_OK:
		return "it is fine";
	case CHECK_KISS:
		return "it is a kiss-o'-death";
	case CHECK_MODE:
		return "it is not a server's";
	case CHECK_VERSION:
		return "its version is not 3 or 4";
	case CHECK_ORIGIN:
		return "it does not answer our request";
	case CHECK_TIMESTAMPS:
		return "its timestamps are zero or out of order";
	case CHECK_UNSYNCHRONIZED:
		return "the server is not synchronized";
	case CHECK_ROOT_DISTANCE:
		return "its root distance is over 16 s";
	case CHECK_REFERENCE:
		return "the server was updated after it answered";
	case CHECK_DELAY:
		return "its delay is negative or over 4 s";
	case CHECK_LOOP:
		return "the server is synchronized to us";
	}
	return "unknown";
}
