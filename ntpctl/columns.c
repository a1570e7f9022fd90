/*
 * The columns of tables of peers.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <bsd/string.h>

#include "ntpctl/columns.h"

#define REMOTE_MIN	15	/* columns; an IPv4 address */

char
column_tally(uint32_t tally)
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

const char *
column_address(const struct control_peer *peer, char *text)
{
	if (peer->address.family != ADDR_NONE)
		return addr_format(&peer->address, text);
	strlcpy(text, peer->name[0] != '\0' ? peer->name : "?",
	    COLUMN_REMOTE_LEN);
	return text;
}

size_t
column_remote_width(const struct control_peer *peers, size_t n)
{
	char		 text[COLUMN_REMOTE_LEN];
	size_t		 i, len, width = REMOTE_MIN;

	for (i = 0; i < n; i++) {
		len = strlen(column_remote(peers, n, i, text));
		if (len > width)
			width = len;
	}
	return width;
}

const char *
column_remote(const struct control_peer *peers, size_t n, size_t which,
    char *text)
{
	const struct control_peer *peer = &peers[which];
	bool		 shared = false;
	size_t		 i;

	for (i = 0; i < n && !shared; i++)
		shared = i != which && strcmp(peers[i].name, peer->name) == 0;
	if (shared || peer->name[0] == '\0')
		return column_address(peer, text);
	strlcpy(text, peer->name, COLUMN_REMOTE_LEN);
	return text;
}

const char *
column_when(double s, char *text)
{
	if (isnan(s) || s < 0)
		strlcpy(text, "-", COLUMN_LEN);
	else if (s < 2048)
		snprintf(text, COLUMN_LEN, "%.0f", floor(s));
	else if (s < 300 * 60)
		snprintf(text, COLUMN_LEN, "%.0fm", floor(s / 60));
	else if (s < 96 * 3600)
		snprintf(text, COLUMN_LEN, "%.0fh", floor(s / 3600));
	else
		snprintf(text, COLUMN_LEN, "%.0fd", floor(s / 86400));
	return text;
}

const char *
column_ppm(double ppm, char *text)
{
	if (isnan(ppm))
		strlcpy(text, "-", COLUMN_LEN);
	else
		/* What rounds to zero has no sign. */
		snprintf(text, COLUMN_LEN, "%.3f",
		    fabs(ppm) < 0.0005 ? 0.0 : ppm);
	return text;
}

const char *
column_ms(double s, char *text)
{
	return column_ppm(s * 1e3, text);	/* as many decimals */
}

const char *
column_time(double s, char *text)
{
	const time_t	 whole = isnan(s) ? 0 : (time_t)s;
	struct tm	 tm;

	if (isnan(s) || gmtime_r(&whole, &tm) == NULL ||
	    strftime(text, COLUMN_LEN, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		strlcpy(text, "-", COLUMN_LEN);
	return text;
}
