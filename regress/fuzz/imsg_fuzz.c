/*
 * A peer that writes any bytes, cut anywhere, with descriptors anywhere.  The
 * input is a row of chunks: a byte of flags (1: a descriptor comes with it, 2:
 * three of them, 4: nobody takes messages after it), a byte of length, the
 * bytes.
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/imsg.h"
#include "regress/fuzz/fuzz.h"

#define ONE_FD		1
#define THREE_FDS	2
#define NOT_TAKEN	4

static void
send_chunk(int fd, const uint8_t *data, size_t len, uint8_t flags)
{
	union {
		struct cmsghdr	 header;
		uint8_t		 bytes[CMSG_SPACE(3 * sizeof(int))];
	} control;
	struct iovec	 iov = { .iov_base = (void *)(uintptr_t)data,
			    .iov_len = len };
	struct msghdr	 mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	const int	 fds[3] = { fd, fd, fd };
	size_t		 n;

	n = flags & THREE_FDS ? 3 : flags & ONE_FD ? 1 : 0;
	memset(&control, 0, sizeof(control));
	if (n > 0) {
		mh.msg_control = control.bytes;
		mh.msg_controllen = CMSG_SPACE(n * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds, n * sizeof(int));
	}
	require(sendmsg(fd, &mh, MSG_NOSIGNAL) == (ssize_t)len);
}

/* Take all messages; false after a bad frame. */
static bool
take(struct imsgbuf *buf, size_t *taken)
{
	struct imsg	 msg;
	enum imsg_status status;
	const uint8_t	*bytes;
	unsigned	 sum = 0;
	uint32_t	 i;

	while ((status = imsg_get(buf, &msg)) == IMSG_OK) {
		require(msg.hdr.len <= IMSG_MAX_PAYLOAD);
		require((msg.fd != -1) == (msg.hdr.has_fd == 1));
		require((uintptr_t)msg.data % 8 == 0);
		bytes = msg.data;
		for (i = 0; i < msg.hdr.len; i++)
			sum += bytes[i];
		*taken += sizeof(msg.hdr) + msg.hdr.len;
		if (msg.fd != -1)
			require(close(msg.fd) == 0);
	}
	(void)sum;
	require(status == IMSG_AGAIN || errno == EBADMSG);
	return status == IMSG_AGAIN;
}

/* The lowest free descriptor: the same afterwards, unless one leaked. */
static int
lowest_free(void)
{
	int	 fd = dup(STDERR_FILENO);

	require(fd != -1);
	close(fd);
	return fd;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct imsgbuf	 buf;
	size_t		 len, sent = 0, taken = 0;
	int		 fds[2], before = lowest_free();
	uint8_t		 flags;

	require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
	imsgbuf_init(&buf, fds[0]);
	while (size > 2) {
		flags = data[0];
		len = data[1] < size - 2 ? data[1] : size - 2;
		if (len > 0)
			send_chunk(fds[1], data + 2, len, flags);
		data += 2 + len;
		size -= 2 + len;
		sent += len;
		require(imsgbuf_read(&buf) != IMSG_ERROR);
		require(buf.nfds <= IMSG_MAX_FDS);
		if (!(flags & NOT_TAKEN) && !take(&buf, &taken))
			break;
		/* A full input would leave chunks to fill the socket. */
		if (buf.in_len > 2 * IMSG_MAX_PAYLOAD &&
		    !take(&buf, &taken))
			break;
	}
	require(taken <= sent);
	close(fds[1]);
	imsgbuf_clear(&buf);
	require(lowest_free() == before);
	return 0;
}

/* ---- seeds ---- */

/* A chunk: what comes next with FLAGS, LEN bytes. */
static void
chunk(uint8_t flags, size_t len)
{
	const uint8_t	 head[2] = { flags, (uint8_t)len };

	seed_add(head, sizeof(head));
}

/* The header of a message of LEN bytes that says HAS_FD. */
static struct imsg_header
header(size_t len, uint32_t has_fd)
{
	return (struct imsg_header){ .type = 1, .len = (uint32_t)len,
	    .id = 9, .pid = 1234, .has_fd = has_fd };
}

/* A message in a chunk of its own. */
static void
message(uint8_t flags, size_t len, uint32_t has_fd)
{
	struct imsg_header hdr = header(len, has_fd);

	chunk(flags, sizeof(hdr) + len);
	seed_add(&hdr, sizeof(hdr));
	seed_fill('x', len);
}

static void
in_pieces(void)
{
	struct imsg_header hdr = header(IMSG_MAX_PAYLOAD, 0);
	const uint8_t	*bytes = (const uint8_t *)&hdr;
	size_t		 i, len;

	seed_begin("byte_by_byte");
	hdr.len = 3;
	for (i = 0; i < sizeof(hdr) + hdr.len; i++) {
		chunk(0, 1);
		seed_add(i < sizeof(hdr) ? bytes + i : (uint8_t *)"x", 1);
	}
	seed_begin("largest");
	hdr.len = IMSG_MAX_PAYLOAD;
	chunk(0, sizeof(hdr));
	seed_add(&hdr, sizeof(hdr));
	for (len = hdr.len; len > 0; len -= i) {
		i = len < UINT8_MAX ? len : UINT8_MAX;
		chunk(0, i);
		seed_fill('x', i);
	}
}

static void
with_descriptors(void)
{
	int		 i;

	seed_begin("descriptor");
	message(ONE_FD, 2, 1);
	seed_begin("descriptor_missing");
	message(0, 2, 1);
	seed_begin("descriptors");
	message(ONE_FD, 0, 1);
	message(0, 0, 0);
	message(ONE_FD, 1, 1);
	seed_begin("unannounced");
	for (i = 0; i < 20; i++)
		message(ONE_FD, 2, 0);
	seed_begin("three_each");
	for (i = 0; i < 20; i++)
		message(THREE_FDS, 2, 1);
	seed_begin("two_announced");
	message(ONE_FD, 0, 2);
}

void
make_seeds(void)
{
	struct imsg_header hdr;
	int		 i;

	in_pieces();
	with_descriptors();
	seed_begin("one");
	message(0, 5, 0);
	seed_begin("three");
	message(0, 0, 0);
	message(0, 3, 0);
	message(0, 60, 0);
	seed_begin("not_taken");
	for (i = 0; i < 12; i++)
		message(NOT_TAKEN, 200, 0);
	message(0, 0, 0);
	seed_begin("too_long");
	hdr = header(IMSG_MAX_PAYLOAD + 1, 0);
	chunk(0, sizeof(hdr));
	seed_add(&hdr, sizeof(hdr));
	seed_begin("huge");
	hdr = header(UINT32_MAX, 0);
	chunk(0, sizeof(hdr));
	seed_add(&hdr, sizeof(hdr));
}
