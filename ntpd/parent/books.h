/*
 * The books on the clock: what our own rates, slews and steps explain, and what
 * is somebody else's doing.
 */
#ifndef NTPD_PARENT_BOOKS_H
#define NTPD_PARENT_BOOKS_H

#include "ntpd/parent/clock.h"

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

#endif
