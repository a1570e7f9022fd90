/*
 * One exchange: the requests as a server gets them, and what is made of its
 * answers.  They pass the loopback interface; our clocks and the kernel's time
 * stamps are made up here, so that every time is known.
 */
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <math.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/ns.h"
#include "common/mac.h"
#include "ntpd/engine/query.h"
#include "regress/unit/unit.h"

#define BASE		(1800000000 * NS_PER_S)	/* REALTIME - RAW at first */
#define PRECISION	(-20)			/* of both ends */
#define NO_STAMP	INT64_MIN

/* Our clocks, and the kernel's stamps; ns. */
static struct {
	int64_t		 raw, real;
	int64_t		 departure, arrival;	/* NO_STAMP: none */
	int64_t		 card_departure, card_arrival;	/* likewise */
	uint32_t	 interface;	/* of whose card they are */
} machine;

static struct clocks	 clocks;
static struct query	 query;
static struct query_target target;
static const struct own_refids *own;

/* The server that is asked. */
static int		 server = -1;
static double		 theta;		/* s, its clock - oscillator time */
static struct ntp_packet request;	/* the last one */
static struct addr	 client;	/* whose it was */
static struct answer	 answer;	/* what we made of the last one */

/* Replaces the C library's, as the next one does. */
int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int64_t		 ns = id == CLOCK_MONOTONIC_RAW ? machine.raw :
	    machine.real;

	if (id != CLOCK_MONOTONIC_RAW && id != CLOCK_REALTIME &&
	    id != CLOCK_TAI)
		return (int)syscall(SYS_clock_gettime, id, ts);
	ts->tv_sec = ns / NS_PER_S;
	ts->tv_nsec = ns % NS_PER_S;
	return 0;
}

/* STAMP as the kernel says it. */
static struct timespec
told(int64_t stamp)
{
	if (stamp == NO_STAMP)
		return (struct timespec){ 0, 0 };
	return (struct timespec){ stamp / NS_PER_S, stamp % NS_PER_S };
}

/* One more message for MSG, of TYPE, in which there was room. */
static void
add_control(struct msghdr *msg, int type, const void *data, size_t len)
{
	struct cmsghdr	*c = (struct cmsghdr *)(void *)(
	    (char *)msg->msg_control + msg->msg_controllen);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	msg->msg_controllen += CMSG_SPACE(len);
}

/*
 * Departures are told once, the card's after the kernel's; the packet that
 * comes is the real one.
 */
ssize_t
recvmsg(int fd, struct msghdr *msg, int flags)
{
	const struct scm_ts_pktinfo info = { .if_index = machine.interface };
	struct scm_timestamping ts = { 0 };
	ssize_t		 n = 0;

	if (!(flags & MSG_ERRQUEUE)) {
		n = syscall(SYS_recvmsg, fd, msg, flags);
		ts.ts[0] = told(machine.arrival);
		ts.ts[2] = told(machine.card_arrival);
	} else if (machine.departure != NO_STAMP) {
		ts.ts[0] = told(machine.departure);
		machine.departure = NO_STAMP;
	} else if (machine.card_departure != NO_STAMP) {
		ts.ts[2] = told(machine.card_departure);
		machine.card_departure = NO_STAMP;
	} else {
		errno = EAGAIN;
		return -1;
	}
	msg->msg_controllen = 0;
	if (n < 0)
		return n;
	add_control(msg, SCM_TIMESTAMPING, &ts, sizeof(ts));
	if (!(flags & MSG_ERRQUEUE)) {
		machine.arrival = machine.card_arrival = NO_STAMP;
		if (machine.interface != 0)
			add_control(msg, SCM_TIMESTAMPING_PKTINFO, &info,
			    sizeof(info));
	}
	return n;
}

static void
pass(double seconds)
{
	int64_t		 ns = llround(seconds * NS_PER_S);

	machine.raw += ns;
	machine.real += ns;
}

static int64_t
server_clock(void)
{
	return BASE + machine.raw + llround(theta * NS_PER_S);
}

static struct ntptime
server_time(void)
{
	return ntptime_from_ns(server_clock());
}

static int
setup(void **arg)
{
	struct sockaddr_storage ss;
	socklen_t	 len = sizeof(ss);
	struct addr	 any;

	(void)arg;
	memset(&target, 0, sizeof(target));
	if (!addr_parse(&any, "127.0.0.1", 0))
		return -1;
	server = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	len = addr_to_sockaddr(&any, &ss);
	if (bind(server, (struct sockaddr *)&ss, len) == -1)
		return -1;
	len = sizeof(ss);
	if (getsockname(server, (struct sockaddr *)&ss, &len) == -1 ||
	    !addr_from_sockaddr(&target.addr, (struct sockaddr *)&ss, len))
		return -1;
	target.transmit.value = 0x1234;
	machine.raw = 5000 * NS_PER_S;
	machine.real = BASE + machine.raw;
	machine.departure = machine.arrival = NO_STAMP;
	machine.card_departure = machine.card_arrival = NO_STAMP;
	machine.interface = 0;
	theta = 0;
	own = NULL;
	clocks_init(&clocks);
	cards_init(&clocks.cards, NULL, 0);
	query_init(&query);
	return 0;
}

static int
teardown(void **arg)
{
	(void)arg;
	query_close(&query);
	return close(server);
}

/* ---- the two ends ---- */

static bool
ask(void)
{
	target.transmit.value += 0x10000;
	return query_send(&query, &target, &clocks, instant_now());
}

/* The server takes the request. */
static void
take(void)
{
	struct sockaddr_storage ss;
	socklen_t	 len = sizeof(ss);
	uint8_t		 buf[NTP_MAX_LEN];
	ssize_t		 n = recvfrom(server, buf, sizeof(buf), 0,
	    (struct sockaddr *)&ss, &len);

	assert_int_equal(n, NTP_HEADER_LEN + (target.key != NULL ? 24 : 0));
	if (target.key != NULL)
		assert_true(mac_is_right(target.key, buf, NTP_HEADER_LEN,
		    buf + NTP_HEADER_LEN + 4, 20));
	assert_int_equal(ntp_decode(&request, buf, (size_t)n), NTP_OK);
	assert_true(addr_from_sockaddr(&client, (struct sockaddr *)&ss, len));
}

static void
reply_bytes(int fd, const void *bytes, size_t len)
{
	struct sockaddr_storage ss;
	socklen_t	 ss_len = addr_to_sockaddr(&client, &ss);

	assert_int_equal(sendto(fd, bytes, len, 0, (struct sockaddr *)&ss,
	    ss_len), len);
}

static void
reply(const struct ntp_packet *pkt)
{
	uint8_t		 buf[NTP_HEADER_LEN];

	ntp_encode(pkt, buf);
	reply_bytes(server, buf, sizeof(buf));
}

static bool
receive(void)
{
	return query_receive(&query, &clocks, PRECISION, own, &answer);
}

/* What a good server says in basic mode to the request that it took, now. */
static struct ntp_packet
good(void)
{
	return (struct ntp_packet){ .version = NTP_VERSION,
	    .mode = NTP_MODE_SERVER, .stratum = 2, .precision = PRECISION,
	    .refid = { 192, 0, 2, 1 }, .root_delay = 1 << 10,
	    .root_dispersion = 1 << 9,
	    .reference = ntptime_from_ns(server_clock() - 8 * NS_PER_S),
	    .origin = request.transmit, .receive = server_time(),
	    .transmit = server_time() };
}

/* ---- requests ---- */

static void
requests_tell_nothing(void **arg)
{
	const struct ntp_packet bare = { .version = NTP_VERSION,
			    .mode = NTP_MODE_CLIENT };
	struct ntp_packet pkt;
	uint16_t	 port = 0;
	int		 i, ports = 0;

	(void)arg;
	for (i = 0; i < 8; i++) {
		assert_true(ask());
		take();
		pkt = request;
		assert_true(ntptime_equal(pkt.transmit, target.transmit));
		pkt.transmit.value = 0;
		pkt.fields = NULL;
		assert_memory_equal(&pkt, &bare, sizeof(pkt));
		ports += client.port != port;
		port = client.port;
	}
	assert_true(ports > 2);
}

static void
from_an_address(void **arg)
{
	(void)arg;
	assert_true(addr_parse(&target.source, "127.0.0.3", 0));
	assert_true(ask());
	take();
	assert_int_equal(client.bytes[3], 3);
	assert_true(addr_parse(&target.source, "192.0.2.1", 0));
	assert_false(ask());
	assert_int_equal(errno, EADDRNOTAVAIL);
	assert_int_equal(query.fd, -1);
	assert_false(receive());
}

static void
an_answer_is_waited_for(void **arg)
{
	struct instant	 now = instant_now();

	(void)arg;
	assert_false(query_is_overdue(&query, now));
	assert_true(query_send(&query, &target, &clocks, now));
	assert_false(receive());
	assert_false(query_is_overdue(&query, instant_add(now, 2.9)));
	assert_true(query_is_overdue(&query, instant_add(now, 3.1)));
	query_close(&query);
	assert_false(query_is_overdue(&query, instant_add(now, 3.1)));
}

static void
what_comes_back(void **arg)
{
	struct ntptime	 other = { 1 };

	(void)arg;
	query_came_back(&query, target.transmit);
	assert_false(query.came_back);
	assert_true(ask());
	query_came_back(&query, other);
	assert_false(query.came_back);
	query_came_back(&query, target.transmit);
	assert_true(query.came_back);
	assert_true(ask());
	assert_false(query.came_back);
}

/* ---- samples ---- */

/* All in s. */
static const struct {
	const char	*name;
	double		 theta;		/* the server is ahead by */
	double		 out, hold, back;	/* as long as that it takes */
	double		 leaves, noticed;	/* and that, in this machine */
	double		 set, step;	/* our clock, before and meanwhile */
	bool		 stamps;	/* the kernel's are there ... */
	double		 wrong;		/* ... and off by that */
	double		 offset, delay, trip;	/* what is to come of it */
} trips[] = {
	{ "nothing but the way", .out = 0.01, .back = 0.01,
	    .delay = 0.02, .trip = 0.02 },
	{ "the server is ahead", .theta = 100, .out = 0.01, .back = 0.01,
	    .offset = 100, .delay = 0.02, .trip = 0.02 },
	{ "the server is 40 years behind", .theta = -4e7, .out = 0.01,
	    .back = 0.01, .offset = -4e7, .delay = 0.02, .trip = 0.02 },
	{ "the way out is longer", .theta = 1, .out = 0.03, .back = 0.01,
	    .offset = 1.01, .delay = 0.04, .trip = 0.04 },
	{ "the server takes its time", .out = 0.01, .hold = 0.5, .back = 0.01,
	    .delay = 0.02, .trip = 0.52 },
	{ "as fast as light", .delay = 0x1p-19 },
	{ "we take our time, and have no stamps", .out = 0.01, .back = 0.01,
	    .leaves = 0.002, .noticed = 0.004,
	    .offset = -0.001, .delay = 0.026, .trip = 0.026 },
	{ "we take our time, and have stamps", .out = 0.01, .back = 0.01,
	    .leaves = 0.002, .noticed = 0.004, .stamps = true,
	    .delay = 0.02, .trip = 0.02 },
	{ "stamps of another time", .out = 0.01, .back = 0.01, .stamps = true,
	    .wrong = 2, .delay = 0.02, .trip = 0.02 },
	{ "stamps of another time before", .out = 0.01, .back = 0.01,
	    .stamps = true, .wrong = -2, .delay = 0.02, .trip = 0.02 },
	{ "our clock has been set", .theta = 1, .out = 0.01, .back = 0.01,
	    .set = 50, .stamps = true, .offset = 1, .delay = 0.02,
	    .trip = 0.02 },
	{ "our clock is set meanwhile", .theta = 1, .out = 0.01, .hold = 0.1,
	    .back = 0.01, .step = 50, .stamps = true,
	    .offset = 1, .delay = 0.02, .trip = 0.12 },
	{ "our clock is set back meanwhile", .theta = 1, .out = 0.01,
	    .hold = 0.1, .back = 0.01, .step = -50, .stamps = true,
	    .offset = 1, .delay = 0.02, .trip = 0.12 },
};

static void
stamp(int64_t *when, size_t i)
{
	if (trips[i].stamps)
		*when = machine.real + llround(trips[i].wrong * NS_PER_S);
}

/* A whole exchange; returns when it began, s of oscillator time. */
static double
make_trip(size_t i)
{
	double		 began = (double)machine.raw * 1e-9;
	struct ntp_packet pkt;

	theta = trips[i].theta;
	machine.real += llround(trips[i].set * NS_PER_S);
	assert_true(ask());
	pass(trips[i].leaves);
	stamp(&machine.departure, i);
	pass(trips[i].out);
	take();
	pkt = good();
	pass(trips[i].hold);
	pkt.transmit = server_time();
	machine.real += llround(trips[i].step * NS_PER_S);
	pass(trips[i].back);
	stamp(&machine.arrival, i);
	reply(&pkt);
	pass(trips[i].noticed);
	assert_true(receive());
	return began + (trips[i].stamps && trips[i].wrong == 0 ?
	    trips[i].leaves : 0);
}

static void
samples(void **arg)
{
	const struct sample *s = &answer.sample;
	double		 left;
	size_t		 i;

	for (i = 0; i < COUNT(trips); i++) {
		print_message("# %s\n", trips[i].name);
		assert_int_equal(setup(arg), 0);
		left = make_trip(i);
		assert_int_equal(answer.kind, ANSWER_GOOD);
		assert_true(answer.has_sample && !answer.interleaved);
		assert_near(s->offset, trips[i].offset, 1e-8);
		assert_near(s->delay, trips[i].delay, 1e-8);
		assert_near(s->trip, trips[i].trip, 1e-8);
		assert_near(s->when, left - 5000 + trips[i].trip / 2, 1e-8);
		assert_near(s->precision, 0x1p-19, 1e-12);
		assert_near(s->root_delay, 1. / 64, 1e-9);
		assert_near(s->root_dispersion, 1. / 128, 1e-9);
		assert_int_equal(s->stratum, 2);
		assert_int_equal(s->leap, LEAP_NONE);
		teardown(arg);
	}
}

/* ---- network cards ---- */

#define CARD		3	/* its interface */
#define WAY		0.01	/* s, one way */
#define LATE		40e-6	/* s, the kernel is, and so early it was */

/* The card's clock began with its machine, and is fast. */
static int64_t
card_clock(void)
{
	return 77 * NS_PER_S + machine.raw + machine.raw / 50000;
}

static void
read_card(void)
{
	struct card_reading r = { .error = 1e-6 };
	int		 i;

	for (i = 0; i < 8; i++) {
		pass(0.25);
		r.raw = machine.raw;
		r.card = card_clock();
		assert_true(cards_take(&clocks.cards, 1, &r));
	}
}

static void
begin_card(void)
{
	const struct engine_card card = { .sensor = 1, .interface = CARD,
	    .name = "eth0" };

	machine.interface = CARD;
	cards_init(&clocks.cards, &card, 1);
	read_card();
}

/* An exchange; the card's stamps are off by LEFT and CAME, ns, or missing. */
static void
stamped_trip(int64_t left, int64_t came)
{
	struct ntp_packet pkt;

	assert_true(ask());
	pass(1e-6);
	machine.departure = machine.real;
	pass(LATE);
	if (left != NO_STAMP)
		machine.card_departure = card_clock() + left;
	pass(WAY);
	take();
	pkt = good();
	pass(WAY);
	if (came != NO_STAMP)
		machine.card_arrival = card_clock() + came;
	pass(LATE / 2);
	machine.arrival = machine.real;
	reply(&pkt);
	pass(0.001);
	assert_true(receive());
	assert_int_equal(answer.kind, ANSWER_GOOD);
}

static void
is_by_card(void)
{
	assert_int_equal(answer.stamps, STAMPED_HARDWARE);
	assert_near(answer.sample.offset, 0, 1e-7);
	assert_near(answer.sample.delay, 2 * WAY, 2e-7);
}

static void
is_by_kernel(void)
{
	assert_int_equal(answer.stamps, STAMPED_KERNEL);
	assert_near(answer.sample.offset, LATE / 4, 1e-8);
	assert_near(answer.sample.delay, 2 * WAY + 1.5 * LATE, 1e-8);
}

static void
both_by_the_card(void **arg)
{
	(void)arg;
	begin_card();
	stamped_trip(0, 0);
	is_by_card();
	/* Our clock may be wrong, and be set by anybody. */
	machine.real += 1000 * NS_PER_S;
	stamped_trip(0, 0);
	assert_int_equal(answer.stamps, STAMPED_HARDWARE);
	assert_near(answer.sample.offset, 0, 1e-7);
	/* Which interface it was is not always known. */
	machine.interface = 0;
	stamped_trip(0, 0);
	assert_int_equal(answer.stamps, STAMPED_HARDWARE);
}

/* What is missing, wrong, or of another card, is not used; nor is the rest. */
static void
kernel_instead(void **arg)
{
	static const int64_t stamps[][2] = {
		{ NO_STAMP, 0 }, { 0, NO_STAMP }, { NO_STAMP, NO_STAMP },
		{ NS_PER_S, 0 }, { 0, NS_PER_S }, { -NS_PER_S, -NS_PER_S },
		{ 0, 100000 }, { -100000, 0 },
		{ INT64_MAX / 4, INT64_MAX / 4 },
	};
	size_t		 i;

	(void)arg;
	begin_card();
	for (i = 0; i < COUNT(stamps); i++) {
		stamped_trip(stamps[i][0], stamps[i][1]);
		is_by_kernel();
	}
	stamped_trip(0, 0);
	is_by_card();
	machine.interface = CARD + 1;
	stamped_trip(0, 0);
	is_by_kernel();
	/* Nobody has read the card's clock for a while. */
	machine.interface = CARD;
	pass(5);
	stamped_trip(0, 0);
	is_by_kernel();
	clocks.cards.n = 0;
	stamped_trip(0, 0);
	is_by_kernel();
}

/* Which stamps are used is said when that changes, and not for each answer. */
static void
changes_of_stamps(void **arg)
{
	struct cards	*c = &clocks.cards;
	int		 i;

	(void)arg;
	assert_false(cards_note(c, false));
	begin_card();
	for (i = 0; i < 3; i++)
		assert_false(cards_note(c, false));
	assert_true(cards_note(c, false));
	assert_int_equal(c->state, CARDS_MISSING);
	assert_false(cards_note(c, false));
	assert_true(cards_note(c, true));
	assert_int_equal(c->state, CARDS_USED);
	for (i = 0; i < 3; i++)
		assert_false(cards_note(c, false));
	assert_false(cards_note(c, true));
	assert_false(cards_take(c, 2, &(struct card_reading){ .raw = 1 }));
}

/* Numbers of messages may be anything. */
static void
too_many_cards(void **arg)
{
	static const struct engine_card list[CARDS_MOST];

	(void)arg;
	cards_init(&clocks.cards, list, UINT32_MAX);
	assert_int_equal(clocks.cards.n, CARDS_MOST);
}

/* ---- what is refused ---- */

#define EARLIER(seconds)	ntptime_add(pkt->transmit, -(seconds))

/* What is wrong with the packet; nothing is with the first one. */
#define FAULTS								\
FAULT("good", GOOD, NONE, (void)pkt)					\
FAULT("version 3", GOOD, NONE, pkt->version = 3)			\
FAULT("a client's", FORGED, NONE, pkt->mode = NTP_MODE_CLIENT)		\
FAULT("another origin", FORGED, NONE, pkt->origin.value++)		\
FAULT("no origin", FORGED, NONE, pkt->origin.value = 0)			\
FAULT("the origin of a bad one", FORGED, NONE,				\
    pkt->origin.value = 0; pkt->stratum = 16)				\
FAULT("a kiss without origin", FORGED, NONE,				\
    pkt->origin.value = 0; pkt->stratum = 0)				\
FAULT("a kiss", KISS, NONE, pkt->stratum = 0)				\
FAULT("version 2", REFUSED, VERSION, pkt->version = 2)			\
FAULT("leap unknown", REFUSED, UNSYNCHRONIZED, pkt->leap = LEAP_UNKNOWN) \
FAULT("stratum 16", REFUSED, UNSYNCHRONIZED, pkt->stratum = 16)		\
FAULT("no T2", REFUSED, TIMESTAMPS, pkt->receive.value = 0)		\
FAULT("no T3", REFUSED, TIMESTAMPS, pkt->transmit.value = 0)		\
FAULT("T3 before T2", REFUSED, TIMESTAMPS, pkt->transmit = EARLIER(1))	\
FAULT("far from the root", REFUSED, ROOT_DISTANCE,			\
    pkt->root_delay = 6 << 16)						\
FAULT("dispersed", REFUSED, ROOT_DISTANCE, pkt->root_dispersion = 3 << 16) \
FAULT("set in its future", REFUSED, REFERENCE,				\
    pkt->reference = EARLIER(-1))					\
FAULT("held for 5 s", REFUSED, DELAY, pkt->receive = EARLIER(5))	\
FAULT("held longer than it took", REFUSED, DELAY,			\
    pkt->receive = EARLIER(0.1))					\
FAULT("our address", REFUSED, LOOP, memcpy(pkt->refid, "\177\0\0\1", 4)) \
FAULT("our reference id", REFUSED, LOOP, memcpy(pkt->refid, "\1\2\3\4", 4)) \
FAULT("a clock called that", GOOD, NONE,				\
    memcpy(pkt->refid, "\1\2\3\4", 4); pkt->stratum = 1)

static const struct own_refids refids = { .count = 1,
	.refids = { { 1, 2, 3, 4 } } };

#define FAULT(name, kind, reason, fault)				\
	{ name, ANSWER_##kind, REASON_##reason },
static const struct {
	const char	*name;
	enum answer_kind kind;
	enum reason	 reason;
} faults[] = {
	FAULTS
};
#undef FAULT

static void
spoil(struct ntp_packet *pkt, size_t which)
{
	size_t		 i = 0;

#define FAULT(name, kind, reason, fault)				\
	if (i++ == which) {						\
		fault;							\
	}
	FAULTS
#undef FAULT
}

/* After an answer that is none the right one is still taken. */
static void
verdicts(void **arg)
{
	struct ntp_packet pkt;
	bool		 ends;
	size_t		 i;

	(void)arg;
	own = &refids;
	for (i = 0; i < COUNT(faults); i++) {
		print_message("# %s\n", faults[i].name);
		ends = faults[i].kind == ANSWER_GOOD ||
		    faults[i].kind == ANSWER_KISS;
		assert_true(ask());
		take();
		pkt = good();
		spoil(&pkt, i);
		reply(&pkt);
		assert_true(receive());
		assert_int_equal(answer.kind, faults[i].kind);
		assert_int_equal(answer.reason, faults[i].reason);
		assert_int_equal(query.fd == -1, ends);
		if (answer.kind != ANSWER_FORGED)
			assert_memory_equal(answer.pkt.refid, pkt.refid, 4);
		pkt = good();
		reply(&pkt);
		assert_int_equal(receive(), !ends);
		assert_int_equal(answer.kind, ends ? faults[i].kind :
		    ANSWER_GOOD);
	}
}

/* Nobody can be synchronized to us by IPv6 if nobody can ask. */
static void
refids_of_nobody(void **arg)
{
	struct ntp_packet pkt;

	(void)arg;
	assert_true(ask());
	take();
	pkt = good();
	memcpy(pkt.refid, refids.refids[0], 4);
	reply(&pkt);
	assert_true(receive());
	assert_int_equal(answer.kind, ANSWER_GOOD);
}

static void
no_packets(void **arg)
{
	static const uint8_t zeros[NTP_MAX_LEN + 10];
	static const size_t lengths[] = { 0, 1, NTP_HEADER_LEN - 1,
			    NTP_HEADER_LEN, NTP_MAX_LEN, NTP_MAX_LEN + 1,
			    NTP_MAX_LEN + 10 };
	struct ntp_packet pkt;
	size_t		 i;

	(void)arg;
	assert_true(ask());
	take();
	for (i = 0; i < COUNT(lengths); i++) {
		reply_bytes(server, zeros, lengths[i]);
		assert_true(receive());
		assert_int_equal(answer.kind, ANSWER_FORGED);
	}
	pkt = good();
	reply(&pkt);
	assert_true(receive());
	assert_int_equal(answer.kind, ANSWER_GOOD);
}

/* Another port is another server; an error is anybody's word. */
/*
 * Answers of a server with a key: the MAC is of KEY, or of none if its id is 0,
 * and CUT bytes at its end are missing.
 */
static const struct {
	const char	*name;
	uint32_t	 id;
	char		 secret;
	size_t		 cut;
	uint8_t		 stratum;	/* 0: a kiss-o'-death */
	enum reason	 reason;	/* NONE: it is authentic */
} authentic[] = {
	{ "no MAC",		0, 'a', 0, 2, REASON_NO_MAC },
	{ "another secret",	7, 'b', 0, 2, REASON_WRONG_MAC },
	{ "another number",	8, 'a', 0, 2, REASON_WRONG_MAC },
	{ "truncated",		7, 'a', 4, 2, REASON_WRONG_MAC },
	{ "a number alone",	7, 'a', 20, 2, REASON_WRONG_MAC },
	{ "a crypto-NAK",	0, 'a', 20, 2, REASON_CRYPTO_NAK },
	{ "a kiss without",	0, 'a', 0, 0, REASON_NO_MAC },
	{ "a kiss, another secret", 7, 'b', 0, 0, REASON_WRONG_MAC },
	{ "a kiss with a MAC",	7, 'a', 0, 0, REASON_NONE },
	{ "the answer",		7, 'a', 0, 2, REASON_NONE }
};

static void
reply_signed(size_t i, bool fits)
{
	struct mac_key	 key = { .id = authentic[i].id,
	    .algorithm = MAC_SHA1, .length = 16 };
	struct ntp_packet pkt = good();
	uint8_t		 buf[NTP_HEADER_LEN + MAC_LEN_MOST];
	size_t		 len = NTP_HEADER_LEN;

	memset(key.secret, authentic[i].secret, key.length);
	pkt.stratum = authentic[i].stratum;
	if (!fits)
		pkt.origin.value ^= 1;
	ntp_encode(&pkt, buf);
	if (key.id != 0 || authentic[i].cut > 0)
		len = mac_append(&key, buf, len, MAC_DIGEST_V4) -
		    authentic[i].cut;
	reply_bytes(server, buf, len);
}

static void
only_authentic_answers_count(void **arg)
{
	struct mac_key	 key = { .id = 7, .algorithm = MAC_SHA1,
	    .length = 16 };
	struct query	 before;
	size_t		 i;

	(void)arg;
	memset(key.secret, 'a', key.length);
	target.key = &key;
	for (i = 0; i < COUNT(authentic); i++) {
		assert_true(ask());
		take();
		before = query;
		reply_signed(i, false);
		assert_true(receive());
		assert_int_equal(answer.kind, ANSWER_FORGED);
		reply_signed(i, true);
		assert_true(receive());
		if (authentic[i].reason == REASON_NONE) {
			assert_int_equal(answer.kind,
			    authentic[i].stratum == 0 ? ANSWER_KISS :
			    ANSWER_GOOD);
			assert_int_equal(query.fd, -1);
			assert_int_equal(query.key.secret[0], 0);
			continue;
		}
		if (answer.kind != ANSWER_UNAUTHENTIC ||
		    answer.reason != authentic[i].reason)
			fail_msg("%s", authentic[i].name);
		/* Nothing has changed: the server's own is waited for. */
		assert_memory_equal(&query, &before, sizeof(query));
		reply_signed(COUNT(authentic) - 1, true);
		assert_true(receive());
		assert_int_equal(answer.kind, ANSWER_GOOD);
	}
}

static void
not_from_the_server(void **arg)
{
	int		 other = socket(AF_INET, SOCK_DGRAM, 0);
	struct ntp_packet pkt;
	uint8_t		 buf[NTP_HEADER_LEN];

	(void)arg;
	assert_true(ask());
	take();
	pkt = good();
	ntp_encode(&pkt, buf);
	reply_bytes(other, buf, sizeof(buf));
	close(other);
	assert_false(receive());
	assert_int_not_equal(query.fd, -1);

	/* Nobody is at the port: ECONNREFUSED. */
	close(server);
	assert_int_equal(send(query.fd, buf, sizeof(buf), 0), sizeof(buf));
	assert_false(receive());
	assert_int_not_equal(query.fd, -1);
	server = other = socket(AF_INET, SOCK_DGRAM, 0);
}

/* ---- interleaved mode ---- */

/* What was asked for last, and when the answers really left. */
static bool
asked_interleaved(void)
{
	return !ntptime_is_zero(request.origin) ||
	    !ntptime_is_zero(request.receive);
}

/* If there is a card it stamps the packet now; the kernel is EARLY, s. */
static void
stamp_by_both(int64_t *kernel, int64_t *card, double early)
{
	if (clocks.cards.n == 0)
		return;
	*kernel = machine.real - llround(early * NS_PER_S) + 1;
	*card = card_clock();
}

/* An exchange that takes 2 * WAY s; LAST_T3 is told in interleaved mode. */
static void
interleave(double way, struct ntptime *last_t3)
{
	struct ntp_packet pkt;
	struct ntptime	 t3;

	assert_true(ask());
	stamp_by_both(&machine.departure, &machine.card_departure, LATE);
	pass(way);
	take();
	pkt = good();
	pass(0.1);
	t3 = server_time();
	if (last_t3 != NULL && asked_interleaved()) {
		pkt.origin = request.receive;
		pkt.transmit = *last_t3;
	} else
		pkt.transmit = t3;
	pass(way);
	stamp_by_both(&machine.arrival, &machine.card_arrival, -LATE);
	reply(&pkt);
	assert_true(receive());
	if (last_t3 != NULL)
		*last_t3 = t3;
}

/* The second answer's sample would be the first one's; the third is new. */
static void
interleaved_samples(void **arg)
{
	struct ntptime	 t2, t3;

	(void)arg;
	target.xleave = true;
	theta = 3;
	interleave(0.01, &t3);
	t2 = answer.pkt.receive;
	assert_false(asked_interleaved());
	assert_true(!answer.interleaved && answer.has_sample);
	pass(64);
	interleave(0.02, &t3);
	assert_true(ntptime_equal(request.origin, t2));
	assert_false(ntptime_is_zero(request.receive));
	assert_false(ntptime_equal(request.receive, request.transmit));
	assert_int_equal(answer.kind, ANSWER_GOOD);
	assert_true(answer.interleaved && !answer.has_sample);
	pass(64);
	interleave(0.03, &t3);
	assert_int_equal(answer.kind, ANSWER_GOOD);
	assert_true(answer.interleaved && answer.has_sample);
	assert_near(answer.sample.offset, 3, 1e-8);
	assert_near(answer.sample.delay, 0.04, 1e-8);
	assert_near(answer.sample.trip, 0.14, 1e-8);
	/* The exchange before, in the middle. */
	assert_near(answer.sample.when, 64.12 + 0.07, 1e-8);
}

/* The card's stamps are those of the exchange that the answer completes. */
static void
interleaved_by_the_card(void **arg)
{
	struct ntptime	 t3;

	(void)arg;
	target.xleave = true;
	begin_card();
	interleave(0.01, &t3);
	assert_int_equal(answer.stamps, STAMPED_HARDWARE);
	read_card();
	interleave(0.02, &t3);
	clocks.cards.n = 0;		/* the next one has none */
	interleave(0.03, &t3);
	assert_true(answer.interleaved && answer.has_sample);
	assert_int_equal(answer.stamps, STAMPED_HARDWARE);
	assert_near(answer.sample.offset, 0, 1e-7);
	assert_near(answer.sample.delay, 0.04, 2e-7);
	interleave(0.03, &t3);
	assert_int_equal(answer.stamps, STAMPED_USER);
}

/* A server that knows nothing of the mode, or forgot, answers in basic mode. */
static void
answered_in_basic_mode(void **arg)
{
	int		 i;

	(void)arg;
	target.xleave = true;
	for (i = 0; i < 3; i++) {
		interleave(0.01, NULL);
		assert_int_equal(asked_interleaved(), i > 0);
		assert_int_equal(answer.kind, ANSWER_GOOD);
		assert_true(!answer.interleaved && answer.has_sample);
		assert_near(answer.sample.trip, 0.12, 1e-8);
	}
}

/* A lost answer leaves the exchange as it was. */
static void
asked_again(void **arg)
{
	struct ntptime	 t2, t3;

	(void)arg;
	target.xleave = true;
	interleave(0.01, &t3);
	t2 = answer.pkt.receive;
	assert_true(ask());
	take();
	query_close(&query);
	assert_true(ntptime_equal(request.origin, t2));
	interleave(0.01, &t3);
	assert_true(ntptime_equal(request.origin, t2));
	assert_true(answer.interleaved);
}

static void
when_basic_mode_is_asked_for(void **arg)
{
	struct ntptime	 t3;
	struct ntp_packet pkt;

	(void)arg;
	interleave(0.01, &t3);
	interleave(0.01, &t3);
	assert_false(asked_interleaved());	/* it is not configured */
	target.xleave = true;
	interleave(0.01, &t3);
	assert_true(asked_interleaved());
	pass(299);
	interleave(0.01, &t3);
	assert_true(asked_interleaved());
	pass(301);				/* too long ago */
	interleave(0.01, &t3);
	assert_false(asked_interleaved());
	query_forget(&query);
	interleave(0.01, &t3);
	assert_false(asked_interleaved());
	/* One that is refused ends it. */
	assert_true(ask());
	take();
	assert_true(asked_interleaved());
	pkt = good();
	pkt.origin = request.receive;
	pkt.transmit.value = 0;
	reply(&pkt);
	assert_true(receive());
	assert_int_equal(answer.reason, REASON_TIMESTAMPS);
	interleave(0.01, &t3);
	assert_false(asked_interleaved());
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(requests_tell_nothing),
		TEST(from_an_address),
		TEST(an_answer_is_waited_for),
		TEST(what_comes_back),
		cmocka_unit_test(samples),
		TEST(both_by_the_card),
		TEST(kernel_instead),
		TEST(changes_of_stamps),
		TEST(too_many_cards),
		TEST(verdicts),
		TEST(refids_of_nobody),
		TEST(no_packets),
		TEST(only_authentic_answers_count),
		TEST(not_from_the_server),
		TEST(interleaved_samples),
		TEST(interleaved_by_the_card),
		TEST(answered_in_basic_mode),
		TEST(asked_again),
		TEST(when_basic_mode_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
