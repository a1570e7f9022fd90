/*
 * The hypervisor's clock is read, not mapped: the kernel gives a page that was
 * at rest, and nobody can make it shorter meanwhile.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/leap.h"
#include "common/ns.h"
#include "common/rfc5905.h"
#include "ntpd/payloads.h"
#include "ntpd/sensor/vmclock.h"

#define VERSION		1

/* No counter is so fast that it needs more: 2^-63 s. */
#define SHIFT_MOST	63

/* A page that is older says nothing, s; by taste. */
#define OLDEST		86400

/* What it may be off by if it does not say so, s; by taste. */
#define ERROR		1e-3

#define MOMENTS		5	/* tried, the quickest counts; tuned */

#define DAY		86400

bool
vmclock_is_page(const struct vmclock_page *page, size_t size, bool *wait)
{
	*wait = false;
	if (size < sizeof(*page) ||
	    memcmp(page->magic, VMCLOCK_MAGIC, sizeof(page->magic)) != 0 ||
	    page->version != VERSION || page->size < sizeof(*page))
		return false;
	*wait = (page->sequence & 1) != 0;
	return !*wait;
}

static bool
has(const struct vmclock_page *page, uint64_t flag)
{
	return (page->flags & flag) != 0;
}

/* Does the page hold a time at all, by the counter of M? */
static bool
says_time(const struct vmclock_page *page, const struct vmclock_moment *m)
{
	const bool	 tai = page->type == VMCLOCK_TAI &&
	    has(page, VMCLOCK_HAS_TAI);

	/* A clock that is not synchronized any more has to say its error. */
	return page->counter == m->counter &&
	    m->counter != VMCLOCK_NO_COUNTER &&
	    (tai || page->type == VMCLOCK_UTC) &&
	    (page->status == VMCLOCK_SYNCHRONIZED ||
	    (page->status == VMCLOCK_FREE_RUNNING &&
	    has(page, VMCLOCK_HAS_ERROR))) &&
	    page->leap <= VMCLOCK_DELETED && page->leap != VMCLOCK_INSERTING &&
	    page->shift <= SHIFT_MOST && page->period != 0;
}

/* The product of A and B: its upper half, and its lower one in *LOW. */
static uint64_t
multiply(uint64_t a, uint64_t b, uint64_t *low)
{
	const uint64_t	 half = UINT32_MAX;
	const uint64_t	 least = (a & half) * (b & half);
	const uint64_t	 middle = (a >> 32) * (b & half) + (least >> 32);
	const uint64_t	 other = (a & half) * (b >> 32) + (middle & half);

	*low = other << 32 | (least & half);
	return (a >> 32) * (b >> 32) + (middle >> 32) + (other >> 32);
}

/* FRACTION, 2^-64 s, in ns. */
static int64_t
fraction_ns(uint64_t fraction)
{
	uint64_t	 rest;

	return (int64_t)multiply(fraction, NS_PER_S, &rest);
}

/* TICKS of PERIOD, 2^-(64 + SHIFT) s, in ns; false if that is too long. */
static bool
span(uint64_t ticks, uint64_t period, unsigned shift, int64_t *ns)
{
	uint64_t	 fraction, seconds = multiply(ticks, period, &fraction);

	if (shift > 0) {
		fraction = fraction >> shift | seconds << (64 - shift);
		seconds >>= shift;
	}
	if (seconds >= OLDEST)
		return false;
	*ns = (int64_t)seconds * NS_PER_S + fraction_ns(fraction);
	return true;
}

/* How far it may be off, s, AGE ns (TICKS) after or before what it says. */
static double
error_of(const struct vmclock_page *page, uint64_t ticks, int64_t age)
{
	double		 error = has(page, VMCLOCK_HAS_ERROR) ?
	    (double)page->error * 1e-9 : ERROR;
	int64_t		 more;

	if (has(page, VMCLOCK_HAS_PERIOD_ERROR) && span(ticks,
	    page->period_error, page->shift, &more))
		return error + (double)more * 1e-9;
	return error + PHI * (double)age * 1e-9;
}

/* On the day of a leap second, what was said before it is of no use after. */
static bool
passes_leap(const struct vmclock_page *page, int64_t from, int64_t to)
{
	return (page->leap == VMCLOCK_INSERT || page->leap == VMCLOCK_DELETE) &&
	    from / NS_PER_S / DAY != to / NS_PER_S / DAY;
}

static uint8_t
leap_of(const struct vmclock_page *page)
{
	if (page->leap == VMCLOCK_INSERT)
		return LEAP_INSERT;
	return page->leap == VMCLOCK_DELETE ? LEAP_DELETE : LEAP_NONE;
}

bool
vmclock_decode(struct reading *r, const struct vmclock_page *page,
    const struct vmclock_moment *m)
{
	const uint64_t	 passed = m->value - page->value;
	const bool	 ahead = passed > INT64_MAX;	/* it is of later */
	const uint64_t	 ticks = ahead ? -passed : passed;
	int64_t		 then, age;

	if (!says_time(page, m) || page->seconds > INT64_MAX ||
	    !reading_time((int64_t)page->seconds,
	    fraction_ns(page->fraction), &then) ||
	    !span(ticks, page->period, page->shift, &age))
		return false;
	if (page->type == VMCLOCK_TAI)
		then -= page->tai * NS_PER_S;
	*r = (struct reading){
		.clock = READING_RAW, .at = m->raw,
		.truth = ahead ? then - age : then + age,
		.error = error_of(page, ticks, age) + m->error,
		.leap = leap_of(page)
	};
	return r->error <= SENSOR_MOST_ERROR &&
	    reading_is_time(r->truth) && !passes_leap(page, then, r->truth);
}

#if defined(__x86_64__) || defined(__i386__)
#define COUNTER		VMCLOCK_X86
static uint64_t
read_counter(void)
{
	/* Not before what comes before it in the program. */
	__builtin_ia32_lfence();
	return __builtin_ia32_rdtsc();
}
#elif defined(__aarch64__)
#define COUNTER		VMCLOCK_ARM
static uint64_t
read_counter(void)
{
	uint64_t	 value;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(value) : :
	    "memory");
	return value;
}
#else
#define COUNTER		VMCLOCK_NO_COUNTER
static uint64_t
read_counter(void)
{
	return 0;
}
#endif

/* The counter between two readings of the clock that are close together. */
static struct vmclock_moment
read_moment(void)
{
	struct vmclock_moment m = { .counter = COUNTER, .error = 1 };
	uint64_t	 value;
	int64_t		 before, after;
	double		 error;
	int		 i;

	for (i = 0; i < MOMENTS; i++) {
		before = ns_read(CLOCK_MONOTONIC_RAW);
		value = read_counter();
		after = ns_read(CLOCK_MONOTONIC_RAW);
		error = (double)(after - before) / 2 * 1e-9;
		if (error >= m.error)
			continue;
		m.value = value;
		m.raw = before + (after - before) / 2;
		m.error = error;
	}
	return m;
}

enum look
vmclock_look(int fd, struct reading *r, uint64_t *marker, bool *known)
{
	struct vmclock_page page;
	struct vmclock_moment m;
	const ssize_t	 n = pread(fd, &page, sizeof(page), 0);
	bool		 wait;

	/* The kernel has waited long for it to be at rest: no more for now. */
	if (n == -1)
		return errno == EINTR ? LOOK_NOTHING : LOOK_LOST;
	if (!vmclock_is_page(&page, (size_t)n, &wait))
		return wait ? LOOK_NOTHING : LOOK_LOST;
	*marker = page.marker;
	*known = true;
	m = read_moment();
	return vmclock_decode(r, &page, &m) ? LOOK_NEWS : LOOK_NOTHING;
}
