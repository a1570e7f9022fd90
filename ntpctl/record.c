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
#define LAST_TIME	253402300799	/* of the year 9999, as certificates' */

#define TEXT(value, word)		#word,
#define REASON_TEXT(name, word, text)	word,

static const char *const nexts[] = { CONTROL_NEXTS(TEXT) };
static const char *const whys[] = { CONTROL_WHYS(TEXT) };
static const char *const constraints[] = { CONTROL_CONSTRAINTS(TEXT) };
static const char *const locals[] = { CONTROL_LOCALS(TEXT) };
static const char *const states[] = { CONTROL_STATES(TEXT) };
static const char *const peer_states[] = { CONTROL_PEER_STATES(TEXT) };
static const char *const peer_whys[] = { CONTROL_PEER_WHYS(TEXT) };
static const char *const tallies[] = { CONTROL_TALLIES(TEXT) };
static const char *const roots[] = { CONTROL_ROOTS(TEXT) };
static const char *const landlocks[] = { CONTROL_LANDLOCKS(TEXT) };
static const char *const reasons[] = { REASONS(REASON_TEXT) };
const char *const record_auths[] = { CONTROL_AUTHS(TEXT) };
const char *const record_algorithms[] = { MAC_ALGORITHMS(TEXT) };
static const char *const leaps[] = {
	[LEAP_NONE] = "none",
	[LEAP_INSERT] = "insert",
	[LEAP_DELETE] = "delete",
	[LEAP_UNKNOWN] = "unknown"
};

#define auths		record_auths
#define algorithms	record_algorithms
#define MORE_FLAG(number)	.most = number
#define MORE_WORD(list)		.words = list,				\
				.most = sizeof(list) / sizeof((list)[0]) - 1
#define MORE_COUNT(number)	.most = number
#define MORE_LOG2(number)	.most = number
#define MORE_REAL(unit)
#define MORE_SPAN(unit)
#define MORE_NAME(nothing)
#define MORE_TEXT(nothing)
#define MORE_ADDRESS(nothing)
#define MORE_REFID(nothing)
#define MORE_CODE(nothing)
#define DESCRIBE(record, key, member_kind, ...) {			\
	.name = #key, .kind = MEMBER_##member_kind,			\
	.offset = offsetof(struct control_##record, key),		\
	.wrong = "a " #record " with an impossible " #key, __VA_ARGS__ },

const struct member record_status_members[] = {
#define STATUS(kind, name, more) DESCRIBE(status, name, kind, MORE_##kind(more))
#define INNER_STATUS(kind, name, more)					\
	DESCRIBE(status, name, kind, .is_inner = true, MORE_##kind(more))
	CONTROL_STATUS_MEMBERS(STATUS, INNER_STATUS)
	{ .name = NULL }
};

const struct member record_peer_members[] = {
#define PEER(kind, name, more)	DESCRIBE(peer, name, kind, MORE_##kind(more))
	CONTROL_PEER_MEMBERS(PEER, PEER)
	{ .name = NULL }
};

/* The first ones say which peer the others are of. */
const struct member record_auth_members[] = {
	PEER(NAME, name, )
	PEER(ADDRESS, address, )
	PEER(WORD, auth, auths)
	PEER(FLAG, trusted, 1)
	CONTROL_AUTH_MEMBERS(PEER, PEER)
	{ .name = NULL }
};

const struct member record_point_members[] = {
#define POINT(kind, name, more)	DESCRIBE(point, name, kind, MORE_##kind(more))
#define INNER_POINT(kind, name, more)					\
	DESCRIBE(point, name, kind, .is_inner = true, MORE_##kind(more))
	CONTROL_POINT_MEMBERS(POINT, INNER_POINT)
	{ .name = NULL }
};

const struct member record_sample_members[] = {
#define SAMPLE(kind, name, more)					\
	DESCRIBE(sample, name, kind, MORE_##kind(more))
#define INNER_SAMPLE(kind, name, more)					\
	DESCRIBE(sample, name, kind, .is_inner = true, MORE_##kind(more))
	CONTROL_SAMPLE_MEMBERS(SAMPLE, INNER_SAMPLE)
	{ .name = NULL }
};

const struct member record_process_members[] = {
#define PROCESS(kind, name, more)					\
	DESCRIBE(process, name, kind, MORE_##kind(more))
	CONTROL_PROCESS_MEMBERS(PROCESS)
	{ .name = NULL }
};

/* TEXT without what is not printed, or is below LEAST. */
static bool
clean_text(char text[CONTROL_NAME_LEN], char least)
{
	char		*p;

	if (memchr(text, '\0', CONTROL_NAME_LEN) == NULL)
		return false;
	for (p = text; *p != '\0'; p++)
		if (*p < least || *p > '~')
			*p = '?';
	return true;
}

/* Is the member M of RECORD what it can be?  Afterwards it can be shown. */
static bool
clean_member(const struct member *m, void *record)
{
	void		*at = (char *)record + m->offset;
	double		*real = at;

	switch (m->kind) {
	case MEMBER_FLAG:
	case MEMBER_WORD:
	case MEMBER_COUNT:
	case MEMBER_LOG2:
		return *(uint32_t *)at <= m->most;
	case MEMBER_REAL:
	case MEMBER_SPAN:
		if (!isfinite(*real) || fabs(*real) > NUMBER_MAX ||
		    (m->kind == MEMBER_SPAN && *real < 0))
			*real = NAN;
		return true;
	case MEMBER_NAME:
		/* The name of a host has no blanks; columns depend on it. */
		return clean_text(at, ' ' + 1);
	case MEMBER_TEXT:
		return clean_text(at, ' ');
	case MEMBER_ADDRESS:
		return addr_valid(at);
	case MEMBER_REFID:
	case MEMBER_CODE:
		return true;
	}
	return false;
}

static const char *
clean_members(const struct member *m, void *record)
{
	for (; m->name != NULL; m++)
		if (!clean_member(m, record))
			return m->wrong;
	return NULL;
}

bool
record_version(uint32_t *version, const void *data, size_t len)
{
	if (len < sizeof(*version))
		return false;
	memcpy(version, data, sizeof(*version));
	return true;
}

/* DATA as a RECORD of SIZE bytes; else why it is none. */
static const char *
take(void *record, size_t size, const void *data, size_t len)
{
	uint32_t	 version;

	if (len != size || !record_version(&version, data, len))
		return "a record of the wrong length";
	if (version != CONTROL_VERSION)
		return "a record of another version";
	memcpy(record, data, size);
	return NULL;
}

const char *
record_status(struct control_status *st, const void *data, size_t len)
{
	const char	*wrong;

	if ((wrong = take(st, sizeof(*st), data, len)) != NULL)
		return wrong;
	if (st->reachable > st->peers || st->usable > st->reachable ||
	    st->truechimers > st->usable)
		return "a status with counts that contradict each other";
	return clean_members(record_status_members, st);
}

const char *
record_peer(struct control_peer *peer, const void *data, size_t len)
{
	const char	*wrong;

	if ((wrong = take(peer, sizeof(*peer), data, len)) != NULL)
		return wrong;
	wrong = clean_members(record_peer_members, peer);
	return wrong != NULL ? wrong :
	    clean_members(record_auth_members, peer);
}

/* The same; its members are cleaned as M describes them. */
static const char *
take_members(const struct member *m, void *record, size_t size,
    const void *data, size_t len)
{
	const char	*wrong = take(record, size, data, len);

	return wrong != NULL ? wrong : clean_members(m, record);
}

const char *
record_process(struct control_process *process, const void *data, size_t len)
{
	return take_members(record_process_members, process, sizeof(*process),
	    data, len);
}

const char *
record_point(struct control_point *point, const void *data, size_t len)
{
	return take_members(record_point_members, point, sizeof(*point), data,
	    len);
}

const char *
record_sample(struct control_sample *sample, const void *data, size_t len)
{
	return take_members(record_sample_members, sample, sizeof(*sample),
	    data, len);
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
	const char	*wrong;

	if ((wrong = take(sv, sizeof(*sv), data, len)) != NULL)
		return wrong;
	if (sv->counted > sv->workers)
		return "server counters of more processes than there are";
	clean_counter(&sv->sockets);
	if (sv->certificate_until < 0 || sv->certificate_until > LAST_TIME)
		sv->certificate_until = 0;
#define COUNTER(name, label, text)	clean_counter(&sv->counters.name);
	COUNTERS
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
	const char	*wrong;
	uint32_t	 i;

	if ((wrong = take(clients, sizeof(*clients), data, len)) != NULL)
		return wrong;
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
	return take(end, sizeof(*end), data, len);
}

const char *
record_refid(const uint8_t refid[4], uint32_t stratum, char *text)
{
	char		 plain[16];

	ntp_format_refid(refid, (uint8_t)stratum, plain);
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

	if (peer->reason == REASON_TAKEN)
		why = ".DUP.";
	else if (peer->state == PEER_STATE_RESOLVING)
		why = ".DNS.";
	else if (peer->state == PEER_STATE_DENIED)
		why = ".DENY.";
	else if (peer->state == PEER_STATE_SELF)
		why = ".SELF.";
	else if (peer->state == PEER_STATE_OFF)
		why = ".OFF.";
	else if (!record_peer_answered(peer))
		why = ".INIT.";
	else
		/* A clock of this machine has a name, whatever its stratum. */
		return record_refid(peer->refid, peer->address.family ==
		    ADDR_SENSOR ? 0 : peer->stratum, text);
	strlcpy(text, why, RECORD_REFID_LEN);
	return text;
}

const char *
record_peer_reason(const struct control_peer *peer)
{
	if (peer->reason == REASON_SILENT &&
	    peer->address.family == ADDR_SENSOR)
		return "it says nothing; if it cannot be read, the log says "
		    "why";
	return reason_text(peer->reason);
}

const char *
record_peer_detail(const struct control_peer *peer)
{
	if (peer->detail == 0)
		return NULL;
	if (peer->reason == REASON_UNRESOLVED)
		return gai_strerror(peer->detail);
	return peer->reason == REASON_UNSENDABLE ? strerror(peer->detail) :
	    NULL;
}
