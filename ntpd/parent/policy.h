/*
 * What the engine may ask of the clock.  The parent does not trust the
 * engine: these checks are all that stands between a taken-over engine and
 * the machine's time.  Pure: the clock itself is clock.c.
 */
#ifndef NTPD_PARENT_POLICY_H
#define NTPD_PARENT_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/leap.h"
#include "common/loop.h"
#include "ntpd/messages.h"

/* The kernel's own limit of frequency corrections, s/s. */
#define POLICY_MAX_FREQUENCY	500e-6

/* Who is less sure of a frequency than this knows nothing of it, s/s. */
#define POLICY_MAX_FREQUENCY_ERROR 1e-3

/* A slew that is to correct less than this is small, s. */
#define POLICY_LARGE_OFFSET	0.128

/* Fastest slews of small and large offsets, s/s. */
#define POLICY_MAX_SLEW_SMALL	500e-6
#define POLICY_MAX_SLEW_LARGE	0.1

/* Longest slew without another word from the engine, s. */
#define POLICY_MAX_SLEW_TIME	86400.0

/* The engine's word makes a new start once in that time, s. */
#define POLICY_NEW_START_INTERVAL 86400.0

/*
 * No clock is set outside these years: before, this software did not exist;
 * after, some timestamp is false.  Seconds since 1970: 2025, 2200.
 */
#define POLICY_FIRST_TIME	1735689600LL
#define POLICY_LAST_TIME	7258118400LL

struct policy {
	enum step_when	 step;
	double		 threshold;	/* s, least step */
	bool		 armed;		/* STEP_BOOT: a step is to come */
	bool		 forward_only;	/* armed by the engine's word alone */
	bool		 synchronized;	/* as the engine reported last */
	bool		 new_started;	/* by the engine's word, at: */
	struct instant	 new_start;
	uint32_t	 refused;	/* since the start */
};

enum verdict {
	PERMITTED,
	NOT_A_NUMBER,
	FREQUENCY_TOO_LARGE,
	FREQUENCY_UNKNOWN,	/* its error says so */
	SLEW_TOO_FAST,
	SLEW_TOO_LONG,
	STEP_TOO_SMALL,
	STEP_NOT_NOW,		/* only at the start */
	STEP_BACKWARDS,		/* after a pause, which makes a clock late */
	STEP_FORBIDDEN,		/* step never */
	STEP_OUT_OF_AGE,	/* would lead before 2025 or after 2200 */
	NEW_START_TOO_SOON	/* after the last one */
};

/*
 * A start, or a new one for which the parent has evidence of its own: one
 * step is allowed, in either direction.
 */
void		 policy_arm(struct policy *policy);

/*
 * The engine says that the machine was paused, which the kernel does not
 * notice.  There is only its word, so what it gets is one step forward, and
 * that once a day.
 */
enum verdict	 policy_new_start(struct policy *policy, struct instant now);

/*
 * The engine reports whether the clock is SYNCHRONIZED.  When it becomes so,
 * the start is over, and with it the chance to step.  True if that changed
 * what policy_may_step() says.
 */
bool		 policy_report(struct policy *policy, bool synchronized);

/* Would a step be permitted now, its size apart? */
bool		 policy_may_step(const struct policy *policy);

/*
 * Judge a command; anything but PERMITTED is counted.  A permitted step uses
 * up the one of STEP_BOOT.  NOW is CLOCK_REALTIME in s since 1970.
 */
enum verdict	 policy_frequency(struct policy *policy,
		    const struct clock_frequency *wanted);
enum verdict	 policy_slew(struct policy *policy,
		    const struct clock_slew *wanted);
enum verdict	 policy_step(struct policy *policy,
		    const struct clock_step *wanted, int64_t now);

/*
 * The leap second that the kernel is to have at the end of NOW's day: what a
 * synchronized engine announces, on the last day of June or December.  Just
 * after the end of a day it is what it was BEFORE: the kernel comes to it with
 * its first tick, and until then it could be cancelled.
 */
enum ntp_leap	 policy_leap(const struct clock_quality *quality, int64_t now,
		    enum ntp_leap before);

/* Why, for the log: "steps are for the start only". */
const char	*policy_reason(enum verdict verdict);

#endif
