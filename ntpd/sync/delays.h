/*
 * What is known of the path to a server when nothing waits on it.
 */
#ifndef NTPD_SYNC_DELAYS_H
#define NTPD_SYNC_DELAYS_H

#include <stdbool.h>
#include <stddef.h>

#define DELAYS_KEPT	64	/* round trips kept to know the usual one */
#define DELAYS_STRETCHES 16	/* of so many each, kept to know the least */

struct stretch {
	double		 least;		/* s */
	double		 trips;		/* of which it is the least; or 0 */
};

struct delays {
	double		 newest[DELAYS_KEPT];		/* s, a ring */
	size_t		 n;
	size_t		 next;
	struct stretch	 stretches[DELAYS_STRETCHES];	/* a ring */
	size_t		 current;
	double		 least;		/* s, of all stretches */
	double		 trips;		/* of which it is the least */
	double		 usual_excess;	/* s, median of newest - least */
};

/*
 * Add a round trip of DELAY (s).  They begin zeroed.  After
 * DELAYS_STRETCHES * DELAYS_KEPT of them, or when the route has become longer,
 * older ones are forgotten.
 */
void		 delays_add(struct delays *d, double delay);

/*
 * The same path, one way now and the other another time, would have made a
 * round trip of DELAY, that is known with the standard error ERROR (both s).
 */
void		 delays_combine(struct delays *d, double delay, double error);

/*
 * The clock's drift was not what it was taken for: forget what was combined,
 * and older round trips with it.  The newest DELAYS_KEPT that were made stay.
 */
void		 delays_renew(struct delays *d);

/*
 * Were the newest round trips all so much longer than the least one that the
 * route may have become longer?  If it has, a few more of them tell.
 */
bool		 delays_in_doubt(const struct delays *d);

/* What a round trip without waits takes, s, after one delays_add() or more. */
double		 delays_minimum(const struct delays *d);

/* The standard error (s) of delays_minimum(). */
double		 delays_error(const struct delays *d);

#endif
