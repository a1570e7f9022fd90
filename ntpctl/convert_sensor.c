/*
 * ntpctl convert: writing a sensor statement.
 */
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>

#include "ntpctl/convert_sensor.h"

#define WEIGHT_PREFER	2
#define DEVICES		"/usr/share/doc/ntpd/examples/sensors.conf"

/* What stands behind "sensor" for it, into TEXT. */
static void
write_name(const struct making *m, char *text, size_t size)
{
	static const char *const names[] = { [SHM] = "shm", [PPS] = "pps",
	    [PTP] = "ptp", [GPSD] = "shm" };

	if (m->kind == SOCK)
		snprintf(text, size, "sock \"%s\"", m->name);
	else if (m->name[0] != '\0')
		snprintf(text, size, "ptp %s", m->name);
	else
		snprintf(text, size, "%s%u", names[m->kind], m->unit);
}

/* The sensor that says to M which second it is; NULL if there is none. */
static const char *
find_lock(const struct convert *c, const struct making *m)
{
	const struct convert_sensor *s = c->sensors;

	for (; s < c->sensors + c->nsensors; s++)
		if (s->may_lock && strcmp(s->refid, m->lock) == 0)
			return s->name;
	return NULL;
}

/* Is there room for M, and no other of its NAME?  If not it is noted. */
static bool
has_place(struct convert *c, const char *name)
{
	size_t		 i;

	for (i = 0; i < c->nsensors; i++)
		if (strcmp(c->sensors[i].name, name) == 0) {
			convert_note(c, "sensor %s is there already", name);
			return false;
		}
	if (c->nsensors == CONVERT_SENSORS_MOST ||
	    c->servers + c->nsensors == CONVERT_SERVERS_MOST) {
		convert_note(c, "one sensor too many");
		return false;
	}
	return true;
}

static void
write_options(struct convert *c, const struct making *m)
{
	const struct convert_fudge *o = &m->options;

	if (o->refid[0] != '\0')
		fprintf(c->out, " refid %s", o->refid);
	if (o->time1 != 0)
		fprintf(c->out, " correction %.0f", o->time1 * 1e6);
	if (o->stratum != 0)
		fprintf(c->out, " stratum %u", o->stratum + 1);
	if (m->prefer)
		fprintf(c->out, " weight %d", WEIGHT_PREFER);
	convert_into(c, "%s%s%s", m->falling ? " falling" : "",
	    m->tai ? " tai" : "", m->trusted ? " trusted" : "");
}

/* Write M, locked to the sensor LOCK or, if that is NULL, to none. */
static void
write_statement(struct convert *c, const struct making *m, const char *lock)
{
	struct convert_sensor *s;
	char		 name[CONVERT_SOCKET_LEN + 8];

	write_name(m, name, sizeof(name));
	if (!has_place(c, name))
		return;
	s = &c->sensors[c->nsensors++];
	strlcpy(s->name, name, sizeof(s->name));
	strlcpy(s->refid, m->options.refid, sizeof(s->refid));
	/* A name of one word can stand behind "lock". */
	s->may_lock = m->kind != PPS && m->name[0] == '\0';
	c->proven += m->trusted;
	fprintf(c->out, "sensor %s", name);
	if (lock != NULL)
		fprintf(c->out, " lock %s", lock);
	write_options(c, m);
	if (m->kind == PPS || m->kind == PTP)
		convert_note(c, "ntpd.service has to be allowed to: " DEVICES);
	else if (m->kind == SOCK && strncmp(m->name, "/run/ntpd/", 10) != 0)
		convert_note(c, "ntpd.service can make it in /run/ntpd only, "
		    "see ntpd.conf(5)");
}

/* Write those that wait and have somebody to be locked to now. */
static void
write_found(struct convert *c)
{
	const char	*lock;
	size_t		 i, kept = 0;

	for (i = 0; i < c->nwaiting; i++) {
		lock = find_lock(c, &c->waiting[i]);
		if (lock != NULL)
			write_statement(c, &c->waiting[i], lock);
		else
			c->waiting[kept++] = c->waiting[i];
	}
	c->nwaiting = kept;
}

void
sensor_write(struct convert *c, const struct making *m)
{
	if (m->lock[0] != '\0' && m->kind != PPS)
		convert_note(c, "lock: only for the kernel's PPS");
	if (m->lock[0] != '\0' && m->kind == PPS &&
	    c->nwaiting < CONVERT_SENSORS_MOST) {
		c->waiting[c->nwaiting++] = *m;
		if (find_lock(c, m) == NULL)
			convert_note(c, "below, behind what it is locked to");
	} else
		write_statement(c, m, NULL);
	write_found(c);
}

void
sensor_write_waiting(struct convert *c)
{
	size_t		 i;

	if (c->nwaiting > 0)
		fputs("\n# Pulses, from the lines above:\n", c->out);
	for (i = 0; i < c->nwaiting; i++) {
		convert_note(c, "no sensor has the refid %s: all sources "
		    "together say which second it is", c->waiting[i].lock);
		write_statement(c, &c->waiting[i], NULL);
	}
}

void
sensor_write_receiver(struct convert *c, struct making *m)
{
	const double	 pulses = m->options.time1;
	const bool	 has_pulses = m->options.flag1;

	m->unit = 2 * c->receivers++;
	convert_note(c, "by gpsd(8), which root starts for the receiver's "
	    "device before ntpd");
	m->options.time1 = m->options.time2;
	if (m->options.refid[0] == '\0')
		strlcpy(m->options.refid, "GPS", sizeof(m->options.refid));
	sensor_write(c, m);
	if (!has_pulses)
		return;
	m->unit++;
	m->options.time1 = pulses;
	strlcpy(m->options.refid, "PPS", sizeof(m->options.refid));
	sensor_write(c, m);
}
