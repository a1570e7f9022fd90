/*
 * All sources vote, and each is told what that means for it.  This is part of
 * sync.c's work.
 */
#ifndef NTPD_SYNC_JUDGE_H
#define NTPD_SYNC_JUDGE_H

#include "ntpd/sync/sync.h"

/*
 * Hold a vote at NOW about the prediction BASE: which sources are used, which
 * are false, which are heard as another one, and which take part in the filter.
 */
void		 judge_sources(struct sync *sync, double now,
		    const struct estimate *base);

#endif
