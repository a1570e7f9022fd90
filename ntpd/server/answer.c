/*
 * What a client is told: from a request and a snapshot to an answer.
 */
#include <math.h>
#include <string.h>

#include "common/ns.h"
#include "common/ntp.h"
#include "common/ntptime.h"
#include "ntpd/config_shared.h"
#include "ntpd/server/answer.h"

#define MAX_DISPERSION	16.0		/* s, MAXDISP of RFC 5905 7.2 */
#define MAX_DELAY	16.0		/* s, beyond any path that is of use */
#define MAX_RATE	1.0		/* s/s */
#define MIN_PRECISION	(-32)		/* log2 s, the timestamp's resolution */
#define PRECISION	(-20)		/* log2 s, while nobody told us one */
#define SECOND		4294967296.0	/* of a timestamp: 2^32 */

/* s since 1970; that of a leap second has to be told in ns, too. */
#define LAST_TIME	(INT64_MAX / NS_PER_S)

/* Half an era: an age above it is one below zero. */
#define MAX_LIFETIME	((uint64_t)INT64_MAX)

static bool
in_range(double value, double least, double most)
{
	/* False for NaN, which compares with nothing. */
	return value >= least && value <= most;
}

/* Stratum 16 (0 on the wire), but for the kiss code. */
static void
unsynchronized(struct ntp_packet *pkt)
{
	memset(pkt, 0, sizeof(*pkt));
	pkt->leap = LEAP_UNKNOWN;
	pkt->mode = NTP_MODE_SERVER;
	pkt->precision = PRECISION;
	pkt->root_dispersion = ntpshort_from_seconds(MAX_DISPERSION);
}

void
answer_source_none(struct answer_source *src)
{
	struct ntp_packet	*pkt = &src->unsynchronized;

	memset(src, 0, sizeof(*src));
	unsynchronized(pkt);
	memcpy(pkt->refid, "INIT", sizeof(pkt->refid));
}

static bool
snapshot_valid(const struct snapshot *snap)
{
	return snap->leap <= LEAP_DELETE &&
	    snap->stratum >= 1 && snap->stratum < NTP_MAX_STRATUM &&
	    snap->precision >= MIN_PRECISION && snap->precision <= 0 &&
	    in_range(snap->root_delay, 0, MAX_DELAY) &&
	    in_range(snap->root_dispersion, 0, HUGE_VAL) &&
	    in_range(snap->dispersion_rate, 0, MAX_RATE) &&
	    snap->smear >= -1 && snap->smear <= 1 &&
	    snap->smear_at >= 0 && snap->smear_at <= LAST_TIME &&
	    !ntptime_is_zero(snap->reference);
}

/* How long after its reference SNAP is worth something, in 2^-32 s. */
static uint64_t
snapshot_lifetime(const struct snapshot *snap)
{
	double	 left;

	if (snap->root_dispersion >= MAX_DISPERSION)
		return 0;
	left = (MAX_DISPERSION - snap->root_dispersion) * SECOND;
	/* So written that a rate of zero divides nothing. */
	if (left >= snap->dispersion_rate * (double)MAX_LIFETIME)
		return MAX_LIFETIME;
	return (uint64_t)(left / snap->dispersion_rate);
}

bool
answer_source_set(struct answer_source *src, const struct snapshot *snap)
{
	struct ntp_packet	*pkt = &src->synchronized;

	answer_source_none(src);
	if (snap->leap == LEAP_UNKNOWN || snap->stratum == NTP_MAX_STRATUM)
		return true;
	if (!snapshot_valid(snap))
		return false;

	src->unsynchronized.precision = snap->precision;
	pkt->leap = snap->leap;
	pkt->mode = NTP_MODE_SERVER;
	pkt->stratum = snap->stratum;
	pkt->precision = snap->precision;
	pkt->root_delay = ntpshort_from_seconds(snap->root_delay);
	pkt->root_dispersion = ntpshort_from_seconds(snap->root_dispersion);
	memcpy(pkt->refid, snap->refid, sizeof(pkt->refid));
	pkt->reference = snap->reference;
	src->rate = (uint64_t)ceil(snap->dispersion_rate * SECOND);
	src->lifetime = snapshot_lifetime(snap);
	src->smear.change = snap->smear;
	src->smear.at = ntptime_from_ns(snap->smear_at * NS_PER_S);
	return true;
}

/*
 * By how much the dispersion has grown AGE (2^-32 s) after the reference, in
 * short format, rounded up.  AGE is within the lifetime, in which no more than
 * MAX_DISPERSION can come together: the product stays below 2^53.
 */
static uint32_t
dispersion_growth(const struct answer_source *src, uint64_t age)
{
	uint64_t	 units = (age + 0xffff) >> 16;	/* 2^-16 s */

	return (uint32_t)((units * src->rate + 0xffffffff) >> 32);
}

/*
 * The poll exponent of the request is returned (RFC 5905 A.5.3.1), but as a
 * number that an interval can have: 2^127 s is nobody's.
 */
static int8_t
answer_poll(int8_t asked)
{
	if (asked < 0)
		return 0;
	return asked > POLL_MOST ? POLL_MOST : asked;
}

enum request
answer_read(struct ntp_packet *asked, const uint8_t *bytes, size_t len)
{
	if (len < NTP_HEADER_LEN)
		return REQUEST_SHORT;
	if (ntp_decode(asked, bytes, NTP_HEADER_LEN) != NTP_OK)
		return REQUEST_VERSION;
	return asked->mode == NTP_MODE_CLIENT ? REQUEST_FINE : REQUEST_MODE;
}

void
answer_write(const struct answer_source *src, const struct ntp_packet *asked,
    const struct answer_times *times, uint8_t answer[NTP_HEADER_LEN])
{
	const struct ntptime	 receive = times->receive;
	const struct ntptime	 transmit = times->transmit;
	struct ntp_packet	 told;
	uint64_t		 age;
	int64_t			 waited;

	/*
	 * A transmit time before the reference gives an age beyond every
	 * lifetime: somebody set the clock back, and what the snapshot says
	 * is no longer about this clock.
	 */
	age = transmit.value - src->synchronized.reference.value;
	if (age < src->lifetime && !smear_is_repeated(&src->smear, transmit)) {
		told = src->synchronized;
		told.root_dispersion += dispersion_growth(src, age);
		told.reference = smear_time(&src->smear, told.reference);
	} else
		told = src->unsynchronized;

	/* No answer leaves before its request came. */
	waited = (int64_t)(transmit.value - receive.value);
	told.version = asked->version;
	told.poll = answer_poll(asked->poll);
	told.origin = asked->transmit;
	told.transmit = smear_time(&src->smear, transmit);
	told.receive = waited < 0 ? told.transmit :
	    smear_time(&src->smear, receive);
	if (!ntptime_is_zero(times->before)) {
		told.origin = asked->receive;
		told.transmit = smear_time(&src->smear, times->before);
	}
	ntp_encode(&told, answer);
}

void
answer_nak(const struct ntp_packet *asked, uint8_t answer[NTP_HEADER_LEN])
{
	struct ntp_packet	 told;

	unsynchronized(&told);
	memcpy(told.refid, "NTSN", sizeof(told.refid));
	told.version = asked->version;
	told.poll = answer_poll(asked->poll);
	told.origin = told.receive = told.transmit = asked->transmit;
	ntp_encode(&told, answer);
}

void
answer_kiss(const struct ntp_packet *asked, int8_t poll,
    uint8_t answer[NTP_HEADER_LEN])
{
	struct ntp_packet	 told;

	unsynchronized(&told);
	memcpy(told.refid, "RATE", sizeof(told.refid));
	told.version = asked->version;
	told.poll = answer_poll(asked->poll < poll ? poll : asked->poll);
	told.origin = asked->transmit;
	told.receive = asked->transmit;
	told.transmit = asked->transmit;
	ntp_encode(&told, answer);
}
