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
	const uint8_t	*delivery;	/* for the next recvmsg(2); or NULL */
	size_t		 delivered;	/* bytes of it */
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
	return stream.size > 0 && stream.ncame < sizeof(stream.came);
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

void
stream_deliver(const void *bytes, size_t len, bool with_fd)
{
	stream.delivery = bytes;
	stream.delivered = len;
	stream.flags = with_fd ? STREAM_ONE_FD : 0;
}

int
stream_descriptor(void)
{
	require(stream.nfds < STREAM_FDS_MOST);
	stream.open[stream.nfds] = true;
	return STREAM_FD + (int)stream.nfds++;
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

/*
 * The descriptors of the chunk, as far as there is room in MSG.  Those that
 * are lost have numbers, too.
 */
static void
pass_fds(struct msghdr *msg, size_t room)
{
	static const size_t counts[] = { 0, 1, 3, IMSG_MAX_FDS + 1 };
	struct cmsghdr	*c = msg->msg_control;
	size_t		 i, n = counts[stream.flags & STREAM_FDS], fits;
	int		 fd;

	if (n > STREAM_FDS_MOST - stream.nfds)
		n = STREAM_FDS_MOST - stream.nfds;
	for (fits = n; fits > 0 && room < CMSG_LEN(fits * sizeof(fd)); fits--)
		msg->msg_flags |= MSG_CTRUNC;
	for (i = 0; i < fits; i++) {
		fd = STREAM_FD + (int)(stream.nfds + i);
		memcpy(CMSG_DATA(c) + i * sizeof(fd), &fd, sizeof(fd));
		stream.open[stream.nfds + i] = true;
	}
	stream.nfds += n;
	stream.closed += n - fits;
	if (fits == 0)
		return;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(fits * sizeof(fd));
	msg->msg_controllen = CMSG_SPACE(fits * sizeof(fd));
}

/* The bytes that the input has of the chunk at the front. */
static size_t
chunk_bytes(void)
{
	size_t		 len = stream.data[1];

	return len < stream.size - 2 ? len : stream.size - 2;
}

/* Take up to SIZE bytes of the chunk at the front. */
static size_t
take_bytes(uint8_t *to, size_t size)
{
	size_t		 i, have = chunk_bytes(), whole = have;

	if (stream.flags & STREAM_LONG)
		whole += STREAM_ZEROS;
	if (size > whole - stream.at)
		size = whole - stream.at;
	if (size > sizeof(stream.came) - stream.ncame)
		size = sizeof(stream.came) - stream.ncame;
	for (i = 0; i < size; i++, stream.at++)
		to[i] = stream.at < have ? stream.data[2 + stream.at] : 0;
	memcpy(stream.came + stream.ncame, to, size);
	stream.ncame += size;
	if (stream.at == whole) {
		stream.data += 2 + have;
		stream.size -= 2 + have;
		stream.at = 0;
		stream.failed = false;
		skip_empty();
	}
	return size;
}

/* Without room for descriptors. */
ssize_t
recv(int fd, void *bytes, size_t len, int flags)
{
	struct iovec	 iov = { .iov_base = bytes, .iov_len = len };
	struct msghdr	 msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return recvmsg(fd, &msg, flags);
}

static bool
is_open(int fd)
{
	return (size_t)(fd - STREAM_FD) < stream.nfds &&
	    stream.open[fd - STREAM_FD];
}

/* All that is delivered, with its descriptor. */
static ssize_t
take_delivery(struct msghdr *msg, size_t room)
{
	require(msg->msg_iov[0].iov_len >= stream.delivered);
	memcpy(msg->msg_iov[0].iov_base, stream.delivery, stream.delivered);
	stream.delivery = NULL;
	pass_fds(msg, room);
	return (ssize_t)stream.delivered;
}

ssize_t
recvmsg(int fd, struct msghdr *msg, int flags)
{
	size_t		 room = msg->msg_controllen;

	if (fd < STREAM_FD)
		return syscall(SYS_recvmsg, fd, msg, flags);
	require(is_open(fd) && msg->msg_iovlen == 1);
	msg->msg_controllen = 0;
	msg->msg_flags = 0;
	if (stream.delivery != NULL)
		return take_delivery(msg, room);
	require(fd == STREAM_FD);
	if (!stream_more())
		return 0;
	if (fails())
		return -1;
	stream.flags = stream.data[0];
	if (stream.at == 0)
		pass_fds(msg, room);
	return (ssize_t)take_bytes(msg->msg_iov[0].iov_base,
	    msg->msg_iov[0].iov_len);
}

/* Whatever is sent is taken. */
ssize_t
sendmsg(int fd, const struct msghdr *msg, int flags)
{
	if (fd < STREAM_FD)
		return syscall(SYS_sendmsg, fd, msg, flags);
	require(is_open(fd) && msg->msg_iovlen == 1);
	stream.sent += msg->msg_iov[0].iov_len;
	return (ssize_t)msg->msg_iov[0].iov_len;
}

ssize_t
send(int fd, const void *bytes, size_t len, int flags)
{
	struct iovec	 iov = { .iov_base = (void *)(uintptr_t)bytes,
			    .iov_len = len };
	const struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return sendmsg(fd, &msg, flags);
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
	require(is_open(fd));
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
