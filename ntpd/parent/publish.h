/*
 * How right the clock is, for every program of this machine: a page of memory
 * in our own form (common/boundpage.h), and in ClockBound's where the operator
 * wants it.  Nothing but memory is written once the files are open.
 */
#ifndef NTPD_PARENT_PUBLISH_H
#define NTPD_PARENT_PUBLISH_H

#include <stdint.h>

#include "common/instant.h"
#include "common/leap.h"
#include "ntpd/parent/clockbound.h"
#include "ntpd/payloads.h"

struct bound_page;

/* A bound of so many s, the kernel's NTP_PHASE_LIMIT, is none. */
#define PUBLISH_MOST	16.0

#define PUBLISH_FORMS	2	/* versions of ClockBound's memory */

struct publish {
	struct bound_page *page;		/* NULL: none */
	struct clockbound clockbound[PUBLISH_FORMS];
	int64_t		 disrupted_at;	/* ns of CLOCK_MONOTONIC; 0: never */
	struct clock_quality last;	/* said; at 0: nothing yet */
	struct instant	 again;		/* when ClockBound's clients need it */
};

/* Where it is published; "": not there. */
struct publish_paths {
	const char	*bound;
	const char	*clockbound[PUBLISH_FORMS];	/* version 1, 2 */
};

/*
 * Open or make the files, map them.  What they say already stays, as free
 * running, if the machine was not started and its clock not set since: readers
 * may have them mapped.  What cannot be had is logged, and left out.
 */
void	 publish_open(struct publish *p, const struct publish_paths *paths);

/* What is to be published beside the engine's figures. */
struct publish_clock {
	double		 frequency;	/* s/s, the clock is corrected by */
	enum ntp_leap	 leap;
	int64_t		 tai;		/* TAI - UTC, s; 0: not known */
};

/*
 * Publish QUALITY, whose figures are finite and not negative.  Its status is
 * disrupted if the engine begins again because the clock has changed, else
 * synchronized, free running, or, without a bound, unknown.
 */
void	 publish_quality(struct publish *p, const struct clock_quality *quality,
	    const struct publish_clock *clock);

/*
 * Clients of ClockBound take what is older than 5 s for free running: when the
 * next word to them is due, and say it if it is.
 */
struct instant publish_deadline(const struct publish *p);
void	 publish_tend(struct publish *p, struct instant now);

/* The clock was set, or stood still: what was said is not true any more. */
void	 publish_disrupted(struct publish *p);

/* Nobody keeps the clock from now on. */
void	 publish_close(struct publish *p);

#endif
