/*
 * The resolver runs the C library's getaddrinfo(3) and the modules that
 * nsswitch.conf names (files, dns, resolve, myhostname, mdns): they read
 * configuration, load code and talk to name servers and local daemons.  It
 * cannot be in the empty root for that, but it has no right to write, to
 * start programs or to touch the clock.
 */
#include <stddef.h>

#include "ntpd/sandbox.h"

const struct sandbox resolver_sandbox = {
	.chroot = false,
	.user = USER_CHILD,
	.capabilities = NULL,
	.files = FILES_READ,
	.max_files = 64,
	.may_fork = false,
	.syscalls = {
		/* The channels and the log. */
		{ "ppoll",		"wait for the parent and the engine" },
		{ "ppoll_time64",	"the same on 32-bit machines" },
		{ "recvmsg",		"answers about interfaces" },
		{ "write",		"log" },
		{ "writev",		"log; the C library's complaints" },
		{ "clock_gettime",	"time-outs, where it is no vDSO call" },
		{ "clock_gettime64",	"the same on 32-bit machines" },
		{ "rt_sigreturn",	"end of a signal handler" },
		{ "restart_syscall",	"a wait goes on after a stop" },
		{ "exit_group",		"end" },

		/* Configuration and modules. */
		{ "openat",		"resolv.conf, hosts, modules" },
		{ "read",		"likewise" },
		{ "pread64",		"headers of modules" },
		{ "lseek",		"rewind hosts" },
		{ "fstat",		"did resolv.conf change?" },
		{ "newfstatat",		"likewise" },
		{ "statx",		"likewise" },
		{ "access",		"is there a module?" },
		{ "faccessat",		"likewise" },
		{ "readlink",		"paths of modules" },
		{ "getdents64",		"configuration directories" },
		{ "close",		"files and sockets" },
		{ "fcntl",		"close-on-exec, non-blocking" },

		/* Name servers and local daemons. */
		{ "socket",		"to name servers; resolve, nscd" },
		{ "connect",		"likewise; which source address?" },
		{ "bind",		"interfaces, by netlink" },
		{ "getsockname",	"order of addresses, RFC 6724" },
		{ "getsockopt",		"did connect succeed?" },
		{ "setsockopt",		"IP_RECVERR" },
		{ "sendto",		"questions; answers to the engine" },
		{ "recvfrom",		"replies; requests" },
		{ "poll",		"wait for them" },
		{ "ioctl",		"length of a reply (FIONREAD)" },

		/* What the C library needs to live. */
		{ "brk",		"memory" },
		{ "mmap",		"memory, modules" },
		{ "munmap",		"likewise" },
		{ "mremap",		"memory" },
		{ "mprotect",		"modules: read-only after relocation" },
		{ "madvise",		"memory" },
		{ "futex",		"locks" },
		{ "rt_sigaction",	"mdns, nscd: SIGPIPE" },
		{ "rt_sigprocmask",	"getaddrinfo, around netlink" },
		{ "getrandom",		"query ids" },
		{ "uname",		"name of this host" },
		{ "sysinfo",		"memory, for sorting" },
		{ "getpid",		"netlink, resolve" },
		{ "gettid",		"likewise" },
		{ "getuid",		"resolve, nscd: who asks?" },
		{ "geteuid",		"likewise" },
		{ "clock_nanosleep",	"mdns, between attempts" },
	},
};
