/*
 * From tables of system calls to filters in the kernel.
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/ipc.h>
#include <linux/net.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/syscalls.h"

/*
 * Memory that libseccomp is sure to have, bytes.  Measured: it takes less than
 * half of that for the largest filter.
 */
#define FILTER_MEMORY	(1 << 20)

const struct sandbox *const sandboxes[PROCESSES] = {
	[PARENT] = &parent_sandbox,
#define CHILD(process, name, ...)	[process] = &name##_sandbox,
	CHILDREN
#undef CHILD
};

/*
 * What a child does from execve(2) up to its own filter: the dynamic linker,
 * child_begin() and sandbox_enter().
 */
static const struct sandbox_syscall starting[SANDBOX_MAX_SYSCALLS] = {
	MAY("execve",		"become the child"),
	MAY("mmap",		"programs and libraries: not writable",
	    .when = { { 2, PROT_WRITE, 0 } }),
	MAY("mmap",		"memory: not executable", NOT_EXECUTABLE),
	MAY("mprotect",		"read-only after relocation", NOT_EXECUTABLE),
	MAY("munmap",		"the linker's cache"),
	MAY("brk",		"memory"),
	MAY("access",		"ld.so.preload"),
	MAY("faccessat",		"the same"),
	MAY("open",		"libraries, nsswitch.conf",
	    .when = { { 1, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY } }),
	MAY("openat",		"the same", READ_ONLY),
	MAY("read",		"the same"),
	MAY("pread64",		"the same"),
	MAY("close",		"the same"),
	MAY("fstat",		"the same"),
	MAY("fstat64",		"the same"),
	MAY("newfstatat",		"the same"),
	MAY("fstatat64",		"the same"),
	MAY("statx",		"the same"),
	MAY("_llseek",		"the same"),
	MAY("lseek",		"the same"),
	MAY("readlink",		"the same"),
	MAY("readlinkat",		"the same"),
	MAY("arch_prctl",		"thread-local memory"),
	MAY("set_thread_area",	"the same"),
	MAY("set_tid_address",	"the C library's start"),
	MAY("set_robust_list",	"the same"),
	MAY("rseq",		"the same"),
	MAY("getrandom",		"the same"),
	MAY("prlimit64",		"the same; limits"),
	MAY("ugetrlimit",		"the same"),
	MAY("setrlimit",		"limits"),
	MAY("dup2",		"the log"),
	MAY("dup3",		"the same"),
	MAY("ppoll",		"wait for the setup"),
	MAY("ppoll_time64",	"the same"),
	MAY("clock_gettime",	"not for ever"),
	MAY("clock_gettime64",	"the same"),
	MAY("recvmsg",		"the setup",
		    NOT_URGENT(2)),
	MAY("getpid",		"channels"),
	MAY("getppid",		"has the launcher ended meanwhile?"),
	MAY("getuid",		"who am I?"),
	MAY("getuid32",		"the same"),
	MAY("geteuid",		"the same"),
	MAY("geteuid32",		"the same"),
	MAY("getgid",		"the same"),
	MAY("getgid32",		"the same"),
	MAY("getegid",		"the same"),
	MAY("getegid32",		"the same"),
	MAY("chroot",		"the sandbox"),
	MAY("chdir",		"the same"),
	MAY("capget",		"the same"),
	MAY("capset",		"the same"),
	MAY("prctl",		"the same"),
	MAY("landlock_create_ruleset", "the same"),
	MAY("landlock_add_rule",	"the same"),
	MAY("landlock_restrict_self", "the same"),
	MAY("seccomp",		"the same"),
};

#ifdef SANITIZED
/*
 * The sanitizers' run-time needs a few calls of its own; a build for testing
 * is confined less.
 */
static const struct sandbox_syscall sanitizer[SANDBOX_MAX_SYSCALLS] = {
	MAY("sigaltstack",	"the run-time"),
	MAY("mmap",		"the run-time"),
	MAY("munmap",		"the run-time"),
	MAY("mprotect",	"the run-time"),
	MAY("madvise",		"the run-time"),
	MAY("getpid",		"the run-time"),
	MAY("gettid",		"the run-time"),
	MAY("sched_yield",	"the run-time"),
	MAY("futex",		"the run-time"),
	MAY("openat",		"the run-time", READ_ONLY),
	MAY("readlink",	"the run-time"),
	MAY("write",		"the run-time"),
	MAY("rt_sigaction",	"the run-time"),
	MAY("rt_sigprocmask",	"the run-time"),
	MAY("getrlimit",	"the run-time"),
	MAY("prlimit64",	"the run-time"),
	MAY("prctl",		"the run-time"),
	MAY("tgkill",		"the run-time"),
	MAY("close",		"the run-time"),
	MAY("read",		"the run-time"),
	MAY("personality",	"the run-time"),
	MAY("newfstatat",	"the run-time"),
	MAY("uname",		"the run-time"),
};
#endif

/*
 * What the C library calls instead of what is in a table, on machines of 32
 * bits: another one with the same arguments; or, on i386, one that has many
 * functions, of which only this number can be looked at: the rest is behind a
 * pointer.
 */
static const struct {
	const char	*name;
	const char	*other;
	const char	*many;		/* NULL: none */
	unsigned	 number;
	int		 direct;	/* OTHER's own; or -1 */
} instead[] = {
#define SOCKETCALL(name, other, number)					\
	{ #name, #other, "socketcall", SYS_##number, SYS_##other }
	SOCKETCALL(socket, socket, SOCKET),
	SOCKETCALL(bind, bind, BIND),
	SOCKETCALL(connect, connect, CONNECT),
	SOCKETCALL(listen, listen, LISTEN),
	SOCKETCALL(accept4, accept4, ACCEPT4),
	SOCKETCALL(getsockname, getsockname, GETSOCKNAME),
	SOCKETCALL(socketpair, socketpair, SOCKETPAIR),
	SOCKETCALL(setsockopt, setsockopt, SETSOCKOPT),
	SOCKETCALL(getsockopt, getsockopt, GETSOCKOPT),
	SOCKETCALL(sendto, sendto, SENDTO),
	{ "sendto", "send", "socketcall", SYS_SEND, -1 },
	SOCKETCALL(sendmsg, sendmsg, SENDMSG),
	SOCKETCALL(sendmmsg, sendmmsg, SENDMMSG),
	SOCKETCALL(recvfrom, recvfrom, RECVFROM),
	{ "recvfrom", "recv", "socketcall", SYS_RECV, -1 },
	SOCKETCALL(recvmsg, recvmsg, RECVMSG),
	SOCKETCALL(recvmmsg, recvmmsg, RECVMMSG),
	{ "recvmmsg", "recvmmsg_time64", NULL, 0, -1 },
#undef SOCKETCALL
	{ "shmat", "shmat", "ipc", SHMAT, SYS_shmat },
	{ "shmdt", "shmdt", "ipc", SHMDT, SYS_shmdt },
	{ "shmget", "shmget", "ipc", SHMGET, SYS_shmget },
	{ "shmctl", "shmctl", "ipc", SHMCTL, SYS_shmctl },
	{ "mmap", "mmap2", NULL, 0, -1 },
	{ "futex", "futex_time64", NULL, 0, -1 },
	{ "rt_sigreturn", "sigreturn", NULL, 0, -1 },
};

#define INSTEAD		(sizeof(instead) / sizeof(instead[0]))

/*
 * The number of the call NAME; -1: this machine has none.  Of those that can be
 * made through another libseccomp says a negative one.
 */
static int
number_of(const char *name)
{
	const int	 nr = seccomp_syscall_resolve_name(name);
	size_t		 k;

	if (nr >= 0)
		return nr;
	for (k = 0; k < INSTEAD; k++)
		if (strcmp(name, instead[k].other) == 0)
			return instead[k].direct;
	return -1;
}

/* How the kernel is to look at the arguments of CALL; returns how many. */
static unsigned
conditions(const struct sandbox_syscall *call, struct scmp_arg_cmp *args)
{
	unsigned	 n = 0;

	for (; n < SANDBOX_MAX_CONDITIONS && call->when[n].mask != 0; n++)
		args[n] = SCMP_CMP(call->when[n].argument,
		    SCMP_CMP_MASKED_EQ, call->when[n].mask,
		    call->when[n].value);
	return n;
}

/*
 * The filter can compare bits only, of an argument whose upper half the kernel
 * does not look at.  A number is above another if it has, at some place where
 * the other has a 0, a 1, and above that place a 1 wherever the other has one:
 * a rule for each such place.  The highest bit is that of negative numbers.
 */
static int
allow_above(scmp_filter_ctx filter, int nr, uint32_t fd)
{
	uint32_t	 bit, bits;
	int		 error = 0;

	for (bit = 1; bit < 1u << 31 && (error == 0 || error == -EEXIST);
	    bit <<= 1) {
		if (fd & bit)
			continue;
		bits = bit | (fd & ~(bit - 1));
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, nr, 1,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, bits, bits));
	}
	return error;
}

/*
 * Allow CALL by the name of NAME, as far as this machine has that.  What is
 * allowed already without condition stays.
 */
static void
allow_as(scmp_filter_ctx filter, const struct sandbox_syscall *call,
    const char *name)
{
	struct scmp_arg_cmp args[SANDBOX_MAX_CONDITIONS];
	const unsigned	 n = conditions(call, args);
	const int	 nr = number_of(name);
	int		 error = 0;

	if (nr >= 0)
		error = call->above != 0 ?
		    allow_above(filter, nr, call->above) :
		    seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, nr, n,
		    args);
	if (error != 0 && error != -EEXIST)
		fatalx("seccomp: cannot allow %s", name);
}

/* Allow function NUMBER of the call MANY. */
static void
allow_function(scmp_filter_ctx filter, const char *many, unsigned number)
{
	const int	 nr = number_of(many);
	int		 error = 0;

	if (nr >= 0)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, nr, 1,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, number));
	if (error != 0 && error != -EEXIST)
		fatalx("seccomp: cannot allow %s", many);
}

/* Allow a table's calls. */
static void
allow(scmp_filter_ctx filter, const struct sandbox_syscall *call)
{
	unsigned	 i, k;

	for (i = 0; i < SANDBOX_MAX_SYSCALLS && call->name != NULL;
	    i++, call++) {
		allow_as(filter, call, call->name);
		for (k = 0; k < INSTEAD; k++) {
			if (strcmp(call->name, instead[k].name) != 0)
				continue;
			allow_as(filter, call, instead[k].other);
			if (instead[k].many != NULL)
				allow_function(filter, instead[k].many,
				    instead[k].number);
		}
	}
}

/* Calls by their numbers. */
struct numbers {
	int		 list[(PROCESSES + 1) * SANDBOX_MAX_SYSCALLS + INSTEAD];
	unsigned	 n;
};

static void
add_name(struct numbers *numbers, const char *name)
{
	const int	 nr = number_of(name);
	unsigned	 k;

	for (k = 0; k < numbers->n && numbers->list[k] != nr; k++)
		;
	if (nr >= 0 && k == numbers->n)
		numbers->list[numbers->n++] = nr;
}

/* Add those of a table that are not there yet. */
static void
add(struct numbers *numbers, const struct sandbox_syscall *call)
{
	unsigned	 i, k;

	for (i = 0; i < SANDBOX_MAX_SYSCALLS && call->name != NULL;
	    i++, call++) {
		add_name(numbers, call->name);
		for (k = 0; k < INSTEAD; k++) {
			if (strcmp(call->name, instead[k].name) != 0)
				continue;
			add_name(numbers, instead[k].other);
			if (instead[k].many != NULL)
				add_name(numbers, instead[k].many);
		}
	}
}

unsigned
syscalls_count(const struct sandbox *sandbox)
{
	struct numbers	 numbers = { .n = 0 };
	size_t		 i;

	add(&numbers, sandbox->syscalls);
	if (sandbox->may_fork) {
		add(&numbers, starting);
		for (i = LAUNCHER; i < PROCESSES; i++)
			add(&numbers, sandboxes[i]->syscalls);
	}
	return numbers.n;
}

scmp_filter_ctx
syscalls_filter(const struct sandbox *sandbox)
{
	scmp_filter_ctx	 filter;
	size_t		 i;

	filter = seccomp_init(sandbox->may_fork ? SCMP_ACT_ERRNO(ENOSYS) :
	    SCMP_ACT_KILL_PROCESS);
	if (filter == NULL)
		fatalx("seccomp_init");
	allow(filter, sandbox->syscalls);
	if (sandbox->may_fork) {
		allow(filter, starting);
		for (i = LAUNCHER; i < PROCESSES; i++)
			allow(filter, sandboxes[i]->syscalls);
	}
#ifdef SANITIZED
	allow(filter, sanitizer);
#endif
	return filter;
}

/*
 * libseccomp does not get along without memory: it crashes, goes round for ever
 * or makes a filter that lacks rules.  So what it needs is there before it
 * begins: malloc(3) keeps what is free again (main.c).
 */
static void
reserve_memory(void)
{
	void		*reserve = malloc(FILTER_MEMORY);

	if (reserve == NULL)
		fatal("no memory for the sandbox");
	free(reserve);
}

void
syscalls_restrict(const struct sandbox *sandbox)
{
	scmp_filter_ctx	 filter;
	int		 error;

	reserve_memory();
	filter = syscalls_filter(sandbox);
	error = seccomp_load(filter);
	if (error != 0)
		fatalx("seccomp: %s", strerror(-error));
	seccomp_release(filter);
}
