/*
 * The binder opens the sockets that the servers answer on, gives them to the
 * servers, and follows the interfaces and addresses of this machine.  It is a
 * process of its own so that what sets the clock does nothing of that: it has
 * the right to open port 123, and no other.  It reads from no socket that it
 * opens, hears the kernel by netlink without looking at what it says, and of
 * the servers only that they have taken a socket.
 */
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/binder/links.h"
#include "ntpd/binder/listen.h"
#include "ntpd/binder/listen_ke.h"
#include "ntpd/child.h"

struct binder {
	struct channel	 parent;
	struct links	 links;
	struct listeners listeners;
	struct ke_places ke;
	bool		 told;		/* the parent, that there are sockets */
	struct pollset	 set;
	int		 netlink;	/* slot of the pollset */
};

/* A server that is synchronized to one of these is synchronized to us. */
static void
tell_own(struct binder *b)
{
	static struct log_limit limit = { .burst = 1, .interval = 3600 };
	static struct own_refids own;

	memset(&own, 0, sizeof(own));
	if (b->listeners.n > 0 && !links_own_refids(&own) &&
	    log_allowed(&limit, instant_now(), NULL))
		log_warn("cannot find out which addresses this machine has");
	channel_send(&b->parent, MSG_BINDER_OWN, 0, -1, &own);
}

static void
connect_server(struct binder *b, const struct message *msg)
{
	const struct child_name *name = msg->data;
	const uint32_t	 i = name->instance;

	if (name->process == KE) {
		channel_replace(&b->ke.channel, msg, KE);
		ke_places_forget(&b->ke);
		return;
	}
	if (name->process != SERVER || i >= SERVERS_MOST)
		return;
	channel_replace(&b->listeners.servers[i].channel, msg, SERVER);
	listeners_forget(&b->listeners, i);
}

/* The parent has checked it; what could not be is a bug there. */
static void
configure(struct binder *b, const struct message *msg)
{
	const struct binder_setup *setup = msg->data;

	if (setup->nlisteners > CONFIG_MAX_LISTENERS || setup->servers == 0 ||
	    setup->servers > SERVERS_MOST || setup->prefix4 == 0 ||
	    setup->prefix4 > 32 || setup->prefix6 == 0 ||
	    setup->prefix6 > 128)
		fatalx("bug: what to listen on is garbled");
	listeners_configure(&b->listeners, setup);
	ke_places_configure(&b->ke, setup);
	tell_own(b);
}

static void
socket_taken(struct binder *b, const struct message *msg)
{
	listeners_taken(&b->listeners, msg->from, msg->id);
}

static void	(*const handlers[MESSAGE_COUNT])(struct binder *,
		    const struct message *) = { TO_BINDER(MESSAGE_HANDLER) };

static void
hear(struct binder *b, struct channel *ch)
{
	struct message	 msg;

	while (channel_receive(ch, &msg))
		handlers[msg.type](b, &msg);
}

/* The parent first: it says which servers there are. */
static void
receive(struct binder *b)
{
	struct channel	*ch;
	size_t		 i;
	bool		 was_open;

	if (!channel_transfer(&b->parent, &b->set))
		exit(0);
	for (i = 0; i < SERVERS_MOST; i++) {
		ch = &b->listeners.servers[i].channel;
		was_open = ch->open;
		if (!channel_transfer(ch, &b->set))
			channel_close(ch);
		hear(b, ch);
		if (was_open && !ch->open)
			listeners_forget(&b->listeners, i);
	}
	if (!channel_transfer(&b->ke.channel, &b->set))
		channel_close(&b->ke.channel);
	hear(b, &b->parent);
	if (!b->parent.open)
		exit(1);
}

static void
follow(struct binder *b, struct instant now)
{
	if (pollset_ready(&b->set, b->netlink, POLLIN)) {
		links_read(&b->links, now);
		listeners_follow(&b->listeners);
		ke_places_follow(&b->ke);
	}
	if (links_due(&b->links, now)) {
		tell_own(b);
		listeners_follow(&b->listeners);
		ke_places_follow(&b->ke);
	}
}

static void
tell_state(struct binder *b)
{
	struct binder_state state = {
		.listens = listeners_any(&b->listeners)
	};

	if (b->told != (state.listens != 0) && channel_send(&b->parent,
	    MSG_BINDER_STATE, 0, -1, &state))
		b->told = state.listens != 0;
}

static void
binder_wait(struct binder *b)
{
	size_t		 i;

	pollset_clear(&b->set);
	channel_poll(&b->parent, &b->set);
	for (i = 0; i < SERVERS_MOST; i++)
		channel_poll(&b->listeners.servers[i].channel, &b->set);
	channel_poll(&b->ke.channel, &b->set);
	b->netlink = pollset_add(&b->set, b->links.netlink, POLLIN);
	pollset_wait(&b->set, instant_min(b->ke.retry,
	    instant_min(b->listeners.retry, b->links.look)), NULL);
}

void
binder_main(unsigned instance)
{
	static struct binder b;
	struct instant	 now;

	listeners_init(&b.listeners);
	b.ke.retry = INSTANT_NEVER;
	child_begin(&b.parent, BINDER, instance);
	links_open(&b.links);
	b.netlink = -1;
	pollset_clear(&b.set);	/* what came with the setup is there already */
	for (;; binder_wait(&b)) {
		now = instant_now();
		receive(&b);
		follow(&b, now);
		listeners_update(&b.listeners, now);
		ke_places_update(&b.ke, now);
		tell_state(&b);
	}
}
