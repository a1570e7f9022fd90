/*
 * libntptime: the time with a bound, from ntpd's shared memory.  See
 * ntptime(3).  A handle may be used by several threads at once.
 */
#ifndef NTPTIME_H
#define NTPTIME_H

#include <stdbool.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ntptime_status {
	NTPTIME_UNKNOWN = 0,	 /* nothing is known: the interval means nothing */
	NTPTIME_SYNCHRONIZED = 1, /* it holds true time */
	NTPTIME_FREE_RUNNING = 2, /* so it does, but it grows unchecked */
	NTPTIME_DISRUPTED = 3	 /* the clock was set, stood still, or the machine
				    was moved: it may not */
};

struct ntptime_interval {
	struct timespec	 earliest;	/* true time is not before */
	struct timespec	 latest;	/* and not after */
	struct timespec	 likely_earliest; /* the same in 99 % of the time */
	struct timespec	 likely_latest;
	enum ntptime_status status;
};

struct ntptime;

/*
 * Open the page that ntpd writes at PATH; NULL: the usual one.  NULL, with
 * errno, if there is none or it is of another version.  The caller closes it.
 */
struct ntptime	*ntptime_open(const char *path);
void		 ntptime_close(struct ntptime *t);

/*
 * Where the hypervisor's VMClock is, by whose marker every call sees whether the
 * machine was moved since: PATH instead of /dev/vmclock0, before T is used by
 * several threads.  0, or -1 with errno: then it is not looked at.
 */
int		 ntptime_set_vmclock(struct ntptime *t, const char *path);

/*
 * The interval in which true time (UTC, since 1970) is now.  It takes two
 * readings of clocks and no system call where the vDSO has them.  Returns the
 * status, which is in *INTERVAL, too.
 */
enum ntptime_status ntptime_now(struct ntptime *t,
		    struct ntptime_interval *interval);

/* Was A certainly before B?  False if it is not certain, or not known. */
bool		 ntptime_is_before(const struct ntptime_interval *a,
		    const struct ntptime_interval *b);

/*
 * Wait until TIME is certainly over, for at most TIMEOUT seconds: after a
 * commit that got interval.latest as its timestamp, nobody will see an earlier
 * one.  0, or -1 with errno: ETIMEDOUT, EAGAIN if the status is unknown or
 * disrupted, EINTR.
 */
int		 ntptime_wait_after(struct ntptime *t,
		    const struct timespec *time, double timeout);

#ifdef __cplusplus
}
#endif

#endif
