/*
 * From an estimate to what the clock should do.  The parent has the last
 * word; these are the wishes of the engine.
 */
#ifndef NTPD_SYNC_DISCIPLINE_H
#define NTPD_SYNC_DISCIPLINE_H

#include <stdbool.h>

#include "common/rfc5905.h"
#include "ntpd/sync/filter.h"

#define DISCIPLINE_MAX_FREQUENCY 0.1	/* s/s, base: frequency and tick */
#define DISCIPLINE_MAX_SLEW	MAXFREQ	/* s/s, offsets up to STEPT */
#define DISCIPLINE_FAST_SLEW	0.1	/* s/s, larger ones */

/* What may be done about an offset. */
enum discipline_means {
	DISCIPLINE_NOTHING,	/* it is waited for, or too large */
	DISCIPLINE_SLEW,
	DISCIPLINE_STEP		/* if it is over the threshold; else slew */
};

struct plan {
	bool		 step;		/* set the clock by offset, now */
	double		 offset;	/* s, what is to be corrected */
	double		 frequency;	/* s/s, new base */
	double		 slew;		/* s/s on top of it ... */
	double		 duration;	/* ... for that long, s */
};

/* What is remembered from one plan to the next. */
struct discipline {
	bool		 acquired;	/* offset was within its error */
	bool		 settled;	/* the clock was right at some time:
					   intervals are measured by it */
	bool		 changed;	/* the oscillator has, since then */
	double		 age;		/* s, the usual one of estimates; 0: no
					   plan was made yet */
};

/*
 * Plan for a clock that is OFFSET s behind true time (ahead: negative), given
 * the estimate E, by MEANS.  The parent would accept a step of at least
 * THRESHOLD s.
 */
struct plan	 discipline_plan(struct discipline *d,
		    const struct estimate *e, double offset,
		    enum discipline_means means, double threshold);

#endif
