/*
 * The time stamps among control messages, as kernels give them: of packets that
 * came and that left, of the kernel and of a card, whole and broken.
 */
#include <time.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <string.h>

#include "common/ns.h"
#include "common/stamp.h"
#include "regress/unit/unit.h"

#define KERNEL		1830297600LL	/* s */
#define CARD		77		/* s, of one that began at the boot */

static _Alignas(struct cmsghdr) char control[STAMP_CONTROL];
static struct msghdr	 msg;

static void
begin(void)
{
	memset(control, 0, sizeof(control));
	msg = (struct msghdr){ .msg_control = control };
}

/* One more message of LEVEL and TYPE, LEN bytes of DATA. */
static void
add(int level, int type, const void *data, size_t len)
{
	struct cmsghdr	*c = (struct cmsghdr *)(void *)(control +
	    msg.msg_controllen);

	assert_true(msg.msg_controllen + CMSG_SPACE(len) <= sizeof(control));
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	msg.msg_controllen += CMSG_SPACE(len);
}

static void
add_stamps(long kernel_s, long kernel_ns, long card_s, long card_ns)
{
	const struct timespec ts[3] = { { kernel_s, kernel_ns }, { 0, 0 },
	    { card_s, card_ns } };

	add(SOL_SOCKET, SCM_TIMESTAMPING, ts, sizeof(ts));
}

static struct stamp
read_stamp(void)
{
	struct stamp	 s = { .interface = 0 };

	stamp_read(&s, &msg);
	return s;
}

/* A packet that came, with the kernel's stamp alone. */
static void
kernel_alone(void **arg)
{
	const struct timespec ts = { KERNEL, 5 };
	struct stamp	 s;

	(void)arg;
	begin();
	add_stamps(KERNEL, 5, 0, 0);
	s = read_stamp();
	assert_true(s.has_kernel && !s.has_card);
	assert_int_equal(s.kernel, KERNEL * NS_PER_S + 5);
	begin();
	add(SOL_SOCKET, SCM_TIMESTAMPNS, &ts, sizeof(ts));
	s = read_stamp();
	assert_true(s.has_kernel && !s.has_card);
	assert_int_equal(s.kernel, KERNEL * NS_PER_S + 5);
}

/* The same with the card's, and where it came to. */
static void
kernel_and_card(void **arg)
{
	const struct scm_ts_pktinfo info = { .if_index = 3, .pkt_length = 90 };
	const struct in_pktinfo ip = { .ipi_ifindex = 9 };
	struct stamp	 s;

	(void)arg;
	begin();
	add(IPPROTO_IP, IP_PKTINFO, &ip, sizeof(ip));
	add_stamps(KERNEL, 5, CARD, 999999999);
	add(SOL_SOCKET, SCM_TIMESTAMPING_PKTINFO, &info, sizeof(info));
	s = read_stamp();
	assert_true(s.has_kernel && s.has_card);
	assert_int_equal(s.kernel, KERNEL * NS_PER_S + 5);
	assert_int_equal(s.card, CARD * NS_PER_S + 999999999);
	assert_int_equal(s.interface, 3);
}

/* One that left is said of twice, the card's later, each with an error. */
static void
left_twice(void **arg)
{
	const struct sock_extended_err error = { .ee_errno = 42,
	    .ee_origin = SO_EE_ORIGIN_TIMESTAMPING };
	struct stamp	 s = { .interface = 0 };

	(void)arg;
	begin();
	add_stamps(KERNEL, 5, 0, 0);
	add(IPPROTO_IP, IP_RECVERR, &error, sizeof(error));
	stamp_read(&s, &msg);
	assert_true(s.has_kernel && !s.has_card);
	begin();
	add_stamps(0, 0, CARD, 1);
	add(IPPROTO_IP, IP_RECVERR, &error, sizeof(error));
	stamp_read(&s, &msg);
	assert_true(s.has_kernel && s.has_card);
	assert_int_equal(s.kernel, KERNEL * NS_PER_S + 5);
	assert_int_equal(s.card, CARD * NS_PER_S + 1);
}

static void
no_times(void **arg)
{
	static const long bad[][2] = {
		{ 0, 0 }, { -1, 0 }, { 1, -1 }, { 1, NS_PER_S },
		{ INT64_MAX / NS_PER_S, 0 }, { INT64_MAX, 0 },
	};
	struct stamp	 s;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(bad); i++) {
		begin();
		add_stamps(bad[i][0], bad[i][1], bad[i][0], bad[i][1]);
		s = read_stamp();
		assert_false(s.has_kernel || s.has_card);
	}
}

/* Too short, of another level, or none. */
static void
no_stamps(void **arg)
{
	const struct timespec ts[3] = { { KERNEL, 5 }, { KERNEL, 5 },
	    { CARD, 5 } };
	struct stamp	 s;

	(void)arg;
	begin();
	s = read_stamp();
	assert_false(s.has_kernel || s.has_card);
	begin();
	add(SOL_SOCKET, SCM_TIMESTAMPING, ts, sizeof(ts) - 1);
	add(SOL_SOCKET, SCM_TIMESTAMPNS, ts, sizeof(ts[0]) - 1);
	add(SOL_SOCKET, SCM_TIMESTAMPING_PKTINFO, ts, 4);
	s = read_stamp();
	assert_false(s.has_kernel || s.has_card);
	assert_int_equal(s.interface, 0);
	begin();
	add(IPPROTO_IP, SCM_TIMESTAMPING, ts, sizeof(ts));
	s = read_stamp();
	assert_false(s.has_kernel || s.has_card);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernel_alone),
		cmocka_unit_test(kernel_and_card),
		cmocka_unit_test(left_twice),
		cmocka_unit_test(no_times),
		cmocka_unit_test(no_stamps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
