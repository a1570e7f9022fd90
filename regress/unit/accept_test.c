/*
 * Taking clients when there are descriptors for them, and when there are none.
 */
#include <sys/resource.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/accept.h"
#include "regress/unit/unit.h"

static int	 listener, client;

static int
setup(void **arg)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t	 len = sizeof(sin);

	(void)arg;
	log_init(LOG_TO_STDERR, 0);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	client = socket(AF_INET, SOCK_STREAM, 0);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    listen(listener, 4) == -1 ||
	    getsockname(listener, (struct sockaddr *)&sin, &len) == -1 ||
	    connect(client, (struct sockaddr *)&sin, sizeof(sin)) == -1)
		return -1;
	return capture_begin(NULL);
}

static int
teardown(void **arg)
{
	(void)arg;
	close(listener);
	close(client);
	return capture_end(NULL);
}

static void
takes_who_is_there(void **arg)
{
	const struct instant now = instant_now();
	struct instant	 rest = now;
	struct sockaddr_storage from;
	socklen_t	 len = sizeof(from);
	int		 fd;

	(void)arg;
	fd = accept_client(listener, "a test", (struct sockaddr *)&from, &len,
	    &rest);
	assert_int_not_equal(fd, -1);
	assert_int_equal(from.ss_family, AF_INET);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	close(fd);
	/* There is no other one, which is no reason to rest. */
	assert_int_equal(accept_client(listener, "a test", NULL, NULL,
	    &rest), -1);
	assert_true(rest.ns == now.ns);
	assert_int_equal(capture_count("\n"), 0);
}

static void
rests_without_descriptors(void **arg)
{
	struct instant	 now = instant_now(), rest;
	struct rlimit	 before, none;
	int		 i, fd;

	(void)arg;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	for (i = 0; i < 1000; i++) {
		assert_int_equal(accept_client(listener, "a test", NULL, NULL,
		    &rest), -1);
		assert_true(instant_diff(rest, now) > 0.5);
		assert_true(instant_diff(rest, now) < 5);
	}
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(capture_count("cannot take a client of a test"), 2);
	fd = accept_client(listener, "a test", NULL, NULL, &rest);
	assert_int_not_equal(fd, -1);
	close(fd);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(takes_who_is_there), TEST(rests_without_descriptors)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
