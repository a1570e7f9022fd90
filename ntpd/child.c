/*
 * How every child begins.
 */
#include <bsd/unistd.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/child.h"
#include "ntpd/sandbox.h"

/* Give the descriptor of MSG the number PLACE. */
static void
place_fd(const struct message *msg, int place)
{
	int		 fd = message_take_fd(msg);

	if (fd == place)
		return;
	if (dup3(fd, place, O_CLOEXEC) == -1)
		fatal("descriptor %d", fd);
	close(fd);
}

/* Take what it is given, and the setup. */
static void
take_setup(struct channel *parent, enum process self,
    struct child_setup *setup)
{
	struct message	 msg;
	int		 place = CHILD_GIVEN_FD;

	do {
		if (!channel_await(parent, SETUP_SECONDS, &msg)) {
			if (!parent->open)
				exit(1);
			fatalx("%s: no setup from the parent",
			    process_name(self));
		}
		if (msg.type == MSG_CHILD_FD)
			place_fd(&msg, place++);
	} while (msg.type != MSG_CHILD_SETUP);
	memcpy(setup, msg.data, sizeof(*setup));
}

void
child_meet(struct channel *parent, enum process self, unsigned instance,
    struct child_setup *setup)
{
	channel_open(parent, CHILD_CHANNEL_FD, self, PARENT);
	take_setup(parent, self, setup);
	/* The parent adds the name. */
	log_init(LOG_TO_JOURNAL, setup->verbose);
	if (process_is_child(self, 1))
		setproctitle("%s %u", process_name(self), instance);
	else
		setproctitle("%s", process_name(self));
}

void
child_confine(enum process self, const struct child_setup *setup)
{
	sandbox_enter(sandboxes[self], &(struct sandbox_target){
	    .root = setup->root, .uid = setup->uid, .gid = setup->gid });
}

void
child_begin(struct channel *parent, enum process self, unsigned instance)
{
	struct child_setup setup;

	child_meet(parent, self, instance, &setup);
	child_confine(self, &setup);
}
