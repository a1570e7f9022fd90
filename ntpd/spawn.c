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
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "ntpd/child.h"

/*
 * Nothing of the starter's: no terminal, no input and output, no directory, and
 * no descriptor but the channel FD and LOG.
 */
static bool
detach(int fd, int log)
{
	int		 null;

	if (setsid() == -1 || chdir("/") == -1 ||
	    (null = open("/dev/null", O_RDONLY | O_CLOEXEC)) == -1)
		return false;
	/* dup2() to itself would keep close-on-exec: clear it either way. */
	if ((log != -1 && dup2(log, STDERR_FILENO) == -1) ||
	    dup2(null, STDIN_FILENO) == -1 ||
	    dup2(null, STDOUT_FILENO) == -1 ||
	    dup2(fd, CHILD_CHANNEL_FD) == -1 ||
	    fcntl(CHILD_CHANNEL_FD, F_SETFD, 0) == -1)
		return false;
	closefrom(CHILD_CHANNEL_FD + 1);
	return true;
}

/*
 * A signal to the whole group (a ^C, a service manager's stop) is for the
 * parent; the others end when it hangs up.  SIGPIPE: a log that nobody reads
 * any more ends no process.
 */
static void
ignore_signals(void)
{
	sigset_t	 none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
}

static _Noreturn void
become(enum process process, unsigned instance, int fd, int log,
    pid_t starter)
{
	char		 self[] = "ntpd", option[] = "-P", name[16], number[16];
	char		*argv[] = { self, option, name, number, NULL };
	char		*none[] = { NULL };

	/* When the starter ends, its child does, too. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1 ||
	    getppid() != starter)
		_exit(127);
	snprintf(name, sizeof(name), "%s", process_name(process));
	snprintf(number, sizeof(number), "%u", instance);
	if (!detach(fd, log))
		_exit(127);
	ignore_signals();
	execve("/proc/self/exe", argv, none);
	_exit(127);
}

pid_t
spawn(enum process process, unsigned instance, int fd, int log)
{
	pid_t		 starter = getpid(), pid = fork();
	int		 error = errno;

	if (pid == 0)
		become(process, instance, fd, log, starter);
	close(fd);
	if (log != -1)
		close(log);
	errno = error;
	return pid;
}
