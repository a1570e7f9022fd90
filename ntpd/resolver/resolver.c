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
#include "common/loop.h"
#include "ntpd/child.h"
#include "ntpd/resolver/lookup.h"

struct resolver {
	struct channel	 parent;
	struct channel	 engine;
	struct pollset	 set;
	bool		 quit;
};

static void
resolver_wait(struct resolver *r)
{
	pollset_clear(&r->set);
	channel_poll(&r->parent, &r->set);
	channel_poll(&r->engine, &r->set);
	pollset_wait(&r->set, INSTANT_NEVER, NULL);

	if (!channel_transfer(&r->parent, &r->set))
		r->quit = true;
	if (!channel_transfer(&r->engine, &r->set))
		channel_close(&r->engine);	/* the parent brings another */
}

/* The parent has one thing to say: here is the engine, or the next one. */
static void
resolver_hear_parent(struct resolver *r)
{
	struct message	 msg;

	while (channel_receive(&r->parent, &msg)) {
		if (msg.type == MSG_RESOLVER_CHANNEL && msg.fd != -1) {
			channel_close(&r->engine);
			channel_open(&r->engine, msg.fd, RESOLVER, ENGINE);
		} else if (msg.fd != -1)
			close(msg.fd);
	}
	if (!r->parent.open)
		r->quit = true;
}

static void
resolver_answer(struct resolver *r, uint32_t id,
    const struct resolve_request *request)
{
	struct resolve_reply reply;

	lookup(&reply, request);
	if (!lookup_name_valid(request))
		log_debug("the engine asks for something that is no name");
	else if (reply.error != 0)
		log_debug("%s: %s", request->name, gai_strerror(reply.error));
	else
		log_debug("%s: %" PRIu32 " addresses", request->name,
		    reply.count);
	if (!channel_send(&r->engine, MSG_RESOLVED, id, -1, &reply))
		log_debug("the engine does not take its answers");
	/* At once: the next name may take its time. */
	imsgbuf_flush(&r->engine.buf);
}

static void
resolver_hear_engine(struct resolver *r)
{
	struct resolve_request request;
	struct message	 msg;

	while (channel_receive(&r->engine, &msg)) {
		if (msg.fd != -1)
			close(msg.fd);
		if (msg.type != MSG_RESOLVE)
			continue;
		memcpy(&request, msg.data, sizeof(request));
		resolver_answer(r, msg.id, &request);
	}
}

void
resolver_main(unsigned instance)
{
	static struct resolver r;

	child_begin(&r.parent, RESOLVER, instance);
	while (!r.quit) {
		/* First: something may have come along with CHILD_SETUP. */
		resolver_hear_parent(&r);
		resolver_hear_engine(&r);
		resolver_wait(&r);
	}
	channel_close(&r.engine);
	channel_close(&r.parent);
	exit(0);
}
