/*
 * Root's commands, as the parent takes them: how often, what an engine that
 * errs or lies can do about them, and what happens meanwhile.  The engine is
 * played here.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <bsd/string.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/state.h"
#include "regress/unit/unit.h"

static char	 dir[] = "/tmp/orders_test.XXXXXX";
static char	 path[sizeof(dir) + 16];
static struct parent p;
static struct channel here, engine;	/* the channel's two ends */
static struct instant now;

static int
setup(void **arg)
{
	static const struct engine_setup engine_setup;
	int		 fds[2];

	(void)arg;
	memset(&p, 0, sizeof(p));
	now = instant_now();
	assert_true(channel_pair(fds));
	channel_open(&here, fds[0], PARENT, ENGINE);
	channel_open(&engine, fds[1], ENGINE, PARENT);
	engine.state = CHANNEL_CONFIGURED;
	channel_send(&here, MSG_ENGINE_SETUP, 0, -1, &engine_setup);
	p.children.engine = &here;
	p.policy.step = (struct config_step){ .when = STEP_BOOT,
	    .threshold = 0.128, .limit = 86400 };
	operator_open(&p.operator, path);
	assert_int_not_equal(p.operator.fd, -1);
	return capture_begin(NULL);		/* it is logged */
}

static int
teardown(void **arg)
{
	(void)arg;
	operator_close(&p.operator);
	close(p.operator.fd);
	channel_close(&here);
	channel_close(&engine);
	return capture_end(NULL);
}

/* A turn of the parent's loop. */
static void
turn(void)
{
	struct pollset	 set;

	pollset_clear(&set);
	operator_poll(&p.operator, &set);
	pollset_wait(&set, instant_now(), NULL);
	operator_receive(&p, &set, now);
}

/* Send COMMAND; the connection. */
static int
order(enum operator_command command, const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct operator_order o;
	int		 fd;

	memset(&o, 0, sizeof(o));
	o.version = CONTROL_VERSION;
	o.command = command;
	o.by = command == OPERATOR_STEP ? 0.01 : 0;
	strlcpy(o.name, name, sizeof(o.name));
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s" OPERATOR_SUFFIX,
	    path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(send(fd, &o, sizeof(o), 0), sizeof(o));
	turn();
	turn();
	return fd;
}

/* The engine says that it has done what it was told last to COUNT servers. */
static void
done(uint32_t id, uint32_t count)
{
	const struct operator_done d = { .count = count };
	const struct message msg = { .id = id, .data = &d, .at = now };

	operator_done(&p, &msg);
}

/* What came back to FD, which is closed; "": that it was done. */
static const char *
answer(int fd)
{
	static struct operator_result r;

	assert_int_equal(recv(fd, &r, sizeof(r), MSG_DONTWAIT), sizeof(r));
	assert_int_equal(close(fd), 0);
	assert_int_equal(r.done, r.why[0] == '\0');
	return r.why;
}

/* The engine takes what it was told.  How many commands were that? */
static unsigned
take(void)
{
	struct pollset	 set;
	struct message	 msg;
	unsigned	 n = 0;

	channel_flush(&here);
	pollset_clear(&set);
	channel_poll(&engine, &set);
	pollset_wait(&set, instant_now(), NULL);
	assert_true(channel_transfer(&engine, &set));
	while (channel_receive(&engine, &msg))
		n += msg.type == MSG_OPERATE;
	return n;
}

/* A script gives two commands each second, for an hour: how often is FIRST? */
static unsigned
obeyed_in_an_hour(enum operator_command first, enum operator_command second)
{
	unsigned	 n = 0, obeyed;
	int		 fd, i;

	for (i = 0; i < 7200; i++) {
		fd = order(i % 2 == 0 ? first : second, "192.0.2.1");
		obeyed = take();
		if (obeyed > 0)
			done(p.operator.id, 1);
		n += i % 2 == 0 ? obeyed : 0;
		(void)answer(fd);
		now = instant_add(now, 0.5);
	}
	return n;
}

/* It does not burden the servers. */
static void
a_script_in_a_loop(void **arg)
{
	assert_in_range(obeyed_in_an_hour(OPERATOR_ASK, OPERATOR_ASK), 10,
	    3600 / 16 + 2);
	teardown(arg);
	setup(arg);
	assert_in_range(obeyed_in_an_hour(OPERATOR_ON, OPERATOR_OFF), 10,
	    3600 / 16 + 10);
}

/* Ten servers are switched on at once. */
static void
many_at_once(void **arg)
{
	int		 fd, i;

	(void)arg;
	for (i = 0; i < 10; i++) {
		fd = order(OPERATOR_ON, "192.0.2.1");
		assert_int_equal(take(), 1);
		done(p.operator.id, 1);
		assert_string_equal(answer(fd), "");
	}
	fd = order(OPERATOR_ON, "192.0.2.1");
	assert_string_equal(answer(fd), "too many commands; try again in 16 s");
}

/* An engine that answers too early, too late, twice or not at all. */
static void
an_engine_that_errs(void **arg)
{
	int		 fd;

	(void)arg;
	done(0, 1);
	done(1, 1);
	fd = order(OPERATOR_OFF, "192.0.2.1");
	done(p.operator.id - 1, 7);
	done(p.operator.id + 1, 7);
	assert_int_equal(p.operator.state, OPERATOR_WAITS);
	now = instant_add(now, 4.9);
	turn();
	assert_int_equal(p.operator.state, OPERATOR_WAITS);
	now = instant_add(now, 0.2);
	turn();
	assert_string_equal(answer(fd), "the engine does not answer");
	done(p.operator.id, 1);
	fd = order(OPERATOR_OFF, "192.0.2.1");
	done(p.operator.id, 0);
	assert_string_equal(answer(fd), "no server has that name or address");
	done(p.operator.id, 1);
	assert_int_equal(p.operator.state, OPERATOR_IDLE);
}

/* A sensor's name is a path, which may have blanks, but nothing worse. */
static void
names(void **arg)
{
	int		 fd;

	(void)arg;
	fd = order(OPERATOR_OFF, "/run/my receiver.sock");
	assert_int_equal(take(), 1);
	done(p.operator.id, 1);
	assert_string_equal(answer(fd), "");
	fd = order(OPERATOR_OFF, "a\tb");
	assert_int_equal(take(), 0);
	assert_string_equal(answer(fd), "there is no such command");
}

/* Who has gone, or takes no answer, leaves nothing behind. */
static void
a_client_that_is_gone(void **arg)
{
	const int	 before = open_fds();
	int		 i;

	(void)arg;
	for (i = 0; i < 10; i++) {
		assert_int_equal(close(order(OPERATOR_OFF, "a")), 0);
		(void)take();
		done(p.operator.id, 1);
		turn();
		now = instant_add(now, 1);
	}
	assert_int_equal(p.operator.state, OPERATOR_IDLE);
	assert_int_equal(open_fds(), before);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_script_in_a_loop), TEST(many_at_once),
		TEST(an_engine_that_errs), TEST(names),
		TEST(a_client_that_is_gone)
	};
	int		 failed;

	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/sock", dir);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)rmdir(dir);
	return failed;
}
