/*
 * One exchange: a new socket, a request, and the one answer that fits it.
 */
#include <sys/socket.h>

#include <bsd/stdlib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "ntpd/engine/query.h"
#include "ntpd/engine/query_socket.h"
#include "ntpd/engine/self.h"

#define ANSWER_TIME	3.0	/* s to wait for an answer */
#define STAMPS		16	/* departures in the error queue, at most */

/*
 * An exchange older than this is not completed, s: our oscillator may have
 * changed by more in that time than T3 gains.
 */
#define EXCHANGE_AGE	300.0

void
query_init(struct query *q)
{
	memset(q, 0, sizeof(*q));
	q->fd = q->slot = -1;
	q->deadline = INSTANT_NEVER;
}

void
query_close(struct query *q)
{
	if (q->fd != -1)
		close(q->fd);
	q->fd = -1;
	mac_wipe(&q->key);
	q->deadline = INSTANT_NEVER;
}

bool
query_is_overdue(const struct query *q, struct instant now)
{
	return !instant_before(now, q->deadline);
}

void
query_came_back(struct query *q, struct ntptime transmit)
{
	if (q->fd != -1 && ntptime_equal(q->asked.transmit, transmit))
		q->came_back = true;
}

void
query_forget(struct query *q)
{
	q->exchange.known = false;
}

/* May the next answer tell more about the last exchange? */
static bool
wants_interleaved(const struct query *q, const struct query_target *target,
    const struct clocks *clocks)
{
	return target->xleave && q->exchange.known &&
	    clocks_read(clocks).now - q->exchange.received.now <= EXCHANGE_AGE;
}

/*
 * A request tells nothing of us but the protocol's version: all fields are
 * zero, the transmit timestamp is random to all but our own servers.  In
 * interleaved mode (RFC 9769 section 2) the server also gets back its own
 * receive timestamp of the last good answer, and a second random number.  With
 * that number it says that it answers in interleaved mode.  If the last request
 * or answer was lost, the same receive timestamp is sent again; a server that
 * has forgotten it answers in basic mode.
 */
static void
make_request(struct query *q, struct ntptime transmit, bool interleaved,
    uint8_t buf[NTP_HEADER_LEN])
{
	struct ntp_packet pkt = {
		.version = NTP_VERSION, .mode = NTP_MODE_CLIENT
	};
	struct request	*asked = &q->asked;

	memset(asked, 0, sizeof(*asked));
	asked->transmit = transmit;
	if (interleaved) {
		asked->origin = q->exchange.receive;
		do {
			arc4random_buf(&asked->receive,
			    sizeof(asked->receive));
		} while (ntptime_is_zero(asked->receive) ||
		    ntptime_equal(asked->receive, asked->transmit));
	}
	pkt.origin = asked->origin;
	pkt.receive = asked->receive;
	pkt.transmit = asked->transmit;
	ntp_encode(&pkt, buf);
}

bool
query_send(struct query *q, const struct query_target *target,
    const struct clocks *clocks, struct instant now)
{
	uint8_t		 buf[NTP_MAX_LEN];
	struct ntp_output out = {
		.bytes = buf, .size = sizeof(buf), .len = NTP_HEADER_LEN
	};

	query_close(q);
	q->fd = query_socket_open(&target->source, &target->addr,
	    clocks->cards.n > 0, &q->local);
	if (q->fd == -1)
		return false;
	make_request(q, target->transmit,
	    wants_interleaved(q, target, clocks), buf);
	if (target->key != NULL) {
		q->key = *target->key;
		out.len = mac_append(&q->key, buf, out.len, MAC_DIGEST_V4);
	}
	q->nts = target->nts;
	if (q->nts != NULL)
		nts_protect(q->nts, &out);
	q->came_back = false;
	q->left = (struct stamp){ .has_kernel = false };
	q->sent = clocks_read(clocks);
	if (send(q->fd, buf, out.len, MSG_NOSIGNAL) != (ssize_t)out.len) {
		query_close(q);
		return false;
	}
	q->deadline = instant_add(now, ANSWER_TIME);
	return true;
}

/* The error queue has the time at which our request really left. */
static void
read_departure(struct query *q)
{
	uint8_t		 buf[NTP_HEADER_LEN];
	int		 i;

	for (i = 0; i < STAMPS; i++)
		if (query_socket_receive(q->fd, MSG_ERRQUEUE, buf, sizeof(buf),
		    &q->left) < 0)
			return;
}

/* Time stamping error of OURS and THEIRS (log2 s) together, s. */
static double
precision_of_both(int8_t ours, int8_t theirs)
{
	return ldexp(1, ours) +
	    ldexp(1, theirs < -32 ? -32 : theirs > 0 ? 0 : theirs);
}

/*
 * The legs of X, which PKT completes, in oscillator time: the readings of our
 * clock without its lead over the oscillator, so that an adjustment between
 * request and answer does no harm.  PRECISION is our own.
 */
static struct legs
make_legs(const struct exchange *x, const struct ntp_packet *pkt,
    int8_t precision)
{
	const struct reading *t1 = &x->sent, *t4 = &x->received;
	int64_t		 near = clocks_near_truth(t4->real);
	int64_t		 t2 = ntptime_to_ns(x->receive, near);
	int64_t		 t3 = ntptime_to_ns(pkt->transmit, near);

	return (struct legs){
		.out = (double)(t2 - t1->real) * 1e-9 + t1->ahead,
		.back = (double)(t4->real - t3) * 1e-9 - t4->ahead,
		.precision = precision_of_both(precision, pkt->precision)
	};
}

/* What the LEGS of X, which PKT completes, say of our clock. */
static void
make_sample(const struct exchange *x, const struct ntp_packet *pkt,
    const struct legs *legs, struct sample *sample)
{
	const struct reading *t1 = &x->sent, *t4 = &x->received;

	sample->offset = sample_offset(legs->out, legs->back, &sample->delay);
	sample->precision = legs->precision;
	sample->delay = fmax(sample->delay, sample->precision);
	sample->trip = fmax(0, t4->now - t1->now);
	sample->when = (t1->now + t4->now) / 2;
	sample->root_delay = ntpshort_to_seconds(pkt->root_delay);
	sample->root_dispersion = ntpshort_to_seconds(pkt->root_dispersion);
	sample->leap = pkt->leap;
	sample->stratum = pkt->stratum;
}

/*
 * Has the server of PKT its time from us, by whatever address?  Its reference
 * id is that address then.  At stratum 1 it is the name of a clock, which may
 * look like one.
 */
static bool
is_loop(const struct ntp_packet *pkt, const struct own_refids *own)
{
	return own != NULL && pkt->stratum > 1 &&
	    self_has_refid(own, pkt->refid);
}

/*
 * Judge ANSWER->pkt, which ends THIS exchange, and fill in the rest of *ANSWER.
 *
 * An interleaved answer has T3 of the exchange before, as the server's kernel
 * saw it.  RFC 9769 has two ways to use it.  This one completes the exchange
 * before, though that is an interval old: its round trip is a real one, and
 * samples can be judged by it.  The other way takes T1 and T2 of the exchange
 * now in progress; its round trip includes the interval, and what the
 * oscillators did in it.
 *
 * If the exchange before gave a sample in basic mode, there is no second one:
 * it would count twice.
 */
static void
judge(struct query *q, struct exchange *this, int8_t precision,
    const struct own_refids *own, struct answer *answer)
{
	const struct ntp_packet *pkt = &answer->pkt;
	const bool	 interleaved = check_interleaved(pkt, &q->asked);
	struct exchange	 x;
	struct legs	 legs;
	uint8_t		 local[4];
	enum check	 check;

	this->sampled = !interleaved;
	this->receive = pkt->receive;
	x = interleaved ? q->exchange : *this;
	legs = make_legs(&x, pkt, precision);
	make_sample(&x, pkt, &legs, &answer->sample);
	addr_refid(&q->local, local);
	check = check_answer(pkt, &q->asked, &legs, local);
	if (check == CHECK_OK && is_loop(pkt, own))
		check = CHECK_LOOP;
	answer->interleaved = interleaved;
	answer->has_sample = !(interleaved && x.sampled);
	answer->stamps = x.stamps;
	if (check == CHECK_OK) {
		answer->kind = ANSWER_GOOD;
		q->exchange = *this;
	} else if (check == CHECK_KISS) {
		answer->kind = ANSWER_KISS;
	} else {
		answer->reason = check_reason(check);
		answer->kind = answer->reason == REASON_NONE ? ANSWER_FORGED :
		    ANSWER_REFUSED;
		/* The fault may be the exchange's: do not use it again. */
		if (interleaved)
			q->exchange.known = false;
	}
}

/*
 * Is PKT, whose bytes are still there, authenticated by the key of the request?
 * Then REASON_NONE, else why not.
 */
static enum reason
check_mac(const struct query *q, const struct ntp_packet *pkt)
{
	struct ntp_mac	 mac;

	if (q->key.id == 0)
		return REASON_NONE;
	if (!ntp_find_mac(pkt, &mac))
		return REASON_NO_MAC;
	if (mac.key_id == 0 && mac.len == 0)
		return REASON_CRYPTO_NAK;
	return mac.key_id == q->key.id && mac_is_right(&q->key, mac.covered,
	    mac.covered_len, mac.digest, mac.len) ? REASON_NONE :
	    REASON_WRONG_MAC;
}

/*
 * Is PKT the server's, as far as that can be known?  An authentic one is the
 * only answer: what comes after it is a copy.
 */
static bool
is_authentic(struct query *q, const struct ntp_packet *pkt)
{
	return q->nts == NULL ||
	    nts_check(q->nts, pkt, instant_now()) == NTS_AUTHENTIC;
}

bool
query_receive(struct query *q, const struct clocks *clocks, int8_t precision,
    const struct own_refids *own, struct answer *answer)
{
	uint8_t		 buf[NTP_MAX_LEN + 1];
	struct stamp	 came = { .has_kernel = false };
	struct exchange	 this;
	struct reading	 r;
	ssize_t		 n;

	if (q->fd == -1)
		return false;
	read_departure(q);
	r = clocks_read(clocks);
	n = query_socket_receive(q->fd, 0, buf, sizeof(buf), &came);
	/* An ICMP error is anybody's word: keep waiting. */
	if (n < 0)
		return false;
	this = query_exchange(q, clocks, &r, &came);
	memset(answer, 0, sizeof(*answer));
	answer->kind = ANSWER_FORGED;
	if (ntp_decode(&answer->pkt, buf, (size_t)n) != NTP_OK ||
	    !is_authentic(q, &answer->pkt))
		return true;
	answer->reason = check_mac(q, &answer->pkt);
	answer->pkt.fields = NULL;	/* they are in BUF */
	answer->pkt.fields_len = 0;
	if (answer->reason == REASON_NONE)
		judge(q, &this, precision, own, answer);
	else if (check_is_answer(&answer->pkt, &q->asked))
		answer->kind = ANSWER_UNAUTHENTIC;
	if (answer->kind == ANSWER_KISS || answer->kind == ANSWER_GOOD ||
	    q->nts != NULL)
		query_close(q);
	return true;
}
