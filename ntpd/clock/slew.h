/*
 * A slew as the kernel carries it out.  Pure: the clock itself is clock.c.
 *
 * The kernel has a loop that removes an offset without us: in each second of
 * CLOCK_REALTIME it corrects the K-th part of what is left of it, K being a
 * power of two.  It is given no more than it may correct without us, so that
 * every slew ends by itself, whatever becomes of this process:
 *
 *  slew	 what the loop is given		 what happens without us
 *  gentle	 all of the offset, once	 it is corrected
 *  steady	 each second, K times what	 it goes on, ever slower, by
 *		 is to be corrected in the next	 5 s at the slew's rate in all
 *
 * These seconds are the clock's.
 *
 * A gentle slew begins at the rate that was asked for and becomes slower.  It
 * is replaced by the next plan before it is over.  A steady one is for offsets
 * that are to be gone as soon as they may, and for slews that are over before a
 * gentle one would have begun.
 */
#ifndef NTPD_CLOCK_SLEW_H
#define NTPD_CLOCK_SLEW_H

#include <stdbool.h>
#include <stdint.h>

struct slew {
	double		 rate;		/* s/s, as asked for; 0: none */
	bool		 steady;	/* else gentle */
	int		 constant;	/* of timex: K is 2^(constant + 2) */
	double		 left;		/* s to be corrected, loop included */
	double		 in_loop;	/* s the loop had left, last look */
	double		 chunk;		/* s that it corrects in this second */
	int64_t		 real;		/* ns, REALTIME of the last look */
	double		 frequency;	/* s/s, beside it; set by the caller */
};

/*
 * Begin to correct RATE * DURATION s, instead of what is in progress; 0, 0 ends
 * it.  The loop cannot be stopped before the end of this second: what it
 * corrects until then is taken into account.  Call slew_look() just before.
 */
void	 slew_begin(struct slew *slew, double rate, double duration);

/* What the loop is to be given now, s: within +-0.5. */
double	 slew_portion(const struct slew *slew);

/*
 * RATE, or as much of it as is possible together with FREQUENCY, s/s: the
 * kernel changes the tick by 10 % at most.
 */
double	 slew_possible(double rate, double frequency);

/* Is REST, s, what may be left of what the loop was given? */
bool	 slew_is_rest(const struct slew *slew, double rest);

/* It was given IN_LOOP s. */
void	 slew_given(struct slew *slew, double in_loop);

/*
 * IN_LOOP s are left in the loop at REAL (CLOCK_REALTIME, ns).  Returns how far
 * the clock was slewed since the last look, s: exact to the kernel's tick.
 */
double	 slew_look(struct slew *slew, double in_loop, int64_t real);

/* The clock was set, to REAL (ns): that cleared the loop and ends the slew. */
void	 slew_clear(struct slew *slew, int64_t real);

/* Is all of it corrected?  To be asked after slew_look(). */
bool	 slew_is_over(const struct slew *slew);

/* How much faster the clock runs just now, s/s. */
double	 slew_rate(const struct slew *slew);

/* How long, s, until the slew is to be looked after. */
double	 slew_due(const struct slew *slew);

/* How long it is going to last, s. */
double	 slew_lasts(const struct slew *slew);

#endif
