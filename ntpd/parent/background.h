/*
 * Into the background.  The process that somebody started (the starter) stays
 * until the daemon has started or failed: its exit status says which, and it
 * repeats the daemon's warnings on its own standard error.
 */
#ifndef NTPD_PARENT_BACKGROUND_H
#define NTPD_PARENT_BACKGROUND_H

#include <sys/types.h>

struct background {
	int		 fd;		/* to the starter; -1: none waits */
};

/*
 * Go on as the daemon, in a session of its own, with / as its directory and
 * /dev/null in the place of input, output and errors.  The starter does not
 * come back.  Fatal on failure.
 */
void	 background_enter(struct background *b);

/* The daemon runs: let the starter end with status 0. */
void	 background_ready(struct background *b);

/*
 * Wait up to SECONDS for the daemon PID to say on FD that it runs; what else it
 * says there is copied to standard error.  Returns the starter's exit status:
 * 0, the daemon's own if it ended, or 1 if it was ended here because the time
 * is over.
 */
int	 background_await(pid_t pid, int fd, double seconds);

#endif
