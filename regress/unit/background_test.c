/*
 * Into the background: what the starter makes of each way a start can end.
 * Daemons are played by children that say something on the pipe, or nothing.
 */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/background.h"
#include "regress/unit/unit.h"

/* How a daemon's start goes on when it has said what it says. */
enum end { EXITS, IS_KILLED, HANGS, RUNS };

static const struct {
	const char	*name;
	const char	*says;
	size_t		 len;
	enum end	 end;
	int		 status;
	const char	*seen;		/* on standard error */
} starts[] = {
	{ "ready", "", 1, RUNS, 0, "" },
	{ "ready, then it ends", "", 1, EXITS, 0, "" },
	{ "a warning, and ready", "trouble\n", 9, RUNS, 0, "trouble\n" },
	{ "what comes after it", "\0trouble\n", 9, RUNS, 0, "" },
	{ "a reason", "fatal: no way\n", 14, EXITS, EX_NOPERM,
	    "fatal: no way\n" },
	{ "no reason", "", 0, EXITS, EX_NOPERM,
	    "ntpd ended while it started\n" },
	{ "killed", "", 0, IS_KILLED, 1, "ntpd ended while it started\n" },
	{ "it hangs", "", 0, HANGS, 1,
	    "ntpd has not started within 1 s: ended\n" },
	{ "it warns, and hangs", "trouble\n", 8, HANGS, 1,
	    "trouble\nntpd has not started within 1 s: ended\n" },
};

static _Noreturn void
play(size_t i, int fd)
{
	size_t		 done;

	/* By bytes: a pipe may give it in any pieces. */
	for (done = 0; done < starts[i].len; done++)
		if (write(fd, starts[i].says + done, 1) != 1)
			_exit(2);
	if (starts[i].end == EXITS)
		_exit(EX_NOPERM);
	if (starts[i].end == IS_KILLED)
		raise(SIGKILL);
	for (;;)
		pause();
}

/* What the daemon says comes with the parent's standard error as it is. */
static void
read_back(int fd, char *text, size_t size)
{
	ssize_t		 n = read(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
}

static void
assert_start(size_t i)
{
	int		 fds[2], errors[2], saved, status, wait_status;
	char		 seen[256];
	pid_t		 pid;

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(pipe2(errors, O_NONBLOCK), 0);
	if ((pid = fork()) == 0)
		play(i, fds[1]);
	close(fds[1]);
	saved = dup(STDERR_FILENO);
	dup2(errors[1], STDERR_FILENO);
	status = background_await(pid, fds[0], 1);
	dup2(saved, STDERR_FILENO);
	read_back(errors[0], seen, sizeof(seen));
	if (starts[i].end == RUNS)
		kill(pid, SIGTERM);
	/* Who was asked for its status by the starter is gone already. */
	if (waitpid(pid, &wait_status, 0) == -1)
		assert_true(errno == ECHILD && starts[i].end != HANGS);
	if (status != starts[i].status)
		fail_msg("%s: status %d", starts[i].name, status);
	if (strcmp(seen, starts[i].seen) != 0)
		fail_msg("%s: %s", starts[i].name, seen);
	if (starts[i].end == HANGS)
		assert_true(WIFSIGNALED(wait_status));
	close(saved);
	close(fds[0]);
	close(errors[0]);
	close(errors[1]);
}

static void
all_starts(void **arg)
{
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(starts); i++)
		assert_start(i);
}

/* Both sides: the starter's status is what its own starter sees. */
static void
the_whole_way(void **arg)
{
	struct background b;
	int		 status;
	pid_t		 pid;

	(void)arg;
	if ((pid = fork()) == 0) {
		background_enter(&b);
		background_ready(&b);
		background_ready(&b);
		_exit(b.fd == -1 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	if ((pid = fork()) == 0) {
		close(STDERR_FILENO);
		background_enter(&b);
		fatalx("no way");
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_starts),
		cmocka_unit_test(the_whole_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
