/*
 * Fork and re-execute.  The program is found by /proc/self/exe: the file that
 * this process was started from, even when a new version has been installed
 * over it meanwhile, so that parent and children always fit together.
 */
#include <sys/prctl.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "ntpd/child.h"

static _Noreturn void
become(enum process process, unsigned instance, int fd, pid_t starter)
{
	sigset_t	 none;
	char		 self[] = "ntpd", option[] = "-P", name[16], number[16];
	char		*argv[] = { self, option, name, number, NULL };

	snprintf(name, sizeof(name), "%s", process_name(process));
	snprintf(number, sizeof(number), "%u", instance);
	/* The launcher's effective user is its children's later one. */
	if (geteuid() != getuid() && seteuid(getuid()) == -1)
		_exit(127);
	/* Whoever starts a process does not leave it behind. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1 ||
	    getppid() != starter)
		_exit(127);
	/* dup2() to itself would keep close-on-exec: clear it either way. */
	if (dup2(fd, CHILD_CHANNEL_FD) == -1 ||
	    fcntl(CHILD_CHANNEL_FD, F_SETFD, 0) == -1)
		_exit(127);
	closefrom(CHILD_CHANNEL_FD + 1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/*
	 * A signal to the whole group (a ^C, a service manager's stop) is for
	 * the parent; the others end when it hangs up.  SIGPIPE: a log that
	 * nobody reads any more ends no process.
	 */
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	execv("/proc/self/exe", argv);
	_exit(127);
}

pid_t
spawn(enum process process, unsigned instance, int fd)
{
	pid_t		 starter = getpid(), pid = fork();
	int		 error = errno;

	if (pid == 0)
		become(process, instance, fd, starter);
	close(fd);
	errno = error;
	return pid;
}
