/*
 * ntpctl convert: reference clocks of this machine.  They are chrony's and
 * NTPsec's "refclock", and in ntp.conf a server 127.127.TYPE.UNIT, of which
 * "fudge" says more.
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "common/place.h"
#include "ntpctl/convert_sensor.h"

#define UNIT_MOST	255
#define STRATUM_MOST	14		/* of the clock: one more is ours */
#define CORRECTION_MOST	127e6		/* us */
#define LOCAL_STRATUM	5		/* of 127.127.1.0 without fudge */

/* What the kinds are called by others, and by which number. */
static const struct {
	const char	*driver;
	unsigned	 type;		/* 127.127.TYPE; 0: none */
	enum kind	 kind;
} drivers[] = {
	{ "shm", 28, SHM },
	{ "sock", 0, SOCK },
	{ "pps", 22, PPS },
	{ "phc", 0, PTP },
	{ "nmea", 20, GPSD },
	{ "gpsd", 46, GPSD },
	{ "local", 1, LOCAL }
};

static enum kind
kind_of_type(unsigned type)
{
	size_t		 i;

	for (i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (drivers[i].type != 0 && drivers[i].type == type)
			return drivers[i].kind;
	return OTHER;
}

static enum kind
kind_of_driver(const char *driver)
{
	size_t		 i;

	for (i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (strcasecmp(drivers[i].driver, driver) == 0)
			return drivers[i].kind;
	return OTHER;
}

/* Is TEXT one of 127.127.TYPE.UNIT? */
static bool
read_clock(const char *text, unsigned *type, unsigned *unit)
{
	char		 end;

	return strncmp(text, "127.127.", 8) == 0 &&
	    sscanf(text + 8, "%3u.%3u%c", type, unit, &end) == 2 &&
	    *type <= UNIT_MOST && *unit <= UNIT_MOST;
}

/* The number, s, that is TEXT into *S; false if it is none, or too large. */
static bool
read_seconds(const char *text, double *s)
{
	char		*end;
	double		 d = strtod(text, &end);

	if (end == text || *end != '\0' || !(fabs(d) * 1e6 <= CORRECTION_MOST))
		return false;
	*s = d;
	return true;
}

/* What ntpd.conf takes as a reference id without more ado. */
static bool
read_refid(const char *text, char refid[CONVERT_REFID_MOST + 1])
{
	size_t		 len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789");

	if (len == 0 || len > CONVERT_REFID_MOST || text[len] != '\0')
		return false;
	strlcpy(refid, text, CONVERT_REFID_MOST + 1);
	return true;
}

/* Is OPTION one that "fudge" and "refclock" have, and a sensor, too? */
static bool
is_fudge(const char *option)
{
	static const char *const all[] = { "time1", "offset", "time2",
	    "refid", "flag1", "flag2", "stratum" };
	size_t		 i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcasecmp(option, all[i]) == 0)
			return true;
	return false;
}

/* Take VALUE for the OPTION, one of the above; false if it cannot be that. */
static bool
take_fudge(struct convert_fudge *f, const char *option, const char *value)
{
	const bool	 set = strcmp(value, "1") == 0;
	const char	*wrong;

	if (strcasecmp(option, "time2") == 0)
		return read_seconds(value, &f->time2);
	if (strcasecmp(option, "refid") == 0)
		return read_refid(value, f->refid);
	if (strcasecmp(option, "stratum") == 0) {
		f->stratum = (unsigned)strtonum(value, 0, STRATUM_MOST,
		    &wrong);
		return wrong == NULL;
	}
	if (strcasecmp(option, "flag1") == 0)
		f->flag1 = set;
	else if (strcasecmp(option, "flag2") == 0)
		f->flag2 = set;
	else
		return read_seconds(value, &f->time1);
	return set || strcmp(value, "0") == 0;
}

/* Likewise, and "lock". */
static bool
take_value(struct making *m, const char *option, const char *value)
{
	return strcasecmp(option, "lock") == 0 ? read_refid(value, m->lock) :
	    take_fudge(&m->options, option, value);
}

/* The option WORD, which has no value; false if it means nothing here. */
static bool
take_flag(struct making *m, const char *word)
{
	if (strcasecmp(word, "prefer") == 0)
		return m->prefer = true;
	if (strcasecmp(word, "trust") == 0)
		return m->trusted = true;
	return m->kind == PTP && strcasecmp(word, "tai") == 0 &&
	    (m->tai = true);
}

/*
 * The options of LINE from the word I on.  False: nothing is to be written, the
 * clock is not to be selected.
 */
static bool
take_options(struct convert *c, struct making *m,
    const struct convert_line *line, size_t i)
{
	const char	*word;
	bool		 has_value;

	for (; i < line->n; i++) {
		word = line->words[i];
		has_value = i + 1 < line->n;
		if (strcasecmp(word, "noselect") == 0) {
			convert_note(c, "it is not used: noselect; without "
			    "servers pulses need it");
			return false;
		}
		if (has_value && (is_fudge(word) ||
		    strcasecmp(word, "lock") == 0)) {
			if (!take_value(m, word, line->words[++i]))
				convert_note(c, "%s: not \"%s\"", word,
				    line->words[i]);
		} else if (!take_flag(m, word)) {
			convert_note(c, "%s: not needed, or not settable",
			    word);
			/* No flag looks like a value. */
			i += has_value && strchr("-.0123456789/",
			    line->words[i + 1][0]) != NULL;
		}
	}
	return true;
}

/* The number in /dev/WHATn that PATH is, or is linked to; false: in none. */
static bool
read_device(const char *path, const char *what, unsigned *unit)
{
	char		 real[PATH_MAX];
	const char	*wrong;
	size_t		 len = strlen(what);

	if (realpath(path, real) == NULL)
		strlcpy(real, path, sizeof(real));
	if (strncmp(real, "/dev/", 5) != 0 || strncmp(real + 5, what, len) != 0)
		return false;
	*unit = (unsigned)strtonum(real + 5 + len, 0, UNIT_MOST, &wrong);
	return wrong == NULL;
}

/* Name the clock at WHERE, as chrony calls it; why not, or NULL. */
static const char *
name_clock(struct making *m, const char *where)
{
	char		 interface[IF_NAMESIZE];
	struct addr	 addr;
	const char	*wrong = NULL;

	switch (m->kind) {
	case SHM:
		m->unit = (unsigned)strtonum(where, 0, UNIT_MOST, &wrong);
		return wrong == NULL ? NULL : "not a number from 0 to 255";
	case SOCK:
		strlcpy(m->name, where, sizeof(m->name));
		return convert_is_path(where) &&
		    strlen(where) < CONVERT_SOCKET_LEN ? NULL :
		    "not the absolute path of a socket";
	case PPS:
		return read_device(where, "pps", &m->unit) ? NULL :
		    "write \"sensor ppsN\" for the /dev/ppsN that it is";
	case PTP:
		if (where[0] == '/')
			return read_device(where, "ptp", &m->unit) ? NULL :
			    "write \"sensor ptpN\" for the /dev/ptpN that it "
			    "is";
		strlcpy(m->name, where, sizeof(m->name));
		wrong = place_listen(where, &addr, interface);
		return wrong == NULL && addr.family != ADDR_NONE ?
		    "not an interface" : wrong;
	default:
		return "write \"sensor\" by hand, see ntpd.conf(5)";
	}
}

static struct convert_fudge *
find_fudge(struct convert *c, unsigned type, unsigned unit)
{
	struct convert_fudge *f = c->fudges;

	while (f < c->fudges + c->nfudges &&
	    (f->type != type || f->unit != unit))
		f++;
	return f < c->fudges + CONVERT_SENSORS_MOST ? f : NULL;
}

void
convert_look_fudge(struct convert *c, const struct convert_line *line)
{
	struct convert_fudge *f;
	unsigned	 type, unit;
	size_t		 i;

	if (line->n < 2 || !read_clock(line->words[1], &type, &unit) ||
	    (f = find_fudge(c, type, unit)) == NULL)
		return;
	if (f == c->fudges + c->nfudges)
		c->nfudges++;
	f->type = type;
	f->unit = unit;
	for (i = 2; i + 1 < line->n; i += 2)
		if (is_fudge(line->words[i]))
			(void)take_fudge(f, line->words[i], line->words[i + 1]);
}

void
convert_fudge(struct convert *c, const struct convert_line *line)
{
	unsigned	 type, unit;

	if (line->n < 2 || !read_clock(line->words[1], &type, &unit))
		convert_note(c, "incomplete");
	else
		convert_note(c, "%s", kind_of_type(type) == LOCAL ?
		    "\"local stratum\" below" :
		    "see what becomes of the server");
}

/* The clock UNIT of M's kind, with the options from word I of LINE on. */
static void
convert_unit(struct convert *c, struct making *m, unsigned unit,
    const struct convert_line *line, size_t i)
{
	m->unit = unit;
	if (m->kind == OTHER || m->kind == SOCK || m->kind == PTP) {
		convert_note(c, "there is no such sensor: see \"sensor\" in "
		    "ntpd.conf(5)");
		return;
	}
	if (!take_options(c, m, line, i))
		return;
	if (m->kind == LOCAL) {
		c->local_stratum = m->options.stratum != 0 ?
		    m->options.stratum : LOCAL_STRATUM;
		convert_note(c, "\"local stratum\" below");
		return;
	}
	m->falling = m->kind == PPS && m->options.flag2;
	if (m->kind == GPSD)
		sensor_write_receiver(c, m);
	else
		sensor_write(c, m);
}

bool
convert_clock(struct convert *c, const struct convert_line *line, size_t i)
{
	struct making	 m = { .kind = OTHER };
	const struct convert_fudge *f;
	unsigned	 type, unit;

	if (!read_clock(line->words[i], &type, &unit))
		return false;
	m.kind = kind_of_type(type);
	f = find_fudge(c, type, unit);
	if (f != NULL && f < c->fudges + c->nfudges)
		m.options = *f;
	convert_unit(c, &m, unit, line, i + 1);
	return true;
}

/* NTPsec's: refclock DRIVER [unit N] [option ...], as server and fudge. */
static void
convert_driver(struct convert *c, const struct convert_line *line)
{
	struct making	 m = { .kind = kind_of_driver(line->words[1]) };
	const char	*wrong = NULL;
	unsigned	 unit = 0;
	size_t		 i = 2;

	if (i + 1 < line->n && strcasecmp(line->words[i], "unit") == 0) {
		unit = (unsigned)strtonum(line->words[i + 1], 0, UNIT_MOST,
		    &wrong);
		i += 2;
	}
	if (wrong != NULL)
		convert_note(c, "unit: not a number from 0 to 255");
	else
		convert_unit(c, &m, unit, line, i);
}

void
convert_refclock(struct convert *c, const struct convert_line *line)
{
	struct making	 m = { .kind = OTHER };
	char		*options;
	const char	*where, *why;

	if (line->n < 2) {
		convert_note(c, "incomplete");
		return;
	}
	/* chrony's drivers are written in capitals, NTPsec's are not. */
	if (strcspn(line->words[1], "abcdefghijklmnopqrstuvwxyz") <
	    strlen(line->words[1])) {
		convert_driver(c, line);
		return;
	}
	m.kind = kind_of_driver(line->words[1]);
	options = line->n > 2 ? line->words[2] : NULL;
	where = options != NULL ? strsep(&options, ":") : "";
	why = name_clock(&m, where);
	if (why == NULL && options != NULL && strstr(options, "extpps"))
		why = "pulses of a network card are not read";
	if (why != NULL) {
		convert_note(c, "%s", why);
		return;
	}
	m.falling = m.kind == PPS && options != NULL &&
	    strstr(options, "clear") != NULL;
	if (take_options(c, &m, line, 3))
		sensor_write(c, &m);
}
