/*
 * What the sensor statement means: a reference clock of this machine.
 */
#include <bsd/string.h>
#include <ctype.h>
#include <string.h>

#include "common/place.h"
#include "common/shmsegment.h"
#include "ntpd/config/statement.h"
#include "ntpd/config/value.h"
#include "ntpd/processes.h"

#define SENSOR_POLL	4	/* log2 s, how long readings are collected */
#define CORRECTION_MOST	127000000	/* us, as in OpenNTPD */

#define EVERY		"*"	/* sensor * */

/* Those that have a name and a number, and what they are called for others. */
static const struct {
	const char	*name;
	enum sensor_kind kind;
	const char	*refid;
	unsigned	 most;		/* number */
} kinds[] = {
	{ "shm", SENSOR_SHM, "SHM", SHM_UNITS - 1 },
	{ "pps", SENSOR_PPS, "PPS", SHM_UNITS - 1 },
	{ "ptp", SENSOR_PTP, "PHC", SHM_UNITS - 1 },
	/* Whoever compares its marker with ours looks at this one. */
	{ "vmclock", SENSOR_VMCLOCK, "VMC", 0 }
};

#define KINDS		(sizeof(kinds) / sizeof(kinds[0]))

/* Its name and its number, by which its statement is known to all. */
static void
set_kind(struct config_server *s, size_t kind, unsigned unit)
{
	s->sensor.kind = (uint8_t)kinds[kind].kind;
	s->sensor.unit = (uint16_t)unit;
	if (s->sensor.refid[0] == 0)
		memcpy(s->sensor.refid, kinds[kind].refid,
		    strlen(kinds[kind].refid));
}

/* Which of the kinds NAME is, and its *UNIT; KINDS if it is none. */
static size_t
find_kind(const char *name, unsigned *unit)
{
	size_t		 i, len;

	for (i = 0; i < KINDS; i++) {
		len = strlen(kinds[i].name);
		if (strncmp(name, kinds[i].name, len) == 0 &&
		    value_number(name + len, 0, kinds[i].most, unit) &&
		    (name[len] != '0' || name[len + 1] == '\0'))
			break;
	}
	return i;
}

bool
config_name_sensor(struct config_server *s, const char *name)
{
	unsigned	 unit;
	const size_t	 kind = find_kind(name, &unit);

	if (kind == KINDS ||
	    strlcpy(s->name, name, sizeof(s->name)) >= sizeof(s->name))
		return false;
	set_kind(s, kind, unit);
	memcpy(s->addr.bytes, s->sensor.refid, sizeof(s->sensor.refid));
	return true;
}

/* The sensor in progress is NAME, which is checked, of KIND. */
static void
begin(struct parser *p, const struct word *name, enum sensor_kind kind,
    const char *refid)
{
	struct config_server *s = &p->server;

	memset(s, 0, sizeof(*s));
	s->weight = 1;
	s->max = 1;
	s->minpoll = s->maxpoll = SENSOR_POLL;
	s->sensor.kind = (uint8_t)kind;
	s->sensor.stratum = 1;
	s->addr.family = ADDR_SENSOR;
	memcpy(s->sensor.refid, refid, strlen(refid));
	if (strlcpy(s->name, name->text, sizeof(s->name)) >= sizeof(s->name))
		parser_error(p, name->line, "\"%.64s...\" is too long, at most "
		    "%zu characters", name->text, sizeof(s->name) - 1);
}

void
sensor_begin(struct parser *p, const struct word *name)
{
	unsigned	 unit;
	size_t		 kind;

	/* Which they are, the machine says. */
	if (strcmp(name->text, EVERY) == 0 && !name->quoted) {
		begin(p, name, SENSOR_ANY, "");
		return;
	}
	kind = find_kind(name->text, &unit);
	if (kind < KINDS) {
		begin(p, name, kinds[kind].kind, "");
		set_kind(&p->server, kind, unit);
		return;
	}
	parser_error(p, name->line, "there is no sensor \"%.64s\", write shm0, "
	    "pps0, ptp0 or with other numbers, vmclock0, \"ptp INTERFACE\", "
	    "\"sock PATH\" or *", name->text);
}

void
sensor_socket(struct parser *p, const struct word *path)
{
	char		 checked[CONFIG_SOCKET_LEN];

	begin(p, path, SENSOR_SOCK, "SOCK");
	statement_path(p, "sock", path, checked, sizeof(checked));
}

void
sensor_interface(struct parser *p, const struct word *name)
{
	char		 interface[IF_NAMESIZE];
	struct addr	 addr;
	const char	*why = place_listen(name->text, &addr, interface);

	if (why == NULL && addr.family != ADDR_NONE)
		why = "it is an address";
	begin(p, name, SENSOR_PTP, "PHC");
	p->server.sensor.of_interface = 1;
	if (why != NULL)
		parser_error(p, name->line, "\"%.64s\" is no interface: %s",
		    name->text, why);
}

void
sensor_correction(struct parser *p, const struct word *word)
{
	const bool	 less = word->text[0] == '-';
	unsigned	 us;

	statement_option(p, OPTION_CORRECTION, "correction", word);
	if (!value_number(word->text + less, 0, CORRECTION_MOST, &us)) {
		parser_error(p, word->line, "correction must be a number of "
		    "microseconds from %d to %d, not \"%.64s\"",
		    -CORRECTION_MOST, CORRECTION_MOST, word->text);
		return;
	}
	p->server.sensor.correction = us * (less ? -1e-6 : 1e-6);
}

void
sensor_refid(struct parser *p, const struct word *word)
{
	const size_t	 len = strlen(word->text);
	size_t		 i = 0;

	statement_option(p, OPTION_REFID, "refid", word);
	while (i < len && isgraph((unsigned char)word->text[i]))
		i++;
	if (len == 0 || len > sizeof(p->server.sensor.refid) || i < len) {
		parser_error(p, word->line, "refid must have 1 to 4 letters, "
		    "digits or signs, not \"%.64s\"", word->text);
		return;
	}
	memset(p->server.sensor.refid, 0, sizeof(p->server.sensor.refid));
	memcpy(p->server.sensor.refid, word->text, len);
}

/* The option WHAT, at WORD, is one of KIND only; else an error is reported. */
static void
option_of(struct parser *p, enum sensor_kind kind, const char *what,
    const struct word *word)
{
	if (p->server.sensor.kind != (uint8_t)kind)
		parser_error(p, word->line, "%s is only for %s", what,
		    kind == SENSOR_PPS ? "pps sensors" : "ptp sensors");
}

void
sensor_lock(struct parser *p, const struct word *word)
{
	char		*lock = p->server.sensor.lock;

	statement_option(p, OPTION_LOCK, "lock", word);
	option_of(p, SENSOR_PPS, "lock", word);
	if (strlcpy(lock, word->text, CONFIG_SENSOR_LEN) >= CONFIG_SENSOR_LEN)
		parser_error(p, word->line, "lock must name another sensor, "
		    "not \"%.64s\"", word->text);
}

void
sensor_falling(struct parser *p, const struct word *keyword)
{
	statement_option(p, OPTION_FALLING, "falling", keyword);
	option_of(p, SENSOR_PPS, "falling", keyword);
	p->server.sensor.falling = 1;
}

void
sensor_tai(struct parser *p, const struct word *keyword)
{
	statement_option(p, OPTION_TAI, "tai", keyword);
	option_of(p, SENSOR_PTP, "tai", keyword);
	p->server.sensor.tai = 1;
}

/* The sensor NAME, if it is in the configuration so far. */
static const struct config_server *
find(const struct config *conf, const char *name)
{
	const struct config_server *s = conf->servers;

	for (; s < conf->servers + conf->nservers; s++)
		if (s->sensor.kind != SENSOR_NONE &&
		    strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

/* How many sensors are in the configuration so far. */
static unsigned
count(const struct config *conf)
{
	const struct config_server *s = conf->servers;
	unsigned	 n = 0;

	for (; s < conf->servers + conf->nservers; s++)
		n += s->sensor.kind != SENSOR_NONE;
	return n;
}

void
sensor_end(struct parser *p)
{
	struct config_server *s = &p->server;
	const struct config *conf = p->conf;
	const struct config_server *lock;

	if (p->bad)
		return;
	if (find(conf, s->name) != NULL || (s->sensor.kind == SENSOR_ANY &&
	    conf->any_sensor.sensor.kind != SENSOR_NONE))
		parser_error(p, p->first.line, "sensor %.64s is there already, "
		    "remove one", s->name);
	lock = find(conf, s->sensor.lock);
	if (s->sensor.lock[0] != '\0' &&
	    (lock == NULL || lock->sensor.kind == SENSOR_PPS))
		parser_error(p, p->first.line, "lock \"%s\" is no sensor that "
		    "says which second it is, name one that stands before "
		    "this", s->sensor.lock);
	if (count(conf) == SENSORS_MOST)
		parser_error(p, p->first.line, "too many sensors, at most %d",
		    SENSORS_MOST);
	if (p->bad)
		return;
	if (s->sensor.kind == SENSOR_ANY) {
		p->conf->any_sensor = *s;
		return;
	}
	memcpy(s->addr.bytes, s->sensor.refid, sizeof(s->sensor.refid));
	server_add(p);
}
