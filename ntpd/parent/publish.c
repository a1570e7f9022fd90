/*
 * Writing the pages that tell programs how right the clock is.
 */
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "common/boundpage.h"
#include "common/ns.h"
#include "ntpd/parent/publish.h"
#include "ntpd/parent/segment.h"

/* The engine speaks every 64 s: after three times that it is silent. */
#define FRESH		(192 * (int64_t)NS_PER_S)
#define VOID		(1000 * (int64_t)NS_PER_S)	/* ClockBound's */

#define AGAIN		1.0	/* s: ClockBound says it so often */
#define OFFSET_MOST	1e9	/* s, 31 years: more does not matter */
#define DRIFT_MOST	999999999	/* ppb: clients refuse more */

/* CLOCK_REALTIME and CLOCK_BOOTTIME are read within so many ns, or again. */
#define READING		20000
#define READINGS	10

static const size_t	 NEWS = offsetof(struct bound_page, status);

/*
 * How far CLOCK_REALTIME is ahead of CLOCK_BOOTTIME, ns.  It changes only if
 * somebody sets the clock, by a leap second, and with the next start of the
 * machine.
 */
static int64_t
read_lead(int64_t *boot)
{
	int64_t		 before, real, lead = 0, gap, least = INT64_MAX;
	int		 i;

	for (i = 0; i < READINGS && least > READING; i++) {
		before = ns_read(CLOCK_BOOTTIME);
		real = ns_read(CLOCK_REALTIME);
		*boot = ns_read(CLOCK_BOOTTIME);
		gap = *boot - before;
		if (gap < least) {
			least = gap;
			lead = real - before - gap / 2;
		}
	}
	return lead;
}

/* Write what is new of NEXT, a changed copy of the page. */
static void
write_next(struct bound_page *page, const struct bound_page *next)
{
	SEGMENT_BEGIN(page);
	segment_copy((char *)page + NEWS, (const char *)next + NEWS,
	    sizeof(*next) - NEWS);
	SEGMENT_END(page);
}

/* Was what PAGE says said of this clock, as it is set now? */
static bool
is_of_this_clock(const struct bound_page *page)
{
	int64_t		 boot, lead = read_lead(&boot);

	return memcmp(page->magic, BOUND_MAGIC, sizeof(page->magic)) == 0 &&
	    page->version == BOUND_VERSION && page->size == sizeof(*page) &&
	    page->as_of <= boot &&
	    page->lead >= lead - BOUND_STEP && page->lead <= lead + BOUND_STEP;
}

static void
open_page(struct bound_page *page, bool goes_on)
{
	SEGMENT_BEGIN(page);
	if (!goes_on) {
		memset((char *)page + NEWS, 0, sizeof(*page) - NEWS);
		page->size = sizeof(*page);
		page->version = BOUND_VERSION;
		memcpy(page->magic, BOUND_MAGIC, sizeof(page->magic));
	} else if (page->status == BOUND_SYNCHRONIZED)
		page->status = BOUND_FREE_RUNNING;
	SEGMENT_END(page);
}

void
publish_open(struct publish *p, const struct publish_paths *paths)
{
	bool		 goes_on = false;
	uint16_t	 i;

	p->again = INSTANT_NEVER;
	if (paths->bound[0] != '\0')
		p->page = segment_map(paths->bound, sizeof(*p->page));
	if (p->page != NULL) {
		goes_on = is_of_this_clock(p->page);
		open_page(p->page, goes_on);
	}
	for (i = 0; i < PUBLISH_FORMS; i++)
		clockbound_open(&p->clockbound[i], paths->clockbound[i],
		    (uint16_t)(i + 1), goes_on);
}

/* The rate at which the bounds of Q grow, ppb. */
static uint32_t
drift_of(const struct clock_quality *q)
{
	return (uint32_t)fmin(DRIFT_MOST, ceil(q->drift * 1e9));
}

/* S s in ns, rounded up, with what it has grown by in AGE ns. */
static int64_t
bound_ns(double s, int64_t age, const struct clock_quality *q)
{
	return (int64_t)ceil(fmin(PUBLISH_MOST, s) * NS_PER_S +
	    (double)age * drift_of(q) * 1e-9);
}

static enum bound_status
status_of(const struct clock_quality *q)
{
	if (q->disrupted)
		return BOUND_DISRUPTED;
	if (q->maxerror >= PUBLISH_MOST)
		return BOUND_UNKNOWN;
	return q->synchronized ? BOUND_SYNCHRONIZED : BOUND_FREE_RUNNING;
}

static void
write_page(struct bound_page *page, const struct clock_quality *q,
    const struct publish_clock *clock, int64_t age)
{
	struct bound_page next = {
		.status = status_of(q),
		.certain = bound_ns(q->maxerror, age, q),
		.likely = bound_ns(q->esterror, age, q),
		.offset = llround(fmax(-OFFSET_MOST, fmin(OFFSET_MOST,
		    q->offset)) * NS_PER_S),
		.drift = drift_of(q),
		.frequency = (int32_t)lround(clock->frequency * 1e9),
		.leap = (uint32_t)clock->leap,
		.tai = (int32_t)clock->tai,
		.marker = q->marker,
		.has_marker = q->has_marker != 0
	};

	next.lead = read_lead(&next.as_of);
	next.fresh_until = next.as_of + FRESH;
	next.void_after = next.as_of + VOID;
	write_next(page, &next);
}

static void
write_clockbound(struct publish *p, int64_t age, struct instant now)
{
	const struct clock_quality *q = &p->last;
	const struct clockbound_claim claim = {
		.bound = bound_ns(q->maxerror, age, q),
		.marker = q->marker,
		.has_marker = q->has_marker != 0,
		.drift = drift_of(q),
		.status = status_of(q)
	};
	size_t		 i;

	p->again = INSTANT_NEVER;
	for (i = 0; i < PUBLISH_FORMS; i++) {
		clockbound_write(&p->clockbound[i], &claim, VOID);
		if (p->clockbound[i].page != NULL)
			p->again = instant_add(now, AGAIN);
	}
}

/* Change the status alone, from what it is now if that is FROM. */
static void
change_status(struct publish *p, enum bound_status from, enum bound_status to)
{
	struct bound_page next;
	size_t		 i;

	if (p->page != NULL && p->page->status == from) {
		next = *p->page;
		next.status = to;
		write_next(p->page, &next);
	}
	for (i = 0; i < PUBLISH_FORMS; i++)
		clockbound_change(&p->clockbound[i], from, to);
	p->again = INSTANT_NEVER;
}

void
publish_quality(struct publish *p, const struct clock_quality *quality,
    const struct publish_clock *clock)
{
	const struct instant now = instant_now();
	int64_t		 age = now.ns - quality->at;

	/* What was said before the clock was set is of another clock. */
	if (age < 0 || age > VOID || quality->at <= p->disrupted_at)
		return;
	p->last = *quality;
	if (p->page != NULL)
		write_page(p->page, quality, clock, age);
	write_clockbound(p, age, now);
}

struct instant
publish_deadline(const struct publish *p)
{
	return p->again;
}

void
publish_tend(struct publish *p, struct instant now)
{
	const int64_t	 age = now.ns - p->last.at;

	if (instant_before(now, p->again))
		return;
	p->again = INSTANT_NEVER;
	if (age <= FRESH)
		write_clockbound(p, age, now);
}

void
publish_disrupted(struct publish *p)
{
	p->disrupted_at = ns_read(CLOCK_MONOTONIC);
	change_status(p, BOUND_SYNCHRONIZED, BOUND_DISRUPTED);
	change_status(p, BOUND_FREE_RUNNING, BOUND_DISRUPTED);
}

void
publish_close(struct publish *p)
{
	change_status(p, BOUND_SYNCHRONIZED, BOUND_FREE_RUNNING);
}
