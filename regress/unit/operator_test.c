/*
 * ntpctl's commands for root, against daemons that answer anything.  A child
 * process plays the daemon, for one connection.
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "ntpctl/operator.h"
#include "regress/unit/unit.h"

static char	 dir[] = "/tmp/operator_test.XXXXXX";
static char	 path[sizeof(dir) + 16];

/* What the daemon answers. */
static const struct answer {
	const char	*name;
	bool		 silent;	/* nothing, and it stays */
	struct operator_result result;
	size_t		 len;		/* of it; 0: it hangs up */
	int		 code;
	const char	*why;		/* what that contains */
} answers[] = {
	{ "done", false, { CONTROL_VERSION, 1, 2, 0, "" },
	    sizeof(struct operator_result), 0, "" },
	{ "refused", false, { CONTROL_VERSION, 0, 0, 0, "too many" },
	    sizeof(struct operator_result), 1, "too many" },
	{ "neither", false, { CONTROL_VERSION, 2, 0, 0, "what" },
	    sizeof(struct operator_result), 1, "what" },
	{ "with what a terminal would take", false,
	    { CONTROL_VERSION, 0, 0, 0, "a\033[2Jb\n\177\200" },
	    sizeof(struct operator_result), 1, "a?[2Jb???" },
	{ "another version", false, { 700, 1, 0, 0, "" },
	    sizeof(struct operator_result), 3, "different versions" },
	{ "too short", false, { CONTROL_VERSION, 1, 0, 0, "" }, 16, 3,
	    "different versions" },
	{ "hangs up", false, { CONTROL_VERSION, 1, 0, 0, "" }, 0, 3,
	    "different versions" },
	{ "says nothing", true, { CONTROL_VERSION, 1, 0, 0, "" }, 0, 3,
	    "does not answer" },
};

static void
serve(int listener, const struct answer *a, struct operator_result *result)
{
	struct operator_order	 order;
	int			 fd;

	alarm(20);
	fd = accept(listener, NULL, NULL);
	if (fd == -1 || recv(fd, &order, sizeof(order), 0) != sizeof(order) ||
	    order.version != CONTROL_VERSION)
		_exit(1);
	if (a->len > 0)
		(void)send(fd, result, a->len, MSG_NOSIGNAL);
	if (a->silent)
		pause();
	_exit(0);
}

/* Give an order to a daemon that answers *RESULT, or as *A says. */
static int
tell(const struct answer *a, struct operator_result *result,
    char why[OPERATOR_TEXT_LEN])
{
	struct sockaddr_un	 sun = { .sun_family = AF_UNIX };
	struct operator_order	 order = { .command = OPERATOR_ASK };
	int			 listener, code;
	pid_t			 pid;

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s%s", path,
	    OPERATOR_SUFFIX);
	listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_int_not_equal(listener, -1);
	unlink(sun.sun_path);
	assert_int_equal(bind(listener, (struct sockaddr *)&sun,
	    sizeof(sun)), 0);
	assert_int_equal(listen(listener, 1), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		serve(listener, a, result);
	close(listener);
	code = operator_tell(path, &order, 1, why);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return code;
}

static void
any_answer(void **state)
{
	struct operator_result	 result;
	char			 why[OPERATOR_TEXT_LEN];
	size_t			 i;
	int			 code;

	(void)state;
	for (i = 0; i < COUNT(answers); i++) {
		why[0] = '\0';
		result = answers[i].result;
		code = tell(&answers[i], &result, why);
		if (code != answers[i].code ||
		    strstr(why, answers[i].why) == NULL)
			fail_msg("%s: %d, %s", answers[i].name, code, why);
	}
	/* A sentence without an end. */
	result = answers[1].result;
	memset(result.why, 'a', sizeof(result.why));
	assert_int_equal(tell(&answers[1], &result, why), 1);
	assert_int_equal(strlen(why), OPERATOR_WHY_LEN);
}

static void
no_daemon(void **state)
{
	struct operator_order	 order = { .command = OPERATOR_ASK };
	char			 why[OPERATOR_TEXT_LEN], lengthy[200];

	(void)state;
	assert_int_equal(operator_tell("/nonexistent/sock", &order, 1, why),
	    3);
	assert_non_null(strstr(why, "ntpd is not running: "
	    "/nonexistent/sock.root"));
	memset(lengthy, 'a', sizeof(lengthy) - 1);
	lengthy[sizeof(lengthy) - 1] = '\0';
	assert_int_equal(operator_tell(lengthy, &order, 1, why), 3);
	assert_non_null(strstr(why, "too long"));
}

static void
words_are_commands(void **state)
{
	enum operator_command	 command;

	(void)state;
	assert_true(operator_find("step", &command));
	assert_int_equal(command, OPERATOR_STEP);
	assert_true(operator_find("ask", &command));
	assert_int_equal(command, OPERATOR_ASK);
	assert_false(operator_find("st", &command));
	assert_false(operator_find("status", &command));
	assert_false(operator_find("", &command));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(any_answer),
		cmocka_unit_test(no_daemon),
		cmocka_unit_test(words_are_commands)
	};
	int			 failed;

	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/sock", dir);
	failed = cmocka_run_group_tests_name("operator", tests, NULL, NULL);
	strlcat(path, OPERATOR_SUFFIX, sizeof(path));
	unlink(path);
	rmdir(dir);
	return failed;
}
