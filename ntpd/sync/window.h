/*
 * What a reference clock says, which is read many times in the time that a
 * server is asked once: from readings to one sample that tells as much.  Pure.
 */
#ifndef NTPD_SYNC_WINDOW_H
#define NTPD_SYNC_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

#include "ntpd/sync/sample.h"

#define WINDOW_MOST	256	/* readings; more are ignored */

struct window {
	struct {
		double	 when;		/* s, oscillator time */
		double	 offset;	/* s, true - oscillator time */
	} readings[WINDOW_MOST];
	size_t		 n;
	double		 error;		/* s, the largest that was stated */
	double		 noise;		/* s^2, variance of a reading */
	double		 known;		/* readings that noise is made of */
};

/*
 * Add a reading that may be off by ERROR, as the clock says.  One that is not
 * finite is ignored.
 */
void	 window_add(struct window *w, double when, double offset, double error);

/* Forget the readings, but not what is known of their noise. */
void	 window_clear(struct window *w);

/*
 * End the window, and begin the next.  Its readings are one SAMPLE: their mean,
 * without those that stand apart, and in place of time stamps' precision the
 * standard error of that.  What is off by the error that was stated is the same
 * in all of them: it stands for a path.  False if there are none.
 */
bool	 window_close(struct window *w, struct sample *sample);

#endif
