/*
 * Channels between processes.  A channel knows its two ends, and the table in
 * messages.h knows what may pass between them, when, and how long it is;
 * whatever else arrives is dropped here, so that no handler ever sees it.
 */
#include <sys/param.h>
#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "common/control.h"
#include "common/cookie.h"
#include "common/leap.h"
#include "common/log.h"
#include "common/operator.h"
#include "common/siphash.h"
#include "ntpd/channel.h"

/* How long nothing is written when the kernel is short of something, s. */
#define REST_SECONDS	0.1

/* A message of the table: PROCESSES stands for any. */
static const struct {
	enum process	 from, to;
	size_t		 size;
	enum message_fd	 fd;
	enum moment	 when;
} messages[MESSAGE_COUNT] = {
#define MESSAGE_ROW(name, from, to, payload, fd, when, handler)		\
	[MSG_##name] = { from, to, sizeof(payload), fd, when },
	MESSAGES(MESSAGE_ROW)
};

/* The states in which a moment is, and the least that is reached by it. */
static const struct {
	enum channel_state least, most, next;
} moments[] = {
	[BEFORE_FIRST] = { CHANNEL_NEW, CHANNEL_NEW, CHANNEL_NEW },
	[AT_FIRST] = { CHANNEL_NEW, CHANNEL_NEW, CHANNEL_BEGUN },
	[ANYTIME] = { CHANNEL_BEGUN, CHANNEL_CONFIGURED, CHANNEL_BEGUN },
	[CONFIGURES] = { CHANNEL_BEGUN, CHANNEL_CONFIGURED,
	    CHANNEL_CONFIGURED },
	[WHEN_CONFIGURED] = { CHANNEL_CONFIGURED, CHANNEL_CONFIGURED,
	    CHANNEL_CONFIGURED }
};

static bool
may_pass(uint32_t type, enum process from, enum process to)
{
	if (type == MESSAGE_NONE || type >= MESSAGE_COUNT)
		return false;
	return (messages[type].from == from ||
	    messages[type].from == PROCESSES) &&
	    (messages[type].to == to || messages[type].to == PROCESSES);
}

/* Is there a message that has to come at first? */
static bool
begins(enum process from, enum process to)
{
	uint32_t	 type;

	for (type = MESSAGE_NONE + 1; type < MESSAGE_COUNT; type++)
		if (messages[type].when == AT_FIRST &&
		    may_pass(type, from, to))
			return true;
	return false;
}

void
channel_open(struct channel *ch, int fd, enum process self, enum process peer)
{
	imsgbuf_init(&ch->buf, fd);
	ch->self = self;
	ch->peer = peer;
	ch->open = true;
	ch->slot = ch->fd = -1;
	ch->rests_until = (struct instant){ 0 };
	ch->state = begins(peer, self) ? CHANNEL_NEW : CHANNEL_BEGUN;
}

static void
drop_fd(struct channel *ch)
{
	if (ch->fd != -1)
		close(ch->fd);
	ch->fd = -1;
}

void
channel_close(struct channel *ch)
{
	if (!ch->open)
		return;
	drop_fd(ch);
	imsgbuf_clear(&ch->buf);
	ch->open = false;
}

bool
channel_send(struct channel *ch, enum message_type type, uint32_t id, int fd,
    const void *payload)
{
	static const struct no_payload nothing;
	bool		 queued;

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
	if ((fd != -1) != (messages[type].fd == WITH_FD))
		fatalx("bug: message %d with the wrong descriptor", type);
	queued = imsg_compose(&ch->buf, type, id,
	    payload != NULL ? payload : &nothing, messages[type].size);
	if (queued && fd != -1)
		imsg_attach(&ch->buf, fd);
	else if (fd != -1)
		close(fd);
	return queued;
}

/* Write, unless the kernel is short of something: then again in a while. */
static enum imsg_status
flush(struct channel *ch)
{
	enum imsg_status status;
	struct instant	 now = instant_now();

	if (instant_before(now, ch->rests_until))
		return IMSG_AGAIN;
	status = imsgbuf_flush(&ch->buf);
	if (status == IMSG_AGAIN && ch->buf.short_of)
		ch->rests_until = instant_add(now, REST_SECONDS);
	return status;
}

void
channel_flush(struct channel *ch)
{
	if (ch->open)
		(void)flush(ch);
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
	if (imsgbuf_pending(&ch->buf)) {
		if (instant_before(instant_now(), ch->rests_until))
			pollset_until(set, ch->rests_until);
		else
			events |= POLLOUT;
	}
	ch->slot = pollset_add(set, ch->buf.fd, events);
}

/* Can a message that brings a descriptor still come? */
static bool
brings_fd(const struct channel *ch)
{
	uint32_t	 type;

	for (type = MESSAGE_NONE + 1; type < MESSAGE_COUNT; type++)
		if (messages[type].fd == WITH_FD &&
		    ch->state <= moments[messages[type].when].most &&
		    may_pass(type, ch->peer, ch->self))
			return true;
	return false;
}

bool
channel_transfer(struct channel *ch, const struct pollset *set)
{
	enum imsg_status status;

	if (!ch->open)
		return true;
	if (imsgbuf_pending(&ch->buf)) {
		status = flush(ch);
		if (status != IMSG_OK && status != IMSG_AGAIN)
			return false;
	}
	if (!pollset_ready(set, ch->slot, POLLIN))
		return true;
	ch->buf.refuse_fds = !brings_fd(ch);
	status = imsgbuf_read(&ch->buf);
	return status == IMSG_OK || status == IMSG_AGAIN;
}

static void
complain(const struct channel *ch, const struct imsg *imsg)
{
	static struct log_limit limit = { .burst = 5, .interval = 60 };

	if (log_allowed(&limit, instant_now(), NULL))
		log_warnx("message %u of %u bytes from %s ignored: not one "
		    "it may send now", imsg->hdr.type, imsg->hdr.len,
		    process_name(ch->peer));
}

/* Is IMSG one that may come now?  Then it has. */
static bool
accept_message(struct channel *ch, const struct imsg *imsg)
{
	const uint32_t	 type = imsg->hdr.type;
	enum moment	 when;

	if (!may_pass(type, ch->peer, ch->self) ||
	    messages[type].size != imsg->hdr.len ||
	    (messages[type].fd == WITH_FD) != (imsg->fd != -1))
		return false;
	when = messages[type].when;
	if (ch->state < moments[when].least || ch->state > moments[when].most)
		return false;
	ch->state = MAX(ch->state, moments[when].next);
	return true;
}

bool
channel_receive(struct channel *ch, struct message *msg)
{
	struct imsg	 imsg;
	enum imsg_status status;

	while (ch->open) {
		drop_fd(ch);
		status = imsg_get(&ch->buf, &imsg);
		if (status == IMSG_AGAIN)
			return false;
		if (status != IMSG_OK) {
			log_warn("channel to %s", process_name(ch->peer));
			channel_close(ch);
			return false;
		}
		ch->fd = imsg.fd;
		if (!accept_message(ch, &imsg)) {
			complain(ch, &imsg);
		} else if (imsg.hdr.type == MSG_ASK) {
			channel_send(ch, MSG_ALIVE, 0, -1, NULL);
		} else {
			msg->type = (enum message_type)imsg.hdr.type;
			msg->id = imsg.hdr.id;
			msg->data = imsg.data;
			msg->size = imsg.hdr.len;
			msg->from = ch;
			msg->at = instant_now();
			return true;
		}
	}
	return false;
}

int
message_take_fd(const struct message *msg)
{
	int		 fd = msg->from->fd;

	msg->from->fd = -1;
	return fd;
}

void
channel_replace(struct channel *ch, const struct message *msg,
    enum process peer)
{
	channel_close(ch);
	channel_open(ch, message_take_fd(msg), msg->from->self, peer);
}

bool
channel_await(struct channel *ch, double seconds, struct message *msg)
{
	struct pollset	 set;
	struct instant	 end = instant_add(instant_now(), seconds);

	for (;;) {
		if (channel_receive(ch, msg))
			return true;
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
