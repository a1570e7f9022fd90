/*
 * A sensor reads one reference clock of this machine, and says to the engine
 * what that says.  It is a process of its own so that a device that hangs, lies
 * or vanishes harms nothing else.  It was given an open descriptor, or attaches
 * shared memory for reading, and has no right to the clock.
 */
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "common/ns.h"
#include "common/shmsegment.h"
#include "ntpd/child.h"
#include "ntpd/sensor/pps.h"
#include "ntpd/sensor/ptp.h"
#include "ntpd/sensor/relation.h"
#include "ntpd/sensor/shm.h"
#include "ntpd/sensor/sock.h"
#include "ntpd/sensor/vmclock.h"

/* Shared memory is looked for, and a marker is told, again after that, s. */
#define RETRY		10.0

/* TAI - UTC is less for centuries, s. */
#define TAI_MOST	1000

/* After a reading, there is no other one for so long, s: no flood passes. */
#define PAUSE		0.06

struct sensor {
	struct channel	 parent, engine, opener;
	struct sensor_device device;	/* SENSOR_NONE: none yet */
	int		 fd;		/* of it, or -1 */
	struct shm	 shm;
	struct pps	 pps;
	enum ptp_way	 way;
	struct sensor_marker marker;	/* the hypervisor's, as told ... */
	struct instant	 tell_marker;	/* ... until then, if it stays */
	struct relation	 relation;
	struct instant	 next;		/* look at it, at the latest */
	struct instant	 rests_until;	/* and not before */
	int		 slot;		/* of a socket, in the pollset */
	bool		 told;		/* why there is nothing to look at */
	struct pollset	 set;
};

/*
 * Seconds from one look to the next.  A pulse is waited for in the look itself;
 * what comes to a socket is looked at when it comes.
 */
static const double intervals[] = {
	[SENSOR_SOCK] = 0.25, [SENSOR_SHM] = 0.1, [SENSOR_PPS] = 0.01,
	[SENSOR_PTP] = 0.25, [SENSOR_VMCLOCK] = 0.1, [SENSOR_CARD] = 0.25
};

static void
forget_device(struct sensor *s)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
	s->device.kind = SENSOR_NONE;
}

static void
take_device(struct sensor *s, const struct message *msg)
{
	const struct sensor_device *device = msg->data;

	forget_device(s);
	if (device->kind == SENSOR_NONE || device->kind >= SENSOR_ANY ||
	    device->unit >= SHM_UNITS)
		fatalx("bug: the sensor's device is garbled");
	s->device = *device;
	/* Within what ptp_to_utc() can add up. */
	if (s->device.list.ahead < 0 || s->device.list.ahead > TAI_MOST)
		s->device.list.ahead = 0;
	s->device.name[sizeof(s->device.name) - 1] = '\0';
	s->fd = message_take_fd(msg);
	s->pps.known = false;
	s->way = PTP_PRECISE;
	s->next = s->tell_marker = msg->at;
}

static void	(*const handlers[MESSAGE_COUNT])(struct sensor *,
		    const struct message *) = { TO_SENSOR(MESSAGE_HANDLER) };

/* Shared memory that is not there may come. */
static enum look
look_at_memory(struct sensor *s, struct reading *r, struct instant now)
{
	const char	*why = NULL;

	if (s->shm.segment == NULL)
		why = shm_attach(&s->shm, s->device.unit);
	if (why == NULL) {
		s->told = false;
		return shm_look(&s->shm, s->device.unit, r);
	}
	if (!s->told)
		log_warnx("%s is not used: %s", s->device.name, why);
	s->told = true;
	s->next = instant_add(now, RETRY);
	return LOOK_NOTHING;
}

/* The engine may have a reason to wait with a marker: it gets it again. */
static enum look
look_at_hypervisor(struct sensor *s, struct reading *r, struct instant now)
{
	struct sensor_marker marker = { .marker = 0 };
	bool		 known = false;
	const enum look	 came = vmclock_look(s->fd, r, &marker.marker, &known);

	if (known && (marker.marker != s->marker.marker ||
	    !instant_before(now, s->tell_marker))) {
		channel_send(&s->engine, MSG_SENSOR_MARKER, 0, -1, &marker);
		s->marker = marker;
		s->tell_marker = instant_add(now, RETRY);
	}
	return came;
}

static enum look
look_at_device(struct sensor *s, struct reading *r, struct instant now)
{
	switch ((enum sensor_kind)s->device.kind) {
	case SENSOR_SOCK:
		return sock_look(s->fd, r);
	case SENSOR_SHM:
		return look_at_memory(s, r, now);
	case SENSOR_PPS:
		return pps_look(&s->pps, s->fd, s->device.falling != 0, r);
	case SENSOR_PTP:
		return ptp_look(&s->way, s->fd, s->device.tai != 0 ?
		    &s->device.list : NULL, r);
	case SENSOR_VMCLOCK:
		return look_at_hypervisor(s, r, now);
	case SENSOR_CARD:
		return ptp_look_at_any(&s->way, s->fd, r);
	case SENSOR_NONE:
	case SENSOR_ANY:
		break;
	}
	return LOOK_NOTHING;
}

/* The engine gets it by the clock that nobody adjusts. */
static void
tell(struct sensor *s, const struct reading *r)
{
	struct sensor_sample sample = {
		.raw = r->at, .truth = r->truth, .error = r->error,
		.leap = r->leap, .pulse = r->pulse
	};

	if (r->clock == READING_RAW || relation_find(&s->relation, r->at,
	    &sample.raw))
		channel_send(&s->engine, MSG_SENSOR_SAMPLE, 0, -1, &sample);
}

/* It is opened again when it is back. */
static void
lose_device(struct sensor *s)
{
	if (s->device.kind == SENSOR_SHM)
		return;
	forget_device(s);
	channel_send(&s->parent, MSG_SENSOR_LOST, 0, -1, NULL);
}

static void
look(struct sensor *s, struct instant now)
{
	struct reading	 r;
	struct clock_pair	 moment;
	enum look	 came;

	if (s->device.kind == SENSOR_NONE || (instant_before(now, s->next) &&
	    !pollset_ready(&s->set, s->slot, POLLIN)))
		return;
	s->next = instant_add(now, intervals[s->device.kind]);
	came = look_at_device(s, &r, now);
	moment.real = ns_read_both(&moment.raw);
	relation_look(&s->relation, &moment);
	if (came == LOOK_NEWS) {
		tell(s, &r);
		s->rests_until = instant_add(instant_now(), PAUSE);
		if (instant_before(s->next, s->rests_until))
			s->next = s->rests_until;
	} else if (came == LOOK_LOST)
		lose_device(s);
}

static void
hear(struct sensor *s, struct channel *ch)
{
	struct message	 msg;

	if (!channel_transfer(ch, &s->set))
		exit(0);
	while (channel_receive(ch, &msg))
		handlers[msg.type](s, &msg);
	if (!ch->open)
		exit(1);
}

static void
receive(struct sensor *s)
{
	hear(s, &s->parent);
	hear(s, &s->opener);
	/* The engine has nothing to say: without it all ends. */
	if (!channel_transfer(&s->engine, &s->set))
		exit(0);
}

static void
sensor_wait(struct sensor *s)
{
	pollset_clear(&s->set);
	channel_poll(&s->parent, &s->set);
	channel_poll(&s->engine, &s->set);
	channel_poll(&s->opener, &s->set);
	s->slot = -1;
	if (s->device.kind == SENSOR_SOCK &&
	    !instant_before(instant_now(), s->rests_until))
		s->slot = pollset_add(&s->set, s->fd, POLLIN);
	else if (s->device.kind == SENSOR_SOCK)
		pollset_until(&s->set, s->rests_until);
	pollset_wait(&s->set, s->device.kind == SENSOR_NONE ? INSTANT_NEVER :
	    s->next, NULL);
}

void
sensor_main(unsigned instance)
{
	static struct sensor s;

	s.fd = s.slot = -1;
	child_begin(&s.parent, SENSOR, instance);
	channel_open(&s.engine, CHILD_GIVEN_FD, SENSOR, ENGINE);
	channel_open(&s.opener, CHILD_GIVEN_FD + 1, SENSOR, OPENER);
	pollset_clear(&s.set);	/* what came with the setup is there already */
	for (;; sensor_wait(&s)) {
		receive(&s);
		look(&s, instant_now());
	}
}
