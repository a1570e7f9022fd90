/*
 * The resolver turns the names of servers into addresses, for the engine and
 * the parent, which may not: one name at a time, one answer back.  It is a
 * process of its own because the C library's resolver reads files, loads
 * modules and parses what strangers send, and because a lookup may block for as
 * long as it likes.
 */
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/pollset.h"
#include "ntpd/child.h"
#include "ntpd/resolver/lookup.h"
#include "ntpd/resolver/modules.h"

struct resolver {
	struct channel	 parent;
	struct channel	 engine;
	struct pollset	 set;
};

/* Tell the parent by TYPE, at once: a lookup begins, or has ended. */
static void
tell_parent(struct resolver *r, enum message_type type)
{
	channel_send(&r->parent, type, 0, -1, NULL);
	channel_flush(&r->parent);
}

static void
resolver_wait(struct resolver *r)
{
	pollset_clear(&r->set);
	channel_poll(&r->parent, &r->set);
	channel_poll(&r->engine, &r->set);
	pollset_wait(&r->set, INSTANT_NEVER, NULL);

	if (!channel_transfer(&r->parent, &r->set))
		exit(0);
	if (!channel_transfer(&r->engine, &r->set))
		channel_close(&r->engine);
}

static void
resolve(struct resolver *r, const struct message *msg)
{
	const struct resolve_request *request = msg->data;
	struct resolve_reply reply;

	tell_parent(r, MSG_RESOLVER_BUSY);
	lookup(&reply, request);
	tell_parent(r, MSG_ALIVE);
	if (!lookup_name_valid(request))
		log_debug("something was asked for that is no name");
	else if (reply.error != 0)
		log_debug("%s: %s", request->name, gai_strerror(reply.error));
	else
		log_debug("%s: %" PRIu32 " addresses", request->name,
		    reply.count);
	if (!channel_send(msg->from, msg->type == MSG_RESOLVE ? MSG_RESOLVED :
	    MSG_HTTPS_RESOLVED, msg->id, -1, &reply))
		log_debug("nobody takes its answers");
	/* At once: the next name may take its time. */
	channel_flush(msg->from);
}

static void	(*const handlers[MESSAGE_COUNT])(struct resolver *,
		    const struct message *) = { TO_RESOLVER(MESSAGE_HANDLER) };

static void
resolver_hear(struct resolver *r, struct channel *ch)
{
	struct message	 msg;

	while (channel_receive(ch, &msg))
		handlers[msg.type](r, &msg);
}

/*
 * The C library is to ask for the two families of addresses one after the
 * other.  Both at once would take sendmmsg(2), which can pass descriptors, our
 * channel to the engine among them.
 */
static void
set_options(void)
{
	const char	*given = getenv("RES_OPTIONS");
	char		 options[256];

	snprintf(options, sizeof(options), "%.200s single-request",
	    given != NULL ? given : "");
	if (setenv("RES_OPTIONS", options, 1) == -1)
		fatal("resolver: RES_OPTIONS");
}

void
resolver_main(unsigned instance)
{
	static struct resolver r;

	modules_load();
	set_options();
	child_begin(&r.parent, RESOLVER, instance);
	channel_open(&r.engine, CHILD_GIVEN_FD, RESOLVER, ENGINE);
	for (;; resolver_wait(&r)) {
		/* First: something may have come along with CHILD_SETUP. */
		resolver_hear(&r, &r.parent);
		if (!r.parent.open)
			exit(1);
		resolver_hear(&r, &r.engine);
		/* The daemon ends, too; or starts another, with a channel. */
		if (!r.engine.open)
			exit(0);
	}
}
