/*
 * The engine speaks NTP with servers of the operator's choice, each time from
 * a new socket.  It has no file system, no capability and no way to touch the
 * clock but to ask the parent.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <stddef.h>

#include "ntpd/sandbox.h"

const struct sandbox engine_sandbox = {
	.chroot = true,
	.user = USER_CHILD,
	.capabilities = NULL,	/* none */
	.files = FILES_NONE,
	.max_files = 256,
	.max_memory = 128,
	.may_fork = false,
	.syscalls = {
		MAY_LIVE,
		MAY("socket",		"a new one for each request",
		    SOCKET(AF_INET, SOCK_DGRAM)),
		MAY("socket",		"a new one for each request",
		    SOCKET(AF_INET6, SOCK_DGRAM)),
		MAY("setsockopt",		"kernel time stamps",
		    OPTION(SOL_SOCKET, SO_TIMESTAMPING)),
		MAY("setsockopt",	"the same, without transmit stamps",
		    OPTION(SOL_SOCKET, SO_TIMESTAMPNS)),
		MAY("bind",		"query from; is an address ours?"),
		MAY("connect",		"answers of that server only; is an "
					"address ours?"),
		MAY("getsockname",	"our address, to notice loops"),
		MAY("ioctl",		"the number of an interface",
		    REQUEST(SIOCGIFINDEX)),
		MAY("sendto",		"requests, messages",
		    NOT_URGENT(3)),
		MAY("recvmsg",		"answers; channels from the parent",
		    NOT_URGENT(2)),
		MAY("recvfrom",		"messages of the others",
		    NOT_URGENT(3)),
		MAY("close",		"sockets"),
		MAY("getrandom",	"cookies"),
		MAY("getpid",		"the same, by libbsd"),
		MAY("mmap",		"memory, where brk meets a library; "
					"random numbers", NOT_EXECUTABLE),
	},
};
