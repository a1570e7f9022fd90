/*
 * What the parent makes and has opened for sensors: devices that come and go,
 * and files that are where a socket is to be.
 */
#include <sys/ipc.h>
#include <sys/shm.h>
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
#include "common/shmsegment.h"
#include "ntpd/parent/devices.h"
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

/* Another configuration, of sensors called NAMES, up to a NULL. */
static void
reload(const char *const *names)
{
	memset(&conf, 0, sizeof(conf));
	for (; *names != NULL; names++)
		assert_true(config_name_sensor(&conf.servers[conf.nservers++],
		    *names));
	sensors_configure(&sensors, &conf, instant_now());
}

#define RELOAD(...)	reload((const char *const[]){ __VA_ARGS__, NULL })

/* Those that stay keep their processes; those that come get free ones. */
static void
come_at_reload(void **arg)
{
	struct instant	 now = instant_now();
	const struct parent_sensor *s = sensors.list;

	(void)arg;
	make(SENSOR_PTP, "ptp0");
	assert_true(s[0].is_new);
	sensors_need(&sensors, 0, SENSORS_BEGIN, now);
	assert_true(is_given(now, MSG_OPEN));
	opened(now, 0);
	RELOAD("pps3", "ptp0");
	assert_int_equal(conf.nservers, 2);
	assert_int_equal(conf.servers[0].sensor.number, 1);
	assert_int_equal(conf.servers[1].sensor.number, 0);
	assert_true(s[0].used && !s[0].is_new && s[1].used && s[1].is_new);
	assert_string_equal(s[1].path, "/dev/pps3");
	RELOAD("shm9", "pps3");
	assert_string_equal(s[0].device.name, "shm9");
	assert_true(s[0].used && s[0].is_new && s[1].used && !s[1].is_new);
	assert_int_equal(s[0].path[0], '\0');
	RELOAD("vmclock0");
	assert_string_equal(s[0].device.name, "vmclock0");
	assert_false(s[1].used);
	RELOAD("vmclock0", "pps3");
	assert_true(s[1].used && s[1].is_new);
	assert_int_equal(capture_count("\n"), 0);
	assert_false(is_given(instant_add(now, 1e6), MSG_OPEN));
}

/* What the opener began for the one before is not for the one after it. */
static void
comes_in_the_place_of_another(void **arg)
{
	struct instant	 now = instant_now();

	(void)arg;
	make(SENSOR_PTP, "ptp0");
	sensors_need(&sensors, 0, SENSORS_BEGIN, now);
	assert_true(is_given(now, MSG_OPEN));
	RELOAD("ptp1");
	assert_string_equal(sensors.list[0].device.name, "ptp1");
	sensors_need(&sensors, 0, SENSORS_BEGIN, now);
	assert_false(is_given(now, MSG_OPEN));
	opened(now, 0);
	assert_int_equal(sensors.list[0].state, SENSOR_WAITS);
	assert_true(is_given(now, MSG_OPEN));
	opened(now, 0);
	assert_int_equal(sensors.list[0].state, SENSOR_GIVEN);
}

/* What takes rights that the parent has no more. */
static void
cannot_come_at_reload(void **arg)
{
	(void)arg;
	make(SENSOR_NONE, "192.0.2.1");
	RELOAD("shm3", "ptp0");
	assert_int_equal(conf.nservers, 1);
	assert_int_equal(capture_count("sensor ptp0 takes effect after a "
	    "restart only: there was no sensor at the start"), 1);
	make(SENSOR_PTP, "ptp0");
	memset(&conf, 0, sizeof(conf));
	conf.nservers = 1;
	conf.servers[0].sensor.kind = SENSOR_SOCK;
	strlcpy(conf.servers[0].name, path, sizeof(conf.servers[0].name));
	sensors_configure(&sensors, &conf, instant_now());
	assert_int_equal(conf.nservers, 0);
	assert_int_equal(capture_count("its socket can only be made"), 1);
	/* One that was made is kept for when it is wanted again. */
	make(SENSOR_SOCK, path);
	RELOAD("shm0", "shm1", "shm2", "shm3", "shm4", "shm5", "shm6", "shm7");
	assert_int_equal(conf.nservers, 7);
	assert_int_equal(capture_count("sensor shm7 takes effect after a "
	    "restart only: there were too many"), 1);
	assert_int_equal(close(sensors.list[0].socket), 0);
	assert_int_equal(unlink(path), 0);
}

static void
touch(const char *name, const char *text)
{
	char		 file[sizeof(dir) + 64], *slash;
	FILE		*f;

	snprintf(file, sizeof(file), "%s/%s", dir, name);
	slash = strchr(file + sizeof(dir), '/');
	if (slash != NULL) {
		*slash = '\0';
		assert_int_equal(mkdir(file, 0700), 0);
		*slash = '/';
	}
	f = fopen(file, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void
take_away(const char *name)
{
	char		 file[sizeof(dir) + 64], *slash;

	snprintf(file, sizeof(file), "%s/%s", dir, name);
	assert_int_equal(unlink(file), 0);
	slash = strchr(file + sizeof(dir), '/');
	if (slash != NULL) {
		*slash = '\0';
		assert_int_equal(rmdir(file), 0);
	}
}

static const struct {
	const char	*name, *text;
} machine[] = {
	{ "pps0", "" },
	{ "pps11", "" },
	{ "ppsx", "" },
	{ "vmclock0", "" },
	{ "vmclock1", "" },
	{ "ptp0/clock_name", "ptp_mlx5\n" },
	{ "ptp1/clock_name", "KVM virtual PTP\n" },
	{ "ptp2/clock_name", "vmclock0\n" },
	{ "ptp3/clock_name", "hyperv\n" }
};

/* sensor * is what is there, but for what is there already, and for cards. */
static void
every_sensor(void **arg)
{
	struct devices	 d;
	size_t		 i, shm = 0;
	unsigned	 unit;

	(void)arg;
	for (unit = 0; unit < SHM_UNITS; unit++)
		shm += shmget(SHM_KEY(unit), 0, 0) != -1;
	for (i = 0; i < COUNT(machine); i++)
		touch(machine[i].name, machine[i].text);
	devices_find(&d, dir, dir);
	for (i = 0; i < COUNT(machine); i++)
		take_away(machine[i].name);
	assert_int_equal(d.n, shm < 3 ? 5 + shm : SENSORS_MOST);
	assert_string_equal(d.names[0], "vmclock0");
	assert_string_equal(d.names[1], "ptp1");
	assert_string_equal(d.names[2], "ptp3");
	if (shm == 0) {
		assert_string_equal(d.names[3], "pps0");
		assert_string_equal(d.names[4], "pps11");
	}
	d.n = 3;
	memset(&conf, 0, sizeof(conf));
	devices_apply(&d, &conf);
	assert_int_equal(conf.nservers, 0);
	conf.any_sensor.sensor.kind = SENSOR_ANY;
	conf.any_sensor.weight = 3;
	assert_true(config_name_sensor(&conf.servers[conf.nservers++],
	    "ptp1"));
	conf.servers[0].sensor.tai = 1;
	devices_apply(&d, &conf);
	assert_int_equal(conf.nservers, 3);
	assert_string_equal(conf.servers[1].name, "vmclock0");
	assert_int_equal(conf.servers[1].sensor.kind, SENSOR_VMCLOCK);
	assert_int_equal(conf.servers[1].weight, 3);
	assert_memory_equal(conf.servers[1].sensor.refid, "VMC", 4);
	assert_int_equal(conf.servers[2].sensor.unit, 3);
	assert_int_equal(capture_count("sensor * is here: vmclock0 ptp3"), 1);
	assert_int_equal(conf.servers[0].sensor.tai, 0);
	assert_int_equal(capture_count("ptp1 is the hypervisor's clock"), 1);
	d.n = 0;
	conf.nservers = 0;
	devices_apply(&d, &conf);
	assert_int_equal(capture_count("this machine has no reference"), 1);
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

#define TEST(f)	cmocka_unit_test_setup_teardown(f, capture_begin, capture_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(comes_and_goes), TEST(comes_late),
		TEST(opens_late), TEST(opener_lies),
		TEST(come_at_reload), TEST(comes_in_the_place_of_another),
		TEST(cannot_come_at_reload), TEST(every_sensor),
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
