/*
 * What was: how the clock was, about once a minute, and what the servers said.
 * It is kept in two rings of fixed size, in memory only, for ntpctl.
 */
#ifndef NTPD_HISTORY_H
#define NTPD_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/control.h"
#include "common/instant.h"

/*
 * Tuned: a day at one point a minute; a day of four servers asked each minute,
 * or of sixteen asked every four.  Both rings take less than 700 kB.
 */
#define HISTORY_POINTS		1440
#define HISTORY_SAMPLES		8192
#define HISTORY_INTERVAL	60.0	/* s, between points, at least */

struct history {
	struct control_point points[HISTORY_POINTS];	/* but for their age, */
	struct instant	 pointed_at[HISTORY_POINTS];	/* ... which is this */
	uint32_t	 npoints;	/* ever: the next one's number */
	struct control_sample samples[HISTORY_SAMPLES];
	struct instant	 sampled_at[HISTORY_SAMPLES];
	uint32_t	 nsamples;	/* likewise */
};

/* Is it time for a point? */
bool	 history_is_due(const struct history *h, struct instant now);

/*
 * Keep how the clock is NOW, of the report *STATUS, in place of the oldest if
 * there are too many.
 */
void	 history_add_point(struct history *h,
	    const struct control_status *status, struct instant now);

/* Keep what a server has said NOW.  The number of *SAMPLE is set here. */
void	 history_add_sample(struct history *h,
	    const struct control_sample *sample, struct instant now);

/*
 * Copy the first point or sample that is still kept and has the number FROM, or
 * a higher one.  False if there is none.
 */
bool	 history_point(const struct history *h, uint32_t from,
	    struct instant now, struct control_point *point);
bool	 history_sample(const struct history *h, uint32_t from,
	    struct instant now, struct control_sample *sample);

#endif
