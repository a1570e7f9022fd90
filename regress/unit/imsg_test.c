/*
 * Messages over a socket pair: whole, in pieces, too long, too short, with
 * descriptors, and from a peer that does everything wrong.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/imsg.h"
#include "regress/unit/unit.h"

#define HDR		sizeof(struct imsg_header)
#define MANY_FDS	20

static struct imsgbuf	 a, b;		/* two ends */
static int		 fds_before;

/* How many descriptors this process has. */
static int
setup(void **arg)
{
	int	 fds[2];

	(void)arg;
	fds_before = open_fds();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
	    fds) == -1)
		return -1;
	imsgbuf_init(&a, fds[0]);
	imsgbuf_init(&b, fds[1]);
	return 0;
}

/* Every test ends here: nothing may stay open. */
static int
teardown(void **arg)
{
	(void)arg;
	imsgbuf_clear(&a);
	imsgbuf_clear(&b);
	return open_fds() == fds_before ? 0 : -1;
}

/* Write raw bytes to B's socket, with N descriptors FDS. */
static void
send_raw(const void *bytes, size_t len, const int *fds, size_t n)
{
	union {
		struct cmsghdr	 header;
		uint8_t		 bytes[CMSG_SPACE(MANY_FDS * sizeof(int))];
	} control;
	struct iovec	 iov = { .iov_base = (void *)(uintptr_t)bytes,
			    .iov_len = len };
	struct msghdr	 mh = { .msg_iov = &iov, .msg_iovlen = 1 };

	assert_true(n <= MANY_FDS);
	memset(&control, 0, sizeof(control));
	if (n > 0) {
		mh.msg_control = control.bytes;
		mh.msg_controllen = CMSG_SPACE(n * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds, n * sizeof(int));
	}
	assert_int_equal(sendmsg(a.fd, &mh, MSG_NOSIGNAL), len);
}

/* A frame as it is on the wire, into FRAME; returns its length. */
static size_t
make_frame(uint8_t *frame, uint32_t type, uint32_t has_fd, const char *text)
{
	struct imsg_header	 hdr = { .type = type, .has_fd = has_fd,
				    .len = (uint32_t)strlen(text) };

	memcpy(frame, &hdr, HDR);
	memcpy(frame + HDR, text, hdr.len);
	return HDR + hdr.len;
}

static void
expect(uint32_t type, const char *text, struct imsg *msg)
{
	assert_int_equal(imsg_get(&b, msg), IMSG_OK);
	assert_int_equal(msg->hdr.type, type);
	assert_int_equal(msg->hdr.len, strlen(text));
	assert_memory_equal(msg->data, text, strlen(text));
}

static void
expect_nothing(void)
{
	struct imsg	 msg;

	assert_int_equal(imsg_get(&b, &msg), IMSG_AGAIN);
}

static void
expect_bad(void)
{
	struct imsg	 msg;
	int		 i;

	for (i = 0; i < 3; i++) {
		errno = 0;
		assert_int_equal(imsg_get(&b, &msg), IMSG_ERROR);
		assert_int_equal(errno, EBADMSG);
	}
}

/* A descriptor that fd_id() knows again in another process's table. */
static int
new_fd(void)
{
	int	 fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	close(fds[1]);
	return fds[0];
}

static ino_t
fd_id(int fd)
{
	struct stat	 st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

static void
test_one_message(void **arg)
{
	struct imsg	 msg;

	(void)arg;
	assert_false(imsgbuf_pending(&a));
	assert_true(imsg_compose(&a, 7, 4000000000, "hello", 5));
	assert_true(imsgbuf_pending(&a));
	assert_int_equal(imsgbuf_flush(&a), IMSG_OK);
	assert_false(imsgbuf_pending(&a));
	assert_int_equal(imsgbuf_read(&b), IMSG_OK);
	expect(7, "hello", &msg);
	assert_int_equal(msg.hdr.id, 4000000000);
	assert_int_equal(msg.fd, -1);
	expect_nothing();
	assert_int_equal(imsgbuf_read(&b), IMSG_AGAIN);
}

static void
test_no_payload(void **arg)
{
	struct imsg	 msg;

	(void)arg;
	assert_true(imsg_compose(&a, 1, 0, NULL, 0));
	assert_true(imsg_compose(&a, 2, 0, NULL, 0));
	assert_int_equal(imsgbuf_flush(&a), IMSG_OK);
	assert_int_equal(imsgbuf_read(&b), IMSG_OK);
	expect(1, "", &msg);
	expect(2, "", &msg);
	expect_nothing();
}

/* Payloads hold doubles: wherever a frame lies, its data is aligned. */
static void
test_alignment(void **arg)
{
	struct imsg	 msg;
	size_t		 i;

	(void)arg;
	for (i = 0; i < 32; i++)
		assert_true(imsg_compose(&a, 0, 0,
		    "0123456789abcdef0123456789abcdef", i));
	assert_int_equal(imsgbuf_flush(&a), IMSG_OK);
	for (i = 0; i < 32; i++) {
		while (imsg_get(&b, &msg) == IMSG_AGAIN)
			assert_int_equal(imsgbuf_read(&b), IMSG_OK);
		assert_int_equal(msg.hdr.len, i);
		assert_int_equal((uintptr_t)msg.data % _Alignof(max_align_t),
		    0);
	}
}

static void
test_split_at_every_byte(void **arg)
{
	uint8_t		 frames[200];
	struct imsg	 msg;
	size_t		 first, len, cut;

	(void)arg;
	first = make_frame(frames, 1, 0, "first");
	len = first + make_frame(frames + first, 2, 0, "the second");
	for (cut = 1; cut < len; cut++) {
		send_raw(frames, cut, NULL, 0);
		assert_int_equal(imsgbuf_read(&b), IMSG_OK);
		if (cut >= first)
			expect(1, "first", &msg);
		expect_nothing();
		send_raw(frames + cut, len - cut, NULL, 0);
		assert_int_equal(imsgbuf_read(&b), IMSG_OK);
		if (cut < first)
			expect(1, "first", &msg);
		expect(2, "the second", &msg);
		expect_nothing();
	}
}

static void
test_byte_by_byte(void **arg)
{
	uint8_t		 frame[200];
	struct imsg	 msg;
	size_t		 i, len, round;

	(void)arg;
	len = make_frame(frame, 3, 0, "slowly");
	for (round = 0; round < 3; round++) {
		for (i = 0; i < len; i++) {
			expect_nothing();
			send_raw(frame + i, 1, NULL, 0);
			assert_int_equal(imsgbuf_read(&b), IMSG_OK);
		}
		expect(3, "slowly", &msg);
	}
}

static void
test_largest_payload(void **arg)
{
	char		 payload[IMSG_MAX_PAYLOAD + 1];
	struct imsg	 msg;
	int		 i;

	(void)arg;
	memset(payload, 'x', IMSG_MAX_PAYLOAD);
	payload[IMSG_MAX_PAYLOAD] = '\0';
	for (i = 0; i < 5; i++)
		assert_true(imsg_compose(&a, 1, 0, payload,
		    IMSG_MAX_PAYLOAD));
	assert_int_equal(imsgbuf_flush(&a), IMSG_OK);
	for (i = 0; i < 5; i++) {
		if (i % 4 == 0)
			assert_int_equal(imsgbuf_read(&b), IMSG_OK);
		expect(1, payload, &msg);
	}
	expect_nothing();
}

static void
test_too_long_to_send(void **arg)
{
	char	 payload[IMSG_MAX_PAYLOAD + 1] = "";

	(void)arg;
	assert_false(imsg_compose(&a, 1, 0, payload, sizeof(payload)));
	assert_int_equal(errno, EMSGSIZE);
	assert_false(imsgbuf_pending(&a));
}

static const struct {
	const char		*name;
	struct imsg_header	 hdr;
} bad_headers[] = {
	{ "a payload one byte too long", { .len = IMSG_MAX_PAYLOAD + 1 } },
	{ "a payload of 4 GiB",		{ .len = UINT32_MAX } },
	{ "a length that wraps",	{ .len = UINT32_MAX - HDR + 1 } },
	{ "two descriptors",		{ .has_fd = 2 } },
	{ "a negative number of them",	{ .has_fd = UINT32_MAX } },
	{ "a descriptor that is not there", { .has_fd = 1 } },
};

static void
test_bad_headers(void **arg)
{
	struct imsg	 msg;
	uint8_t		 good[200];
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(bad_headers); i++) {
		print_message("# %s\n", bad_headers[i].name);
		send_raw(good, make_frame(good, 5, 0, "good"), NULL, 0);
		send_raw(&bad_headers[i].hdr, HDR, &a.fd,
		    bad_headers[i].hdr.has_fd > 1);
		send_raw(good, make_frame(good, 6, 0, "late"), NULL, 0);
		assert_int_equal(imsgbuf_read(&b), IMSG_OK);
		expect(5, "good", &msg);
		expect_bad();
		assert_int_equal(teardown(NULL), 0);
		assert_int_equal(setup(NULL), 0);
	}
}

static void
test_end_between_messages(void **arg)
{
	struct imsg	 msg;

	(void)arg;
	assert_true(imsg_compose(&a, 1, 0, "last words", 10));
	assert_int_equal(imsgbuf_flush(&a), IMSG_OK);
	imsgbuf_clear(&a);
	assert_int_equal(imsgbuf_read(&b), IMSG_OK);
	assert_int_equal(imsgbuf_read(&b), IMSG_EOF);
	expect(1, "last words", &msg);
	expect_nothing();
}

static void
test_end_in_mid_frame(void **arg)
{
	uint8_t	 frame[200];
	size_t	 len, cut;

	(void)arg;
	for (cut = 1; cut < HDR + 4; cut++) {
		len = make_frame(frame, 1, 0, "half");
		assert_true(cut < len);
		send_raw(frame, cut, NULL, 0);
		imsgbuf_clear(&a);
		assert_int_equal(imsgbuf_read(&b), IMSG_OK);
		expect_nothing();
		assert_int_equal(imsgbuf_read(&b), IMSG_EOF);
		expect_nothing();
		assert_int_equal(teardown(NULL), 0);
		assert_int_equal(setup(NULL), 0);
	}
}

/* No SIGPIPE either: it would end this test. */
static void
test_peer_gone(void **arg)
{
	(void)arg;
	assert_true(imsg_compose(&a, 1, 0, "anyone", 6));
	imsg_attach(&a, new_fd());
	imsgbuf_clear(&b);
	assert_int_equal(imsgbuf_flush(&a), IMSG_EOF);
	assert_true(imsgbuf_pending(&a));
}

/* Unread data in the peer's socket turns its end into a reset. */
static void
test_peer_gone_with_mail_unread(void **arg)
{
	(void)arg;
	assert_true(imsg_compose(&a, 1, 0, "unread", 6));
	assert_int_equal(imsgbuf_flush(&a), IMSG_OK);
	imsgbuf_clear(&b);
	assert_int_equal(imsgbuf_read(&a), IMSG_EOF);
}

/* Queue numbered messages of mixed sizes until it is full. */
static uint32_t
fill_queue(struct imsgbuf *buf)
{
	static const char	 payload[IMSG_MAX_PAYLOAD];
	uint32_t		 n;

	for (n = 0; imsg_compose(buf, n, 0, payload,
	    n * 611 % (IMSG_MAX_PAYLOAD + 1)); n++)
		assert_true(n < 100000);
	assert_int_equal(errno, ENOBUFS);
	assert_true(buf->queued <= IMSG_MAX_QUEUED);
	assert_true(buf->queued > IMSG_MAX_QUEUED - IMSG_MAX_PAYLOAD - HDR);
	return n;
}

static void
test_queue_limit(void **arg)
{
	static const char	 payload[IMSG_MAX_PAYLOAD];
	size_t			 left;

	(void)arg;
	fill_queue(&a);
	assert_false(imsg_compose(&a, 0, 0, payload, sizeof(payload)));
	assert_int_equal(errno, ENOBUFS);
	while (IMSG_MAX_QUEUED - a.queued > HDR + IMSG_MAX_PAYLOAD)
		assert_true(imsg_compose(&a, 0, 0, NULL, 0));
	/* Exactly to the limit, not a byte further. */
	left = IMSG_MAX_QUEUED - a.queued - HDR;
	assert_false(imsg_compose(&a, 0, 0, payload, left + 1));
	assert_true(imsg_compose(&a, 0, 0, payload, left));
	assert_int_equal(a.queued, IMSG_MAX_QUEUED);
	assert_false(imsg_compose(&a, 0, 0, NULL, 0));
	while (a.queued > 0) {
		assert_int_not_equal(imsgbuf_flush(&a), IMSG_ERROR);
		if (read(b.fd, (char[65536]){ 0 }, 65536) == -1)
			assert_int_equal(errno, EAGAIN);
	}
	assert_false(imsgbuf_pending(&a));
	assert_true(imsg_compose(&a, 0, 0, payload, sizeof(payload)));
}

/* A slow reader: the writer's socket fills up, in the middle of messages. */
static void
test_partial_writes(void **arg)
{
	struct imsg	 msg;
	uint32_t	 n, got = 0;
	int		 small = 1, again = 0, turns;

	(void)arg;
	assert_int_equal(setsockopt(a.fd, SOL_SOCKET, SO_SNDBUF, &small,
	    sizeof(small)), 0);
	n = fill_queue(&a);
	for (turns = 0; got < n && turns < 100000; turns++) {
		if (imsgbuf_flush(&a) == IMSG_AGAIN) {
			assert_true(imsgbuf_pending(&a));
			again++;
		}
		imsgbuf_read(&b);
		while (imsg_get(&b, &msg) == IMSG_OK) {
			assert_int_equal(msg.hdr.type, got);
			assert_int_equal(msg.hdr.len,
			    got * 611 % (IMSG_MAX_PAYLOAD + 1));
			got++;
		}
	}
	assert_int_equal(got, n);
	assert_true(again > 1);
	assert_int_equal(a.queued, 0);
	assert_int_equal(imsgbuf_flush(&a), IMSG_OK);
}

/* Who never takes what was read does not make us read without end. */
static void
test_input_is_bounded(void **arg)
{
	struct imsg	 msg;
	uint32_t	 got = 0, n;
	int		 reads;

	(void)arg;
	n = fill_queue(&a);
	for (reads = 0; reads < 1000; reads++) {
		assert_int_not_equal(imsgbuf_flush(&a), IMSG_ERROR);
		if (imsgbuf_read(&b) != IMSG_OK)
			break;
	}
	assert_true(reads < 1000);
	assert_int_equal(imsgbuf_read(&b), IMSG_AGAIN);
	for (reads = 0; reads < 1000 && got < n; reads++) {
		imsgbuf_flush(&a);
		while (imsg_get(&b, &msg) == IMSG_OK)
			assert_int_equal(msg.hdr.type, got++);
		imsgbuf_read(&b);
	}
	assert_int_equal(got, n);
}

static void
test_descriptor(void **arg)
{
	struct imsg	 msg;
	int		 fds[2];
	char		 c;

	(void)arg;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_true(imsg_compose(&a, 1, 0, "pipe", 4));
	imsg_attach(&a, fds[1]);
	assert_int_equal(imsgbuf_flush(&a), IMSG_OK);
	assert_int_equal(fcntl(fds[1], F_GETFD), -1);	/* sent and closed */
	assert_int_equal(imsgbuf_read(&b), IMSG_OK);
	expect(1, "pipe", &msg);
	assert_int_not_equal(msg.fd, -1);
	assert_int_equal(fcntl(msg.fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(msg.fd, "!", 1), 1);
	assert_int_equal(read(fds[0], &c, 1), 1);
	assert_int_equal(c, '!');
	close(msg.fd);
	close(fds[0]);
}

/* Each descriptor reaches the message it was sent with. */
static void
test_several_descriptors(void **arg)
{
	static const char	 payload[1000];
	struct imsg		 msg;
	ino_t			 ids[40];
	uint32_t		 i, got = 0;
	int			 fd, turns;

	(void)arg;
	for (i = 0; i < COUNT(ids); i++) {
		fd = i % 3 == 1 ? -1 : new_fd();
		ids[i] = fd == -1 ? 0 : fd_id(fd);
		assert_true(imsg_compose(&a, i, 0, payload, i * 25));
		if (fd != -1)
			imsg_attach(&a, fd);
	}
	for (turns = 0; turns < 1000 && got < COUNT(ids); turns++) {
		imsgbuf_flush(&a);
		imsgbuf_read(&b);
		while (imsg_get(&b, &msg) == IMSG_OK) {
			assert_int_equal(msg.hdr.type, got);
			if (ids[got] == 0)
				assert_int_equal(msg.fd, -1);
			else {
				assert_true(fd_id(msg.fd) == ids[got]);
				close(msg.fd);
			}
			got++;
		}
	}
	assert_int_equal(got, COUNT(ids));
}

/*
 * Who refuses descriptors gets none.  Kernels that know how fail the sender;
 * with others the frame is bad, and the descriptor closed.
 */
static void
test_refused_descriptors(void **arg)
{
	struct imsg	 msg;
	int		 fds[2];
	char		 c;

	(void)arg;
	imsg_refuse_fds(b.fd);
	b.refuse_fds = true;
	assert_true(imsg_compose(&a, 1, 0, "fine", 4));
	assert_int_equal(imsgbuf_flush(&a), IMSG_OK);
	assert_int_equal(imsgbuf_read(&b), IMSG_OK);
	expect(1, "fine", &msg);

	assert_int_equal(pipe(fds), 0);
	assert_true(imsg_compose(&a, 1, 0, "pipe", 4));
	imsg_attach(&a, fds[1]);
	if (imsgbuf_flush(&a) == IMSG_OK) {
		assert_int_equal(imsgbuf_read(&b), IMSG_OK);
		assert_int_equal(imsg_get(&b, &msg), IMSG_ERROR);
		assert_int_equal(errno, EBADMSG);
	} else
		assert_int_equal(errno, EPERM);
	assert_int_equal(b.nfds, 0);
	imsgbuf_clear(&a);
	assert_int_equal(read(fds[0], &c, 1), 0);	/* nobody has it */
	close(fds[0]);
}

/* A frame in pieces: its descriptor comes with the first of them. */
static void
test_descriptor_of_a_split_frame(void **arg)
{
	struct imsg	 msg;
	uint8_t		 frame[200];
	size_t		 len, cut;
	int		 fd = new_fd();

	(void)arg;
	len = make_frame(frame, 1, 1, "in two");
	for (cut = 1; cut < len; cut++) {
		send_raw(frame, cut, &fd, 1);
		assert_int_equal(imsgbuf_read(&b), IMSG_OK);
		expect_nothing();
		send_raw(frame + cut, len - cut, NULL, 0);
		assert_int_equal(imsgbuf_read(&b), IMSG_OK);
		expect(1, "in two", &msg);
		assert_true(fd_id(msg.fd) == fd_id(fd));
		close(msg.fd);
	}
	close(fd);
}

/* Descriptors nobody announced are kept up to a number, then closed. */
static void
test_unannounced_descriptors(void **arg)
{
	struct imsg	 msg;
	uint8_t		 frame[200];
	size_t		 len;
	int		 i, before, fd = new_fd();

	(void)arg;
	before = open_fds();
	len = make_frame(frame, 1, 0, "take this");
	for (i = 0; i < 3 * IMSG_MAX_FDS; i++) {
		send_raw(frame, len, &fd, 1);
		assert_int_equal(imsgbuf_read(&b), IMSG_OK);
		expect(1, "take this", &msg);
		assert_int_equal(msg.fd, -1);
		assert_true(open_fds() <= before + IMSG_MAX_FDS);
	}
	close(fd);
}

/* More at once than there is room for: all closed, what follows still comes. */
static void
test_too_many_descriptors(void **arg)
{
	struct imsg	 msg;
	uint8_t		 frame[200];
	size_t		 i;
	int		 before, fds[MANY_FDS];

	(void)arg;
	for (i = 0; i < MANY_FDS; i++)
		fds[i] = new_fd();
	before = open_fds();
	send_raw(frame, make_frame(frame, 1, 0, "a flood"), fds, MANY_FDS);
	assert_int_equal(imsgbuf_read(&b), IMSG_OK);
	expect(1, "a flood", &msg);
	assert_int_equal(open_fds(), before);
	send_raw(frame, make_frame(frame, 2, 0, "none"), NULL, 0);
	assert_int_equal(imsgbuf_read(&b), IMSG_OK);
	expect(2, "none", &msg);
	/* None would be sure to be the right one now. */
	send_raw(frame, make_frame(frame, 3, 1, "one"), fds, 1);
	assert_int_equal(imsgbuf_read(&b), IMSG_OK);
	expect_bad();
	assert_int_equal(open_fds(), before);
	for (i = 0; i < MANY_FDS; i++)
		close(fds[i]);
}

/* Overflow by one must not shift the others to the wrong messages. */
static void
test_overflow_keeps_the_order(void **arg)
{
	struct imsg	 msg;
	uint8_t		 frame[200];
	ino_t		 ids[IMSG_MAX_FDS + 2];
	uint32_t	 i;
	int		 fd;

	(void)arg;
	for (i = 0; i < COUNT(ids); i++) {
		fd = new_fd();
		ids[i] = fd_id(fd);
		send_raw(frame, make_frame(frame, i, 1, ""), &fd, 1);
		close(fd);
		assert_int_equal(imsgbuf_read(&b), IMSG_OK);
	}
	for (i = 0; i < IMSG_MAX_FDS; i++) {
		expect(i, "", &msg);
		assert_true(fd_id(msg.fd) == ids[i]);
		close(msg.fd);
	}
	expect_bad();
}

/* At our own limit the kernel drops the descriptor, not the process. */
static void
test_no_descriptor_left(void **arg)
{
	struct rlimit	 limit, low;
	struct imsg	 msg;
	uint8_t		 frame[200];
	int		 fd = new_fd();

	(void)arg;
	send_raw(frame, make_frame(frame, 1, 0, "plain"), NULL, 0);
	send_raw(frame, make_frame(frame, 2, 1, "with"), &fd, 1);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	low = limit;
	low.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	assert_int_equal(imsgbuf_read(&b), IMSG_OK);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	expect(1, "plain", &msg);
	expect_bad();
	close(fd);
}

/* Whatever is queued or kept is closed in the end (see teardown). */
static void
test_clear(void **arg)
{
	uint8_t	 frame[200];
	int	 i, fd = new_fd();

	(void)arg;
	send_raw(frame, make_frame(frame, 1, 1, "not asked for"), &fd, 1);
	close(fd);
	assert_int_equal(imsgbuf_read(&b), IMSG_OK);
	for (i = 0; i < 5; i++) {
		assert_true(imsg_compose(&b, 1, 0, "unsent", 6));
		imsg_attach(&b, new_fd());
	}
	errno = ENOENT;
	imsgbuf_clear(&b);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(b.fd, -1);
	assert_false(imsgbuf_pending(&b));
	imsgbuf_clear(&b);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		TEST(test_one_message),
		TEST(test_no_payload),
		TEST(test_alignment),
		TEST(test_split_at_every_byte),
		TEST(test_byte_by_byte),
		TEST(test_largest_payload),
		TEST(test_too_long_to_send),
		TEST(test_bad_headers),
		TEST(test_end_between_messages),
		TEST(test_end_in_mid_frame),
		TEST(test_peer_gone),
		TEST(test_peer_gone_with_mail_unread),
		TEST(test_queue_limit),
		TEST(test_partial_writes),
		TEST(test_input_is_bounded),
		TEST(test_descriptor),
		TEST(test_several_descriptors),
		TEST(test_descriptor_of_a_split_frame),
		TEST(test_refused_descriptors),
		TEST(test_unannounced_descriptors),
		TEST(test_too_many_descriptors),
		TEST(test_overflow_keeps_the_order),
		TEST(test_no_descriptor_left),
		TEST(test_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
