/*
 * ntpctl -s peers: the table that everybody who ever ran ntpq(1) can read,
 * and that monitoring splits at blanks: each line has nine words, a tally
 * mark being part of the first.  Lines that begin with "#" follow, and say why
 * servers cannot be used.
 */
#include <string.h>

#include <bsd/string.h>

#include "common/reason.h"
#include "ntpctl/columns.h"
#include "ntpctl/record.h"
#include "ntpctl/show.h"

#define REMOTE_LEAST	8	/* however narrow the terminal */
#define REST_WIDTH	64	/* of a line but for the remote */

/* How wide the first column must be, and may be. */
static size_t
remote_width(const struct control_peer *peers, size_t n, size_t width)
{
	const size_t	 wanted = column_remote_width(peers, n);
	size_t		 most;

	if (width == 0)
		return wanted;
	most = width > REST_WIDTH + REMOTE_LEAST ? width - REST_WIDTH :
	    REMOTE_LEAST;
	return wanted < most ? wanted : most;
}

static void
show_peer(FILE *out, const struct control_peer *peer, const char *remote,
    size_t width)
{
	char		 when[COLUMN_LEN], delay[COLUMN_LEN];
	char		 offset[COLUMN_LEN], jitter[COLUMN_LEN];
	char		 refid[RECORD_REFID_LEN], name[COLUMN_REMOTE_LEN];
	unsigned	 stratum = record_peer_answered(peer) ?
	    peer->stratum : 16;

	strlcpy(name, remote, sizeof(name));
	if (strlen(name) > width)
		strlcpy(name + width - 1, "~", 2);
	fprintf(out, "%c%-*s %-15s %2u %4s %5u %5o %8s %8s %8s\n",
	    column_tally(peer->tally), (int)width, name,
	    record_peer_refid(peer, refid), stratum,
	    column_when(peer->when, when), 1U << peer->poll, peer->reach,
	    column_ms(peer->delay, delay),
	    column_ms(peer->offset, offset),
	    column_ms(peer->jitter, jitter));
}

/* Why PEER cannot be used, and what the system said of it. */
static void
show_reason(FILE *out, const struct control_peer *peer, const char *remote)
{
	const char	*detail = record_peer_detail(peer);

	fprintf(out, "# %s cannot be used: %s%s%s\n", remote,
	    record_peer_reason(peer), detail != NULL ? ": " : "",
	    detail != NULL ? detail : "");
}

void
show_peers(FILE *out, const struct control_peer *peers, size_t n,
    size_t width)
{
	char		 text[COLUMN_REMOTE_LEN];
	size_t		 i, column = remote_width(peers, n, width);

	fprintf(out, " %-*s %-15s %2s %4s %5s %5s %8s %8s %8s\n",
	    (int)column, "remote", "refid", "st", "when", "poll", "reach",
	    "delay", "offset", "jitter");
	for (i = 0; i < column + REST_WIDTH; i++)
		fputc('=', out);
	fputc('\n', out);
	for (i = 0; i < n; i++)
		show_peer(out, &peers[i], column_remote(peers, n, i, text),
		    column);
	for (i = 0; i < n; i++)
		if (peers[i].reason != REASON_NONE)
			show_reason(out, &peers[i],
			    column_remote(peers, n, i, text));
}
