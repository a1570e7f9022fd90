/*
 * The server answers strangers.  It was given its sockets; it needs no more
 * than to read them, to answer, and to hear from the parent and the engine.
 */
#include <sys/socket.h>

#include <stddef.h>

#include "ntpd/messages.h"
#include "ntpd/server/server.h"
#include "ntpd/sandbox.h"

const struct sandbox server_sandbox = {
	.chroot = true, .user = USER_CHILD,
	.capabilities = NULL, .files = FILES_NONE,
	.max_files = SERVER_MAX_SOCKETS + 32, .may_fork = false,
	.syscalls = {
		{ "recvmmsg",		"requests, transmit time stamps" },
		{ "recvmmsg_time64",	"the same on 32-bit machines" },
		{ "sendmmsg",		"answers" },
		{ "ppoll",		"wait for requests and messages" },
		{ "ppoll_time64",	"the same on 32-bit machines" },
		{ "recvmsg",		"sockets, snapshots" },
		{ "sendmsg",		"counters to the parent" },
		{ "getpid",		"a new channel, for its frames" },
		{ "close",		"sockets no longer listened on" },
		{ "write",		"log" },
		{ "writev",		"log; the C library's complaints" },
		{ "clock_gettime",	"time, where it is no vDSO call" },
		{ "clock_gettime64",	"the same on 32-bit machines" },
		{ "brk",		"memory, for a channel's buffer "
					"and interleaved mode" },
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
		{ "getsockopt",	"what was dropped", SOL_SOCKET, SO_MEMINFO },
	},
};
