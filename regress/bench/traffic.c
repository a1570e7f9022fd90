/*
 * Requests out, answers in, every answer checked: against the request that it
 * is for, which its origin timestamp leads to without a search.
 */
#include <sys/epoll.h>
#include <sys/socket.h>

#include <endian.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/ns.h"
#include "regress/bench/load.h"

#define EPOCH_OFFSET	2208988800LL	/* s, from NTP's epoch to UNIX's */
#define SLOTS		(1U << 17)	/* requests remembered */
#define SLOT_MASK	((uint64_t)SLOTS - 1)
#define PACKET_LEN	48
#define PACKET_MOST	512	/* with NTS */
#define BUFFER_LEN	512
#define RECENT		32		/* power of two */
#define EVENTS		64

/* A request.  The low bits of both timestamps are the number of its slot. */
struct slot {
	uint64_t	 transmit;
	uint64_t	 receive;	/* 0: not interleaved */
	int64_t		 sent;
	int64_t		 sent_real;	/* if stamps are checked */
	uint32_t	 flow;		/* which socket, or source */
	bool		 waiting;
};

/* The server's receive timestamps that no request has named yet. */
struct flow {
	uint64_t	 recent[RECENT];
	unsigned	 head, tail;
};

/* A control message of one address. */
struct source {
	_Alignas(struct cmsghdr) char space[CMSG_SPACE(
	    sizeof(struct in_pktinfo))];
};

/* What comes with an answer. */
struct control {
	_Alignas(struct cmsghdr) char space[CMSG_SPACE(
	    sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(struct timespec))];
};

static const struct load *load;
static struct slot	 slots[SLOTS];
static struct flow	*flows;
static int		 sockets[LOAD_SOCKETS_MAX];
static int		 events_fd;
static uint64_t		 next_request, oldest_request, seed;
static unsigned		 outstanding;
static size_t		 request_len;	/* and an answer's */

/* Bits that look random and never repeat (the finalizer of splitmix64). */
static uint64_t
mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15U;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
	return x ^ (x >> 31);
}

/* Timestamps of ours are only compared: their byte order does not matter. */
static uint64_t
get64(const uint8_t *p)
{
	uint64_t	 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void
put64(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, sizeof(v));
}

static void
socket_open(unsigned n)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = n };
	int		 size = 4 << 20, on = 1, fd;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		err(2, "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) == -1)
		err(2, "SO_RCVBUF");
	if (load->stamps && setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on,
	    sizeof(on)) == -1)
		err(2, "SO_TIMESTAMPNS");
	if (load->sources != 0) {
		if (setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on,
		    sizeof(on)) == -1)
			err(2, "IP_PKTINFO");
		if (bind(fd, (struct sockaddr *)&any, sizeof(any)) == -1)
			err(2, "bind");
	} else if (connect(fd, (const struct sockaddr *)&load->server,
	    sizeof(load->server)) == -1)
		err(2, "connect");
	if (epoll_ctl(events_fd, EPOLL_CTL_ADD, fd, &ev) == -1)
		err(2, "epoll_ctl");
	sockets[n] = fd;
}

void
traffic_open(const struct load *l)
{
	unsigned	 i;

	load = l;
	seed = mix((uint64_t)monotonic_ns() ^ (uint64_t)getpid());
	events_fd = epoll_create1(EPOLL_CLOEXEC);
	if (events_fd == -1)
		err(2, "epoll_create1");
	for (i = 0; i < load->sockets; i++)
		socket_open(i);
	flows = calloc(load->sources != 0 ? load->sources : load->sockets,
	    sizeof(*flows));
	if (flows == NULL)
		err(2, NULL);
}

unsigned
traffic_outstanding(void)
{
	return outstanding;
}

void
traffic_expire(int64_t now, bool all)
{
	struct slot	*s;

	for (; oldest_request < next_request; oldest_request++) {
		s = &slots[oldest_request & SLOT_MASK];
		if (!s->waiting)
			continue;
		if (!all && now - s->sent < LOAD_LOST_NS &&
		    next_request - oldest_request < SLOTS - LOAD_BATCH_MAX)
			break;
		s->waiting = false;
		outstanding--;
		load->tally->lost++;
	}
}

/* Write request NUMBER, on FLOW, to P. */
static void
request_write(uint8_t p[PACKET_LEN], uint64_t number, uint32_t flow,
    int64_t now)
{
	struct slot	*s = &slots[number & SLOT_MASK];
	struct flow	*f = &flows[flow];

	s->transmit = (mix(seed + number) & ~SLOT_MASK) |
	    (number & SLOT_MASK);
	s->receive = 0;
	s->sent = now;
	s->flow = flow;
	s->waiting = true;

	memset(p, 0, PACKET_LEN);
	p[0] = 4 << 3 | 3;		/* version 4, client */
	p[2] = 6;
	p[3] = 0x20;
	put64(p + 40, s->transmit);
	if (load->interleaved && f->head != f->tail) {
		s->receive = (mix(s->transmit) & ~SLOT_MASK) |
		    (number & SLOT_MASK);
		put64(p + 24, f->recent[f->tail++ % RECENT]);
		put64(p + 32, s->receive);
	}
}

/* Append what NTS takes to the request at P; returns its length. */
static size_t
request_protect(uint8_t p[PACKET_MOST])
{
	static uint64_t	 nonces;
	uint8_t		 nonce[AEAD_NONCE_LEN] = { 0 };
	struct ntp_output out = {
		.bytes = p, .size = PACKET_MOST, .len = PACKET_LEN
	};
	const struct aead_bytes nothing = { p, 0 };

	if (!load->nts)
		return PACKET_LEN;
	put64(nonce, ++nonces);
	ntp_put_field(&out, NTS_UNIQUE_ID, NULL, NTS_UNIQUE_ID_LEN);
	ntp_put_field(&out, NTS_COOKIE, load->cookie, load->cookie_len);
	nts_seal(&out, &load->c2s, nonce, nothing);
	return out.len;
}

/* Let HDR, which is not for a connected socket, come from FLOW's address. */
static void
source_set(struct msghdr *hdr, struct source *source, uint32_t flow)
{
	struct in_pktinfo info = { 0 };
	struct cmsghdr	*cmsg = (struct cmsghdr *)source->space;

	info.ipi_spec_dst.s_addr = htonl(load->first_source + flow);
	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(cmsg), &info, sizeof(info));
	hdr->msg_control = source->space;
	hdr->msg_controllen = sizeof(source->space);
	/* The kernel only reads it. */
	hdr->msg_name = (void *)(uintptr_t)&load->server;
	hdr->msg_namelen = sizeof(load->server);
}

/* Send COUNT messages; how many went. */
static unsigned
send_all(int fd, struct mmsghdr *msg, unsigned count)
{
	int		 sent = sendmmsg(fd, msg, count, 0);

	if (sent == -1) {
		if (errno != EAGAIN && errno != ENOBUFS &&
		    errno != ECONNREFUSED)
			err(2, "sendmmsg");
		return 0;
	}
	return (unsigned)sent;
}

/* The same, one by one, so that the time of each is known. */
static unsigned
send_stamped(int fd, struct mmsghdr *msg, unsigned count)
{
	unsigned	 i;

	for (i = 0; i < count; i++) {
		slots[(next_request + i) & SLOT_MASK].sent_real =
		    realtime_ns();
		if (send_all(fd, &msg[i], 1) == 0)
			break;
	}
	return i;
}

unsigned
traffic_send(unsigned count, int64_t now)
{
	static struct mmsghdr msg[LOAD_BATCH_MAX];
	static struct iovec iov[LOAD_BATCH_MAX];
	static uint8_t	 packet[LOAD_BATCH_MAX][PACKET_MOST];
	static struct source source[LOAD_BATCH_MAX];
	static unsigned	 next_socket;
	static uint32_t	 next_source;
	unsigned	 i, sock = next_socket++ % load->sockets;
	uint32_t	 flow = sock;
	unsigned	 sent;

	if (next_request - oldest_request >= SLOTS - 2 * LOAD_BATCH_MAX)
		traffic_expire(now, false);
	for (i = 0; i < count; i++) {
		if (load->sources != 0)
			flow = next_source++ % load->sources;
		request_write(packet[i], next_request + i, flow, now);
		iov[i].iov_base = packet[i];
		iov[i].iov_len = request_protect(packet[i]);
		request_len = iov[i].iov_len;
		memset(&msg[i], 0, sizeof(msg[i]));
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
		if (load->sources != 0)
			source_set(&msg[i].msg_hdr, &source[i], flow);
	}
	sent = load->stamps ? send_stamped(sockets[sock], msg, count) :
	    send_all(sockets[sock], msg, count);
	for (i = sent; i < count; i++)
		slots[(next_request + i) & SLOT_MASK].waiting = false;
	next_request += sent;
	outstanding += sent;
	load->tally->sent += sent;
	return sent;
}

/* The data of HDR's control message of LEVEL and TYPE, or NULL. */
static const void *
control_find(struct msghdr *hdr, int level, int type, size_t size)
{
	struct cmsghdr	*cmsg;

	for (cmsg = CMSG_FIRSTHDR(hdr); cmsg != NULL;
	    cmsg = CMSG_NXTHDR(hdr, cmsg))
		if (cmsg->cmsg_level == level && cmsg->cmsg_type == type &&
		    cmsg->cmsg_len >= CMSG_LEN(size))
			return CMSG_DATA(cmsg);
	return NULL;
}

/* Did it come from the server to where request S was sent from? */
static bool
place_right(const struct slot *s, unsigned sock, struct msghdr *hdr)
{
	const struct sockaddr_in *from = hdr->msg_name;
	struct in_pktinfo info;
	const void	*found;

	if (load->sources == 0)
		return s->flow == sock;
	found = control_find(hdr, IPPROTO_IP, IP_PKTINFO, sizeof(info));
	if (found == NULL)
		return false;
	memcpy(&info, found, sizeof(info));
	return ntohl(info.ipi_addr.s_addr) == load->first_source + s->flow &&
	    from->sin_addr.s_addr == load->server.sin_addr.s_addr &&
	    from->sin_port == load->server.sin_port;
}

/* The timestamp at P as nanoseconds since 1970. */
static int64_t
stamp_ns(const uint8_t *p)
{
	uint64_t	 stamp = be64toh(get64(p));

	return ((int64_t)(stamp >> 32) - EPOCH_OFFSET) * NS_PER_S +
	    (int64_t)(((stamp & UINT32_MAX) * NS_PER_S) >> 32);
}

/* How right are the timestamps of answer P, which came with HDR, to S? */
static void
stamps_check(const uint8_t *p, const struct slot *s, struct msghdr *hdr)
{
	struct timespec	 ts;
	const void	*found;

	found = control_find(hdr, SOL_SOCKET, SCM_TIMESTAMPNS, sizeof(ts));
	if (found == NULL)
		return;
	memcpy(&ts, found, sizeof(ts));
	histogram_add(&load->tally->receive_error,
	    llabs(stamp_ns(p + 32) - s->sent_real));
	histogram_add(&load->tally->transmit_error, llabs(stamp_ns(p + 40) -
	    (ts.tv_sec * NS_PER_S + ts.tv_nsec)));
}

/* Count a valid answer P to request S. */
static void
answer_count(const uint8_t *p, struct slot *s, int64_t now)
{
	struct flow	*f = &flows[s->flow];

	s->waiting = false;
	outstanding--;
	load->tally->received++;
	if (s->receive != 0 && get64(p + 24) == s->receive)
		load->tally->interleaved++;
	if (p[1] == 0 && (memcmp(p + 12, "RATE", 4) == 0 ||
	    memcmp(p + 12, "DENY", 4) == 0 || memcmp(p + 12, "RSTR", 4) == 0))
		load->tally->kisses++;
	else if (p[0] >> 6 == 3 || p[1] == 0 || p[1] > 15)
		load->tally->unsynchronized++;
	histogram_add(&load->tally->latency, now - s->sent);
	if (load->interleaved && f->head - f->tail < RECENT)
		f->recent[f->head++ % RECENT] = get64(p + 32);
}

static void
answer_check(const uint8_t *p, size_t len, unsigned sock, struct msghdr *hdr,
    int64_t now)
{
	uint64_t	 origin;
	struct slot	*s;

	if (len != request_len) {
		load->tally->invalid[FLAW_LENGTH]++;
		return;
	}
	origin = get64(p + 24);
	s = &slots[origin & SLOT_MASK];
	if ((p[0] & 7) != 4)
		load->tally->invalid[FLAW_MODE]++;
	else if ((p[0] >> 3 & 7) != 4)
		load->tally->invalid[FLAW_VERSION]++;
	else if (origin != s->transmit &&
	    (s->receive == 0 || origin != s->receive))
		load->tally->invalid[FLAW_ORIGIN]++;
	else if (!s->waiting)
		load->tally->late++;
	else if (!place_right(s, sock, hdr))
		load->tally->invalid[FLAW_PLACE]++;
	else if (get64(p + 40) == 0)
		load->tally->invalid[FLAW_TRANSMIT]++;
	else {
		answer_count(p, s, now);
		if (load->stamps)
			stamps_check(p, s, hdr);
	}
}

static void
receive_from(unsigned sock)
{
	static struct mmsghdr msg[LOAD_BATCH_MAX];
	static struct iovec iov[LOAD_BATCH_MAX];
	static uint8_t	 packet[LOAD_BATCH_MAX][BUFFER_LEN];
	static struct sockaddr_in from[LOAD_BATCH_MAX];
	static struct control control[LOAD_BATCH_MAX];
	int64_t		 now;
	int		 i, n;

	for (i = 0; i < LOAD_BATCH_MAX; i++) {
		iov[i].iov_base = packet[i];
		iov[i].iov_len = sizeof(packet[i]);
		memset(&msg[i], 0, sizeof(msg[i]));
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
		if (load->sources != 0 || load->stamps) {
			msg[i].msg_hdr.msg_name = &from[i];
			msg[i].msg_hdr.msg_namelen = sizeof(from[i]);
			msg[i].msg_hdr.msg_control = control[i].space;
			msg[i].msg_hdr.msg_controllen = sizeof(control[i]);
		}
	}
	n = recvmmsg(sockets[sock], msg, LOAD_BATCH_MAX, MSG_DONTWAIT, NULL);
	now = monotonic_ns();
	for (i = 0; i < n; i++)
		answer_check(packet[i], msg[i].msg_len, sock, &msg[i].msg_hdr,
		    now);
}

void
traffic_receive(int64_t wait)
{
	struct epoll_event ev[EVENTS];
	struct timespec	 ts = { wait / NS_PER_S, wait % NS_PER_S };
	int		 i, n;

	if (wait > 0)
		n = epoll_pwait2(events_fd, ev, EVENTS, &ts, NULL);
	else
		n = epoll_wait(events_fd, ev, EVENTS, 0);
	for (i = 0; i < n; i++)
		receive_from(ev[i].data.u32);
}
