/*
 * ntpctl -j: the same data for programs.  A value that is not known is null,
 * never a number that could be taken for one.  The field names are promises:
 * ntpctl(8) lists them, and none changes its meaning.
 */
#include <math.h>

#include <jansson.h>

#include "common/ntp.h"
#include "ntpctl/record.h"
#include "ntpctl/show.h"

#define DIGITS	12	/* below a picosecond for offsets of a second */

static json_t *
real(double value)
{
	return isnan(value) ? json_null() : json_real(value);
}

static json_t *
string(const char *text)
{
	return text == NULL || text[0] == '\0' ? json_null() :
	    json_string(text);
}

static json_t *
address(const struct addr *addr)
{
	char		 text[ADDR_STRLEN];

	if (addr->family == ADDR_NONE || addr->family == ADDR_SENSOR)
		return json_null();
	return json_string(addr_format(addr, text));
}

/* The member M of RECORD; what REFID and CODE are as text, NULL for unknown. */
static json_t *
value(const struct member *m, const void *record, const char *refid,
    const char *code)
{
	const void	*at = (const char *)record + m->offset;
	const uint32_t	*number = at;

	switch (m->kind) {
	case MEMBER_FLAG:
		return json_boolean(*number);
	case MEMBER_WORD:
		return string(m->words[*number]);
	case MEMBER_COUNT:
		return json_integer(*number);
	case MEMBER_LOG2:
		return json_integer((json_int_t)1 << *number);
	case MEMBER_REAL:
	case MEMBER_SPAN:
		return real(*(const double *)at);
	case MEMBER_NAME:
	case MEMBER_TEXT:
		return string(at);
	case MEMBER_ADDRESS:
		return address(at);
	case MEMBER_REFID:
		return string(refid);
	case MEMBER_CODE:
		return string(code);
	}
	return NULL;
}

static json_t *
object(const struct member *m, const void *record, const char *refid,
    const char *code)
{
	json_t		*object = json_object();

	for (; object != NULL && m->name != NULL; m++)
		if (!m->is_inner && json_object_set_new(object, m->name,
		    value(m, record, refid, code)) == -1) {
			json_decref(object);
			return NULL;
		}
	return object;
}

static json_t *
status_object(const struct control_status *st)
{
	char		 refid[RECORD_REFID_LEN];

	return object(record_status_members, st,
	    st->stratum >= NTP_MAX_STRATUM ? NULL :
	    record_refid(st->refid, st->stratum, refid), NULL);
}

static json_t *
peer_object(const struct control_peer *peer)
{
	char		 refid[RECORD_REFID_LEN];
	struct control_peer shown = *peer;

	if (!record_peer_answered(peer)) {
		shown.stratum = NTP_MAX_STRATUM;
		shown.leap = LEAP_UNKNOWN;
	}
	return object(record_peer_members, &shown,
	    record_peer_refid(peer, refid), record_peer_detail(peer));
}

/* Why PEER is believed. */
static json_t *
auth_object(const struct control_peer *peer)
{
	return object(record_auth_members, peer, NULL, NULL);
}

/* What MAKE makes of each peer. */
static json_t *
peers_array(const struct report *report,
    json_t *(*make)(const struct control_peer *))
{
	json_t		*array = json_array();
	size_t		 i;

	for (i = 0; array != NULL && i < report->npeers; i++)
		if (json_array_append_new(array,
		    make(&report->peers[i])) == -1) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static json_t *
sensors_array(const struct report *report)
{
	static struct control_peer sensors[REPORT_PEERS_MAX];
	struct report	 only = { .peers = sensors };

	only.npeers = show_only_sensors(report->peers, report->npeers,
	    sensors);
	return peers_array(&only, peer_object);
}

/* What nobody answered is not known, be it how often something happened. */
static json_t *
count_if(bool known, uint64_t value)
{
	return known ? json_integer((json_int_t)value) : json_null();
}

static json_t *
server_object(const struct control_server *sv)
{
	bool		 known = sv->counted > 0, ok;
	json_t		*object;

	object = json_pack("{s:I, s:I, s:o, s:o}",
	    "workers", (json_int_t)sv->workers,
	    "counted", (json_int_t)sv->counted,
	    "sockets", count_if(known, sv->sockets),
	    "certificate_until", count_if(sv->certificate_until != 0,
	    (uint64_t)sv->certificate_until));
	ok = object != NULL;
#define COUNTER(name, label, text)					\
	ok = ok && json_object_set_new(object, #name,			\
	    count_if(known, sv->counters.name)) == 0;
	COUNTERS
#undef COUNTER
	if (ok)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *
clients_array(const struct control_clients *clients)
{
	const struct client_count *client;
	json_t		*array = json_array();
	char		 text[ADDR_STRLEN];
	uint32_t	 i;

	for (i = 0; array != NULL && i < clients->n; i++) {
		client = &clients->list[i];
		if (json_array_append_new(array, json_pack("{s:s, s:i, s:I, "
		    "s:I}", "address", addr_format(&client->addr, text),
		    "prefix", (int)client->length,
		    "requests", (json_int_t)client->requests,
		    "refused", (json_int_t)client->refused)) == 0)
			continue;
		json_decref(array);
		array = NULL;
	}
	return array;
}

/* Beside the array of clients, how many workers it is from. */
static bool
set_clients(json_t *root, const struct control_clients *clients)
{
	return json_object_set_new(root, "clients",
	    clients_array(clients)) == 0 &&
	    json_object_set_new(root, "workers",
	    json_integer((json_int_t)clients->workers)) == 0 &&
	    json_object_set_new(root, "counted",
	    json_integer((json_int_t)clients->counted)) == 0;
}

/* The kernel's part of PROCESS, null where that is not known. */
static bool
set_seen(json_t *object, const struct process *process)
{
	json_t		*capabilities = json_null();
	char		 name[PROCESS_CAPABILITY_LEN];
	unsigned	 bit;

	if (process->seen)
		capabilities = json_array();
	for (bit = 0; process->seen && bit < 64; bit++)
		if (process->capabilities & (UINT64_C(1) << bit))
			(void)json_array_append_new(capabilities, json_string(
			    process_capability(bit, name)));
	return json_object_set_new(object, "user",
	    string(process->user)) == 0 &&
	    json_object_set_new(object, "capabilities", capabilities) == 0 &&
	    json_object_set_new(object, "memory", count_if(process->seen,
	    process->memory)) == 0 &&
	    json_object_set_new(object, "descriptors", count_if(
	    process->descriptors >= 0, (uint64_t)process->descriptors)) == 0;
}

static json_t *
processes_array(const struct report *report)
{
	json_t		*array = json_array(), *one;
	size_t		 i;

	for (i = 0; array != NULL && i < report->nprocesses; i++) {
		one = object(record_process_members,
		    &report->processes[i].said, NULL, NULL);
		if (one != NULL && set_seen(one, &report->processes[i]) &&
		    json_array_append(array, one) == 0) {
			json_decref(one);
			continue;
		}
		json_decref(one);
		json_decref(array);
		array = NULL;
	}
	return array;
}

/* The SIZE bytes of each of N RECORDS, as M describes them. */
static json_t *
records_array(const struct member *m, const void *records, size_t n,
    size_t size)
{
	json_t		*array = json_array();
	size_t		 i;

	for (i = 0; array != NULL && i < n; i++)
		if (json_array_append_new(array, object(m,
		    (const char *)records + i * size, NULL, NULL)) == -1) {
			json_decref(array);
			return NULL;
		}
	return array;
}

/* What was. */
static bool
set_history(json_t *root, const struct report *report)
{
	if ((report->parts & SHOW_HISTORY) && json_object_set_new(root,
	    "history", records_array(record_point_members, report->points,
	    report->npoints, sizeof(*report->points))) == -1)
		return false;
	return !(report->parts & SHOW_SAMPLES) || json_object_set_new(root,
	    "samples", records_array(record_sample_members, report->samples,
	    report->nsamples, sizeof(*report->samples))) == 0;
}

bool
show_json(FILE *out, const struct report *report)
{
	unsigned	 parts = report->parts;
	json_t		*root = json_object();
	bool		 ok = root != NULL;

	if (ok && (parts & SHOW_STATUS))
		ok = json_object_set_new(root, "status",
		    status_object(&report->status)) == 0;
	if (ok && (parts & (SHOW_PEERS | SHOW_SELECTION)))
		ok = json_object_set_new(root, "peers",
		    peers_array(report, peer_object)) == 0;
	if (ok && (parts & SHOW_AUTH))
		ok = json_object_set_new(root, "auth",
		    peers_array(report, auth_object)) == 0;
	if (ok && (parts & SHOW_SENSORS))
		ok = json_object_set_new(root, "sensors",
		    sensors_array(report)) == 0;
	if (ok && (parts & SHOW_SERVER))
		ok = json_object_set_new(root, "server",
		    server_object(&report->server)) == 0;
	if (ok && (parts & SHOW_CLIENTS))
		ok = set_clients(root, &report->clients);
	if (ok && (parts & SHOW_PROCESSES))
		ok = json_object_set_new(root, "processes",
		    processes_array(report)) == 0;
	ok = ok && set_history(root, report);
	if (ok) {
		json_dumpf(root, out,
		    JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
		fputc('\n', out);
	}
	json_decref(root);
	return ok;
}
