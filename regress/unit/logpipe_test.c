/*
 * From children's standard error to the log: whole lines with their
 * priorities, however they arrive.
 */
#undef _FORTIFY_SOURCE		/* it would call __syslog_chk(), see below */
#include <sys/wait.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/logpipe.h"
#include "regress/unit/unit.h"

#define LOGGED		32		/* messages that are kept */

static struct logpipe	 lp;
static int		 end;		/* the child's */

/* What syslog(3), replaced here, was given. */
static size_t		 nlogged;
static int		 priorities[LOGGED];
static char		 lines[LOGGED][2 * LOGPIPE_LINE];

void	 __syslog_chk(int, int, const char *, ...)
	    __attribute__((format(printf, 3, 4)));

static void	 keep(int, const char *, va_list)
	    __attribute__((format(printf, 2, 0)));

static void
keep(int priority, const char *fmt, va_list ap)
{
	static const char name[] = "engine: ";
	char		 text[2 * LOGPIPE_LINE];

	vsnprintf(text, sizeof(text), fmt, ap);
	if (strncmp(text, name, strlen(name)) != 0)
		fail_msg("without the child's name: %s", text);
	if (nlogged < LOGGED) {
		priorities[nlogged] = priority;
		strlcpy(lines[nlogged], text + strlen(name), sizeof(lines[0]));
	}
	nlogged++;
}

void
syslog(int priority, const char *fmt, ...)
{
	va_list	 ap;

	va_start(ap, fmt);
	keep(priority, fmt, ap);
	va_end(ap);
}

void
__syslog_chk(int priority, int flag, const char *fmt, ...)
{
	va_list	 ap;

	(void)flag;
	va_start(ap, fmt);
	keep(priority, fmt, ap);
	va_end(ap);
}

static int
setup(void **arg)
{
	(void)arg;
	alarm(20);		/* whatever would wait */
	log_init(LOG_TO_SYSLOG, 1);
	memset(&lp, 0, sizeof(lp));
	lp.fd = -1;
	end = logpipe_open(&lp, "engine");
	nlogged = 0;
	memset(lines, 0, sizeof(lines));
	return end == -1 ? -1 : 0;
}

static int
teardown(void **arg)
{
	(void)arg;
	if (end != -1)
		close(end);
	logpipe_close(&lp);
	log_init(LOG_TO_STDERR, 0);
	alarm(0);
	return 0;
}

/* Write TEXT as a child does, in pieces of SIZE bytes, each read at once. */
static void
chatter(const char *text, size_t len, size_t size)
{
	size_t		 n;

	for (; len > 0; text += n, len -= n) {
		n = len < size ? len : size;
		assert_int_equal(write(end, text, n), n);
		logpipe_read(&lp);
	}
}

static const struct {
	const char	*name, *text;
	size_t		 count;
	int		 priority[3];
	const char	*line[3];
} cases[] = {
	{ "a line", "<6>hello\n", 1, { LOG_INFO }, { "hello" } },
	{ "three of them", "<6>one\n<4>two\n<7>three\n", 3,
	    { LOG_INFO, LOG_WARNING, LOG_DEBUG }, { "one", "two", "three" } },
	{ "highest a child has", "<2>dying\n", 1, { LOG_CRIT }, { "dying" } },
	{ "lowest", "<7>by the way\n", 1, { LOG_DEBUG }, { "by the way" } },
	{ "none: a library's", "malloc(): corrupted\n", 1, { LOG_ERR },
	    { "malloc(): corrupted" } },
	{ "emergency, for every terminal", "<0>fire\n", 1, { LOG_ERR },
	    { "<0>fire" } },
	{ "alert", "<1>fire\n", 1, { LOG_ERR }, { "<1>fire" } },
	{ "above debug", "<8>what\n", 1, { LOG_ERR }, { "<8>what" } },
	{ "with a facility", "<30>what\n", 1, { LOG_ERR }, { "<30>what" } },
	{ "half a priority", "<6\n", 1, { LOG_ERR }, { "<6" } },
	{ "an angle only", "<\n", 1, { LOG_ERR }, { "<" } },
	{ "another bracket", "[6>what\n", 1, { LOG_ERR }, { "[6>what" } },
	{ "priority twice", "<6><2>no\n", 1, { LOG_INFO }, { "<2>no" } },
	{ "priority not in front", " <2>no\n", 1, { LOG_ERR }, { " <2>no" } },
	{ "empty lines", "\n\n<6>one\n\n", 1, { LOG_INFO }, { "one" } },
	{ "a format", "<6>100%s %n %d\n", 1, { LOG_INFO },
	    { "100%s %n %d" } },
	{ "an escape", "<6>\033[2Jgone\n", 1, { LOG_INFO },
	    { "\\033[2Jgone" } },
	{ "a carriage return", "<6>one\rtwo\n", 1, { LOG_INFO },
	    { "one\\015two" } },
	{ "half a line", "<6>not yet", 0, { 0 }, { NULL } },
};

/* The same lines result, whatever the pieces they come in. */
static void
lines_and_pieces(void **arg)
{
	static const size_t sizes[] = { 1, 2, 3, 5, 7, 4096 };
	size_t		 i, j, k;

	(void)arg;
	for (i = 0; i < COUNT(cases) * COUNT(sizes); i++) {
		j = i / COUNT(sizes);
		nlogged = 0;
		chatter(cases[j].text, strlen(cases[j].text),
		    sizes[i % COUNT(sizes)]);
		if (nlogged != cases[j].count)
			fail_msg("%s: %zu lines", cases[j].name, nlogged);
		for (k = 0; k < nlogged; k++)
			if (priorities[k] != cases[j].priority[k] ||
			    strcmp(lines[k], cases[j].line[k]) != 0)
				fail_msg("%s: <%d>%s", cases[j].name,
				    priorities[k], lines[k]);
		chatter("\n", 1, 1);
	}
}

/* What was half a line is continued, after however many turns. */
static void
a_line_over_several_turns(void **arg)
{
	(void)arg;
	chatter("<6>no ans", 9, 9);
	logpipe_read(&lp);
	logpipe_read(&lp);
	assert_int_equal(nlogged, 0);
	chatter("wer\n<6>next", 11, 11);
	assert_int_equal(nlogged, 1);
	assert_string_equal(lines[0], "no answer");
	chatter("\n", 1, 1);
	assert_int_equal(nlogged, 2);
	assert_string_equal(lines[1], "next");
}

/* One that does not end is cut, and takes nothing of the next. */
static void
over_long_lines(void **arg)
{
	static const size_t lengths[] = { LOGPIPE_LINE - 5, LOGPIPE_LINE - 4,
			    LOGPIPE_LINE - 3, LOGPIPE_LINE, 3000, 20000 };
	static char	 text[20010];
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(lengths); i++) {
		memset(text, 'x', sizeof(text));
		memcpy(text, "<4>begin", 8);
		memcpy(text + lengths[i], "\n<6>next\n", 9);
		nlogged = 0;
		chatter(text, lengths[i] + 9, 1000);
		assert_int_equal(nlogged, 2);
		assert_int_equal(priorities[0], LOG_WARNING);
		assert_int_equal(strncmp(lines[0], "beginxxx", 8), 0);
		assert_true(strlen(lines[0]) > 900);
		assert_true(strlen(lines[0]) < LOGPIPE_LINE);
		assert_string_equal(lines[1], "next");
	}
}

/* A NUL hides what follows in its line, but not the next line. */
static void
a_nul_in_a_line(void **arg)
{
	(void)arg;
	chatter("<6>seen\0hidden\n<6>next\n", 23, 23);
	assert_int_equal(nlogged, 2);
	assert_int_equal(strncmp(lines[0], "seen", 4), 0);
	assert_string_equal(lines[1], "next");
}

/* With nothing to read, or no writer left, it returns at once. */
static void
never_waits(void **arg)
{
	(void)arg;
	logpipe_read(&lp);
	assert_int_not_equal(lp.fd, -1);
	close(end);				/* the only writer is gone */
	end = -1;
	logpipe_read(&lp);
	assert_int_equal(lp.fd, -1);		/* no loop spins on it */
	logpipe_read(&lp);
	assert_int_equal(nlogged, 0);
}

/* Fill the pipe; its writers must not wait either.  Returns the bytes. */
static size_t
fill(void)
{
	static char	 text[1024];
	size_t		 total = 0, turns = 0;
	ssize_t		 n;

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\n';
	while ((n = write(end, text, sizeof(text))) > 0 &&
	    turns++ < 10000)
		total += (size_t)n;
	assert_int_equal(n, -1);
	assert_int_equal(errno, EAGAIN);
	return total;
}

/* A child that never stops talking gets a bounded share of a turn. */
static void
bounded_work_in_a_turn(void **arg)
{
	size_t		 total, turns;

	(void)arg;
	total = fill() / 1024;
	logpipe_read(&lp);
	assert_true(nlogged > 0);
	assert_true(nlogged < total);
	for (turns = 0; nlogged < total && turns < 1000; turns++)
		logpipe_read(&lp);
	assert_int_equal(nlogged, total);
}

/* A child that floods the log does not; what was left out is counted. */
static void
a_flood_is_counted(void **arg)
{
	unsigned long long told;
	size_t		 sent;

	(void)arg;
	for (sent = 0; sent < 5000; sent++)
		chatter("<6>drip\n", 8, 8);
	assert_true(nlogged >= 500);
	assert_true(nlogged < 2000);
	sleep(1);
	nlogged = 0;
	chatter("<6>last\n", 8, 8);
	assert_int_equal(nlogged, 2);
	assert_int_equal(priorities[0], LOG_WARNING);
	told = strtoull(lines[0], NULL, 10);
	assert_true(told >= 3000);
	assert_true(told < sent);
	assert_string_equal(lines[1], "last");
}

/* Who asked for debug messages gets many of them, but no flood either. */
static void
debug_has_more_room(void **arg)
{
	size_t		 sent;

	(void)arg;
	for (sent = 0; sent < 5000; sent++)
		chatter("<7>drip\n", 8, 8);
	assert_int_equal(nlogged, sent);
	for (; sent < 50000; sent++)
		chatter("<7>drip\n", 8, 8);
	assert_true(nlogged < 20000);
}

/* A child that is started again does not begin anew with what it may log. */
static void
a_new_child_has_no_new_room(void **arg)
{
	size_t		 i, sent;

	(void)arg;
	for (i = 0; i < 10; i++) {
		for (sent = 0; sent < 1000; sent++)
			chatter("<6>drip\n", 8, 8);
		close(end);
		end = logpipe_open(&lp, "engine");
		assert_int_not_equal(end, -1);
	}
	assert_true(nlogged < 2000);
}

/* What it wrote last is logged when the next one is started. */
static void
last_words(void **arg)
{
	(void)arg;
	assert_int_equal(write(end, "<6>farewell\n", 12), 12);
	close(end);
	end = logpipe_open(&lp, "engine");
	assert_int_equal(nlogged, 1);
	assert_string_equal(lines[0], "farewell");
}

/* A program started afterwards writes into the pipe, and cannot read it. */
static void
the_next_program_has_it(void **arg)
{
	int		 status;
	pid_t		 pid;

	(void)arg;
	assert_true(fcntl(lp.fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(end, F_GETFD) & FD_CLOEXEC);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		dup2(end, STDERR_FILENO);
		execl("/bin/sh", "sh", "-c", "echo '<5>from afar' >&2",
		    (char *)NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	logpipe_read(&lp);
	assert_int_equal(nlogged, 1);
	assert_int_equal(priorities[0], LOG_NOTICE);
	assert_string_equal(lines[0], "from afar");
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(lines_and_pieces),
		TEST(a_line_over_several_turns),
		TEST(over_long_lines),
		TEST(a_nul_in_a_line),
		TEST(never_waits),
		TEST(bounded_work_in_a_turn),
		TEST(a_flood_is_counted),
		TEST(debug_has_more_room),
		TEST(a_new_child_has_no_new_room),
		TEST(last_words),
		TEST(the_next_program_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
