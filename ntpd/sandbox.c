/*
 * How a process is confined, in the only order that works: limits while they
 * may be set, Landlock and the descent into the chroot while paths still mean
 * something, then the user, then capabilities, and the filter of system calls
 * last, because it forbids all of the above.
 */
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/sandbox.h"

/*
 * The sanitizers' run-time needs a few calls of its own; a build for testing
 * is confined less.
 */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED	1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED	1
#endif
#endif

#ifdef SANITIZED
const char	*__asan_default_options(void);

/* Looking for leaks at exit takes ptrace(2): not in here. */
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

static const char *const sanitizer_syscalls[] = {
	"sigaltstack", "mmap", "munmap", "mprotect", "madvise", "getpid",
	"gettid", "sched_yield", "futex", "openat", "readlink", "write",
	"rt_sigaction", "rt_sigprocmask", "getrlimit", "prlimit64", "prctl"
};
#endif

/* Every file system right that the oldest Landlock (ABI 1) knows. */
#define LANDLOCK_ALL	((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)
#define LANDLOCK_READ	(LANDLOCK_ACCESS_FS_READ_FILE |			\
			LANDLOCK_ACCESS_FS_READ_DIR |			\
			LANDLOCK_ACCESS_FS_EXECUTE)

bool
sandbox_prepare_root(const char *path)
{
	struct stat	 st;
	struct dirent	*entry;
	DIR		*dir;
	int		 entries = 0;

	if (mkdir(path, 0755) == -1 && errno != EEXIST) {
		log_at(LOG_CRIT, "fatal: cannot make %s, the children's root: "
		    "%s", path, strerror(errno));
		return false;
	}
	if ((dir = opendir(path)) == NULL || fstat(dirfd(dir), &st) == -1) {
		log_at(LOG_CRIT, "fatal: cannot read %s, the children's root: "
		    "%s", path, strerror(errno));
		if (dir != NULL)
			closedir(dir);
		return false;
	}
	while ((entry = readdir(dir)) != NULL && entries < 3)
		entries++;
	closedir(dir);
	if (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		log_at(LOG_CRIT, "fatal: %s must belong to root and be "
		    "writable by nobody else: it becomes the children's root",
		    path);
		return false;
	}
	if (entries > 2) {
		log_at(LOG_CRIT, "fatal: %s must be empty: it becomes the "
		    "children's root", path);
		return false;
	}
	return true;
}

static void
limit(int resource, const char *name, rlim_t most)
{
	struct rlimit	 rl = { .rlim_cur = most, .rlim_max = most };

	if (setrlimit((__rlimit_resource_t)resource, &rl) == -1)
		fatal("cannot limit %s", name);
}

static void
set_limits(const struct sandbox *sandbox)
{
	limit(RLIMIT_CORE, "core dumps", 0);
	limit(RLIMIT_NOFILE, "descriptors", sandbox->max_files);
	if (!sandbox->may_fork)
		limit(RLIMIT_NPROC, "processes", 0);
}

/*
 * Take away the file system by Landlock, on top of the chroot and for
 * processes that have none.  Kernels without it (before 5.13, or switched
 * off) are no reason not to run: the other walls stand.
 */
static void
restrict_files(const struct sandbox *sandbox)
{
	struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ALL
	};
	struct landlock_path_beneath_attr root = {
		.allowed_access = LANDLOCK_READ
	};
	int		 fd;

	if (sandbox->files == FILES_OWN)
		return;
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd == -1) {
		log_debug("no Landlock here: %s", strerror(errno));
		return;
	}
	if (sandbox->files == FILES_READ) {
		root.parent_fd = open("/", O_PATH | O_CLOEXEC);
		if (root.parent_fd == -1 ||
		    syscall(SYS_landlock_add_rule, fd,
		    LANDLOCK_RULE_PATH_BENEATH, &root, 0) == -1)
			fatal("Landlock rule");
		close(root.parent_fd);
	}
	if (syscall(SYS_landlock_restrict_self, fd, 0) == -1)
		fatal("Landlock");
	close(fd);
}

/* The user's name is known as long as there is no other root. */
static void
cannot(const char *what, uid_t uid)
{
	int		 error = errno;
	const struct passwd *pw = getpwuid(uid);

	errno = error;
	if (pw != NULL)
		fatal("cannot %s user %s", what, pw->pw_name);
	fatal("cannot %s user %u", what, (unsigned)uid);
}

static void
become_user(enum sandbox_user user, const struct sandbox_target *target)
{
	if (user == USER_CHILD && (setgroups(1, &target->gid) == -1 ||
	    setresgid(target->gid, target->gid, target->gid) == -1 ||
	    setresuid(target->uid, target->uid, target->uid) == -1))
		cannot("become", target->uid);
	if (user == USER_EFFECTIVE && seteuid(target->uid) == -1)
		cannot("act as", target->uid);
}

/* What this process does not have, it cannot keep. */
static void
clear_missing(cap_t caps)
{
	cap_t		 has = cap_get_proc();
	cap_value_t	 c;
	cap_flag_value_t value;

	if (has == NULL)
		fatal("cannot find out which capabilities there are");
	for (c = 0; cap_get_flag(has, c, CAP_PERMITTED, &value) == 0; c++)
		if (value == CAP_CLEAR &&
		    (cap_set_flag(caps, CAP_PERMITTED, 1, &c, CAP_CLEAR) ||
		    cap_set_flag(caps, CAP_EFFECTIVE, 1, &c, CAP_CLEAR)))
			fatal("cannot clear a capability");
	cap_free(has);
}

static void
drop_capabilities(const char *keep)
{
	cap_t		 caps;

	caps = keep == NULL ? cap_init() : cap_from_text(keep);
	if (caps != NULL)
		clear_missing(caps);
	if (caps == NULL || cap_set_proc(caps) == -1)
		fatal("cannot give up all capabilities but %s",
		    keep == NULL ? "none" : keep);
	cap_free(caps);
}

static void
allow(scmp_filter_ctx filter, const char *name)
{
	int		 nr = seccomp_syscall_resolve_name(name);

	/* A call this architecture does not have cannot be made, either. */
	if (nr == __NR_SCMP_ERROR || nr < 0)
		return;
	if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, nr, 0) != 0)
		fatalx("seccomp: cannot allow %s", name);
}

/* The kernel looks at the lower half of these arguments only, so do we. */
static void
allow_option(scmp_filter_ctx filter, const struct sandbox_option *o)
{
	int		 nr = seccomp_syscall_resolve_name(o->name);

	if (nr == __NR_SCMP_ERROR || nr < 0)
		return;
	if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, nr, 2,
	    SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint32_t)o->level),
	    SCMP_A2(SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint32_t)o->option)) != 0)
		fatalx("seccomp: cannot allow %s", o->name);
}

/* Of the default protocol only; closed on exec and non-blocking, or not. */
static void
allow_socket(scmp_filter_ctx filter, const struct sandbox_socket *s)
{
	const uint32_t	 flags = SOCK_CLOEXEC | SOCK_NONBLOCK;

	if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 3,
	    SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint32_t)s->domain),
	    SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX & ~flags,
	    (uint32_t)s->type),
	    SCMP_A2(SCMP_CMP_MASKED_EQ, UINT32_MAX, 0)) != 0)
		fatalx("seccomp: cannot allow socket");
}

static void
filter_syscalls(const struct sandbox *sandbox)
{
	scmp_filter_ctx	 filter;
	size_t		 i;
	int		 error;

	if ((filter = seccomp_init(SCMP_ACT_KILL_PROCESS)) == NULL)
		fatalx("seccomp_init");
	for (i = 0; i < SANDBOX_MAX_SYSCALLS &&
	    sandbox->syscalls[i].name != NULL; i++)
		allow(filter, sandbox->syscalls[i].name);
	for (i = 0; i < SANDBOX_MAX_OPTIONS &&
	    sandbox->options[i].name != NULL; i++)
		allow_option(filter, &sandbox->options[i]);
	for (i = 0; i < SANDBOX_MAX_SOCKETS &&
	    sandbox->sockets[i].reason != NULL; i++)
		allow_socket(filter, &sandbox->sockets[i]);
#ifdef SANITIZED
	for (i = 0; i < sizeof(sanitizer_syscalls) /
	    sizeof(sanitizer_syscalls[0]); i++)
		allow(filter, sanitizer_syscalls[i]);
#endif
	if ((error = seccomp_load(filter)) != 0)
		fatalx("seccomp: %s", strerror(-error));
	seccomp_release(filter);
}

/*
 * The kernel forgets the signal of spawn() when the user changes.  STARTER may
 * have ended meanwhile: no signal comes any more.
 */
static void
die_with(pid_t starter)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		fatal("PR_SET_PDEATHSIG");
	if (getppid() != starter)
		exit(1);
}

void
sandbox_enter(const struct sandbox *sandbox,
    const struct sandbox_target *target)
{
	pid_t		 starter = getppid();
	bool		 root = geteuid() == 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fatal("PR_SET_NO_NEW_PRIVS");
	set_limits(sandbox);
	if (root && sandbox->chroot &&
	    (chroot(target->root) == -1 || chdir("/") == -1))
		fatal("chroot to %s", target->root);
	restrict_files(sandbox);
	if (root)
		become_user(sandbox->user, target);
	drop_capabilities(sandbox->capabilities);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		fatal("PR_SET_DUMPABLE");
	if (sandbox->user != USER_SAME)
		die_with(starter);
	if (sandbox->syscalls[0].name != NULL)
		filter_syscalls(sandbox);
}
