/*
 * The hypervisor's clock: what its page says, whatever that is, and what a
 * change of its marker means.
 */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/instant.h"
#include "common/leap.h"
#include "common/ns.h"
#include "ntpd/engine/disruption.h"
#include "ntpd/sensor/vmclock.h"
#include "regress/unit/unit.h"

#define NOW	1790000000LL	/* s since 1970, a quarter past 14 */
#define RAW	(5000 * NS_PER_S)
#define COUNT0	0x123456789abULL

/* The specification's example: 1 GHz, exactly. */
#define PERIOD	0x89705F4136B4A597ULL
#define SHIFT	29

static const struct vmclock_page good = {
	.magic = "VCLK", .size = 4096, .version = 1, .counter = VMCLOCK_X86,
	.type = VMCLOCK_TAI, .sequence = 2, .marker = 77,
	.flags = VMCLOCK_HAS_TAI | VMCLOCK_HAS_PERIOD_ERROR |
	    VMCLOCK_HAS_ERROR, .status = VMCLOCK_SYNCHRONIZED, .tai = 37,
	.shift = SHIFT, .value = COUNT0, .period = PERIOD,
	.period_error = PERIOD / 1000000, .seconds = NOW + 37,
	.fraction = 1ULL << 63, .error = 2000
};

/* The counter has gone on by TICKS of a ns. */
static struct vmclock_moment
after(uint64_t ticks)
{
	return (struct vmclock_moment){ .counter = VMCLOCK_X86,
	    .value = COUNT0 + ticks, .raw = RAW, .error = 50e-9 };
}

static void
time_goes_on(void **state)
{
	static const int64_t ticks[] = { 0, 1, -1, 1234567890, -1234567890,
	    3600 * NS_PER_S, -3600 * NS_PER_S, 86399 * NS_PER_S };
	struct vmclock_moment m;
	struct reading	 r;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(ticks); i++) {
		m = after((uint64_t)ticks[i]);
		assert_true(vmclock_decode(&r, &good, &m));
		assert_int_equal(r.clock, READING_RAW);
		assert_int_equal(r.at, RAW);
		assert_true(llabs(r.truth - NOW * NS_PER_S - NS_PER_S / 2 -
		    ticks[i]) <= 2);
		assert_near(r.error, 2e-6 + 50e-9 +
		    (double)llabs(ticks[i]) * 1e-15, 2e-9);
		assert_false(r.pulse);
		assert_int_equal(r.leap, LEAP_NONE);
	}
	/* More than a day: the page is not kept up any more. */
	m = after(86401 * (uint64_t)NS_PER_S);
	assert_false(vmclock_decode(&r, &good, &m));
	m = after(-(86401 * (uint64_t)NS_PER_S));
	assert_false(vmclock_decode(&r, &good, &m));
	m = after(UINT64_MAX / 2);
	assert_false(vmclock_decode(&r, &good, &m));
}

/* One member says something else. */
static void
each_value(void **state)
{
	const struct vmclock_moment m = after(1000);
	struct vmclock_page p;
	struct reading	 r;

	(void)state;
#define SAYS(member, to, result)					\
	p = good;							\
	p.member = (to);						\
	if (vmclock_decode(&r, &p, &m) != (result))			\
		fail_msg(#member " " #to);				\
	if (result)							\
		assert_true(isfinite(r.error) && r.error >= 0)
	SAYS(counter, VMCLOCK_ARM, false);
	SAYS(counter, 2, false);
	SAYS(counter, VMCLOCK_NO_COUNTER, false);
	SAYS(type, VMCLOCK_UTC, true);
	SAYS(type, 2, false);		/* monotonic */
	SAYS(type, 3, false);		/* smeared */
	SAYS(type, 255, false);
	SAYS(flags, 0, false);		/* TAI, and nobody knows UTC */
	SAYS(flags, VMCLOCK_HAS_TAI, true);
	SAYS(flags, UINT64_MAX, true);
	SAYS(status, 0, false);
	SAYS(status, 1, false);
	SAYS(status, VMCLOCK_FREE_RUNNING, true);
	SAYS(status, 4, false);
	SAYS(status, 255, false);
	SAYS(tai, INT16_MIN, true);
	SAYS(leap, VMCLOCK_INSERTING, false);
	SAYS(leap, VMCLOCK_DELETED, true);
	SAYS(leap, 6, false);
	SAYS(leap, 255, false);
	SAYS(shift, 0, true);		/* a tick is half a second */
	SAYS(shift, 63, true);
	SAYS(shift, 64, false);
	SAYS(shift, 255, false);
	SAYS(period, 0, false);
	SAYS(period, 1, true);
	SAYS(period, UINT64_MAX, true);
	SAYS(value, 0, true);
	SAYS(value, UINT64_MAX, true);
	SAYS(value, 1ULL << 63, false);
	SAYS(seconds, 0, false);
	SAYS(seconds, INT64_MAX, false);
	SAYS(seconds, UINT64_MAX, false);
	SAYS(seconds, 4000000000, false);	/* 2096 */
	SAYS(fraction, UINT64_MAX, true);
	SAYS(period_error, UINT64_MAX, true);
	SAYS(error, 999000000, true);
	SAYS(error, 1001000000, false);		/* ns: no clock any more */
	SAYS(error, UINT64_MAX, false);
#undef SAYS
	/* It is not synchronized any more, and how wrong it is is not said. */
	p = good;
	p.status = VMCLOCK_FREE_RUNNING;
	p.flags = VMCLOCK_HAS_TAI;
	assert_false(vmclock_decode(&r, &p, &m));
	/* This processor has no counter. */
	p = good;
	p.counter = VMCLOCK_NO_COUNTER;
	assert_false(vmclock_decode(&r, &p, &(struct vmclock_moment){
	    .counter = VMCLOCK_NO_COUNTER }));
}

static void
leap_seconds(void **state)
{
	struct vmclock_page p = good;
	struct vmclock_moment m = after(1000);
	struct reading	 r;
	const uint64_t	 midnight = NOW - NOW % 86400 + 86400;

	(void)state;
	p.leap = VMCLOCK_INSERT;
	assert_true(vmclock_decode(&r, &p, &m));
	assert_int_equal(r.leap, LEAP_INSERT);
	p.leap = VMCLOCK_DELETE;
	assert_true(vmclock_decode(&r, &p, &m));
	assert_int_equal(r.leap, LEAP_DELETE);
	p.leap = VMCLOCK_INSERTED;
	assert_true(vmclock_decode(&r, &p, &m));
	assert_int_equal(r.leap, LEAP_NONE);
	/* Said a second before midnight, of a time that is after it. */
	p.leap = VMCLOCK_INSERT;
	p.seconds = midnight - 1 + 37;
	p.fraction = 0;
	m = after((uint64_t)NS_PER_S * 9 / 10);
	assert_true(vmclock_decode(&r, &p, &m));
	m = after((uint64_t)NS_PER_S * 11 / 10);
	assert_false(vmclock_decode(&r, &p, &m));
	p.leap = VMCLOCK_NO_LEAP;
	assert_true(vmclock_decode(&r, &p, &m));
}

static void
pages(void **state)
{
	struct vmclock_page p = good;
	bool		 wait;

	(void)state;
	assert_true(vmclock_is_page(&p, sizeof(p), &wait));
	assert_false(vmclock_is_page(&p, sizeof(p) - 1, &wait) || wait);
	assert_false(vmclock_is_page(&p, 0, &wait) || wait);
	p.sequence = UINT32_MAX;	/* odd, for ever perhaps */
	assert_false(vmclock_is_page(&p, sizeof(p), &wait));
	assert_true(wait);
	p = good;
	p.magic[0] = 'v';
	assert_false(vmclock_is_page(&p, sizeof(p), &wait) || wait);
	p = good;
	p.version = 2;
	assert_false(vmclock_is_page(&p, sizeof(p), &wait) || wait);
	p = good;
	p.size = 103;
	assert_false(vmclock_is_page(&p, sizeof(p), &wait) || wait);
}

/* A device that says less and less. */
static void
looks(void **state)
{
	char		 path[] = "/tmp/vmclock_test.XXXXXX";
	struct vmclock_page p = good;
	struct reading	 r;
	uint64_t	 marker = 0;
	bool		 known = false;
	const int	 fd = mkstemp(path);

	(void)state;
	assert_int_equal(unlink(path), 0);
	assert_int_equal(vmclock_look(fd, &r, &marker, &known), LOOK_LOST);
	p.counter = VMCLOCK_NO_COUNTER;
	assert_int_equal(pwrite(fd, &p, sizeof(p), 0), sizeof(p));
	assert_false(known);
	assert_int_equal(vmclock_look(fd, &r, &marker, &known), LOOK_NOTHING);
	assert_true(known);
	assert_int_equal(marker, 77);
	known = false;
	p.sequence++;
	assert_int_equal(pwrite(fd, &p, sizeof(p), 0), sizeof(p));
	assert_int_equal(vmclock_look(fd, &r, &marker, &known), LOOK_NOTHING);
	assert_false(known);
	close(fd);
	assert_int_equal(vmclock_look(fd, &r, &marker, &known), LOOK_LOST);
	assert_false(known);
}

#if defined(__x86_64__) || defined(__i386__)
/* By the counter that this machine has. */
static void
this_machine(void **state)
{
	char		 path[] = "/tmp/vmclock_test.XXXXXX";
	struct vmclock_page p = good;
	struct reading	 first, second;
	uint64_t	 marker;
	bool		 known;
	const int	 fd = mkstemp(path);

	(void)state;
	assert_int_equal(unlink(path), 0);
	p.value = __builtin_ia32_rdtsc();
	assert_int_equal(pwrite(fd, &p, sizeof(p), 0), sizeof(p));
	assert_int_equal(vmclock_look(fd, &first, &marker, &known), LOOK_NEWS);
	assert_true(first.truth >= NOW * NS_PER_S + NS_PER_S / 2);
	assert_int_equal(vmclock_look(fd, &second, &marker, &known),
	    LOOK_NEWS);
	assert_true(second.truth > first.truth && second.at > first.at);
	assert_true(second.error < 1e-3);
	close(fd);
}
#endif

/* A marker that changes all the time does not take the clock away for long. */
static void
markers(void **state)
{
	struct disruption d;
	struct instant	 now = instant_now();
	uint64_t	 marker;
	int		 i, seen = 0;

	(void)state;
	disruption_init(&d);
	assert_int_equal(disruption_look(&d, 0, now), DISRUPTION_FIRST);
	assert_int_equal(disruption_look(&d, 0, now), DISRUPTION_NONE);
	assert_int_equal(disruption_look(&d, 9, now), DISRUPTION_SEEN);
	assert_int_equal(disruption_look(&d, 9, now), DISRUPTION_NONE);
	for (marker = 10, i = 0; i < 35000; i++) {	/* an hour */
		now = instant_add(now, 0.1);
		seen += disruption_look(&d, marker++, now) == DISRUPTION_SEEN;
	}
	assert_in_range(seen, 3, 8);
	assert_in_range(capture_count("not believed"), 1, 8);
	/* Until it is believed, what is known goes with the old one. */
	assert_int_not_equal(d.marker, marker - 1);
	for (i = 0; i < 100; i++) {
		now = instant_add(now, 10);
		if (disruption_look(&d, marker, now) == DISRUPTION_SEEN)
			break;
	}
	assert_in_range(i, 1, 90);
	assert_int_equal(d.marker, marker);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_goes_on), cmocka_unit_test(each_value),
		cmocka_unit_test(leap_seconds), cmocka_unit_test(pages),
		cmocka_unit_test(looks),
#if defined(__x86_64__) || defined(__i386__)
		cmocka_unit_test(this_machine),
#endif
		cmocka_unit_test_setup_teardown(markers, capture_begin,
		    capture_end)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
