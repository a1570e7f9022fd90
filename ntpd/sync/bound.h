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

#endif
