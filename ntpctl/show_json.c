/*
 * ntpctl -j: the same data for programs.  A value that is not known is null,
 * never a number that could be taken for one.  The field names are promises:
 * ntpctl(8) lists them, and none changes its meaning.
 */
#include <math.h>

#include <jansson.h>

#include "common/ntp.h"
#include "common/reason.h"
#include "ntpctl/record.h"
#include "ntpctl/show.h"

#define DIGITS	12	/* below a picosecond for offsets of a second */

static const char *const leap_names[] = {
	[LEAP_NONE] = "none",
	[LEAP_INSERT] = "insert",
	[LEAP_DELETE] = "delete",
	[LEAP_UNKNOWN] = "unknown"
};

static const char *const next_names[] = {
	[NEXT_NO_SERVERS] = "no_servers",
	[NEXT_RESOLVE] = "resolve",
	[NEXT_FIRST_ANSWERS] = "first_answers",
	[NEXT_MAJORITY] = "majority",
	[NEXT_CONFIRM] = "confirm",
	[NEXT_STEP] = "step",
	[NEXT_SLEW] = "slew",
	[NEXT_POLL] = "poll",
	[NEXT_UNUSABLE] = "unusable"
};

static const char *const why_names[] = {
	[WHY_SYNCHRONIZED] = NULL,
	[WHY_NO_SERVERS] = "no_servers",
	[WHY_NO_ADDRESS] = "no_address",
	[WHY_ORPHANS] = "orphans",
	[WHY_STEPPING] = "stepping",
	[WHY_READ_ONLY] = "read_only",
	[WHY_LIMIT] = "step_limit",
	[WHY_CONFIRM] = "confirm",
	[WHY_OFFSET] = "offset",
	[WHY_BOUND] = "bound",
	[WHY_NO_ANSWER] = "no_answer",
	[WHY_UNUSABLE] = "unusable",
	[WHY_WAITING] = "waiting",
	[WHY_NO_MAJORITY] = "no_majority",
	[WHY_FEW_ANSWERS] = "few_answers"
};

static const char *const sync_names[] = {
	[CONTROL_STARTING] = "starting",
	[CONTROL_FOLLOWING] = "following",
	[CONTROL_IN_DOUBT] = "in_doubt",
	[CONTROL_COASTING] = "coasting",
	[CONTROL_BEGINNING_AGAIN] = "beginning_again"
};

static const char *const local_names[] = {
	[CONTROL_LOCAL_OFF] = "off",
	[CONTROL_LOCAL_SERVED] = "served",
	[CONTROL_LOCAL_FOLLOWS] = "follows"
};

static const char *const state_names[] = {
	[PEER_STATE_RESOLVING] = "resolving",
	[PEER_STATE_STARTING] = "starting",
	[PEER_STATE_POLLING] = "polling",
	[PEER_STATE_DENIED] = "denied",
	[PEER_STATE_SELF] = "self"
};

static const char *const tally_names[] = {
	[TALLY_UNUSABLE] = "unusable",
	[TALLY_FALSETICKER] = "falseticker",
	[TALLY_OUTLIER] = "outlier",
	[TALLY_COMBINED] = "combined",
	[TALLY_SYSTEM_PEER] = "system_peer"
};

static json_t *
number(double value)
{
	return isnan(value) ? json_null() : json_real(value);
}

static json_t *
number_if(bool known, double value)
{
	return known ? number(value) : json_null();
}

/* A time before or after now; negative: never. */
static json_t *
span(double value)
{
	return number_if(value >= 0, value);
}

static json_t *
string(const char *text)
{
	return text[0] == '\0' ? json_null() : json_string(text);
}

static json_t *
address(const struct addr *addr)
{
	char		 text[ADDR_STRLEN];

	if (addr->family == ADDR_NONE)
		return json_null();
	return json_string(addr_format(addr, text));
}

static json_t *
status_object(const struct control_status *st)
{
	char		 refid[RECORD_REFID_LEN];
	bool		 measured = st->updated_ago >= 0;

	/* json_pack(3) takes over the values, and fails on a missing one. */
	return json_pack("{s:b, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
	    "s:o, s:o, s:o, s:s, s:i, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:b, "
	    "s:b, s:s, s:o, s:I, s:b, s:s?}",
	    "synchronized", st->synchronized,
	    "state", sync_names[st->state],
	    "local", local_names[st->local],
	    "system_peer", string(st->system_peer),
	    "system_address", address(&st->system_addr),
	    "updated_ago", span(st->updated_ago),
	    "offset", number_if(measured, st->offset),
	    "error", number_if(measured, st->error),
	    "likely_bound", number_if(measured, st->likely),
	    "certain_bound", number_if(measured, st->certain),
	    "frequency", number(st->frequency),
	    "frequency_error", number(st->frequency_error),
	    "slewing", number(st->slewing),
	    "leap", leap_names[st->leap],
	    "stratum", st->stratum,
	    "refid", st->stratum >= NTP_MAX_STRATUM ? json_null() :
	    json_string(record_refid(st->refid, st->stratum, refid)),
	    "root_delay", number(st->root_delay),
	    "root_dispersion", number(st->root_dispersion),
	    "peers", (json_int_t)st->peers,
	    "reachable", (json_int_t)st->reachable,
	    "usable", (json_int_t)st->usable,
	    "truechimers", (json_int_t)st->truechimers,
	    "listening", st->listening,
	    "serving", st->serving,
	    "next", next_names[st->next],
	    "next_in", span(st->next_in),
	    "refused", (json_int_t)st->refused,
	    "read_only", st->read_only,
	    "why", why_names[st->why]);
}

static json_t *
peer_object(const struct control_peer *peer)
{
	char		 refid[RECORD_REFID_LEN];
	bool		 sample = peer->has_sample == 1;
	bool		 answered = record_peer_answered(peer);

	return json_pack("{s:o, s:o, s:s, s:s, s:s?, s:s?, s:i, s:s, s:s, "
	    "s:o, s:o, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:b, s:b, "
	    "s:I, s:I, s:I}",
	    "name", string(peer->name),
	    "address", address(&peer->addr),
	    "tally", tally_names[peer->tally],
	    "state", state_names[peer->state],
	    "reason", reason_word(peer->reason),
	    "detail", record_peer_detail(peer),
	    "stratum", answered ? peer->stratum : NTP_MAX_STRATUM,
	    "leap", leap_names[answered ? peer->leap : LEAP_UNKNOWN],
	    "refid", record_peer_refid(peer, refid),
	    "when", span(peer->when),
	    "next_in", span(peer->next_in),
	    "poll", 1 << peer->poll,
	    "reach", peer->reach,
	    "delay", number_if(sample, peer->delay),
	    "offset", number_if(sample, peer->offset),
	    "jitter", number_if(sample, peer->jitter),
	    "error", number_if(sample, peer->error),
	    "root_delay", number_if(answered, peer->root_delay),
	    "root_dispersion", number_if(answered, peer->root_dispersion),
	    "weight", peer->weight,
	    "trusted", peer->trusted,
	    "interleaved", peer->interleaved,
	    "sent", (json_int_t)peer->sent,
	    "received", (json_int_t)peer->received,
	    "rejected", (json_int_t)peer->rejected);
}

static json_t *
peers_array(const struct report *report)
{
	json_t		*array = json_array();
	size_t		 i;

	for (i = 0; array != NULL && i < report->npeers; i++)
		if (json_array_append_new(array,
		    peer_object(&report->peers[i])) == -1) {
			json_decref(array);
			return NULL;
		}
	return array;
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

	object = json_pack("{s:I, s:I, s:o}",
	    "workers", (json_int_t)sv->workers,
	    "counted", (json_int_t)sv->counted,
	    "sockets", count_if(known, sv->sockets));
	ok = object != NULL;
#define COUNTER(name, label, text)					\
	ok = ok && json_object_set_new(object, #name,			\
	    count_if(known, sv->counters.name)) == 0;
	SERVER_COUNTERS
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

bool
show_json(FILE *out, const struct report *report)
{
	unsigned	 parts = report->parts;
	json_t		*root = json_object();
	bool		 ok = root != NULL;

	if (ok && (parts & SHOW_STATUS))
		ok = json_object_set_new(root, "status",
		    status_object(&report->status)) == 0;
	if (ok && (parts & SHOW_PEERS))
		ok = json_object_set_new(root, "peers",
		    peers_array(report)) == 0;
	if (ok && (parts & SHOW_SENSORS))
		ok = json_object_set_new(root, "sensors", json_array()) == 0;
	if (ok && (parts & SHOW_SERVER))
		ok = json_object_set_new(root, "server",
		    server_object(&report->server)) == 0;
	if (ok && (parts & SHOW_CLIENTS))
		ok = set_clients(root, &report->clients);
	if (ok) {
		json_dumpf(root, out,
		    JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
		fputc('\n', out);
	}
	json_decref(root);
	return ok;
}
