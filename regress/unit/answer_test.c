/*
 * What the server tells a client, byte by byte.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/ntp.h"
#include "common/ntptime.h"
#include "ntpd/server/answer.h"
#include "regress/unit/unit.h"

/* 2026-01-01 00:00:00 UTC as a timestamp's seconds: 0xecff7480. */
#define REFERENCE	((struct ntptime){ 0xecff748000000000 })
#define RECEIVE		((struct ntptime){ 0xecff748040000000 })
#define TRANSMIT	((struct ntptime){ 0xecff748040001234 })

static const struct snapshot good = {
	.leap = LEAP_INSERT,
	.stratum = 2,
	.precision = -23,
	.refid = { 192, 0, 2, 1 },
	.root_delay = 0.5,
	.root_dispersion = 0.25,
	.dispersion_rate = 0,
	.reference = { 0xecff748000000000 },
};

/* All of a header that a server has a use for is its first byte and these. */
static size_t
make_request(uint8_t *buf, size_t len, uint8_t first, uint8_t poll)
{
	memset(buf, 0xa5, len);
	if (len > 0)
		buf[0] = first;
	if (len > 2)
		buf[2] = poll;
	if (len >= NTP_HEADER_LEN)
		memcpy(buf + 40, "\1\2\3\4\5\6\7\10", 8);
	return len;
}

#define RECEIVE_TRANSMIT						\
	1, 2, 3, 4, 5, 6, 7, 8,						\
	0xec, 0xff, 0x74, 0x80, 0x40, 0x00, 0x00, 0x00,			\
	0xec, 0xff, 0x74, 0x80, 0x40, 0x00, 0x12, 0x34
#define SYNCHRONIZED(first, poll)					\
	first, 2, poll, 0xe9, 0, 0, 0x80, 0, 0, 0, 0x40, 0,		\
	192, 0, 2, 1, 0xec, 0xff, 0x74, 0x80, 0, 0, 0, 0,		\
	RECEIVE_TRANSMIT

static const struct {
	const char	*name;
	uint8_t		 first;		/* leap, version, mode */
	uint8_t		 poll;
	size_t		 len;
	size_t		 answered;
	uint8_t		 answer[NTP_HEADER_LEN];
} requests[] = {
	{ "version 4", 0x23, 6, 48, 48, { SYNCHRONIZED(0x64, 6) } },
	{ "version 3", 0x1b, 10, 48, 48, { SYNCHRONIZED(0x5c, 10) } },
	{ "version 2", 0x13, 6, 48, 48, { SYNCHRONIZED(0x54, 6) } },
	{ "version 1", 0x0b, 6, 48, 48, { SYNCHRONIZED(0x4c, 6) } },
	{ "an unsynchronized client", 0xe3, 6, 48, 48,
	    { SYNCHRONIZED(0x64, 6) } },
	{ "poll 0, as SNTP sends it", 0x23, 0, 48, 48,
	    { SYNCHRONIZED(0x64, 0) } },
	{ "poll 17, the most there is", 0x23, 17, 48, 48,
	    { SYNCHRONIZED(0x64, 17) } },
	{ "poll above that", 0x23, 127, 48, 48, { SYNCHRONIZED(0x64, 17) } },
	{ "poll below zero", 0x23, 0x80, 48, 48, { SYNCHRONIZED(0x64, 0) } },
	{ "a MAC", 0x23, 6, 68, 48, { SYNCHRONIZED(0x64, 6) } },
	{ "an extension field", 0x23, 6, 76, 48, { SYNCHRONIZED(0x64, 6) } },
	{ "rubbish behind the header", 0x23, 6, 49, 48,
	    { SYNCHRONIZED(0x64, 6) } },
	{ "more than any NTP packet", 0x23, 6, 2000, 48,
	    { SYNCHRONIZED(0x64, 6) } },
	{ "nothing", 0x23, 6, 0, 0, { 0 } },
	{ "one byte", 0x23, 6, 1, 0, { 0 } },
	{ "one byte too few", 0x23, 6, 47, 0, { 0 } },
	{ "version 0", 0x03, 6, 48, 0, { 0 } },
	{ "version 5", 0x2b, 6, 48, 0, { 0 } },
	{ "version 7", 0x3b, 6, 48, 0, { 0 } },
	{ "mode 0, reserved", 0x20, 6, 48, 0, { 0 } },
	{ "mode 1, symmetric active", 0x21, 6, 48, 0, { 0 } },
	{ "mode 2, symmetric passive", 0x22, 6, 48, 0, { 0 } },
	{ "mode 4, another server", 0x24, 6, 48, 0, { 0 } },
	{ "mode 5, broadcast", 0x25, 6, 48, 0, { 0 } },
	{ "mode 6, control", 0x26, 6, 48, 0, { 0 } },
	{ "mode 7, private", 0x27, 6, 48, 0, { 0 } },
};

/* Bytes in, bytes out: how many of ANSWER were written. */
static size_t
answer_request(const struct answer_source *src, const uint8_t *request,
    size_t len, struct ntptime receive, struct ntptime transmit,
    uint8_t answer[NTP_HEADER_LEN])
{
	struct ntp_packet asked;

	if (answer_read(&asked, request, len) != REQUEST_FINE)
		return 0;
	answer_write(src, &asked,
	    &(struct answer_times){ receive, transmit, { 0 } }, answer);
	return NTP_HEADER_LEN;
}

static void
test_requests(void **state)
{
	struct answer_source src;
	uint8_t		 request[2000], answer[NTP_HEADER_LEN];
	size_t		 i, len;

	(void)state;
	assert_true(answer_source_set(&src, &good));
	for (i = 0; i < COUNT(requests); i++) {
		print_message("# %s\n", requests[i].name);
		len = make_request(request, requests[i].len, requests[i].first,
		    requests[i].poll);
		memset(answer, 0, sizeof(answer));
		assert_int_equal(answer_request(&src, request, len, RECEIVE,
		    TRANSMIT, answer), requests[i].answered);
		/* Where there is none, nothing is written, either. */
		assert_memory_equal(answer, requests[i].answer,
		    sizeof(answer));
	}
}

static const uint8_t unsynchronized[NTP_HEADER_LEN] = {
	0xe4, 0, 6, 0xe9, 0, 0, 0, 0, 0, 16, 0, 0,
	'I', 'N', 'I', 'T', 0, 0, 0, 0, 0, 0, 0, 0,
	RECEIVE_TRANSMIT
};

static void
assert_unsynchronized(const struct answer_source *src, struct ntptime transmit,
    int8_t precision)
{
	uint8_t	 request[NTP_HEADER_LEN], answer[NTP_HEADER_LEN];
	uint8_t	 expected[NTP_HEADER_LEN];

	make_request(request, sizeof(request), 0x23, 6);
	memcpy(expected, unsynchronized, sizeof(expected));
	expected[3] = (uint8_t)precision;
	assert_int_equal(answer_request(src, request, sizeof(request),
	    RECEIVE, transmit, answer), NTP_HEADER_LEN);
	/* The times are not what this is about. */
	assert_memory_equal(answer, expected, 32);
}

static void
test_no_snapshot(void **state)
{
	struct answer_source src;

	(void)state;
	answer_source_none(&src);
	assert_unsynchronized(&src, TRANSMIT, -20);
}

/* Sets one field of a snapshot to a value. */
#define SET(field, value)						\
	static void set_##field(struct snapshot *s, double v)		\
	{ s->field = value; }
SET(leap, (uint8_t)v)
SET(stratum, (uint8_t)v)
SET(precision, (int8_t)v)
SET(root_delay, v)
SET(root_dispersion, v)
SET(dispersion_rate, v)
SET(reference, (struct ntptime){ (uint64_t)v })

static const struct {
	const char	*name;
	void		(*set)(struct snapshot *, double);
	double		 value;
	bool		 valid;
	bool		 synchronized;
} snapshots[] = {
	{ "leap 0",		set_leap, 0, true, true },
	{ "leap 2",		set_leap, 2, true, true },
	{ "leap 3: unsynchronized", set_leap, 3, true, false },
	{ "leap 4",		set_leap, 4, false, false },
	{ "stratum 0",		set_stratum, 0, false, false },
	{ "stratum 1",		set_stratum, 1, true, true },
	{ "stratum 15",		set_stratum, 15, true, true },
	{ "stratum 16: unsynchronized", set_stratum, 16, true, false },
	{ "stratum 17",		set_stratum, 17, false, false },
	{ "precision 1 s",	set_precision, 0, true, true },
	{ "precision 2 s",	set_precision, 1, false, false },
	{ "precision 2^-32 s",	set_precision, -32, true, true },
	{ "precision 2^-33 s",	set_precision, -33, false, false },
	{ "no root delay",	set_root_delay, 0, true, true },
	{ "root delay 16 s",	set_root_delay, 16, true, true },
	{ "root delay above",	set_root_delay, 16.001, false, false },
	{ "root delay < 0",	set_root_delay, -1e-9, false, false },
	{ "root delay NaN",	set_root_delay, NAN, false, false },
	{ "dispersion 0",	set_root_dispersion, 0, true, true },
	{ "dispersion 15.9 s",	set_root_dispersion, 15.9, true, true },
	{ "dispersion 16 s",	set_root_dispersion, 16, true, false },
	{ "dispersion 1e300 s",	set_root_dispersion, 1e300, true, false },
	{ "dispersion infinite", set_root_dispersion, INFINITY, true, false },
	{ "dispersion < 0",	set_root_dispersion, -1, false, false },
	{ "dispersion NaN",	set_root_dispersion, NAN, false, false },
	{ "rate 15 ppm",	set_dispersion_rate, 15e-6, true, true },
	{ "rate 1e-300",	set_dispersion_rate, 1e-300, true, true },
	{ "rate 1",		set_dispersion_rate, 1, true, true },
	{ "rate above",		set_dispersion_rate, 1.1, false, false },
	{ "rate < 0",		set_dispersion_rate, -1e-6, false, false },
	{ "rate NaN",		set_dispersion_rate, NAN, false, false },
	{ "no reference time",	set_reference, 0, false, false },
};

static void
test_snapshots(void **state)
{
	struct answer_source src;
	struct snapshot	 snap;
	uint8_t		 request[NTP_HEADER_LEN], answer[NTP_HEADER_LEN];
	size_t		 i;

	(void)state;
	make_request(request, sizeof(request), 0x23, 6);
	for (i = 0; i < COUNT(snapshots); i++) {
		print_message("# %s\n", snapshots[i].name);
		snap = good;
		snapshots[i].set(&snap, snapshots[i].value);
		/* What was there before must not shine through. */
		assert_true(answer_source_set(&src, &good));
		assert_true(answer_source_set(&src, &snap) ==
		    snapshots[i].valid);
		assert_int_equal(answer_request(&src, request,
		    sizeof(request), RECEIVE, TRANSMIT, answer),
		    NTP_HEADER_LEN);
		assert_true((answer[1] != 0) == snapshots[i].synchronized);
		assert_true((answer[0] >> 6 != LEAP_UNKNOWN) ==
		    snapshots[i].synchronized);
		if (!snapshots[i].valid)
			assert_unsynchronized(&src, TRANSMIT, -20);
	}
}

static const struct {
	const char	*name;
	double		 dispersion, rate;	/* of the snapshot */
	double		 age;			/* s after the reference */
	uint32_t	 expected;		/* short format; 0: too old */
} growths[] = {
	{ "none at the reference", 0.25, 15e-6, 0, 0x4000 },
	{ "rounded up", 0.25, 15e-6, 1e-6, 0x4001 },
	{ "15 ppm for 1000 s", 0.25, 15e-6, 1000, 0x4000 + 984 },
	{ "rate 1 for a second", 0.25, 1, 1, 0x14000 },
	{ "rate 0 for 30 years", 0.25, 0, 9.5e8, 0x4000 },
	{ "just below 16 s", 1, 1, 14.999, 0xffff0 - 0x31 },
	{ "16 s", 1, 1, 15, 0 },
	{ "above 16 s", 0.25, 15e-6, 1.1e6, 0 },
	{ "long after", 0.25, 15e-6, 2e9, 0 },
	{ "the clock was set back", 0.25, 15e-6, -0.001, 0 },
	{ "by a year", 0.25, 15e-6, -3e7, 0 },
};

static void
test_dispersion(void **state)
{
	struct answer_source src;
	struct snapshot	 snap = good;
	struct ntptime	 transmit;
	struct ntp_packet pkt;
	uint8_t		 request[NTP_HEADER_LEN], answer[NTP_HEADER_LEN];
	size_t		 i;

	(void)state;
	make_request(request, sizeof(request), 0x23, 6);
	for (i = 0; i < COUNT(growths); i++) {
		print_message("# %s\n", growths[i].name);
		snap.root_dispersion = growths[i].dispersion;
		snap.dispersion_rate = growths[i].rate;
		assert_true(answer_source_set(&src, &snap));
		transmit = ntptime_add(REFERENCE, growths[i].age);
		if (growths[i].expected == 0) {
			assert_unsynchronized(&src, transmit, -23);
			continue;
		}
		answer_request(&src, request, sizeof(request), transmit,
		    transmit, answer);
		assert_int_equal(ntp_decode(&pkt, answer, sizeof(answer)),
		    NTP_OK);
		assert_int_equal(pkt.stratum, 2);
		assert_int_equal(pkt.root_dispersion, growths[i].expected);
	}
}

/* Timestamps begin anew in 2036: age and order must not. */
static void
test_era(void **state)
{
	struct answer_source src;
	struct snapshot	 snap = good;
	struct ntp_packet pkt;
	uint8_t		 request[NTP_HEADER_LEN], answer[NTP_HEADER_LEN];

	(void)state;
	snap.reference.value = 0xffffffff00000000;
	snap.dispersion_rate = 0.5;
	assert_true(answer_source_set(&src, &snap));
	make_request(request, sizeof(request), 0x23, 6);
	answer_request(&src, request, sizeof(request),
	    (struct ntptime){ 0xffffffff80000000 },
	    (struct ntptime){ 0x0000000100000000 }, answer);
	assert_int_equal(ntp_decode(&pkt, answer, sizeof(answer)), NTP_OK);
	assert_int_equal(pkt.stratum, 2);
	assert_int_equal(pkt.root_dispersion, 0x4000 + 0x10000);
	assert_true(pkt.receive.value == 0xffffffff80000000);
}

/* The clock was set back between the request's arrival and its answer. */
static void
test_receive_after_transmit(void **state)
{
	struct answer_source src;
	struct ntp_packet pkt;
	uint8_t		 request[NTP_HEADER_LEN], answer[NTP_HEADER_LEN];

	(void)state;
	assert_true(answer_source_set(&src, &good));
	make_request(request, sizeof(request), 0x23, 6);
	answer_request(&src, request, sizeof(request), TRANSMIT, RECEIVE,
	    answer);
	assert_int_equal(ntp_decode(&pkt, answer, sizeof(answer)), NTP_OK);
	assert_true(ntptime_equal(pkt.receive, RECEIVE));
	assert_true(ntptime_equal(pkt.transmit, RECEIVE));
}

/*
 * In interleaved mode: the time of the answer before, and as origin what the
 * request has as receive timestamp.  All else is as it would be.
 */
static void
test_interleaved(void **state)
{
	struct answer_source src;
	struct ntp_packet asked, basic, pkt;
	struct ntptime	 before = ntptime_add(TRANSMIT, -64);
	uint8_t		 request[NTP_HEADER_LEN], answer[NTP_HEADER_LEN];

	(void)state;
	assert_true(answer_source_set(&src, &good));
	make_request(request, sizeof(request), 0x23, 6);
	answer_request(&src, request, sizeof(request), RECEIVE, TRANSMIT,
	    answer);
	assert_int_equal(ntp_decode(&basic, answer, sizeof(answer)), NTP_OK);
	assert_int_equal(answer_read(&asked, request, sizeof(request)),
	    REQUEST_FINE);
	answer_write(&src, &asked,
	    &(struct answer_times){ RECEIVE, TRANSMIT, before }, answer);
	assert_int_equal(ntp_decode(&pkt, answer, sizeof(answer)), NTP_OK);
	assert_true(ntptime_equal(pkt.origin, asked.receive));
	assert_true(ntptime_equal(pkt.transmit, before));
	/* Though that was before the reference time. */
	assert_int_equal(pkt.stratum, 2);
	basic.origin = pkt.origin;
	basic.transmit = pkt.transmit;
	ntp_encode(&basic, request);
	assert_memory_equal(answer, request, sizeof(answer));
}

/*
 * Whatever comes: an answer is not longer than its request, has mode 4, the
 * request's version and, as origin, its transmit timestamp; and it depends on
 * nothing but the arguments.
 */
static void
test_any_request(void **state)
{
	struct answer_source src;
	struct snapshot	 snap = good;
	uint8_t		 request[256], answer[NTP_HEADER_LEN];
	uint8_t		 again[NTP_HEADER_LEN];
	size_t		 len, got, k;
	int		 i, answers = 0;

	(void)state;
	srandom(1);
	snap.dispersion_rate = 15e-6;
	assert_true(answer_source_set(&src, &snap));
	for (i = 0; i < 100000; i++) {
		len = (size_t)random() % sizeof(request);
		for (k = 0; k < len; k++)
			request[k] = (uint8_t)random();
		got = answer_request(&src, request, len, RECEIVE, TRANSMIT,
		    answer);
		if (got == 0) {
			assert_true(len < NTP_HEADER_LEN ||
			    (request[0] & 7) != NTP_MODE_CLIENT ||
			    (request[0] >> 3 & 7) < 1 ||
			    (request[0] >> 3 & 7) > 4);
			continue;
		}
		answers++;
		assert_int_equal(got, NTP_HEADER_LEN);
		assert_true(got <= len);
		assert_int_equal(answer[0] & 7, NTP_MODE_SERVER);
		assert_int_equal(answer[0] & 0x38, request[0] & 0x38);
		assert_memory_equal(answer + 24, request + 40, 8);
		assert_int_equal(answer_request(&src, request, len, RECEIVE,
		    TRANSMIT, again), got);
		assert_memory_equal(answer, again, sizeof(answer));
	}
	assert_true(answers > 1000);
}

/* A kiss asks for no less than the client does, and has only its own time. */
static void
test_kiss(void **state)
{
	static const struct {
		int8_t		 asked, limit, told;
	} polls[] = {
		{ 6, 3, 6 }, { 3, 6, 6 }, { -128, 0, 0 }, { 127, 3, POLL_MOST }
	};
	struct ntp_packet asked = { .version = 3, .mode = NTP_MODE_CLIENT,
	    .transmit = { 0x1234567890abcdef } }, told;
	uint8_t		 answer[NTP_HEADER_LEN];
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(polls) / sizeof(polls[0]); i++) {
		asked.poll = polls[i].asked;
		answer_kiss(&asked, polls[i].limit, answer);
		assert_int_equal(ntp_decode(&told, answer, sizeof(answer)),
		    NTP_OK);
		assert_int_equal(told.leap, LEAP_UNKNOWN);
		assert_int_equal(told.version, 3);
		assert_int_equal(told.mode, NTP_MODE_SERVER);
		assert_int_equal(answer[1], 0);		/* stratum */
		assert_memory_equal(told.refid, "RATE", 4);
		assert_int_equal(told.poll, polls[i].told);
		assert_true(told.origin.value == asked.transmit.value);
		assert_true(told.receive.value == asked.transmit.value);
		assert_true(told.transmit.value == asked.transmit.value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_no_snapshot),
		cmocka_unit_test(test_snapshots),
		cmocka_unit_test(test_dispersion),
		cmocka_unit_test(test_era),
		cmocka_unit_test(test_receive_after_transmit),
		cmocka_unit_test(test_interleaved),
		cmocka_unit_test(test_any_request),
		cmocka_unit_test(test_kiss),
	};

	return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
