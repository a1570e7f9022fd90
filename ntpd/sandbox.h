/*
 * The mechanism of confinement: credentials, chroot, capabilities, resource
 * limits, Landlock, seccomp.  What each process may do is data beside its
 * code (struct sandbox), read as a table.
 */
#ifndef NTPD_SANDBOX_H
#define NTPD_SANDBOX_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ntpd/processes.h"

/*
 * The sanitizers' run-time needs more memory and a few more system calls; a
 * build for testing is confined less.
 */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED	1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED	1
#endif
#endif

#define SANDBOX_MAX_SYSCALLS	96
#define SANDBOX_MAX_CONDITIONS	3
#define SANDBOX_MAX_READS	12

/*
 * An argument, counted from 0, has to have VALUE in the bits of MASK.  Only
 * lower halves are looked at: of these arguments the kernel uses no more.
 */
struct sandbox_condition {
	unsigned	 argument;
	uint32_t	 mask;		/* 0 ends the list */
	uint32_t	 value;
};

/*
 * A system call a process may make, and what it needs it for.  With conditions
 * it may be listed several times: one of the lines has to hold.
 */
struct sandbox_syscall {
	const char	*name;		/* NULL ends the list */
	const char	*reason;
	struct sandbox_condition when[SANDBOX_MAX_CONDITIONS];
	uint32_t	 above;		/* not 0: for descriptors above it */
};

/* A row: the call, the reason and, if there are any, conditions. */
#define MAY(call, ...)	{ .name = (call), .reason = __VA_ARGS__ }

/* What every process needs. */
#define MAY_LIVE							\
	MAY("ppoll",		"wait"),				\
	MAY("ppoll_time64",	"the same on 32-bit machines"),		\
	MAY("clock_gettime",	"time, where the vDSO has none"),	\
	MAY("clock_gettime64",	"the same on 32-bit machines"),		\
	MAY("brk",		"memory"),				\
	MAY("write",		"log; what it has open"),		\
	MAY("exit_group",	"end")

/* Of openat, for reading. */
#define READ_ONLY	.when = { { 2, O_ACCMODE | O_CREAT | O_TRUNC,	\
			    O_RDONLY } }
/* Of mmap and mprotect. */
#define NOT_EXECUTABLE	.when = { { 2, PROT_EXEC, 0 } }
/*
 * Of calls that send and receive, whose flags are argument N.  No channel has
 * urgent data; what the kernel does for these on local sockets was a way into
 * it (CVE-2025-38236), and keeps poll(2) awake.
 */
#define NOT_URGENT(n)	.when = { { (n), MSG_OOB, 0 } }
/* Of calls for a descriptor. */
#define ABOVE(fd)	.above = (fd)
/* Of ioctl and fcntl. */
#define REQUEST(n)	.when = { { 1, UINT32_MAX, (n) } }
/* Of getsockopt and setsockopt. */
#define OPTION(level, n)						\
			.when = { { 1, UINT32_MAX, (level) },		\
			    { 2, UINT32_MAX, (n) } }
/* Of socket, the default protocol; closed on exec and non-blocking, or not. */
#define SOCKET(domain, type)						\
			.when = { { 0, UINT32_MAX, (domain) },		\
			    { 1, UINT32_MAX & ~(uint32_t)(SOCK_CLOEXEC | \
			    SOCK_NONBLOCK), (type) },			\
			    { 2, UINT32_MAX, 0 } }

/* By Landlock, where the kernel has it. */
enum sandbox_files {
	FILES_NONE,		/* no file system access at all */
	FILES_READ,		/* what is in its sandbox's reads */
	FILES_RUN,		/* may read, and start, what its user may */
	FILES_FOLDERS		/* the target's folders */
};

/*
 * When a process ends, the kernel kills those that it started in its name,
 * which needs their user.  CAP_KILL would do, too, but is more, and not every
 * container has it.
 */
enum sandbox_user {
	USER_SAME,		/* the starter's */
	USER_BECOME,		/* the children's; its saved user is root, by */
				/* which its starter may kill it, and to */
				/* which no call it may make leads back */
	USER_CHILD		/* the children's: it was started as that */
};

struct sandbox {
	bool		 chroot;	/* into the empty directory */
	enum sandbox_user user;
	const char	*capabilities;	/* cap_from_text(3); NULL: none */
	enum sandbox_files files;
	const char	*reads[SANDBOX_MAX_READS]; /* folders, and files: the */
					/* folders where these are, at */
					/* the end of symbolic links */
	uint16_t	 tcp_port;	/* likewise: the only one */
					/* to connect to; 0: none */
	uint64_t	 max_files;	/* RLIMIT_NOFILE */
	uint64_t	 max_memory;	/* RLIMIT_AS, MiB; tuned */
	bool		 may_fork;	/* else RLIMIT_NPROC is 0 */
	struct sandbox_syscall syscalls[SANDBOX_MAX_SYSCALLS];
};

extern const struct sandbox	 parent_sandbox;
#define CHILD(process, name, ...)					\
extern const struct sandbox	 name##_sandbox;
CHILDREN
#undef CHILD

extern const struct sandbox *const sandboxes[PROCESSES];

#define SANDBOX_MAX_FOLDERS	20

/* A folder whose files may be read, or also made, replaced and removed. */
struct sandbox_folder {
	char		 path[PATH_MAX]; /* "": none */
	bool		 write;
};

/* Where and as whom a process is to be confined. */
struct sandbox_target {
	const char	*root;		/* empty, root-owned directory; or "" */
	uid_t		 uid;		/* 0: the one that it is */
	gid_t		 gid;
	struct sandbox_folder folders[SANDBOX_MAX_FOLDERS];
};

/*
 * Confine this process as SANDBOX says; fatal if any part fails, but for
 * Landlock, which not every kernel has.  Afterwards a system call that is not
 * listed kills the process.  Started without root (target->uid is 0) it stays
 * the user that it is.  Without an empty root (target->root is ""), Landlock
 * and the filter keep it from files.
 */
void	 sandbox_enter(const struct sandbox *sandbox,
	    const struct sandbox_target *target);

/* Has the kernel Landlock? */
bool	 sandbox_has_landlock(void);

/* May this process, and those that it starts, have another root? */
bool	 sandbox_may_chroot(void);

/*
 * Make sure that PATH is an empty directory that only root, or the user that
 * this is, can write, making it if it is missing.  False, with a message
 * logged, if it is not.
 */
bool	 sandbox_prepare_root(const char *path);

#endif
