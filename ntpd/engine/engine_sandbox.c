/*
 * The engine speaks NTP with servers of the operator's choice, each time from
 * a new socket.  It has no file system, no capability and no way to touch the
 * clock but to ask the parent.
 */
#include <sys/socket.h>

#include <stddef.h>

#include "ntpd/sandbox.h"

const struct sandbox engine_sandbox = {
	.chroot = true,
	.user = USER_CHILD,
	.capabilities = NULL,	/* none */
	.files = FILES_NONE,
	.max_files = 256,
	.may_fork = false,
	.syscalls = {
		{ "clock_gettime",	"time, where the vDSO has none" },
		{ "clock_gettime64",	"the same on 32-bit machines" },
		{ "ppoll",		"wait" },
		{ "ppoll_time64",	"the same on 32-bit machines" },
		{ "bind",		"query from; is an address ours?" },
		{ "connect",		"that server only; own address?" },
		{ "getsockname",	"our address, to notice loops" },
		{ "sendto",		"requests, messages" },
		{ "recvmsg",		"answers; channels from the parent" },
		{ "recvfrom",		"messages of the others" },
		{ "write",		"log" },
		{ "writev",		"the C library's complaints" },
		{ "close",		"sockets" },
		{ "getrandom",		"cookies" },
		{ "getpid",		"messages" },
		{ "gettid",		"abort" },
		{ "tgkill",		"abort" },
		{ "brk",		"memory" },
		{ "mmap",		"memory" },
		{ "munmap",		"memory" },
		{ "mremap",		"memory" },
		{ "madvise",		"memory" },
		{ "futex",		"random number generator's lock" },
		{ "rt_sigprocmask",	"abort" },
		{ "rt_sigreturn",	"signals" },
		{ "restart_syscall",	"a wait that was interrupted" },
		{ "exit",		"end" },
		{ "exit_group",		"end" },
	},
	.options = {
		{ "setsockopt", "kernel time stamps", SOL_SOCKET,
		    SO_TIMESTAMPING },
		{ "setsockopt", "the same, without transmit stamps",
		    SOL_SOCKET, SO_TIMESTAMPNS },
	},
	.sockets = {
		{ "a new one for each request", AF_INET, SOCK_DGRAM },
		{ "a new one for each request", AF_INET6, SOCK_DGRAM },
	},
};
