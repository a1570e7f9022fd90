/*
 * The stamper has network cards stamp packets, and sets them back in the end.
 * It is a process of its own as that takes the right to set up the network: it
 * hears nobody but the parent, and has no other use for that right.
 */
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/child.h"
#include "ntpd/stamper/stamping.h"

struct stamper {
	struct channel	 parent;
	struct stampings stampings;
};

static void
have_stamped(struct stamper *s, const struct message *msg)
{
	const struct stamp_order *order = msg->data;

	if (memchr(order->interface, '\0', sizeof(order->interface)) == NULL)
		fatalx("bug: whose card is to stamp is garbled");
	stampings_set(&s->stampings, order->interface);
}

static void	(*const handlers[MESSAGE_COUNT])(struct stamper *,
		    const struct message *) = { TO_STAMPER(MESSAGE_HANDLER) };

void
stamper_main(unsigned instance)
{
	static struct stamper s;
	struct pollset	 set;
	struct message	 msg;

	child_begin(&s.parent, STAMPER, instance);
	pollset_clear(&set);	/* what came with the setup is there already */
	while (channel_transfer(&s.parent, &set) && s.parent.open) {
		while (channel_receive(&s.parent, &msg))
			handlers[msg.type](&s, &msg);
		pollset_clear(&set);
		channel_poll(&s.parent, &set);
		pollset_wait(&set, INSTANT_NEVER, NULL);
	}
	stampings_restore(&s.stampings);
	exit(0);
}
