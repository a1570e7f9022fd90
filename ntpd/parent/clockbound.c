/*
 * ClockBound's shared memory.  Its clock is CLOCK_MONOTONIC_COARSE.
 */
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "common/boundpage.h"
#include "common/ns.h"
#include "ntpd/parent/clockbound.h"
#include "ntpd/parent/segment.h"

#define MAGIC0		0x414D5A4EU
#define MAGIC1		0x43420200U

/* What follows in version 1, which clients of 1.x read, ... */
struct form1 {
	uint32_t	 drift;		/* ppb */
	uint32_t	 reserved;
	int32_t		 status;	/* 0 to 2 of enum bound_status */
	uint32_t	 padding;
};

/* ... and in version 2, which those of 2.x read. */
struct form2 {
	uint64_t	 disruption;	/* VMClock's marker */
	uint32_t	 drift;		/* ppb */
	int32_t		 status;	/* enum bound_status */
	uint8_t		 disruption_support;
	uint8_t		 padding[7];
};

struct clockbound_page {
	uint32_t	 magic[2];
	uint32_t	 size;
	uint16_t	 version;
	uint16_t	 generation;	/* odd while written, never 0 again */
	/* What is written anew each time. */
	int64_t		 as_of[2];	/* s, ns */
	int64_t		 void_after[2];
	int64_t		 bound;		/* ns */
	union {
		struct form1	 v1;
		struct form2	 v2;
	} rest;
};

_Static_assert(offsetof(struct clockbound_page, rest) == 56 &&
    offsetof(struct clockbound_page, rest.v1.status) == 64 &&
    offsetof(struct clockbound_page, rest.v2.status) == 68 &&
    sizeof(struct clockbound_page) == 80, "as ClockBound has it");

#define NEWS		offsetof(struct clockbound_page, as_of)

static uint32_t
size_of(uint16_t version)
{
	return (uint32_t)(offsetof(struct clockbound_page, rest) +
	    (version == 1 ? sizeof(struct form1) : sizeof(struct form2)));
}

/* Version 1 has no value for disrupted: what it was is not known any more. */
static void
set_status(struct clockbound_page *page, uint32_t status)
{
	if (page->version == 1)
		page->rest.v1.status = status == BOUND_DISRUPTED ?
		    BOUND_UNKNOWN : (int32_t)status;
	else
		page->rest.v2.status = (int32_t)status;
}

static uint32_t
get_status(const struct clockbound_page *page)
{
	return (uint32_t)(page->version == 1 ? page->rest.v1.status :
	    page->rest.v2.status);
}

/* Write what is new of NEXT, a changed copy of the page. */
static void
write_next(struct clockbound *c, const struct clockbound_page *next)
{
	SEGMENT_BEGIN(c->page);
	segment_copy((char *)c->page + NEWS, (const char *)next + NEWS,
	    size_of(c->version) - NEWS);
	SEGMENT_END(c->page);
}

static bool
is_known(const struct clockbound_page *page, uint16_t version)
{
	return page->magic[0] == MAGIC0 && page->magic[1] == MAGIC1 &&
	    page->size == size_of(version) && page->version == version;
}

void
clockbound_open(struct clockbound *c, const char *path, uint16_t version,
    bool goes_on)
{
	struct clockbound_page *page;

	*c = (struct clockbound){ .version = version };
	if (path[0] != '\0')
		c->page = segment_map(path, size_of(version));
	page = c->page;
	if (page == NULL)
		return;
	if (goes_on && is_known(page, version)) {
		/* One that was stopped while it wrote goes on from there. */
		SEGMENT_BEGIN(page);
		SEGMENT_END(page);
		clockbound_change(c, BOUND_SYNCHRONIZED, BOUND_FREE_RUNNING);
		return;
	}
	SEGMENT_BEGIN(page);
	memset((char *)page + NEWS, 0, size_of(version) - NEWS);
	page->magic[0] = MAGIC0;
	page->magic[1] = MAGIC1;
	page->size = size_of(version);
	page->version = version;
	SEGMENT_END(page);
}

void
clockbound_write(struct clockbound *c, const struct clockbound_claim *claim,
    int64_t lifetime)
{
	const int64_t	 now = ns_read(CLOCK_MONOTONIC_COARSE);
	const int64_t	 end = now + lifetime;
	struct clockbound_page next = { .version = c->version };

	if (c->page == NULL)
		return;
	next.as_of[0] = now / NS_PER_S;
	next.as_of[1] = now % NS_PER_S;
	next.void_after[0] = end / NS_PER_S;
	next.void_after[1] = end % NS_PER_S;
	next.bound = claim->bound;
	if (c->version == 1)
		next.rest.v1.drift = claim->drift;
	else
		next.rest.v2 = (struct form2){
			.disruption = claim->marker,
			.drift = claim->drift,
			.disruption_support = claim->has_marker
		};
	set_status(&next, claim->status);
	write_next(c, &next);
}

void
clockbound_change(struct clockbound *c, uint32_t from, uint32_t to)
{
	struct clockbound_page next;

	if (c->page == NULL || get_status(c->page) != from)
		return;
	memcpy(&next, c->page, size_of(c->version));
	set_status(&next, to);
	write_next(c, &next);
}
