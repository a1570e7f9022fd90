/*
 * The packet tests.  Their order matters: what is not an answer to our own
 * request is found out first, so that nothing else of it is looked at.
 */
#include <math.h>
#include <string.h>

#include "ntpd/engine/check.h"
#include "ntpd/sync/sync.h"

/* Is A what was asked with?  Zero never was (CVE-2015-8138). */
static bool
is_cookie(struct ntptime a, struct ntptime cookie)
{
	return !ntptime_is_zero(a) && ntptime_equal(a, cookie);
}

bool
check_interleaved(const struct ntp_packet *pkt, const struct request *asked)
{
	return is_cookie(pkt->origin, asked->receive);
}

/*
 * An off-path attacker has to guess 64 random bits, and a port: RFC 9109.  In
 * interleaved mode there are two such numbers, one for each mode.
 */
static enum check
check_origin(const struct ntp_packet *pkt, const struct request *asked)
{
	if (pkt->mode != NTP_MODE_SERVER)
		return CHECK_MODE;
	if (!is_cookie(pkt->origin, asked->transmit) &&
	    !check_interleaved(pkt, asked))
		return CHECK_ORIGIN;
	/* Servers of old answer with 3; what they say is the same. */
	if (pkt->version != NTP_VERSION && pkt->version != 3)
		return CHECK_VERSION;
	return CHECK_OK;
}

/* The server's T2 of the exchange that PKT completes. */
static struct ntptime
received(const struct ntp_packet *pkt, const struct request *asked)
{
	return check_interleaved(pkt, asked) ? asked->origin : pkt->receive;
}

/*
 * The server's times in order.  In interleaved mode T3 is not only after its
 * own T2, but before the next one, which is in the packet, too.
 */
static bool
in_order(const struct ntp_packet *pkt, const struct request *asked)
{
	if (ntptime_is_zero(pkt->receive) || ntptime_is_zero(pkt->transmit))
		return false;
	if (check_interleaved(pkt, asked) &&
	    ntptime_diff(pkt->receive, pkt->transmit) < 0)
		return false;
	return ntptime_diff(pkt->transmit, received(pkt, asked)) >= 0;
}

/*
 * Was the server updated after it answered?  Zero is unknown: one without a
 * source of its own may say so.  When an interleaved answer left will be told
 * by the next one; this one says when it was asked for, which is not much
 * earlier.
 */
static bool
updated_later(const struct ntp_packet *pkt, const struct request *asked)
{
	struct ntptime	 left = pkt->transmit;

	if (check_interleaved(pkt, asked))
		left = ntptime_add(pkt->receive, CHECK_MAX_DELAY);
	return !ntptime_is_zero(pkt->reference) &&
	    ntptime_diff(left, pkt->reference) < 0;
}

/* Of the server, by its own account, s. */
static double
root_distance(const struct ntp_packet *pkt)
{
	return ntpshort_to_seconds(pkt->root_delay) / 2 +
	    ntpshort_to_seconds(pkt->root_dispersion);
}

static enum check
check_server(const struct ntp_packet *pkt, const struct request *asked,
    const uint8_t own[4])
{
	if (pkt->leap == LEAP_UNKNOWN || pkt->stratum >= NTP_MAX_STRATUM)
		return CHECK_UNSYNCHRONIZED;
	if (!in_order(pkt, asked))
		return CHECK_TIMESTAMPS;
	if (root_distance(pkt) >= SYNC_MAX_DISTANCE)
		return CHECK_ROOT_DISTANCE;
	if (updated_later(pkt, asked))
		return CHECK_REFERENCE;
	/* Stratum 1 has the name of a clock there, which may look like us. */
	if (pkt->stratum > 1 && memcmp(pkt->refid, own, 4) == 0)
		return CHECK_LOOP;
	return CHECK_OK;
}

enum check
check_answer(const struct ntp_packet *pkt, const struct request *asked,
    const struct legs *legs, const uint8_t own[4])
{
	double		 delay = legs->out + legs->back;
	enum check	 check;

	if ((check = check_origin(pkt, asked)) != CHECK_OK)
		return check;
	if (pkt->stratum == 0)
		return CHECK_KISS;
	if ((check = check_server(pkt, asked, own)) != CHECK_OK)
		return check;
	if (!isfinite(delay) || delay < -legs->precision ||
	    delay > CHECK_MAX_DELAY || ntptime_diff(pkt->transmit,
	    received(pkt, asked)) > CHECK_MAX_DELAY)
		return CHECK_DELAY;
	/* The way to the server is a part of the way to the root. */
	if (root_distance(pkt) + delay / 2 >= SYNC_MAX_DISTANCE)
		return CHECK_ROOT_DISTANCE;
	return CHECK_OK;
}

enum reason
check_reason(enum check check)
{
	switch (check) {
	case CHECK_VERSION:
		return REASON_VERSION;
	case CHECK_TIMESTAMPS:
		return REASON_TIMESTAMPS;
	case CHECK_UNSYNCHRONIZED:
		return REASON_UNSYNCHRONIZED;
	case CHECK_ROOT_DISTANCE:
		return REASON_ROOT_DISTANCE;
	case CHECK_REFERENCE:
		return REASON_REFERENCE;
	case CHECK_DELAY:
		return REASON_DELAY;
	case CHECK_LOOP:
		return REASON_LOOP;
	case CHECK_OK:
	case CHECK_KISS:
	case CHECK_MODE:
	case CHECK_ORIGIN:
		break;
	}
	return REASON_NONE;
}
