/*
 * Writing the pages that tell programs how right the clock is.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/boundpage.h"
#include "common/log.h"
#include "common/ns.h"
#include "common/rfc5905.h"
#include "ntpd/parent/file.h"
#include "ntpd/parent/publish.h"

#define DRIFT		((uint32_t)(PHI * 1e9 + 0.5))	/* ppb */

/* The engine speaks every 64 s: after three times that it is silent. */
#define FRESH		(192 * (int64_t)NS_PER_S)
#define VOID		(1000 * (int64_t)NS_PER_S)	/* ClockBound's */

/*
 * ClockBound's segment, version 2: the form that its clients of 2.x read.  Its
 * clock is CLOCK_MONOTONIC_COARSE.
 */
struct clockbound_page {
	uint32_t	 magic[2];
	uint32_t	 size;
	uint16_t	 version;
	uint16_t	 generation;	/* odd while written, never 0 again */
	int64_t		 as_of[2];	/* s, ns */
	int64_t		 void_after[2];
	int64_t		 bound;		/* ns */
	uint64_t	 disruption;	/* VMClock's marker; 0: none */
	uint32_t	 drift;		/* ppb */
	int32_t		 status;	/* enum bound_status */
	uint8_t		 disruption_support;
	uint8_t		 padding[7];
};

#define CLOCKBOUND_MAGIC0	0x414D5A4EU
#define CLOCKBOUND_MAGIC1	0x43420200U
#define CLOCKBOUND_VERSION	2

_Static_assert(sizeof(struct clockbound_page) == 80 &&
    offsetof(struct clockbound_page, status) == 68, "as ClockBound has it");

/*
 * A page is written between BEGIN and END: its generation is odd then, and
 * readers wait.  They are macros because generations differ in width.  None
 * becomes 0 again: in ClockBound's that means that nothing has been written.
 */
#define BEGIN(page)	do {						\
	__atomic_store_n(&(page)->generation,				\
	    (__typeof__((page)->generation))((page)->generation | 1),	\
	    __ATOMIC_RELAXED);						\
	__atomic_thread_fence(__ATOMIC_RELEASE);			\
} while (0)
#define END(page)	do {						\
	__typeof__((page)->generation) next_ =				\
	    (__typeof__((page)->generation))((page)->generation + 1);	\
									\
	__atomic_store_n(&(page)->generation, next_ == 0 ? 2 : next_,	\
	    __ATOMIC_RELEASE);						\
} while (0)

/* Map LEN bytes of the file PATH, which is made if need be; NULL, logged. */
static void *
map_file(const char *path, size_t len)
{
	struct stat	 st;
	void		*page = MAP_FAILED;
	int		 fd, error;

	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	/* If others could make it shorter, they could end this process. */
	if (fd != -1 && fstat(fd, &st) == 0 && file_is_own(&st)) {
		/* Room for all of it, or writing would end the process. */
		error = posix_fallocate(fd, 0, (off_t)len);
		if (error == 0)
			page = mmap(NULL, len, PROT_READ | PROT_WRITE,
			    MAP_SHARED, fd, 0);
		else
			errno = error;
	}
	if (page == MAP_FAILED)
		log_warn("%s cannot be written: programs are not told there "
		    "how right the clock is", path);
	if (fd != -1)
		close(fd);
	return page == MAP_FAILED ? NULL : page;
}

static void
open_page(struct bound_page *page)
{
	const bool	 known = memcmp(page->magic, BOUND_MAGIC,
	    sizeof(page->magic)) == 0 && page->version == BOUND_VERSION &&
	    page->size == sizeof(*page);

	BEGIN(page);
	if (!known) {
		memset(&page->status, 0, sizeof(*page) -
		    offsetof(struct bound_page, status));
		page->size = sizeof(*page);
		page->version = BOUND_VERSION;
		memcpy(page->magic, BOUND_MAGIC, sizeof(page->magic));
	} else if (page->status == BOUND_SYNCHRONIZED)
		page->status = BOUND_FREE_RUNNING;
	END(page);
}

static void
open_clockbound(struct clockbound_page *page)
{
	const bool	 known = page->magic[0] == CLOCKBOUND_MAGIC0 &&
	    page->magic[1] == CLOCKBOUND_MAGIC1 &&
	    page->size == sizeof(*page) && page->version == CLOCKBOUND_VERSION;

	BEGIN(page);
	if (!known) {
		memset(page->as_of, 0, sizeof(*page) -
		    offsetof(struct clockbound_page, as_of));
		page->magic[0] = CLOCKBOUND_MAGIC0;
		page->magic[1] = CLOCKBOUND_MAGIC1;
		page->size = sizeof(*page);
		page->version = CLOCKBOUND_VERSION;
	} else if (page->status == BOUND_SYNCHRONIZED)
		page->status = BOUND_FREE_RUNNING;
	page->drift = DRIFT;
	END(page);
}

void
publish_open(struct publish *p, const char *path, const char *clockbound)
{
	if (path[0] != '\0')
		p->page = map_file(path, sizeof(*p->page));
	if (p->page != NULL)
		open_page(p->page);
	if (clockbound[0] != '\0')
		p->clockbound = map_file(clockbound, sizeof(*p->clockbound));
	if (p->clockbound != NULL)
		open_clockbound(p->clockbound);
}

/* S s in ns, rounded up, with what it has grown by in AGE ns. */
static int64_t
bound_ns(double s, int64_t age)
{
	return (int64_t)ceil(s * NS_PER_S + (double)age * DRIFT * 1e-9);
}

static void
write_page(struct bound_page *page, enum bound_status status,
    const struct clock_quality *q, const struct publish_clock *clock,
    int64_t age)
{
	const int64_t	 now = ns_read(CLOCK_BOOTTIME);

	BEGIN(page);
	page->status = status;
	page->as_of = now;
	page->fresh_until = now + FRESH;
	page->void_after = now + VOID;
	page->certain = bound_ns(q->maxerror, age);
	page->likely = bound_ns(q->esterror, age);
	page->offset = llround(q->offset * NS_PER_S);
	page->drift = DRIFT;
	page->frequency = (int32_t)lround(clock->frequency * 1e9);
	page->leap = (uint32_t)clock->leap;
	page->tai = (int32_t)clock->tai;
	page->marker = q->marker;
	page->has_marker = q->has_marker != 0;
	END(page);
}

static void
write_clockbound(struct clockbound_page *page, enum bound_status status,
    const struct clock_quality *q, int64_t age)
{
	const int64_t	 now = ns_read(CLOCK_MONOTONIC_COARSE);
	const int64_t	 later = now + VOID;

	BEGIN(page);
	page->as_of[0] = now / NS_PER_S;
	page->as_of[1] = now % NS_PER_S;
	page->void_after[0] = later / NS_PER_S;
	page->void_after[1] = later % NS_PER_S;
	page->bound = bound_ns(q->maxerror, age);
	page->drift = DRIFT;
	page->disruption = q->marker;
	page->disruption_support = q->has_marker != 0;
	page->status = (int32_t)status;
	END(page);
}

/* Change the status alone, from what it is now if that is FROM. */
static void
change_status(struct publish *p, enum bound_status from, enum bound_status to)
{
	if (p->page != NULL && p->page->status == from) {
		BEGIN(p->page);
		p->page->status = to;
		END(p->page);
	}
	if (p->clockbound != NULL && p->clockbound->status == (int32_t)from) {
		BEGIN(p->clockbound);
		p->clockbound->status = (int32_t)to;
		END(p->clockbound);
	}
}

static enum bound_status
what_status(const struct clock_quality *q)
{
	if (q->disrupted)
		return BOUND_DISRUPTED;
	if (q->synchronized)
		return BOUND_SYNCHRONIZED;
	return q->maxerror < PUBLISH_MOST ? BOUND_FREE_RUNNING : BOUND_UNKNOWN;
}

void
publish_quality(struct publish *p, const struct clock_quality *quality,
    const struct publish_clock *clock)
{
	const enum bound_status status = what_status(quality);
	const int64_t	 now = ns_read(CLOCK_MONOTONIC);
	int64_t		 age;

	/* What was said before the clock was set is of another clock. */
	if (quality->at > now || quality->at < now - VOID ||
	    quality->at <= p->disrupted_at)
		return;
	age = now - quality->at;
	if (p->page != NULL)
		write_page(p->page, status, quality, clock, age);
	if (p->clockbound != NULL)
		write_clockbound(p->clockbound, status, quality, age);
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
