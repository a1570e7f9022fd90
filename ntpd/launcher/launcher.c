/*
 * The launcher starts the other processes when the parent asks, and reports
 * their ends.  It is the parent's first child, forked while the parent still
 * has its privileges, so that the parent itself needs neither fork(2) nor
 * execve(2), nor the capabilities that becoming another user takes - and so
 * that a child that died can be replaced long after the parent has given those
 * up.
 */
#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/child.h"

#define LAUNCHER_CHILDREN	(CHILDREN_MOST + 8)	/* some are ending */
#define END_WAIT		0.5	/* s, for the end of the children */

struct launcher {
	struct channel	 parent;
	int		 log;		/* of the next child; -1: none */
	sigset_t	 waiting;	/* mask while waiting: SIGCHLD open */
	struct {
		pid_t		 pid;	/* 0: free */
		struct child_name name;
	} children[LAUNCHER_CHILDREN];
};

static volatile sig_atomic_t	 child_died;

static void
on_sigchld(int sig)
{
	(void)sig;
	child_died = 1;
}

static void
keep_log(struct launcher *l, const struct message *msg)
{
	if (l->log != -1)
		close(l->log);
	l->log = message_take_fd(msg);
}

static void
start(struct launcher *l, const struct message *msg)
{
	const struct child_name *name = msg->data;
	struct child_started started = { .name = *name };
	size_t		 i;

	if (!process_is_child(name->process, name->instance)) {
		log_warnx("asked to start something that does not exist");
		return;
	}
	for (i = 0; i < LAUNCHER_CHILDREN; i++)
		if (l->children[i].pid == 0)
			break;
	if (i == LAUNCHER_CHILDREN) {
		/* The parent takes the channel's end for the child's. */
		log_warnx("too many processes");
		return;
	}
	l->children[i].name = *name;
	l->children[i].pid = spawn((enum process)name->process,
	    name->instance, message_take_fd(msg), l->log);
	l->log = -1;
	if (l->children[i].pid == -1) {
		log_warn("cannot start %s",
		    process_name((enum process)name->process));
		l->children[i].pid = 0;
		return;
	}
	started.pid = l->children[i].pid;
	channel_send(&l->parent, MSG_CHILD_STARTED, 0, -1, &started);
}

/*
 * End those that the parent has given up, if they have not ended yet.  They
 * are our children's ids, so no other process has them.
 */
static void
end_child(struct launcher *l, const struct message *msg)
{
	const struct child_name *name = msg->data;
	size_t		 i;

	for (i = 0; i < LAUNCHER_CHILDREN; i++)
		if (l->children[i].pid != 0 &&
		    l->children[i].name.process == name->process &&
		    l->children[i].name.instance == name->instance &&
		    kill(l->children[i].pid, SIGKILL) == -1)
			log_warn("cannot end %s",
			    process_name((enum process)name->process));
}

static void	(*const handlers[MESSAGE_COUNT])(struct launcher *,
		    const struct message *) = { TO_LAUNCHER(MESSAGE_HANDLER) };

static void
reap(struct launcher *l)
{
	struct child_ended ended = { .pid = 0 };
	pid_t		 pid;
	int		 status;
	size_t		 i;

	child_died = 0;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < LAUNCHER_CHILDREN; i++)
			if (l->children[i].pid == pid)
				break;
		if (i == LAUNCHER_CHILDREN)
			continue;
		l->children[i].pid = 0;
		ended.name = l->children[i].name;
		ended.pid = pid;
		ended.status = status;
		channel_send(&l->parent, MSG_CHILD_ENDED, 0, -1, &ended);
	}
}

static bool
has_children(const struct launcher *l)
{
	size_t		 i;

	for (i = 0; i < LAUNCHER_CHILDREN; i++)
		if (l->children[i].pid != 0)
			return true;
	return false;
}

/*
 * The parent has hung up, on the other children, too.  Let them end.  One that
 * does not, a resolver in the middle of a lookup, is killed.
 */
static void
end(struct launcher *l)
{
	struct instant	 patience = instant_add(instant_now(), END_WAIT);
	struct pollset	 none;
	size_t		 i;

	reap(l);
	while (has_children(l) && instant_before(instant_now(), patience)) {
		pollset_clear(&none);
		pollset_wait(&none, patience, &l->waiting);
		reap(l);
	}
	for (i = 0; i < LAUNCHER_CHILDREN; i++)
		if (l->children[i].pid != 0 &&
		    kill(l->children[i].pid, SIGKILL) == 0)
			waitpid(l->children[i].pid, NULL, 0);
	exit(0);
}

static void
launcher_init(struct launcher *l, unsigned instance)
{
	struct sigaction sa = { .sa_handler = on_sigchld };
	sigset_t	 block;

	l->log = -1;
	child_begin(&l->parent, LAUNCHER, instance);
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &block, &l->waiting) == -1 ||
	    sigaction(SIGCHLD, &sa, NULL) == -1)
		fatal("signals");
	sigdelset(&l->waiting, SIGCHLD);
}

void
launcher_main(unsigned instance)
{
	static struct launcher l;
	struct pollset	 set;
	struct message	 msg;

	launcher_init(&l, instance);
	pollset_clear(&set);	/* what came with the setup is there already */
	for (;;) {
		if (!channel_transfer(&l.parent, &set))
			end(&l);
		while (channel_receive(&l.parent, &msg))
			handlers[msg.type](&l, &msg);
		if (!l.parent.open)
			exit(1);
		if (child_died)
			reap(&l);
		pollset_clear(&set);
		channel_poll(&l.parent, &set);
		pollset_wait(&set, INSTANT_NEVER, &l.waiting);
	}
}
