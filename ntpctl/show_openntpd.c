/*
 * ntpctl -o openntpd: the forms of OpenNTPD's ntpctl, which scripts and
 * collectors parse: one line for the whole, two for each peer.
 */
#include <math.h>
#include <string.h>

#include "ntpctl/columns.h"
#include "ntpctl/record.h"
#include "ntpctl/show.h"

/* OpenNTPD counts a peer's trust level up to this. */
#define TRUST_MOST	10

void
show_openntpd_line(FILE *out, const struct control_status *st)
{
	if (st->peers > 0)
		fprintf(out, "%u/%u peers valid, ", st->usable, st->peers);
	else
		fprintf(out, "no peers and no sensors configured, ");
	if (st->constraint == CONSTRAINTS_KNOWN)
		fprintf(out, "constraint offset %.0fs, ",
		    trunc(st->constraint_offset) + 0.0);	/* not "-0" */
	else if (st->constraint != CONSTRAINTS_NONE)
		fprintf(out, "constraints configured but none available, ");
	if (st->synchronized)
		fprintf(out, "clock synced, stratum %u\n", st->stratum);
	else if (isnan(st->offset))
		fprintf(out, "clock unsynced\n");
	else
		fprintf(out, "clock unsynced, clock offset is %.3fms\n",
		    st->offset * 1e3);
}

/* What OpenNTPD says before the peer's numbers: who it is. */
static void
show_name(FILE *out, const struct control_peer *peer)
{
	char		 text[ADDR_STRLEN];

	if (peer->address.family == ADDR_NONE) {
		fprintf(out, "not resolved from pool %s\n", peer->name);
		return;
	}
	addr_format(&peer->address, text);
	if (peer->address.family == ADDR_SENSOR)
		fprintf(out, "%s\n", peer->name);
	else if (peer->name[0] == '\0' || strcmp(peer->name, text) == 0)
		fprintf(out, "%s\n", text);
	else
		fprintf(out, "%s from pool %s\n", text, peer->name);
}

static unsigned
trust_level(const struct control_peer *peer)
{
	const unsigned	 answers = peer->received + 2;

	if (peer->reach == 0)
		return 2;
	return answers > TRUST_MOST ? TRUST_MOST : answers;
}

static void
show_numbers(FILE *out, const struct control_peer *peer)
{
	char		 stratum[COLUMN_LEN] = "-";

	if (record_peer_answered(peer))
		snprintf(stratum, sizeof(stratum), "%u", peer->stratum);
	fprintf(out, " %c %2u %2u %2s %4.0fs %4us ",
	    peer->tally == TALLY_SYSTEM_PEER ? '*' : ' ', peer->weight,
	    trust_level(peer), stratum,
	    isnan(peer->next_in) ? 0 : peer->next_in, 1U << peer->poll);
	if (peer->reach == 0 || isnan(peer->offset) || isnan(peer->delay))
		fprintf(out, "            ---- peer not valid ----\n");
	else
		fprintf(out, "%12.3fms %9.3fms %9.3fms\n", peer->offset * 1e3,
		    peer->delay * 1e3,
		    isnan(peer->jitter) ? 0 : peer->jitter * 1e3);
}

void
show_openntpd_peers(FILE *out, const struct control_peer *peers, size_t n)
{
	size_t		 i;

	fprintf(out, "peer\n   wt tl st  next  poll          offset       "
	    "delay      jitter\n");
	for (i = 0; i < n; i++) {
		show_name(out, &peers[i]);
		show_numbers(out, &peers[i]);
	}
}
