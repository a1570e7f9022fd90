/*
 * The packet tests: each by a case of its own, at its boundary; and that of a
 * packet which does not answer our request nothing else is looked at.
 */
#include <math.h>
#include <string.h>

#include "ntpd/engine/check.h"
#include "regress/unit/unit.h"

#define SECOND		(1ULL << 32)
#define COOKIE		0x0123456789abcdefULL
#define COOKIE2		0xfedcba9876543210ULL
#define RECEIVED	0xecff748040000000ULL	/* 2026 */
#define PRECISION	1e-6
#define SHORT(s)	((uint32_t)((s) * 65536))

static const uint8_t own[4] = { 203, 0, 113, 9 };

/* An answer that passes all tests, and the exchange that it completes. */
struct answer {
	struct request	 asked;
	struct ntp_packet pkt;
	struct legs	 legs;
};

static const struct answer fine = {
	.asked = { .transmit = { COOKIE } },
	.pkt = {
		.leap = LEAP_NONE, .version = 4, .mode = NTP_MODE_SERVER,
		.stratum = 2, .poll = 6, .precision = -23,
		.root_delay = SHORT(0.01), .root_dispersion = SHORT(0.02),
		.refid = { 192, 0, 2, 1 },
		.reference = { RECEIVED - 60 * SECOND },
		.origin = { COOKIE },
		.receive = { RECEIVED },
		.transmit = { RECEIVED + SECOND / 1000 }
	},
	.legs = { .out = 0.005, .back = 0.015, .precision = PRECISION }
};

static enum check
judge(const struct answer *a)
{
	return check_answer(&a->pkt, &a->asked, &a->legs, own);
}

/*
 * Each case is one change to an answer that is fine.  SET is a statement, so
 * that a case can name any field.
 */
#define CASES								\
CASE("nothing wrong", ;, CHECK_OK)					\
									\
CASE("mode 3, a request", a.pkt.mode = NTP_MODE_CLIENT, CHECK_MODE)	\
CASE("mode 1", a.pkt.mode = NTP_MODE_ACTIVE, CHECK_MODE)		\
CASE("mode 2", a.pkt.mode = NTP_MODE_PASSIVE, CHECK_MODE)		\
CASE("mode 5", a.pkt.mode = NTP_MODE_BROADCAST, CHECK_MODE)		\
CASE("mode 6", a.pkt.mode = NTP_MODE_CONTROL, CHECK_MODE)		\
CASE("mode 7", a.pkt.mode = NTP_MODE_PRIVATE, CHECK_MODE)		\
CASE("mode 0", a.pkt.mode = NTP_MODE_RESERVED, CHECK_MODE)		\
									\
CASE("origin zero", a.pkt.origin.value = 0, CHECK_ORIGIN)		\
CASE("origin off by one", a.pkt.origin.value++, CHECK_ORIGIN)		\
CASE("origin's first bit", a.pkt.origin.value ^= 1ULL << 63,		\
    CHECK_ORIGIN)							\
CASE("origin is our time", a.pkt.origin = a.pkt.receive, CHECK_ORIGIN)	\
									\
CASE("version 3", a.pkt.version = 3, CHECK_OK)				\
CASE("version 2", a.pkt.version = 2, CHECK_VERSION)			\
CASE("version 1", a.pkt.version = 1, CHECK_VERSION)			\
CASE("version 5", a.pkt.version = 5, CHECK_VERSION)			\
									\
CASE("kiss", a.pkt.stratum = 0, CHECK_KISS)				\
CASE("kiss from one not synchronized",					\
    (a.pkt.stratum = 0, a.pkt.leap = LEAP_UNKNOWN), CHECK_KISS)	\
CASE("kiss with all else zero",						\
    (a.pkt.stratum = 0, a.pkt.receive.value = 0,			\
    a.pkt.transmit.value = 0, a.pkt.reference.value = 0), CHECK_KISS)	\
									\
CASE("a second to be inserted", a.pkt.leap = LEAP_INSERT, CHECK_OK)	\
CASE("a second to be deleted", a.pkt.leap = LEAP_DELETE, CHECK_OK)	\
CASE("leap 3", a.pkt.leap = LEAP_UNKNOWN, CHECK_UNSYNCHRONIZED)	\
CASE("stratum 1", a.pkt.stratum = 1, CHECK_OK)				\
CASE("stratum 15", a.pkt.stratum = 15, CHECK_OK)			\
CASE("stratum 16", a.pkt.stratum = 16, CHECK_UNSYNCHRONIZED)		\
CASE("stratum 17", a.pkt.stratum = 17, CHECK_UNSYNCHRONIZED)		\
CASE("stratum 255", a.pkt.stratum = 255, CHECK_UNSYNCHRONIZED)		\
									\
CASE("receive zero", a.pkt.receive.value = 0, CHECK_TIMESTAMPS)	\
CASE("receive zero, at the start of an era",				\
    (a.pkt.reference.value = 0 - 60 * SECOND,				\
    a.pkt.receive.value = 0, a.pkt.transmit.value = SECOND / 1000),	\
    CHECK_TIMESTAMPS)							\
CASE("transmit zero, at the end of one",				\
    (a.pkt.reference.value = 0 - 60 * SECOND,				\
    a.pkt.receive.value = 0 - SECOND / 1000, a.pkt.transmit.value = 0),	\
    CHECK_TIMESTAMPS)							\
CASE("transmit zero", a.pkt.transmit.value = 0, CHECK_TIMESTAMPS)	\
CASE("sent when received", a.pkt.transmit = a.pkt.receive, CHECK_OK)	\
CASE("sent before it was received",					\
    a.pkt.transmit.value = a.pkt.receive.value - 1, CHECK_TIMESTAMPS)	\
CASE("over the end of the era",						\
    (a.pkt.reference.value = 0 - 60 * SECOND,				\
    a.pkt.receive.value = 0 - SECOND / 2,				\
    a.pkt.transmit.value = SECOND / 2), CHECK_OK)			\
CASE("back over the end of the era",					\
    (a.pkt.reference.value = 0 - 60 * SECOND,				\
    a.pkt.receive.value = SECOND / 2,					\
    a.pkt.transmit.value = 0 - SECOND / 2), CHECK_TIMESTAMPS)		\
									\
CASE("root dispersion just below 3 s, no delay",			\
    (a.pkt.root_delay = 0, a.pkt.root_dispersion = SHORT(3) - 1,	\
    a.legs.out = a.legs.back = 0),					\
    CHECK_OK)								\
CASE("root dispersion 3 s",						\
    (a.pkt.root_delay = 0, a.pkt.root_dispersion = SHORT(3)),		\
    CHECK_ROOT_DISTANCE)						\
CASE("root delay just below 6 s, no delay",				\
    (a.pkt.root_delay = SHORT(6) - 1, a.pkt.root_dispersion = 0,	\
    a.legs.out = a.legs.back = 0), CHECK_OK)				\
CASE("root delay 6 s",							\
    (a.pkt.root_delay = SHORT(6), a.pkt.root_dispersion = 0),		\
    CHECK_ROOT_DISTANCE)						\
CASE("half of each",							\
    (a.pkt.root_delay = SHORT(3), a.pkt.root_dispersion = SHORT(3) / 2), \
    CHECK_ROOT_DISTANCE)						\
CASE("a third of each, and of the way to it",				\
    (a.pkt.root_delay = SHORT(2), a.pkt.root_dispersion = SHORT(1),	\
    a.legs.out = a.legs.back = 1), CHECK_ROOT_DISTANCE)			\
CASE("the most of both",						\
    (a.pkt.root_delay = UINT32_MAX, a.pkt.root_dispersion = UINT32_MAX), \
    CHECK_ROOT_DISTANCE)						\
									\
CASE("updated when it answered", a.pkt.reference = a.pkt.transmit,	\
    CHECK_OK)								\
CASE("updated after it answered",					\
    a.pkt.reference.value = a.pkt.transmit.value + 1, CHECK_REFERENCE)	\
CASE("updated a year ago",						\
    a.pkt.reference.value = RECEIVED - 31557600 * SECOND, CHECK_OK)	\
									\
CASE("it follows us", memcpy(a.pkt.refid, own, 4), CHECK_LOOP)		\
CASE("it almost follows us",						\
    (memcpy(a.pkt.refid, own, 4), a.pkt.refid[3]++), CHECK_OK)		\
CASE("a stratum 1's clock is called like us",				\
    (memcpy(a.pkt.refid, own, 4), a.pkt.stratum = 1), CHECK_OK)	\
									\
CASE("no delay at all", a.legs.out = a.legs.back = 0, CHECK_OK)		\
CASE("far off, but near", (a.legs.out = 1e6, a.legs.back = -1e6 + 0.01), \
    CHECK_OK)								\
CASE("negative within precision",					\
    (a.legs.out = 0.5, a.legs.back = -0.5 - PRECISION / 2), CHECK_OK)	\
CASE("negative beyond that",						\
    (a.legs.out = 0.5, a.legs.back = -0.5 - PRECISION * 2), CHECK_DELAY) \
CASE("4 s", (a.legs.out = 1, a.legs.back = 3), CHECK_OK)		\
CASE("more than 4 s", (a.legs.out = 1, a.legs.back = 3.001), CHECK_DELAY) \
CASE("a day", (a.legs.out = 0, a.legs.back = 86400), CHECK_DELAY)	\
CASE("NaN", a.legs.out = NAN, CHECK_DELAY)				\
CASE("infinite", a.legs.back = INFINITY, CHECK_DELAY)			\
CASE("-infinite", a.legs.out = -INFINITY, CHECK_DELAY)			\
CASE("4 s in the server",						\
    a.pkt.transmit.value = RECEIVED + 4 * SECOND, CHECK_OK)		\
CASE("more than 4 s in the server",					\
    a.pkt.transmit.value = RECEIVED + 4 * SECOND + 1, CHECK_DELAY)

static void
each_test(void **arg)
{
	struct answer	 a;
	enum check	 check;

	(void)arg;
#define CASE(name, set, want)						\
	a = fine;							\
	set;								\
	if ((check = judge(&a)) != (want))				\
		fail_msg("%s: %d", (name), (int)check);
	CASES
#undef CASE
}

/* Make the answer wrong in every way that comes after way number N. */
static void
spoil(struct answer *a, size_t n)
{
	switch (n) {
	case 0:
		a->pkt.version = 2;
		/* FALLTHROUGH */
	case 1:
		a->pkt.leap = LEAP_UNKNOWN;
		/* FALLTHROUGH */
	case 2:
		a->pkt.receive.value = 0;
		/* FALLTHROUGH */
	case 3:
		a->pkt.root_delay = a->pkt.root_dispersion = UINT32_MAX;
		/* FALLTHROUGH */
	case 4:
		a->pkt.reference.value = a->pkt.transmit.value + SECOND;
		/* FALLTHROUGH */
	case 5:
		memcpy(a->pkt.refid, own, sizeof(own));
		/* FALLTHROUGH */
	case 6:
		a->legs.out = NAN;
	}
}

/* Of an answer that is wrong in several ways, the first test speaks. */
static void
order_of_tests(void **arg)
{
	static const enum check want[] = {
		CHECK_VERSION, CHECK_UNSYNCHRONIZED, CHECK_TIMESTAMPS,
		CHECK_ROOT_DISTANCE, CHECK_REFERENCE, CHECK_LOOP, CHECK_DELAY,
		CHECK_OK
	};
	struct answer	 a;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(want); i++) {
		a = fine;
		spoil(&a, i);
		assert_int_equal(judge(&a), want[i]);
	}
}

/* Not our origin: no matter what else it says, it did not come. */
static void
a_wrong_origin_hides_all_else(void **arg)
{
	struct answer	 a;
	unsigned	 stratum, version, leap;
	enum check	 check;
	size_t		 i;

	(void)arg;
	for (i = 0; i <= 7; i++)
		for (stratum = 0; stratum <= 17; stratum++)
			for (version = 0; version <= 7; version++)
				for (leap = 0; leap <= 3; leap++) {
					a = fine;
					spoil(&a, i);
					a.pkt.stratum = (uint8_t)stratum;
					a.pkt.version = (uint8_t)version;
					a.pkt.leap = (uint8_t)leap;
					a.pkt.origin.value ^= 1 + i;
					check = judge(&a);
					assert_int_equal(check, CHECK_ORIGIN);
				}
}

/* Whoever does not know the cookie cannot silence a server (RFC 5905 7.4). */
static void
a_forged_kiss_is_none(void **arg)
{
	struct answer	 a = fine;

	(void)arg;
	a.pkt.stratum = 0;
	memcpy(a.pkt.refid, "DENY", 4);
	a.pkt.origin.value = 0;
	assert_int_equal(judge(&a), CHECK_ORIGIN);
	a.pkt.origin = fine.pkt.transmit;
	assert_int_equal(judge(&a), CHECK_ORIGIN);
}

/* CVE-2015-8138: zero never is our cookie, even if it were. */
static void
a_zero_cookie_matches_nothing(void **arg)
{
	struct answer	 a = fine;

	(void)arg;
	a.pkt.origin.value = 0;
	a.asked.transmit.value = 0;
	assert_int_equal(judge(&a), CHECK_ORIGIN);
}

/*
 * The same in interleaved mode: asked a minute after the answer that ORIGIN
 * belongs to, and told when that left.
 */
static struct answer
interleaved(void)
{
	struct answer	 a = fine;

	a.asked.receive.value = COOKIE2;
	a.asked.origin.value = RECEIVED;
	a.pkt.origin.value = COOKIE2;
	a.pkt.receive.value = RECEIVED + 64 * SECOND;
	a.pkt.reference.value = RECEIVED + 32 * SECOND;
	return a;
}

#define INTERLEAVED_CASES						\
CASE("nothing wrong", ;, CHECK_OK)					\
CASE("basic after all", (a.pkt.origin.value = COOKIE,			\
    a.pkt.transmit.value = a.pkt.receive.value + 1,			\
    a.pkt.reference.value = RECEIVED), CHECK_OK)			\
CASE("neither", a.pkt.origin.value = COOKIE2 ^ COOKIE, CHECK_ORIGIN)	\
CASE("the server's own", a.pkt.origin.value = RECEIVED, CHECK_ORIGIN)	\
CASE("zero", a.pkt.origin.value = 0, CHECK_ORIGIN)			\
CASE("not asked for in this mode", a.asked.receive.value = 0,		\
    CHECK_ORIGIN)							\
CASE("not asked for, and zero", (a.asked.receive.value = 0,		\
    a.pkt.origin.value = 0), CHECK_ORIGIN)				\
CASE("a kiss", a.pkt.stratum = 0, CHECK_KISS)				\
CASE("left when it came", a.pkt.transmit.value = RECEIVED, CHECK_OK)	\
CASE("left before it came", a.pkt.transmit.value = RECEIVED - 1,	\
    CHECK_TIMESTAMPS)							\
CASE("left after the next one came",					\
    a.pkt.transmit.value = a.pkt.receive.value + 1, CHECK_TIMESTAMPS)	\
CASE("basic mode's, too late for this one", (a.pkt.transmit.value =	\
    a.pkt.receive.value - 1), CHECK_DELAY)				\
CASE("4 s in the server",						\
    a.pkt.transmit.value = RECEIVED + 4 * SECOND, CHECK_OK)		\
CASE("more than 4 s in the server",					\
    a.pkt.transmit.value = RECEIVED + 4 * SECOND + 1, CHECK_DELAY)	\
CASE("receive zero", a.pkt.receive.value = 0, CHECK_TIMESTAMPS)	\
CASE("transmit zero", a.pkt.transmit.value = 0, CHECK_TIMESTAMPS)	\
CASE("updated while it answered",					\
    a.pkt.reference.value = RECEIVED + 65 * SECOND, CHECK_OK)		\
CASE("updated after it answered",					\
    a.pkt.reference.value = RECEIVED + 69 * SECOND, CHECK_REFERENCE)	\
CASE("a negative round trip", a.legs.out = -1, CHECK_DELAY)

static void
each_interleaved_test(void **arg)
{
	struct answer	 a;
	enum check	 check;

	(void)arg;
#define CASE(name, set, want)						\
	a = interleaved();						\
	set;								\
	if ((check = judge(&a)) != (want))				\
		fail_msg("%s: %d", (name), (int)check);
	INTERLEAVED_CASES
#undef CASE
	a = interleaved();
	assert_true(check_interleaved(&a.pkt, &a.asked));
	a.pkt.origin.value = COOKIE;
	assert_false(check_interleaved(&a.pkt, &a.asked));
}

/* A reason is given for what only the server can have sent. */
static void
reasons(void **arg)
{
	enum check	 a, b;

	(void)arg;
	for (a = CHECK_OK; a <= CHECK_LOOP; a++) {
		assert_int_equal(check_reason(a) == REASON_NONE,
		    a == CHECK_OK || a == CHECK_KISS || a == CHECK_MODE ||
		    a == CHECK_ORIGIN);
		for (b = CHECK_OK; b < a; b++)
			assert_true(check_reason(a) == REASON_NONE ||
			    check_reason(a) != check_reason(b));
	}
}

/* Each of them has a sentence of its own. */
static void
reasons_differ(void **arg)
{
#define ONE(...)	+ 1
	enum reason	 a, b;

	(void)arg;
	for (a = REASON_NONE; a < 0 REASONS(ONE); a++)
		for (b = REASON_NONE; b < a; b++)
			assert_string_not_equal(reason_text(a),
			    reason_text(b));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_test),
		cmocka_unit_test(order_of_tests),
		cmocka_unit_test(a_wrong_origin_hides_all_else),
		cmocka_unit_test(a_forged_kiss_is_none),
		cmocka_unit_test(a_zero_cookie_matches_nothing),
		cmocka_unit_test(each_interleaved_test),
		cmocka_unit_test(reasons),
		cmocka_unit_test(reasons_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
