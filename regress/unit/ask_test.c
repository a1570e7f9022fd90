/*
 * ntpctl's conversation with the daemon, against daemons that misbehave.  A
 * child process plays the daemon: for each connection it sends the frames of
 * the case, and closes.
 */
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "common/imsg.h"
#include "common/instant.h"
#include "ntpctl/ask.h"
#include "regress/unit/unit.h"

#define FRAMES_MOST	4
#define CONNECTIONS	3	/* of one ask() at most */

enum manner {
	SPEAK,			/* send the frames, then close */
	SILENT,			/* hear the request, say nothing */
	HASTY,			/* send and close before reading */
	DRIP,			/* send one byte at a time, for ever */
	HONEST,			/* answer what was asked: it serves nobody */
	SERVING,		/* likewise: it serves */
	GARBAGE			/* send a frame with an absurd length */
};

struct frame {
	uint32_t	 type;	/* 0: there is none */
	uint32_t	 version;
	uint32_t	 records;	/* of an end */
	int		 longer;	/* bytes too many */
	unsigned	 repeat;	/* send it so many times more */
};

#define V	CONTROL_VERSION
#define STRING(x)	#x
#define VALUE(x)	STRING(x)
#define S	{ CONTROL_STATUS, V, 0, 0, 0 }
#define P	{ CONTROL_PEER, V, 0, 0, 0 }
#define C	{ CONTROL_SERVER, V, 0, 0, 0 }
#define H	{ CONTROL_POINT, V, 0, 0, 0 }
#define M	{ CONTROL_SAMPLE, V, 0, 0, 0 }
#define E(n)	{ CONTROL_END, V, n, 0, 0 }

static const struct {
	const char	*name;
	enum manner	 manner;
	unsigned	 parts;
	struct frame	 frames[FRAMES_MOST];
	enum ask_result	 result;
	const char	*why;		/* how it begins; %s is the path */
} cases[] = {
	{ "status", SPEAK, SHOW_STATUS, { S, E(1) }, ASK_OK, "" },
	{ "sensors are peers", SPEAK, SHOW_SENSORS, { P, P, E(2) }, ASK_OK,
	    "" },
	{ "no peers", SPEAK, SHOW_PEERS, { E(0) }, ASK_OK, "" },
	{ "two peers", SPEAK, SHOW_PEERS, { P, P, E(2) }, ASK_OK, "" },
	{ "more after the end", SPEAK, SHOW_PEERS, { P, E(1), P }, ASK_OK,
	    "" },
	{ "as many as there may be", SPEAK, SHOW_PEERS,
	    { { CONTROL_PEER, V, 0, 0, REPORT_PEERS_MAX - 1 },
	    E(REPORT_PEERS_MAX) }, ASK_OK, "" },
	{ "one more", SPEAK, SHOW_PEERS,
	    { { CONTROL_PEER, V, 0, 0, REPORT_PEERS_MAX },
	    E(REPORT_PEERS_MAX + 1) }, ASK_NEVER,
	    "ntpd sent too many records" },
	{ "wrong count", SPEAK, SHOW_PEERS, { P, E(2) }, ASK_NEVER,
	    "ntpd sent another number of records" },
	{ "no status", SPEAK, SHOW_STATUS, { E(0) }, ASK_NEVER,
	    "ntpd sent no record" },
	{ "two", SPEAK, SHOW_STATUS, { S, S, E(2) }, ASK_NEVER,
	    "ntpd sent a record that was not asked for" },
	{ "a peer for a status", SPEAK, SHOW_STATUS, { P, E(1) }, ASK_NEVER,
	    "ntpd sent a record that was not asked for" },
	{ "a status for a peer", SPEAK, SHOW_PEERS, { S, E(1) }, ASK_NEVER,
	    "ntpd sent a record that was not asked for" },
	{ "no history", SPEAK, SHOW_HISTORY, { E(0) }, ASK_OK, "" },
	{ "no samples", SPEAK, SHOW_SAMPLES, { E(0) }, ASK_OK, "" },
	{ "a point twice", SPEAK, SHOW_HISTORY, { H, H, E(2) }, ASK_NEVER,
	    "ntpd sent a page that was not asked for" },
	{ "the same page for ever", SPEAK, SHOW_HISTORY, { H, E(1) },
	    ASK_NEVER, "ntpd sent a page that was not asked for" },
	{ "a sample for a point", SPEAK, SHOW_HISTORY, { M, E(1) }, ASK_NEVER,
	    "ntpd sent a record that was not asked for" },
	{ "a point for a status", SPEAK, SHOW_STATUS, { H, E(1) }, ASK_NEVER,
	    "ntpd sent a record that was not asked for" },
	{ "longer points", SPEAK, SHOW_HISTORY,
	    { { CONTROL_POINT, V, 0, 8, 0 } }, ASK_NEVER,
	    "ntpd sent a record of the wrong length" },
	{ "server", SPEAK, SHOW_SERVER, { C, E(1) }, ASK_OK, "" },
	{ "no server", SPEAK, SHOW_SERVER, { E(0) }, ASK_NEVER,
	    "ntpd sent no record" },
	{ "server counters twice", SPEAK, SHOW_SERVER, { C, C, E(2) },
	    ASK_NEVER, "ntpd sent a record that was not asked for" },
	{ "server counters for a status", SPEAK, SHOW_STATUS, { C, E(1) },
	    ASK_NEVER, "ntpd sent a record that was not asked for" },
	{ "a status for server counters", SPEAK, SHOW_SERVER, { S, E(1) },
	    ASK_NEVER, "ntpd sent a record that was not asked for" },
	{ "longer server counters", SPEAK, SHOW_SERVER,
	    { { CONTROL_SERVER, V, 0, 8, 0 } }, ASK_NEVER,
	    "ntpd sent a record of the wrong length" },
	{ "too long", SPEAK, SHOW_PEERS, { { CONTROL_PEER, V, 0, 8, 0 } },
	    ASK_NEVER, "ntpd sent a record of the wrong length" },
	{ "too short", SPEAK, SHOW_STATUS, { { CONTROL_STATUS, V, 0, -1, 0 } },
	    ASK_NEVER, "ntpd sent a record of the wrong length" },
	{ "empty", SPEAK, SHOW_STATUS, { { CONTROL_END, V, 0, -8, 0 } },
	    ASK_NEVER, "ntpd sent a record without a version" },
	{ "unknown type", SPEAK, SHOW_STATUS, { { 99, V, 0, 0, 0 } },
	    ASK_NEVER, "ntpd sent a record that was not asked for" },
	{ "a newer daemon", SPEAK, SHOW_STATUS,
	    { { CONTROL_STATUS, 700, 0, 64, 0 } }, ASK_NEVER,
	    "ntpd speaks version 700 of the control protocol, this ntpctl "
	    "version " VALUE(CONTROL_VERSION) ": restart" },
	{ "a newer daemon that only ends", SPEAK, SHOW_STATUS,
	    { { CONTROL_END, 800, 0, 0, 0 } }, ASK_NEVER,
	    "ntpd speaks version 800" },
	{ "closes in the middle", SPEAK, SHOW_PEERS, { P }, ASK_LATER,
	    "ntpd closed the connection without an answer: %s" },
	{ "closes at once", HASTY, SHOW_STATUS, { { 0, 0, 0, 0, 0 } },
	    ASK_LATER, "ntpd closed the connection without an answer: %s" },
	{ "busy", SPEAK, SHOW_STATUS, { { CONTROL_BUSY, V, 0, 0, 0 } },
	    ASK_LATER, "ntpd is busy" },
	{ "too busy to listen", HASTY, SHOW_STATUS,
	    { { CONTROL_BUSY, V, 0, 0, 0 } }, ASK_LATER, "ntpd is busy" },
	{ "stuck", SILENT, SHOW_STATUS, { { 0, 0, 0, 0, 0 } }, ASK_LATER,
	    "ntpd does not answer: %s" },
	{ "a byte now and then", DRIP, SHOW_STATUS, { S }, ASK_LATER,
	    "ntpd does not answer: %s" },
	{ "no frame at all", GARBAGE, SHOW_STATUS, { { 0, 0, 0, 0, 0 } },
	    ASK_NEVER, "ntpd sent a malformed frame" },
};

static char	 dir[] = "/tmp/ask_test.XXXXXX";
static char	 path[sizeof(((struct sockaddr_un *)0)->sun_path)];

/* The payload of FRAME in DATA; returns its length. */
static size_t
payload(const struct frame *frame, uint8_t data[IMSG_MAX_PAYLOAD])
{
	struct control_peer	 peer = { .version = frame->version,
				    .name = "x" };
	struct control_status	 status = { .version = frame->version };
	struct control_server	 server = { .version = frame->version };
	struct control_point	 point = { .version = frame->version };
	struct control_sample	 sample = { .version = frame->version };
	struct control_end	 end = { frame->version, frame->records };
	size_t			 len;

	memset(data, 0, IMSG_MAX_PAYLOAD);
	if (frame->type == CONTROL_STATUS)
		memcpy(data, &status, len = sizeof(status));
	else if (frame->type == CONTROL_PEER)
		memcpy(data, &peer, len = sizeof(peer));
	else if (frame->type == CONTROL_SERVER)
		memcpy(data, &server, len = sizeof(server));
	else if (frame->type == CONTROL_POINT)
		memcpy(data, &point, len = sizeof(point));
	else if (frame->type == CONTROL_SAMPLE)
		memcpy(data, &sample, len = sizeof(sample));
	else
		memcpy(data, &end, len = sizeof(end));
	return (size_t)((ssize_t)len + frame->longer);
}

static void
send_frames(int fd, const struct frame *frames)
{
	uint8_t		 data[IMSG_MAX_PAYLOAD];
	struct imsgbuf	 buf;
	unsigned	 i, n;
	size_t		 len;

	imsgbuf_init(&buf, fd);
	for (i = 0; i < FRAMES_MOST && frames[i].type != 0; i++) {
		len = payload(&frames[i], data);
		for (n = 0; n <= frames[i].repeat; n++) {
			imsg_compose(&buf, frames[i].type, 0, data, len);
			while (imsgbuf_flush(&buf) == IMSG_AGAIN)
				usleep(1000);
		}
	}
	imsgbuf_clear(&buf);
}

/* Answer the request in DATA as a daemon does. */
static void
answer(int fd, const uint8_t *data, bool serves)
{
	struct control_status	 status = { .version = V,
				    .listening = serves };
	struct control_server	 server = { .version = V, .workers = 2 };
	struct control_end	 end = { .version = V, .records = 1 };
	struct imsg_header	 asked;
	struct imsgbuf		 buf;

	memcpy(&asked, data, sizeof(asked));
	imsgbuf_init(&buf, fd);
	if (asked.type == CONTROL_GET_STATUS)
		imsg_compose(&buf, CONTROL_STATUS, 0, &status,
		    sizeof(status));
	else if (asked.type == CONTROL_GET_SERVER)
		imsg_compose(&buf, CONTROL_SERVER, 0, &server,
		    sizeof(server));
	else
		end.records = 0;
	imsg_compose(&buf, CONTROL_END, 0, &end, sizeof(end));
	imsgbuf_flush(&buf);
	imsgbuf_clear(&buf);
}

/* One connection of the child's; never returns to a test. */
static void
serve(int fd, enum manner manner, const struct frame *frames)
{
	struct imsg_header garbage = { CONTROL_END, UINT32_MAX, 0, 0, 0 };
	struct imsg_header drip = { CONTROL_STATUS,
			    sizeof(struct control_status), 0, 0, 0 };
	uint8_t		 data[IMSG_MAX_PAYLOAD];
	int		 i;

	if (manner == HASTY) {
		send_frames(fd, frames);
		return;
	}
	if (read(fd, data, sizeof(data)) <= 0)
		_exit(1);
	if (manner == SPEAK) {
		send_frames(fd, frames);
		return;
	}
	if (manner == HONEST || manner == SERVING) {
		answer(fd, data, manner == SERVING);
		return;
	}
	if (manner == GARBAGE &&
	    write(fd, &garbage, sizeof(garbage)) != sizeof(garbage))
		_exit(1);
	/* 3 s, in which no frame gets complete. */
	memset(data, 0, sizeof(data));
	memcpy(data, &drip, sizeof(drip));
	for (i = 0; i < 300 && manner != GARBAGE; i++) {
		usleep(10000);
		if (manner == DRIP &&
		    send(fd, &data[i], 1, MSG_NOSIGNAL) != 1)
			break;
	}
	close(fd);
}

static int
listen_at(const char *where)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int		 fd;

	strlcpy(sun.sun_path, where, sizeof(sun.sun_path));
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_not_equal(fd, -1);
	unlink(where);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(fd, 5), 0);
	return fd;
}

static pid_t
start_daemon(enum manner manner, const struct frame *frames)
{
	int		 i, fd, listener = listen_at(path);
	pid_t		 pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		alarm(20);
		for (i = 0; i < CONNECTIONS; i++) {
			fd = accept(listener, NULL, NULL);
			if (fd == -1)
				break;
			serve(fd, manner, frames);
		}
		_exit(0);
	}
	close(listener);
	return pid;
}

static void
stop_daemon(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	unlink(path);
}

static void
test_conversations(void **state)
{
	struct report	 report = { 0 };
	char		 why[ASK_WHY_LEN], wanted[ASK_WHY_LEN];
	enum ask_result	 result;
	const char	*p;
	pid_t		 pid;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		why[0] = '\0';
		pid = start_daemon(cases[i].manner, cases[i].frames);
		result = ask(path, cases[i].parts, 1, &report, why);
		stop_daemon(pid);
		strlcpy(wanted, cases[i].why, sizeof(wanted));
		if ((p = strstr(cases[i].why, "%s")) != NULL)
			snprintf(wanted, sizeof(wanted), "%.*s%s",
			    (int)(p - cases[i].why), cases[i].why, path);
		if (result != cases[i].result ||
		    strncmp(why, wanted, strlen(wanted)) != 0)
			fail_msg("%s: %d \"%s\", not %d \"%s\"",
			    cases[i].name, (int)result, why,
			    (int)cases[i].result, wanted);
		if (result == ASK_OK && cases[i].parts == SHOW_PEERS)
			assert_int_equal(report.npeers,
			    cases[i].frames[0].type == CONTROL_PEER ?
			    (cases[i].frames[1].type == CONTROL_PEER ? 2 :
			    cases[i].frames[0].repeat + 1) : 0);
	}
	report_clear(&report);
	assert_null(report.peers);
}

/* All there is: the server only where there is one. */
static void
test_all(void **state)
{
	static const struct frame none[] = { { 0, 0, 0, 0, 0 } };
	struct report	 report = { 0 };
	char		 why[ASK_WHY_LEN];
	pid_t		 pid;

	(void)state;
	pid = start_daemon(HONEST, none);
	assert_int_equal(ask(path, SHOW_ALL, 1, &report, why), ASK_OK);
	stop_daemon(pid);
	assert_int_equal(report.parts, SHOW_ALL & ~(unsigned)SHOW_SERVER);

	pid = start_daemon(SERVING, none);
	assert_int_equal(ask(path, SHOW_ALL, 1, &report, why), ASK_OK);
	stop_daemon(pid);
	assert_int_equal(report.parts, SHOW_ALL);
	assert_int_equal(report.server.workers, 2);
	report_clear(&report);
}

static void
test_no_daemon(void **state)
{
	struct report	 report = { 0 };
	char		 why[ASK_WHY_LEN], wanted[ASK_WHY_LEN];
	char		 lengthy[200] = "";

	(void)state;
	memset(lengthy, 'a', sizeof(lengthy) - 1);
	assert_int_equal(ask(path, SHOW_ALL, 1, &report, why), ASK_LATER);
	snprintf(wanted, sizeof(wanted), "ntpd is not running: %s: "
	    "No such file or directory", path);
	assert_string_equal(why, wanted);

	close(listen_at(path));
	assert_int_equal(ask(path, SHOW_ALL, 1, &report, why), ASK_LATER);
	snprintf(wanted, sizeof(wanted), "ntpd is not running: %s: "
	    "Connection refused", path);
	assert_string_equal(why, wanted);
	unlink(path);

	assert_int_equal(ask(dir, SHOW_ALL, 1, &report, why), ASK_NEVER);
	snprintf(wanted, sizeof(wanted), "%s is no socket", dir);
	assert_string_equal(why, wanted);
	assert_int_equal(ask(lengthy, SHOW_ALL, 1, &report, why), ASK_NEVER);
	assert_non_null(strstr(why, "a socket's path has at most 107 bytes"));
	report_clear(&report);
}

static void
on_alarm(int sig)
{
	(void)sig;
}

/* What a process gets that is stopped and goes on: EINTR, again and again. */
static void
interrupt_every(suseconds_t us)
{
	struct itimerval timer = { { 0, us }, { 0, us } };
	struct sigaction sa = { .sa_handler = on_alarm };

	assert_int_equal(sigaction(SIGALRM, &sa, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

/* A daemon so stuck that it does not even accept. */
static void
test_full_queue(void **state)
{
	struct instant	 start;
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct report	 report = { 0 };
	char		 why[ASK_WHY_LEN];
	int		 fds[32], listener = listen_at(path);
	size_t		 i;

	(void)state;
	strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
	for (i = 0; i < COUNT(fds); i++) {
		fds[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		assert_int_not_equal(fds[i], -1);
		(void)connect(fds[i], (struct sockaddr *)&sun, sizeof(sun));
	}
	assert_int_equal(ask(path, SHOW_STATUS, 1, &report, why), ASK_LATER);
	assert_non_null(strstr(why, "it takes no connections"));

	start = instant_now();
	interrupt_every(50000);
	assert_int_equal(ask(path, SHOW_STATUS, 1, &report, why), ASK_LATER);
	interrupt_every(0);
	assert_non_null(strstr(why, "it takes no connections"));
	assert_near(instant_diff(instant_now(), start), 1, 0.5);
	for (i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	close(listener);
	unlink(path);
	report_clear(&report);
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/sock", dir);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_daemon),
		cmocka_unit_test(test_full_queue),
		cmocka_unit_test(test_conversations),
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests_name("ask", tests, set_up, tear_down);
}
