/*
 * The starter and the daemon have a pipe.  On it come the daemon's warnings as
 * lines and, when it runs, a byte of 0.  The end of the pipe without that byte
 * is the end of the daemon.
 */
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/pollset.h"
#include "ntpd/parent/background.h"

/*
 * How long a start may take, s.  It takes milliseconds; the children's own
 * patience is 10 s each.  Tuned: a loaded machine is no reason to fail.
 */
#define START_MOST	60.0

/* The starter is in a terminal or a script: it ends like any program. */
static void
restore_signals(void)
{
	sigset_t	 none;

	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
detach(void)
{
	int		 null, fd;

	if (setsid() == -1 || chdir("/") == -1 ||
	    (null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
		fatal("cannot go into the background");
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (dup2(null, fd) == -1)
			fatal("cannot go into the background");
	if (null > STDERR_FILENO)
		close(null);
}

void
background_enter(struct background *b)
{
	int		 fds[2];
	pid_t		 pid;

	/* A starter that is stopped must not hold the daemon. */
	signal(SIGCHLD, SIG_DFL);
	if (pipe2(fds, O_CLOEXEC) == -1 ||
	    fcntl(fds[1], F_SETFL, O_NONBLOCK) == -1 || (pid = fork()) == -1)
		fatal("cannot go into the background");
	if (pid != 0) {
		close(fds[1]);
		restore_signals();
		exit(background_await(pid, fds[0], START_MOST));
	}
	signal(SIGCHLD, SIG_IGN);
	close(fds[0]);
	b->fd = fds[1];
	log_copy_to(b->fd);
	detach();
}

void
background_ready(struct background *b)
{
	if (b->fd == -1)
		return;
	log_copy_to(-1);
	/* A starter that is gone does not want to know. */
	(void)!write(b->fd, "", 1);
	close(b->fd);
	b->fd = -1;
}

/* Copy what has come to standard error, up to a byte of 0: true if it came. */
static bool
copy(const char *buf, size_t len)
{
	const char	*ready = memchr(buf, '\0', len);

	if (ready != NULL)
		len = (size_t)(ready - buf);
	(void)!write(STDERR_FILENO, buf, len);
	return ready != NULL;
}

/* The status with which PID, which is ending, tells that it failed. */
static int
failure_of(pid_t pid)
{
	int		 status;

	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	    WEXITSTATUS(status) != 0)
		return WEXITSTATUS(status);
	return 1;
}

int
background_await(pid_t pid, int fd, double seconds)
{
	struct instant	 end = instant_add(instant_now(), seconds);
	struct pollset	 set;
	char		 buf[1024];
	ssize_t		 n;
	bool		 silent = true;

	while (instant_before(instant_now(), end)) {
		pollset_clear(&set);
		(void)pollset_add(&set, fd, POLLIN);
		if (pollset_wait(&set, end, NULL) == 0)
			continue;
		if ((n = read(fd, buf, sizeof(buf))) <= 0) {
			if (silent)
				log_warnx("ntpd ended while it started");
			return failure_of(pid);
		}
		if (copy(buf, (size_t)n))
			return 0;
		silent = false;
	}
	log_warnx("ntpd has not started within %.0f s: ended", seconds);
	kill(pid, SIGKILL);
	return 1;
}
