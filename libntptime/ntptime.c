/*
 * Reading the page that ntpd writes (common/boundpage.h), and waiting by it.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/boundpage.h"
#include "libntptime/ntptime.h"

#define S		1000000000	/* ns */
#define TRIES		1000		/* a writer needs less than a us */
#define READINGS	100		/* of clocks: few are interrupted */
#define BEFORE_MOST	1000000		/* ns that as_of may be ahead of now */
#define LONGEST		(3600LL * S)	/* no bound, nor life of one, is */
#define FAREST		(1LL << 62)	/* no clock is so far ahead, ns */
#define WAIT_LONGEST	(S / 10)	/* ns between two looks */

struct ntptime {
	int		 fd;
	const struct bound_page *page;
	const uint8_t	*vmclock;	/* the hypervisor's page; NULL: none */
};

/* Two clocks, read one after the other; ns. */
struct reading {
	int64_t		 real, boot;
};

static int64_t
read_clock(clockid_t clock)
{
	struct timespec	 ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * S + ts.tv_nsec;
}

static struct timespec
to_timespec(int64_t ns)
{
	struct timespec	 ts = { ns / S, (long)(ns % S) };

	if (ts.tv_nsec < 0) {
		ts.tv_nsec += S;
		ts.tv_sec--;
	}
	return ts;
}

/* Is what was read of FD a page that we understand?  If not, errno says why. */
static bool
is_page(const struct bound_page *page)
{
	if (memcmp(page->magic, BOUND_MAGIC, sizeof(page->magic)) == 0 &&
	    page->version == BOUND_VERSION && page->size == sizeof(*page))
		return true;
	errno = EPROTO;
	return false;
}

/*
 * Is that a file as ntpd makes it?  If not, errno says why.  Whoever may write
 * it could make it shorter, and end this program when it reads what is gone.
 */
static bool
is_safe(const struct stat *st)
{
	errno = S_ISREG(st->st_mode) &&
	    st->st_size >= (off_t)sizeof(struct bound_page) ? 0 : EPROTO;
	if (errno == 0 && (st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		errno = EPERM;
	return errno == 0;
}

static void
leave_vmclock(struct ntptime *t)
{
	if (t->vmclock != NULL)
		munmap((void *)(uintptr_t)t->vmclock,
		    (size_t)sysconf(_SC_PAGESIZE));
	t->vmclock = NULL;
}

int
ntptime_set_vmclock(struct ntptime *t, const char *path)
{
	const size_t	 size = (size_t)sysconf(_SC_PAGESIZE);
	const int	 fd = open(path, O_RDONLY | O_CLOEXEC);
	void		*page = MAP_FAILED;
	int		 saved;

	leave_vmclock(t);
	if (fd != -1)
		page = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	saved = errno;
	if (fd != -1)
		close(fd);
	errno = saved;
	if (page == MAP_FAILED)
		return -1;
	if (memcmp(page, VMCLOCK_MAGIC, strlen(VMCLOCK_MAGIC)) != 0) {
		munmap(page, size);
		errno = EPROTO;
		return -1;
	}
	t->vmclock = page;
	return 0;
}

/* Is the machine where it was when PAGE was true? */
static bool
is_undisturbed(const struct ntptime *t, const struct bound_page *page)
{
	return t->vmclock == NULL || page->has_marker == 0 ||
	    page->marker == __atomic_load_n((const uint64_t *)
	    (const void *)(t->vmclock + VMCLOCK_MARKER), __ATOMIC_ACQUIRE);
}

struct ntptime *
ntptime_open(const char *path)
{
	struct ntptime	*t = calloc(1, sizeof(*t));
	struct stat	 st;
	void		*page = MAP_FAILED;
	int		 saved;

	if (t == NULL)
		return NULL;
	t->fd = open(path != NULL ? path : BOUND_PATH,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (t->fd != -1 && fstat(t->fd, &st) == 0 && is_safe(&st))
		page = mmap(NULL, sizeof(struct bound_page), PROT_READ,
		    MAP_SHARED, t->fd, 0);
	if (page != MAP_FAILED) {
		t->page = page;
		if (is_page(page)) {
			(void)ntptime_set_vmclock(t, VMCLOCK_PATH);
			return t;
		}
		munmap(page, sizeof(struct bound_page));
		errno = EPROTO;
	}
	saved = errno;
	if (t->fd != -1)
		close(t->fd);
	free(t);
	errno = saved;
	return NULL;
}

void
ntptime_close(struct ntptime *t)
{
	if (t == NULL)
		return;
	leave_vmclock(t);
	munmap((void *)(uintptr_t)t->page, sizeof(*t->page));
	close(t->fd);
	free(t);
}

/* The page, and the words in which it is copied: what one load reads. */
union copy {
	struct bound_page page;
	unsigned long	 words[sizeof(struct bound_page) /
			    sizeof(unsigned long)];
};

/* Copy PAGE as it was at one moment; false if it is never at rest. */
static bool
copy_page(const struct bound_page *page, union copy *copy)
{
	const unsigned long *from = ((const union copy *)page)->words;
	uint32_t	 before, after;
	size_t		 word;
	int		 i;

	for (i = 0; i < TRIES; i++) {
		before = __atomic_load_n(&page->generation, __ATOMIC_ACQUIRE);
		for (word = 0; word < sizeof(*copy) / sizeof(*from); word++)
			copy->words[word] = __atomic_load_n(&from[word],
			    __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		after = __atomic_load_n(&page->generation, __ATOMIC_RELAXED);
		if (before == after && (before & 1) == 0)
			return true;
	}
	return false;
}

/*
 * How far the clock has been set since PAGE was written, ns: what it is ahead
 * of a clock that nobody sets changes by nothing else.  How long the readings
 * took is in it, too.
 */
static int64_t
set_by(const struct bound_page *page, const struct reading *r)
{
	const int64_t	 by = r->real - r->boot - page->lead;

	return by < 0 ? -by : by;
}

/* The clocks; again if they were not read one right after the other. */
static struct reading
read_clocks(const struct bound_page *page)
{
	struct reading	 r;
	int		 i;

	for (i = 0; i < READINGS; i++) {
		r.real = read_clock(CLOCK_REALTIME);
		r.boot = read_clock(CLOCK_BOOTTIME);
		if (set_by(page, &r) <= BOUND_STEP)
			break;
	}
	return r;
}

/* Figures that no daemon writes would overflow what is computed of them. */
static bool
is_sane(const struct bound_page *page)
{
	return page->status <= NTPTIME_DISRUPTED && page->drift <= S &&
	    page->as_of >= 0 && page->as_of <= FAREST &&
	    page->void_after <= page->as_of + LONGEST &&
	    page->certain >= 0 && page->certain <= LONGEST &&
	    page->likely >= 0 && page->likely <= LONGEST &&
	    page->lead >= -FAREST && page->lead <= FAREST;
}

/* What the status of PAGE is worth now. */
static enum ntptime_status
worth(const struct bound_page *page, const struct reading *now)
{
	if (page->status == NTPTIME_UNKNOWN || now->boot > page->void_after ||
	    now->boot < page->as_of - BEFORE_MOST)
		return NTPTIME_UNKNOWN;
	if (set_by(page, now) > BOUND_STEP)
		return NTPTIME_DISRUPTED;
	if (page->status == NTPTIME_SYNCHRONIZED &&
	    now->boot > page->fresh_until)
		return NTPTIME_FREE_RUNNING;
	return (enum ntptime_status)page->status;
}

/* By how much the bounds have grown since PAGE was written, ns, rounded up. */
static int64_t
grown(const struct bound_page *page, const struct reading *now)
{
	const int64_t	 age = now->boot > page->as_of ?
	    now->boot - page->as_of : 0;

	return age / S * page->drift + (age % S * page->drift + S - 1) / S +
	    set_by(page, now);
}

enum ntptime_status
ntptime_now(struct ntptime *t, struct ntptime_interval *interval)
{
	const struct bound_page *page;
	struct reading	 now;
	union copy	 copy;
	int64_t		 growth;

	memset(interval, 0, sizeof(*interval));
	page = &copy.page;
	if (!copy_page(t->page, &copy) || !is_sane(page))
		return NTPTIME_UNKNOWN;
	now = read_clocks(page);
	interval->status = worth(page, &now);
	if (interval->status == NTPTIME_UNKNOWN)
		return NTPTIME_UNKNOWN;
	/* Last: what was read before it was moved was true then. */
	if (!is_undisturbed(t, page))
		interval->status = NTPTIME_DISRUPTED;
	growth = grown(page, &now);
	interval->earliest = to_timespec(now.real - page->certain - growth);
	interval->latest = to_timespec(now.real + page->certain + growth);
	interval->likely_earliest = to_timespec(now.real - page->likely -
	    growth);
	interval->likely_latest = to_timespec(now.real + page->likely +
	    growth);
	return interval->status;
}

static bool
is_known(enum ntptime_status status)
{
	return status == NTPTIME_SYNCHRONIZED || status == NTPTIME_FREE_RUNNING;
}

/* A - B, ns; FAREST if it is more than that, or less than minus that. */
static int64_t
difference(const struct timespec *a, const struct timespec *b)
{
	int64_t		 s;

	if (__builtin_sub_overflow((int64_t)a->tv_sec, (int64_t)b->tv_sec,
	    &s) || s > FAREST / S || s < -(FAREST / S))
		return a->tv_sec < b->tv_sec ? -FAREST : FAREST;
	return s * S + (a->tv_nsec - b->tv_nsec);
}

bool
ntptime_is_before(const struct ntptime_interval *a,
    const struct ntptime_interval *b)
{
	return is_known(a->status) && is_known(b->status) &&
	    difference(&a->latest, &b->earliest) < 0;
}

/* S s in ns; none of what is no number, as long as can be of what is more. */
static int64_t
duration(double s)
{
	if (s > (double)(FAREST / S))
		return FAREST;
	return s > 0 ? (int64_t)(s * S) : 0;
}

int
ntptime_wait_after(struct ntptime *t, const struct timespec *time,
    double timeout)
{
	const int64_t	 end = read_clock(CLOCK_BOOTTIME) + duration(timeout);
	struct ntptime_interval now;
	struct timespec	 pause;
	int64_t		 left;

	for (;;) {
		if (!is_known(ntptime_now(t, &now))) {
			errno = EAGAIN;
			return -1;
		}
		left = difference(time, &now.earliest);
		if (left < 0)
			return 0;
		if (read_clock(CLOCK_BOOTTIME) >= end) {
			errno = ETIMEDOUT;
			return -1;
		}
		pause = to_timespec(left < WAIT_LONGEST ? left + 1 :
		    WAIT_LONGEST);
		if (nanosleep(&pause, NULL) == -1)
			return -1;
	}
}
