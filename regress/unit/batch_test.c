/*
 * Batches of requests, without a network: the test plays the kernel, that is
 * recvmmsg(2), sendmmsg(2) and the clock.
 */
#include <sys/param.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/net_tstamp.h>
#include <math.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/ntptime.h"
#include "ntpd/server/batch.h"
#include "regress/unit/unit.h"

#define SERVER_FD	77
#define NOW		1767225600	/* 2026-01-01 */
#define ARRIVED		(NOW - 2)	/* a request that had to wait */

/* One datagram in the receive queue. */
struct datagram {
	union sender from;
	uint8_t		 control[512];
	size_t		 control_len;
	int		 flags;
	size_t		 len;
	uint8_t		 first;		/* byte of the request */
	uint8_t		 number;	/* last byte of it, so of the origin */
	uint8_t		 times[16];	/* its origin and receive timestamps */
	struct ntptime	 marked;	/* its transmit timestamp; or zero */
};

/* The kernel. */
static struct {
	struct datagram	 queue[BATCH_MAX];
	unsigned	 waiting;
	int		 receive_error;
	int		 send_error[UINT8_MAX + 1]; /* for each number */
	long		 send_ns;		/* it takes */
	uint8_t		 held_up;		/* number that takes 10 ms */
	struct timespec	 clock;
	unsigned	 calls;			/* of sendmmsg */
	unsigned	 stamp_calls;		/* for the error queue */
	bool		 no_stamps;		/* they take their time */
	int		 stamp_flags;		/* what is wrong with them */
	unsigned	 sent;
	struct {
		uint8_t		 bytes[NTP_HEADER_LEN + MAC_LEN_MOST];
		union sender to;
		socklen_t	 to_len;
		uint8_t		 control[64];
		size_t		 control_len;
		struct timespec	 left;
		bool		 stamp;		/* is in the error queue */
	} out[BATCH_MAX];
} kernel;

static struct access	 everybody;
static struct clients	 clients;
static struct keyring	 keyring;
static struct mac_key	 mac_key = { .id = 5, .algorithm = MAC_SHA1,
			    .length = 16 };
static size_t		 mac_len;	/* of all requests; 0: they have none */

/* B as of a server without rules and limits. */
static void
start(struct batch *b)
{
	static const struct siphash_key key = { 1, 2 };

	memset(&clients, 0, sizeof(clients));
	clients_init(&clients, &key);
	batch_init(b, &everybody, &clients, &keyring);
}

/*
 * Like Linux's put_cmsg(): a message that there is no room for is cut off, and
 * one without room for its header is left out.
 */
static void
give_control(struct msghdr *hdr, const struct datagram *d)
{
	uint8_t		*to = hdr->msg_control;
	struct cmsghdr	 cmsg;
	size_t		 at = 0, given = 0, len, room = hdr->msg_controllen;

	for (; at < d->control_len; at += CMSG_ALIGN(cmsg.cmsg_len)) {
		memcpy(&cmsg, d->control + at, sizeof(cmsg));
		len = cmsg.cmsg_len;
		if (len > room - given)
			hdr->msg_flags |= MSG_CTRUNC;
		if (room - given < sizeof(cmsg))
			break;
		len = MIN(len, room - given);
		memcpy(to + given, d->control + at, len);
		memcpy(to + given + offsetof(struct cmsghdr, cmsg_len), &len,
		    sizeof(len));
		given += MIN(CMSG_ALIGN(len), room - given);
	}
	hdr->msg_controllen = given;
}

#define HEADERS		(14 + 20 + 8)	/* of Ethernet, IPv4 and UDP */
#define LEFT_LATE	5000		/* ns that an answer takes to leave */

/* When answer K really left. */
static struct ntptime
left(unsigned k)
{
	struct timespec	 ts = kernel.out[k].left;

	ts.tv_nsec += LEFT_LATE;
	return ntptime_from_timespec(&ts);
}

/* Return answer K with its headers, and when it left. */
static void
put_stamp(struct mmsghdr *v, unsigned k)
{
	struct timespec	 ts[3] = { kernel.out[k].left, { 0, 0 }, { 0, 0 } };
	struct cmsghdr	 cmsg = { .cmsg_level = SOL_SOCKET,
	    .cmsg_type = SCM_TIMESTAMPING, .cmsg_len = CMSG_LEN(sizeof(ts)) };
	uint8_t		*bytes = v->msg_hdr.msg_iov->iov_base;
	uint8_t		*control = v->msg_hdr.msg_control;

	ts[0].tv_nsec += LEFT_LATE;
	assert_true(v->msg_hdr.msg_iov->iov_len >= HEADERS + NTP_HEADER_LEN);
	assert_true(v->msg_hdr.msg_controllen >= CMSG_SPACE(sizeof(ts)));
	if ((kernel.stamp_flags & MSG_CTRUNC) != 0)
		cmsg.cmsg_len--;
	memset(bytes, 0xff, HEADERS);
	bytes[HEADERS - 4] = 0;			/* UDP's length */
	bytes[HEADERS - 3] = (uint8_t)(8 + NTP_HEADER_LEN + mac_len);
	memcpy(bytes + HEADERS, kernel.out[k].bytes, NTP_HEADER_LEN + mac_len);
	memcpy(control, &cmsg, sizeof(cmsg));
	memcpy(control + CMSG_LEN(0), ts, sizeof(ts));
	v->msg_hdr.msg_controllen = CMSG_SPACE(sizeof(ts));
	v->msg_hdr.msg_flags = kernel.stamp_flags;
	v->msg_len = (unsigned)(HEADERS + NTP_HEADER_LEN + mac_len);
	kernel.out[k].stamp = false;
}

static int
read_error_queue(struct mmsghdr *v, unsigned n)
{
	unsigned	 k, found = 0;

	kernel.stamp_calls++;
	for (k = 0; k < kernel.sent && found < n && !kernel.no_stamps; k++)
		if (kernel.out[k].stamp)
			put_stamp(&v[found++], k);
	errno = EAGAIN;
	return found > 0 ? (int)found : -1;
}

/* T, unless it is zero, as the wire has it. */
static void
put_marked(uint8_t bytes[8], struct ntptime t)
{
	int		 i;

	for (i = 0; i < 8 && t.value != 0; i++)
		bytes[i] = (uint8_t)(t.value >> (56 - 8 * i));
}

int
recvmmsg(int fd, struct mmsghdr *v, unsigned n, int flags,
    struct timespec *timeout)
{
	struct datagram	*d;
	uint8_t		*bytes;
	unsigned	 i;

	assert_int_equal(fd, SERVER_FD);
	assert_true((flags & MSG_DONTWAIT) != 0);
	assert_null(timeout);
	if ((flags & MSG_ERRQUEUE) != 0)
		return read_error_queue(v, n);
	if (kernel.receive_error != 0 || kernel.waiting == 0) {
		errno = kernel.receive_error != 0 ? kernel.receive_error :
		    EAGAIN;
		return -1;
	}
	for (i = 0; i < n && i < kernel.waiting; i++) {
		d = &kernel.queue[i];
		assert_true(v[i].msg_hdr.msg_namelen >= sizeof(d->from));
		assert_int_equal(v[i].msg_hdr.msg_flags, 0);
		memcpy(v[i].msg_hdr.msg_name, &d->from, sizeof(d->from));
		v[i].msg_hdr.msg_namelen = d->from.sa.sa_family == AF_INET ?
		    sizeof(d->from.in) : sizeof(d->from.in6);
		v[i].msg_hdr.msg_flags = d->flags;
		give_control(&v[i].msg_hdr, d);
		v[i].msg_len = (unsigned)d->len;
		bytes = v[i].msg_hdr.msg_iov->iov_base;
		assert_true(v[i].msg_hdr.msg_iov->iov_len >= d->len);
		memset(bytes, 0, d->len);
		if (d->len > 0)
			bytes[0] = d->first;
		if (d->len == NTP_HEADER_LEN) {
			memcpy(bytes + 24, d->times, sizeof(d->times));
			bytes[47] = d->number;
			put_marked(bytes + 40, d->marked);
			if (mac_len > 0)
				v[i].msg_len = (unsigned)mac_append(&mac_key,
				    bytes, d->len, MAC_DIGEST_V4);
		}
	}
	kernel.waiting = 0;
	return (int)i;
}

/* Does HDR ask for the time at which it leaves? */
static bool
wants_stamp(const struct msghdr *hdr)
{
	struct msghdr	 copy = *hdr;
	struct cmsghdr	*c;
	uint32_t	 flags = 0;

	for (c = CMSG_FIRSTHDR(&copy); c != NULL; c = CMSG_NXTHDR(&copy, c))
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SO_TIMESTAMPING) {
			assert_int_equal(c->cmsg_len, CMSG_LEN(sizeof(flags)));
			memcpy(&flags, CMSG_DATA(c), sizeof(flags));
			assert_int_equal(flags, SOF_TIMESTAMPING_TX_SOFTWARE);
		}
	return flags != 0;
}

static void
deliver(const struct msghdr *hdr)
{
	unsigned	 k = kernel.sent++;

	assert_int_equal(hdr->msg_iov->iov_len, NTP_HEADER_LEN + mac_len);
	memcpy(kernel.out[k].bytes, hdr->msg_iov->iov_base,
	    hdr->msg_iov->iov_len);
	if (mac_len > 0)
		assert_true(mac_is_right(&mac_key, kernel.out[k].bytes,
		    NTP_HEADER_LEN, kernel.out[k].bytes + NTP_HEADER_LEN + 4,
		    mac_len - 4));
	memcpy(&kernel.out[k].to, hdr->msg_name, hdr->msg_namelen);
	kernel.out[k].to_len = hdr->msg_namelen;
	if (hdr->msg_controllen != 0)
		memcpy(kernel.out[k].control, hdr->msg_control,
		    hdr->msg_controllen);
	kernel.out[k].control_len = hdr->msg_controllen;
	kernel.out[k].left = kernel.clock;
	kernel.out[k].stamp = wants_stamp(hdr);
	kernel.clock.tv_nsec += kernel.send_ns;
	if (kernel.held_up != 0 && kernel.out[k].bytes[31] == kernel.held_up)
		kernel.clock.tv_nsec += 10000000;
}

/* Like Linux: the error of one that is not the first is lost. */
int
sendmmsg(int fd, struct mmsghdr *v, unsigned n, int flags)
{
	const uint8_t	*bytes;
	unsigned	 i;

	assert_int_equal(fd, SERVER_FD);
	assert_true((flags & MSG_DONTWAIT) != 0);
	assert_true(n > 0);
	kernel.calls++;
	for (i = 0; i < n; i++) {
		bytes = v[i].msg_hdr.msg_iov->iov_base;
		errno = kernel.send_error[bytes[31]];
		if (errno != 0)
			break;
		deliver(&v[i].msg_hdr);
	}
	return i > 0 ? (int)i : -1;
}

/* How far CLOCK_REALTIME was set, s; CLOCK_MONOTONIC runs with it. */
static time_t	 clock_set_by;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	*ts = kernel.clock;
	if (id != CLOCK_REALTIME)
		ts->tv_sec -= NOW - 1000000 + clock_set_by;
	return 0;
}

static void
kernel_reset(void)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.clock.tv_sec = NOW + clock_set_by;
}

static void
add_control(struct datagram *d, int level, int type, const void *data,
    size_t len)
{
	struct cmsghdr	 cmsg = { .cmsg_level = level, .cmsg_type = type,
	    .cmsg_len = CMSG_LEN(len) };

	memcpy(d->control + d->control_len, &cmsg, sizeof(cmsg));
	memcpy(d->control + d->control_len + CMSG_LEN(0), data, len);
	d->control_len += CMSG_SPACE(len);
}

/* A good request from 192.0.2.NUMBER without any control message. */
static struct datagram *
add_bare_request(uint8_t number)
{
	struct datagram	*d = &kernel.queue[kernel.waiting++];

	memset(d, 0, sizeof(*d));
	d->from.in.sin_family = AF_INET;
	d->from.in.sin_port = htons(123);
	d->from.in.sin_addr.s_addr = htonl(0xc0000200U | number);
	d->len = NTP_HEADER_LEN;
	d->first = 0x23;
	d->number = number;
	return d;
}

static void
add_stamp(struct datagram *d, int type)
{
	struct timespec	 ts[3] = { { ARRIVED, 500000000 }, { 0, 0 }, { 0, 0 } };

	add_control(d, SOL_SOCKET, type, ts, type == SCM_TIMESTAMPNS ?
	    sizeof(ts[0]) : sizeof(ts));
}

static void
add_ipv4(struct datagram *d, const char *asked, const char *source)
{
	struct in_pktinfo info = { .ipi_ifindex = 3 };

	assert_int_equal(inet_pton(AF_INET, asked, &info.ipi_addr), 1);
	assert_int_equal(inet_pton(AF_INET, source, &info.ipi_spec_dst), 1);
	add_control(d, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
}

/* A good request from 192.0.2.NUMBER to 198.51.100.1. */
static struct datagram *
add_request(uint8_t number)
{
	struct datagram	*d = add_bare_request(number);

	add_ipv4(d, "198.51.100.1", "198.51.100.1");
	return d;
}

static void
add_ipv6(struct datagram *d, const char *asked)
{
	struct in6_pktinfo info = { .ipi6_ifindex = 3 };

	d->from.in6.sin6_family = AF_INET6;
	assert_int_equal(inet_pton(AF_INET6, asked, &info.ipi6_addr), 1);
	add_control(d, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
}

static const struct {
	const char	*name;
	const char	*asked;		/* address, or NULL: not told */
	const char	*source;	/* what the kernel would answer from */
	const char	*answer;	/* address to answer from, or NULL */
	unsigned	 interface;	/* to answer by */
	bool		 answered;
	int		 flags;
	size_t		 len;
	uint8_t		 first;
	uint16_t	 port;
} datagrams[] = {
	{ "IPv4", "198.51.100.1", "198.51.100.1", "198.51.100.1", 0, true,
	    0, 48, 0x23, 123 },
	{ "to nobody knows where", NULL, NULL, NULL, 0, false,
	    0, 48, 0x23, 123 },
	{ "IPv4 broadcast", "198.51.100.255", "198.51.100.1", NULL, 0, false,
	    0, 48, 0x23, 123 },
	{ "IPv4 multicast", "224.0.1.1", "198.51.100.1", NULL, 0, false,
	    0, 48, 0x23, 123 },
	{ "IPv6", "2001:db8::1", NULL, "2001:db8::1", 0, true,
	    0, 48, 0x23, 123 },
	{ "IPv6 link-local", "fe80::1", NULL, "fe80::1", 3, true,
	    0, 48, 0x23, 123 },
	{ "IPv6 multicast", "ff02::101", NULL, NULL, 0, false,
	    0, 48, 0x23, 123 },
	{ "a high port", "198.51.100.1", "198.51.100.1", "198.51.100.1", 0,
	    true, 0, 48, 0x23, 65535 },
	{ "port 0", "198.51.100.1", "198.51.100.1", NULL, 0, false,
	    0, 48, 0x23, 0 },
	{ "IPv6 port 0", "2001:db8::1", NULL, NULL, 0, false,
	    0, 48, 0x23, 0 },
	{ "longer than what is read", "198.51.100.1", "198.51.100.1",
	    "198.51.100.1", 0, true, MSG_TRUNC, 48, 0x23, 123 },
	{ "control messages cut off", "198.51.100.1", "198.51.100.1", NULL, 0,
	    false, MSG_CTRUNC, 48, 0x23, 123 },
	{ "too short", "198.51.100.1", "198.51.100.1", NULL, 0, false,
	    0, 47, 0x23, 123 },
	{ "empty", "198.51.100.1", "198.51.100.1", NULL, 0, false,
	    0, 0, 0x23, 123 },
	{ "no request", "198.51.100.1", "198.51.100.1", NULL, 0, false,
	    0, 48, 0x24, 123 },
};

static void
check_source(size_t i)
{
	struct in_pktinfo info4;
	struct in6_pktinfo info6;
	struct cmsghdr	 cmsg;
	uint8_t		*data = kernel.out[0].control + CMSG_LEN(0);
	uint8_t		 expected[16];

	if (datagrams[i].answer == NULL) {
		assert_int_equal(kernel.out[0].control_len, 0);
		return;
	}
	memcpy(&cmsg, kernel.out[0].control, sizeof(cmsg));
	if (strchr(datagrams[i].answer, ':') == NULL) {
		inet_pton(AF_INET, datagrams[i].answer, expected);
		memcpy(&info4, data, sizeof(info4));
		assert_int_equal(cmsg.cmsg_type, IP_PKTINFO);
		assert_int_equal(cmsg.cmsg_len, CMSG_LEN(sizeof(info4)));
		assert_memory_equal(&info4.ipi_spec_dst, expected, 4);
		assert_int_equal(info4.ipi_ifindex, datagrams[i].interface);
	} else {
		inet_pton(AF_INET6, datagrams[i].answer, expected);
		memcpy(&info6, data, sizeof(info6));
		assert_int_equal(cmsg.cmsg_type, IPV6_PKTINFO);
		assert_int_equal(cmsg.cmsg_len, CMSG_LEN(sizeof(info6)));
		assert_memory_equal(&info6.ipi6_addr, expected, 16);
		assert_int_equal(info6.ipi6_ifindex, datagrams[i].interface);
	}
}

static void
test_datagrams(void **state)
{
	static struct batch b;
	struct answer_source src;
	struct datagram	*d;
	size_t		 i;

	(void)state;
	answer_source_none(&src);
	for (i = 0; i < COUNT(datagrams); i++) {
		print_message("# %s\n", datagrams[i].name);
		kernel_reset();
		start(&b);
		d = add_bare_request(1);
		d->flags = datagrams[i].flags;
		d->len = datagrams[i].len;
		d->first = datagrams[i].first;
		add_stamp(d, SCM_TIMESTAMPNS);
		if (datagrams[i].source != NULL)
			add_ipv4(d, datagrams[i].asked, datagrams[i].source);
		else if (datagrams[i].asked != NULL)
			add_ipv6(d, datagrams[i].asked);
		d->from.in.sin_port = htons(datagrams[i].port);
		assert_int_equal(batch_serve(&b, SERVER_FD, &src), BATCH_IDLE);
		assert_int_equal(kernel.sent, datagrams[i].answered);
		if (kernel.sent == 0)
			continue;
		assert_memory_equal(&kernel.out[0].to, &d->from,
		    kernel.out[0].to_len);
		check_source(i);
	}
}

/*
 * A socket that tells more than there is room for: as long as all of it fits
 * the request is answered, then no longer.
 */
static void
test_no_room_for_control(void **state)
{
	static struct batch b;
	static const uint8_t more[256];
	struct answer_source src;
	struct datagram	*d;
	size_t		 fits, len;

	(void)state;
	answer_source_none(&src);
	fits = sizeof(union batch_control) -
	    CMSG_SPACE(sizeof(struct in_pktinfo)) - CMSG_LEN(0);
	for (len = 0; len <= sizeof(more); len++) {
		kernel_reset();
		start(&b);
		d = add_bare_request(1);
		add_control(d, SOL_SOCKET, SO_MARK, more, len);
		add_ipv4(d, "198.51.100.1", "198.51.100.1");
		batch_serve(&b, SERVER_FD, &src);
		assert_int_equal(kernel.sent, len <= fits);
		assert_int_equal(b.counters.bad_destination, len > fits);
	}
}

static void
test_stamps(void **state)
{
	static struct batch b;
	struct answer_source src;
	struct ntp_packet pkt;
	const struct timespec arrived = { ARRIVED, 500000000 };
	const struct timespec now = { NOW, 0 };
	unsigned	 i;

	(void)state;
	kernel_reset();
	start(&b);
	answer_source_none(&src);
	add_stamp(add_request(0), SCM_TIMESTAMPNS);
	add_stamp(add_request(1), SCM_TIMESTAMPING);
	add_request(2);
	assert_int_equal(batch_serve(&b, SERVER_FD, &src), BATCH_BUSY);
	assert_int_equal(kernel.sent, 3);
	assert_int_equal(kernel.calls, 1);
	for (i = 0; i < 3; i++) {
		ntp_decode(&pkt, kernel.out[i].bytes, NTP_HEADER_LEN);
		assert_true(ntptime_equal(pkt.receive,
		    ntptime_from_timespec(i < 2 ? &arrived : &now)));
		assert_true(ntptime_equal(pkt.transmit,
		    ntptime_from_timespec(&now)));
	}
}

/* The last byte of the IPv4 address that answer K left from. */
static unsigned
source_of(unsigned k)
{
	struct in_pktinfo info;

	assert_int_equal(kernel.out[k].control_len, CMSG_SPACE(sizeof(info)));
	memcpy(&info, kernel.out[k].control + CMSG_LEN(0), sizeof(info));
	return ntohl(info.ipi_spec_dst.s_addr) & 0xff;
}

/* How interleaved mode goes, and why it may be no better than basic mode. */
static const struct interleaving {
	const char	*name;
	bool		 enabled, no_stamps;
	int		 flags;
	bool		 interleaved, precise;
} interleavings[] = {
	{ "as it should be", true, false, 0, true, true },
	{ "the kernel says nothing", true, true, 0, true, false },
	{ "a packet is cut off", true, false, MSG_TRUNC, true, false },
	{ "a time stamp is cut off", true, false, MSG_CTRUNC, true, false },
	{ "not enabled", false, false, 0, false, false },
};

/*
 * Ask with the receive timestamp of LAST, NUMBER + 40 as one's own and NUMBER
 * as transmit timestamp, where it goes as WAY has it; returns the answer.
 */
static struct ntp_packet
ask_interleaved(struct batch *b, const struct ntp_packet *last,
    uint8_t number, const struct interleaving *way)
{
	struct answer_source src;
	struct datagram	*d;
	struct ntp_packet pkt;
	struct ntp_packet names = { .version = 4, .mode = NTP_MODE_CLIENT,
	    .origin = last->receive, .receive = { number + 40U } };
	uint8_t		 bytes[NTP_HEADER_LEN];

	answer_source_none(&src);
	kernel_reset();
	kernel.no_stamps = way->no_stamps;
	kernel.stamp_flags = way->flags;
	d = add_request(number);
	add_stamp(d, SCM_TIMESTAMPING);
	add_ipv4(d, "198.51.100.1", "198.51.100.1");
	d->from.in.sin_addr.s_addr = htonl(0xc0000201U);
	ntp_encode(&names, bytes);
	memcpy(d->times, bytes + 24, sizeof(d->times));
	batch_serve(b, SERVER_FD, &src);
	assert_int_equal(kernel.sent, 1);
	assert_int_equal(ntp_decode(&pkt, kernel.out[0].bytes,
	    NTP_HEADER_LEN), NTP_OK);
	return pkt;
}

static void
test_interleaved(void **state)
{
	static struct batch b;
	struct xleave	*x;
	struct ntp_packet first, second, third, none = { .leap = 0 };
	const struct interleaving *way;
	struct ntptime	 when;

	(void)state;
	for (way = interleavings; way < interleavings + COUNT(interleavings);
	    way++) {
		print_message("# %s\n", way->name);
		start(&b);
		assert_non_null(x = xleave_new(1));
		b.xleave = way->enabled ? x : NULL;
		first = ask_interleaved(&b, &none, 1, way);
		assert_int_equal(kernel.stamp_calls, 0);
		assert_false(kernel.out[0].stamp);
		assert_int_equal(first.origin.value, 1);

		second = ask_interleaved(&b, &first, 2, way);
		assert_int_equal(kernel.stamp_calls, way->enabled);
		assert_int_equal(second.origin.value, 2);
		when = way->precise ? left(0) : second.transmit;
		third = ask_interleaved(&b, &second, 3, way);
		assert_int_equal(third.origin.value,
		    way->interleaved ? 43 : 3);
		assert_int_equal(b.counters.interleaved, way->interleaved);
		assert_int_equal(b.counters.authenticated, mac_len > 0 ? 3 : 0);
		if (way->interleaved)
			assert_int_equal(third.transmit.value,
			    when.value & ~1ULL);
		free(x);
	}
}

/* The stamp of an answer with a MAC is found, too. */
static void
test_interleaved_with_a_key(void **state)
{
	keyring.keys = &mac_key;
	keyring.n = 1;
	mac_len = 24;
	test_interleaved(state);
	mac_len = 0;
	keyring = (struct keyring){ 0 };
}

/*
 * An interleaved answer would have a time of before and one of after the clock
 * was set: it is a basic one.  The next one is interleaved again.
 */
static void
test_interleaved_when_the_clock_is_set(void **state)
{
	static const time_t steps[] = { 2000, -2000, 1, -1 };
	static struct batch b;
	struct ntp_packet pkt = { .leap = 0 };
	size_t		 i;

	(void)state;
	start(&b);
	assert_non_null(b.xleave = xleave_new(1));
	pkt = ask_interleaved(&b, &pkt, 1, &interleavings[0]);
	for (i = 0; i < COUNT(steps); i++) {
		pkt = ask_interleaved(&b, &pkt, 2, &interleavings[0]);
		pkt = ask_interleaved(&b, &pkt, 3, &interleavings[0]);
		assert_int_equal(pkt.origin.value, 43);
		clock_set_by += steps[i];
		pkt = ask_interleaved(&b, &pkt, 4, &interleavings[0]);
		assert_int_equal(pkt.origin.value, 4);
	}
	free(b.xleave);
	clock_set_by = 0;
}

/*
 * What is no request leaves no gap and takes nobody's answer, in this batch
 * and in a full one after it.
 */
static void
test_mixed_batch(void **state)
{
	static struct batch b;
	struct answer_source src;
	struct datagram	*d;
	uint8_t		 i;
	unsigned	 k = 0;

	(void)state;
	kernel_reset();
	start(&b);
	answer_source_none(&src);
	for (i = 0; i < BATCH_MAX; i++) {
		d = add_request(i);
		if (i % 3 == 1)
			d->first = 0x26;
		if (i % 5 == 2)
			d->len = 12;
		if (i % 7 == 3)
			add_ipv4(d, "198.51.100.2", "198.51.100.2");
	}
	assert_int_equal(batch_serve(&b, SERVER_FD, &src), BATCH_BUSY);
	for (i = 0; i < BATCH_MAX; i++) {
		if (i % 3 == 1 || i % 5 == 2)
			continue;
		assert_int_equal(kernel.out[k].bytes[31], i);
		assert_int_equal(ntohl(kernel.out[k].to.in.sin_addr.s_addr),
		    0xc0000200U | i);
		assert_int_equal(source_of(k), i % 7 == 3 ? 2 : 1);
		k++;
	}
	assert_int_equal(kernel.sent, k);
	assert_int_equal(kernel.calls, 1);

	kernel_reset();
	for (i = 0; i < BATCH_MAX; i++)
		add_request(i);
	batch_serve(&b, SERVER_FD, &src);
	assert_int_equal(kernel.sent, BATCH_MAX);
	for (i = 0; i < BATCH_MAX; i++) {
		assert_int_equal(kernel.out[i].bytes[31], i);
		assert_int_equal(source_of(i), 1);
	}
}

/* A bound socket is not told where it was asked, and need not tell. */
static void
test_bound(void **state)
{
	static struct batch b;
	struct answer_source src;
	struct datagram	*d;

	(void)state;
	kernel_reset();
	start(&b);
	b.bound = true;
	answer_source_none(&src);
	add_bare_request(1);
	d = add_bare_request(2);
	add_ipv4(d, "198.51.100.255", "198.51.100.1");	/* told all the same */
	batch_serve(&b, SERVER_FD, &src);
	assert_int_equal(kernel.sent, 1);
	assert_int_equal(kernel.out[0].control_len, 0);
	assert_int_equal(b.counters.bad_destination, 1);
}

static const struct {
	const char	*name;
	int		 error;
	unsigned	 from, to;	/* numbers of the answers that fail */
	unsigned	 sent;		/* of 8 */
	unsigned	 most_calls;
} failures[] = {
	{ "the first unreachable", EHOSTUNREACH, 0, 0, 7, 2 },
	{ "one in the middle", ENETUNREACH, 3, 3, 7, 3 },
	{ "two in a row", EPERM, 3, 4, 6, 4 },
	{ "the last", EINVAL, 7, 7, 7, 2 },
	{ "all refused by a filter", EPERM, 0, 7, 0, 8 },
	{ "the queue is full from the first", EAGAIN, 0, 7, 0, 1 },
	{ "the queue is full from the third", ENOBUFS, 2, 7, 2, 3 },
};

static void
test_send_failures(void **state)
{
	static struct batch b;
	struct answer_source src;
	size_t		 i;
	uint8_t		 k;

	(void)state;
	answer_source_none(&src);
	for (i = 0; i < COUNT(failures); i++) {
		print_message("# %s\n", failures[i].name);
		kernel_reset();
		start(&b);
		for (k = 0; k < 8; k++) {
			add_request(k);
			if (k >= failures[i].from && k <= failures[i].to)
				kernel.send_error[k] = failures[i].error;
		}
		batch_serve(&b, SERVER_FD, &src);
		assert_int_equal(kernel.sent, failures[i].sent);
		assert_in_range(kernel.calls, 1, failures[i].most_calls);
	}
}

static void
test_receive_failures(void **state)
{
	static struct batch b;
	struct answer_source src;

	(void)state;
	kernel_reset();
	start(&b);
	answer_source_none(&src);
	assert_int_equal(batch_serve(&b, SERVER_FD, &src), BATCH_IDLE);
	kernel.receive_error = EINTR;
	assert_int_equal(batch_serve(&b, SERVER_FD, &src), BATCH_IDLE);
	kernel.receive_error = ENETDOWN;
	assert_int_equal(batch_serve(&b, SERVER_FD, &src), BATCH_FAILED);
	assert_int_equal(errno, ENETDOWN);
	/* And then it works again. */
	kernel.receive_error = 0;
	add_request(1);
	assert_int_equal(batch_serve(&b, SERVER_FD, &src), BATCH_IDLE);
	assert_int_equal(kernel.sent, 1);
}

static void
serve_full(struct batch *b)
{
	struct answer_source src;
	uint8_t		 i;

	answer_source_none(&src);
	for (i = 0; i < BATCH_MAX; i++)
		add_request(i);
	batch_serve(b, SERVER_FD, &src);
	assert_int_equal(kernel.sent, BATCH_MAX);
}

/* All transmit timestamps are those of leaving, within 5 us. */
static void
assert_stamped_well(void)
{
	struct ntp_packet pkt;
	unsigned	 i;

	for (i = 0; i < BATCH_MAX; i++) {
		ntp_decode(&pkt, kernel.out[i].bytes, NTP_HEADER_LEN);
		assert_true(fabs(ntptime_diff(pkt.transmit,
		    ntptime_from_timespec(&kernel.out[i].left))) <= 5e-6);
	}
}

/*
 * The transmit timestamps of a full batch follow the real times of leaving,
 * also when some of the batches are held up or the clock is set.
 */
static void
test_pace(void **state)
{
	static struct batch b;
	int		 round;

	(void)state;
	start(&b);
	for (round = 0; round < 101; round++) {
		kernel_reset();
		kernel.send_ns = round % 10 == 5 ? 10000000 :
		    round % 10 == 7 ? -500000 : 3000;
		kernel.clock.tv_nsec = 500000000;
		serve_full(&b);
	}
	assert_stamped_well();
}

/* An answer that is held up spoils the timestamps of its batch only. */
static void
test_held_up(void **state)
{
	static struct batch b;
	int		 round;

	(void)state;
	start(&b);
	for (round = 0; round < 2; round++) {
		kernel_reset();
		kernel.held_up = round == 0 ? 3 : 0;
		serve_full(&b);
	}
	assert_stamped_well();
}

/*
 * The clock is set back in the middle of a batch: nothing is learnt, all
 * answers have the same time.
 */
static void
test_pace_clock_set_back(void **state)
{
	static struct batch b;
	struct answer_source src;
	struct ntp_packet pkt;
	uint8_t		 i;
	int		 round;

	(void)state;
	start(&b);
	answer_source_none(&src);
	for (round = 0; round < 2; round++) {
		kernel_reset();
		kernel.send_ns = -500000;
		kernel.clock.tv_nsec = 500000000;
		for (i = 0; i < BATCH_MAX; i++)
			add_request(i);
		batch_serve(&b, SERVER_FD, &src);
	}
	ntp_decode(&pkt, kernel.out[BATCH_MAX - 1].bytes, NTP_HEADER_LEN);
	assert_true(ntptime_equal(pkt.transmit,
	    ntptime_from_timespec(&kernel.out[0].left)));
}

/* One request of each of the numbers 1 to N, and what was counted of them. */
static void
serve_numbers(struct batch *b, unsigned n)
{
	struct answer_source src;
	unsigned	 i;

	answer_source_none(&src);
	kernel_reset();
	memset(&b->counters, 0, sizeof(b->counters));
	for (i = 1; i <= n; i++)
		add_request((uint8_t)i);
	batch_serve(b, SERVER_FD, &src);
	assert_int_equal(b->counters.received, n);
}

static void
test_denied(void **state)
{
	static struct batch b;
	static const struct config_rule rule = {
		.family = ADDR_IPV4, .length = 31, .bytes = { 192, 0, 2, 4 }
	};
	struct access	 access = { { NULL, 0 }, { NULL, 0 } };

	(void)state;
	start(&b);
	b.access = &access;
	assert_true(access_set(&access, &rule, 1));
	serve_numbers(&b, 8);
	assert_int_equal(b.counters.denied, 2);
	assert_int_equal(b.counters.answered, 6);
	assert_int_equal(kernel.sent, 6);
	assert_int_equal(kernel.out[3].bytes[31], 6);
	access_set(&access, NULL, 0);
}

/* What our own engine sent is not answered, whoever seems to have sent it. */
static void
test_own(void **state)
{
	static struct batch b;
	static struct marker engine, stranger;
	struct answer_source src;
	unsigned	 i;

	(void)state;
	start(&b);
	answer_source_none(&src);
	marker_init(&engine);
	marker_init(&stranger);
	kernel_reset();
	for (i = 0; i < 5; i++)
		add_request((uint8_t)(i + 1));
	kernel.queue[1].marked = mark_make(&engine, instant_now());
	kernel.queue[2].marked = mark_make(&stranger, instant_now());
	kernel.queue[3].marked = mark_make(&engine, instant_now());
	b.mark = &engine.key;
	assert_int_equal(batch_serve(&b, SERVER_FD, &src), BATCH_BUSY);
	assert_int_equal(b.counters.own, 2);
	assert_int_equal(b.counters.answered, 3);
	assert_int_equal(kernel.sent, 3);
	assert_int_equal(b.nown, 2);
	assert_true(ntptime_equal(b.own[0], kernel.queue[1].marked));
	assert_true(ntptime_equal(b.own[1], kernel.queue[3].marked));

	/* The next batch has none. */
	kernel_reset();
	add_request(1);
	assert_int_equal(batch_serve(&b, SERVER_FD, &src), BATCH_IDLE);
	assert_int_equal(b.nown, 0);
	assert_int_equal(kernel.sent, 1);
}

/* Before the engine has said what its mark is, everybody is answered. */
static void
test_own_unknown(void **state)
{
	static struct batch b;
	static struct marker engine;
	struct answer_source src;

	(void)state;
	start(&b);
	answer_source_none(&src);
	marker_init(&engine);
	kernel_reset();
	add_request(1)->marked = mark_make(&engine, instant_now());
	assert_int_equal(batch_serve(&b, SERVER_FD, &src), BATCH_IDLE);
	assert_int_equal(b.counters.own, 0);
	assert_int_equal(kernel.sent, 1);
}

/* All of them are one client, which has credit for two answers. */
static void
test_limited(void **state)
{
	static struct batch b;
	struct config_ratelimit limit = { .interval = 4000000, .burst = 2,
	    .prefix4 = 24, .prefix6 = 64 };
	unsigned	 i, kisses = 0;

	(void)state;
	start(&b);
	assert_true(clients_limit(&clients, &limit));
	serve_numbers(&b, 2);
	assert_int_equal(b.counters.answered, 2);
	for (i = 0; i < 75; i++) {
		serve_numbers(&b, BATCH_MAX);
		assert_int_equal(b.counters.answered, 0);
		assert_int_equal(b.counters.limited + b.counters.kissed,
		    BATCH_MAX);
		assert_int_equal(b.counters.kissed, kernel.sent);
		kisses += kernel.sent;
		if (kernel.sent > 0)
			assert_memory_equal(kernel.out[0].bytes + 12, "RATE",
			    4);
	}
	assert_in_range(kisses, 10, 80);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_no_room_for_control),
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_interleaved),
		cmocka_unit_test(test_interleaved_when_the_clock_is_set),
		cmocka_unit_test(test_interleaved_with_a_key),
		cmocka_unit_test(test_mixed_batch),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_send_failures),
		cmocka_unit_test(test_receive_failures),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_held_up),
		cmocka_unit_test(test_pace_clock_set_back),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_limited),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_own_unknown),
	};

	return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
