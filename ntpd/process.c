/*
 * Channels between processes.  A channel knows its two ends, and the table in
 * messages.h knows what may pass between them and how long it is; whatever
 * else arrives is dropped here, so that no handler ever sees it.
 */
#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/process.h"

static const struct {
	const char	*name;
	uint32_t	 most;		/* instances, as a child */
} processes[PROCESSES] = {
	[PARENT] = { "parent", 0 },
#define CHILD(process, name, end, start, most, ...)			\
	[process] = { #name, most },
	CHILDREN
#undef CHILD
};

/* A message of the table: PROCESSES stands for any. */
static const struct {
	const char	*name;
	enum process	 from, to;
	size_t		 size;
} messages[MESSAGE_COUNT] = {
	[MESSAGE_NONE] = { "none", PARENT, PARENT, 0 },
#define MESSAGE(name, from, to, payload)				\
	[MSG_##name] = { #name, from, to, sizeof(payload) },
	MESSAGES
#undef MESSAGE
};

const char *
process_name(enum process process)
{
	return process < PROCESSES ? processes[process].name : "unknown";
}

enum process
process_by_name(const char *name)
{
	enum process	 p;

	for (p = PARENT; p < PROCESSES; p++)
		if (strcmp(name, processes[p].name) == 0)
			return p;
	return PROCESSES;
}

bool
process_is_child(uint32_t process, uint32_t instance)
{
	return process < PROCESSES && instance < processes[process].most;
}

static bool
may_pass(uint32_t type, enum process from, enum process to)
{
	if (type == MESSAGE_NONE || type >= MESSAGE_COUNT)
		return false;
	return messages[type].from == from &&
	    (messages[type].to == to || messages[type].to == PROCESSES);
}

void
channel_open(struct channel *ch, int fd, enum process self, enum process peer)
{
	imsgbuf_init(&ch->buf, fd);
	if (self == PARENT)
		imsgbuf_refuse_fds(&ch->buf);
	ch->self = self;
	ch->peer = peer;
	ch->open = true;
	ch->slot = -1;
}

void
channel_close(struct channel *ch)
{
	if (!ch->open)
		return;
	imsgbuf_clear(&ch->buf);
	ch->open = false;
}

bool
channel_send(struct channel *ch, enum message_type type, uint32_t id, int fd,
    const void *payload)
{
	static const struct no_payload nothing;

	if (!ch->open) {
		if (fd != -1)
			close(fd);
		return false;
	}
	if (!may_pass(type, ch->self, ch->peer))
		fatalx("bug: %s may not send message %d to %s",
		    process_name(ch->self), type, process_name(ch->peer));
	if (payload == NULL && messages[type].size != sizeof(nothing))
		fatalx("bug: message %d needs a payload", type);
	return imsg_compose(&ch->buf, type, id, fd,
	    payload != NULL ? payload : &nothing, messages[type].size);
}

void
channel_flush(struct channel *ch)
{
	if (ch->open)
		(void)imsgbuf_flush(&ch->buf);
}

size_t
channel_queued(const struct channel *ch)
{
	return ch->open ? ch->buf.queued : 0;
}

void
channel_poll(struct channel *ch, struct pollset *set)
{
	short		 events = POLLIN;

	ch->slot = -1;
	if (!ch->open)
		return;
	if (imsgbuf_pending(&ch->buf))
		events |= POLLOUT;
	ch->slot = pollset_add(set, ch->buf.fd, events);
}

bool
channel_transfer(struct channel *ch, const struct pollset *set)
{
	enum imsg_status status;

	if (!ch->open)
		return true;
	if (imsgbuf_pending(&ch->buf)) {
		status = imsgbuf_flush(&ch->buf);
		if (status != IMSG_OK && status != IMSG_AGAIN)
			return false;
	}
	if (!pollset_ready(set, ch->slot, POLLIN))
		return true;
	status = imsgbuf_read(&ch->buf);
	return status == IMSG_OK || status == IMSG_AGAIN;
}

static void
complain(const struct channel *ch, const struct imsg *imsg)
{
	static struct log_limit limit = { .burst = 5, .interval = 60 };

	if (log_allowed(&limit, instant_now(), NULL))
		log_warnx("message %u of %u bytes from %s ignored: not one "
		    "it may send", imsg->hdr.type, imsg->hdr.len,
		    process_name(ch->peer));
}

bool
channel_receive(struct channel *ch, struct message *msg)
{
	struct imsg	 imsg;
	enum imsg_status status;

	while (ch->open) {
		status = imsg_get(&ch->buf, &imsg);
		if (status == IMSG_AGAIN)
			return false;
		if (status != IMSG_OK) {
			log_warn("channel to %s", process_name(ch->peer));
			channel_close(ch);
			return false;
		}
		if (may_pass(imsg.hdr.type, ch->peer, ch->self) &&
		    messages[imsg.hdr.type].size == imsg.hdr.len) {
			msg->type = (enum message_type)imsg.hdr.type;
			msg->id = imsg.hdr.id;
			msg->fd = imsg.fd;
			msg->data = imsg.data;
			return true;
		}
		complain(ch, &imsg);
		if (imsg.fd != -1)
			close(imsg.fd);
	}
	return false;
}

bool
channel_expect(struct channel *ch, enum message_type type, double seconds,
    struct message *msg)
{
	struct pollset	 set;
	struct instant	 end = instant_add(instant_now(), seconds);

	for (;;) {
		if (channel_receive(ch, msg)) {
			if (msg->type == type)
				return true;
			if (msg->fd != -1)
				close(msg->fd);
			return false;
		}
		if (!ch->open || !instant_before(instant_now(), end))
			return false;
		pollset_clear(&set);
		channel_poll(ch, &set);
		pollset_wait(&set, end, NULL);
		if (!channel_transfer(ch, &set)) {
			channel_close(ch);
			return false;
		}
	}
}

bool
channel_pair(int fds[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0, fds) == 0;
}
