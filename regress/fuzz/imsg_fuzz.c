/*
 * A peer that writes any bytes, cut anywhere, with descriptors anywhere.  The
 * input is a row of chunks: a byte of flags (1: a descriptor comes with it, 2:
 * three of them, 4: nobody takes messages after it), a byte of length, the
 * bytes.
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/imsg.h"

#define ONE_FD		1
#define THREE_FDS	2
#define NOT_TAKEN	4

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

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
