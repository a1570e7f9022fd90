/*
 * ntpctl -s auth: why each server is believed.  Each line has six words.  Lines
 * that begin with "#" follow: what there is of NTS, and why answers were
 * dropped.
 */
#include <inttypes.h>
#include <math.h>

#include "common/reason.h"
#include "ntpctl/columns.h"
#include "ntpctl/record.h"
#include "ntpctl/show.h"


/* What makes the answers of PEER believed. */
static const char *
method(const struct control_peer *peer)
{
	if (peer->auth == CONTROL_AUTH_NONE && peer->trusted)
		return "trusted";
	return record_auths[peer->auth];
}

static void
show_line(FILE *out, const struct control_peer *peer, const char *remote,
    int width)
{
	char		 key[COLUMN_LEN] = "-", aead[COLUMN_LEN] = "";
	const char	*algorithm = record_algorithms[peer->algorithm];

	if (peer->key != 0)
		snprintf(key, sizeof(key), "%" PRIu32, peer->key);
	if (peer->aead != 0) {
		snprintf(aead, sizeof(aead), "AEAD-%" PRIu32, peer->aead);
		algorithm = aead;
	}
	fprintf(out, "%-*s %-7s %10s %-9s %-4s %10" PRIu32 "\n", width, remote,
	    method(peer), key, algorithm[0] != '\0' ? algorithm : "-",
	    peer->part ? "yes" : "no", peer->unauthentic);
}

/* What is worth more than a column. */
static void
show_more(FILE *out, const struct control_peer *peer, const char *remote)
{
	if (peer->auth == CONTROL_AUTH_NTS && isnan(peer->keys_age))
		fprintf(out, "# %s: no NTS keys%s%s\n", remote,
		    peer->keys_error[0] != '\0' ? ": " : "",
		    peer->keys_error);
	else if (peer->auth == CONTROL_AUTH_NTS)
		fprintf(out, "# %s: %" PRIu32 " cookies, NTS keys agreed on "
		    "%.0f s ago\n", remote, peer->cookies, peer->keys_age);
	if (peer->fault != REASON_NONE)
		fprintf(out, "# %s: answers were dropped, lastly as %s\n",
		    remote, reason_text(peer->fault));
}

void
show_auth(FILE *out, const struct control_peer *peers, size_t n)
{
	char		 text[COLUMN_REMOTE_LEN];
	const int	 width = (int)column_remote_width(peers, n);
	size_t		 i;

	fprintf(out, "%-*s %-7s %10s %-9s %-4s %10s\n", width, "remote", "auth",
	    "key", "algorithm", "part", "dropped");
	for (i = 0; i < n; i++)
		show_line(out, &peers[i], column_remote(peers, n, i, text),
		    width);
	for (i = 0; i < n; i++)
		show_more(out, &peers[i], column_remote(peers, n, i, text));
}
