/*
 * The resolver turns the names of servers into addresses, for the engine,
 * which may not: one name at a time, one answer back.  It is a process of its
 * own because the C library's resolver reads files, loads modules and parses
 * what strangers send, and because a lookup may block for as long as it likes.
 */
#include <inttypes.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
		channel_close(&r->engine);	/* the parent brings another */
}

static void
connect_engine(struct resolver *r, const struct message *msg)
{
	channel_replace(&r->engine, msg, ENGINE);
}

static void
resolve(struct resolver *r, const struct message *msg)
{
	const struct resolve_request *request = msg->data;
	struct resolve_reply reply;

	lookup(&reply, request);
	if (!lookup_name_valid(request))
		log_debug("the engine asks for something that is no name");
	else if (reply.error != 0)
		log_debug("%s: %s", request->name, gai_strerror(reply.error));
	else
		log_debug("%s: %" PRIu32 " addresses", request->name,
		    reply.count);
	if (!channel_send(&r->engine, MSG_RESOLVED, msg->id, -1, &reply))
		log_debug("the engine does not take its answers");
	/* At once: the next name may take its time. */
	channel_flush(&r->engine);
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

void
resolver_main(unsigned instance)
{
	static struct resolver r;

	modules_load();
	child_begin(&r.parent, RESOLVER, instance);
	for (;; resolver_wait(&r)) {
		/* First: something may have come along with CHILD_SETUP. */
		resolver_hear(&r, &r.parent);
		if (!r.parent.open)
			exit(1);
		resolver_hear(&r, &r.engine);
	}
}
