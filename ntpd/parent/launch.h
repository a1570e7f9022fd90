/*
 * Starting one child.
 */
#ifndef NTPD_PARENT_LAUNCH_H
#define NTPD_PARENT_LAUNCH_H

#include <stdbool.h>

#include "ntpd/parent/children.h"

/*
 * Fork CHILD, which is root if the parent is: the launcher can start no such
 * one.  Ends the daemon if it fails.  Returns what is readable when it has
 * ended, the caller's to close, or -1.
 */
int	 launch_fork(struct children *c, struct child *child);

/*
 * Have the launcher start CHILD, with a new channel to it.  False if that is
 * not possible now; the channel may be open even so.
 */
bool	 launch_child(struct children *c, struct child *child);

#endif
