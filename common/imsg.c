/*
 * Framed messages over a UNIX stream socket: a fixed header, a payload of
 * bounded length, at most one descriptor.  Both ends run on one machine, so
 * the header is in host byte order.
 *
 * How descriptors find their messages: the sender passes one along with the
 * first byte of its message, in a sendmsg(2) of that message alone.  The
 * kernel keeps the order, so the receiver needs only a queue: the next message
 * whose header has has_fd gets the oldest descriptor.  If one is ever lost
 * (no room here, or the process is at its limit), those that follow it could
 * go to the wrong message; so none is accepted any more, and the message that
 * misses its descriptor is a bad frame.
 */
#include "common/imsg.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Room for several frames, so that one read brings several messages. */
#define IN_SIZE	(4 * (sizeof(struct imsg_header) + IMSG_MAX_PAYLOAD))

/* A message waiting to be written: its frame, header first. */
struct imsg_out {
	struct imsg_out	*next;
	int		 fd;		/* -1: none, or sent already */
	size_t		 len;		/* of the frame */
	size_t		 sent;
	uint8_t		 frame[];
};

/* A control buffer with the alignment that its header needs. */
union control {
	struct cmsghdr	 header;
	uint8_t		 bytes[CMSG_SPACE(sizeof(int) * IMSG_MAX_FDS)];
};

void
imsgbuf_init(struct imsgbuf *buf, int fd)
{
	memset(buf, 0, sizeof(*buf));
	buf->fd = fd;
}

void
imsg_refuse_fds(int fd)
{
	int	 no = 0;

	(void)setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &no, sizeof(no));
}

static void
close_fd(int fd)
{
	int	 saved = errno;

	if (fd != -1)
		close(fd);
	errno = saved;
}

/* Take the first message off the queue. */
static void
drop_head(struct imsgbuf *buf)
{
	struct imsg_out	*out = buf->head;

	buf->queued -= out->len - out->sent;
	buf->head = out->next;
	if (buf->head == NULL)
		buf->tail = NULL;
	close_fd(out->fd);
	free(out);
}

void
imsgbuf_clear(struct imsgbuf *buf)
{
	size_t	 i;

	while (buf->head != NULL)
		drop_head(buf);
	for (i = 0; i < buf->nfds; i++)
		close_fd(buf->fds[i]);
	free(buf->in);
	close_fd(buf->fd);
	memset(buf, 0, sizeof(*buf));
	buf->fd = -1;
}

static struct imsg_out *
new_message(const struct imsg_header *hdr, const void *data)
{
	struct imsg_out	*out;

	out = malloc(sizeof(*out) + sizeof(*hdr) + hdr->len);
	if (out == NULL)
		return NULL;
	out->next = NULL;
	out->fd = -1;
	out->len = sizeof(*hdr) + hdr->len;
	out->sent = 0;
	memcpy(out->frame, hdr, sizeof(*hdr));
	if (hdr->len > 0)
		memcpy(out->frame + sizeof(*hdr), data, hdr->len);
	return out;
}

bool
imsg_compose(struct imsgbuf *buf, uint32_t type, uint32_t id,
    const void *data, size_t len)
{
	struct imsg_header	 hdr = { .type = type, .id = id };
	struct imsg_out		*out;

	if (len > IMSG_MAX_PAYLOAD) {
		errno = EMSGSIZE;
		return false;
	}
	if (buf->queued + sizeof(hdr) + len > IMSG_MAX_QUEUED) {
		errno = ENOBUFS;
		return false;
	}
	hdr.len = (uint32_t)len;
	if ((out = new_message(&hdr, data)) == NULL)
		return false;
	if (buf->tail == NULL)
		buf->head = out;
	else
		buf->tail->next = out;
	buf->tail = out;
	buf->queued += out->len;
	return true;
}

void
imsg_attach(struct imsgbuf *buf, int fd)
{
	const uint32_t	 yes = 1;

	buf->tail->fd = fd;
	memcpy(buf->tail->frame + offsetof(struct imsg_header, has_fd), &yes,
	    sizeof(yes));
}

bool
imsgbuf_pending(const struct imsgbuf *buf)
{
	return buf->head != NULL;
}

/* Send what is left of OUT with its descriptor, as sendmsg(2) does. */
static ssize_t
send_with_fd(int fd, const struct imsg_out *out)
{
	struct iovec	 iov;
	struct msghdr	 mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr	*cmsg;
	union control	 control;

	iov.iov_base = (void *)(uintptr_t)(out->frame + out->sent);
	iov.iov_len = out->len - out->sent;
	memset(&control, 0, sizeof(control));
	mh.msg_control = control.bytes;
	mh.msg_controllen = CMSG_SPACE(sizeof(out->fd));
	cmsg = CMSG_FIRSTHDR(&mh);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(out->fd));
	memcpy(CMSG_DATA(cmsg), &out->fd, sizeof(out->fd));
	return sendmsg(fd, &mh, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/*
 * Send what is left of OUT, with its descriptor if that is still to go.  Once
 * a single byte is taken, so is the descriptor.  Without one this is send(2):
 * a process that has none to pass needs no sendmsg(2).
 */
static ssize_t
send_message(int fd, struct imsg_out *out)
{
	ssize_t		 n;

	do
		n = out->fd != -1 ? send_with_fd(fd, out) :
		    send(fd, out->frame + out->sent, out->len - out->sent,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	if (n > 0) {
		close_fd(out->fd);
		out->fd = -1;
	}
	return n;
}

/* Does ERROR go away by itself? */
static bool
is_transient(int error)
{
	return error == EAGAIN || error == ENOBUFS || error == ENOMEM ||
	    error == ETOOMANYREFS;
}

enum imsg_status
imsgbuf_flush(struct imsgbuf *buf)
{
	struct imsg_out	*out;
	ssize_t		 n;

	while ((out = buf->head) != NULL) {
		n = send_message(buf->fd, out);
		if (n == -1) {
			buf->short_of = errno != EAGAIN;
			if (is_transient(errno))
				return IMSG_AGAIN;
			if (errno == EPIPE || errno == ECONNRESET)
				return IMSG_EOF;
			return IMSG_ERROR;
		}
		buf->short_of = false;
		out->sent += (size_t)n;
		buf->queued -= (size_t)n;
		if (out->sent == out->len)
			drop_head(buf);
	}
	return IMSG_OK;
}

/* Queue a received descriptor, or close it if it cannot be kept in order. */
static void
keep_fd(struct imsgbuf *buf, int fd)
{
	if (buf->nfds == IMSG_MAX_FDS)
		buf->fds_lost = true;
	if (buf->fds_lost)
		close_fd(fd);
	else
		buf->fds[buf->nfds++] = fd;
}

static void
receive_fds(struct imsgbuf *buf, struct msghdr *mh)
{
	struct cmsghdr	*cmsg;
	size_t		 i, n;
	int		 fd;

	/* Which ones are missing is not known: keep none of this batch. */
	if (mh->msg_flags & MSG_CTRUNC)
		buf->fds_lost = true;
	for (cmsg = CMSG_FIRSTHDR(mh); cmsg != NULL;
	    cmsg = CMSG_NXTHDR(mh, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET ||
		    cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		n = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(fd);
		for (i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(fd),
			    sizeof(fd));
			keep_fd(buf, fd);
		}
	}
}

/*
 * Make room for reading.  The memory at buf->in starts with one payload's
 * room, where imsg_get() puts what it hands out, aligned for any type; the
 * bytes read follow.
 */
static uint8_t *
input_room(struct imsgbuf *buf, size_t *room)
{
	uint8_t	*bytes;

	if (buf->in == NULL &&
	    (buf->in = malloc(IMSG_MAX_PAYLOAD + IN_SIZE)) == NULL)
		return NULL;
	bytes = buf->in + IMSG_MAX_PAYLOAD;
	if (buf->in_taken > 0) {
		buf->in_len -= buf->in_taken;
		memmove(bytes, bytes + buf->in_taken, buf->in_len);
		buf->in_taken = 0;
	}
	*room = IN_SIZE - buf->in_len;
	return bytes + buf->in_len;
}

/* Read into LEN bytes at BYTES, and take the descriptors that come. */
static ssize_t
receive_with_fds(struct imsgbuf *buf, void *bytes, size_t len)
{
	union control	 control;
	struct iovec	 iov = { .iov_base = bytes, .iov_len = len };
	struct msghdr	 mh = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes)
	};
	ssize_t		 n;

	n = recvmsg(buf->fd, &mh, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	if (n != -1)
		receive_fds(buf, &mh);
	return n;
}

enum imsg_status
imsgbuf_read(struct imsgbuf *buf)
{
	uint8_t		*bytes;
	size_t		 room;
	ssize_t		 n;

	if ((bytes = input_room(buf, &room)) == NULL)
		return IMSG_AGAIN;
	/* Full: there is a frame to be taken first, good or bad. */
	if (room == 0)
		return IMSG_AGAIN;
	do
		n = buf->refuse_fds ?
		    recv(buf->fd, bytes, room, MSG_DONTWAIT) :
		    receive_with_fds(buf, bytes, room);
	while (n == -1 && errno == EINTR);
	if (n == -1) {
		if (is_transient(errno))
			return IMSG_AGAIN;
		return errno == ECONNRESET ? IMSG_EOF : IMSG_ERROR;
	}
	if (n == 0)
		return IMSG_EOF;
	buf->in_len += (size_t)n;
	return IMSG_OK;
}

/* Take the oldest descriptor; -1 if there is none. */
static int
take_fd(struct imsgbuf *buf)
{
	int	 fd;

	if (buf->nfds == 0)
		return -1;
	fd = buf->fds[0];
	buf->nfds--;
	memmove(buf->fds, buf->fds + 1, buf->nfds * sizeof(buf->fds[0]));
	return fd;
}

enum imsg_status
imsg_get(struct imsgbuf *buf, struct imsg *msg)
{
	struct imsg_header	 hdr;
	const uint8_t		*bytes;
	size_t			 len = buf->in_len - buf->in_taken;

	if (len < sizeof(hdr))
		return IMSG_AGAIN;
	bytes = buf->in + IMSG_MAX_PAYLOAD + buf->in_taken;
	memcpy(&hdr, bytes, sizeof(hdr));
	/* Nothing was taken: a bad frame stays bad, however often asked. */
	if (hdr.len > IMSG_MAX_PAYLOAD || hdr.has_fd > 1)
		goto bad;
	if (len - sizeof(hdr) < hdr.len)
		return IMSG_AGAIN;
	if (hdr.has_fd && buf->nfds == 0)
		goto bad;
	memcpy(buf->in, bytes + sizeof(hdr), hdr.len);
	buf->in_taken += sizeof(hdr) + hdr.len;
	msg->hdr = hdr;
	msg->data = buf->in;
	msg->fd = hdr.has_fd ? take_fd(buf) : -1;
	return IMSG_OK;
bad:
	errno = EBADMSG;
	return IMSG_ERROR;
}
