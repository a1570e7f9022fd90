/*
 * What devices say, the good and the impossible; how the system's clock goes
 * with the one that nobody adjusts; and from many readings to one sample.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/ns.h"
#include "common/ntp.h"
#include "ntpd/sensor/pps.h"
#include "ntpd/sensor/ptp.h"
#include "ntpd/sensor/relation.h"
#include "ntpd/sensor/shm.h"
#include "ntpd/sensor/sock.h"
#include "ntpd/sync/window.h"
#include "regress/unit/paths.h"
#include "regress/unit/unit.h"

#define NOW	1790000000LL	/* s since 1970 */

/* ---- SOCK ---- */

/* As gpsd on x86_64 sends it. */
struct datagram {
	int64_t		 sec, usec;
	double		 offset;
	int32_t		 pulse, leap, pad, magic;
};

#define MAGIC	0x534f434b

static const struct {
	const char	*name;
	struct datagram	 d;
	bool		 good;
	int64_t		 truth;		/* ns, after NOW */
} datagrams[] = {
	{ "it is right", { NOW, 0, 0, 0, 0, 0, MAGIC }, true, 0 },
	{ "half a second late", { NOW, 250000, .5, 0, 1, 0, MAGIC }, true,
	    750000000 },
	{ "from 1970", { 0, 0, NOW, 0, 0, 0, MAGIC }, true, 0 },
	/* As chronyd has it: system's minus true, of whatever second. */
	{ "a pulse, the clock is ahead", { NOW, 10, .00001, 1, 0, 0, MAGIC },
	    true, 0 },
	{ "a pulse, the clock is late", { NOW, 999990, -.00001, 1, 0, 0,
	    MAGIC }, true, NS_PER_S },
	{ "a pulse, and many seconds", { NOW, 999990, 7.99999, 1, 0, 0,
	    MAGIC }, true, 0 },
	{ "magic", { NOW, 0, 0, 0, 0, 0, MAGIC + 1 }, false, 0 },
	{ "NaN", { NOW, 0, NAN, 0, 0, 0, MAGIC }, false, 0 },
	{ "infinite", { NOW, 0, -INFINITY, 0, 0, 0, MAGIC }, false, 0 },
	{ "huge", { NOW, 0, 1e300, 0, 0, 0, MAGIC }, false, 0 },
	{ "before this was written", { NOW, 0, -NOW, 0, 0, 0, MAGIC }, false,
	    0 },
	{ "after 2093", { NOW, 0, 2147483648, 0, 0, 0, MAGIC }, false, 0 },
	{ "negative microseconds", { NOW, -1, 0, 0, 0, 0, MAGIC }, false, 0 },
	{ "a million of them", { NOW, 1000000, 0, 0, 0, 0, MAGIC }, false, 0 },
	{ "negative seconds", { -1, 0, 0, 0, 0, 0, MAGIC }, false, 0 },
	{ "largest", { INT64_MAX, 0, 0, 1, 0, 0, MAGIC }, false, 0 },
	{ "least", { INT64_MIN, 0, 0, 1, 0, 0, MAGIC }, false, 0 },
	{ "not synchronized", { NOW, 0, 0, 0, 3, 0, MAGIC }, false, 0 },
	{ "negative leap", { NOW, 0, 0, 0, -1, 0, MAGIC }, false, 0 },
	{ "a pulse, NaN", { NOW, 0, NAN, 1, 0, 0, MAGIC }, false, 0 },
};

static void
sock(void **state)
{
	struct reading	 r;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(datagrams); i++) {
		print_message("# %s\n", datagrams[i].name);
		assert_int_equal(sock_decode(&r, &datagrams[i].d,
		    sizeof(datagrams[i].d)), datagrams[i].good);
		if (!datagrams[i].good)
			continue;
		assert_int_equal(r.truth, NOW * NS_PER_S + datagrams[i].truth);
		assert_int_equal(r.pulse, datagrams[i].d.pulse);
		assert_int_equal(r.leap, datagrams[i].d.leap);
	}
	assert_false(sock_decode(&r, &datagrams[0].d, 39));
	assert_false(sock_decode(&r, &datagrams[0].d, 0));
}

/* Machines with times of 32 bits. */
static void
sock_short(void **state)
{
	const struct {
		int32_t		 sec, usec;
		int32_t		 offset[2];
		int32_t		 pulse, leap, pad, magic;
	} d = { NOW, 5, { 0, 0x3fe00000 }, 0, 2, 0, MAGIC };	/* .5 */
	struct reading	 r;

	(void)state;
	assert_true(sock_decode(&r, &d, sizeof(d)));
	assert_int_equal(r.at, NOW * NS_PER_S + 5000);
	assert_int_equal(r.truth, NOW * NS_PER_S + 500005000);
	assert_int_equal(r.leap, LEAP_DELETE);
}

/* ---- SHM ---- */

static const struct shm_segment good = {
	.mode = 1, .count = 2, .clock_sec = NOW, .clock_usec = 1,
	.receive_sec = NOW, .receive_usec = 999999, .precision = -20,
	.valid = 1, .clock_nsec = 1234, .receive_nsec = 999999000
};

static void
shm(void **state)
{
	struct shm_segment s = good;
	struct reading	 r;

	(void)state;
	assert_true(shm_decode(&r, &s));
	assert_int_equal(r.truth, NOW * NS_PER_S + 1234);
	assert_int_equal(r.at, NOW * NS_PER_S + 999999000);
	assert_true(fabs(r.error - 0x1p-20) < 1e-12);
	s.clock_nsec = 77;		/* of another microsecond */
	assert_true(shm_decode(&r, &s));
	assert_int_equal(r.truth, NOW * NS_PER_S + 1000);
	s.precision = INT32_MIN;
	assert_true(shm_decode(&r, &s) && r.error > 0);
}

static void
shm_impossible(void **state)
{
	struct reading	 r;
	struct shm_segment s;

	(void)state;
#define REFUSED(member, value)						\
	s = good;							\
	s.member = value;						\
	assert_false(shm_decode(&r, &s))
	REFUSED(valid, 0);
	REFUSED(leap, 3);
	REFUSED(leap, -1);
	REFUSED(leap, 4);
	REFUSED(precision, 1);
	REFUSED(precision, INT32_MAX);
	REFUSED(clock_sec, 0);
	REFUSED(clock_sec, INT64_MAX);
	REFUSED(clock_usec, -1);
	REFUSED(clock_usec, 1000000);
	REFUSED(receive_sec, -1);
	REFUSED(receive_sec, INT64_MAX);
	REFUSED(receive_usec, INT32_MIN);
	REFUSED(receive_usec, 1000000);
#undef REFUSED
}

/* ---- PPS ---- */

static void
pps(void **state)
{
	struct pps_kinfo info = {
		.assert_sequence = 7, .clear_sequence = 7,
		.assert_tu = { NOW, 12345, 0 },
		.clear_tu = { NOW, 600000000, 0 }
	};
	struct pps	 p = { .known = false };
	struct reading	 r;

	(void)state;
	/* How old the first one is, nobody knows. */
	assert_false(pps_decode(&p, &r, &info, false));
	assert_false(pps_decode(&p, &r, &info, false));
	info.assert_sequence++;
	assert_true(pps_decode(&p, &r, &info, false));
	assert_int_equal(r.at, NOW * NS_PER_S + 12345);
	assert_int_equal(r.truth, NOW * NS_PER_S);
	assert_true(r.pulse);
	assert_false(pps_decode(&p, &r, &info, false));
	info.clear_sequence += 2;
	assert_true(pps_decode(&p, &r, &info, true));
	assert_int_equal(r.truth, (NOW + 1) * NS_PER_S);
	info.assert_sequence = 0;
	info.assert_tu.nsec = -1;
	assert_false(pps_decode(&p, &r, &info, false));
	info.assert_sequence = UINT32_MAX;
	info.assert_tu = (struct pps_ktime){ INT64_MAX, 0, 0 };
	assert_false(pps_decode(&p, &r, &info, false));
}

/* ---- PTP ---- */

#define AT(ns)	{ NOW, (ns), 0 }

static void
ptp(void **state)
{
	struct ptp_triple t[4] = {
		{ AT(1000), AT(500), AT(9000) },
		{ AT(20000), AT(777), AT(20600) },	/* the quickest */
		{ AT(30000), AT(999), AT(29000) },	/* backwards */
		{ { -1, 0, 0 }, AT(1), AT(1) }
	};
	struct reading	 r;

	(void)state;
	assert_true(ptp_decode(&r, t, 4));
	assert_int_equal(r.at, NOW * NS_PER_S + 20300);
	assert_int_equal(r.truth, NOW * NS_PER_S + 777);
	assert_true(r.error >= 300e-9 && r.error < 2e-6);
	assert_false(ptp_decode(&r, t + 2, 2));
	assert_false(ptp_decode(&r, t, 0));
	t[0].device.nsec = NS_PER_S;
	assert_false(ptp_decode(&r, t, 1));
}

/* TAI: by the kernel, or as long as that knows nothing by the list. */
static void
tai(void **state)
{
	static const struct {
		int64_t		 truth, kernel, ahead, utc;	/* s; 0: none */
	} cases[] = {
		{ NOW + 37, 37, 37, NOW },
		{ NOW + 37, 37, 0, NOW },
		{ NOW + 37, 0, 37, NOW },
		{ NOW + 37, 0, 0, 0 },
		{ NOW + 36, 0, 37, 0 },		/* before its last line */
		{ NOW + 1037, 0, 37, 0 },	/* it ends then */
		{ NOW + 1036, 0, 37, NOW + 999 },
		{ NOW + 1037, 37, 37, NOW + 1000 },
		{ 37, 0, 37, 0 },		/* a card that nobody set */
		{ -1000000, 0, 37, 0 }
	};
	struct sensor_tai list = { .from = NOW, .until = NOW + 1000 };
	int64_t		 truth;
	size_t		 i;
	bool		 known;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		list.ahead = cases[i].ahead;
		truth = cases[i].truth * NS_PER_S;
		known = ptp_to_utc(&truth, cases[i].kernel, &list);
		if (known != (cases[i].utc != 0) ||
		    (known && truth != cases[i].utc * NS_PER_S))
			fail_msg("case %zu: %lld", i, (long long)truth);
	}
}

/* ---- both clocks ---- */

/* Look every 0.1 s for a while, the system's clock gaining RATE. */
static struct clock_pair
follow(struct relation *rel, struct clock_pair from, double rate, int looks)
{
	struct clock_pair c = from;

	for (; looks > 0; looks--) {
		c.raw += NS_PER_S / 10;
		c.real += (int64_t)(NS_PER_S / 10 * (1 + rate));
		relation_look(rel, &c);
	}
	return c;
}

static void
related(void **state)
{
	struct relation	 rel = { .looks = 0 };
	struct clock_pair c = { NOW * NS_PER_S, 5 * NS_PER_S };
	int64_t		 raw;

	(void)state;
	relation_look(&rel, &c);
	assert_false(relation_find(&rel, c.real, &raw));
	/* Slewed as fast as it ever is, a moment ago is known to 1 us. */
	c = follow(&rel, c, 0.1, 10);
	assert_true(relation_find(&rel, c.real - 55000000, &raw));
	assert_true(llabs(raw - (c.raw - 50000000)) < 1000);
	assert_true(relation_find(&rel, c.real, &raw));
	assert_int_equal(raw, c.raw);
	assert_false(relation_find(&rel, c.real + NS_PER_S, &raw));
	assert_false(relation_find(&rel, c.real - 5 * NS_PER_S, &raw));
	assert_false(relation_find(&rel, INT64_MIN + NS_PER_S, &raw));
}

static void
set(void **state)
{
	static const int64_t steps[] = { NS_PER_S / 20, -NS_PER_S / 20,
	    NS_PER_S * 100000, -NS_PER_S * 100000 };
	struct relation	 rel;
	struct clock_pair c;
	int64_t		 raw;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(steps); i++) {
		rel = (struct relation){ .looks = 0 };
		c = (struct clock_pair){ NOW * NS_PER_S, 0 };
		c = follow(&rel, c, 0, 5);
		c.real += steps[i];
		c = follow(&rel, c, 0, 5);
		/* Devices may still go by the old one. */
		assert_false(relation_find(&rel, c.real, &raw));
		c = follow(&rel, c, 0, 20);
		assert_true(relation_find(&rel, c.real, &raw));
		assert_int_equal(raw, c.raw);
		assert_false(relation_find(&rel, c.real - 3 * NS_PER_S, &raw));
	}
}

/* It was set back again and again, by so little that each goes unnoticed. */
static void
set_often(void **state)
{
	struct relation	 rel = { .looks = 0 };
	struct clock_pair c = { NOW * NS_PER_S, 0 };
	int64_t		 raw;
	int		 i;

	(void)state;
	for (i = 0; i < 6; i++) {
		c.raw += NS_PER_S / 100;
		c.real -= NS_PER_S / 1000;
		relation_look(&rel, &c);
	}
	assert_false(relation_find(&rel, c.real - NS_PER_S / 10, &raw));
	c = follow(&rel, c, 0, 20);
	assert_true(relation_find(&rel, c.real, &raw));
	assert_int_equal(raw, c.raw);
}

/* ---- windows ---- */

static struct rng rng;

/* N readings in SECONDS of an oscillator 50 ppm fast, NOISE s of noise. */
static void
fill(struct window *w, size_t n, double seconds, double noise)
{
	double		 at;
	size_t		 i;

	for (i = 0; i < n; i++) {
		at = 100 + seconds * (double)i / (double)n;
		window_add(w, at, 3 - 50e-6 * at + noise * rng_normal(&rng),
		    1e-3);
	}
}

static double
off(const struct sample *s)
{
	return s->offset - (3 - 50e-6 * s->when);
}

static void
thinned(void **state)
{
	struct window	 w = { .n = 0 };
	struct sample	 s;
	double		 square = 0, stated = 0;
	int		 i;

	(void)state;
	assert_false(window_close(&w, &s));
	for (i = 0; i < 500; i++) {
		fill(&w, 16, 16, 1e-6);
		assert_true(window_close(&w, &s));
		assert_true(sample_is_possible(&s));
		assert_true(fabs(sample_distance(&s) - 1e-3) < 1e-5);
		square += off(&s) * off(&s);
		stated += s.precision * s.precision / 12;
	}
	/* 16 readings are four times as good as one, and it says so. */
	assert_true(sqrt(square / 500) < 0.3e-6);
	assert_true(stated > 0.8 * square && stated < 2 * square);
}

/*
 * A receiver finds out the date: for half of a window it was twenty years off.
 * What that teaches of its noise is soon forgotten, early or late.
 */
static void
date_found(void **state)
{
	struct window	 w;
	struct sample	 s;
	int		 before, i, n;

	(void)state;
	for (before = 0; before <= 50; before += 50) {
		memset(&w, 0, sizeof(w));
		for (i = 0; i < before; i++) {
			fill(&w, 16, 16, 1e-4);
			assert_true(window_close(&w, &s));
		}
		for (n = 0; n < 16; n++)
			window_add(&w, 100 + n, n < 8 ? -619315200 : 3, 1e-3);
		assert_true(window_close(&w, &s));
		for (i = 0; i < 4; i++) {
			fill(&w, 16, 16, 1e-4);
			assert_true(window_close(&w, &s));
		}
		assert_true(fabs(off(&s)) < 1e-4);
		assert_true(s.precision < 0.01);
	}
}

static void
one_apart(void **state)
{
	struct window	 w = { .n = 0 };
	struct sample	 s;

	(void)state;
	fill(&w, 8, 8, 1e-6);
	window_add(&w, 108, 4000, 0);
	window_add(&w, 109, -1e300, 0);
	window_add(&w, NAN, 0, 0);
	window_add(&w, 109, INFINITY, 0);
	window_add(&w, 109, 0, NAN);
	assert_true(window_close(&w, &s));
	assert_true(fabs(off(&s)) < 3e-6);
}

static void
flooded(void **state)
{
	struct window	 w = { .n = 0 };
	struct sample	 s;

	(void)state;
	fill(&w, 100000, 16, 1e-6);
	assert_int_equal(w.n, WINDOW_MOST);
	assert_true(window_close(&w, &s));
	assert_true(fabs(off(&s)) < 1e-6);
	/* One alone counts as what is known of its kind. */
	fill(&w, 1, 1, 1e-6);
	assert_true(window_close(&w, &s));
	assert_true(s.precision / sqrt(12) > 0.5e-6 &&
	    s.precision / sqrt(12) < 3e-6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sock), cmocka_unit_test(sock_short),
		cmocka_unit_test(shm), cmocka_unit_test(shm_impossible),
		cmocka_unit_test(pps), cmocka_unit_test(ptp),
		cmocka_unit_test(tai),
		cmocka_unit_test(related), cmocka_unit_test(set),
		cmocka_unit_test(set_often),
		cmocka_unit_test(thinned), cmocka_unit_test(one_apart),
		cmocka_unit_test(flooded), cmocka_unit_test(date_found)
	};

	rng_seed(&rng, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
