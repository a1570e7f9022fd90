/*
 * ntpctl -s peers: the table that everybody who ever ran ntpq(1) can read,
 * and that monitoring splits at blanks: each line has nine words, a tally
 * mark being part of the first.  Lines that begin with "#" follow, and say why
 * servers cannot be used.
 */
#include <math.h>
#include <string.h>

#include <bsd/string.h>

#include "common/reason.h"
#include "ntpctl/record.h"
#include "ntpctl/show.h"

#define REMOTE_MIN	15	/* columns; an IPv4 address */
#define REMOTE_LEAST	8	/* however narrow the terminal */
#define REST_WIDTH	64	/* of a line but for the remote */

#define NUMBER_LEN	32	/* "-10000000000000.000" in ms, and more */
#define REMOTE_LEN	(CONTROL_NAME_LEN > ADDR_STRLEN ? \
			    CONTROL_NAME_LEN : ADDR_STRLEN)

static char
tally_mark(uint32_t tally)
{
	switch ((enum control_tally)tally) {
	case TALLY_FALSETICKER:
		return 'x';
	case TALLY_OUTLIER:
		return '-';
	case TALLY_COMBINED:
		return '+';
	case TALLY_SYSTEM_PEER:
		return '*';
	case TALLY_UNUSABLE:
		break;
	}
	return ' ';
}

/*
 * The name says more than the address, unless it is the name of a pool and
 * stands for several.
 */
static const char *
remote_name(const struct control_peer *peers, size_t n, size_t which,
    char *text)
{
	const struct control_peer *peer = &peers[which];
	bool		 shared = false;
	size_t		 i;

	for (i = 0; i < n && !shared; i++)
		shared = i != which && strcmp(peers[i].name, peer->name) == 0;
	if (peer->address.family != ADDR_NONE &&
	    (shared || peer->name[0] == '\0'))
		return addr_format(&peer->address, text);
	strlcpy(text, peer->name[0] != '\0' ? peer->name : "?", REMOTE_LEN);
	return text;
}

/* How wide the first column must be, and may be. */
static size_t
remote_width(const struct control_peer *peers, size_t n, size_t width)
{
	char		 text[REMOTE_LEN];
	size_t		 i, len, most, wanted = REMOTE_MIN;

	for (i = 0; i < n; i++) {
		len = strlen(remote_name(peers, n, i, text));
		if (len > wanted)
			wanted = len;
	}
	if (width == 0)
		return wanted;
	most = width > REST_WIDTH + REMOTE_LEAST ? width - REST_WIDTH :
	    REMOTE_LEAST;
	return wanted < most ? wanted : most;
}

/* An age in four columns, as long as it is less than 27 years. */
static const char *
format_when(double s, char *text)
{
	if (isnan(s) || s < 0)
		strlcpy(text, "-", NUMBER_LEN);
	else if (s < 2048)
		snprintf(text, NUMBER_LEN, "%.0f", floor(s));
	else if (s < 300 * 60)
		snprintf(text, NUMBER_LEN, "%.0fm", floor(s / 60));
	else if (s < 96 * 3600)
		snprintf(text, NUMBER_LEN, "%.0fh", floor(s / 3600));
	else
		snprintf(text, NUMBER_LEN, "%.0fd", floor(s / 86400));
	return text;
}

static const char *
format_ms(double s, char *text)
{
	double		 ms = s * 1e3;

	if (isnan(s))
		strlcpy(text, "-", NUMBER_LEN);
	else
		/* Adding zero to what rounds to zero takes its sign away. */
		snprintf(text, NUMBER_LEN, "%.3f",
		    fabs(ms) < 0.0005 ? 0.0 : ms);
	return text;
}

static void
show_peer(FILE *out, const struct control_peer *peer, const char *remote,
    size_t width)
{
	char		 when[NUMBER_LEN], delay[NUMBER_LEN];
	char		 offset[NUMBER_LEN], jitter[NUMBER_LEN];
	char		 refid[RECORD_REFID_LEN], name[REMOTE_LEN];
	unsigned	 stratum = record_peer_answered(peer) ?
	    peer->stratum : 16;

	strlcpy(name, remote, sizeof(name));
	if (strlen(name) > width)
		strlcpy(name + width - 1, "~", 2);
	fprintf(out, "%c%-*s %-15s %2u %4s %5u %5o %8s %8s %8s\n",
	    tally_mark(peer->tally), (int)width, name,
	    record_peer_refid(peer, refid), stratum,
	    format_when(peer->when, when), 1U << peer->poll, peer->reach,
	    format_ms(peer->delay, delay),
	    format_ms(peer->offset, offset),
	    format_ms(peer->jitter, jitter));
}

/* Why PEER cannot be used, and what the system said of it. */
static void
show_reason(FILE *out, const struct control_peer *peer, const char *remote)
{
	const char	*detail = record_peer_detail(peer);

	fprintf(out, "# %s cannot be used: %s%s%s\n", remote,
	    reason_text(peer->reason), detail != NULL ? ": " : "",
	    detail != NULL ? detail : "");
}

void
show_peers(FILE *out, const struct control_peer *peers, size_t n,
    size_t width)
{
	char		 text[REMOTE_LEN];
	size_t		 i, column = remote_width(peers, n, width);

	fprintf(out, " %-*s %-15s %2s %4s %5s %5s %8s %8s %8s\n",
	    (int)column, "remote", "refid", "st", "when", "poll", "reach",
	    "delay", "offset", "jitter");
	for (i = 0; i < column + REST_WIDTH; i++)
		fputc('=', out);
	fputc('\n', out);
	for (i = 0; i < n; i++)
		show_peer(out, &peers[i], remote_name(peers, n, i, text),
		    column);
	for (i = 0; i < n; i++)
		if (peers[i].reason != REASON_NONE)
			show_reason(out, &peers[i],
			    remote_name(peers, n, i, text));
}
