/*
 * Any bytes as a record of the daemon's: what ntpctl accepts it can show, in
 * characters that do nothing to a terminal.  Input: a byte that says which
 * record, then the record.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ntpctl/plot.h"
#include "ntpctl/record.h"
#include "ntpctl/show.h"
#include "regress/fuzz/fuzz.h"

const size_t	 input_most = 2000;	/* control_clients is the longest */

/* What the first byte says. */
enum { STATUS_RECORD, PEER_RECORD, SERVER_RECORD, CLIENTS_RECORD,
    PROCESS_RECORD, HISTORY_RECORD, RECORDS };

/* A record of the right length at RAW: DATA, cut off or followed by zeros. */
static void
fit(void *raw, size_t len, const uint8_t *data, size_t size)
{
	memset(raw, 0, len);
	memcpy(raw, data, size < len ? size : len);
}

static void
show_as_status(FILE *out, const uint8_t *data, size_t size)
{
	struct control_status raw, st;

	fit(&raw, sizeof(raw), data, size);
	if (record_status(&st, &raw, sizeof(raw)) == NULL)
		show_status(out, &st);
}

/* Twice: then the name does not do, and the address stands for it. */
static void
show_as_peers(FILE *out, const uint8_t *data, size_t size)
{
	struct control_peer raw, peers[2];

	fit(&raw, sizeof(raw), data, size);
	if (record_peer(&peers[0], &raw, sizeof(raw)) != NULL)
		return;
	peers[1] = peers[0];
	show_peers(out, peers, 1, size % 128);
	show_peers(out, peers, 2, 0);
	show_selection(out, peers, 2);
}

static void
show_as_server(FILE *out, const uint8_t *data, size_t size)
{
	struct control_server raw, sv;

	fit(&raw, sizeof(raw), data, size);
	if (record_server(&sv, &raw, sizeof(raw)) != NULL)
		return;
	require(sv.counted <= sv.workers && sv.sockets <= COUNTER_MOST);
#define COUNTER(name, label, text)					\
	require(sv.counters.name <= COUNTER_MOST);
	COUNTERS
#undef COUNTER
	show_server(out, &sv);
}

static void
show_as_clients(FILE *out, const uint8_t *data, size_t size)
{
	struct control_clients raw, clients;

	fit(&raw, sizeof(raw), data, size);
	if (record_clients(&clients, &raw, sizeof(raw)) != NULL)
		return;
	require(clients.n <= CLIENTS_SHOWN);
	show_clients(out, &clients);
}

static void
show_as_process(FILE *out, const uint8_t *data, size_t size)
{
	struct control_process raw;
	struct process	 process = { .seen = true };

	fit(&raw, sizeof(raw), data, size);
	if (record_process(&process.said, &raw, sizeof(raw)) == NULL)
		show_processes(out, &process, 1);
}

/* The same point and sample a few times, as tables and as pictures. */
static void
show_as_history(FILE *out, const uint8_t *data, size_t size)
{
	struct control_point raw_point, points[3];
	struct control_sample raw_sample, samples[3];
	struct report	 r = { .points = points, .npoints = 3,
			    .samples = samples, .nsamples = 3 };
	size_t		 i;

	fit(&raw_point, sizeof(raw_point), data, size);
	fit(&raw_sample, sizeof(raw_sample), data, size);
	for (i = 0; i < 3; i++)
		if (record_point(&points[i], &raw_point, sizeof(raw_point)) !=
		    NULL || record_sample(&samples[i], &raw_sample,
		    sizeof(raw_sample)) != NULL)
			return;
	show_history(out, points, 3, 1.8e9);
	show_samples(out, &r, 1.8e9);
	plot_svg(out, &r, 1.8e9);
	plot_text(out, &r, 1.8e9, (int)(size % 200) + 40, false);
}

/* Those that are too short or too long are refused, whatever is in them. */
static void
check_lengths(const uint8_t *data, size_t size)
{
	struct control_status st;
	struct control_peer peer;
	struct control_server sv;
	struct control_clients clients;
	struct control_end end;

	require(size == sizeof(clients) ||
	    record_clients(&clients, data, size) != NULL);
	require(size == sizeof(st) || record_status(&st, data, size) != NULL);
	require(size == sizeof(peer) || record_peer(&peer, data, size) != NULL);
	require(size == sizeof(sv) || record_server(&sv, data, size) != NULL);
	require(size == sizeof(end) || record_end(&end, data, size) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t	 version;
	char		*text;
	FILE		*out;
	size_t		 i, len;

	if (size < 1)
		return 0;
	require(record_version(&version, data + 1, size - 1) == (size > 4));
	check_lengths(data + 1, size - 1);
	if ((out = open_memstream(&text, &len)) == NULL)
		return 0;
	switch (data[0] % RECORDS) {
	case STATUS_RECORD:
		show_as_status(out, data + 1, size - 1);
		break;
	case PEER_RECORD:
		show_as_peers(out, data + 1, size - 1);
		break;
	case SERVER_RECORD:
		show_as_server(out, data + 1, size - 1);
		break;
	case HISTORY_RECORD:
		show_as_history(out, data + 1, size - 1);
		break;
	case PROCESS_RECORD:
		show_as_process(out, data + 1, size - 1);
		break;
	default:
		show_as_clients(out, data + 1, size - 1);
		break;
	}
	fclose(out);
	for (i = 0; i < len; i++)
		require(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
	free(text);
	return 0;
}

/* ---- seeds ---- */

static const struct addr address = { .family = ADDR_IPV4, .port = 123,
	.bytes = { 192, 0, 2, 1 } };

static const struct control_status status = {
	.version = CONTROL_VERSION, .synchronized = 1, .stratum = 2,
	.refid = { 192, 0, 2, 1 }, .next = NEXT_POLL, .listening = 1,
	.state = CONTROL_FOLLOWING, .peers = 4, .reachable = 4,
	.truechimers = 3, .offset = 45.2e-6, .error = 12e-6,
	.likely_bound = 1e-3,
	.certain_bound = 3e-3, .frequency = -12.345, .frequency_error = 0.01,
	.root_delay = 1.5e-3, .root_dispersion = 1e-3, .updated_ago = 12.7,
	.next_in = 34, .system_address = { .family = ADDR_IPV4, .port = 123,
	.bytes = { 192, 0, 2, 1 } }, .system_peer = "ntp.example.org"
};

static const struct control_peer peer = {
	.version = CONTROL_VERSION, .tally = TALLY_SYSTEM_PEER,
	.state = PEER_STATE_POLLING, .stratum = 1, .refid = "GPS",
	.reach = 0377, .poll = 6, .weight = 1, .sent = 20,
	.received = 19, .rejected = 1, .when = 1.2, .next_in = 3.9,
	.offset = -28e-6, .delay = 1e-3, .jitter = 17e-6, .error = 6e-6,
	.root_dispersion = 1e-3, .address = { .family = ADDR_IPV4, .port = 123,
	.bytes = { 192, 0, 2, 1 } }, .name = "ntp.example.org"
};

static void
record(const char *name, uint8_t which, const void *data, size_t len)
{
	seed_begin(name);
	seed_fill(which, 1);
	seed_add(data, len);
}

static void
server_seeds(void)
{
	struct control_server server = { .version = CONTROL_VERSION,
			    .workers = 2, .counted = 2, .sockets = 4 };
	struct control_clients clients = { .version = CONTROL_VERSION,
			    .workers = 2, .counted = 2, .n = 2 };
	struct control_process process = { .version = CONTROL_VERSION,
			    .process = "engine", .pid = 1234, .calls = 18 };

	const struct control_point point = { .version = CONTROL_VERSION,
			    .ago = 60, .offset = 1e-5, .likely_bound = 1e-4,
			    .certain_bound = 1e-2, .frequency = -20 };
	const struct control_sample sample = { .version = CONTROL_VERSION,
			    .ago = 60, .address = address, .offset = 1e-5,
			    .delay = 1e-3 };

	record("server", SERVER_RECORD, &server, sizeof(server));
	memset(&server.counters, 0xff, sizeof(server.counters));
	record("server_most", SERVER_RECORD, &server, sizeof(server));
	clients.list[0] = (struct client_count){ .addr = address,
	    .requests = 1000, .refused = 3, .length = 32 };
	clients.list[0].addr.port = 0;
	clients.list[1] = (struct client_count){ .requests = 12,
	    .length = 64, .addr = { .family = ADDR_IPV6,
	    .bytes = { 0x20, 1, 0x0d, 0xb8 } } };
	record("clients", CLIENTS_RECORD, &clients, sizeof(clients));
	record("history", HISTORY_RECORD, &point, sizeof(point));
	record("samples", HISTORY_RECORD, &sample, sizeof(sample));
	record("process", PROCESS_RECORD, &process, sizeof(process));
}

void
make_seeds(void)
{
	const struct control_end end = { .version = CONTROL_VERSION,
			    .records = 1 };
	struct control_status confirms = status;

	server_seeds();
	record("status", STATUS_RECORD, &status, sizeof(status));
	confirms.synchronized = 0;
	confirms.next = NEXT_CONFIRM;
	confirms.offset = 86400;
	record("status_confirms", STATUS_RECORD, &confirms,
	    sizeof(confirms));
	record("peer", PEER_RECORD, &peer, sizeof(peer));
	record("end", STATUS_RECORD, &end, sizeof(end));
}
