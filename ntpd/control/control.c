/*
 * The doorkeeper: ntpctl's connections come here and no further.  What is
 * asked goes to the parent as a message of fixed size, and what it answers
 * goes back.
 *
 * It is a process of its own because of what a stranger can do to whoever
 * reads from him.  Before Linux 6.16 nobody can refuse descriptors: one that is
 * passed is closed in the time of the process that reads, and that may take as
 * long as the stranger likes.  So this process may be held up; the parent
 * notices that and replaces it, and nothing else waits for it.
 */
#include <bsd/stdlib.h>
#include <stdlib.h>

#include "ntpd/child.h"
#include "ntpd/control/connections.h"

struct control {
	struct channel	 parent;
	struct pollset	 set;
	struct connections connections;
};

static void
answer(struct control *c, const struct message *msg)
{
	connections_answer(&c->connections, msg);
}

static void	(*const handlers[MESSAGE_COUNT])(struct control *,
		    const struct message *) = { TO_CONTROL(MESSAGE_HANDLER) };

static void
hear_parent(struct control *c)
{
	struct message	 msg;

	if (!channel_transfer(&c->parent, &c->set))
		exit(0);
	while (channel_receive(&c->parent, &msg))
		handlers[msg.type](c, &msg);
	if (!c->parent.open)
		exit(1);
}

void
control_main(unsigned instance)
{
	static struct control c;
	/* What the parent still has for the one before is for nobody here. */
	const uint32_t	 first_id = arc4random();

	child_begin(&c.parent, CONTROL, instance);
	connections_init(&c.connections, CHILD_GIVEN_FD, first_id);
	pollset_clear(&c.set);	/* what came with the setup is there already */
	for (;;) {
		hear_parent(&c);
		connections_transfer(&c.connections, &c.set, &c.parent,
		    instant_now());
		pollset_clear(&c.set);
		channel_poll(&c.parent, &c.set);
		connections_poll(&c.connections, &c.set);
		pollset_wait(&c.set, connections_deadline(&c.connections),
		    NULL);
	}
}
