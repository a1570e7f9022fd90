/*
 * Stream sockets without a kernel.
 */
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/imsg.h"
#include "regress/fuzz/fuzz.h"
#include "regress/fuzz/stream.h"

static struct {
	const uint8_t	*data;		/* chunks that are still to come */
	size_t		 size;
	size_t		 at;		/* bytes of the first that have come */
	bool		 failed;	/* and its error has */
	unsigned	 flags;
	uint8_t		 came[65536];
	size_t		 ncame, sent;
	bool		 open[STREAM_FDS_MOST];
	size_t		 nfds, closed;
} stream;

/* Chunks of no bytes at the front do not count; nor does half a header. */
static void
skip_empty(void)
{
	while (stream.size > 1 && (stream.size == 2 || stream.data[1] == 0)) {
		stream.data += 2;
		stream.size -= 2;
		stream.failed = false;
	}
	if (stream.size < 2)
		stream.size = 0;
}

void
stream_open(const uint8_t *data, size_t size)
{
	memset(stream.open, 0, stream.nfds);
	stream.data = data;
	stream.size = size;
	stream.at = stream.ncame = stream.sent = 0;
	stream.failed = false;
	stream.flags = 0;
	stream.nfds = 1;
	stream.closed = 0;
	stream.open[0] = true;
	skip_empty();
}

bool
stream_more(void)
{
	return stream.size > 0;
}

unsigned
stream_flags(void)
{
	return stream.flags;
}

const uint8_t *
stream_came(size_t *len)
{
	*len = stream.ncame;
	return stream.came;
}

size_t
stream_sent(void)
{
	return stream.sent;
}

bool
stream_closed(void)
{
	return stream.closed == stream.nfds;
}

/* Does the chunk at the front begin with an error? */
static bool
fails(void)
{
	static const int errors[] = { 0, EINTR, EAGAIN, ENOMEM, ECONNRESET,
			    EIO, 0, 0 };

	if (stream.failed || stream.at > 0)
		return false;
	stream.failed = true;
	errno = errors[(stream.data[0] & STREAM_ERRORS) >> 4];
	return errno != 0;
}

/* The descriptors of the chunk, as far as there is room in MSG. */
static void
pass_fds(struct msghdr *msg, size_t room)
{
	static const size_t counts[] = { 0, 1, 3, IMSG_MAX_FDS + 1 };
	struct cmsghdr	*c = msg->msg_control;
	size_t		 i, n = counts[stream.flags & STREAM_FDS];
	int		 fd;

	if (n > STREAM_FDS_MOST - stream.nfds)
		n = STREAM_FDS_MOST - stream.nfds;
	while (n > 0 && room < CMSG_LEN(n * sizeof(fd))) {
		msg->msg_flags |= MSG_CTRUNC;
		n--;
	}
	if (n == 0)
		return;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(fd));
	msg->msg_controllen = CMSG_SPACE(n * sizeof(fd));
	for (i = 0; i < n; i++) {
		fd = STREAM_FD + (int)stream.nfds;
		memcpy(CMSG_DATA(c) + i * sizeof(fd), &fd, sizeof(fd));
		stream.open[stream.nfds++] = true;
	}
}

ssize_t
recvmsg(int fd, struct msghdr *msg, int flags)
{
	size_t		 len, room = msg->msg_controllen;

	if (fd < STREAM_FD)
		return syscall(SYS_recvmsg, fd, msg, flags);
	require(fd == STREAM_FD && stream.open[0] && msg->msg_iovlen == 1);
	msg->msg_controllen = 0;
	msg->msg_flags = 0;
	if (!stream_more())
		return 0;
	if (fails())
		return -1;
	stream.flags = stream.data[0];
	if (stream.at == 0)
		pass_fds(msg, room);
	len = stream.data[1];
	if (len > stream.size - 2)
		len = stream.size - 2;
	len -= stream.at;
	if (len > msg->msg_iov[0].iov_len)
		len = msg->msg_iov[0].iov_len;
	memcpy(msg->msg_iov[0].iov_base, stream.data + 2 + stream.at, len);
	require(stream.ncame + len <= sizeof(stream.came));
	memcpy(stream.came + stream.ncame, stream.data + 2 + stream.at, len);
	stream.ncame += len;
	stream.at += len;
	if (stream.at == stream.data[1] || stream.at == stream.size - 2) {
		stream.data += 2 + stream.at;
		stream.size -= 2 + stream.at;
		stream.at = 0;
		stream.failed = false;
		skip_empty();
	}
	return (ssize_t)len;
}

/* Whatever is sent is taken. */
ssize_t
sendmsg(int fd, const struct msghdr *msg, int flags)
{
	if (fd < STREAM_FD)
		return syscall(SYS_sendmsg, fd, msg, flags);
	require(fd == STREAM_FD && stream.open[0] && msg->msg_iovlen == 1);
	stream.sent += msg->msg_iov[0].iov_len;
	return (ssize_t)msg->msg_iov[0].iov_len;
}

int
setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	if (fd < STREAM_FD)
		return (int)syscall(SYS_setsockopt, fd, level, name, value,
		    len);
	return 0;
}

int
close(int fd)
{
	if (fd < STREAM_FD)
		return (int)syscall(SYS_close, fd);
	require((size_t)(fd - STREAM_FD) < stream.nfds &&
	    stream.open[fd - STREAM_FD]);
	stream.open[fd - STREAM_FD] = false;
	stream.closed++;
	return 0;
}

void
stream_chunk(unsigned flags, const void *data, size_t len)
{
	const uint8_t	 head[2] = { (uint8_t)flags, (uint8_t)len };

	seed_add(head, sizeof(head));
	seed_add(data, len);
}

void
stream_chunks(unsigned flags, const void *data, size_t len)
{
	const uint8_t	*bytes = data;
	size_t		 n;

	for (; len > 0; len -= n, bytes += n, flags = 0) {
		n = len < UINT8_MAX ? len : UINT8_MAX;
		stream_chunk(flags, bytes, n);
	}
}
