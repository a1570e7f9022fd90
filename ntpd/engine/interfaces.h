/*
 * The numbers of the interfaces that addresses of one link are on: they change
 * when an interface is made anew.
 */
#ifndef NTPD_INTERFACES_H
#define NTPD_INTERFACES_H

#include <stdbool.h>

#include "ntpd/config_shared.h"

/*
 * Write the present numbers of the interfaces that CONF names into its
 * addresses: 0 if there is none of this name.  True if one of them was another
 * number.
 */
bool	 interfaces_number(struct config_server *conf);

/* Log which interfaces that CONF names are not there. */
void	 interfaces_log_missing(const struct config_server *conf);

#endif
