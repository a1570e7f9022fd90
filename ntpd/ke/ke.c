/*
 * Ke agrees on NTS keys with clients (RFC 8915 section 4), and gives them the
 * cookies by which the servers know these keys again.  It holds the private key
 * of the certificate, which no other process has, and hears strangers by TLS;
 * it does not answer NTP, and knows nothing of the clock.
 */
#include <sys/socket.h>

#include <bsd/stdlib.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/accept.h"
#include "ntpd/child.h"
#include "ntpd/clients/clients.h"
#include "ntpd/clients/rules.h"
#include "ntpd/ke/certificate.h"
#include "ntpd/ke/sessions.h"

#define SOCKETS_MOST	64	/* two families for each listen statement */
#define ACCEPTS		16	/* connections of a socket in a turn */
#define TELL_INTERVAL	1.0	/* s, from one report to the next */

struct open_socket {
	int		 fd;
	int		 slot;
	uint16_t	 ntp_port;
};

struct ke {
	struct channel	 parent, binder;
	struct pollset	 set;
	struct open_socket sockets[SOCKETS_MOST];
	size_t		 nsockets;
	struct access	 access;
	struct rules	 rules;
	bool		 knows_rules;	/* else nobody is heard */
	struct instant	 rest;		/* nor before that */
	struct clients	 clients;
	int		 certificate;	/* its file, until the key's comes */
	SSL_CTX		*ctx;		/* NULL: no certificate so far */
	struct validity	 dates;		/* of the certificate */
	struct instant	 look;		/* at them, the next time */
	struct sessions	 sessions;
	struct instant	 tell;		/* the parent, at the earliest */
};

/* ---- messages ---- */

static void
take_limit(struct ke *k, const struct message *msg)
{
	if (!clients_limit(&k->clients, msg->data))
		log_warnx("the rate limit is out of range: keeping the old "
		    "one");
}

static void
take_rules(struct ke *k, const struct message *msg)
{
	if (rules_take(&k->rules, &k->access, msg->data))
		k->knows_rules = true;
}

static void
take_cookies(struct ke *k, const struct message *msg)
{
	if (!cookie_set_keys(&k->sessions.jar, msg->data))
		log_warnx("the cookie keys are out of range: keeping the old "
		    "ones");
}

static void
take_certificate(struct ke *k, const struct message *msg)
{
	if (k->certificate != -1)
		close(k->certificate);
	k->certificate = message_take_fd(msg);
}

/* Sessions that have begun keep the old certificate. */
static void
take_private_key(struct ke *k, const struct message *msg)
{
	const int	 key = message_take_fd(msg);
	struct validity	 dates;
	SSL_CTX		*ctx;

	if (k->certificate == -1) {
		close(key);
		return;
	}
	ctx = certificate_load(k->certificate, key, &dates);
	k->certificate = -1;
	if (ctx == NULL) {
		log_warnx("NTS: %s", k->ctx != NULL ?
		    "keeping the old certificate" : "it is not served");
		return;
	}
	log_info("NTS: certificate taken up");
	SSL_CTX_free(k->ctx);
	k->ctx = ctx;
	k->dates = dates;
	k->look = msg->at;
	k->sessions.news = true;
}

static void
close_sockets(struct ke *k, const struct message *msg)
{
	(void)msg;
	while (k->nsockets > 0)
		close(k->sockets[--k->nsockets].fd);
}

static void
take_socket(struct ke *k, const struct message *msg)
{
	const struct ke_socket *payload = msg->data;

	if (k->nsockets == SOCKETS_MOST)
		return;
	k->sockets[k->nsockets++] = (struct open_socket){
		.fd = message_take_fd(msg), .slot = -1,
		.ntp_port = payload->ntp_port
	};
}

static void	(*const handlers[MESSAGE_COUNT])(struct ke *,
		    const struct message *) = { TO_KE(MESSAGE_HANDLER) };

static void
hear(struct ke *k, struct channel *ch)
{
	struct message	 msg;

	while (channel_receive(ch, &msg))
		handlers[msg.type](k, &msg);
}

/* ---- clients ---- */

/* May FROM connect now?  It is counted if not. */
static bool
may_come(struct ke *k, const union sender *from, struct instant now)
{
	const struct addrbits client = addrbits_of_sender(from);
	struct server_counters *c = &k->sessions.counters;

	if (!access_allows(&k->access, client)) {
		c->ke_denied++;
		k->sessions.news = true;
		return false;
	}
	if (clients_ask(&k->clients, client, clients_expect(&k->clients,
	    client), now) != CLIENTS_ANSWER) {
		c->ke_limited++;
		k->sessions.news = true;
		return false;
	}
	return true;
}

static void
accept_clients(struct ke *k, const struct open_socket *o, struct instant now)
{
	union sender	 from;
	socklen_t	 len;
	int		 fd, i;

	for (i = 0; i < ACCEPTS; i++) {
		len = sizeof(from);
		fd = accept_client(o->fd, "key establishment", &from.sa, &len,
		    &k->rest);
		if (fd == -1)
			return;
		if (may_come(k, &from, now))
			sessions_add(&k->sessions, k->ctx, fd, o->ntp_port,
			    now);
		else
			close(fd);
	}
}

/* ---- loop ---- */

static void
ke_wait(struct ke *k, struct instant now)
{
	const bool	 rests = instant_before(now, k->rest);
	const bool	 serves = k->ctx != NULL && k->knows_rules && !rests;
	struct instant	 until = sessions_deadline(&k->sessions);
	size_t		 i;

	pollset_clear(&k->set);
	channel_poll(&k->parent, &k->set);
	channel_poll(&k->binder, &k->set);
	for (i = 0; i < k->nsockets; i++)
		k->sockets[i].slot = serves ? pollset_add(&k->set,
		    k->sockets[i].fd, POLLIN) : -1;
	sessions_poll(&k->sessions, &k->set);
	if (k->ctx != NULL)
		until = instant_min(until, k->look);
	if (rests)
		until = instant_min(until, k->rest);
	if (k->sessions.news)
		until = instant_min(until, instant_before(now, k->tell) ?
		    k->tell : now);
	pollset_wait(&k->set, until, NULL);
}

static void
tell_parent(struct ke *k, struct instant now)
{
	const struct ke_report report = {
		.counters = k->sessions.counters,
		.valid_until = k->ctx != NULL ? k->dates.last : 0
	};

	if (!k->sessions.news || instant_before(now, k->tell))
		return;
	k->sessions.news = !channel_send(&k->parent, MSG_KE_REPORT, 0, -1,
	    &report);
	k->tell = instant_add(now, TELL_INTERVAL);
}

static void
receive(struct ke *k, struct instant now)
{
	size_t		 i;

	for (i = 0; i < k->nsockets; i++)
		if (pollset_ready(&k->set, k->sockets[i].slot, POLLIN))
			accept_clients(k, &k->sockets[i], now);
	sessions_run(&k->sessions, &k->set, now);
	if (!channel_transfer(&k->parent, &k->set))
		exit(0);
	if (!channel_transfer(&k->binder, &k->set))
		channel_close(&k->binder);
	/* Last: sockets have the slots of this turn. */
	hear(k, &k->parent);
	hear(k, &k->binder);
	if (!k->parent.open)
		exit(1);
}

void
ke_main(unsigned instance)
{
	static struct ke k;		/* too large for a stack */
	struct siphash_key key;
	struct instant	 now;

	k.certificate = -1;
	sessions_init(&k.sessions);
	arc4random_buf(&key, sizeof(key));
	clients_init(&k.clients, &key);
	certificate_prepare();
	child_begin(&k.parent, KE, instance);
	channel_open(&k.binder, CHILD_GIVEN_FD, KE, BINDER);
	pollset_clear(&k.set);
	for (;; ke_wait(&k, now)) {
		now = instant_now();
		receive(&k, now);
		if (k.ctx != NULL && !instant_before(now, k.look))
			k.look = validity_watch(&k.dates, now);
		tell_parent(&k, now);
	}
}
