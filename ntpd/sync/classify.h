/*
 * Is a sample what was predicted?  And what follows for its source, by the
 * table in doubt.h.  This is part of sync.c's work.
 */
#ifndef NTPD_SYNC_CLASSIFY_H
#define NTPD_SYNC_CLASSIFY_H

#include "ntpd/sync/sync.h"

/*
 * A sample further from prediction than this is a surprise, in standard
 * errors.  Tuned: surprises_are_taken_calmly.
 */
#define CLASSIFY_SURPRISE	4.0

/* How far SAMPLE of source I is from what is predicted, standard errors. */
double		 classify_surprise(const struct sync *sync, size_t i,
		    const struct sample *sample);

/*
 * SAMPLE is the newest of source I, and was added to it.  The filter goes on to
 * its time.  If it fits, those that waited are dropped; else it waits, or is
 * what the source insists on.
 */
void		 classify_sample(struct sync *sync, size_t i,
		    const struct sample *sample);

#endif
