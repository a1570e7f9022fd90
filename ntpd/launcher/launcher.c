/*
 * The launcher: starts processes when the parent asks, reports their ends.
 */
#include <sys/prctl.h>
#include <sys/wait.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/launcher/launcher.h"
#include "ntpd/launcher/launcher_sandbox.h"
#include "ntpd/process.h"
#include "ntpd/spawn.h"

#define LAUNCHER_CHILDREN	(CONFIG_MAX_WORKERS + 8)

struct launcher {
	struct channel	 parent;
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
start(struct launcher *l, const struct child_name *name, int fd)
{
	size_t		 i;

	if (fd == -1 || name->process <= LAUNCHER ||
	    name->process >= PROCESSES ||
	    name->instance >= CONFIG_MAX_WORKERS) {
		log_warnx("asked to start something that does not exist");
		if (fd != -1)
			close(fd);
		return;
	}
	for (i = 0; i < LAUNCHER_CHILDREN; i++)
		if (l->children[i].pid == 0)
			break;
	if (i == LAUNCHER_CHILDREN) {
		log_warnx("too many processes");
		close(fd);	/* the parent takes this for its death */
		return;
	}
	l->children[i].name = *name;
	l->children[i].pid = spawn((enum process)name->process,
	    name->instance, fd);
	if (l->children[i].pid == -1) {
		log_warn("cannot start %s",
		    process_name((enum process)name->process));
		l->children[i].pid = 0;
	}
}

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

/*
 * When the launcher ends the kernel kills its children in its name, which needs
 * their user.  CAP_KILL would do, too, but is more, and not every container has
 * it.  A process of that user cannot signal the launcher for that: its real and
 * saved user is still root.
 */
static void
become_able_to_kill(uid_t uid)
{
	if (seteuid(uid) == -1)
		fatal("cannot become user %u", (unsigned)uid);
	/* The kernel has forgotten what spawn() has set. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		fatal("PR_SET_PDEATHSIG");
}

static void
launcher_init(struct launcher *l, int parent_fd)
{
	struct sigaction sa = { .sa_handler = on_sigchld };
	struct sandbox_target target = { .root = "/" };
	struct child_setup setup;
	sigset_t	 block;

	channel_open_child(&l->parent, parent_fd, LAUNCHER, &setup);
	setproctitle("launcher");
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &block, &l->waiting) == -1 ||
	    sigaction(SIGCHLD, &sa, NULL) == -1)
		fatal("signals");
	sigdelset(&l->waiting, SIGCHLD);
	become_able_to_kill(setup.uid);
	sandbox_enter(&launcher_sandbox, &target);
}

void
launcher_main(int parent_fd)
{
	static struct launcher l;
	struct pollset	 set;
	struct message	 msg;

	launcher_init(&l, parent_fd);
	pollset_clear(&set);	/* what came with the setup is there already */
	for (;;) {
		if (!channel_transfer(&l.parent, &set))
			exit(0);
		while (channel_receive(&l.parent, &msg))
			if (msg.type == MSG_LAUNCH)
				start(&l, msg.data, msg.fd);
		if (!l.parent.open)
			exit(1);
		if (child_died)
			reap(&l);
		pollset_clear(&set);
		channel_poll(&l.parent, &set);
		pollset_wait(&set, INSTANT_NEVER, &l.waiting);
	}
}
