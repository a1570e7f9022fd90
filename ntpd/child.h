/*
 * A child's life: spawn() forks and re-executes this program, so that each
 * process has an address-space layout of its own; main() calls the child's own
 * function; that begins with child_begin().
 */
#ifndef NTPD_CHILD_H
#define NTPD_CHILD_H

#include <sys/types.h>

#include "ntpd/channel.h"

#define CHILD_CHANNEL_FD	3	/* its channel to the parent */
#define CHILD_GIVEN_FD		4	/* the first of what it is given */

/*
 * Start PROCESS, number INSTANCE, with FD as its channel and LOG (-1: ours) as
 * its standard error; both are closed here.  It has a session of its own,
 * /dev/null as its input and output, / as its directory, an empty environment
 * and no other descriptor.  The kernel kills it when this process ends.
 * Returns its process id, or -1 with errno.
 */
pid_t	 spawn(enum process process, unsigned instance, int fd, int log);

/*
 * The first thing that process SELF, number INSTANCE, does: open PARENT, its
 * channel to the parent, take the setup from there, start the log and enter
 * its sandbox.  What it is given by processes.h has the numbers from
 * CHILD_GIVEN_FD on then.  What takes more than the sandbox allows comes
 * before.  If the parent is gone, it has said why, and this process ends
 * without a word.  Fatal if nothing comes within 10 s.
 */
void	 child_begin(struct channel *parent, enum process self,
	    unsigned instance);

/*
 * The two halves of child_begin(), for a process that has something to do
 * between them with the launcher's rights.  The first one ends with the setup
 * in *SETUP, the second one begins with the sandbox.
 */
struct child_setup;
void	 child_meet(struct channel *parent, enum process self,
	    unsigned instance, struct child_setup *setup);
void	 child_confine(enum process self, const struct child_setup *setup);

/* A child's patience with the parent, s. */
#define SETUP_SECONDS	10.0

/* NAME_main(): be that process, number INSTANCE.  Never returns. */
#define CHILD(process, name, ...)					\
void	 name##_main(unsigned instance) __attribute__((noreturn));
CHILDREN
#undef CHILD

#endif
