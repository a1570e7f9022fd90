/*
 * The system clock.  This is the only file of the project that changes it.
 *
 * Its speed is the base frequency, which corrects the oscillator, and for a
 * while a slew on top of it, which corrects an offset.  The slew is carried out
 * by the kernel's own loop (slew.h), so that it ends without us.  What else the
 * kernel could do by itself (a PLL's frequency, FLL, PPS, adjtime) is off.
 */
#ifndef NTPD_CLOCK_CLOCK_H
#define NTPD_CLOCK_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/instant.h"
#include "common/leap.h"
#include "ntpd/clock/slew.h"

/* A smaller jump, s, may come from reading two clocks one after another. */
#define CLOCK_JUMP_LEAST	0.005

struct clock {
	bool		 read_only;	/* -x: nothing is ever written */
	double		 frequency;	/* base, s/s, as the kernel took it */
	struct slew	 slewing;
	double		 slew;		/* s/s on top of it; 0: none */
	struct instant	 slew_due;	/* to be looked after then, or NEVER */
	bool		 closed;

	/* What the kernel held after our last change, to notice others. */
	int64_t		 set_freq, set_tick;
	int		 set_status;
	bool		 reported_other;

	/* The last look at the clocks, ns: where REALTIME must be by now. */
	int64_t		 seen_raw, seen_real, seen_boot_lead;
	int64_t		 leaps;		/* the kernel's count then, leap.h */
	enum ntp_leap	 leap;		/* that this day is to end with */

	/* How far rates of over 500 ppm were to move the clock, and did, s. */
	double		 asked, carried;

	/* What our rates do not explain, up to then, for clock_jump(). */
	double		 jumped, slept;	/* s */
};

/*
 * Take over the clock: stop what the kernel's loops had still to correct, its
 * leap second and adjtime(3), mark it unsynchronized.  The
 * frequency in effect, of timex.freq and timex.tick together, stays, unless it
 * is over 1 %, as a slew is that was cut off; it is in c->frequency afterwards.
 * Fatal if the kernel does not let us; but with READ_ONLY a frequency that
 * cannot be read is taken for 0, which is logged.  However the process ends by
 * exit(3) from now on, no slew outlives it.
 */
void	 clock_open(struct clock *c, bool read_only);

/*
 * Correct the oscillator by FREQUENCY (s/s, |f| <= 0.1).  A slew goes on.
 * c->frequency is then what the kernel took, rounded to 2^-16 ppm.  False,
 * logged, if the kernel refused.
 */
bool	 clock_set_frequency(struct clock *c, double frequency);

/*
 * Correct RATE (s/s, |r| <= 0.1) * DURATION s, about at that rate, from NOW,
 * instead of any slew in progress.  0, 0 ends it.  False, logged, if the kernel
 * refused.
 */
bool	 clock_set_slew(struct clock *c, double rate, double duration,
	    struct instant now);

/* When c->slew_due has come, go on with the slew; true if it is over. */
bool	 clock_tend_slew(struct clock *c, struct instant now);

/* How long the slew in progress will last, s. */
double	 clock_slew_left(const struct clock *c);

/*
 * Set the clock BY s, which ends a slew in progress.  False, logged, if the
 * kernel refused.
 */
bool	 clock_step(struct clock *c, double by);

/*
 * Tell the kernel how good the clock is, s: adjtimex(2) reports it to whoever
 * monitors the machine, and the RTC is kept right only while synchronized.
 * And that the UTC day of its clock ends with the leap second LEAP, or with
 * none; what is announced is logged.
 */
void	 clock_set_quality(struct clock *c, bool synchronized, double esterror,
	    double maxerror, enum ntp_leap leap);

/*
 * Tell the kernel that TAI - UTC is TAI s (0 to 255), which CLOCK_TAI shows.
 * False, logged, if the kernel refused.
 */
bool	 clock_set_tai(struct clock *c, int64_t tai);

/*
 * Leave it running at the base frequency.  What the kernel was told of its
 * quality stays true: it lets maxerror grow by itself.
 */
void	 clock_close(struct clock *c);

/* Seconds since 1970 of CLOCK_REALTIME. */
int64_t	 clock_unix_time(void);

/*
 * How far CLOCK_REALTIME was set since the last call, s, and in *SLEPT how
 * long the machine was suspended, s: what neither our rates, our steps nor the
 * kernel's leap seconds explain.  0 if it is less than CLOCK_JUMP_LEAST at a
 * time.
 */
double	 clock_jump(struct clock *c, double *slept);

/*
 * Log, once and not too often, if another program changed frequency, tick or
 * status since our last change, or has the kernel correct an offset by its PLL
 * or adjtime(3), and take the clock back.  Call it now and then.
 */
void	 clock_watch(struct clock *c);

#endif
