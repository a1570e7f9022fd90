/*
 * Clients of the control socket.  Each is a stranger: bounded in number, in
 * time and in what is queued for it and by it.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/control.h"
#include "common/log.h"
#include "ntpd/parent/control.h"

#define CLIENT_SILENCE	30.0	/* s */
#define CLIENT_GRACE	1.0	/* s of silence before it must make room */
#define ACCEPTS		4	/* new clients in one turn of the loop */
#define ACCEPT_REST	1.0	/* s, when there are no descriptors left */
#define REQUESTS	16	/* of one client in one turn */
#define ENGINE_QUEUE	(IMSG_MAX_QUEUED / 4)	/* bytes; more: busy */

static bool
somebody_answers(const struct sockaddr_un *sun)
{
	bool		 answers;
	int		 fd;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return false;
	answers = connect(fd, (const struct sockaddr *)sun,
	    sizeof(*sun)) == 0 || errno == EAGAIN;
	close(fd);
	return answers;
}

bool
control_open(struct control *c, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct stat	 st;
	mode_t		 mask;
	int		 bound;

	memset(c, 0, sizeof(*c));
	strlcpy(c->path, path, sizeof(c->path));
	strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
	c->fd = -1;
	c->next_id = 1;
	c->rest = INSTANT_NEVER;
	if (somebody_answers(&sun)) {
		log_at(LOG_CRIT, "fatal: another ntpd is running: it answers "
		    "at %s", path);
		return false;
	}
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd == -1) {
		log_at(LOG_CRIT, "fatal: cannot make the control socket: %s",
		    strerror(errno));
		return false;
	}
	imsg_refuse_fds(c->fd);
	/* What an ntpd that was killed has left, and nothing else. */
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlinkat(AT_FDCWD, path, 0);
	mask = umask(0111);		/* 0666 */
	bound = bind(c->fd, (const struct sockaddr *)&sun, sizeof(sun));
	umask(mask);
	if (bound == 0 && listen(c->fd, CONTROL_CONNECTIONS) == 0)
		return true;
	log_at(LOG_CRIT, "fatal: cannot make the control socket %s: %s", path,
	    errno == ENOENT ? "its directory does not exist" :
	    strerror(errno));
	close(c->fd);
	c->fd = -1;
	return false;
}

static void
drop(struct control_client *client)
{
	imsgbuf_clear(&client->buf);
	client->used = false;
}

void
control_close(struct control *c)
{
	size_t		 i;

	for (i = 0; i < CONTROL_CONNECTIONS; i++)
		if (c->clients[i].used)
			drop(&c->clients[i]);
	if (c->fd == -1)
		return;
	unlinkat(AT_FDCWD, c->path, 0);
	close(c->fd);
	c->fd = -1;
}

void
control_poll(struct control *c, struct pollset *set)
{
	struct control_client *client;
	short		 events;

	c->slot = -1;
	if (c->rest.ns == INSTANT_NEVER.ns)
		c->slot = pollset_add(set, c->fd, POLLIN);
	for (client = c->clients; client < c->clients + CONTROL_CONNECTIONS;
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
	imsg_compose(&buf, CONTROL_BUSY, 0, -1, &end, sizeof(end));
	imsgbuf_flush(&buf);
	imsgbuf_clear(&buf);
}

/*
 * A place for one more of user UID: a free one, or that of the client that
 * has been silent for longest, so that nobody can shut others out by just
 * sitting there.  Who has his share already gives up one of his own; root
 * always gets a place, and nobody takes it from him.  NULL if all who could
 * make room have been busy a moment ago.
 */
static struct control_client *
find_place(struct control *c, uid_t uid, struct instant now)
{
	struct control_client *client, *idle = NULL;
	size_t		 own = 0;
	bool		 crowded;

	for (client = c->clients; client < c->clients + CONTROL_CONNECTIONS;
	    client++)
		own += client->used && client->uid == uid;
	crowded = uid != 0 && own >= CONTROL_PER_USER;
	for (client = c->clients; client < c->clients + CONTROL_CONNECTIONS;
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

/* Without a descriptor for it the client stays in line: let it wait. */
static void
accept_failed(struct control *c, struct instant now)
{
	static struct log_limit limit = { .burst = 2, .interval = 600 };

	if (errno != EMFILE && errno != ENFILE && errno != ENOMEM &&
	    errno != ENOBUFS)
		return;
	c->rest = instant_add(now, ACCEPT_REST);
	if (log_allowed(&limit, now, NULL))
		log_warn("cannot take a client of the control socket");
}

static void
accept_client(struct control *c, struct instant now)
{
	struct control_client *client;
	struct ucred	 cred;
	socklen_t	 len = sizeof(cred);
	int		 fd;

	fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd == -1) {
		accept_failed(c, now);
		return;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1 ||
	    (client = find_place(c, cred.uid, now)) == NULL) {
		turn_away(fd);
		return;
	}
	imsgbuf_init(&client->buf, fd);
	imsgbuf_refuse_fds(&client->buf);
	client->used = true;
	client->uid = cred.uid;
	client->busy = false;
	client->id = c->next_id++;
	client->slot = -1;
	client->deadline = instant_add(now, CLIENT_SILENCE);
}

/* Answer without the engine: with our version, or that we are busy. */
static bool
answer_end(struct control_client *client, enum control_type type)
{
	struct control_end end = { .version = CONTROL_VERSION };

	return imsg_compose(&client->buf, type, 0, -1, &end, sizeof(end));
}

static bool
ask_engine(struct control_client *client, struct channel *engine,
    enum message_type type)
{
	if (channel_queued(engine) > ENGINE_QUEUE)
		return answer_end(client, CONTROL_BUSY);
	client->collects = false;
	client->busy = channel_send(engine, type, client->id, -1, NULL);
	return client->busy;
}

/* Who uses this machine's time is not everybody's business. */
static bool
ask_servers(struct control_client *client, struct collect *collect,
    bool clients)
{
	if (clients && client->uid != 0)
		return answer_end(client, CONTROL_REFUSED);
	client->round = collect_ask(collect, clients);
	client->clients = clients;
	client->collects = client->busy = true;
	return true;
}

/* False if the client is to be dropped. */
static bool
request(struct control_client *client, const struct imsg *imsg,
    struct channel *engine, struct collect *collect)
{
	const struct control_request *req = imsg->data;

	if (imsg->hdr.len != sizeof(*req))
		return false;
	if (req->version != CONTROL_VERSION)
		return answer_end(client, CONTROL_END);
	switch (imsg->hdr.type) {
	case CONTROL_GET_STATUS:
		return ask_engine(client, engine, MSG_SHOW_STATUS);
	case CONTROL_GET_PEERS:
		return ask_engine(client, engine, MSG_SHOW_PEERS);
	case CONTROL_GET_SERVER:
		return ask_servers(client, collect, false);
	case CONTROL_GET_CLIENTS:
		return ask_servers(client, collect, true);
	default:
		return false;
	}
}

/*
 * Take the client's requests, one at a time: the others stay in its socket,
 * not in the engine's queue.  False if it is to be dropped.
 */
static bool
take_requests(struct control_client *client, struct channel *engine,
    struct collect *collect, struct instant now)
{
	enum imsg_status status = IMSG_AGAIN;
	struct imsg	 imsg;
	int		 n;

	for (n = 0; n < REQUESTS && !client->busy; n++) {
		status = imsg_get(&client->buf, &imsg);
		if (status != IMSG_OK)
			return status == IMSG_AGAIN;
		client->deadline = instant_add(now, CLIENT_SILENCE);
		if (!request(client, &imsg, engine, collect))
			return false;
	}
	return client->busy;	/* else it does nothing but ask nonsense */
}

/* False if the client is to be dropped. */
static bool
serve(struct control_client *client, const struct pollset *set,
    struct channel *engine, struct collect *collect, struct instant now)
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
	return take_requests(client, engine, collect, now);
}

void
control_transfer(struct control *c, const struct pollset *set,
    struct channel *engine, struct collect *collect, struct instant now)
{
	struct control_client *client;
	int		 i;

	if (!instant_before(now, c->rest))
		c->rest = INSTANT_NEVER;
	for (client = c->clients; client < c->clients + CONTROL_CONNECTIONS;
	    client++)
		if (client->used && !serve(client, set, engine, collect, now))
			drop(client);
	if (pollset_ready(set, c->slot, POLLIN))
		for (i = 0; i < ACCEPTS; i++)
			accept_client(c, now);
}

struct instant
control_deadline(const struct control *c)
{
	struct instant	 first = c->rest;
	size_t		 i;

	for (i = 0; i < CONTROL_CONNECTIONS; i++)
		if (c->clients[i].used)
			first = instant_min(first, c->clients[i].deadline);
	return first;
}

/* Who does not read what he asked for goes. */
static void
give(struct control_client *client, enum control_type type, const void *data,
    size_t len)
{
	client->busy = client->busy && type != CONTROL_END;
	if (!imsg_compose(&client->buf, type, 0, -1, data, len))
		drop(client);
}

void
control_answer(struct control *c, const struct message *msg)
{
	struct control_client *client;
	enum control_type type;
	size_t		 len;

	switch (msg->type) {
	case MSG_STATUS_RECORD:
		type = CONTROL_STATUS;
		len = sizeof(struct control_status);
		break;
	case MSG_PEER_RECORD:
		type = CONTROL_PEER;
		len = sizeof(struct control_peer);
		break;
	default:
		type = CONTROL_END;
		len = sizeof(struct control_end);
		break;
	}
	for (client = c->clients; client < c->clients + CONTROL_CONNECTIONS;
	    client++) {
		if (!client->used || client->id != msg->id)
			continue;
		give(client, type, msg->data, len);
		return;
	}
}

void
control_answer_collected(struct control *c, const struct collect *collect)
{
	struct control_end end = {
		.version = CONTROL_VERSION, .records = 1
	};
	struct control_client *client;

	for (client = c->clients; client < c->clients + CONTROL_CONNECTIONS;
	    client++) {
		if (!client->used || !client->busy || !client->collects ||
		    client->round != collect->round)
			continue;
		if (client->clients)
			give(client, CONTROL_CLIENTS, &collect->top,
			    sizeof(collect->top));
		else
			give(client, CONTROL_SERVER, &collect->sum,
			    sizeof(collect->sum));
		if (client->used)
			give(client, CONTROL_END, &end, sizeof(end));
	}
}
