/*
 * Making and giving reference clocks.  The parent never reads from one: the
 * processes that do have no right to open any.
 */
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pps.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/shmsegment.h"
#include "ntpd/parent/localsocket.h"
#include "ntpd/parent/sensors.h"

#define RETRY		10.0	/* s, until a device is tried again; by taste */
#define PATIENCE	5.0	/* s, for a driver to open it; by taste */
#define LOG_BURST	5	/* losses that are logged, then one in: */
#define LOG_INTERVAL	3600.0	/* s */

/* Nobody but root and us may write to it: that says what the time is. */
static int
make_socket(const char *path)
{
	const int	 fd = localsocket_open(path, SOCK_DGRAM, S_IRWXU);

	if (fd == -1)
		log_warn("cannot make the socket %s: nothing is heard from "
		    "there until ntpd is restarted", path);
	return fd;
}

/*
 * The segment belongs to UID, whose process reads it, and root, who made it,
 * may write to it as well.  One that is there is taken if it is root's.
 */
static void
make_memory(unsigned unit, uid_t uid)
{
	struct shmid_ds	 st;
	const int	 id = shmget(SHM_KEY(unit),
	    sizeof(struct shm_segment), IPC_CREAT | S_IRUSR | S_IWUSR);

	if (id == -1 || shmctl(id, IPC_STAT, &st) == -1) {
		log_warn("cannot make shared memory %u", unit);
		return;
	}
	/* What is wrong with it the sensor says. */
	if (uid == 0 || st.shm_perm.uid != 0 || st.shm_perm.cuid != 0)
		return;
	st.shm_perm.uid = uid;
	if (shmctl(id, IPC_SET, &st) == -1)
		log_warn("cannot give shared memory %u away", unit);
}

/*
 * Have the kernel keep pulses of both edges, as far as the driver can: that
 * takes the right to set the clock.  Other programs may have had it keep none.
 */
static bool
keep_pulses(const char *path)
{
	const int	 fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK |
	    O_NOCTTY);
	struct pps_kparams params;
	int		 can, wanted;
	bool		 done;

	if (fd == -1)
		return true;	/* the opener says why */
	done = ioctl(fd, PPS_GETCAP, &can) == 0 &&
	    ioctl(fd, PPS_GETPARAMS, &params) == 0;
	if (done) {
		wanted = params.mode | (can & PPS_CAPTUREBOTH);
		if (wanted != params.mode) {
			params.mode = wanted;
			done = ioctl(fd, PPS_SETPARAMS, &params) == 0;
		}
	}
	close(fd);
	return done;
}

/* Is KIND one that the opener opens? */
static bool
is_device(enum sensor_kind kind)
{
	return kind == SENSOR_PPS || kind == SENSOR_PTP ||
	    kind == SENSOR_VMCLOCK;
}

/* What the process of CONF's sensor is told. */
static void
describe(const struct config_server *conf, const struct sensor_tai *tai,
    struct sensor_device *device)
{
	memset(device, 0, sizeof(*device));
	device->kind = conf->sensor.kind;
	device->falling = conf->sensor.falling;
	device->tai = conf->sensor.tai;
	device->of_interface = conf->sensor.of_interface;
	device->unit = conf->sensor.unit;
	if (conf->sensor.tai)
		device->list = *tai;
	strlcpy(device->name, conf->name, sizeof(device->name));
}

/* Does the opener open something for S, or what was in its place before? */
static bool
is_opening(const struct parent_sensor *s)
{
	return s->state == SENSOR_ASKED || s->state == SENSOR_STALE;
}

/* S is for CONF from now on; nothing of it is there. */
static void
begin(struct parent_sensor *s, const struct config_server *conf,
    const struct sensor_tai *tai)
{
	*s = (struct parent_sensor){
		.used = true, .is_new = true, .socket = -1,
		.state = is_opening(s) ? SENSOR_STALE : SENSOR_GIVEN,
		.at = INSTANT_NEVER,
		.limit = { .burst = LOG_BURST, .interval = LOG_INTERVAL }
	};
	describe(conf, tai, &s->device);
	if (conf->sensor.of_interface)
		strlcpy(s->path, conf->name, sizeof(s->path));
	else if (is_device((enum sensor_kind)conf->sensor.kind))
		snprintf(s->path, sizeof(s->path), "/dev/%.200s", conf->name);
}

/* Make what takes more rights than the parent keeps. */
static void
make(struct parent_sensor *s, uid_t uid)
{
	if (s->device.kind == SENSOR_SOCK)
		s->socket = make_socket(s->device.name);
	if (s->device.kind == SENSOR_SHM)
		make_memory(s->device.unit, uid);
	if (s->device.kind == SENSOR_PPS && !keep_pulses(s->path))
		log_warn("cannot have the kernel keep all pulses of %s",
		    s->path);
}

/* Its process, by which its address differs from that of others. */
static void
set_number(struct config_server *conf, size_t number)
{
	conf->sensor.number = conf->addr.bytes[4] = (uint8_t)number;
}

void
sensors_make(struct sensors *s, struct config *conf, uid_t uid)
{
	struct config_server *server = conf->servers;
	size_t		 i = 0;

	memset(s->list, 0, sizeof(s->list));
	for (; server < conf->servers + conf->nservers; server++) {
		if (server->sensor.kind == SENSOR_NONE)
			continue;
		begin(&s->list[i], server, &s->tai);
		make(&s->list[i], uid);
		set_number(server, i++);
	}
	s->has_opener = i > 0;
}

/* Which of the sensors CONF is, or was; SENSORS_MOST if it is none of them. */
static size_t
find(const struct sensors *s, const struct config_server *conf)
{
	size_t		 i;

	for (i = 0; i < SENSORS_MOST; i++)
		if (s->list[i].device.kind == conf->sensor.kind &&
		    strcmp(s->list[i].device.name, conf->name) == 0)
			break;
	return i;
}

/* Why CONF's sensor, a new one, cannot be had without a restart, or NULL. */
static const char *
why_not(const struct sensors *s, const struct config_server *conf)
{
	if (conf->sensor.kind == SENSOR_SOCK)
		return "its socket can only be made at the start";
	if (is_device((enum sensor_kind)conf->sensor.kind) && !s->has_opener)
		return "there was no sensor at the start, so there is no "
		    "opener";
	return NULL;
}

/* A place for a new sensor.  A socket keeps its own: it may be wanted again. */
static size_t
free_place(const struct sensors *s)
{
	size_t		 i = 0;

	while (i < SENSORS_MOST && (s->list[i].used ||
	    s->list[i].device.kind == SENSOR_SOCK))
		i++;
	return i;
}

size_t
sensors_add_card(struct sensors *s, const char *name)
{
	struct config_server conf = { .sensor = { .kind = SENSOR_CARD,
	    .of_interface = 1 } };
	const size_t	 i = free_place(s);

	if (i == SENSORS_MOST)
		return i;
	strlcpy(conf.name, name, sizeof(conf.name));
	begin(&s->list[i], &conf, &s->tai);
	s->has_opener = true;
	return i;
}

void
sensors_set_cards(struct sensors *s, struct instant now)
{
	size_t		 i;

	for (i = 0; i < s->ncards; i++)
		sensors_need(s, s->cards[i].sensor, SENSORS_BEGIN, now);
}

/* Has CONF's sensor, which is new, a place?  If not, why is logged. */
static bool
take_new(struct sensors *s, struct config_server *conf)
{
	const size_t	 i = free_place(s);
	const char	*why = i == SENSORS_MOST ? "there were too many" :
	    why_not(s, conf);

	if (why != NULL) {
		log_warnx("sensor %s takes effect after a restart only: %s",
		    conf->name, why);
		return false;
	}
	begin(&s->list[i], conf, &s->tai);
	set_number(conf, i);
	return true;
}

/* Those of CONF that are there already take its options. */
static void
take_known(struct sensors *s, struct config *conf, struct instant now)
{
	struct config_server *server = conf->servers;
	struct sensor_device device;
	bool		 was_used[SENSORS_MOST];
	size_t		 i;

	for (i = 0; i < SENSORS_MOST; i++) {
		was_used[i] = s->list[i].used;
		s->list[i].used = s->list[i].device.kind == SENSOR_CARD;
		s->list[i].is_new = false;
	}
	for (; server < conf->servers + conf->nservers; server++) {
		i = find(s, server);
		if (server->sensor.kind == SENSOR_NONE || i == SENSORS_MOST)
			continue;
		set_number(server, i);
		s->list[i].used = true;
		s->list[i].is_new = !was_used[i];
		describe(server, &s->tai, &device);
		if (memcmp(&device, &s->list[i].device, sizeof(device)) == 0)
			continue;
		s->list[i].device = device;
		sensors_need(s, i, SENSORS_BEGIN, now);
	}
}

void
sensors_configure(struct sensors *s, struct config *conf, struct instant now)
{
	struct config_server *server;
	size_t		 k = 0;

	take_known(s, conf, now);
	while (k < conf->nservers) {
		server = &conf->servers[k];
		if (server->sensor.kind == SENSOR_NONE ||
		    find(s, server) < SENSORS_MOST || take_new(s, server)) {
			k++;
			continue;
		}
		conf->nservers--;
		memmove(server, server + 1,
		    (conf->nservers - k) * sizeof(*server));
	}
}

/* SENSOR has no device.  Is it news, and to be logged? */
static bool
fail(struct parent_sensor *sensor, struct instant now)
{
	const bool	 is_news = !sensor->failed;

	sensor->failed = true;
	if (is_news)
		sensor->told = log_allowed(&sensor->limit, now, NULL);
	return is_news && sensor->told;
}

static void
wait_until(struct parent_sensor *sensor, struct instant at)
{
	sensor->state = SENSOR_WAITS;
	sensor->at = at;
}

void
sensors_need(struct sensors *s, size_t i, enum sensors_why why,
    struct instant now)
{
	struct parent_sensor *sensor;

	if (i >= SENSORS_MOST || !s->list[i].used)
		return;
	sensor = &s->list[i];
	if (sensor->state == SENSOR_ASKED)
		sensor->state = SENSOR_STALE;
	else if (sensor->state != SENSOR_STALE)
		wait_until(sensor, why == SENSORS_BEGIN ? now :
		    instant_add(now, RETRY));
	if (why == SENSORS_AGAIN && fail(sensor, now))
		log_warnx("%s is gone, or is no such clock: trying it again "
		    "every %.0f s", sensor->device.name, RETRY);
}

/* It is given what it reads. */
static void
finish(struct parent_sensor *sensor)
{
	sensor->state = SENSOR_GIVEN;
	sensor->at = INSTANT_NEVER;
	if (sensor->failed && sensor->told)
		log_info("%s is there", sensor->device.name);
	sensor->failed = false;
}

/* Is something to be sent for SENSOR now?  It is in *GIFT. */
static bool
give(struct parent_sensor *sensor, struct instant now,
    struct sensor_gift *gift)
{
	gift->opening.device = sensor->device;
	strlcpy(gift->opening.path, sensor->path,
	    sizeof(gift->opening.path));
	gift->fd = -1;
	if (sensor->path[0] != '\0') {
		gift->type = MSG_OPEN;
		sensor->state = SENSOR_ASKED;
		sensor->at = instant_add(now, PATIENCE);
		return true;
	}
	if (sensor->device.kind == SENSOR_SHM) {
		gift->type = MSG_SENSOR_MEMORY;
	} else if (sensor->socket == -1) {
		finish(sensor);		/* why there is none is logged */
		return false;
	} else if ((gift->fd = dup(sensor->socket)) == -1) {
		wait_until(sensor, instant_add(now, RETRY));
		return false;
	} else {
		gift->type = MSG_SENSOR_SOCKET;
	}
	finish(sensor);
	return true;
}

static void
complain(struct parent_sensor *sensor, struct instant now)
{
	sensor->at = INSTANT_NEVER;
	if (fail(sensor, now))
		log_warnx("%s is not used: its driver takes more than %.0f s "
		    "to open it", sensor->device.name, PATIENCE);
}

size_t
sensors_give(struct sensors *s, struct instant now, struct sensor_gift *gift)
{
	struct parent_sensor *sensor;
	size_t		 i;

	for (i = 0; i < SENSORS_MOST; i++) {
		sensor = &s->list[i];
		if (!sensor->used || instant_before(now, sensor->at))
			continue;
		if (sensor->state != SENSOR_WAITS)
			complain(sensor, now);
		else if (give(sensor, now, gift))
			return i;
	}
	return SENSORS_MOST;
}

struct instant
sensors_deadline(const struct sensors *s)
{
	struct instant	 first = INSTANT_NEVER;
	size_t		 i;

	for (i = 0; i < SENSORS_MOST; i++)
		if (s->list[i].used)
			first = instant_min(first, s->list[i].at);
	return first;
}

void
sensors_opened(struct sensors *s, size_t i,
    const struct sensor_opened *opened, struct instant now)
{
	struct parent_sensor *sensor;

	if (i >= SENSORS_MOST || !is_opening(&s->list[i]))
		return;
	sensor = &s->list[i];
	if (opened->error != 0) {
		errno = (int)(opened->error & INT_MAX);
		if (fail(sensor, now))
			log_warn("cannot open %s%s, trying again every %.0f s",
			    sensor->device.of_interface ? "the clock of " : "",
			    sensor->path, RETRY);
		wait_until(sensor, instant_add(now, RETRY));
	} else if (sensor->state == SENSOR_STALE)
		wait_until(sensor, now);
	else
		finish(sensor);
}
