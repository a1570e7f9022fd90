/*
 * The server's loop: sockets from the binder, snapshots from the engine,
 * answers to whoever asks.
 */
#include <sys/param.h>
#include <sys/socket.h>

#include <bsd/stdlib.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/pollset.h"
#include "ntpd/child.h"
#include "ntpd/clients/rules.h"
#include "ntpd/server/answer.h"
#include "ntpd/server/batch.h"
#include "ntpd/server/server.h"

/*
 * Batches of one socket before the others have their turn: enough that the
 * wait for all of them costs little, few enough that 64 busy sockets do not
 * keep the engine waiting for more than 0.1 s.
 */
#define BATCHES_PER_TURN 16

/*
 * How long to leave a socket alone that gives errors (its interface is down),
 * so as not to spin.
 */
#define REST_SECONDS	1.0

/* A socket on which clients are answered. */
struct open_socket {
	uint32_t	 id;		/* the binder's name for it */
	bool		 bound;		/* to one IPv4 address */
	bool		 xleave;	/* it serves interleaved mode */
	int		 fd;
	int		 slot;
	struct instant	 rests_until;
	uint32_t	 dropped;	/* as the kernel said last */
};

struct server {
	struct channel	 parent;
	struct channel	 engine;
	struct channel	 binder;
	struct pollset	 set;
	struct open_socket	 sockets[SERVER_MAX_SOCKETS];
	size_t		 nsockets;
	struct answer_source source;
	struct batch	 batch;
	struct cookie_jar jar;
	struct access	 access;
	struct keyring	 keyring;
	struct rules	 rules;
	bool		 knows_rules;	/* who may ask */
	struct clients	 clients;
	struct xleave	*xleave;	/* NULL: not needed so far */
	uint64_t	 xleave_key;	/* random */
	struct siphash_key mark;	/* of our engine's requests */
	struct log_limit own_requests;	/* that the engine is told of */
	struct log_limit bad_snapshots;
	struct log_limit failures;
};

static void
server_init(struct server *s, unsigned instance)
{
	struct siphash_key key;
	uint8_t		 seed[16];

	s->own_requests = (struct log_limit){ .burst = 64, .interval = 0.1 };
	s->bad_snapshots = (struct log_limit){ .burst = 5, .interval = 60 };
	s->failures = (struct log_limit){ .burst = 5, .interval = 60 };
	answer_source_none(&s->source);
	batch_init(&s->batch, &s->access, &s->clients, &s->keyring);
	arc4random_buf(&key, sizeof(key));
	clients_init(&s->clients, &key);
	arc4random_buf(&s->xleave_key, sizeof(s->xleave_key));
	arc4random_buf(seed, sizeof(seed));
	cookie_init(&s->jar, seed);
	s->batch.jar = &s->jar;
	child_begin(&s->parent, SERVER, instance);
	channel_open(&s->engine, SERVER_ENGINE_FD, SERVER, ENGINE);
	channel_open(&s->binder, SERVER_BINDER_FD, SERVER, BINDER);
}

/*
 * Count what the kernel dropped before it could be read.  Its own count is of
 * 32 bits: right as long as it is looked at before it has gone round.
 */
static void
socket_count_dropped(struct server *s, struct open_socket *o)
{
	uint32_t	 info[SK_MEMINFO_VARS];
	socklen_t	 len = sizeof(info);

	if (getsockopt(o->fd, SOL_SOCKET, SO_MEMINFO, info, &len) == -1 ||
	    len <= SK_MEMINFO_DROPS * sizeof(info[0]))
		return;
	s->batch.counters.dropped += info[SK_MEMINFO_DROPS] - o->dropped;
	o->dropped = info[SK_MEMINFO_DROPS];
}

static void
server_unlisten(struct server *s, uint32_t id)
{
	size_t	 i;

	for (i = 0; i < s->nsockets; i++) {
		if (s->sockets[i].id != id)
			continue;
		socket_count_dropped(s, &s->sockets[i]);
		close(s->sockets[i].fd);
		s->sockets[i] = s->sockets[--s->nsockets];
		return;
	}
}

/* Close all sockets but those that are named. */
static void
server_keep(struct server *s, const struct message *msg)
{
	const struct server_sockets *keep = msg->data;
	size_t		 i, k, n = MIN(keep->n, SERVER_MAX_SOCKETS);

	for (i = s->nsockets; i > 0; i--) {
		for (k = 0; k < n; k++)
			if (keep->ids[k] == s->sockets[i - 1].id)
				break;
		if (k == n)
			server_unlisten(s, s->sockets[i - 1].id);
	}
}

/* Interleaved mode is wanted.  Without the memory for it there is none. */
static bool
server_interleave(struct server *s)
{
	if (s->xleave == NULL)
		s->xleave = xleave_new(s->xleave_key);
	if (s->xleave == NULL)
		log_warn("no memory for interleaved mode: answering in basic "
		    "mode");
	return s->xleave != NULL;
}

/*
 * Answer on a socket as well, and on no other one of the same id.  The binder
 * sends the next one when this one is taken.
 */
static void
server_listen(struct server *s, const struct message *msg)
{
	const struct server_socket *sock = msg->data;
	struct open_socket	*o;

	channel_send(&s->binder, MSG_SERVER_LISTENS, msg->id, -1, NULL);
	server_unlisten(s, msg->id);
	if (s->nsockets == SERVER_MAX_SOCKETS) {
		log_warnx("no room for another socket, %d are open: it is not "
		    "answered on", SERVER_MAX_SOCKETS);
		return;
	}
	o = &s->sockets[s->nsockets++];
	o->id = msg->id;
	o->fd = message_take_fd(msg);
	o->slot = -1;
	o->bound = sock->bound;
	o->xleave = sock->xleave && server_interleave(s);
	o->rests_until = instant_now();
	o->dropped = 0;
}

/* Tell the parent what it asks. */
static void
server_show(struct server *s, const struct message *msg)
{
	const struct server_show *what = msg->data;
	struct server_report report = { .sockets = (uint32_t)s->nsockets };
	static struct server_clients top;
	size_t		 i;

	if (what->clients) {
		top.n = clients_top(&s->clients, top.list);
		channel_send(&s->parent, MSG_SERVER_CLIENTS, msg->id, -1,
		    &top);
	}
	for (i = 0; i < s->nsockets; i++)
		socket_count_dropped(s, &s->sockets[i]);
	report.counters = s->batch.counters;
	channel_send(&s->parent, MSG_SERVER_COUNTERS, msg->id, -1, &report);
}

static void
server_take_cookies(struct server *s, const struct message *msg)
{
	if (!cookie_set_keys(&s->jar, msg->data))
		log_warnx("the cookie keys are out of range: keeping the old "
		    "ones");
}

static void
server_limit(struct server *s, const struct message *msg)
{
	if (!clients_limit(&s->clients, msg->data))
		log_warnx("the rate limit is out of range: keeping the old "
		    "one");
}

/* If they cannot be had complete, begin anew. */
static void
server_take_keys(struct server *s, const struct message *msg)
{
	if (!keyring_take(&s->keyring, msg->data))
		fatalx("server: the keys are garbled, or there is no memory "
		    "for them");
}

static void
server_restrict(struct server *s, const struct message *msg)
{
	if (rules_take(&s->rules, &s->access, msg->data))
		s->knows_rules = true;
}

static void
server_take_snapshot(struct server *s, const struct message *msg)
{
	if (!answer_source_set(&s->source, msg->data) &&
	    log_allowed(&s->bad_snapshots, msg->at, NULL))
		log_warnx("the engine's snapshot is out of range: answering "
		    "as unsynchronized until the next");
}

/* From now on requests of our own engine are known by their mark. */
static void
server_take_mark(struct server *s, const struct message *msg)
{
	memcpy(&s->mark, msg->data, sizeof(s->mark));
	s->batch.mark = &s->mark;
}

static void	(*const handlers[MESSAGE_COUNT])(struct server *,
		    const struct message *) = { TO_SERVER(MESSAGE_HANDLER) };

/* False if the other end is gone. */
static bool
server_hear(struct server *s, struct channel *ch)
{
	struct message	 msg;
	bool		 alive = channel_transfer(ch, &s->set);

	while (channel_receive(ch, &msg))
		handlers[msg.type](s, &msg);
	return alive && ch->open;
}

/*
 * Without the engine, or a way to it, there is nothing to tell clients.  If it
 * lives the parent starts another server, with a new channel.  A new socket in
 * the place of the old channel would not do: the filter of system calls knows
 * the channel by its number.
 */
static void
server_hear_engine(struct server *s)
{
	if (server_hear(s, &s->engine))
		return;
	log_debug("the engine is gone: ending");
	exit(0);
}

/*
 * Tell the engine which of its requests came here.  Somebody who has seen one
 * can send it again and again, so there is a limit.
 */
static void
server_tell_own(struct server *s)
{
	struct own_request own;
	unsigned	 i;

	for (i = 0; i < s->batch.nown; i++) {
		own.transmit = s->batch.own[i];
		if (log_allowed(&s->own_requests, instant_now(), NULL))
			channel_send(&s->engine, MSG_OWN_REQUEST, 0, -1, &own);
	}
}

static void
socket_serve(struct server *s, struct open_socket *o)
{
	enum batch_status status = BATCH_BUSY;
	struct instant	 now;
	int		 error, i;

	s->batch.bound = o->bound;
	s->batch.xleave = o->xleave ? s->xleave : NULL;
	/* Or the late ones would be an error that remains. */
	if (o->xleave && pollset_ready(&s->set, o->slot, 0))
		stamps_read(s->xleave, o->fd, STAMPS_MAX);
	for (i = 0; i < BATCHES_PER_TURN && status == BATCH_BUSY; i++) {
		status = batch_serve(&s->batch, o->fd, &s->source);
		server_tell_own(s);
	}
	if (status != BATCH_FAILED)
		return;
	error = errno;
	now = instant_now();
	o->rests_until = instant_add(now, REST_SECONDS);
	if (log_allowed(&s->failures, now, NULL))
		log_warnx("socket %" PRIu32 ": %s, next try in %.0f s", o->id,
		    strerror(error), REST_SECONDS);
}

static void
server_answer_clients(struct server *s)
{
	struct open_socket	*o;
	size_t		 i;

	for (i = 0; i < s->nsockets; i++) {
		o = &s->sockets[i];
		if (pollset_ready(&s->set, o->slot, POLLIN))
			socket_serve(s, o);
	}
}

static void
server_wait(struct server *s)
{
	struct instant	 deadline = INSTANT_NEVER, now = instant_now();
	struct open_socket	*o;
	size_t		 i;

	pollset_clear(&s->set);
	channel_poll(&s->parent, &s->set);
	channel_poll(&s->engine, &s->set);
	/* No sockets are taken before the rules for clients are known. */
	s->binder.slot = -1;
	if (s->knows_rules)
		channel_poll(&s->binder, &s->set);
	for (i = 0; i < s->nsockets; i++) {
		o = &s->sockets[i];
		o->slot = -1;
		if (instant_before(now, o->rests_until))
			deadline = instant_min(deadline, o->rests_until);
		else
			o->slot = pollset_add(&s->set, o->fd, POLLIN);
	}
	pollset_wait(&s->set, deadline, NULL);
}

void
server_main(unsigned instance)
{
	static struct server s;		/* too large for a stack */

	server_init(&s, instance);
	while (server_hear(&s, &s.parent)) {	/* first: with the setup */
		server_wait(&s);
		server_answer_clients(&s);
		/* In this order: the slots are those of this turn. */
		server_hear_engine(&s);
		/* With another binder come other servers. */
		if (!server_hear(&s, &s.binder))
			break;
	}
	exit(0);
}
