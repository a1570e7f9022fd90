/*
 * Looking for reference clocks.
 */
#include <sys/ipc.h>
#include <sys/shm.h>

#include <bsd/string.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/shmsegment.h"
#include "ntpd/parent/devices.h"
#include "ntpd/parent/file.h"

/*
 * As the drivers call them: ptp_kvm, ptp_hyperv, ptp_vmw.  That of ptp_vmclock
 * is vmclock0 once more, and would be a second vote for one clock.
 */
static const char *const hypervisors[] = {
	"KVM virtual PTP", "hyperv", "ptp_vmw"
};

static bool
is_virtual(const char *folder, unsigned unit)
{
	char		 path[PATH_MAX], name[64];
	ssize_t		 n;
	size_t		 i;

	snprintf(path, sizeof(path), "%s/ptp%u/clock_name", folder, unit);
	n = file_read(path, FILE_ANYBODYS, name, sizeof(name) - 1);
	if (n <= 0)
		return false;
	name[n] = '\0';
	name[strcspn(name, "\n")] = '\0';
	for (i = 0; i < sizeof(hypervisors) / sizeof(hypervisors[0]); i++)
		if (strcmp(name, hypervisors[i]) == 0)
			return true;
	return false;
}

static void
add(struct devices *d, const char *kind, unsigned unit)
{
	if (d->n < SENSORS_MOST)
		snprintf(d->names[d->n++], sizeof(d->names[0]), "%s%u", kind,
		    unit);
}

static bool
is_there(const char *dev, const char *kind, unsigned unit)
{
	char		 path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s%u", dev, kind, unit);
	return access(path, F_OK) == 0;
}

void
devices_find(struct devices *d, const char *dev, const char *ptp)
{
	unsigned	 unit;

	memset(d, 0, sizeof(*d));
	if (is_there(dev, "vmclock", 0))
		add(d, "vmclock", 0);
	for (unit = 0; unit < DEVICES_MOST; unit++) {
		d->virtual[unit] = is_virtual(ptp, unit);
		if (d->virtual[unit])
			add(d, "ptp", unit);
	}
	for (unit = 0; unit < SHM_UNITS; unit++)
		if (shmget(SHM_KEY(unit), 0, 0) != -1)
			add(d, "shm", unit);
	for (unit = 0; unit < DEVICES_MOST; unit++)
		if (is_there(dev, "pps", unit))
			add(d, "pps", unit);
}

static bool
is_configured(const struct config *conf, const char *name)
{
	const struct config_server *s = conf->servers;

	for (; s < conf->servers + conf->nservers; s++)
		if (s->sensor.kind != SENSOR_NONE && strcmp(s->name, name) == 0)
			return true;
	return false;
}

static size_t
count_sensors(const struct config *conf)
{
	const struct config_server *s = conf->servers;
	size_t		 n = 0;

	for (; s < conf->servers + conf->nservers; s++)
		n += s->sensor.kind != SENSOR_NONE;
	return n;
}

/* Take NAME with the options of "sensor *", if there is room. */
static bool
take(struct config *conf, const char *name)
{
	struct config_server *s = &conf->servers[conf->nservers];

	if (conf->nservers == CONFIG_MAX_SERVERS ||
	    count_sensors(conf) == SENSORS_MOST)
		return false;
	*s = conf->any_sensor;
	if (!config_name_sensor(s, name))
		return false;
	conf->nservers++;
	return true;
}

static void
take_all(const struct devices *d, struct config *conf)
{
	char		 taken[SENSORS_MOST * CONFIG_SENSOR_LEN] = "";
	size_t		 i;

	for (i = 0; i < d->n; i++) {
		if (is_configured(conf, d->names[i]))
			continue;
		if (!take(conf, d->names[i])) {
			log_warnx("sensor *: %s is not taken, there are too "
			    "many sensors or servers", d->names[i]);
			continue;
		}
		strlcat(taken, " ", sizeof(taken));
		strlcat(taken, d->names[i], sizeof(taken));
	}
	if (taken[0] != '\0')
		log_info("sensor * is here:%s", taken);
	else
		log_info("sensor *: this machine has no%s reference clock",
		    d->n > 0 ? " other" : "");
}

void
devices_apply(const struct devices *d, struct config *conf)
{
	struct config_server *s = conf->servers;

	if (conf->any_sensor.sensor.kind != SENSOR_NONE)
		take_all(d, conf);
	for (; s < conf->servers + conf->nservers; s++)
		if (s->sensor.kind == SENSOR_PTP && s->sensor.tai &&
		    !s->sensor.of_interface &&
		    s->sensor.unit < DEVICES_MOST &&
		    d->virtual[s->sensor.unit]) {
			log_warnx("%s is the hypervisor's clock, which is "
			    "UTC: \"tai\" has no effect", s->name);
			s->sensor.tai = 0;
		}
}
