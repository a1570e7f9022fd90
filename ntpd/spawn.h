/*
 * Starting this program again as another of its processes: fork and
 * re-execute, so that each has an address-space layout of its own.
 */
#ifndef NTPD_SPAWN_H
#define NTPD_SPAWN_H

#include <sys/types.h>

#include "ntpd/messages.h"

/*
 * Start PROCESS, number INSTANCE, with FD as its channel; FD is closed here.
 * The kernel kills it when this process ends.  Returns its process id, or -1 with errno.
 */
pid_t	 spawn(enum process process, unsigned instance, int fd);

#endif
