/*
 * Which addresses this machine has, asked of the kernel.
 */
#ifndef COMMON_HERE_H
#define COMMON_HERE_H

#include <stdbool.h>

#include "addr.h"

/*
 * Does this machine have ADDR, whatever the port, so that a socket can be bound
 * to it?  Opens one to find out, and sends nothing.  If in doubt, it does.
 */
bool	 here_has_address(const struct addr *addr);

#endif
