/*
 * The forms of ntpq: widths, order and units are those of the program that
 * comes with the reference implementation of NTP 4.2.8, because scripts count
 * on them.
 */
#include <sys/utsname.h>

#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "common/ns.h"
#include "common/ntp.h"
#include "common/ntptime.h"
#include "common/version.h"
#include "ntpctl/columns.h"
#include "ntpctl/ntpq.h"
#include "ntpctl/record.h"

#define NAME_WIDTH	15
#define LINE_WIDTH	78
#define TIME_CONSTANT_LEAST	3	/* log2 s, for mintc */
#define VARIABLES_LEN	4096	/* of all of them as text */

/* RFC 9327 4.1 and 4.2: what the words of a status stand for. */
#define SYSTEM_SYNCHRONIZED	0x0615	/* NTP, one event: clock_sync */
#define SYSTEM_STARTING		0xc016	/* alarm, one event: restart */
#define PEER_CONFIGURED		0x8000
#define PEER_KEYED		0x4000	/* answers have to be authentic */
#define PEER_AUTHENTIC		0x2000	/* and are */
#define PEER_REACHABLE		0x1000
#define PEER_SELECTION		8	/* the bit it begins at */
#define EVENT_UNREACHABLE	0x13	/* each is one event */
#define EVENT_REACHABLE		0x14
#define EVENT_SYSTEM_PEER	0x1a

static const struct {
	unsigned	 selection;
	const char	*condition;
} conditions[] = {
	[TALLY_UNUSABLE] = { 0, "reject" },
	[TALLY_FALSETICKER] = { 1, "falsetick" },
	[TALLY_OUTLIER] = { 3, "outlier" },
	[TALLY_COMBINED] = { 4, "candidate" },
	[TALLY_SYSTEM_PEER] = { 6, "sys.peer" }
};

/* What is not known is 0 there. */
static double
known(double value)
{
	return isnan(value) ? 0 : value;
}

static unsigned
peer_stratum(const struct control_peer *peer)
{
	return record_peer_answered(peer) ? peer->stratum : NTP_MAX_STRATUM;
}

/* A poll interval of S s in four columns, like an age. */
static const char *
poll_text(const struct control_peer *peer, char *text)
{
	return column_when((double)(1U << peer->poll), text);
}

static void
show_peer(FILE *out, const struct control_peer *peer, const char *name,
    bool wide)
{
	char		 refid[RECORD_REFID_LEN], when[COLUMN_LEN];
	char		 poll[COLUMN_LEN];

	fprintf(out, "%c", column_tally(peer->tally));
	if (!wide)
		fprintf(out, "%-*.*s", NAME_WIDTH, NAME_WIDTH, name);
	else if (strlen(name) <= NAME_WIDTH)
		fprintf(out, "%-*s", NAME_WIDTH, name);
	else
		fprintf(out, "%s\n %*s", name, NAME_WIDTH, "");
	fprintf(out, " %-15.15s %2u %c %4.4s %4.4s  %3o  %7.3f %+8.3f %7.3f\n",
	    record_peer_refid(peer, refid), peer_stratum(peer),
	    peer->address.family == ADDR_SENSOR ? 'l' : 'u',
	    column_when(peer->when, when), poll_text(peer, poll), peer->reach,
	    known(peer->delay) * 1e3, known(peer->offset) * 1e3,
	    known(peer->jitter) * 1e3);
}

void
ntpq_show_peers(FILE *out, const struct control_peer *peers, size_t n,
    struct ntpq_names names)
{
	char		 text[COLUMN_REMOTE_LEN];
	size_t		 i;

	fprintf(out, "     remote           refid      st t when poll reach   "
	    "delay   offset  jitter\n");
	for (i = 0; i < LINE_WIDTH; i++)
		fputc('=', out);
	fputc('\n', out);
	for (i = 0; i < n; i++)
		show_peer(out, &peers[i], names.numeric ?
		    column_address(&peers[i], text) :
		    column_remote(peers, n, i, text), names.wide);
}

static unsigned
peer_status(const struct control_peer *peer)
{
	unsigned	 status = PEER_CONFIGURED;

	if (peer->auth != CONTROL_AUTH_NONE)
		status |= PEER_KEYED | (peer->reach == 0 ? 0 : PEER_AUTHENTIC);
	status |= conditions[peer->tally].selection << PEER_SELECTION;
	if (peer->reach == 0)
		return status | EVENT_UNREACHABLE;
	return status | PEER_REACHABLE | (peer->tally == TALLY_SYSTEM_PEER ?
	    EVENT_SYSTEM_PEER : EVENT_REACHABLE);
}

static const char *
last_event(const struct control_peer *peer)
{
	if (peer->reach == 0)
		return "unreachable";
	return peer->tally == TALLY_SYSTEM_PEER ? "sys_peer" : "reachable";
}

/* Answers that are not authentic do not count as answers. */
static const char *
authentication(const struct control_peer *peer)
{
	if (peer->auth == CONTROL_AUTH_NONE)
		return "none";
	return peer->reach == 0 ? "bad" : "ok";
}

void
ntpq_show_associations(FILE *out, const struct control_peer *peers, size_t n)
{
	size_t		 i;

	fprintf(out, "\nind assid status  conf reach auth condition  "
	    "last_event cnt\n"
	    "===========================================================\n");
	for (i = 0; i < n; i++)
		fprintf(out, "%3zu %5zu  %04x   yes  %4s  %4s %9s %11s  1\n",
		    i + 1, i + 1, peer_status(&peers[i]),
		    peers[i].reach == 0 ? "no" : "yes",
		    authentication(&peers[i]),
		    conditions[peers[i].tally].condition,
		    last_event(&peers[i]));
}

/* Variables as text, each "name=value", one behind the other. */
struct variables {
	char		 text[VARIABLES_LEN];
	size_t		 used;
};

static void
add(struct variables *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
add(struct variables *v, const char *fmt, ...)
{
	char		*at = v->text + v->used;
	size_t		 room = sizeof(v->text) - v->used;
	va_list		 ap;
	int		 len;

	va_start(ap, fmt);
	len = vsnprintf(at, room, fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < room)
		v->used += (size_t)len + 1;
}

/* The instant AGO s before now as ntpq shows it. */
static void
add_time(struct variables *v, const char *name, double ago)
{
	struct timespec	 ts;
	struct tm	 tm;
	char		 date[64];
	uint64_t	 stamp;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec -= (time_t)floor(ago);
	ts.tv_nsec -= (long)((ago - floor(ago)) * NS_PER_S);
	if (ts.tv_nsec < 0) {
		ts.tv_nsec += NS_PER_S;
		ts.tv_sec--;
	}
	if (localtime_r(&ts.tv_sec, &tm) == NULL ||
	    strftime(date, sizeof(date), "%a, %b %e %Y %H:%M:%S", &tm) == 0)
		return;
	stamp = ntptime_from_timespec(&ts).value;
	add(v, "%s=%08x.%08x  %s.%03d", name, (unsigned)(stamp >> 32),
	    (unsigned)(stamp & UINT32_MAX), date,
	    (int)(ts.tv_nsec / (NS_PER_S / 1000)));
}

/* The number of the system peer, from 1; 0: none. */
static size_t
system_peer(const struct report *r)
{
	size_t		 i;

	for (i = 0; i < r->npeers; i++)
		if (r->peers[i].tally == TALLY_SYSTEM_PEER)
			return i + 1;
	return 0;
}

static void
add_system(struct variables *v, const struct report *r)
{
	const struct control_status *st = &r->status;
	const size_t	 id = system_peer(r);
	const struct control_peer *peer = id == 0 ? NULL : &r->peers[id - 1];
	char		 refid[RECORD_REFID_LEN];
	struct utsname	 host;

	add(v, "version=\"ntpd %s\"", NTPD_VERSION);
	if (uname(&host) == 0) {
		add(v, "processor=\"%s\"", host.machine);
		add(v, "system=\"%s/%s\"", host.sysname, host.release);
	}
	add(v, "leap=%u%u", st->leap >> 1, st->leap & 1);
	add(v, "stratum=%u", st->stratum);
	add(v, "rootdelay=%.3f", known(st->root_delay) * 1e3);
	add(v, "rootdisp=%.3f", known(st->root_dispersion) * 1e3);
	add(v, "refid=%s", st->stratum >= NTP_MAX_STRATUM ? "INIT" :
	    record_refid(st->refid, st->stratum, refid));
	if (!isnan(st->updated_ago))
		add_time(v, "reftime", st->updated_ago);
	add_time(v, "clock", 0);
	add(v, "peer=%zu", id);
	add(v, "tc=%u", peer == NULL ? TIME_CONSTANT_LEAST : peer->poll);
	add(v, "mintc=%d", TIME_CONSTANT_LEAST);
	add(v, "offset=%.6f", known(st->offset) * 1e3);
	add(v, "frequency=%.3f", known(st->frequency));
	add(v, "sys_jitter=%.6f", peer == NULL ? 0 : known(peer->jitter) * 1e3);
	add(v, "clk_jitter=%.6f", known(st->error) * 1e3);
	add(v, "clk_wander=%.3f", known(st->frequency_error));
}

static void
add_peer(struct variables *v, const struct control_peer *peer)
{
	char		 text[ADDR_STRLEN], refid[RECORD_REFID_LEN];

	if (peer->address.family != ADDR_NONE) {
		add(v, "srcadr=%s", addr_format(&peer->address, text));
		add(v, "srcport=%u", peer->address.port);
	}
	add(v, "srchost=\"%s\"", peer->name);
	add(v, "leap=%u%u", peer->leap >> 1, peer->leap & 1);
	add(v, "stratum=%u", peer_stratum(peer));
	add(v, "rootdelay=%.3f", known(peer->root_delay) * 1e3);
	add(v, "rootdisp=%.3f", known(peer->root_dispersion) * 1e3);
	add(v, "refid=%s", record_peer_refid(peer, refid));
	if (!isnan(peer->when))
		add_time(v, "rec", peer->when);
	add(v, "reach=%03o", peer->reach);
	add(v, "hmode=3");
	add(v, "pmode=4");
	add(v, "hpoll=%u", peer->poll);
	add(v, "offset=%.6f", known(peer->offset) * 1e3);
	add(v, "delay=%.6f", known(peer->delay) * 1e3);
	add(v, "jitter=%.6f", known(peer->jitter) * 1e3);
}

/* Is the variable TEXT one of NAMES? */
static bool
is_wanted(const char *text, const char *names)
{
	const size_t	 len = strcspn(text, "=");
	size_t		 word;

	for (; names != NULL && *names != '\0'; names += word) {
		names += strspn(names, ", ");
		word = strcspn(names, ", ");
		if (word == len && strncmp(text, names, len) == 0)
			return true;
	}
	return names == NULL;
}

/*
 * Lines of at most LINE_WIDTH columns.  One begins at tc: a script of LibreNMS
 * counts words from there.
 */
static void
show_list(FILE *out, const struct variables *v, const char *names)
{
	const char	*at, *separator = "";
	size_t		 len, column = 0;

	for (at = v->text; at < v->text + v->used; at += len + 1) {
		len = strlen(at);
		if (!is_wanted(at, names))
			continue;
		fputs(separator, out);
		if (column > 0 && (column + len + 2 > LINE_WIDTH ||
		    strncmp(at, "tc=", 3) == 0)) {
			fputc('\n', out);
			column = 0;
		} else if (column > 0)
			fputc(' ', out);
		fputs(at, out);
		column += len + 2;
		separator = ",";
	}
	fputc('\n', out);
}

static void
show_system_status(FILE *out, const struct control_status *st)
{
	fprintf(out, "associd=0 status=%04x %s\n",
	    st->synchronized ? SYSTEM_SYNCHRONIZED : SYSTEM_STARTING,
	    st->synchronized ? "leap_none, sync_ntp, 1 event, clock_sync," :
	    "leap_alarm, sync_unspec, 1 event, restart,");
}

static void
show_peer_status(FILE *out, const struct control_peer *peer, size_t id)
{
	fprintf(out, "associd=%zu status=%04x conf, %ssel_%s, 1 event, %s,\n",
	    id, peer_status(peer), peer->reach == 0 ? "" : "reach, ",
	    conditions[peer->tally].condition, last_event(peer));
}

void
ntpq_show_variables(FILE *out, const struct report *report, size_t id,
    const char *names)
{
	struct variables v = { .used = 0 };

	if (id == 0)
		add_system(&v, report);
	else
		add_peer(&v, &report->peers[id - 1]);
	if (names == NULL && id == 0)
		show_system_status(out, &report->status);
	else if (names == NULL)
		show_peer_status(out, &report->peers[id - 1], id);
	show_list(out, &v, names);
}
