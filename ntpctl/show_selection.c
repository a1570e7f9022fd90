/*
 * ntpctl -s selection: what is known of each server, and why it has a part in
 * the time or none.  Each line has nine words of figures, then a sentence.
 */
#include <inttypes.h>

#include "common/format.h"
#include "common/reason.h"
#include "ntpctl/columns.h"
#include "ntpctl/record.h"
#include "ntpctl/show.h"

#define WHY_LEN		256

/* By what its packets are stamped, if that is not the usual. */
static const char *
stamped(const struct control_peer *peer)
{
	switch ((enum control_stamps)peer->stamps) {
	case STAMPED_USER:
		return ", stamped by ntpd";
	case STAMPED_HARDWARE:
		return ", stamped by the network card";
	case STAMPED_NOT:
	case STAMPED_KERNEL:
		break;
	}
	return "";
}

static const char *
why(const struct control_peer *peer, char text[WHY_LEN])
{
	char		 offset[FORMAT_LEN];
	const char	*detail = record_peer_detail(peer);

	switch ((enum control_peer_why)peer->why) {
	case PEER_WHY_USED:
		snprintf(text, WHY_LEN, "used%s%s",
		    peer->tally == TALLY_SYSTEM_PEER ? ", the system peer" : "",
		    stamped(peer));
		return text;
	case PEER_WHY_REASON:
		if (peer->reason == REASON_NONE)
			return "its name is looked up";
		snprintf(text, WHY_LEN, "%s%s%s", record_peer_reason(peer),
		    detail != NULL ? ": " : "", detail != NULL ? detail : "");
		return text;
	case PEER_WHY_FEW:
		return record_peer_answered(peer) ? "it takes three answers" :
		    "no answer yet, it takes three";
	case PEER_WHY_UNSTEADY:
		return "its samples contradict each other";
	case PEER_WHY_NO_MAJORITY:
		return "no majority of the servers agrees";
	case PEER_WHY_DISAGREES:
		snprintf(text, WHY_LEN, "it sees the clock %s, the majority "
		    "does not", format_offset(peer->offset, offset));
		return text;
	case PEER_WHY_APART:
		return "it agrees, but others are more precise";
	}
	return "";
}

static void
show_line(FILE *out, const struct control_peer *peer, const char *remote,
    int width)
{
	char		 span[COLUMN_LEN], drift[COLUMN_LEN];
	char		 drift_error[COLUMN_LEN], offset[COLUMN_LEN];
	char		 error[COLUMN_LEN], jitter[COLUMN_LEN];
	char		 distance[COLUMN_LEN], text[WHY_LEN];

	fprintf(out, "%c%-*s %2" PRIu32 " %4s %8s %8s %9s %8s %8s %8s  %s\n",
	    column_tally(peer->tally), width, remote, peer->samples,
	    column_when(peer->span, span), column_ppm(peer->drift, drift),
	    column_ppm(peer->drift_error, drift_error),
	    column_ms(peer->offset, offset), column_ms(peer->error, error),
	    column_ms(peer->jitter, jitter),
	    column_ms(peer->distance, distance), why(peer, text));
}

void
show_selection(FILE *out, const struct control_peer *peers, size_t n)
{
	char		 text[COLUMN_REMOTE_LEN];
	const int	 width = (int)column_remote_width(peers, n);
	size_t		 i;

	fprintf(out, " %-*s %2s %4s %8s %8s %9s %8s %8s %8s  %s\n", width,
	    "remote", "n", "span", "drift", "+-", "offset", "+-", "jitter",
	    "distance", "why");
	for (i = 0; i < n; i++)
		show_line(out, &peers[i], column_remote(peers, n, i, text),
		    width);
}
