/*
 * Batches of requests, without a network: the test plays the kernel, that is
 * recvmmsg(2), sendmmsg(2) and the clock.
 */
#include <sys/socket.h>
#include <sys/syscall.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/ntptime.h"
#include "ntpd/server/batch.h"

#define N(array)	(sizeof(array) / sizeof((array)[0]))

#define SERVER_FD	77
#define NOW		1767225600	/* 2026-01-01 */
#define ARRIVED		(NOW - 2)	/* a request that had to wait */

/* One datagram in the receive queue. */
struct datagram {
	union batch_name from;
	uint8_t		 control[192];
	size_t		 control_len;
	int		 flags;
	size_t		 len;
	uint8_t		 first;		/* byte of the request */
	uint8_t		 number;	/* last byte of it, so of the origin */
};

/* The kernel. */
static struct {
	struct datagram	 queue[BATCH_MAX];
	unsigned	 waiting;
	int		 receive_error;
	int		 send_error[BATCH_MAX];	/* for each number */
	long		 send_ns;		/* it takes */
	struct timespec	 clock;
	unsigned	 calls;			/* of sendmmsg */
	unsigned	 sent;
	struct {
		uint8_t		 bytes[NTP_HEADER_LEN];
		union batch_name to;
		socklen_t	 to_len;
		uint8_t		 control[64];
		size_t		 control_len;
		struct timespec	 left;
	} out[BATCH_MAX];
} kernel;

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
	if (kernel.receive_error != 0 || kernel.waiting == 0) {
		errno = kernel.receive_error != 0 ? kernel.receive_error :
		    EAGAIN;
		return -1;
	}
	for (i = 0; i < n && i < kernel.waiting; i++) {
		d = &kernel.queue[i];
		assert_true(v[i].msg_hdr.msg_namelen >= sizeof(d->from));
		assert_true(v[i].msg_hdr.msg_controllen >= d->control_len);
		assert_int_equal(v[i].msg_hdr.msg_flags, 0);
		memcpy(v[i].msg_hdr.msg_name, &d->from, sizeof(d->from));
		v[i].msg_hdr.msg_namelen = d->from.sa.sa_family == AF_INET ?
		    sizeof(d->from.in) : sizeof(d->from.in6);
		memcpy(v[i].msg_hdr.msg_control, d->control, d->control_len);
		v[i].msg_hdr.msg_controllen = d->control_len;
		v[i].msg_hdr.msg_flags = d->flags;
		v[i].msg_len = (unsigned)d->len;
		bytes = v[i].msg_hdr.msg_iov->iov_base;
		assert_true(v[i].msg_hdr.msg_iov->iov_len >= d->len);
		memset(bytes, 0, d->len);
		if (d->len > 0)
			bytes[0] = d->first;
		if (d->len == NTP_HEADER_LEN)
			bytes[47] = d->number;
	}
	kernel.waiting = 0;
	return (int)i;
}

static void
deliver(const struct msghdr *hdr)
{
	unsigned	 k = kernel.sent++;

	assert_int_equal(hdr->msg_iov->iov_len, NTP_HEADER_LEN);
	memcpy(kernel.out[k].bytes, hdr->msg_iov->iov_base, NTP_HEADER_LEN);
	memcpy(&kernel.out[k].to, hdr->msg_name, hdr->msg_namelen);
	kernel.out[k].to_len = hdr->msg_namelen;
	if (hdr->msg_controllen != 0)
		memcpy(kernel.out[k].control, hdr->msg_control,
		    hdr->msg_controllen);
	kernel.out[k].control_len = hdr->msg_controllen;
	kernel.out[k].left = kernel.clock;
	kernel.clock.tv_nsec += kernel.send_ns;
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

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	if (id != CLOCK_REALTIME)
		return (int)syscall(SYS_clock_gettime, id, ts);
	*ts = kernel.clock;
	return 0;
}

static void
kernel_reset(void)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.clock.tv_sec = NOW;
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
add_request(uint8_t number)
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
	{ "IPv4, a bound socket", NULL, NULL, NULL, 0, true,
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
	{ "a high port", NULL, NULL, NULL, 0, true, 0, 48, 0x23, 65535 },
	{ "port 0", NULL, NULL, NULL, 0, false, 0, 48, 0x23, 0 },
	{ "IPv6 port 0", "2001:db8::1", NULL, NULL, 0, false,
	    0, 48, 0x23, 0 },
	{ "longer than what is read", NULL, NULL, NULL, 0, true, MSG_TRUNC, 48,
	    0x23, 123 },
	{ "control messages cut off", NULL, NULL, NULL, 0, false, MSG_CTRUNC,
	    48, 0x23, 123 },
	{ "too short", NULL, NULL, NULL, 0, false, 0, 47, 0x23, 123 },
	{ "empty", NULL, NULL, NULL, 0, false, 0, 0, 0x23, 123 },
	{ "no request", NULL, NULL, NULL, 0, false, 0, 48, 0x24, 123 },
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
	for (i = 0; i < N(datagrams); i++) {
		print_message("# %s\n", datagrams[i].name);
		kernel_reset();
		batch_init(&b);
		d = add_request(1);
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
	batch_init(&b);
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
	batch_init(&b);
	answer_source_none(&src);
	for (i = 0; i < BATCH_MAX; i++) {
		d = add_request(i);
		if (i % 3 == 1)
			d->first = 0x26;
		if (i % 5 == 2)
			d->len = 12;
		if (i % 7 == 3)
			add_ipv4(d, "198.51.100.1", "198.51.100.1");
	}
	assert_int_equal(batch_serve(&b, SERVER_FD, &src), BATCH_BUSY);
	assert_int_equal(kernel.calls, 1);
	for (i = 0; i < BATCH_MAX; i++) {
		if (i % 3 == 1 || i % 5 == 2)
			continue;
		assert_int_equal(kernel.out[k].bytes[31], i);
		assert_int_equal(ntohl(kernel.out[k].to.in.sin_addr.s_addr),
		    0xc0000200U | i);
		assert_int_equal(kernel.out[k].control_len != 0, i % 7 == 3);
		k++;
	}
	assert_int_equal(kernel.sent, k);

	kernel_reset();
	for (i = 0; i < BATCH_MAX; i++)
		add_request(i);
	batch_serve(&b, SERVER_FD, &src);
	assert_int_equal(kernel.sent, BATCH_MAX);
	for (i = 0; i < BATCH_MAX; i++) {
		assert_int_equal(kernel.out[i].bytes[31], i);
		assert_int_equal(kernel.out[i].control_len, 0);
	}
}

static const struct {
	const char	*name;
	int		 error;
	unsigned	 from, to;	/* numbers of the answers that fail */
	unsigned	 sent;		/* of 8 */
	unsigned	 most_calls;
} failures[] = {
	{ "the first unreachable", EHOSTUNREACH, 0, 0, 7, 2 },
	{ "one in the middle", ENETUNREACH, 3, 3, 7, 2 },
	{ "two in a row", EPERM, 3, 4, 6, 3 },
	{ "the last", EINVAL, 7, 7, 7, 1 },
	{ "all refused by a filter", EPERM, 0, 7, 0, 8 },
	{ "the queue is full from the first", EAGAIN, 0, 7, 0, 1 },
	{ "the queue is full from the third", ENOBUFS, 2, 7, 2, 2 },
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
	for (i = 0; i < N(failures); i++) {
		print_message("# %s\n", failures[i].name);
		kernel_reset();
		batch_init(&b);
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
	batch_init(&b);
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

/*
 * The transmit timestamps of a full batch follow the real times of leaving,
 * also when some of the batches are held up or the clock is set.
 */
static void
test_pace(void **state)
{
	static struct batch b;
	struct answer_source src;
	struct ntp_packet pkt;
	int		 round;
	uint8_t		 i;

	(void)state;
	batch_init(&b);
	answer_source_none(&src);
	for (round = 0; round < 101; round++) {
		kernel_reset();
		kernel.send_ns = round % 10 == 5 ? 10000000 :
		    round % 10 == 7 ? -500000 : 3000;
		kernel.clock.tv_nsec = 500000000;
		for (i = 0; i < BATCH_MAX; i++)
			add_request(i);
		batch_serve(&b, SERVER_FD, &src);
		assert_int_equal(kernel.sent, BATCH_MAX);
	}
	for (i = 0; i < BATCH_MAX; i++) {
		ntp_decode(&pkt, kernel.out[i].bytes, NTP_HEADER_LEN);
		assert_in_range(ntptime_diff_ns(pkt.transmit,
		    ntptime_from_timespec(&kernel.out[i].left)) + 16000,
		    0, 32000);
	}
}

/* The clock is set back in the middle of a batch: nothing is learnt. */
static void
test_pace_clock_set_back(void **state)
{
	static struct batch b;
	struct answer_source src;
	struct ntp_packet pkt;
	struct timespec	 now;
	uint8_t		 i;
	int		 round;

	(void)state;
	batch_init(&b);
	answer_source_none(&src);
	for (round = 0; round < 2; round++) {
		kernel_reset();
		kernel.send_ns = -500000;
		kernel.clock.tv_nsec = 500000000;
		now = kernel.clock;
		for (i = 0; i < BATCH_MAX; i++)
			add_request(i);
		batch_serve(&b, SERVER_FD, &src);
	}
	ntp_decode(&pkt, kernel.out[BATCH_MAX - 1].bytes, NTP_HEADER_LEN);
	assert_true(ntptime_equal(pkt.transmit, ntptime_from_timespec(&now)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_mixed_batch),
		cmocka_unit_test(test_send_failures),
		cmocka_unit_test(test_receive_failures),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_pace_clock_set_back),
	};

	return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
