/*
 * Network cards that are to stamp packets.
 */
#ifndef NTPD_PARENT_CARDS_H
#define NTPD_PARENT_CARDS_H

#include "ntpd/config.h"
#include "ntpd/parent/sensors.h"

/*
 * Add the cards of CONF to S, each to be read by a process of its own.  An
 * interface that is not there may come; that a card cannot stamp is logged.
 */
void	 cards_make(struct sensors *s, const struct config *conf);

#endif
