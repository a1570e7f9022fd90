/*
 * How the filter learns: whose samples, in which order.  This is part of
 * sync.c's work.
 */
#ifndef NTPD_SYNC_LEARN_H
#define NTPD_SYNC_LEARN_H

#include "ntpd/sync/sync.h"

/*
 * What SAMPLE of source I tells the filter, which is at that time or after it:
 * interleaved mode has samples an interval late.  Such a one is carried on by
 * the frequency, and so much less certain.
 */
struct observation learn_observe(const struct sync *sync, size_t i,
		    const struct sample *sample);

/* Learn SAMPLE of source I, which takes part. */
void		 learn_sample(struct sync *sync, size_t i,
		    const struct sample *sample);

/*
 * Those who are used take part in the filter.  Without a majority nobody does:
 * then what is known is carried on.  Of a source that was found to be wrong,
 * what it said is forgotten, too.
 */
void		 learn_members(struct sync *sync);

/*
 * Start the filter with everything that those who are used have said so far.
 * The first sample is the guess to start from, ten times as uncertain as it
 * is, so that it still counts once.
 */
void		 learn_anew(struct sync *sync);

/* Is everything still there that the filter has learned from? */
bool		 learn_is_complete(const struct sync *sync);

#endif
