/*
 * The opener finds and opens the devices of reference clocks, as the user that
 * started the daemon, and gives them to the sensors.  It is a process of its
 * own so that a driver that does not return from open(2) or close(2) holds up
 * nobody but it: the other clocks stay open, and who steers the clock goes on.
 * It hears nobody but the parent, and reads nothing from what it opens.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/child.h"

struct opener {
	struct channel	 parent;
	struct channel	 sensors[SENSORS_MOST];
	int		 socket;	/* to ask for an interface's clock */
	struct pollset	 set;
};

static void
connect_sensor(struct opener *o, const struct message *msg)
{
	const struct child_name *name = msg->data;

	if (name->process == SENSOR && name->instance < SENSORS_MOST)
		channel_replace(&o->sensors[name->instance], msg, SENSOR);
}

/* The number of the clock of network interface NAME; -1, with errno: none. */
static int
clock_of(int fd, const char *name)
{
	struct ethtool_ts_info info = { .cmd = ETHTOOL_GET_TS_INFO };
	struct ifreq	 ifr;

	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, name, sizeof(ifr.ifr_name));
	ifr.ifr_data = (char *)&info;
	if (ioctl(fd, SIOCETHTOOL, &ifr) == -1)
		return -1;
	errno = ENODEV;
	return info.phc_index;
}

static int
open_it(const struct opener *o, const struct sensor_opening *opening)
{
	const int	 flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	char		 path[sizeof("/dev/ptp") + 10];
	int		 n;

	if (!opening->device.of_interface)
		return open(opening->path, flags);
	n = clock_of(o->socket, opening->path);
	if (n < 0)
		return -1;
	snprintf(path, sizeof(path), "/dev/ptp%d", n);
	return open(path, flags);
}

static void
open_device(struct opener *o, const struct message *msg)
{
	const struct sensor_opening *opening = msg->data;
	struct sensor_opened opened = { .error = 0 };
	int		 fd;

	if (msg->id >= SENSORS_MOST || memchr(opening->path, '\0',
	    sizeof(opening->path)) == NULL)
		fatalx("bug: what to open is garbled");
	fd = open_it(o, opening);
	if (fd == -1)
		opened.error = (uint32_t)errno;
	else
		channel_send(&o->sensors[msg->id], MSG_SENSOR_DEVICE, 0, fd,
		    &opening->device);
	channel_send(&o->parent, MSG_OPENED, msg->id, -1, &opened);
}

static void	(*const handlers[MESSAGE_COUNT])(struct opener *,
		    const struct message *) = { TO_OPENER(MESSAGE_HANDLER) };

/* A sensor has nothing to say here: it has ended, or was taken over. */
static void
tend(struct opener *o, struct channel *sensor)
{
	if (pollset_ready(&o->set, sensor->slot, POLLIN) ||
	    !channel_transfer(sensor, &o->set))
		channel_close(sensor);
}

static void
receive(struct opener *o)
{
	struct message	 msg;
	size_t		 i;

	if (!channel_transfer(&o->parent, &o->set))
		exit(0);
	for (i = 0; i < SENSORS_MOST; i++)
		tend(o, &o->sensors[i]);
	while (channel_receive(&o->parent, &msg))
		handlers[msg.type](o, &msg);
	if (!o->parent.open)
		exit(1);
}

void
opener_main(unsigned instance)
{
	static struct opener o;
	struct child_setup setup;
	size_t		 i;

	child_meet(&o.parent, OPENER, instance, &setup);
	o.socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	child_confine(OPENER, &setup);
	pollset_clear(&o.set);	/* what came with the setup is there already */
	for (;;) {
		receive(&o);
		pollset_clear(&o.set);
		channel_poll(&o.parent, &o.set);
		for (i = 0; i < SENSORS_MOST; i++)
			channel_poll(&o.sensors[i], &o.set);
		pollset_wait(&o.set, INSTANT_NEVER, NULL);
	}
}
