/*
 * Reading the clocks: the real ones, between readings of our own; and ones
 * made up here that are slow, coarse, stepped, slewed and interrupted.
 */
#include <sys/syscall.h>

#include <math.h>
#include <time.h>
#include <unistd.h>

#include "common/leap.h"
#include "common/ns.h"
#include "common/ntptime.h"
#include "ntpd/engine/clocks.h"
#include "regress/unit/unit.h"

#define BASE		1800000000000000000LL	/* REALTIME - RAW at first */

/* The clocks made up here. */
static struct {
	bool		 used;		/* else the machine's own are read */
	int64_t		 raw;		/* ns */
	int64_t		 cost;		/* ns, of a reading */
	int64_t		 grain;		/* ns, of what is read */
	int64_t		 step;		/* ns, REALTIME was stepped by */
	int64_t		 tai;		/* ns, TAI is ahead of REALTIME */
	double		 rate;		/* s/s, REALTIME gains */
	int		 calls;
	int		 stall_at;	/* this call is interrupted ... */
	int64_t		 stall;		/* ... for that long, ns */
} fake;

/* Replaces the C library's. */
int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int64_t		 ns;

	if (!fake.used)
		return (int)syscall(SYS_clock_gettime, id, ts);
	fake.raw += fake.cost;
	if (fake.calls++ == fake.stall_at)
		fake.raw += fake.stall;
	ns = fake.raw;
	if (id == CLOCK_REALTIME || id == CLOCK_TAI)
		ns += BASE + fake.step + (id == CLOCK_TAI ? fake.tai : 0) +
		    (int64_t)((double)fake.raw * fake.rate);
	else
		assert_int_equal(id, CLOCK_MONOTONIC_RAW);
	ns -= ns % fake.grain;
	ts->tv_sec = ns / NS_PER_S;
	ts->tv_nsec = (long)(ns % NS_PER_S);
	return 0;
}

static int
made_up(void **arg)
{
	(void)arg;
	fake.used = true;
	fake.raw = 5000 * NS_PER_S;
	fake.cost = 50;
	fake.grain = 1;
	fake.step = 0;
	fake.tai = 37 * NS_PER_S;
	fake.rate = 0;
	fake.calls = 0;
	fake.stall_at = -1;
	fake.stall = 0;
	return 0;
}

static int
real_again(void **arg)
{
	(void)arg;
	fake.used = false;
	return 0;
}

static int64_t
real_ns(clockid_t id)
{
	struct timespec	 ts;

	assert_int_equal(syscall(SYS_clock_gettime, id, &ts), 0);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* REALTIME is oscillator time and what it is ahead, since the start. */
static void
assert_consistent(const struct clocks *c, const struct reading *r)
{
	double		 since = (double)(r->real - c->base - c->start) * 1e-9;

	if (fabs(r->now + r->ahead - since) > 5e-9)
		fail_msg("%.9f + %.9f is not %.9f", r->now, r->ahead, since);
}

static void
the_real_clocks(void **arg)
{
	struct clocks	 c;
	struct reading	 r;
	int64_t		 raw, real, end;
	double		 last = 0;
	int		 i;

	(void)arg;
	raw = real_ns(CLOCK_MONOTONIC_RAW);
	clocks_init(&c);
	assert_true(c.start >= raw);
	assert_true(c.start <= real_ns(CLOCK_MONOTONIC_RAW));
	assert_true(c.rate == 0);
	for (i = 0; i < 100; i++) {
		raw = real_ns(CLOCK_MONOTONIC_RAW);
		real = real_ns(CLOCK_REALTIME);
		r = clocks_read(&c);
		assert_true(r.real >= real);
		assert_true(r.real <= real_ns(CLOCK_REALTIME));
		end = real_ns(CLOCK_MONOTONIC_RAW);
		assert_true(r.now * 1e9 >= (double)(raw - c.start) - 1);
		assert_true(r.now * 1e9 <= (double)(end - c.start) + 1);
		assert_true(r.now >= last);
		last = r.now;
		assert_consistent(&c, &r);
	}
}

static void
oscillator_time_starts_at_zero(void **arg)
{
	struct clocks	 c;
	struct reading	 r;

	(void)arg;
	clocks_init(&c);
	r = clocks_read(&c);
	assert_true(r.now >= 0 && r.now < 1e-6);
	assert_true(fabs(r.ahead) < 100e-9);
	fake.raw += 1000 * NS_PER_S;
	r = clocks_read(&c);
	assert_true(fabs(r.now - 1000) < 2e-6);
	assert_true(fabs(r.ahead) < 100e-9);
	assert_consistent(&c, &r);
}

/* What is done to REALTIME shows in AHEAD, and nowhere else. */
static void
steps_and_slews_show(void **arg)
{
	struct clocks	 c;
	struct reading	 r;

	(void)arg;
	clocks_init(&c);
	fake.step = -3 * NS_PER_S / 2;
	fake.raw += 10 * NS_PER_S;
	r = clocks_read(&c);
	assert_true(fabs(r.now - 10) < 2e-6);
	assert_true(fabs(r.ahead + 1.5) < 100e-9);
	assert_consistent(&c, &r);

	fake.step = 0;
	fake.rate = 1e-4;
	clocks_init(&c);
	fake.raw += 10 * NS_PER_S;
	r = clocks_read(&c);
	assert_true(fabs(r.now - 10) < 2e-6);
	assert_true(fabs(r.ahead - 1e-3) < 200e-9);
	assert_consistent(&c, &r);
}

/* The kernel has them all. */
static const struct leap_due none;

/* From now it is a second until the year is over. */
static void
end_of_the_year(struct clocks *c)
{
	fake.step = (1830297600LL - 1) * NS_PER_S - BASE - fake.raw;
	clocks_init(c);
}

/* It is over; by the kernel's clock it had LEAP seconds more than others. */
static void
pass_midnight(int64_t leap)
{
	fake.raw += (1 + leap) * NS_PER_S;
	fake.step -= leap * NS_PER_S;
	fake.tai += leap * NS_PER_S;
}

/* To UTC, oscillator time and all servers it comes at once. */
static void
leap_seconds_do_not_show(void **arg)
{
	static const int64_t leaps[] = { 1, 1, -1 };
	struct clocks	 c;
	struct reading	 r;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(leaps); i++) {
		end_of_the_year(&c);
		c.rate = 1e-4;
		pass_midnight(leaps[i]);
		assert_true(clocks_follow_leap(&c, &none));
		r = clocks_read(&c);
		assert_true(fabs(r.ahead) < 100e-9);
		assert_false(clocks_follow_leap(&c, &none));
		r = clocks_read(&c);
		assert_true(fabs(r.ahead) < 100e-9);
		assert_consistent(&c, &r);
	}
	/* A step is one even if it is by a second. */
	fake.step += NS_PER_S;
	assert_false(clocks_follow_leap(&c, &none));
	r = clocks_read(&c);
	assert_true(fabs(r.ahead - 1) < 100e-9);
}

/* One that the clock does not have makes its offset, and that alone. */
static void
leap_seconds_to_be_slewed(void **arg)
{
	static const int changes[] = { 1, -1 };
	struct leap_due	 due;
	struct clocks	 c;
	struct reading	 r;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(changes); i++) {
		end_of_the_year(&c);
		due.at = leap_day_end(clocks_read(&c).real / NS_PER_S);
		due.change = changes[i];
		assert_false(clocks_follow_leap(&c, &due));
		pass_midnight(0);
		assert_true(clocks_follow_leap(&c, &due));
		r = clocks_read(&c);
		assert_true(fabs(r.ahead - changes[i]) < 100e-9);
		/* It has passed. */
		fake.raw += 10 * NS_PER_S;
		assert_false(clocks_follow_leap(&c, &due));
	}
	/* Who sets the clock by hours has not waited for it. */
	end_of_the_year(&c);
	fake.step += 4000 * NS_PER_S;
	assert_false(clocks_follow_leap(&c, &due));
}

/* That somebody sets TAI changes no other clock. */
static void
a_count_that_was_set_does_not_show(void **arg)
{
	static const int64_t counts[] = { 1, -1, 37, -37 };
	struct clocks	 c;
	struct reading	 r;
	size_t		 i;

	(void)arg;
	for (i = 0; i < 2 * COUNT(counts); i++) {
		clocks_init(&c);
		if (i >= COUNT(counts)) {
			end_of_the_year(&c);
			pass_midnight(0);
		}
		fake.raw += 10 * NS_PER_S;
		fake.tai += counts[i % COUNT(counts)] * NS_PER_S;
		assert_false(clocks_follow_leap(&c, &none));
		r = clocks_read(&c);
		assert_true(fabs(r.ahead) < 100e-9);
	}
}

/* However long it takes: REALTIME is of the middle of the reading. */
static void
slow_readings(void **arg)
{
	static const int64_t costs[] = { 20, 1000, 100000, 10000000 };
	struct clocks	 c;
	struct reading	 r;
	size_t		 i;

	(void)arg;
	clocks_init(&c);
	for (i = 0; i < COUNT(costs); i++) {
		fake.cost = costs[i];
		r = clocks_read(&c);
		assert_true(fabs(r.ahead) < 5e-9);
	}
}

/* One interruption, wherever it falls, does not part the two clocks. */
static void
an_interruption(void **arg)
{
	struct clocks	 c;
	struct reading	 r;
	int		 at;

	(void)arg;
	for (at = 0; at < 12; at++) {
		fake.stall_at = -1;
		clocks_init(&c);
		fake.calls = 0;
		fake.stall_at = at;
		fake.stall = 10000000;
		r = clocks_read(&c);
		if (fabs(r.ahead) > 100e-9)
			fail_msg("at reading %d: off by %g s", at, r.ahead);
	}
}

/* Reading costs time, too: it is done once if it was quick, else thrice. */
static void
no_more_readings_than_needed(void **arg)
{
	static const struct {
		int64_t		 cost;		/* ns */
		int		 calls;
	} cases[] = { { 25, 3 }, { 256, 3 }, { 1000, 9 } };
	struct clocks	 c;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(cases); i++) {
		fake.cost = cases[i].cost;
		clocks_init(&c);
		fake.calls = 0;
		clocks_read(&c);
		assert_int_equal(fake.calls, cases[i].calls);
	}
}

static const struct {
	const char	*name;
	double		 rate, ago;
	double		 now, ahead;	/* by how much less */
} earlier[] = {
	{ "the same moment", 0, 0, 0, 0 },
	{ "10 ms ago", 0, 0.01, 0.01, 0 },
	{ "a second ago", 0, 1, 1, 0 },
	{ "just after: stamps may cross", 0, -1e-6, -1e-6, 0 },
	{ "500 ppm faster", 500e-6, 1, 0.99950024988, 0.00049975012 },
	{ "500 ppm slower", -500e-6, 1, 1.00050025013, -0.00050025013 },
	{ "10 % faster", 0.1, 0.011, 0.01, 0.001 },
	{ "10 % slower", -0.1, 0.009, 0.01, -0.001 },
	{ "10 % faster, a second", 0.1, 1.1, 1, 0.1 },
};

static void
readings_of_the_past(void **arg)
{
	struct clocks	 c = { .base = BASE, .start = 5000 * NS_PER_S };
	struct reading	 r, now = { .now = 1000, .ahead = 0.25 };
	size_t		 i;

	(void)arg;
	now.real = c.base + c.start + 1000250000000LL;
	for (i = 0; i < COUNT(earlier); i++) {
		c.rate = earlier[i].rate;
		r = clocks_at(&c, &now,
		    now.real - llround(earlier[i].ago * 1e9));
		if (fabs(now.now - r.now - earlier[i].now) > 1e-9)
			fail_msg("%s: now is %.10f less", earlier[i].name,
			    now.now - r.now);
		if (fabs(now.ahead - r.ahead - earlier[i].ahead) > 1e-9)
			fail_msg("%s: ahead is %.10f less", earlier[i].name,
			    now.ahead - r.ahead);
		assert_int_equal(r.real,
		    now.real - llround(earlier[i].ago * 1e9));
		assert_consistent(&c, &r);
	}
}

/* Whatever the clock reads, true time is understood until 2093. */
static void
eras(void **arg)
{
	static const int64_t truths[] = {	/* s since 1970 */
		1735689600, 1795000000, 2085978495, 2085978496, 3883173247
	};
	static const int64_t clocks[] = {
		-2000000000, 0, 1735689600, 1795000000, 2085978496, 3883173248,
		4070908800, 6000000000, 9223372036
	};
	struct ntptime	 t;
	int64_t		 near, ns;
	size_t		 i, j;

	(void)arg;
	for (i = 0; i < COUNT(truths); i++)
		for (j = 0; j < COUNT(clocks); j++) {
			t = ntptime_from_ns(truths[i] * NS_PER_S);
			near = clocks_near_truth(clocks[j] * NS_PER_S);
			ns = ntptime_to_ns(t, near);
			if (ns != truths[i] * NS_PER_S)
				fail_msg("%lld, at %lld: %lld",
				    (long long)truths[i], (long long)clocks[j],
				    (long long)ns);
		}
	near = 1795000000 * NS_PER_S;
	assert_true(clocks_near_truth(near) == near);
}

static const struct {
	const char	*name;
	int64_t		 cost, grain;	/* ns */
	int8_t		 precision;
} precisions[] = {
	{ "a fast clock", 20, 1, -25 },		/* 2^-25: 30 ns */
	{ "a slow one", 1000, 1, -19 },		/* 2^-19: 1.9 us */
	{ "as a power of two goes", 59, 1, -24 },	/* 2^-24: 59.6 ns */
	{ "just over it", 60, 1, -23 },
	{ "one of 100 ns", 20, 100, -23 },	/* 2^-23: 119 ns */
};

static void
precision(void **arg)
{
	int8_t		 got;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(precisions); i++) {
		fake.cost = precisions[i].cost;
		fake.grain = precisions[i].grain;
		got = clocks_precision();
		if (got != precisions[i].precision)
			fail_msg("%s: %d", precisions[i].name, got);
	}
}

/* A clock that does not tick at every reading is as good as its tick. */
static void
precision_of_a_coarse_clock(void **arg)
{
	(void)arg;
	fake.cost = 30;
	fake.grain = 1000;
	assert_int_equal(clocks_precision(), -19);
}

/* Being interrupted, or stepped, is not precision. */
static void
precision_despite_trouble(void **arg)
{
	int		 at;

	(void)arg;
	for (at = 0; at < 17; at++) {
		fake.calls = 0;
		fake.stall_at = at;
		fake.stall = 1000000;
		assert_int_equal(clocks_precision(), -24);
		fake.calls = 0;
		fake.stall = -1000000;
		assert_int_equal(clocks_precision(), -24);
	}
}

static void
precision_of_the_real_clock(void **arg)
{
	int8_t		 got = clocks_precision();

	(void)arg;
	assert_in_range(got + 32, 1, 32 - 6);
}

#define FAKE(f)	cmocka_unit_test_setup_teardown(f, made_up, real_again)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_real_clocks),
		FAKE(oscillator_time_starts_at_zero),
		FAKE(steps_and_slews_show),
		FAKE(leap_seconds_do_not_show),
		FAKE(leap_seconds_to_be_slewed),
		FAKE(a_count_that_was_set_does_not_show),
		FAKE(slow_readings),
		FAKE(an_interruption),
		FAKE(no_more_readings_than_needed),
		FAKE(readings_of_the_past),
		cmocka_unit_test(eras),
		FAKE(precision),
		FAKE(precision_of_a_coarse_clock),
		FAKE(precision_despite_trouble),
		cmocka_unit_test(precision_of_the_real_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
