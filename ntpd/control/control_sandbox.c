/*
 * Control hears every user of this machine.  It was given the socket that they
 * connect to, and has nothing else but its channel to the parent.
 */
#include <sys/socket.h>

#include <stddef.h>

#include "ntpd/control/connections.h"
#include "ntpd/sandbox.h"

const struct sandbox control_sandbox = {
	.chroot = true,
	.user = USER_CHILD,
	.capabilities = NULL,	/* none */
	.files = FILES_NONE,
	.max_files = CONNECTIONS_MOST + 16,
	.may_fork = false,
	.syscalls = {
		{ "accept4",		"a client" },
		{ "recvfrom",		"requests; messages of the parent" },
		{ "sendto",		"answers; messages to the parent" },
		{ "ppoll",		"wait for either" },
		{ "ppoll_time64",	"the same on 32-bit machines" },
		{ "close",		"clients" },
		{ "getpid",		"a new client, for its frames" },
		{ "write",		"log" },
		{ "writev",		"the C library's complaints" },
		{ "clock_gettime",	"time, where the vDSO has none" },
		{ "clock_gettime64",	"the same on 32-bit machines" },
		{ "brk",		"memory, for what clients are sent" },
		{ "mmap",		"likewise" },
		{ "munmap",		"likewise" },
		{ "mremap",		"likewise" },
		{ "madvise",		"likewise" },
		{ "futex",		"locks of the C library" },
		{ "rt_sigreturn",	"end of a signal handler" },
		{ "restart_syscall",	"a wait goes on after a stop" },
		{ "exit_group",		"end" },
	},
	.options = {
		{ "getsockopt",	"who it is that asks", SOL_SOCKET,
		    SO_PEERCRED },
	},
};
