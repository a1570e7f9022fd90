/*
 * Checks of what the daemon sent.  It may be of another build, or taken over;
 * ntpctl is often run by root on a terminal, so neither its memory nor the
 * terminal are the daemon's to play with.
 */
#include <math.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>

#include "common/ntp.h"
#include "ntpctl/record.h"

/*
 * No offset, age or frequency is larger: the era of a timestamp limits
 * offsets to 2^31 s, and 10^10 s are 317 years.
 */
#define NUMBER_MAX	1e10
#define POLL_MOST	17	/* log2 s, RFC 5905 7.2, MAXPOLL */

static void
clean_numbers(double *const numbers[], size_t n)
{
	size_t		 i;

	for (i = 0; i < n; i++)
		if (!isfinite(*numbers[i]) || fabs(*numbers[i]) > NUMBER_MAX)
			*numbers[i] = NAN;
}

/* The name of a host has no blanks; columns depend on it. */
static bool
clean_name(char name[CONTROL_NAME_LEN])
{
	char		*p;

	if (memchr(name, '\0', CONTROL_NAME_LEN) == NULL)
		return false;
	for (p = name; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			*p = '?';
	return true;
}

bool
record_version(uint32_t *version, const void *data, size_t len)
{
	if (len < sizeof(*version))
		return false;
	memcpy(version, data, sizeof(*version));
	return true;
}

const char *
record_status(struct control_status *st, const void *data, size_t len)
{
	double *const	 numbers[] = {
		&st->offset, &st->error, &st->likely, &st->certain,
		&st->frequency, &st->frequency_error, &st->root_delay,
		&st->root_dispersion, &st->updated_ago, &st->next_in,
		&st->why_in, &st->spread, &st->step_limit, &st->slewing
	};

	if (len != sizeof(*st))
		return "a status of the wrong length";
	memcpy(st, data, sizeof(*st));
	if (st->version != CONTROL_VERSION)
		return "a status of another version";
	if (st->synchronized > 1 || st->read_only > 1 || st->listening > 1 ||
	    st->serving > 1)
		return "a status with a flag that is neither 0 nor 1";
	if (st->leap > LEAP_UNKNOWN)
		return "a status with an unknown leap indicator";
	if (st->stratum > NTP_MAX_STRATUM)
		return "a status with a stratum over 16";
	if (st->next > NEXT_UNUSABLE)
		return "a status with an unknown next action";
	if (st->state > CONTROL_BEGINNING_AGAIN)
		return "a status with an unknown state";
	if (st->reachable > st->peers || st->usable > st->reachable ||
	    st->truechimers > st->usable)
		return "a status with counts that contradict each other";
	if (st->why > WHY_FEW_ANSWERS)
		return "a status with an unknown reason";
	if (st->local > CONTROL_LOCAL_FOLLOWS)
		return "a status with an unknown use of the local clock";
	if (!addr_valid(&st->system_addr))
		return "a status with a malformed address";
	if (!clean_name(st->system_peer))
		return "a status with an endless name";
	clean_numbers(numbers, sizeof(numbers) / sizeof(numbers[0]));
	return NULL;
}

const char *
record_peer(struct control_peer *peer, const void *data, size_t len)
{
	double *const	 numbers[] = {
		&peer->when, &peer->next_in, &peer->offset, &peer->delay,
		&peer->jitter, &peer->error, &peer->root_delay,
		&peer->root_dispersion
	};

	if (len != sizeof(*peer))
		return "a peer of the wrong length";
	memcpy(peer, data, sizeof(*peer));
	if (peer->version != CONTROL_VERSION)
		return "a peer of another version";
	if (peer->tally > TALLY_SYSTEM_PEER)
		return "a peer with an unknown tally";
	if (peer->state > PEER_STATE_SELF)
		return "a peer in an unknown state";
	if (peer->stratum > NTP_MAX_STRATUM)
		return "a peer with a stratum over 16";
	if (peer->leap > LEAP_UNKNOWN)
		return "a peer with an unknown leap indicator";
	if (peer->reason >= REASONS)
		return "a peer with an unknown reason";
	if (peer->poll < 0 || peer->poll > POLL_MOST)
		return "a peer with an impossible poll interval";
	if (peer->trusted > 1 || peer->has_sample > 1 ||
	    peer->interleaved > 1)
		return "a peer with a flag that is neither 0 nor 1";
	if (!addr_valid(&peer->addr))
		return "a peer with a malformed address";
	if (!clean_name(peer->name))
		return "a peer with an endless name";
	clean_numbers(numbers, sizeof(numbers) / sizeof(numbers[0]));
	return NULL;
}

static void
clean_counter(uint64_t *counter)
{
	if (*counter > COUNTER_MOST)
		*counter = COUNTER_MOST;
}

const char *
record_server(struct control_server *sv, const void *data, size_t len)
{
	if (len != sizeof(*sv))
		return "server counters of the wrong length";
	memcpy(sv, data, sizeof(*sv));
	if (sv->version != CONTROL_VERSION)
		return "server counters of another version";
	if (sv->counted > sv->workers)
		return "server counters of more processes than there are";
	clean_counter(&sv->sockets);
#define COUNTER(name, label, text)	clean_counter(&sv->counters.name);
	SERVER_COUNTERS
#undef COUNTER
	return NULL;
}

static bool
client_valid(const struct client_count *client)
{
	return addr_valid(&client->addr) &&
	    client->addr.family != ADDR_NONE &&
	    client->length <= (client->addr.family == ADDR_IPV4 ? 32 : 128) &&
	    client->refused <= client->requests;
}

const char *
record_clients(struct control_clients *clients, const void *data, size_t len)
{
	uint32_t	 i;

	if (len != sizeof(*clients))
		return "clients of the wrong length";
	memcpy(clients, data, sizeof(*clients));
	if (clients->version != CONTROL_VERSION)
		return "clients of another version";
	if (clients->counted > clients->workers)
		return "clients of more processes than there are";
	if (clients->n > CLIENTS_SHOWN)
		return "too many clients";
	for (i = 0; i < clients->n; i++)
		if (!client_valid(&clients->list[i]))
			return "a malformed client";
	return NULL;
}

const char *
record_end(struct control_end *end, const void *data, size_t len)
{
	if (len != sizeof(*end))
		return "an end of the wrong length";
	memcpy(end, data, sizeof(*end));
	if (end->version != CONTROL_VERSION)
		return "an end of another version";
	return NULL;
}

const char *
record_refid(const uint8_t refid[4], uint8_t stratum, char *text)
{
	char		 plain[16];

	ntp_format_refid(refid, stratum, plain);
	/*
	 * The dots are how ntpq tells a clock's name from a host's.  What is
	 * longer than a name is an address: the clock did not say its name.
	 */
	if (stratum <= 1 && strlen(plain) <= 4)
		snprintf(text, RECORD_REFID_LEN, ".%s.", plain);
	else
		strlcpy(text, plain, RECORD_REFID_LEN);
	return text;
}

bool
record_peer_answered(const struct control_peer *peer)
{
	return peer->received > 0 && peer->state != PEER_STATE_RESOLVING;
}

const char *
record_peer_refid(const struct control_peer *peer, char *text)
{
	const char	*why;

	if (peer->state == PEER_STATE_RESOLVING)
		why = ".DNS.";
	else if (peer->state == PEER_STATE_DENIED)
		why = ".DENY.";
	else if (peer->state == PEER_STATE_SELF)
		why = ".SELF.";
	else if (!record_peer_answered(peer))
		why = ".INIT.";
	else
		return record_refid(peer->refid, peer->stratum, text);
	strlcpy(text, why, RECORD_REFID_LEN);
	return text;
}

const char *
record_peer_detail(const struct control_peer *peer)
{
	if (peer->code == 0)
		return NULL;
	if (peer->reason == REASON_UNRESOLVED)
		return gai_strerror(peer->code);
	return peer->reason == REASON_UNSENDABLE ? strerror(peer->code) : NULL;
}
