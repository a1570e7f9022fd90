/*
 * The descriptors that a process waits for.
 */
#ifndef COMMON_POLLSET_H
#define COMMON_POLLSET_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>

#include "common/instant.h"

#define POLLSET_MAX	256

/* The descriptors of one turn of a loop, in the order they were added. */
struct pollset {
	struct pollfd	 fds[POLLSET_MAX];
	nfds_t		 n;
	struct instant	 until;		/* of the wait, at the latest */
};

/* Begin a new turn. */
void	 pollset_clear(struct pollset *set);

/*
 * Wait for EVENTS on FD; returns its slot, or -1 when the set is full or FD
 * is negative (then it is never ready).
 */
int	 pollset_add(struct pollset *set, int fd, short events);

/* Wait until T at the latest, whatever the deadline. */
void	 pollset_until(struct pollset *set, struct instant t);

/* Did one of EVENTS, an error or a hang-up happen in SLOT? */
bool	 pollset_ready(const struct pollset *set, int slot, short events);

/*
 * Wait until something is ready, DEADLINE passes or a signal of those that
 * MASK lets through arrives (NULL: mask unchanged).  A signal is let in also
 * when something is ready.  Returns how many are ready; 0 after a signal, at
 * the deadline, or after a rest when the kernel has no memory.  Fatal when
 * ppoll(2) fails for any other reason.
 */
int	 pollset_wait(struct pollset *set, struct instant deadline,
	    const sigset_t *mask);

#endif
