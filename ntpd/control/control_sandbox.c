/*
 * Control hears every user of this machine.  It was given the socket that they
 * connect to, and has nothing else but its channel to the parent.
 */
#include <sys/mman.h>
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
	.max_memory = 64,
	.may_fork = false,
	.syscalls = {
		MAY_LIVE,
		MAY("accept4",		"a client"),
		MAY("getsockopt",	"who it is that asks",
		    OPTION(SOL_SOCKET, SO_PEERCRED)),
		MAY("recvfrom",		"requests; messages of the parent",
		    NOT_URGENT(3)),
		MAY("sendto",		"answers; messages to the parent",
		    NOT_URGENT(3)),
		MAY("close",		"clients"),
		MAY("mmap",		"memory, where brk meets a library",
		    NOT_EXECUTABLE),
	},
};
