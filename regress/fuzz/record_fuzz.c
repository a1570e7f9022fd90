/*
 * Any bytes as a record of the daemon's: what ntpctl accepts it can show, in
 * characters that do nothing to a terminal.  Input: a byte that says which
 * record, then the record.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ntpctl/record.h"
#include "ntpctl/show.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool holds)
{
	if (!holds)
		abort();
}

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
}

static void
show_as_server(FILE *out, const uint8_t *data, size_t size)
{
	struct control_server raw, sv;

	fit(&raw, sizeof(raw), data, size);
	if (record_server(&sv, &raw, sizeof(raw)) != NULL)
		return;
	check(sv.counted <= sv.workers && sv.sockets <= COUNTER_MOST);
#define COUNTER(name, label, text)					\
	check(sv.counters.name <= COUNTER_MOST);
	SERVER_COUNTERS
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
	check(clients.n <= CLIENTS_SHOWN);
	show_clients(out, &clients);
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

	check(size == sizeof(clients) ||
	    record_clients(&clients, data, size) != NULL);
	check(size == sizeof(st) || record_status(&st, data, size) != NULL);
	check(size == sizeof(peer) || record_peer(&peer, data, size) != NULL);
	check(size == sizeof(sv) || record_server(&sv, data, size) != NULL);
	check(size == sizeof(end) || record_end(&end, data, size) != NULL);
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
	check(record_version(&version, data + 1, size - 1) == (size > 4));
	check_lengths(data + 1, size - 1);
	if ((out = open_memstream(&text, &len)) == NULL)
		return 0;
	switch (data[0] % 4) {
	case 0:
		show_as_status(out, data + 1, size - 1);
		break;
	case 1:
		show_as_peers(out, data + 1, size - 1);
		break;
	case 2:
		show_as_server(out, data + 1, size - 1);
		break;
	default:
		show_as_clients(out, data + 1, size - 1);
		break;
	}
	fclose(out);
	for (i = 0; i < len; i++)
		check(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
	free(text);
	return 0;
}
