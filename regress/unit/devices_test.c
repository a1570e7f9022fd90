/*
 * What the parent makes and has opened for sensors: devices that come and go,
 * and files that are where a socket is to be.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <bsd/string.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/imsg.h"
#include "common/log.h"
#include "ntpd/parent/sensors.h"
#include "regress/unit/unit.h"

static char	 dir[] = "/tmp/devices_test.XXXXXX";
static char	 path[sizeof(dir) + 8];
static struct config conf;
static struct sensors sensors;

/* Begin with one sensor, called NAME. */
static void
make(enum sensor_kind kind, const char *name)
{
	memset(&conf, 0, sizeof(conf));
	conf.nservers = 1;
	conf.servers[0].sensor.kind = (uint8_t)kind;
	strlcpy(conf.servers[0].name, name, sizeof(conf.servers[0].name));
	sensors_make(&sensors, &conf, 0);
}

static int
setup(void **arg)
{
	(void)arg;
	log_init(LOG_TO_STDERR, 0);
	return capture_begin();
}

static int
teardown(void **arg)
{
	(void)arg;
	return capture_end();
}

/* Is it given now?  A descriptor is closed again. */
static bool
is_given(struct instant now, enum message_type type)
{
	struct sensor_gift gift;

	if (sensors_give(&sensors, now, &gift) == SENSORS_MOST)
		return false;
	assert_int_equal(gift.type, type);
	return gift.fd == -1 || close(gift.fd) == 0;
}

static void
opened(struct instant now, int error)
{
	const struct sensor_opened result = { .error = (uint32_t)error };

	sensors_opened(&sensors, 0, &result, now);
}

/* One that opens, but cannot be read, does not fill the log in a day. */
static void
comes_and_goes(void **arg)
{
	struct instant	 now = instant_now();
	int		 i;

	(void)arg;
	make(SENSOR_PTP, "ptp0");
	sensors_need(&sensors, 0, SENSORS_BEGIN, now);
	for (i = 0; i < 8640; i++) {
		assert_true(is_given(now, MSG_OPEN));
		assert_false(is_given(now, MSG_OPEN));
		opened(now, 0);
		sensors_need(&sensors, 0, SENSORS_AGAIN, now);
		assert_false(is_given(now, MSG_OPEN));
		now = sensors_deadline(&sensors);
	}
	assert_int_equal(capture_count("ptp0 is there\n"),
	    capture_count("ptp0 is gone"));
	assert_in_range(capture_count("ptp0 is gone"), 2, 30);
}

/* One that is not there, either; that it has come is said. */
static void
comes_late(void **arg)
{
	struct instant	 now = instant_now();
	int		 i;

	(void)arg;
	make(SENSOR_PTP, "ptp0");
	sensors_need(&sensors, 0, SENSORS_BEGIN, now);
	for (i = 0; i < 1000; i++) {
		assert_true(is_given(now, MSG_OPEN));
		opened(now, ENOENT);
		assert_false(is_given(now, MSG_OPEN));
		now = sensors_deadline(&sensors);
	}
	assert_int_equal(capture_count("cannot open /dev/ptp0"), 1);
	assert_int_equal(capture_count("\n"), 1);
	assert_true(is_given(now, MSG_OPEN));
	opened(now, 0);
	assert_int_equal(capture_count("ptp0 is there\n"), 1);
	assert_true(sensors_deadline(&sensors).ns == INSTANT_NEVER.ns);
}

/*
 * A driver takes a day to open it.  That is said once, nobody asks again
 * meanwhile, and the process that has come in place of another one gets it.
 */
static void
opens_late(void **arg)
{
	struct instant	 now = instant_now();
	int		 i;

	(void)arg;
	make(SENSOR_PTP, "ptp0");
	sensors_need(&sensors, 0, SENSORS_BEGIN, now);
	assert_true(is_given(now, MSG_OPEN));
	assert_false(is_given(instant_add(now, 4), MSG_OPEN));
	assert_int_equal(capture_count("\n"), 0);
	for (i = 0; i < 1000; i++) {
		now = instant_add(now, 86.4);
		assert_false(is_given(now, MSG_OPEN));
		sensors_need(&sensors, 0, SENSORS_BEGIN, now);
	}
	assert_int_equal(capture_count("ptp0 is not used: its driver"), 1);
	assert_int_equal(capture_count("\n"), 1);
	opened(now, 0);
	assert_true(is_given(now, MSG_OPEN));
	opened(now, 0);
	assert_int_equal(capture_count("ptp0 is there\n"), 1);
	assert_false(is_given(instant_add(now, 1e6), MSG_OPEN));
}

/* What the opener says of others, unasked, or of errors that are none. */
static void
opener_lies(void **arg)
{
	const struct sensor_opened result = { .error = UINT32_MAX };
	struct instant	 now = instant_now();

	(void)arg;
	make(SENSOR_PTP, "ptp0");
	opened(now, 0);
	opened(now, EIO);
	sensors_opened(&sensors, 1, &result, now);
	sensors_opened(&sensors, UINT32_MAX, &result, now);
	assert_int_equal(capture_count("\n"), 0);
	sensors_need(&sensors, 0, SENSORS_BEGIN, now);
	assert_true(is_given(now, MSG_OPEN));
	sensors_opened(&sensors, 0, &result, now);
	assert_int_equal(capture_count("cannot open /dev/ptp0"), 1);
}

/* A socket that was left is replaced, and nothing else that is there. */
static void
something_is_there(void **arg)
{
	struct instant	 now = instant_now();
	struct stat	 st;
	FILE		*f;
	int		 i;

	(void)arg;
	for (i = 0; i < 2; i++) {
		make(SENSOR_SOCK, path);
		sensors_need(&sensors, 0, SENSORS_BEGIN, now);
		assert_true(is_given(now, MSG_SENSOR_SOCKET));
		assert_int_equal(close(sensors.list[0].socket), 0);
	}
	assert_int_equal(unlink(path), 0);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
	make(SENSOR_SOCK, path);
	sensors_need(&sensors, 0, SENSORS_BEGIN, now);
	assert_false(is_given(now, MSG_SENSOR_SOCKET));
	assert_int_equal(capture_count("cannot make the socket"), 1);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(unlink(path), 0);
}

/* A descriptor that is sent to a sensor would be closed in its time. */
static void
takes_no_descriptors(void **arg)
{
	socklen_t	 len = sizeof(int);
	int		 takes = 0, known, before;

	(void)arg;
	before = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	known = getsockopt(before, SOL_SOCKET, SO_PASSRIGHTS, &takes, &len);
	assert_int_equal(close(before), 0);
	if (known == -1)
		skip();		/* before Linux 6.16 */
	make(SENSOR_SOCK, path);
	assert_int_equal(getsockopt(sensors.list[0].socket, SOL_SOCKET,
	    SO_PASSRIGHTS, &takes, &len), 0);
	assert_int_equal(takes, 0);
	assert_int_equal(close(sensors.list[0].socket), 0);
	assert_int_equal(unlink(path), 0);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(comes_and_goes), TEST(comes_late),
		TEST(opens_late), TEST(opener_lies),
		TEST(something_is_there), TEST(takes_no_descriptors)
	};
	int		 failed;

	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/sock", dir);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(path);
	(void)rmdir(dir);
	return failed;
}
