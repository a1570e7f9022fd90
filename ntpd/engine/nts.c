/*
 * Keys and cookies of one NTS server.
 */
#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <math.h>
#include <string.h>

#include "common/hostname.h"
#include "ntpd/engine/nts.h"

/* An exchange takes no longer, s: the parent ends its process before. */
#define ASKING_TIME	30.0
#define NAMING_TIME	20.0	/* s, for the name of another server */

/*
 * The next exchange after one that gave nothing, s (RFC 8915 4.2): the second
 * figure is the longest interval.  A server that cannot be reached has no work
 * with it, and the network may be back any moment.
 */
#define RETRY_FIRST	10.0
#define RETRY_LONGEST	432000.0
#define RETRY_UNREACHED	1024.0
#define RETRY_BUSY	2.0

/*
 * The same for one that was never asked, s.  Tuned: it comes before those that
 * take long and give nothing.
 */
#define RETRY_BUSY_FIRST	0.5

/*
 * Keys are not used longer, s.  Tuned: who got hold of a server's certificate
 * is believed for a week after that was revoked.
 */
#define KEYS_AGE	(7 * 86400.0)

void
nts_init(struct nts *n, struct instant now)
{
	memset(n, 0, sizeof(*n));
	n->state = NTS_WANTED;
	n->at = now;
}

bool
nts_is_due(const struct nts *n, struct instant now)
{
	return n->state == NTS_WANTED && !instant_before(now, n->at);
}

bool
nts_is_late(const struct nts *n, struct instant now)
{
	return (n->state == NTS_ASKING || n->state == NTS_NAMING) &&
	    !instant_before(now, n->at);
}

/* After how many s is the next exchange, if LONGEST is the most? */
static double
interval(const struct nts *n, double longest)
{
	if (n->exchanges == 0)
		return 0;
	return fmin(longest, RETRY_FIRST *
	    ldexp(1, n->exchanges < 20 ? (int)n->exchanges - 1 : 20));
}

/* New keys are wanted; the old ones are gone. */
static void
want(struct nts *n, double longest, struct instant now)
{
	explicit_bzero(&n->c2s, sizeof(n->c2s));
	explicit_bzero(&n->s2c, sizeof(n->s2c));
	n->ncookies = 0;
	n->awaited = n->nak = false;
	n->state = NTS_WANTED;
	n->at = instant_add(now, interval(n, longest));
}

bool
nts_is_ready(struct nts *n, struct instant now)
{
	if (n->state == NTS_READY && !instant_before(now, n->at))
		want(n, RETRY_LONGEST, now);
	return n->state == NTS_READY;
}

void
nts_asked(struct nts *n, uint32_t serial, struct instant now)
{
	n->state = NTS_ASKING;
	n->serial = serial;
	n->exchanges++;
	n->at = instant_add(now, ASKING_TIME);
}

void
nts_failed(struct nts *n, enum nts_outcome outcome, const char *why,
    struct instant now)
{
	if (outcome == NTS_BUSY) {
		n->exchanges -= n->exchanges > 0;
		want(n, 0, now);
		n->at = instant_add(now, n->exchanges == 0 ?
		    RETRY_BUSY_FIRST : RETRY_BUSY);
		return;
	}
	strlcpy(n->why, why, sizeof(n->why));
	n->unreached = outcome == NTS_UNREACHABLE;
	want(n, n->unreached ? RETRY_UNREACHED : RETRY_LONGEST, now);
}

/*
 * Can ADDR be a server's that BY sent us to?  Only this machine itself can send
 * us to this machine.
 */
static bool
is_usable(const struct addr *addr, const struct addr *by)
{
	return addr_is_unicast(addr) &&
	    (!addr_is_loopback(addr) || addr_is_loopback(by));
}

void
nts_hurry(struct nts *n, struct instant now)
{
	if (n->state != NTS_WANTED || !n->unreached)
		return;
	n->exchanges = 0;
	n->at = now;
}

bool
nts_retry(struct nts *n, struct instant now)
{
	if (n->state != NTS_WANTED || !instant_before(now, n->at))
		return false;
	n->at = now;
	return true;
}

/* Where the server that the answer A is about has NTP, into N->addr. */
static bool
find_server(struct nts *n, const struct ke_answer *a,
    const struct nts_default *otherwise)
{
	char		 interface[IF_NAMESIZE];
	const uint16_t	 port = a->port != 0 ? a->port : otherwise->port;

	/* What has a low port is a service that has not asked for packets. */
	if (a->port != 0 && a->port != NTP_PORT && a->port < 1024)
		return false;
	n->addr = otherwise->addr;
	if (a->server[0] != '\0' && !addr_parse_on(&n->addr, a->server, port,
	    interface)) {
		n->addr.family = ADDR_NONE;
		n->addr.port = port;
		return hostname_valid(a->server);
	}
	n->addr.port = port;
	return is_usable(&n->addr, &otherwise->addr);
}

/* Keys and cookies of A, whose numbers are somebody else's word. */
static bool
take(struct nts *n, const struct nts_keys *keys)
{
	const struct ke_answer *a = &keys->answer;
	size_t		 i;

	n->ncookies = 0;
	if (aead_key_len((uint16_t)a->aead) == 0 || a->ncookies > KE_COOKIES)
		return false;
	for (i = 0; i < a->ncookies; i++)
		if (a->cookies[i].len > 0 && a->cookies[i].len <=
		    KE_COOKIE_MOST)
			n->cookies[n->ncookies++] = a->cookies[i];
	n->aead = a->aead;
	aead_set_key(&n->c2s, a->aead, keys->c2s);
	aead_set_key(&n->s2c, a->aead, keys->s2c);
	n->unproven = keys->unproven != 0;
	n->first = keys->first;
	n->last = keys->last;
	return n->ncookies > 0;
}

static void
ready(struct nts *n, struct instant now)
{
	n->state = NTS_READY;
	n->since = now;
	n->at = instant_add(now, KEYS_AGE);
	n->why[0] = '\0';
}

const char *
nts_take_keys(struct nts *n, const struct nts_keys *keys,
    const struct nts_default *otherwise, uint32_t serial, struct instant now)
{
	if (!take(n, keys))
		return "the keys are of no use";
	if (!find_server(n, &keys->answer, otherwise))
		return "the NTP server that it names cannot be one";
	if (n->addr.family == ADDR_NONE) {
		n->state = NTS_NAMING;
		n->serial = serial;
		n->at = instant_add(now, NAMING_TIME);
	} else
		ready(n, now);
	return NULL;
}

void
nts_named(struct nts *n, const struct addr *addr, struct instant now)
{
	const uint16_t	 port = n->addr.port;

	n->addr = *addr;
	n->addr.port = port;
	ready(n, now);
}

/* Placeholders for the cookies that we lack, as far as there is room. */
static void
put_placeholders(const struct nts *n, struct ntp_output *out,
    size_t cookie_len)
{
	struct ntp_output next = *out;
	size_t		 i;

	next.size -= NTS_AUTHENTICATOR_LEN(0);
	/* The answer has one cookie for the one that is spent. */
	for (i = n->ncookies + 1; i < KE_COOKIES; i++) {
		ntp_put_field(&next, NTS_PLACEHOLDER, NULL, cookie_len);
		if (next.len == 0)
			return;
		out->len = next.len;
	}
}

void
nts_protect(struct nts *n, struct ntp_output *out)
{
	const struct ke_cookie cookie = n->cookies[0];
	const struct aead_bytes nothing = { out->bytes, 0 };
	uint8_t		 nonce[AEAD_NONCE_LEN];

	n->ncookies--;
	memmove(n->cookies, n->cookies + 1, n->ncookies * sizeof(cookie));
	arc4random_buf(n->unique_id, sizeof(n->unique_id));
	arc4random_buf(nonce, sizeof(nonce));
	n->awaited = true;
	n->nak = false;
	ntp_put_field(out, NTS_UNIQUE_ID, n->unique_id, sizeof(n->unique_id));
	ntp_put_field(out, NTS_COOKIE, cookie.bytes, cookie.len);
	put_placeholders(n, out, cookie.len);
	nts_seal(out, &n->c2s, nonce, nothing);
}

/* Does PKT have our unique identifier? */
static bool
is_ours(const struct nts *n, const struct nts_fields *f)
{
	return n->awaited && f->unique_id.len == sizeof(n->unique_id) &&
	    memcmp(f->unique_id.bytes, n->unique_id,
	    sizeof(n->unique_id)) == 0;
}

static void
take_cookies(struct nts *n, struct aead_bytes plain)
{
	struct ntp_field field;
	struct ke_cookie *cookie;
	size_t		 pos = 0;

	while (n->ncookies < KE_COOKIES &&
	    nts_next_field(plain, &pos, &field)) {
		if (field.type != NTS_COOKIE || field.len == 0 ||
		    field.len > KE_COOKIE_MOST)
			continue;
		cookie = &n->cookies[n->ncookies++];
		cookie->len = (uint16_t)field.len;
		memcpy(cookie->bytes, field.value, field.len);
	}
}

enum nts_proof
nts_check(struct nts *n, const struct ntp_packet *pkt, struct instant now)
{
	uint8_t		 plain[NTP_MAX_LEN];
	struct nts_fields f;
	size_t		 len;
	enum nts_form	 form = nts_read(&f, pkt);

	if (form == NTS_BROKEN || !is_ours(n, &f))
		return NTS_FOREIGN;
	if (form == NTS_ABSENT) {
		if (pkt->mode != NTP_MODE_SERVER || pkt->stratum != 0 ||
		    memcmp(pkt->refid, "NTSN", sizeof(pkt->refid)) != 0)
			return NTS_FOREIGN;
		n->nak = true;
		return NTS_NAK;
	}
	if (!nts_open(&f, &n->s2c, plain, &len))
		return NTS_FOREIGN;
	n->awaited = n->nak = false;
	n->exchanges = 0;
	take_cookies(n, (struct aead_bytes){ plain, len });
	if (n->ncookies == 0)
		want(n, RETRY_LONGEST, now);
	return NTS_AUTHENTIC;
}

bool
nts_may_say(const struct nts *n, double time)
{
	return !n->unproven || (time >= (double)n->first &&
	    time <= (double)n->last);
}

void
nts_missed(struct nts *n, struct instant now)
{
	n->awaited = false;
	if (n->state == NTS_READY && (n->nak || n->ncookies == 0))
		want(n, RETRY_LONGEST, now);
}
