/*
 * How a process is confined, in the only order that works: limits while they
 * may be set, Landlock and the descent into the chroot while paths still mean
 * something, then the user, then capabilities, and the filter of system calls
 * last, because it forbids all of the above.
 */
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/own.h"
#include "ntpd/sandbox.h"
#include "ntpd/syscalls.h"

#ifndef PR_SET_MDWE
#define PR_SET_MDWE	65	/* newer than many headers */
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

#ifdef SANITIZED
const char	*__asan_default_options(void);

/* Looking for leaks at exit takes ptrace(2): not in here. */
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

/* Every file system right that the oldest Landlock (ABI 1) knows. */
#define LANDLOCK_ALL	((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)
#define LANDLOCK_READ	(LANDLOCK_ACCESS_FS_READ_FILE |			\
			LANDLOCK_ACCESS_FS_READ_DIR)
/* Files are read, made, replaced and removed. */
#define LANDLOCK_WRITE	(LANDLOCK_ACCESS_FS_READ_FILE |			\
			LANDLOCK_ACCESS_FS_WRITE_FILE |			\
			LANDLOCK_ACCESS_FS_MAKE_REG |			\
			LANDLOCK_ACCESS_FS_REMOVE_FILE)

/* What is newer than many headers, and the version that it came with. */
#define NET_VERSION	4
#define CONNECT_TCP	(UINT64_C(1) << 1)
#define NET_PORT_RULE	2
#define SCOPE_VERSION	6
#define SCOPE_ABSTRACT_NAMES	(UINT64_C(1) << 0)
#define SCOPE_SIGNALS	(UINT64_C(1) << 1)

/* struct landlock_ruleset_attr and landlock_net_port_attr. */
struct ruleset {
	uint64_t	 files;
	uint64_t	 net;
	uint64_t	 scopes;
};

struct port_rule {
	uint64_t	 access;
	uint64_t	 port;
};

/* Of Landlock, as the kernel counts; -1 with errno: there is none. */
static long
landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

bool
sandbox_has_landlock(void)
{
	return landlock_version() >= 0;
}

bool
sandbox_may_chroot(void)
{
	cap_t		 has = cap_get_proc();
	cap_flag_value_t value = CAP_CLEAR;

	if (has == NULL || cap_get_flag(has, CAP_SYS_CHROOT, CAP_EFFECTIVE,
	    &value) == -1)
		fatal("cannot find out which capabilities there are");
	cap_free(has);
	return value == CAP_SET;
}

bool
sandbox_prepare_root(const char *path)
{
	struct stat	 st;
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
	while (entries < 3 && readdir(dir) != NULL)
		entries++;
	closedir(dir);
	if (!own_is(st.st_uid) || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		log_at(LOG_CRIT, "fatal: %s must belong to root, or whoever "
		    "starts ntpd, and be writable by nobody else: it becomes "
		    "the children's root", path);
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
limit(unsigned resource, const char *name, rlim_t most)
{
	struct rlimit	 rl = { .rlim_cur = most, .rlim_max = most };

	if (setrlimit(resource, &rl) == -1)
		fatal("cannot limit %s", name);
}

static void
set_limits(const struct sandbox *sandbox)
{
	limit(RLIMIT_CORE, "core dumps", 0);
	limit(RLIMIT_NOFILE, "descriptors", sandbox->max_files);
#ifndef SANITIZED		/* which maps terabytes */
	limit(RLIMIT_AS, "memory", sandbox->max_memory << 20);
#endif
	if (!sandbox->may_fork)
		limit(RLIMIT_NPROC, "processes", 0);
}

/*
 * Allow RULES, a Landlock ruleset, what is below PATH.  What does not exist
 * cannot be allowed.
 */
static void
allow_below(int rules, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr attr = { .allowed_access = access };

	attr.parent_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (attr.parent_fd == -1) {
		log_debug("%s: %s", path, strerror(errno));
		return;
	}
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
	    &attr, 0) == -1)
		fatal("Landlock rule for %s", path);
	close(attr.parent_fd);
}

/* Allow RULES to read what is below PATH, or beside it if it is a file. */
static void
allow_read(int rules, const char *path)
{
	char		 real[PATH_MAX];
	struct stat	 st;

	if (stat(path, &st) == -1)
		return;
	if (!S_ISDIR(st.st_mode) && realpath(path, real) != NULL)
		path = dirname(real);
	allow_below(rules, path, LANDLOCK_READ);
}

static void
allow_files(int rules, const struct sandbox *sandbox,
    const struct sandbox_target *target)
{
	const struct sandbox_folder *f = target->folders;
	size_t		 i;

	switch (sandbox->files) {
	case FILES_NONE:
		break;
	case FILES_READ:
		for (i = 0; i < SANDBOX_MAX_READS; i++)
			if (sandbox->reads[i] != NULL)
				allow_read(rules, sandbox->reads[i]);
		break;
	case FILES_RUN:
		allow_below(rules, "/", LANDLOCK_READ |
		    LANDLOCK_ACCESS_FS_EXECUTE);
		break;
	case FILES_FOLDERS:
		for (; f < target->folders + SANDBOX_MAX_FOLDERS; f++)
			if (f->path[0] != '\0')
				allow_below(rules, f->path, f->write ?
				    LANDLOCK_WRITE : LANDLOCK_READ);
	}
}

/* Allow RULES to connect by TCP to PORT, if it is one. */
static void
allow_port(int rules, uint16_t port)
{
	struct port_rule rule = { .access = CONNECT_TCP, .port = port };

	if (port != 0 && syscall(SYS_landlock_add_rule, rules, NET_PORT_RULE,
	    &rule, 0) == -1)
		fatal("Landlock rule for port %u", port);
}

/*
 * Take away the file system by Landlock, on top of the chroot and for
 * processes that have none, and connections by TCP.  Kernels without it (before
 * 5.13, for TCP 6.7, or switched off) are no reason not to run: the other walls
 * stand.  Children cannot have what the one that starts them has not, so that
 * one keeps TCP.  From 6.12 on none of them sends signals to those that it has
 * not started, by whatever call, nor talks to local services without a file.
 */
static void
restrict_files(const struct sandbox *sandbox,
    const struct sandbox_target *target)
{
	struct ruleset	 set = { .files = LANDLOCK_ALL };
	long		 version = landlock_version();
	int		 fd;

	if (version < 0) {
		log_debug("no Landlock here: %s", strerror(errno));
		return;
	}
	if (version >= NET_VERSION && !sandbox->may_fork)
		set.net = CONNECT_TCP;
	if (version >= SCOPE_VERSION && sandbox->user != USER_SAME)
		set.scopes = SCOPE_ABSTRACT_NAMES | SCOPE_SIGNALS;
	fd = (int)syscall(SYS_landlock_create_ruleset, &set, sizeof(set), 0);
	if (fd == -1)
		fatal("Landlock rules");
	allow_files(fd, sandbox, target);
	if (set.net != 0)
		allow_port(fd, sandbox->tcp_port);
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
	if (user == USER_BECOME && (setgroups(1, &target->gid) == -1 ||
	    setresgid(target->gid, target->gid, target->gid) == -1 ||
	    setresuid(target->uid, target->uid, 0) == -1))
		cannot("become", target->uid);
	if (user == USER_CHILD && (getuid() != target->uid ||
	    geteuid() != target->uid || getgid() != target->gid ||
	    getegid() != target->gid))
		fatalx("bug: started as user %u instead of %u",
		    (unsigned)geteuid(), (unsigned)target->uid);
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
		    cap_set_flag(caps, CAP_EFFECTIVE, 1, &c, CAP_CLEAR) ||
		    cap_set_flag(caps, CAP_INHERITABLE, 1, &c, CAP_CLEAR)))
			fatal("cannot clear a capability");
	cap_free(has);
}

static void
drop_capabilities(const char *keep)
{
	cap_t		 caps;
	cap_value_t	 c;
	cap_flag_value_t inherited;

	caps = keep == NULL ? cap_init() : cap_from_text(keep);
	if (caps != NULL)
		clear_missing(caps);
	if (caps == NULL || cap_set_proc(caps) == -1)
		fatal("cannot give up all capabilities but %s",
		    keep == NULL ? "none" : keep);
	/* Inheritable ones are for the programs that it starts. */
	for (c = 0; c <= CAP_LAST_CAP; c++)
		if (cap_get_flag(caps, c, CAP_INHERITABLE, &inherited) == 0 &&
		    inherited == CAP_SET && cap_set_ambient(c, CAP_SET) == -1)
			fatal("cannot pass on capability %d", c);
	cap_free(caps);
}

/*
 * What is not executable now never is, and nothing is both writable and
 * executable: by the kernel itself from 6.3 on, which does not look at
 * arguments but at the memory.
 */
static void
refuse_new_code(void)
{
	if (prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == -1 &&
	    errno != EINVAL)
		fatal("PR_SET_MDWE");
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
	bool		 root = target->root[0] != '\0';

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fatal("PR_SET_NO_NEW_PRIVS");
	refuse_new_code();
	set_limits(sandbox);
	if (root && sandbox->chroot &&
	    (chroot(target->root) == -1 || chdir("/") == -1))
		fatal("chroot to %s", target->root);
	restrict_files(sandbox, target);
	if (target->uid != 0)
		become_user(sandbox->user, target);
	drop_capabilities(sandbox->capabilities);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		fatal("PR_SET_DUMPABLE");
	if (sandbox->user != USER_SAME)
		die_with(starter);
	own_remember();
	if (sandbox->syscalls[0].name != NULL)
		syscalls_restrict(sandbox);
}
