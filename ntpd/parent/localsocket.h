/*
 * Sockets of this machine that have a path.
 */
#ifndef NTPD_PARENT_LOCALSOCKET_H
#define NTPD_PARENT_LOCALSOCKET_H

#include <sys/types.h>

/*
 * A socket of TYPE at PATH, with the rights of MODE, which takes no descriptors
 * where the kernel can refuse them.  A socket that a daemon has left there is
 * replaced, and nothing else.  If PATH is "", it has a name that is no file.
 * -1, with errno, on failure.
 */
int	 localsocket_open(const char *path, int type, mode_t mode);

/* The same, and it is listened on, with BACKLOG connections in line. */
int	 localsocket_listen(const char *path, int type, mode_t mode,
	    int backlog);

#endif
