/*
 * The log: what a line looks like for each target, that it is one write and
 * stays one line, and that strangers cannot fill it.
 */
#undef _FORTIFY_SOURCE		/* it would call __syslog_chk(), see below */
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "regress/unit/unit.h"

/* What came out: of standard error, one record for each write(2). */
static int	 written, saved_stderr;
static char	 line[2 * PIPE_BUF];

/* What syslog(3), replaced here, was given. */
static char	 syslogged[2 * PIPE_BUF];
static int	 syslog_priority, syslog_options, syslog_facility;

void	 __syslog_chk(int, int, const char *, ...)
	    __attribute__((format(printf, 3, 4)));

void
openlog(const char *name, int options, int facility)
{
	assert_string_equal(name, "ntpd");
	syslog_options = options;
	syslog_facility = facility;
}

void
closelog(void)
{
}

void
syslog(int priority, const char *fmt, ...)
{
	va_list	 ap;

	syslog_priority = priority;
	va_start(ap, fmt);
	vsnprintf(syslogged, sizeof(syslogged), fmt, ap);
	va_end(ap);
}

void
__syslog_chk(int priority, int flag, const char *fmt, ...)
{
	va_list	 ap;

	(void)flag;
	syslog_priority = priority;
	va_start(ap, fmt);
	vsnprintf(syslogged, sizeof(syslogged), fmt, ap);
	va_end(ap);
}

/* Make standard error a socket that keeps writes apart. */
static int
setup(void **arg)
{
	int	 fds[2];

	(void)arg;
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fds) == -1)
		return -1;
	saved_stderr = dup(STDERR_FILENO);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	written = fds[0];
	syslogged[0] = '\0';
	return 0;
}

static int
teardown(void **arg)
{
	(void)arg;
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	close(written);
	log_init(LOG_TO_STDERR, 0);
	return 0;
}

/* The next write, "" if there is none. */
static const char *
next_line(void)
{
	ssize_t	 n;

	n = recv(written, line, sizeof(line) - 1, MSG_DONTWAIT);
	if (n == -1)
		n = 0;
	line[n] = '\0';
	return line;
}

static const struct {
	const char	*label;
	enum log_target	 target;
	int		 verbose, priority;
	const char	*text, *line;
} lines[] = {
	{ "the parent, in the foreground",
	    LOG_TO_STDERR, 0, LOG_INFO, "hello", "hello\n" },
	{ "for the journal",
	    LOG_TO_JOURNAL, 0, LOG_WARNING, "hello", "<4>hello\n" },
	{ "for the journal, critical",
	    LOG_TO_JOURNAL, 0, LOG_CRIT, "hello", "<2>hello\n" },
	{ "no facility in the journal",
	    LOG_TO_JOURNAL, 0, LOG_DAEMON | LOG_INFO, "hello",
	    "<6>hello\n" },
	{ "debug, not wanted",
	    LOG_TO_STDERR, 0, LOG_DEBUG, "hello", "" },
	{ "debug, wanted",
	    LOG_TO_STDERR, 1, LOG_DEBUG, "hello", "hello\n" },
	{ "debug for the journal, very much wanted",
	    LOG_TO_JOURNAL, 2, LOG_DEBUG, "hello", "<7>hello\n" },
	{ "nothing to say",
	    LOG_TO_STDERR, 0, LOG_INFO, "", "\n" },
	{ "a line forged inside",
	    LOG_TO_JOURNAL, 0, LOG_INFO, "a\n<0>b",
	    "<6>a\\012<0>b\n" },
	{ "an escape sequence",
	    LOG_TO_STDERR, 0, LOG_INFO, "a\033[2J\r\b\tb",
	    "a\\033[2J\\015\\010\\011b\n" },
	{ "what is not ASCII",
	    LOG_TO_STDERR, 0, LOG_INFO, "\x7f\x80\x9b\xff",
	    "\\177\\200\\233\\377\n" },
	{ "what is visible already",
	    LOG_TO_STDERR, 0, LOG_INFO, "a\\012 ~!%s",
	    "a\\012 ~!%s\n" },
};

static void
test_lines(void **arg)
{
	size_t	 i;

	(void)arg;
	for (i = 0; i < COUNT(lines); i++) {
		log_init(lines[i].target, lines[i].verbose);
		errno = EDOM;
		log_at(lines[i].priority, "%s", lines[i].text);
		assert_int_equal(errno, EDOM);
		if (strcmp(next_line(), lines[i].line) != 0)
			fail_msg("%s: %s", lines[i].label, line);
		assert_string_equal(next_line(), "");
	}
}

static void
test_vocabulary(void **arg)
{
	(void)arg;
	log_init(LOG_TO_JOURNAL, 0);
	log_debug("%d", 1);
	log_info("%d", 2);
	log_warnx("%d", 3);
	errno = ENOENT;
	log_warn("%d", 4);
	assert_int_equal(errno, ENOENT);
	log_init(LOG_TO_JOURNAL, 1);
	log_debug("%d", 5);
	log_init(LOG_TO_JOURNAL, 0);
	log_debug("%d", 6);
	assert_string_equal(next_line(), "<6>2\n");
	assert_string_equal(next_line(), "<4>3\n");
	assert_string_equal(next_line(), "<4>4: No such file or directory\n");
	assert_string_equal(next_line(), "<7>5\n");
	assert_string_equal(next_line(), "");
}

/* A message too long is cut, its reason is not; no line is too long. */
static void
test_long_messages(void **arg)
{
	char	*text = malloc(100001);
	size_t	 len;

	(void)arg;
	assert_non_null(text);
	memset(text, '\n', 100000);		/* each is four in the log */
	text[100000] = '\0';
	log_init(LOG_TO_JOURNAL, 0);
	errno = ENOENT;
	log_warn("%s", text);
	len = strlen(next_line());
	assert_true(len > 3000 && len <= PIPE_BUF);
	assert_string_equal(line + len - 31,
	    "...: No such file or directory\n");
	log_warnx("%s", text);
	len = strlen(next_line());
	assert_true(len > 3000 && len <= PIPE_BUF);
	assert_string_equal(line + len - 8, "\\012...\n");
	/* Just not too long: not cut. */
	text[959] = '\0';
	memset(text, 'x', 959);
	log_init(LOG_TO_STDERR, 0);
	log_info("%s", text);
	assert_int_equal(strlen(next_line()), 960);
	assert_null(strchr(line, '.'));
	free(text);
}

static void
test_syslog(void **arg)
{
	(void)arg;
	log_init(LOG_TO_SYSLOG, 0);
	assert_int_equal(syslog_options, LOG_PID | LOG_NDELAY);
	assert_int_equal(syslog_facility, LOG_DAEMON);
	log_warnx("100%% %s", "%n\n");
	assert_string_equal(syslogged, "100% %n\\012");
	assert_int_equal(syslog_priority, LOG_WARNING);
	log_init(LOG_TO_SYSLOG, 0);
	log_info("hello");
	assert_string_equal(syslogged, "hello");
	assert_string_equal(next_line(), "");
}

/* What was not logged is said with the next line. */
static void
test_more(void **arg)
{
	struct log_limit limit = { .burst = 1, .interval = 1 };
	char		 more[LOG_MORE_LEN];
	struct instant	 t = { 0 };

	(void)arg;
	assert_true(log_allowed_more(&limit, t, more));
	assert_string_equal(more, "");
	assert_false(log_allowed_more(&limit, t, more));
	assert_false(log_allowed_more(&limit, t, more));
	assert_true(log_allowed_more(&limit, instant_add(t, 2), more));
	assert_string_equal(more, ", after 2 times more");
}

/* Beside the log, warnings go where they are to be copied, until that ends. */
static void
test_copy(void **arg)
{
	(void)arg;
	log_copy_to(STDERR_FILENO);
	log_init(LOG_TO_SYSLOG, 1);
	log_warnx("some\ntrouble");
	assert_string_equal(syslogged, "some\\012trouble");
	assert_string_equal(next_line(), "some\\012trouble\n");
	log_at(LOG_ERR, "more");
	assert_string_equal(next_line(), "more\n");
	log_info("news");
	log_debug("details");
	assert_string_equal(syslogged, "details");
	assert_string_equal(next_line(), "");
	log_copy_to(-1);
	log_warnx("trouble");
	assert_string_equal(syslogged, "trouble");
	assert_string_equal(next_line(), "");
}

/* As much as goes into the pipe of which FD is one end. */
static void
fill(int fd)
{
	static const char full[PIPE_BUF];

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (write(fd, full, sizeof(full)) > 0)
		;
	fcntl(fd, F_SETFL, 0);
}

/* Whoever logs does not wait for a reader, and says later what got lost. */
static void
test_full_log(void **arg)
{
	static char	 room[1 << 20];
	int		 fds[2];

	(void)arg;
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	fill(STDERR_FILENO);
	log_init(LOG_TO_STDERR, 0);
	alarm(10);
	log_info("one");
	log_info("two");
	assert_true(read(fds[0], room, sizeof(room)) > 0);
	log_info("three");
	log_info("four");
	alarm(0);
	memset(room, 0, sizeof(room));
	assert_true(read(fds[0], room, sizeof(room) - 1) > 0);
	assert_string_equal(room, "2 messages were lost: nobody read "
	    "the log\nthree\nfour\n");
	close(fds[0]);
}

/* Run F in a child; returns its exit status. */
static int
status_of(void (*f)(void))
{
	int	 status;
	pid_t	 pid;

	fflush(NULL);
	if ((pid = fork()) == 0) {
		f();
		_exit(77);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
die(void)
{
	errno = EACCES;
	fatal("no %s", "way");
}

static void
diex(void)
{
	fatalx("no %s", "sense");
}

static void
test_fatal(void **arg)
{
	(void)arg;
	log_init(LOG_TO_JOURNAL, 0);
	assert_int_equal(status_of(die), 1);
	assert_string_equal(next_line(),
	    "<2>fatal: no way: Permission denied\n");
	assert_int_equal(status_of(diex), 1);
	assert_string_equal(next_line(), "<2>fatal: no sense\n");
}

/* Nobody listens: that is no reason to fail, or to lose errno. */
static void
test_closed_stderr(void **arg)
{
	(void)arg;
	log_init(LOG_TO_STDERR, 0);
	close(STDERR_FILENO);
	errno = EDOM;
	log_info("hello");
	assert_int_equal(errno, EDOM);
}

/* Three at once, then one in 10 s. */
static const struct {
	double		 when;		/* s */
	bool		 allowed;
	uint64_t	 suppressed;	/* if it is */
} bursts[] = {
	{ 0,	true,	0 },
	{ 0,	true,	0 },
	{ 0,	true,	0 },
	{ 0,	false,	0 },
	{ 9,	false,	0 },
	{ 10,	true,	2 },
	{ 10,	false,	0 },
	{ 19,	false,	0 },
	{ 20.5,	true,	2 },
	{ 29,	false,	0 },
	{ 1000,	true,	1 },
	{ 1000,	true,	0 },
	{ 1000,	true,	0 },
	{ 1000,	false,	0 },
};

static void
test_limit(void **arg)
{
	struct log_limit	 limit = { .burst = 3, .interval = 10 };
	struct instant		 start = { 5000000000 };
	uint64_t		 suppressed;
	size_t			 i;

	(void)arg;
	for (i = 0; i < COUNT(bursts); i++) {
		suppressed = 99;
		if (log_allowed(&limit, instant_add(start, bursts[i].when),
		    &suppressed) != bursts[i].allowed)
			fail_msg("case %zu", i);
		assert_int_equal(suppressed,
		    bursts[i].allowed ? bursts[i].suppressed : 99);
	}
	assert_true(log_allowed(&limit, instant_add(start, 2000), NULL));
	assert_int_equal(limit.suppressed, 0);
}

/* However often one asks, no more than the burst and the rate get through. */
static void
test_limit_of_a_flood(void **arg)
{
	struct log_limit	 limit = { .burst = 5, .interval = 60 };
	uint64_t		 suppressed, allowed = 0, dropped = 0;
	int64_t			 ms;

	(void)arg;
	for (ms = 0; ms < 600000; ms++) {
		if (!log_allowed(&limit, (struct instant){ ms * 1000000 },
		    &suppressed))
			continue;
		allowed++;
		dropped += suppressed;
	}
	assert_in_range(allowed, 14, 15);
	assert_int_equal(allowed + dropped + limit.suppressed, 600000);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		TEST(test_lines),
		TEST(test_vocabulary),
		TEST(test_long_messages),
		TEST(test_syslog),
		TEST(test_copy),
		TEST(test_full_log),
		TEST(test_fatal),
		TEST(test_closed_stderr),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_more),
		cmocka_unit_test(test_limit_of_a_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
