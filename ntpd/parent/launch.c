/*
 * Starting one child: its channel, what it is given and its setup go to the
 * launcher.  That one, the opener and the stamper are forked here.
 */
#include <sys/syscall.h>

#include <unistd.h>

#include "common/log.h"
#include "ntpd/child.h"
#include "ntpd/parent/launch.h"

static const unsigned	 given[PROCESSES] = {	/* enum child_given */
#define CHILD(process, name, end, start, most, asked, given)		\
	[process] = (given),
	CHILDREN
#undef CHILD
};

/*
 * Give one end of a channel to the child NAME by a message of TYPE over PEER,
 * and return the other for the child; -1 on failure.  No descriptors pass to
 * PEER.
 */
static int
connect_to(struct channel *peer, enum message_type type,
    const struct child_name *name)
{
	int		 fds[2];

	if (!channel_pair(fds))
		return -1;
	imsg_refuse_fds(fds[0]);
	if (channel_send(peer, type, 0, fds[0], name))
		return fds[1];
	close(fds[1]);
	return -1;
}

/* Make what child NAME is given: ONE of enum child_given.  -1 on failure. */
static int
make_given(struct children *c, unsigned one, const struct child_name *name)
{
	int		 fd;

	if (one == GIVEN_SOCKET)
		return dup(c->control_fd);
	if (one == GIVEN_BINDER)
		return connect_to(c->binder, MSG_BINDER_CHANNEL, name);
	if (one == GIVEN_OPENER)
		return connect_to(c->opener, MSG_OPENER_CHANNEL, name);
	fd = connect_to(c->engine, MSG_ENGINE_CHANNEL, name);
	if (fd != -1)
		imsg_refuse_fds(fd);
	return fd;
}

/* Send CHILD what it is given, and its setup. */
static bool
send_setup(struct children *c, struct child *child,
    const struct child_name *name)
{
	const unsigned	 all = given[child->process];
	unsigned	 one;
	int		 fd;

	for (one = 1; one <= all; one <<= 1) {
		if ((all & one) == 0)
			continue;
		fd = make_given(c, one, name);
		if (fd == -1 || !channel_send(&child->channel, MSG_CHILD_FD,
		    0, fd, NULL))
			return false;
	}
	return channel_send(&child->channel, MSG_CHILD_SETUP, 0, -1,
	    &c->setup);
}

bool
launch_child(struct children *c, struct child *child)
{
	const struct child_name name = { child->process, child->instance };
	int		 fds[2], log;

	log = logpipe_open(&child->log, process_name(child->process));
	if (log == -1 ||
	    !channel_send(c->launcher, MSG_LAUNCH_LOG, 0, log, NULL) ||
	    !channel_pair(fds))
		return false;
	channel_open(&child->channel, fds[0], PARENT, child->process);
	imsg_refuse_fds(fds[0]);
	if (send_setup(c, child, &name))
		return channel_send(c->launcher, MSG_LAUNCH, 0, fds[1],
		    &name);
	close(fds[1]);
	return false;
}

int
launch_fork(struct children *c, struct child *child)
{
	const char	*name = process_name(child->process);
	int		 fds[2], log;
	pid_t		 pid;

	if (!channel_pair(fds))
		fatal("cannot make a channel to the %s", name);
	channel_open(&child->channel, fds[0], PARENT, child->process);
	imsg_refuse_fds(fds[0]);
	channel_send(&child->channel, MSG_CHILD_SETUP, 0, -1, &c->setup);
	log = logpipe_open(&child->log, name);
	if (log == -1 || (pid = spawn(child->process, 0, fds[1], log)) == -1)
		fatal("cannot start the %s", name);
	child->pid = pid;
	child->wanted = true;
	living_begin(&child->living, instant_now());
	return (int)syscall(SYS_pidfd_open, pid, 0);
}
