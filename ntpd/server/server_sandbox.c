/*
 * The server answers strangers.  It was given its sockets; it needs no more
 * than to read them, to answer, and to hear from the parent, the engine and the
 * binder.
 */
#include <sys/socket.h>

#include <stddef.h>

#include "ntpd/child.h"
#include "ntpd/payloads.h"
#include "ntpd/server/server.h"
#include "ntpd/sandbox.h"

const struct sandbox server_sandbox = {
	.chroot = true, .user = USER_CHILD,
	.capabilities = NULL, .files = FILES_NONE,
	.max_files = SERVER_MAX_SOCKETS + 32, .max_memory = 64,
	.may_fork = false,
	.syscalls = {
		MAY_LIVE,
		MAY("recvmmsg",		"requests, transmit time stamps",
		    NOT_URGENT(3)),
		MAY("recvmmsg_time64",	"the same on 32-bit machines",
		    NOT_URGENT(3)),
		MAY("sendmmsg",		"answers, not messages: it could pass "
					"descriptors", ABOVE(SERVER_BINDER_FD)),
		MAY("recvmsg",		"sockets from the binder",
		    NOT_URGENT(2)),
		MAY("recvfrom",		"snapshots from the engine",
		    NOT_URGENT(3)),
		MAY("sendto",		"counters to the parent",
		    NOT_URGENT(3)),
		MAY("close",		"sockets no longer listened on"),
		MAY("getsockopt",		"what was dropped",
		    OPTION(SOL_SOCKET, SO_MEMINFO)),
	},
};
