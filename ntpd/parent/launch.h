/*
 * Starting one child.
 */
#ifndef NTPD_PARENT_LAUNCH_H
#define NTPD_PARENT_LAUNCH_H

#include <stdbool.h>

#include "ntpd/parent/children.h"

/* Fork the LAUNCHER, which ends the daemon if it fails. */
void	 launch_launcher(struct children *c, struct child *launcher);

/*
 * Have the launcher start CHILD, with a new channel to it.  False if that is
 * not possible now; the channel may be open even so.
 */
bool	 launch_child(struct children *c, struct child *child);

#endif
