/*
 * The mechanism of confinement: credentials, chroot, capabilities, resource
 * limits, Landlock, seccomp.  What each process may do is data beside its
 * code (struct sandbox), read as a table.
 */
#ifndef NTPD_SANDBOX_H
#define NTPD_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ntpd/processes.h"

#define SANDBOX_MAX_SYSCALLS	96
#define SANDBOX_MAX_OPTIONS	4
#define SANDBOX_MAX_SOCKETS	2

/* A system call a process may make, and what it needs it for. */
struct sandbox_syscall {
	const char	*name;		/* NULL ends the list */
	const char	*reason;
};

/* A socket option: getsockopt or setsockopt may be made for this one. */
struct sandbox_option {
	const char	*name;		/* of the call; NULL ends the list */
	const char	*reason;
	int		 level;
	int		 option;
};

/* socket(2) may be called for these; not to be listed as a system call, too. */
struct sandbox_socket {
	const char	*reason;	/* NULL ends the list */
	int		 domain;
	int		 type;
};

enum sandbox_files {
	FILES_NONE,		/* no file system access at all */
	FILES_READ,		/* may read what its user may (Landlock) */
	FILES_OWN		/* not restricted here */
};

/*
 * When a process ends, the kernel kills those that it started in its name,
 * which needs their user.  CAP_KILL would do, too, but is more, and not every
 * container has it.
 */
enum sandbox_user {
	USER_SAME,		/* the starter's */
	USER_EFFECTIVE,		/* the children's, but can go back: they */
				/* cannot signal it, as its real one is root */
	USER_CHILD		/* the children's for good */
};

struct sandbox {
	bool		 chroot;	/* into the empty directory */
	enum sandbox_user user;
	const char	*capabilities;	/* cap_from_text(3); NULL: none */
	enum sandbox_files files;
	uint64_t	 max_files;	/* RLIMIT_NOFILE */
	bool		 may_fork;	/* else RLIMIT_NPROC is 0 */
	struct sandbox_syscall syscalls[SANDBOX_MAX_SYSCALLS];
	struct sandbox_option options[SANDBOX_MAX_OPTIONS];
	struct sandbox_socket sockets[SANDBOX_MAX_SOCKETS];
};

extern const struct sandbox	 parent_sandbox;
#define CHILD(process, name, ...)					\
extern const struct sandbox	 name##_sandbox;
CHILDREN
#undef CHILD

/* Where and as whom a process is to be confined. */
struct sandbox_target {
	const char	*root;		/* empty, root-owned directory */
	uid_t		 uid;
	gid_t		 gid;
};

/*
 * Confine this process as SANDBOX says; fatal if any part fails, but for
 * Landlock, which not every kernel has.  Afterwards a system call that is not
 * listed kills the process.  Started without root it stays the user that it is,
 * and has no empty root: Landlock and the filter keep it from files.
 */
void	 sandbox_enter(const struct sandbox *sandbox,
	    const struct sandbox_target *target);

/*
 * Make sure that PATH is an empty directory that only root can write, making
 * it if it is missing.  False, with a message logged, if it is not.
 */
bool	 sandbox_prepare_root(const char *path);

#endif
