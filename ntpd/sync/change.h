/*
 * What is kept when the estimate is begun, and begun again: the samples of
 * those who agree, and a frequency.  This is part of sync.c's work.
 */
#ifndef NTPD_SYNC_CHANGE_H
#define NTPD_SYNC_CHANGE_H

#include "ntpd/sync/sync.h"

/*
 * Before a start at NOW from the prediction BASE, with the survivors of O: if
 * the best of their lines contradicts the frequency that was known beforehand
 * (a drift file of another machine), the line's is taken instead.
 */
void		 change_frequency(struct sync *sync, const struct opinion *o,
		    double now, const struct estimate *base);

/*
 * The clock has changed, as the vote O on the news says, and as the newest
 * sample of source I is the last to show.  Keeps the survivors' news alone,
 * lets O be the result, and says how well the frequency is known.
 */
void		 change_accept(struct sync *sync, const struct opinion *o,
		    size_t i, double now, const struct estimate *base);

/*
 * After the filter was started again at NOW: it is the same oscillator as the
 * one that it BEGAN to learn of, so it is not asked as often as at a start.
 */
void		 change_known(struct sync *sync, double began, double now);

#endif
