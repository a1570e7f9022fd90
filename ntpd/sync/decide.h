/*
 * When the estimate is begun, and begun again.  This is part of sync.c's work.
 */
#ifndef NTPD_SYNC_DECIDE_H
#define NTPD_SYNC_DECIDE_H

#include "ntpd/sync/sync.h"

/*
 * There is no estimate, and SAMPLE was the newest: vote, and make one if a
 * majority agrees and none is EXPECTED to answer any more.  True if there is
 * one now.
 */
bool		 decide_start(struct sync *sync, const struct sample *sample,
		    size_t expected);

/*
 * Has our clock changed, as the newest sample of source I is the last to show,
 * and as the prediction BASE at NOW was wrong by?  Then the estimate is begun
 * again with what was said since, and it is true.
 */
bool		 decide_change(struct sync *sync, size_t i, double now,
		    const struct estimate *base);

#endif
