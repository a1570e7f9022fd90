/*
 * The books on the clock: what our own rates, slews and steps explain, and what
 * is somebody else's doing.
 */
#ifndef NTPD_CLOCK_BOOKS_H
#define NTPD_CLOCK_BOOKS_H

#include "ntpd/clock/clock.h"

/* The books begin here: remember where the clocks are. */
void	 books_open(struct clock *c);

/*
 * Account for the time since the last call, in which the clock ran at one
 * frequency and perhaps was slewed.  The kernel's loop has REST s left.  What
 * is not explained is added to c->jumped and c->slept.  Call it before the
 * frequency or the slew changes: else a slew that is over could look like a
 * jump.
 */
void	 books_close(struct clock *c, double rest);

/*
 * What the kernel is to be asked for, s/s, so that the clock runs RATE s/s
 * faster than the bare oscillator, as far as the books tell.  A kernel counts
 * in ticks of whole cycles, and so makes a rate smaller or larger by some parts
 * of a million: at 1 %, that is 0.1 ppm.  Up to 500 ppm it is nothing.
 */
double	 books_ask(const struct clock *c, double rate);

#endif
