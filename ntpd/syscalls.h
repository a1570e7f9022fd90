/*
 * The filter of system calls that a process's table stands for.
 */
#ifndef NTPD_SYSCALLS_H
#define NTPD_SYSCALLS_H

#include <seccomp.h>

#include "ntpd/sandbox.h"

/*
 * Make the filter of SANDBOX, to be loaded and released by the caller.  What
 * it does not allow ends the process.  The filter of one that starts others
 * allows what they need, too: their tables, and what it takes to start.  There
 * what is not allowed fails with ENOSYS, since a newer C library may try at its
 * start what this table does not know.  Fatal on failure.
 */
scmp_filter_ctx	 syscalls_filter(const struct sandbox *sandbox);

/* How many system calls it allows on this architecture. */
unsigned	 syscalls_count(const struct sandbox *sandbox);

/* Make and load it.  Fatal on failure. */
void	 syscalls_restrict(const struct sandbox *sandbox);

#endif
