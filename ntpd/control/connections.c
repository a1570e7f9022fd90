/*
 * Clients of the control socket.
 */
#include <sys/socket.h>

#include <string.h>

#include "common/control.h"
#include "ntpd/accept.h"
#include "ntpd/control/connections.h"

#define CLIENT_SILENCE	30.0	/* s */
#define CLIENT_GRACE	1.0	/* s of silence before it must make room */
#define ACCEPTS		4	/* new clients in one turn of the loop */
#define REQUESTS	16	/* of one client in one turn */

/* What is asked of the parent for each request. */
static const struct {
	enum message_type question;	/* MESSAGE_NONE: no request */
	bool		 root_only;
	bool		 in_pages;
} requests[] = {
	[CONTROL_GET_STATUS] = { MSG_ASK_STATUS, false, false },
	[CONTROL_GET_PEERS] = { MSG_ASK_PEERS, false, false },
	[CONTROL_GET_SERVER] = { MSG_ASK_SERVER, false, false },
	/* For root only: the clients' addresses. */
	[CONTROL_GET_CLIENTS] = { MSG_ASK_CLIENTS, true, false },
	[CONTROL_GET_PROCESSES] = { MSG_ASK_PROCESSES, false, false },
	[CONTROL_GET_HISTORY] = { MSG_ASK_HISTORY, false, true },
	[CONTROL_GET_SAMPLES] = { MSG_ASK_SAMPLES, false, true }
};

/* What a client gets for each answer of the parent's. */
static const enum control_type answers[MESSAGE_COUNT] = {
	[MSG_ANSWER_STATUS] = CONTROL_STATUS,
	[MSG_ANSWER_PEER] = CONTROL_PEER,
	[MSG_ANSWER_SERVER] = CONTROL_SERVER,
	[MSG_ANSWER_CLIENTS] = CONTROL_CLIENTS,
	[MSG_ANSWER_PROCESS] = CONTROL_PROCESS,
	[MSG_ANSWER_POINT] = CONTROL_POINT,
	[MSG_ANSWER_SAMPLE] = CONTROL_SAMPLE,
	[MSG_ANSWER_END] = CONTROL_END,
	[MSG_ANSWER_BUSY] = CONTROL_BUSY
};

void
connections_init(struct connections *c, int fd, uint32_t first_id)
{
	memset(c, 0, sizeof(*c));
	c->fd = fd;
	c->next_id = first_id;
	c->rest = INSTANT_NEVER;
	c->slot = -1;
}

static void
drop(struct connection *client)
{
	imsgbuf_clear(&client->buf);
	client->used = false;
}

void
connections_poll(struct connections *c, struct pollset *set)
{
	struct connection *client;
	short		 events;

	c->slot = -1;
	if (c->rest.ns == INSTANT_NEVER.ns)
		c->slot = pollset_add(set, c->fd, POLLIN);
	for (client = c->list; client < c->list + CONNECTIONS_MOST;
	    client++) {
		client->slot = -1;
		if (!client->used)
			continue;
		events = client->busy ? 0 : POLLIN;
		if (imsgbuf_pending(&client->buf))
			events |= POLLOUT;
		client->slot = pollset_add(set, client->buf.fd, events);
	}
}

static void
turn_away(int fd)
{
	struct control_end end = { .version = CONTROL_VERSION };
	struct imsgbuf	 buf;

	imsgbuf_init(&buf, fd);
	imsg_compose(&buf, CONTROL_BUSY, 0, &end, sizeof(end));
	imsgbuf_flush(&buf);
	imsgbuf_clear(&buf);
}

/*
 * A place for one more of user UID: a free one, or that of the client that
 * has been silent for longest, so that nobody can shut others out by just
 * sitting there.  A user that has its share already gives up one of its own;
 * root always gets a place, and nobody takes it from root.  NULL if all that
 * could make room have been busy a moment ago.
 */
static struct connection *
find_place(struct connections *c, uid_t uid, struct instant now)
{
	struct connection *client, *idle = NULL;
	size_t		 own = 0;
	bool		 crowded;

	for (client = c->list; client < c->list + CONNECTIONS_MOST;
	    client++)
		own += client->used && client->uid == uid;
	crowded = uid != 0 && own >= CONNECTIONS_PER_USER;
	for (client = c->list; client < c->list + CONNECTIONS_MOST;
	    client++) {
		if (!client->used && !crowded)
			return client;
		if (!client->used || (crowded && client->uid != uid) ||
		    (uid != 0 && client->uid == 0))
			continue;
		if (idle == NULL ||
		    instant_before(client->deadline, idle->deadline))
			idle = client;
	}
	if (idle == NULL || (uid != 0 && instant_diff(idle->deadline, now) >
	    CLIENT_SILENCE - CLIENT_GRACE))
		return NULL;
	drop(idle);
	return idle;
}

/* False if no other one can be taken now. */
static bool
take_client(struct connections *c, struct instant now)
{
	struct connection *client;
	struct ucred	 cred;
	socklen_t	 len = sizeof(cred);
	int		 fd;

	fd = accept_client(c->fd, "the control socket", NULL, NULL,
	    &c->rest);
	if (fd == -1)
		return false;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1 ||
	    (client = find_place(c, cred.uid, now)) == NULL) {
		turn_away(fd);
		return true;
	}
	imsgbuf_init(&client->buf, fd);
	client->buf.refuse_fds = true;
	client->used = true;
	client->uid = cred.uid;
	client->busy = false;
	client->id = c->next_id++;
	client->slot = -1;
	client->deadline = instant_add(now, CLIENT_SILENCE);
	return true;
}

/* Answer without the parent: with our version, or a refusal. */
static bool
answer_end(struct connection *client, enum control_type type)
{
	struct control_end end = { .version = CONTROL_VERSION };

	return imsg_compose(&client->buf, type, 0, &end, sizeof(end));
}

/* False if the client is to be dropped. */
static bool
request(struct connection *client, const struct imsg *imsg,
    struct channel *parent)
{
	const struct control_request *req = imsg->data;
	const uint32_t	 type = imsg->hdr.type;
	struct history_page page;

	if (imsg->hdr.len != sizeof(*req))
		return false;
	if (req->version != CONTROL_VERSION)
		return answer_end(client, CONTROL_END);
	if (type >= sizeof(requests) / sizeof(requests[0]) ||
	    requests[type].question == MESSAGE_NONE)
		return false;
	if (requests[type].root_only && client->uid != 0)
		return answer_end(client, CONTROL_REFUSED);
	page.from = req->from;
	client->busy = channel_send(parent, requests[type].question,
	    client->id, -1, requests[type].in_pages ? &page : NULL);
	return client->busy;
}

/*
 * Take the client's requests, one at a time: the others stay in its socket,
 * not in the parent's queue.  False if it is to be dropped.
 */
static bool
take_requests(struct connection *client, struct channel *parent,
    struct instant now)
{
	enum imsg_status status;
	struct imsg	 imsg;
	int		 n;

	for (n = 0; n < REQUESTS && !client->busy; n++) {
		status = imsg_get(&client->buf, &imsg);
		if (status != IMSG_OK)
			return status == IMSG_AGAIN;
		client->deadline = instant_add(now, CLIENT_SILENCE);
		if (!request(client, &imsg, parent))
			return false;
	}
	return client->busy;	/* else it does nothing but ask nonsense */
}

/* False if the client is to be dropped. */
static bool
serve(struct connection *client, const struct pollset *set,
    struct channel *parent, struct instant now)
{
	enum imsg_status status;

	status = imsgbuf_flush(&client->buf);
	if (status != IMSG_OK && status != IMSG_AGAIN)
		return false;
	if (!instant_before(now, client->deadline))
		return false;
	if (client->busy)	/* and only gone if it hung up for good */
		return !pollset_ready(set, client->slot, 0);
	if (pollset_ready(set, client->slot, POLLIN)) {
		status = imsgbuf_read(&client->buf);
		if (status != IMSG_OK && status != IMSG_AGAIN)
			return false;
	}
	return take_requests(client, parent, now);
}

void
connections_transfer(struct connections *c, const struct pollset *set,
    struct channel *parent, struct instant now)
{
	struct connection *client;
	int		 i;

	if (!instant_before(now, c->rest))
		c->rest = INSTANT_NEVER;
	for (client = c->list; client < c->list + CONNECTIONS_MOST;
	    client++)
		if (client->used && !serve(client, set, parent, now))
			drop(client);
	if (pollset_ready(set, c->slot, POLLIN))
		for (i = 0; i < ACCEPTS && take_client(c, now); i++)
			continue;
}

struct instant
connections_deadline(const struct connections *c)
{
	struct instant	 first = c->rest;
	size_t		 i;

	for (i = 0; i < CONNECTIONS_MOST; i++)
		if (c->list[i].used)
			first = instant_min(first, c->list[i].deadline);
	return first;
}

/* A client that does not read what it asked for is dropped. */
void
connections_answer(struct connections *c, const struct message *msg)
{
	struct connection *client;
	const enum control_type type = answers[msg->type];

	for (client = c->list; client < c->list + CONNECTIONS_MOST; client++) {
		if (!client->used || !client->busy || client->id != msg->id)
			continue;
		client->busy = type != CONTROL_END && type != CONTROL_BUSY;
		if (!imsg_compose(&client->buf, type, 0, msg->data,
		    msg->size))
			drop(client);
		return;
	}
}
