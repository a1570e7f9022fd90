/*
 * What the engine may ask of the clock.  The parent does not trust the
 * engine: these checks are all that stands between a taken-over engine and
 * the machine's time.  Pure: the clock itself is clock.c.
 */
#ifndef NTPD_CLOCK_POLICY_H
#define NTPD_CLOCK_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/control.h"
#include "common/instant.h"
#include "common/leap.h"
#include "common/rfc5905.h"
#include "ntpd/config.h"
#include "ntpd/payloads.h"

/* The kernel corrects no more: timex.tick is within 10 % of its value, s/s. */
#define POLICY_MAX_FREQUENCY	0.1

/*
 * Fastest slews of small offsets, below STEPT, and of large ones, s/s.  Before
 * the clock is first synchronized there are no small ones.
 */
#define POLICY_MAX_SLEW_SMALL	MAXFREQ
#define POLICY_MAX_SLEW_LARGE	0.1

/* An undo is inexact by so much at least, s, and by more later, s/s. */
#define POLICY_UNDO_LEAST	1.0
#define POLICY_UNDO_RATE	MAXFREQ

/* Longest slew without another word from the engine, s. */
#define POLICY_MAX_SLEW_TIME	86400.0

/* So long, s, all steps on the engine's word share one step limit. */
#define POLICY_NEW_START_INTERVAL 86400.0

/*
 * Root has confirmed a step: so long, s, it may be made, and by so much it may
 * be larger, as the clock goes on meanwhile, s and s/s.  By taste.
 */
#define POLICY_ORDER_TIME	10.0
#define POLICY_ORDER_LEAST	1e-3
#define POLICY_ORDER_PART	0.1

/* A time after that, s since 1970, comes of a false timestamp: 2200. */
#define POLICY_LAST_TIME	7258118400LL

/*
 * Why a step may be permitted, beside that it undoes an earlier one, or that
 * root has ordered it:
 *
 *  state    what is true             step boot          step always
 *  STARTED  the daemon has started   any step           any step
 *  JUMPED   the kernel saw a jump    up to the limit    up to the limit
 *                                    and the jump       and the jump
 *  PAUSED   the engine says that     forward, up to     up to what is left
 *           the machine was paused   what is left of    of the day's limit
 *                                    the day's limit
 *  SETTLED  none of these            none               likewise
 *
 *  what happens                STARTED  JUMPED   PAUSED   SETTLED
 *  the kernel sees a jump      STARTED  JUMPED   JUMPED   JUMPED
 *  the engine says: a pause    STARTED  JUMPED   PAUSED   PAUSED
 *  the clock is stepped        SETTLED  SETTLED  SETTLED  SETTLED
 *  it becomes synchronized     SETTLED  SETTLED  SETTLED  SETTLED
 *
 * An undo is permitted in every state.  With step never nothing is.  All steps
 * of PAUSED and SETTLED, undoes apart, are on the engine's word alone: those of
 * a day share one limit.
 */
enum policy_state {
	SETTLED,
	STARTED,
	JUMPED,
	PAUSED
};

/*
 * What the constraints allow at this moment: the clock may be moved by LOW to
 * HIGH s, if their state is KNOWN.  If it is NONE, there are no bounds.
 */
struct policy_bounds {
	enum control_constraints state;
	double		 low, high;
};

struct policy {
	struct config_step step;
	struct policy_bounds bounds;	/* kept up to date by constrain.c */
	enum policy_state state;
	bool		 synchronized;	/* as the engine reported last */
	bool		 was_synchronized; /* at some time since the start */
	double		 jumped;	/* s, by how much, at most, if JUMPED */
	bool		 new_started;	/* by the engine's word: a day began */
	struct instant	 new_start;	/* ... then, */
	double		 granted;	/* s, stepped in that day */
	double		 stepped;	/* s, signed: the sum of our steps */
	double		 lowest, highest; /* that it has been, undoes apart */
	struct instant	 stepped_at;	/* the last step that was no undo */
	double		 ordered;	/* s, signed; 0: none is */
	struct instant	 ordered_until;
	uint32_t	 refused;	/* since the start */
};

/* What is said of a command, and why it is refused, for the log. */
#define VERDICTS(VERDICT)						\
VERDICT(PERMITTED, "permitted")						\
VERDICT(NOT_A_NUMBER, "not a number")					\
VERDICT(FREQUENCY_TOO_LARGE, "over 10 %")				\
VERDICT(FREQUENCY_UNKNOWN, "with an error over 1000 ppm it is not known") \
VERDICT(SLEW_TOO_FAST, "faster than such an offset may be slewed")	\
VERDICT(SLEW_TOO_LONG, "longer than a day")				\
VERDICT(STEP_TOO_SMALL, "too small for a step")				\
VERDICT(STEP_TOO_LARGE, "over the step limit; check the servers, and if " \
    "they are right restart ntpd or raise \"step limit\"")		\
VERDICT(STEP_NOT_NOW, "steps are for the start only")			\
VERDICT(STEP_BACKWARDS, "after a pause a clock is behind, not ahead")	\
VERDICT(STEP_FORBIDDEN, "the configuration says \"step never\"")	\
VERDICT(STEP_OUT_OF_AGE, "that is not a time of this age") /* 2025-2200 */ \
VERDICT(NEW_START_TOO_SOON, "with those of the last 24 hours it is more " \
    "than the limit")							\
VERDICT(UNCONSTRAINED, "nobody vouches for what time it is yet")	\
VERDICT(AGAINST_CONSTRAINTS, "by the constraints or certificates that "	\
    "cannot be")

enum verdict {
#define VERDICT_VALUE(verdict, reason)	verdict,
	VERDICTS(VERDICT_VALUE)
#undef VERDICT_VALUE
};

/* Judge by CONF from now on; all else stays as it is. */
void		 policy_configure(struct policy *policy,
		    const struct config *conf);

/* The daemon starts. */
void		 policy_start(struct policy *policy);

/*
 * The kernel saw that the clock was set BY s or the machine slept for SLEPT s,
 * which may have left the clock late.  This is evidence of the parent's own,
 * which no engine can bring about.
 */
void		 policy_jumped(struct policy *policy, double by, double slept);

/*
 * The engine says that the machine was paused, which the kernel does not
 * notice, and that the clock is WANTED->by s late.  PERMITTED if a step by so
 * much is possible then.
 */
enum verdict	 policy_new_start(struct policy *policy,
		    const struct clock_new_start *wanted, struct instant now);

/*
 * Root wants the clock set BY s, and has seen that figure.  PERMITTED if that
 * may be: it is within the constraints, and within what is left of the day's
 * limit of steps that the engine asks for.  The engine may then ask for it once
 * and soon, however small it is.
 */
enum verdict	 policy_order(struct policy *policy, double by,
		    struct instant now);

/*
 * The engine reports whether the clock is SYNCHRONIZED.  True if that changed
 * what the engine knows of the policy.
 */
bool		 policy_report(struct policy *policy, bool synchronized);

/*
 * How far the clock may be stepped now in the direction of SIGN (1: forward,
 * -1: back), s; 0: not at all.  Finite.  An undo takes the clock back to where
 * it has been before our steps.  It can be as wrong as the step was, and can be
 * undone as well.  It is inexact by what may have been slewed and what the
 * oscillator may have drifted since the step: by the threshold of a step and
 * 500 ppm of the time since then, 1 s at least.
 */
double		 policy_reach(const struct policy *policy, int sign,
		    struct instant now);

/*
 * Judge a command; anything but PERMITTED is counted.  UNIX_TIME is
 * CLOCK_REALTIME in s since 1970.  A permitted step is taken for made.
 */
enum verdict	 policy_frequency(struct policy *policy,
		    const struct clock_frequency *wanted);
enum verdict	 policy_slew(struct policy *policy,
		    const struct clock_slew *wanted);
enum verdict	 policy_step(struct policy *policy,
		    const struct clock_step *wanted, int64_t unix_time,
		    struct instant now);

/*
 * Cut *SLEW to what the constraints allow: while they are not known to 500 ppm,
 * then so that it ends within them, or nearer to them than the clock is.  True
 * if it was cut.
 */
bool		 policy_bound_slew(const struct policy *policy,
		    struct clock_slew *slew);

/*
 * The frequency, s/s, to be set instead of FREQUENCY.  While the clock is not
 * within the constraints, none that is beyond HOME leads it away from them.
 */
double		 policy_bound_frequency(const struct policy *policy,
		    double frequency, double home);

/*
 * The leap second that the kernel is to have at the end of NOW's day, if PLAN
 * has it by the kernel: by the list, or else what a synchronized engine
 * announces, on the last day of June or December.  It has none if the engine
 * follows servers that smear it.  It stays as it was BEFORE
 * while the engine is not synchronized, because the clock was set or no server
 * answers.  It also stays just after the end of a day: the kernel acts with the
 * first tick, and a change could cancel that.
 */
enum ntp_leap	 policy_leap(const struct clock_quality *quality,
		    const struct leap_plan *plan, int64_t now,
		    enum ntp_leap before);

/* Why, for the log: "steps are for the start only". */
const char	*policy_reason(enum verdict verdict);

#endif
