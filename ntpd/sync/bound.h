/*
 * The two bounds of sync.h, likely and certain; what of it is state.
 */
#ifndef NTPD_SYNC_BOUND_H
#define NTPD_SYNC_BOUND_H

#include "ntpd/sync/sync.h"

/*
 * A sample was taken.  If a majority agrees, remember what is certain now, for
 * the time in which none does.
 */
void		 bound_remember(struct sync *sync);

/*
 * Source I, whose newest sample surprises, says that the offset is OFFSET (s):
 * remember how fast the prediction would have gone wrong since it fitted last.
 */
void		 bound_doubt(struct sync *sync, size_t i, double offset);

/*
 * The estimate has been begun again, and its frequency is another one than the
 * FREQUENCY (s/s) that was known.  As long as it is not settled it may be
 * either: there may have been a pause.
 */
void		 bound_change(struct sync *sync, double frequency);

#endif
