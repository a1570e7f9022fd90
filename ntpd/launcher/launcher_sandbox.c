/*
 * The launcher is the unprivileged user like its children, and cannot become
 * another one.  It has the rights to enter the chroot, which its children use
 * first of all and then give up, and to open port 123, which only the binder
 * keeps.  It cannot write files or touch the clock, and it never reads a byte
 * from a network.
 *
 * Its filter is its children's, too, so what they may do and what it takes to
 * start them is added to this table (syscalls.h).
 */
#include <sys/socket.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>

#include "ntpd/sandbox.h"

const struct sandbox launcher_sandbox = {
	.chroot = false,
	.user = USER_BECOME,
	.capabilities = "cap_sys_chroot,cap_net_bind_service=eip",
	.files = FILES_RUN,
	.max_files = 256,
	.max_memory = 128,	/* its children have no more */
	.may_fork = true,
	.syscalls = {
		MAY_LIVE,
		MAY("clone",		"a child, in the same namespaces",
		    .when = { { 0, CLONE_NEWNS | CLONE_NEWCGROUP |
			CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
			CLONE_NEWPID | CLONE_NEWNET, 0 } }),
		MAY("getppid",		"the child: does the launcher live?"),
		MAY("setsid",		"a session of its own"),
		MAY("dup2",		"its channel, its input"),
		MAY("dup3",		"the same"),
		MAY("fcntl",		"the same", REQUEST(F_SETFD)),
		MAY("fcntl64",		"the same on 32-bit machines",
		    REQUEST(F_SETFD)),
		MAY("close_range",	"and nothing else"),
		MAY("rt_sigaction",	"its signals"),
		MAY("rt_sigprocmask",	"the same"),
		MAY("kill",		"one that does not end by itself",
		    .when = { { 1, UINT32_MAX, SIGKILL } }),
		MAY("wait4",		"how a child ended"),
		MAY("waitid",		"the same"),
		MAY("waitpid",		"the same"),
		MAY("rt_sigreturn",	"after a child's end"),
		MAY("socket",		"tls: its server, before its own "
					"filter", SOCKET(AF_INET, SOCK_STREAM)),
		MAY("socket",		"the same",
		    SOCKET(AF_INET6, SOCK_STREAM)),
		MAY("connect",		"the same"),
		MAY("getsockopt",	"the same: did connect succeed?",
		    OPTION(SOL_SOCKET, SO_ERROR)),
		MAY("recvmsg",		"its orders",
		    NOT_URGENT(2)),
		MAY("sendto",		"which child has ended",
		    NOT_URGENT(3)),
	},
};
