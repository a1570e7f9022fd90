/*
 * One exchange by TLS with one server: what is to be done comes from the
 * parent, the connection is made, then all rights are given up, and only then
 * is the first byte read.  The result is said once, and the process ends.
 *
 * If it is taken over, this connection is all that it has.
 */
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/child.h"
#include "ntpd/tls/agree.h"
#include "ntpd/tls/https.h"

struct exchange {
	struct channel	 parent;
	struct child_setup setup;
};

/* Say the result and end. */
static _Noreturn void
say(struct exchange *e, enum message_type type, const void *payload)
{
	if (!channel_send(&e->parent, type, 0, -1, payload))
		fatalx("the parent does not take the result");
	channel_flush(&e->parent);
	exit(0);
}

static void
take_task(struct tls_task *task, const struct message *msg)
{
	memcpy(task, msg->data, sizeof(*task));
	task->name[sizeof(task->name) - 1] = '\0';
	task->path[sizeof(task->path) - 1] = '\0';
	task->ca[sizeof(task->ca) - 1] = '\0';
}

static void
tls_date(struct exchange *e, const struct message *msg)
{
	static struct https h;

	take_task(&h.task, msg);
	h.deadline = instant_add(msg->at, h.task.seconds);
	if (https_connect(&h)) {
		child_confine(TLS, &e->setup);
		https_ask(&h);
	}
	say(e, MSG_TLS_DATE, &h.date);
}

static void
tls_keys(struct exchange *e, const struct message *msg)
{
	static struct agree a;

	take_task(&a.task, msg);
	a.deadline = instant_add(msg->at, a.task.seconds);
	if (agree_connect(&a)) {
		child_confine(TLS, &e->setup);
		agree_run(&a);
	}
	say(e, MSG_TLS_KEYS, &a.keys);
}

static void	(*const handlers[MESSAGE_COUNT])(struct exchange *,
		    const struct message *) = { TO_TLS(MESSAGE_HANDLER) };

void
tls_main(unsigned instance)
{
	static struct exchange e;
	struct message	 msg;

	child_meet(&e.parent, TLS, instance, &e.setup);
	if (!channel_await(&e.parent, SETUP_SECONDS, &msg))
		exit(1);	/* the parent has ended, and has said why */
	handlers[msg.type](&e, &msg);
	exit(1);
}
