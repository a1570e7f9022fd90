/*
 * What ntpctl believes of the daemon's records, and what it prints.
 */
#include <errno.h>
#include <math.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/ntp.h"
#include "ntpctl/record.h"
#include "ntpctl/show.h"
#include "regress/unit/unit.h"

#define IPV4(a, b, c, d)						\
	{ .family = ADDR_IPV4, .port = 123, .bytes = { a, b, c, d } }
#define IPV6_DOC_1							\
	{ .family = ADDR_IPV6, .port = 123, .bytes = { 0x20, 0x01,	\
	    0x0d, 0xb8, [15] = 1 } }

/*
 * A daemon in its best state; cases say what differs, by initializing that
 * member once more, which is what these compilers otherwise warn of.
 */
#pragma GCC diagnostic ignored "-Woverride-init"

#define GOOD_STATUS							\
	.version = CONTROL_VERSION, .synchronized = 1, .stratum = 2,	\
	.refid = { 192, 0, 2, 1 }, .next = NEXT_POLL, .listening = 1,	\
	.state = CONTROL_FOLLOWING,					\
	.serving = 1, .peers = 4, .reachable = 4, .usable = 4,		\
	.truechimers = 3,						\
	.offset = 45.2e-6, .error = 12e-6,				\
	.likely_bound = 3.21e-3, .certain_bound = 4.5e-3,		\
	.frequency = -12.345, .frequency_error = 0.01,			\
	.root_delay = 1.5e-3, .root_dispersion = 0.25e-3,		\
	.updated_ago = 12.7, .next_in = 34,				\
	.step_forward = NAN, .budget_left = 1000,			\
	.system_address = IPV4(192, 0, 2, 1), .system_peer = "ntp.example.org"

#define GOOD_PEER							\
	.version = CONTROL_VERSION, .tally = TALLY_SYSTEM_PEER,		\
	.state = PEER_STATE_POLLING, .stratum = 1,			\
	.refid = { 'G', 'P', 'S', 0 }, .reach = 0377, .poll = 6,	\
	.weight = 1, .sent = 20, .received = 19,			\
	.rejected = 1, .when = 33.9, .next_in = 30, .offset = -0.045e-3, \
	.delay = 0.1234e-3, .jitter = 0.012e-3, .error = 5e-6,		\
	.samples = 16, .span = 900, .drift = -0.031,			\
	.drift_error = 0.008, .distance = 10.8e-3,			\
	.root_delay = 0, .root_dispersion = 1e-3,			\
	.address = IPV4(192, 0, 2, 1), .name = "ntp.example.org"

#define NO_SAMPLE							\
	.offset = NAN, .delay = NAN, .jitter = NAN, .error = NAN,	\
	.why = PEER_WHY_REASON, .span = NAN, .drift = NAN,		\
	.drift_error = NAN, .distance = NAN

static const struct control_server good_server = {
	.version = CONTROL_VERSION, .workers = 2, .counted = 2, .sockets = 4,
	.counters = { .received = 1000, .answered = 990, .unsent = 4,
	    .too_short = 3, .bad_version = 2, .bad_mode = 1,
	    .dropped = 12345 }
};

static const struct control_status good_status = { GOOD_STATUS };
static const struct control_peer good_peer = { GOOD_PEER };
static const struct control_point good_point = {
	.version = CONTROL_VERSION, .number = 7, .ago = 60,
	.synchronized = 1, .offset = 45.2e-6, .likely_bound = 3.21e-3,
	.certain_bound = 4.5e-3, .frequency = -12.345, .truechimers = 3
};
static const struct control_sample good_sample = {
	.version = CONTROL_VERSION, .number = 9, .ago = 59.5,
	.address = IPV4(192, 0, 2, 1), .tally = TALLY_SYSTEM_PEER,
	.offset = -0.045e-3, .delay = 0.1234e-3
};

/*
 * Records that must be refused: COUNT bytes from OFFSET on have VALUE.
 */
struct bad_record {
	const char	*name;
	size_t		 offset;
	int		 value;
	size_t		 count;
	const char	*error;		/* NULL: it is fine */
};

#define SERVER(field)	offsetof(struct control_server, field)

static const struct bad_record server_records[] = {
	{ "unchanged", SERVER(version), 0, 0, NULL },
	{ "version", SERVER(version), 99, 1,
	    "a record of another version" },
	{ "more than all", SERVER(counted), 3, 1,
	    "server counters of more processes than there are" },
	{ "none", SERVER(counted), 0, 1, NULL },
	{ "many sockets", SERVER(sockets), 255, 8, NULL },
};

static void
assert_same_error(const char *name, const char *got, const char *wanted)
{
	if (got == NULL && wanted == NULL)
		return;
	if (got == NULL || wanted == NULL || strcmp(got, wanted) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", name,
		    got == NULL ? "(fine)" : got,
		    wanted == NULL ? "(fine)" : wanted);
}

/* A record of each kind, and what checks it. */
union any_record {
	uint32_t		 version;
	struct control_status	 status;
	struct control_peer	 peer;
	struct control_point	 point;
	struct control_sample	 sample;
};

static const char *
check_status(union any_record *r, const void *data, size_t len)
{
	return record_status(&r->status, data, len);
}

static const char *
check_peer(union any_record *r, const void *data, size_t len)
{
	return record_peer(&r->peer, data, len);
}

static const char *
check_point(union any_record *r, const void *data, size_t len)
{
	return record_point(&r->point, data, len);
}

static const char *
check_sample(union any_record *r, const void *data, size_t len)
{
	return record_sample(&r->sample, data, len);
}

static const struct record_case {
	const char		*what;
	const struct member	*members;
	const void		*good;
	size_t			 len;
	const char		*(*check)(union any_record *, const void *,
				    size_t);
} record_cases[] = {
	{ "a status", record_status_members, &good_status,
	    sizeof(good_status), check_status },
	{ "a peer", record_peer_members, &good_peer, sizeof(good_peer),
	    check_peer },
	{ "a point", record_point_members, &good_point, sizeof(good_point),
	    check_point },
	{ "a sample", record_sample_members, &good_sample,
	    sizeof(good_sample), check_sample }
};

/* C's good record with LEN bytes of VALUE at the member M: is it taken? */
static bool
is_taken(const struct record_case *c, const struct member *m,
    const void *value, size_t len)
{
	union any_record raw, checked;
	const char	*wrong;
	char		 wanted[80];

	memcpy(&raw, c->good, c->len);
	memcpy((char *)&raw + m->offset, value, len);
	wrong = c->check(&checked, &raw, c->len);
	if (wrong == NULL)
		return true;
	snprintf(wanted, sizeof(wanted), "%s with an impossible %s", c->what,
	    m->name);
	assert_string_equal(wrong, wanted);
	return false;
}

/* The least that is above what M may be is refused, and the most is not. */
static void
check_range(const struct record_case *c, const struct member *m)
{
	const uint32_t	 most = m->most, above = most + 1;

	if (most == UINT32_MAX)
		return;
	assert_true(is_taken(c, m, &most, sizeof(most)));
	assert_false(is_taken(c, m, &above, sizeof(above)));
}

/* What is no measurement becomes NAN, and so does a span below 0. */
static void
check_real(const struct record_case *c, const struct member *m)
{
	static const double values[] = { NAN, INFINITY, -INFINITY, 1.1e10,
	    -1.1e10, 1e308, -1, 1, 1e10 };
	union any_record raw, checked;
	double		 got;
	size_t		 i;

	for (i = 0; i < COUNT(values); i++) {
		memcpy(&raw, c->good, c->len);
		memcpy((char *)&raw + m->offset, &values[i], sizeof(double));
		assert_null(c->check(&checked, &raw, c->len));
		got = *(double *)(void *)((char *)&checked + m->offset);
		if (i < 6 || (m->kind == MEMBER_SPAN && values[i] < 0))
			assert_true(isnan(got));
		else
			assert_true(got == values[i]);
	}
}

static void
check_member(const struct record_case *c, const struct member *m)
{
	char		 endless[CONTROL_NAME_LEN];
	const uint8_t	 family = 7;

	memset(endless, 'a', sizeof(endless));
	switch (m->kind) {
	case MEMBER_FLAG:
		assert_int_equal(m->most, 1);
		check_range(c, m);
		break;
	case MEMBER_WORD:
	case MEMBER_COUNT:
	case MEMBER_LOG2:
		check_range(c, m);
		break;
	case MEMBER_REAL:
	case MEMBER_SPAN:
		check_real(c, m);
		break;
	case MEMBER_NAME:
	case MEMBER_TEXT:
		assert_true(is_taken(c, m, endless, sizeof(endless) - 1));
		assert_false(is_taken(c, m, endless, sizeof(endless)));
		break;
	case MEMBER_ADDRESS:
		assert_false(is_taken(c, m, &family, sizeof(family)));
		break;
	case MEMBER_REFID:
	case MEMBER_CODE:
		break;
	}
}

/* Those that agree can be used, those that can be used answer, and so on. */
static void
test_counts(void **state)
{
	static const struct {
		uint32_t	 reachable, usable, truechimers;
		bool		 good;
	} counts[] = {
		{ 4, 4, 4, true }, { 0, 0, 0, true }, { 3, 2, 1, true },
		{ 5, 4, 4, false }, { 3, 4, 3, false }, { 4, 2, 3, false }
	};
	struct control_status st, raw = { GOOD_STATUS };
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(counts); i++) {
		raw.reachable = counts[i].reachable;
		raw.usable = counts[i].usable;
		raw.truechimers = counts[i].truechimers;
		assert_int_equal(record_status(&st, &raw, sizeof(raw)) == NULL,
		    counts[i].good);
	}
}

static void
test_records(void **state)
{
	const struct record_case *c;
	const struct member	*m;
	union any_record	 raw, checked;

	(void)state;
	for (c = record_cases; c < record_cases + COUNT(record_cases); c++) {
		for (m = c->members; m->name != NULL; m++)
			check_member(c, m);
		assert_non_null(c->check(&checked, c->good, c->len - 1));
		assert_non_null(c->check(&checked, c->good, 0));
		memcpy(&raw, c->good, c->len);
		assert_null(c->check(&checked, &raw, c->len));
		raw.version++;
		assert_non_null(c->check(&checked, &raw, c->len));
	}
}

static void
test_server_records(void **state)
{
	const struct bad_record *c;
	struct control_server	 raw, sv;
	size_t			 i;

	(void)state;
	for (i = 0; i < COUNT(server_records); i++) {
		c = &server_records[i];
		raw = good_server;
		memset((char *)&raw + c->offset, c->value, c->count);
		assert_same_error(c->name,
		    record_server(&sv, &raw, sizeof(raw)), c->error);
	}
	assert_non_null(record_server(&sv, &good_server, sizeof(sv) - 1));
	assert_non_null(record_server(&sv, &good_server, 0));

	/* No number is larger than JSON has them. */
	memset(&raw.counters, 255, sizeof(raw.counters));
	assert_null(record_server(&sv, &raw, sizeof(raw)));
	assert_true(sv.sockets == INT64_MAX);
#define COUNTER(name, label, text)					\
	assert_true(sv.counters.name == INT64_MAX);
	COUNTERS
#undef COUNTER

	/* Certificates end in 1970 at the earliest, and in 9999. */
	raw = good_server;
	raw.certificate_until = -1;
	assert_null(record_server(&sv, &raw, sizeof(raw)));
	assert_int_equal(sv.certificate_until, 0);
	raw.certificate_until = INT64_MAX;
	assert_null(record_server(&sv, &raw, sizeof(raw)));
	assert_int_equal(sv.certificate_until, 0);
}

static void
test_end_records(void **state)
{
	struct control_end	 end, raw = { CONTROL_VERSION, 3 };
	uint32_t		 version;

	(void)state;
	assert_null(record_end(&end, &raw, sizeof(raw)));
	assert_int_equal(end.records, 3);
	assert_non_null(record_end(&end, &raw, sizeof(raw) - 1));
	raw.version++;
	assert_non_null(record_end(&end, &raw, sizeof(raw)));
	assert_true(record_version(&version, &raw, sizeof(version)));
	assert_int_equal(version, CONTROL_VERSION + 1);
	assert_false(record_version(&version, &raw, sizeof(version) - 1));
}

static void
test_names(void **state)
{
	struct control_status	 st, raw_st = good_status;
	struct control_peer	 peer, raw_peer = good_peer;

	(void)state;
	strcpy(raw_peer.name, "a b\033[2J\n\177\377z");
	assert_null(record_peer(&peer, &raw_peer, sizeof(raw_peer)));
	assert_string_equal(peer.name, "a?b?[2J???z");
	strcpy(raw_st.system_peer, "\tx\200~!");
	assert_null(record_status(&st, &raw_st, sizeof(raw_st)));
	assert_string_equal(st.system_peer, "?x?~!");
}

static const struct {
	const char	*name;
	uint8_t		 refid[4];
	uint8_t		 stratum;
	const char	*text;
} refids[] = {
	{ "reference clock", { 'G', 'P', 'S', 0 }, 1, ".GPS." },
	{ "four letters", { 'P', 'P', 'S', '2' }, 1, ".PPS2." },
	{ "host", { 192, 0, 2, 255 }, 2, "192.0.2.255" },
	{ "letters of a host", { 'G', 'P', 'S', 0 }, 3, "71.80.83.0" },
	{ "clock without a name", { 0, 0, 0, 0 }, 1, "0.0.0.0" },
	{ "longest", { 255, 255, 255, 255 }, 15, "255.255.255.255" },
};

static void
test_refids(void **state)
{
	char		 text[RECORD_REFID_LEN];
	const char	*p;
	size_t		 i;
	unsigned	 byte;

	(void)state;
	for (i = 0; i < COUNT(refids); i++)
		assert_string_equal(record_refid(refids[i].refid,
		    refids[i].stratum, text), refids[i].text);
	/* Whatever the bytes, it is one word. */
	for (byte = 0; byte < 256; byte++) {
		const uint8_t	 refid[4] = { 'A', (uint8_t)byte, 'B',
				    (uint8_t)byte };

		for (p = record_refid(refid, 1, text); *p != '\0'; p++)
			assert_true(*p > ' ' && *p <= '~');
		assert_true(strlen(text) > 0);
	}
}

static const struct {
	const char		*name;
	struct control_status	 st;
	const char		*text;
} status_cases[] = {
	{ "all is well", { GOOD_STATUS },
	    "     clock:  synchronized to ntp.example.org (192.0.2.1), "
	    "last update 12 s ago\n"
	    "    offset:  45.2 us behind true time, standard error 12.0 us\n"
	    "    likely:  within 3.210 ms, in 99 % of the time\n"
	    "   certain:  within 4.500 ms, if most servers are right\n"
	    " frequency:  corrected by -12.345 ppm, standard error "
	    "0.010 ppm\n"
	    "      leap:  no leap second announced\n"
	    "   stratum:  2, reference id 192.0.2.1\n"
	    "      root:  delay 1.500 ms, dispersion 250.0 us\n"
	    "   servers:  4 configured, 4 answer, 3 agree\n"
	    "   clients:  are given the time\n"
	    "      next:  asks the next server in 34 s\n" },
	{ "just started", {
		.version = CONTROL_VERSION, .leap = LEAP_UNKNOWN,
		.stratum = 16, .next = NEXT_RESOLVE, .peers = 1,
		.why = WHY_NO_ADDRESS,
		.updated_ago = -1, .next_in = 3.5, .frequency = 1.5,
		.frequency_error = 10 },
	    "     clock:  NOT synchronized\n"
	    "       why:  no server's name has an address yet\n"
	    "    offset:  unknown, no measurement yet\n"
	    " frequency:  corrected by +1.500 ppm, standard error "
	    "10.000 ppm\n"
	    "      leap:  unknown\n"
	    "   stratum:  16, that is not synchronized\n"
	    "   servers:  1 configured, 0 answer, 0 agree\n"
	    "   clients:  none, ntpd does not listen\n"
	    "      next:  looks up the servers' names in 3 s\n" },
	{ "the local clock, the last resort", {
		.version = CONTROL_VERSION, .local = CONTROL_LOCAL_SERVED,
		.stratum = 10, .refid = { 127, 127, 1, 1 }, .listening = 1,
		.serving = 1, .why = WHY_NO_SERVERS,
		.next = NEXT_NO_SERVERS, .updated_ago = -1,
		.root_dispersion = 1e-3 },
	    "     clock:  NOT synchronized, the local clock is served as "
	    "stratum 10\n"
	    "       why:  no server is configured, or all are off\n"
	    "    offset:  unknown, no measurement yet\n"
	    " frequency:  corrected by +0.000 ppm, standard error "
	    "0.000 ppm\n"
	    "      leap:  no leap second announced\n"
	    "   stratum:  10, reference id 127.127.1.1\n"
	    "      root:  delay 0 ns, dispersion 1.000 ms\n"
	    "   servers:  0 configured, 0 answer, 0 agree\n"
	    "   clients:  are given the local clock's time\n"
	    "      next:  nothing, no server is configured\n" },
	{ "an orphan that follows", {
		GOOD_STATUS, .synchronized = 0, .stratum = 11,
		.local = CONTROL_LOCAL_FOLLOWS, .why = WHY_ORPHANS,
		.reachable = 1, .usable = 0, .truechimers = 0 },
	    "     clock:  NOT synchronized, follows the local clock of "
	    "ntp.example.org (192.0.2.1), last update 12 s ago\n"
	    "       why:  no server but orphans, of which one is followed\n"
	    "    offset:  45.2 us behind true time, standard error 12.0 us\n"
	    "    likely:  within 3.210 ms, in 99 % of the time\n"
	    "   certain:  within 4.500 ms, if most servers are right\n"
	    " frequency:  corrected by -12.345 ppm, standard error "
	    "0.010 ppm\n"
	    "      leap:  no leap second announced\n"
	    "   stratum:  11, reference id 192.0.2.1\n"
	    "      root:  delay 1.500 ms, dispersion 250.0 us\n"
	    "   servers:  4 configured, 1 answer, 0 can be used, "
	    "0 agree\n"
	    "   clients:  are given the local clock's time\n"
	    "      next:  asks the next server in 34 s\n" },
	{ "servers are gone, clock slews, a second to insert, refused", {
		GOOD_STATUS, .leap = LEAP_INSERT, .next = NEXT_SLEW,
		.next_in = 500, .offset = -2.5, .error = 4e-9,
		.likely_bound = 7,
		.certain_bound = 8, .state = CONTROL_COASTING, .slewing = -500,
		.updated_ago = 8000, .reachable = 0, .usable = 0,
		.truechimers = 0, .refused = 1, .read_only = 1, .listening = 0,
		.budget_left = 12.3, .budget_renewed_in = 7300,
		.system_peer = "", .root_delay = 0.9999999 },
	    "     clock:  coasting, last synchronized to 192.0.2.1, "
	    "last update 2 h ago\n"
	    "     state:  coasting, no server can be used\n"
	    "    offset:  2.500 s ahead of true time, standard error 4 ns\n"
	    "    likely:  within 7.000 s, in 99 % of the time\n"
	    "   certain:  within 8.000 s, if most servers are right\n"
	    " frequency:  corrected by -12.345 ppm, standard error "
	    "0.010 ppm\n"
	    "   slewing:  runs 500.000 ppm slower to remove the offset\n"
	    "      leap:  the month ends with a leap second inserted\n"
	    "   stratum:  2, reference id 192.0.2.1\n"
	    "      root:  delay 1.000 s, dispersion 250.0 us\n"
	    "   servers:  4 configured, 0 answer, 0 agree\n"
	    "   clients:  none, ntpd does not listen\n"
	    "      next:  slews the clock for 8 min more\n"
	    "    budget:  12 s left for fast slews, all of it again in 2 h\n"
	    "   refused:  1 adjustment against the policy, "
	    "the log says why\n"
	    " read-only:  ntpd -x never touches the clock\n" },
	{ "a daemon that knows no numbers", {
		GOOD_STATUS, .leap = LEAP_DELETE, .stratum = 1,
		.refid = { 'P', 'P', 'S', 0 }, .offset = 1, .error = NAN,
		.likely_bound = NAN, .certain_bound = NAN, .frequency = 2,
		.frequency_error = NAN, .root_delay = NAN,
		.root_dispersion = NAN, .updated_ago = 200000, .next_in = NAN,
		.slewing = NAN,
		.refused = 4294967295, .system_address = { 0 },
		.budget_left = 0, .budget_renewed_in = 60 },
	    "     clock:  synchronized to ntp.example.org, "
	    "last update 2 days ago\n"
	    "    offset:  1.000 s behind true time, standard error unknown\n"
	    "    likely:  unknown\n"
	    "   certain:  unknown\n"
	    " frequency:  corrected by +2.000 ppm, standard error unknown\n"
	    "      leap:  the month ends with a second left out\n"
	    "   stratum:  1, reference id .PPS.\n"
	    "      root:  delay unknown, dispersion unknown\n"
	    "   servers:  4 configured, 4 answer, 3 agree\n"
	    "   clients:  are given the time\n"
	    "      next:  asks the next server\n"
	    "    budget:  spent, no slew is faster than 500 ppm for 60 s; "
	    "the log says why\n"
	    "   refused:  4294967295 adjustments against the policy, "
	    "the log says why\n" },
	{ "nor offset, frequency and server", {
		GOOD_STATUS, .offset = NAN, .frequency = NAN,
		.updated_ago = NAN, .next = NEXT_STEP, .slewing = 3,
		.system_address = { 0 }, .system_peer = "" },
	    "     clock:  synchronized\n"
	    "    offset:  unknown, no measurement yet\n"
	    " frequency:  unknown\n"
	    "      leap:  no leap second announced\n"
	    "   stratum:  2, reference id 192.0.2.1\n"
	    "      root:  delay 1.500 ms, dispersion 250.0 us\n"
	    "   servers:  4 configured, 4 answer, 3 agree\n"
	    "   clients:  are given the time\n"
	    "      next:  sets the clock\n" },
};

static void
test_status(void **state)
{
	char		*text;
	size_t		 i, len;
	FILE		*out;

	(void)state;
	for (i = 0; i < COUNT(status_cases); i++) {
		out = open_memstream(&text, &len);
		assert_non_null(out);
		show_status(out, &status_cases[i].st);
		fclose(out);
		if (strcmp(text, status_cases[i].text) != 0)
			fail_msg("%s:\n%s---- not\n%s", status_cases[i].name,
			    text, status_cases[i].text);
		free(text);
	}
}

static const struct {
	enum control_state	 state;
	const char		*line;		/* "": there is none */
	const char		*json;
} state_cases[] = {
	{ CONTROL_STARTING, "", "starting" },
	{ CONTROL_FOLLOWING, "", "following" },
	{ CONTROL_IN_DOUBT, "     state:  in doubt, 1 of 4 servers say "
	    "something else than was expected\n", "in_doubt" },
	{ CONTROL_COASTING, "     state:  coasting, no majority of the "
	    "servers confirms the clock\n", "coasting" },
	{ CONTROL_BEGINNING_AGAIN, "     state:  beginning again, the clock "
	    "has changed\n", "beginning_again" },
};

/* What stands between the lines "clock:" and "offset:". */
static void
test_state(void **state)
{
	struct control_status	 st = { GOOD_STATUS };
	char			*text, *from, *to;
	size_t			 i, len;
	FILE			*out;

	(void)state;
	for (i = 0; i < COUNT(state_cases); i++) {
		out = open_memstream(&text, &len);
		assert_non_null(out);
		st.state = (uint8_t)state_cases[i].state;
		show_status(out, &st);
		fclose(out);
		from = strchr(text, '\n') + 1;
		to = strstr(text, "    offset:");
		assert_non_null(to);
		*to = '\0';
		assert_string_equal(from, state_cases[i].line);
		free(text);
	}
}

/* The line of the status that begins with LABEL, without that. */
static const char *
status_line(const struct control_status *st, const char *label,
    char text[512])
{
	char		*whole, *from;
	size_t		 len;
	FILE		*out = open_memstream(&whole, &len);

	assert_non_null(out);
	show_status(out, st);
	fclose(out);
	from = strstr(whole, label);
	snprintf(text, 512, "%s", from == NULL ? "(none)" :
	    from + strlen(label) + 2);
	text[strcspn(text, "\n")] = '\0';
	free(whole);
	return text;
}

static const struct {
	enum control_next	 next;
	double			 in;
	double			 offset;
	const char		*text;
} next_cases[] = {
	{ NEXT_NO_SERVERS, 1, 0, "nothing, no server is configured" },
	{ NEXT_RESOLVE, NAN, 0, "looks up the servers' names" },
	{ NEXT_FIRST_ANSWERS, 0, 0, "asks the next server in 0 s" },
	{ NEXT_MAJORITY, 119.9, 0, "asks the next server in 119 s" },
	{ NEXT_CONFIRM, 5300, 86400, "corrects the offset in 88 min, if the "
	    "servers stay with it" },
	{ NEXT_CONFIRM, NAN, -86400, "corrects the offset, if the servers "
	    "stay with it" },
	{ NEXT_STEP, 0, 3600, "sets the clock forward by 3600.000 s" },
	{ NEXT_STEP, 0, -0.2, "sets the clock back by 200.000 ms" },
	{ NEXT_SLEW, 7200, 0, "slews the clock for 2 h more" },
	{ NEXT_SLEW, -1, 0, "slews the clock" },
	{ NEXT_POLL, 120, 0, "asks the next server in 2 min" },
	{ NEXT_POLL, -1, 0, "asks the next server" },
	{ NEXT_UNUSABLE, 5, 0, "asks the next server in 5 s" },
};

static void
test_next(void **state)
{
	struct control_status	 st = { GOOD_STATUS };
	char			 text[512];
	size_t			 i;

	(void)state;
	for (i = 0; i < COUNT(next_cases); i++) {
		st.next = (uint8_t)next_cases[i].next;
		st.next_in = next_cases[i].in;
		st.offset = next_cases[i].offset;
		assert_string_equal(status_line(&st, "next:", text),
		    next_cases[i].text);
	}
}

/* One line says why the clock is not synchronized, with the figures. */
static const struct {
	struct control_status	 st;
	const char		*text;
	const char		*json;
} why_cases[] = {
	{ { GOOD_STATUS }, "(none)", NULL },
	{ { GOOD_STATUS, .why = WHY_NO_SERVERS },
	    "no server is configured, or all are off",
	    "no_servers" },
	{ { GOOD_STATUS, .why = WHY_NO_ADDRESS },
	    "no server's name has an address yet", "no_address" },
	{ { GOOD_STATUS, .why = WHY_ORPHANS },
	    "no server but orphans, of which one is followed", "orphans" },
	{ { GOOD_STATUS, .why = WHY_STEPPING, .offset = -30 },
	    "the clock is 30.000 s ahead and is being set", "stepping" },
	{ { GOOD_STATUS, .why = WHY_READ_ONLY, .offset = 0.4 },
	    "the clock is 400.000 ms behind, and ntpd -x leaves it so",
	    "read_only" },
	{ { GOOD_STATUS, .why = WHY_LIMIT, .offset = 30, .step_limit = 1 },
	    "the clock is 30.000 s behind, more than the step limit of 1 s: "
	    "check the servers; if they are right, restart ntpd or raise "
	    "\"step limit\"", "step_limit" },
	{ { GOOD_STATUS, .why = WHY_CONFIRM, .offset = 600, .why_in = 250 },
	    "the clock is 600.000 s behind: corrected if most servers stay "
	    "with it for another 4 min", "confirm" },
	{ { GOOD_STATUS, .why = WHY_CONFIRM, .offset = -600, .why_in = 9,
	    .read_only = 1 },
	    "the clock is 600.000 s ahead: would be corrected if most servers "
	    "stay with it for another 9 s", "confirm" },
	{ { GOOD_STATUS, .why = WHY_OFFSET, .offset = 0.02 },
	    "the clock is 20.000 ms behind, which is being corrected",
	    "offset" },
	{ { GOOD_STATUS, .why = WHY_BOUND, .certain_bound = 30.005 },
	    "the clock may be off by 30.005 s, 3 s is the most", "bound" },
	{ { GOOD_STATUS, .why = WHY_NO_ANSWER },
	    "no server answers, see \"ntpctl -s peers\"", "no_answer" },
	{ { GOOD_STATUS, .why = WHY_UNUSABLE, .reachable = 1 },
	    "1 server answers and cannot be used, \"ntpctl -s peers\" says "
	    "why", "unusable" },
	{ { GOOD_STATUS, .why = WHY_WAITING, .truechimers = 2,
	    .why_in = 24.9 }, "2 servers agree, others are waited for up to "
	    "24 s more", "waiting" },
	{ { GOOD_STATUS, .why = WHY_NO_MAJORITY, .voters = 2, .cluster = 1,
	    .spread = 5 }, "no majority: 2 servers answer, no two of them "
	    "agree, they are up to 5.000 s apart; a third one would decide",
	    "no_majority" },
	{ { GOOD_STATUS, .why = WHY_NO_MAJORITY, .voters = 4, .cluster = 2,
	    .spread = 0.1 }, "no majority: 4 servers answer, no more than 2 "
	    "of them agree, they are up to 100.000 ms apart", "no_majority" },
	{ { GOOD_STATUS, .why = WHY_FEW_ANSWERS, .usable = 2 },
	    "2 servers answer, three answers of each are needed",
	    "few_answers" },
};

static void
test_why(void **state)
{
	struct report		 report = { .parts = SHOW_STATUS };
	char			 text[512], word[80], *json;
	size_t			 i, len;
	FILE			*out;

	(void)state;
	for (i = 0; i < COUNT(why_cases); i++) {
		assert_string_equal(status_line(&why_cases[i].st, "why:",
		    text), why_cases[i].text);
		report.status = why_cases[i].st;
		out = open_memstream(&json, &len);
		assert_non_null(out);
		assert_true(show_json(out, &report));
		fclose(out);
		snprintf(word, sizeof(word), why_cases[i].json == NULL ?
		    "\"why\": null" : "\"why\": \"%s\"", why_cases[i].json);
		assert_non_null(strstr(json, word));
		free(json);
	}
}

/* Clients are given the time only if somebody gives them one. */
static const struct {
	struct control_status	 st;
	const char		*text;
} client_cases[] = {
	{ { GOOD_STATUS }, "are given the time" },
	{ { GOOD_STATUS, .listening = 0, .serving = 0 },
	    "none, ntpd does not listen" },
	{ { GOOD_STATUS, .serving = 0 },
	    "none, no socket could be opened, the log says why" },
	{ { GOOD_STATUS, .synchronized = 0, .why = WHY_NO_ANSWER },
	    "are told that the clock is not synchronized" },
	{ { GOOD_STATUS, .synchronized = 0, .local = CONTROL_LOCAL_SERVED },
	    "are given the local clock's time" },
};

static void
test_what_clients_get(void **state)
{
	char			 text[512];
	size_t			 i;

	(void)state;
	for (i = 0; i < COUNT(client_cases); i++)
		assert_string_equal(status_line(&client_cases[i].st,
		    "clients:", text), client_cases[i].text);
}

#define HEADING								\
	" remote          refid           st when  poll reach    delay"	\
	"   offset   jitter\n"						\
	"============================================================"	\
	"===================\n"

#define PEERS_MOST	6

static const struct {
	const char		*name;
	size_t			 width;
	size_t			 n;
	struct control_peer	 peers[PEERS_MOST];
	const char		*text;
} peers_cases[] = {
	{ "none", 0, 0, { { 0 } }, HEADING },
	{ "each tally", 80, 5, {
		{ GOOD_PEER },
		{ GOOD_PEER, .tally = TALLY_COMBINED, .name = "b",
		    .stratum = 2, .refid = { 192, 0, 2, 7 } },
		{ GOOD_PEER, .tally = TALLY_OUTLIER, .name = "c",
		    .offset = 1e-9, .jitter = -1e-9 },
		{ GOOD_PEER, .tally = TALLY_FALSETICKER, .name = "d",
		    .offset = 3600, .reach = 1 },
		{ GOOD_PEER, .tally = TALLY_UNUSABLE, .name = "e",
		    .stratum = 16, .refid = { 0 }, .reach = 0, .when = -1,
		    NO_SAMPLE, .poll = 10, .received = 0 } },
	    HEADING
	    "*ntp.example.org .GPS.            1   33    64   377    0.123"
	    "   -0.045    0.012\n"
	    "+b               192.0.2.7        2   33    64   377    0.123"
	    "   -0.045    0.012\n"
	    "-c               .GPS.            1   33    64   377    0.123"
	    "    0.000    0.000\n"
	    "xd               .GPS.            1   33    64     1    0.123"
	    " 3600000.000    0.012\n"
	    " e               .INIT.          16    -  1024     0        -"
	    "        -        -\n" },
	{ "a pool, IPv6, no address yet, denied, this machine", 0, 5, {
		{ GOOD_PEER, .name = "pool" },
		{ GOOD_PEER, .tally = TALLY_UNUSABLE, .name = "pool",
		    .address = IPV6_DOC_1, .state = PEER_STATE_DENIED,
		    NO_SAMPLE },
		{ GOOD_PEER, .tally = TALLY_UNUSABLE, .name = "pool",
		    .address = { 0 }, .state = PEER_STATE_RESOLVING, .poll = 4,
		    NO_SAMPLE, .when = -1 },
		{ GOOD_PEER, .tally = TALLY_UNUSABLE, .name = "pool2",
		    .state = PEER_STATE_STARTING, .when = 0 },
		{ GOOD_PEER, .tally = TALLY_UNUSABLE, .name = "me",
		    .state = PEER_STATE_SELF, .received = 0, NO_SAMPLE,
		    .reach = 0, .when = -1 } },
	    HEADING
	    "*192.0.2.1       .GPS.            1   33    64   377    0.123"
	    "   -0.045    0.012\n"
	    " 2001:db8::1     .DENY.           1   33    64   377        -"
	    "        -        -\n"
	    " pool            .DNS.           16    -    16   377        -"
	    "        -        -\n"
	    " pool2           .GPS.            1    0    64   377    0.123"
	    "   -0.045    0.012\n"
	    " me              .SELF.          16    -    64     0        -"
	    "        -        -\n" },
	{ "another line asks it", 0, 1, {
		{ GOOD_PEER, .tally = TALLY_UNUSABLE, .name = "b",
		    .address = { 0 }, .state = PEER_STATE_RESOLVING,
		    .reason = REASON_TAKEN, .received = 0, NO_SAMPLE,
		    .when = -1 } },
	    HEADING
	    " b               .DUP.           16    -    64   377        -"
	    "        -        -\n"
	    "# b cannot be used: another line asks its server already\n" },
	{ "a sensor that is silent", 0, 1, {
		{ GOOD_PEER, .tally = TALLY_UNUSABLE, .name = "pps0",
		    .address = { .family = ADDR_SENSOR },
		    .reason = REASON_SILENT, .received = 0, NO_SAMPLE,
		    .when = -1 } },
	    HEADING
	    " pps0            .INIT.          16    -    64   377        -"
	    "        -        -\n"
	    "# pps0 cannot be used: it says nothing; if it cannot be read, "
	    "the log says why\n" },
	{ "ages", 0, 6, {
		{ GOOD_PEER, .name = "a", .when = 2047.9 },
		{ GOOD_PEER, .name = "b", .when = 2048 },
		{ GOOD_PEER, .name = "c", .when = 18000 },
		{ GOOD_PEER, .name = "d", .when = 345600 },
		{ GOOD_PEER, .name = "e", .when = NAN, .offset = NAN,
		    .delay = NAN, .jitter = NAN },
		{ GOOD_PEER, .name = "", .when = 1e10, .poll = 17 } },
	    HEADING
	    "*a               .GPS.            1 2047    64   377    0.123"
	    "   -0.045    0.012\n"
	    "*b               .GPS.            1  34m    64   377    0.123"
	    "   -0.045    0.012\n"
	    "*c               .GPS.            1   5h    64   377    0.123"
	    "   -0.045    0.012\n"
	    "*d               .GPS.            1   4d    64   377    0.123"
	    "   -0.045    0.012\n"
	    "*e               .GPS.            1    -    64   377        -"
	    "        -        -\n"
	    "*192.0.2.1       .GPS.            1 115740d 131072   377"
	    "    0.123   -0.045    0.012\n" },
	{ "a long name where there is room", 0, 1, {
		{ GOOD_PEER, .name = "a.very.long.name.example.org" } },
	    " remote                       refid           st when  poll "
	    "reach    delay   offset   jitter\n"
	    "============================================================"
	    "================================\n"
	    "*a.very.long.name.example.org .GPS.            1   33    64 "
	    "  377    0.123   -0.045    0.012\n" },
	{ "a long name where there is none", 80, 1, {
		{ GOOD_PEER, .name = "a.very.long.name.example.org" } },
	    " remote           refid           st when  poll reach    delay"
	    "   offset   jitter\n"
	    "============================================================"
	    "====================\n"
	    "*a.very.long.nam~ .GPS.            1   33    64   377    0.123"
	    "   -0.045    0.012\n" },
	{ "a terminal too narrow for anything", 1, 1, {
		{ GOOD_PEER, .name = "a.very.long.name.example.org" } },
	    " remote   refid           st when  poll reach    delay"
	    "   offset   jitter\n"
	    "============================================================"
	    "============\n"
	    "*a.very.~ .GPS.            1   33    64   377    0.123"
	    "   -0.045    0.012\n" },
	{ "one that cannot be used", 0, 1, {
		{ GOOD_PEER, .name = "a.example", .tally = TALLY_UNUSABLE,
		    .reason = REASON_ROOT_DISTANCE } },
	    " remote          refid           st when  poll reach    delay"
	    "   offset   jitter\n"
	    "============================================================"
	    "===================\n"
	    " a.example       .GPS.            1   33    64   377    0.123"
	    "   -0.045    0.012\n"
	    "# a.example cannot be used: its root distance is 3 s or more\n"
	},
	{ "a long name without an address, and no way to another", 80, 2, {
		{ GOOD_PEER, .name = "a.very.long.name.example.org",
		    .tally = TALLY_UNUSABLE, .state = PEER_STATE_RESOLVING,
		    .when = -1, NO_SAMPLE, .reach = 0,
		    .reason = REASON_UNRESOLVED, .detail = EAI_NONAME },
		{ GOOD_PEER, .name = "b", .tally = TALLY_UNUSABLE,
		    .received = 0, .when = -1, NO_SAMPLE, .reach = 0,
		    .reason = REASON_UNSENDABLE, .detail = ENETUNREACH } },
	    " remote           refid           st when  poll reach    delay"
	    "   offset   jitter\n"
	    "============================================================"
	    "====================\n"
	    " a.very.long.nam~ .DNS.           16    -    64     0        -"
	    "        -        -\n"
	    " b                .INIT.          16    -    64     0        -"
	    "        -        -\n"
	    "# a.very.long.name.example.org cannot be used: its name has no "
	    "address: Name or service not known\n"
	    "# b cannot be used: requests to it cannot leave: Network is "
	    "unreachable\n" },
};

static void
test_peers(void **state)
{
	char		*text;
	size_t		 i, len;
	FILE		*out;

	(void)state;
	for (i = 0; i < COUNT(peers_cases); i++) {
		out = open_memstream(&text, &len);
		assert_non_null(out);
		show_peers(out, peers_cases[i].peers, peers_cases[i].n,
		    peers_cases[i].width);
		fclose(out);
		if (strcmp(text, peers_cases[i].text) != 0)
			fail_msg("%s:\n%s---- not\n%s", peers_cases[i].name,
			    text, peers_cases[i].text);
		free(text);
	}
}

static void
test_sensors(void **state)
{
	char		*text;
	size_t		 len;
	FILE		*out = open_memstream(&text, &len);

	struct control_peer peers[2] = {
		{ .name = "ntp.example.com" },
		{ .name = "pps0", .address = { .family = ADDR_SENSOR,
		    .bytes = "PPS" } }
	};

	(void)state;
	assert_non_null(out);
	show_sensors(out, peers, 1, 0);
	fclose(out);
	assert_string_equal(text, "no sensors\n");
	free(text);
	out = open_memstream(&text, &len);
	assert_non_null(out);
	show_sensors(out, peers, 2, 0);
	fclose(out);
	assert_non_null(strstr(text, "pps0 "));
	assert_int_equal(text[strlen(text) - 1], '\n');
	assert_null(strstr(text, peers[0].name));
	free(text);
}

static const struct {
	const char	*name;
	uint32_t	 workers, counted;
	const char	*text;		/* how it begins */
	bool		 more;		/* and goes on with counters */
} server_cases[] = {
	{ "all", 2, 2, "        workers:  2\n        sockets:  4\n"
	    "       received:   1000  datagrams\n"
	    "       answered:    990  with the time\n", true },
	{ "one is silent", 2, 1, "        workers:  2, but 1 did not answer "
	    "and is not counted here\n        sockets:  4\n", true },
	{ "all are silent", 64, 0, "        workers:  64, but 64 did not "
	    "answer and are not counted here\n", false },
	{ "there are none", 0, 0,
	    "        workers:  none, ntpd does not listen\n", false },
};

static const struct control_clients good_clients = {
	.version = CONTROL_VERSION, .workers = 2, .counted = 2, .n = 3,
	.list = {
		{ .addr = { .family = ADDR_IPV4, .bytes = { 192, 0, 2, 7 } },
		    .requests = 4000000000, .refused = 3, .length = 32 },
		{ .addr = { .family = ADDR_IPV6,
		    .bytes = { 0x20, 1, 0xd, 0xb8 } }, .requests = 12,
		    .length = 64 },
		{ .addr = { .family = ADDR_IPV4, .bytes = { 10 } },
		    .requests = 1, .refused = 1, .length = 24 },
	}
};

static void
test_clients(void **state)
{
	static const struct {
		uint32_t	 workers, counted, n;
		const char	*text;
	} list[] = {
		{ 2, 2, 3,
		    "client           requests     refused\n"
		    "192.0.2.7      4000000000           3\n"
		    "2001:db8::/64          12           0\n"
		    "10.0.0.0/24             1           1\n" },
		{ 2, 1, 1, "client       requests     refused\n"
		    "192.0.2.7  4000000000           3\n"
		    "1 of 2 workers did not answer, their clients are "
		    "missing\n" },
		{ 1, 1, 0, "client    requests     refused\n"
		    "nobody has asked\n" },
		{ 0, 0, 0, "client    requests     refused\n"
		    "nobody, ntpd does not listen\n" },
	};
	struct control_clients	 clients = good_clients, checked;
	char			*text;
	size_t			 i, len;
	FILE			*out;

	(void)state;
	for (i = 0; i < COUNT(list); i++) {
		clients.workers = list[i].workers;
		clients.counted = list[i].counted;
		clients.n = list[i].n;
		assert_null(record_clients(&checked, &clients,
		    sizeof(clients)));
		out = open_memstream(&text, &len);
		assert_non_null(out);
		show_clients(out, &checked);
		fclose(out);
		assert_string_equal(text, list[i].text);
		free(text);
	}
}

static void
test_client_records(void **state)
{
	struct control_clients	 raw, checked;

	(void)state;
#define REFUSED(change)							\
	raw = good_clients;						\
	change;								\
	assert_non_null(record_clients(&checked, &raw, sizeof(raw)))

	REFUSED(raw.version++);
	REFUSED(raw.counted = 3);
	REFUSED(raw.n = CLIENTS_SHOWN + 1);
	REFUSED(raw.n = 4);			/* the fourth has no address */
	REFUSED(raw.list[0].length = 33);
	REFUSED(raw.list[1].length = 129);
	REFUSED(raw.list[1].refused = 13);
	REFUSED(raw.list[0].addr.family = 9);
	REFUSED(raw.list[0].addr.unused = 1);
#undef REFUSED
	assert_non_null(record_clients(&checked, &good_clients,
	    sizeof(checked) - 1));
}

static void
test_server(void **state)
{
	struct control_server	 sv = good_server;
	char			*text;
	size_t			 i, len, wanted;
	FILE			*out;

	(void)state;
	for (i = 0; i < COUNT(server_cases); i++) {
		sv.workers = server_cases[i].workers;
		sv.counted = server_cases[i].counted;
		out = open_memstream(&text, &len);
		assert_non_null(out);
		show_server(out, &sv);
		fclose(out);
		wanted = strlen(server_cases[i].text);
		if (strncmp(text, server_cases[i].text, wanted) != 0 ||
		    (len > wanted) != server_cases[i].more)
			fail_msg("%s:\n%s---- not\n%s", server_cases[i].name,
			    text, server_cases[i].text);
		/* Zero or not, each has its line. */
#define COUNTER(counter, title, words)					\
		if (server_cases[i].more && (strstr(text, title ":  ") ==\
		    NULL || strstr(text, "  " words "\n") == NULL))	\
			fail_msg("%s: no %s", server_cases[i].name, title);
		COUNTERS
#undef COUNTER
		free(text);
	}
	sv.certificate_until = 1801296900;
	out = open_memstream(&text, &len);
	assert_non_null(out);
	show_server(out, &sv);
	fclose(out);
	assert_non_null(strstr(text,
	    "    certificate:  of NTS, valid until 2027-01-30T08:15:00Z\n"));
	free(text);
}

static const struct control_peer json_peers[] = {
	{ GOOD_PEER, .trusted = 1, .interleaved = 1,
	    .auth = CONTROL_AUTH_KEY, .part = 1, .key = 42,
	    .algorithm = MAC_AES128, .unauthentic = 3, .keys_age = NAN,
	    .keys_error = "handshake\nfailed",
	    .fault = REASON_NO_MAC },
	{ .version = CONTROL_VERSION, .state = PEER_STATE_RESOLVING,
	    .reason = REASON_STRATUM, .auth = CONTROL_AUTH_NTS,
	    .cookies = 7, .keys_age = 12.4, .aead = 15,
	    .poll = 6, .weight = 10, .when = -1, .next_in = NAN, NO_SAMPLE,
	    .root_delay = NAN, .root_dispersion = INFINITY,
	    .name = "a\"b\\c" },
};

static const char json_all[] =
    "{\n"
    "  \"status\": {\n"
    "    \"synchronized\": true,\n"
    "    \"state\": \"following\",\n"
    "    \"local\": \"off\",\n"
    "    \"system_peer\": \"ntp.example.org\",\n"
    "    \"system_address\": \"192.0.2.1\",\n"
    "    \"updated_ago\": 12.7,\n"
    "    \"offset\": 4.52e-5,\n"
    "    \"error\": 1.2e-5,\n"
    "    \"likely_bound\": 0.00321,\n"
    "    \"certain_bound\": 0.0045,\n"
    "    \"frequency\": -12.345,\n"
    "    \"frequency_error\": 0.01,\n"
    "    \"slewing\": 0.0,\n"
    "    \"leap\": \"none\",\n"
    "    \"stratum\": 2,\n"
    "    \"refid\": \"192.0.2.1\",\n"
    "    \"root_delay\": 0.0015,\n"
    "    \"root_dispersion\": 0.00025,\n"
    "    \"peers\": 4,\n"
    "    \"reachable\": 4,\n"
    "    \"usable\": 4,\n"
    "    \"truechimers\": 3,\n"
    "    \"listening\": true,\n"
    "    \"serving\": true,\n"
    "    \"next\": \"poll\",\n"
    "    \"next_in\": 34.0,\n"
    "    \"refused\": 0,\n"
    "    \"step_back\": 0.0,\n"
    "    \"step_forward\": null,\n"
    "    \"budget_left\": 1000.0,\n"
    "    \"budget_renewed_in\": 0.0,\n"
    "    \"read_only\": false,\n"
    "    \"constraint\": \"none\",\n"
    "    \"constraint_offset\": 0.0,\n"
    "    \"why\": null\n"
    "  },\n"
    "  \"peers\": [\n"
    "    {\n"
    "      \"name\": \"ntp.example.org\",\n"
    "      \"address\": \"192.0.2.1\",\n"
    "      \"tally\": \"system_peer\",\n"
    "      \"state\": \"polling\",\n"
    "      \"reason\": null,\n"
    "      \"detail\": null,\n"
    "      \"stratum\": 1,\n"
    "      \"leap\": \"none\",\n"
    "      \"refid\": \".GPS.\",\n"
    "      \"when\": 33.9,\n"
    "      \"next_in\": 30.0,\n"
    "      \"poll\": 64,\n"
    "      \"reach\": 255,\n"
    "      \"delay\": 0.0001234,\n"
    "      \"offset\": -4.5e-5,\n"
    "      \"jitter\": 1.2e-5,\n"
    "      \"error\": 5e-6,\n"
    "      \"why\": null,\n"
    "      \"samples\": 16,\n"
    "      \"span\": 900.0,\n"
    "      \"drift\": -0.031,\n"
    "      \"drift_error\": 0.008,\n"
    "      \"distance\": 0.0108,\n"
    "      \"root_delay\": 0.0,\n"
    "      \"root_dispersion\": 0.001,\n"
    "      \"weight\": 1,\n"
    "      \"trusted\": true,\n"
    "      \"auth\": \"key\",\n"
    "      \"interleaved\": true,\n"
    "      \"sent\": 20,\n"
    "      \"received\": 19,\n"
    "      \"rejected\": 1\n"
    "    },\n"
    "    {\n"
    "      \"name\": \"a\\\"b\\\\c\",\n"
    "      \"address\": null,\n"
    "      \"tally\": \"unusable\",\n"
    "      \"state\": \"resolving\",\n"
    "      \"reason\": \"stratum\",\n"
    "      \"detail\": null,\n"
    "      \"stratum\": 16,\n"
    "      \"leap\": \"unknown\",\n"
    "      \"refid\": \".DNS.\",\n"
    "      \"when\": null,\n"
    "      \"next_in\": null,\n"
    "      \"poll\": 64,\n"
    "      \"reach\": 0,\n"
    "      \"delay\": null,\n"
    "      \"offset\": null,\n"
    "      \"jitter\": null,\n"
    "      \"error\": null,\n"
    "      \"why\": \"unusable\",\n"
    "      \"samples\": 0,\n"
    "      \"span\": null,\n"
    "      \"drift\": null,\n"
    "      \"drift_error\": null,\n"
    "      \"distance\": null,\n"
    "      \"root_delay\": null,\n"
    "      \"root_dispersion\": null,\n"
    "      \"weight\": 10,\n"
    "      \"trusted\": false,\n"
    "      \"auth\": \"nts\",\n"
    "      \"interleaved\": false,\n"
    "      \"sent\": 0,\n"
    "      \"received\": 0,\n"
    "      \"rejected\": 0\n"
    "    }\n"
    "  ],\n"
    "  \"sensors\": []\n"
    "}\n";

static const char json_auth[] =
    "{\n"
    "  \"auth\": [\n"
    "    {\n"
    "      \"name\": \"ntp.example.org\",\n"
    "      \"address\": \"192.0.2.1\",\n"
    "      \"auth\": \"key\",\n"
    "      \"trusted\": true,\n"
    "      \"part\": true,\n"
    "      \"key\": 42,\n"
    "      \"algorithm\": \"AES128\",\n"
    "      \"cookies\": 0,\n"
    "      \"keys_age\": null,\n"
    "      \"aead\": 0,\n"
    "      \"keys_error\": \"handshake?failed\",\n"
    "      \"unauthentic\": 3,\n"
    "      \"fault\": \"no_mac\"\n"
    "    },\n"
    "    {\n"
    "      \"name\": \"a\\\"b\\\\c\",\n"
    "      \"address\": null,\n"
    "      \"auth\": \"nts\",\n"
    "      \"trusted\": false,\n"
    "      \"part\": false,\n"
    "      \"key\": 0,\n"
    "      \"algorithm\": null,\n"
    "      \"cookies\": 7,\n"
    "      \"keys_age\": 12.4,\n"
    "      \"aead\": 15,\n"
    "      \"keys_error\": null,\n"
    "      \"unauthentic\": 0,\n"
    "      \"fault\": null\n"
    "    }\n"
    "  ]\n"
    "}\n";

static const char text_auth[] =
    "remote          auth           key algorithm part    dropped\n"
    "ntp.example.org key             42 AES128    yes           3\n"
    "a\"b\\c           nts              - AEAD-15   no            0\n"
    "# ntp.example.org: answers were dropped, lastly as its answers are not "
    "authenticated\n"
    "# a\"b\\c: 7 cookies, NTS keys agreed on 12 s ago\n";

/* As JSON after the checks, like all that arrives. */
static char *
json_of(const struct control_status *st, const struct control_peer *peers,
    size_t n, unsigned parts)
{
	struct control_peer	 copy[PEERS_MOST];
	struct report		 report = { .peers = copy, .npeers = n,
				    .parts = parts, .server = good_server };
	char			*text;
	size_t			 i, len;
	FILE			*out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_true(n <= PEERS_MOST);
	assert_null(record_status(&report.status, st, sizeof(*st)));
	for (i = 0; i < n; i++)
		assert_null(record_peer(&copy[i], &peers[i], sizeof(*peers)));
	assert_true(show_json(out, &report));
	fclose(out);
	return text;
}

static void
test_json(void **state)
{
	struct control_status	 st = { .version = CONTROL_VERSION,
				    .stratum = 16, .leap = LEAP_UNKNOWN,
				    .updated_ago = -1, .frequency = NAN,
				    .offset = NAN, .likely_bound = NAN,
				    .certain_bound = NAN };
	json_t			*root, *object;
	char			*text;

	(void)state;
	text = json_of(&good_status, json_peers, 2,
	    SHOW_STATUS | SHOW_PEERS | SHOW_SENSORS);
	assert_string_equal(text, json_all);
	free(text);
	text = json_of(&good_status, json_peers, 0, SHOW_PEERS);
	assert_string_equal(text, "{\n  \"peers\": []\n}\n");
	free(text);
	text = json_of(&good_status, json_peers, 0, SHOW_SENSORS);
	assert_string_equal(text, "{\n  \"sensors\": []\n}\n");
	free(text);

	text = json_of(&good_status, json_peers, 2, SHOW_AUTH);
	assert_string_equal(text, json_auth);
	free(text);

	/* What is not known is null. */
	text = json_of(&st, json_peers, 0, SHOW_STATUS);
	root = json_loads(text, 0, NULL);
	free(text);
	object = json_object_get(root, "status");
	assert_true(json_is_object(object));
	assert_true(json_is_null(json_object_get(object, "offset")));
	assert_true(json_is_null(json_object_get(object, "likely_bound")));
	assert_true(json_is_null(json_object_get(object, "certain_bound")));
	assert_true(json_is_null(json_object_get(object, "updated_ago")));
	assert_true(json_is_null(json_object_get(object, "frequency")));
	assert_true(json_is_null(json_object_get(object, "refid")));
	assert_true(json_is_null(json_object_get(object, "system_peer")));
	assert_true(json_is_null(json_object_get(object, "system_address")));
	json_decref(root);
}

static void
test_auth(void **state)
{
	char		*text = NULL;
	size_t		 len;
	FILE		*out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	show_auth(out, json_peers, 2);
	fclose(out);
	assert_string_equal(text, text_auth);
	free(text);
}

/* A status's KEY is WANTED. */
static void
assert_status_word(const struct control_status *st, const char *key,
    const char *wanted)
{
	char		*text = json_of(st, json_peers, 0, SHOW_STATUS);
	json_t		*root = json_loads(text, 0, NULL);
	json_t		*found = json_object_get(json_object_get(root,
			    "status"), key);

	free(text);
	assert_true(json_is_string(found));
	assert_string_equal(json_string_value(found), wanted);
	json_decref(root);
}

static void
test_json_words(void **state)
{
	static const char *const next[] = {
		[NEXT_NO_SERVERS] = "no_servers", [NEXT_RESOLVE] = "resolve",
		[NEXT_FIRST_ANSWERS] = "first_answers",
		[NEXT_MAJORITY] = "majority", [NEXT_CONFIRM] = "confirm",
		[NEXT_STEP] = "step", [NEXT_SLEW] = "slew",
		[NEXT_POLL] = "poll"
	};
	struct control_status	 st = { GOOD_STATUS };
	size_t			 i;

	(void)state;
	for (i = 0; i < COUNT(state_cases); i++) {
		st.state = (uint8_t)state_cases[i].state;
		assert_status_word(&st, "state", state_cases[i].json);
	}
	for (i = 0; i < COUNT(next); i++) {
		st.next = (uint8_t)i;
		assert_status_word(&st, "next", next[i]);
	}
}

/* The value of KEY in OBJECT is VALUE; null if that is -1. */
static void
assert_count(const json_t *object, const char *key, int64_t value)
{
	const json_t	*found = json_object_get(object, key);

	if (value == -1 ? !json_is_null(found) : !json_is_integer(found) ||
	    json_integer_value(found) != value)
		fail_msg("%s is not %lld", key, (long long)value);
}

static void
test_json_server(void **state)
{
	struct report	 report = { .parts = SHOW_SERVER };
	json_t		*root, *object;
	char		*text;
	size_t		 len;
	FILE		*out;
	int		 counted;

	(void)state;
	for (counted = 0; counted <= 2; counted++) {
		report.server = good_server;
		report.server.counted = (uint32_t)counted;
		report.server.counters.dropped = INT64_MAX;
		out = open_memstream(&text, &len);
		assert_non_null(out);
		assert_true(show_json(out, &report));
		fclose(out);
		root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		free(text);
		object = json_object_get(root, "server");
		assert_count(object, "workers", 2);
		assert_count(object, "counted", counted);
		assert_count(object, "sockets", counted == 0 ? -1 : 4);
#define COUNTER(name, label, text)					\
		assert_count(object, #name, counted == 0 ? -1 :		\
		    (int64_t)report.server.counters.name);
		COUNTERS
#undef COUNTER
		json_decref(root);
	}
}

static uint32_t
random_next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Overwrite some bytes of the LEN at DATA. */
static void
spoil(void *data, size_t len, uint32_t *seed)
{
	uint32_t	 n = random_next(seed) % 8;

	for (; n > 0; n--)
		((uint8_t *)data)[random_next(seed) % len] =
		    (uint8_t)random_next(seed);
}

/*
 * Nine words in each line but those that give a reason, and nothing that a
 * terminal would act upon.
 */
static void
check_table(const char *text)
{
	size_t		 words = 0, lines = 0;
	const char	*p;

	for (p = text; *p != '\0'; p++) {
		if (words == 0 && *p == '#')
			p = strchr(p, '\n') + 1;
		if (*p == '\0')
			break;
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
		if (*p > ' ' && (p[1] == ' ' || p[1] == '\n'))
			words++;
		if (*p != '\n')
			continue;
		assert_int_equal(words, lines == 1 ? 1 : 9);
		words = 0;
		lines++;
	}
}

/* Whatever record passes the checks can be shown in every form. */
static void
test_any_record_can_be_shown(void **state)
{
	struct control_status	 st, raw_st;
	struct control_peer	 peer, raw_peer;
	struct control_server	 sv, raw_sv;
	uint32_t		 seed = 20260401;
	unsigned		 i, shown = 0;
	json_t			*root;
	size_t			 len;
	char			*text;
	FILE			*out;

	(void)state;
	for (i = 0; i < 20000; i++) {
		raw_st = good_status;
		raw_peer = good_peer;
		spoil(&raw_st, sizeof(raw_st), &seed);
		raw_sv = good_server;
		spoil(&raw_peer, sizeof(raw_peer), &seed);
		spoil(&raw_sv, sizeof(raw_sv), &seed);
		if (record_status(&st, &raw_st, sizeof(st)) != NULL ||
		    record_peer(&peer, &raw_peer, sizeof(peer)) != NULL ||
		    record_server(&sv, &raw_sv, sizeof(sv)) != NULL)
			continue;
		shown++;
		out = open_memstream(&text, &len);
		assert_non_null(out);
		show_peers(out, &peer, 1, random_next(&seed) % 100);
		fflush(out);
		check_table(text);
		show_status(out, &st);
		show_server(out, &sv);
		fclose(out);
		assert_int_equal(strspn(text, "\n !\"#$%&'()*+,-./0123456789"
		    ":;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
		    "abcdefghijklmnopqrstuvwxyz{|}~"), len);
		free(text);
		text = json_of(&st, &peer, 1, SHOW_ALL);
		root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(root);
		json_decref(root);
		free(text);
	}
	assert_true(shown > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_server_records),
		cmocka_unit_test(test_end_records),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_refids),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_what_clients_get),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_sensors),
		cmocka_unit_test(test_server),
		cmocka_unit_test(test_clients),
		cmocka_unit_test(test_client_records),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_auth),
		cmocka_unit_test(test_json_words),
		cmocka_unit_test(test_json_server),
		cmocka_unit_test(test_any_record_can_be_shown),
	};

	return cmocka_run_group_tests_name("ntpctl", tests, NULL, NULL);
}
