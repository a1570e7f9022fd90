/*
 * One exchange: a new socket, a request, and the one answer that fits it.
 */
#include <sys/socket.h>
#include <sys/uio.h>

#include <bsd/stdlib.h>
#include <errno.h>
#include <time.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <math.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "ntpd/engine/state.h"

#define NS_PER_S	1000000000LL
#define ANSWER_TIME	3.0	/* s to wait for an answer */
#define READS_PER_TURN	16	/* packets of whoever hits the port */

/*
 * An exchange longer ago than this is not worth to be completed, s: what our
 * oscillator may have done since would outweigh what T3 gains.
 */
#define EXCHANGE_AGE	300.0

/* A kernel time stamp further from now than this is not one, s. */
#define STAMP_AGE	1.0

void
query_close(struct query *q)
{
	if (q->fd != -1)
		close(q->fd);
	q->fd = -1;
	q->deadline = INSTANT_NEVER;
}

/*
 * Ask the kernel to say when packets leave and arrive.  If it cannot do both
 * (an old kernel, a socket of a container's own making), then arrivals; if
 * not even that, our own reading of the clock will do.
 */
static void
ask_for_stamps(int fd)
{
	int		 flags = SOF_TIMESTAMPING_SOFTWARE |
	    SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE |
	    SOF_TIMESTAMPING_OPT_TSONLY;
	int		 on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags,
	    sizeof(flags)) == -1)
		(void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on,
		    sizeof(on));
}

static bool
connect_query(const struct engine *e, struct association *a)
{
	const struct config_server *conf = &e->hosts[a->host].conf;
	const struct addr *source = a->addr.family == ADDR_IPV4 ?
	    &conf->source4 : &conf->source6;
	struct sockaddr_storage ss;
	socklen_t	 len = addr_to_sockaddr(&a->addr, &ss);
	int		 fd = a->query.fd;

	if (source->family != ADDR_NONE) {
		struct sockaddr_storage from;
		socklen_t	 from_len = addr_to_sockaddr(source, &from);

		if (bind(fd, (struct sockaddr *)&from, from_len) == -1)
			return false;
	}
	if (connect(fd, (struct sockaddr *)&ss, len) == -1)
		return false;
	len = sizeof(ss);
	if (getsockname(fd, (struct sockaddr *)&ss, &len) == -1 ||
	    !addr_from_sockaddr(&a->query.local, (struct sockaddr *)&ss, len))
		return false;
	/* To ask ourselves would make our own opinion a witness. */
	if (e->setup.listening && addr_same_host(&a->query.local, &a->addr)) {
		errno = ELOOP;
		return false;
	}
	return true;
}

/* May the next answer tell more about A's last exchange? */
static bool
wants_interleaved(const struct engine *e, const struct association *a)
{
	return e->hosts[a->host].conf.xleave && a->exchange.known &&
	    clocks_read(&e->clocks).now - a->exchange.received.now <=
	    EXCHANGE_AGE;
}

/*
 * A request tells nothing of us but the protocol's version: all fields are
 * zero, the transmit timestamp is random.  In interleaved mode (RFC 9769
 * section 2) the server also gets back its own receive timestamp, of the last
 * answer that was good, and a second random number, by which it says that it
 * answers in that mode.  If the last request or answer was lost, the same
 * timestamp goes again: a server that has it no more answers in basic mode.
 */
static void
make_request(const struct engine *e, struct association *a,
    uint8_t buf[NTP_HEADER_LEN])
{
	struct ntp_packet pkt = {
		.version = NTP_VERSION, .mode = NTP_MODE_CLIENT
	};
	struct request	*asked = &a->query.asked;

	memset(asked, 0, sizeof(*asked));
	do {
		arc4random_buf(&asked->transmit, sizeof(asked->transmit));
	} while (ntptime_is_zero(asked->transmit));
	if (wants_interleaved(e, a)) {
		asked->origin = a->exchange.receive;
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
query_send(struct engine *e, struct association *a, struct instant now)
{
	struct query	*q = &a->query;
	uint8_t		 buf[NTP_HEADER_LEN];
	int		 family = a->addr.family == ADDR_IPV4 ?
	    AF_INET : AF_INET6;

	query_close(q);
	q->fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (q->fd == -1)
		return false;
	ask_for_stamps(q->fd);
	if (!connect_query(e, a)) {
		query_close(q);
		return false;
	}
	make_request(e, a, buf);
	q->sent = clocks_read(&e->clocks);
	if (send(q->fd, buf, sizeof(buf), MSG_NOSIGNAL) != sizeof(buf)) {
		query_close(q);
		return false;
	}
	q->deadline = instant_add(now, ANSWER_TIME);
	return true;
}

/*
 * The kernel's time stamp among the control messages of MSG, ns since 1970;
 * FALLBACK if there is none or it cannot be right.
 */
static int64_t
find_stamp(struct msghdr *msg, int64_t fallback)
{
	struct scm_timestamping ts;
	struct cmsghdr	*c;
	int64_t		 ns;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_TIMESTAMPING &&
		    c->cmsg_len >= CMSG_LEN(sizeof(ts)))
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		else if (c->cmsg_type == SCM_TIMESTAMPNS &&
		    c->cmsg_len >= CMSG_LEN(sizeof(ts.ts[0])))
			memcpy(&ts.ts[0], CMSG_DATA(c), sizeof(ts.ts[0]));
		else
			continue;
		ns = ts.ts[0].tv_sec * NS_PER_S + ts.ts[0].tv_nsec;
		if (llabs(fallback - ns) < (int64_t)(STAMP_AGE * NS_PER_S))
			return ns;
	}
	return fallback;
}

static ssize_t
receive(int fd, int flags, uint8_t *buf, size_t size, int64_t *stamp)
{
	_Alignas(struct cmsghdr) char control[256];
	struct iovec	 iov = { .iov_base = buf, .iov_len = size };
	struct msghdr	 msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control)
	};
	ssize_t		 n = recvmsg(fd, &msg, flags | MSG_DONTWAIT);

	if (n >= 0)
		*stamp = find_stamp(&msg, *stamp);
	return n;
}

/* The error queue has the time at which our request really left. */
static void
read_departure(struct engine *e, struct query *q)
{
	int64_t		 stamp = q->sent.real;
	uint8_t		 buf[NTP_HEADER_LEN];
	int		 i;

	for (i = 0; i < READS_PER_TURN; i++) {
		if (receive(q->fd, MSG_ERRQUEUE, buf, sizeof(buf), &stamp) < 0)
			return;
		/* It left after we read the clock, and not much later. */
		if (stamp > q->sent.real)
			q->sent = clocks_at(&e->clocks, &q->sent, stamp);
	}
}

/* Time stamping error of both ends together, s. */
static double
precision(const struct engine *e, const struct ntp_packet *pkt)
{
	int		 theirs = pkt->precision < -32 ? -32 :
	    pkt->precision > 0 ? 0 : pkt->precision;

	return ldexp(1, e->precision) + ldexp(1, theirs);
}

/*
 * Offsets and delay in oscillator time: our clock's readings with its lead
 * over the oscillator taken off, so that adjustments between request and
 * answer do no harm.
 */
static void
make_sample(const struct engine *e, const struct exchange *x,
    const struct ntp_packet *pkt, double *out, double *back,
    struct sample *sample)
{
	const struct reading *t1 = &x->sent, *t4 = &x->received;
	int64_t		 near = clocks_near_truth(t4->real);
	int64_t		 t2 = ntptime_to_ns(x->receive, near);
	int64_t		 t3 = ntptime_to_ns(pkt->transmit, near);

	*out = (double)(t2 - t1->real) * 1e-9 + t1->ahead;
	*back = (double)(t4->real - t3) * 1e-9 - t4->ahead;
	sample->offset = sample_offset(*out, *back, &sample->delay);
	sample->precision = precision(e, pkt);
	sample->delay = fmax(sample->delay, sample->precision);
	sample->when = (t1->now + t4->now) / 2;
	sample->root_delay = ntpshort_to_seconds(pkt->root_delay);
	sample->root_dispersion = ntpshort_to_seconds(pkt->root_dispersion);
	sample->leap = pkt->leap;
	sample->stratum = pkt->stratum;
}

static void
reject(struct engine *e, struct association *a, const char *why,
    struct instant now)
{
	char		 name[ADDR_STRLEN];

	a->rejected++;
	if (log_allowed(&e->complaints, now, NULL))
		log_debug("answer of %s dropped: %s",
		    association_name(a, name), why);
}

/*
 * True if PKT was the answer, so that no other one is waited for.
 *
 * An interleaved answer has T3 of the exchange before, as the server's kernel
 * saw it.  Of the two ways to use it that RFC 9769 has, this is the one that
 * completes that exchange, though it is an interval old: its round trip is a
 * real one, by which samples can be judged.  The other, with T1 and T2 of the
 * exchange now in progress, has the interval, and what the oscillators did
 * in it, within its round trip.
 *
 * If that exchange gave a sample in basic mode, to take it again would be to
 * believe it twice.
 */
static bool
take(struct engine *e, struct association *a, const struct ntp_packet *pkt,
    const struct reading *t4, struct instant now)
{
	const bool	 interleaved = check_interleaved(pkt, &a->query.asked);
	const struct exchange this = {
		.known = true, .sampled = !interleaved, .receive = pkt->receive,
		.sent = a->query.sent, .received = *t4
	};
	struct exchange	 x = interleaved ? a->exchange : this;
	struct sample	 sample;
	double		 out, back;
	uint8_t		 own[4];
	enum check	 check;

	make_sample(e, &x, pkt, &out, &back, &sample);
	addr_refid(&a->query.local, own);
	check = check_answer(pkt, &a->query.asked, out, back,
	    sample.precision, own);
	if (check != CHECK_OK && check != CHECK_KISS) {
		/* Its fault may be the exchange's, which would come again. */
		if (interleaved)
			a->exchange.known = false;
		reject(e, a, check_reason(check), now);
		return false;
	}
	query_close(&a->query);
	if (check == CHECK_KISS) {
		association_kiss(e, a, pkt->refid, now);
		return true;
	}
	a->interleaved = interleaved;
	a->exchange = this;
	association_answer(e, a, pkt,
	    interleaved && x.sampled ? NULL : &sample, now);
	return true;
}

void
query_receive(struct engine *e, struct association *a, struct instant now)
{
	uint8_t		 buf[NTP_MAX_LEN + 1];
	struct ntp_packet pkt;
	struct reading	 r, t4;
	enum ntp_error	 error;
	int64_t		 stamp;
	ssize_t		 n;
	int		 i;

	read_departure(e, &a->query);
	for (i = 0; i < READS_PER_TURN; i++) {
		r = clocks_read(&e->clocks);
		stamp = r.real;
		n = receive(a->query.fd, 0, buf, sizeof(buf), &stamp);
		/* An ICMP error is anybody's word: keep waiting. */
		if (n < 0)
			return;
		t4 = clocks_at(&e->clocks, &r, stamp);
		error = ntp_decode(&pkt, buf, (size_t)n);
		if (error != NTP_OK)
			reject(e, a, ntp_strerror(error), now);
		else if (take(e, a, &pkt, &t4, now))
			return;
	}
}
