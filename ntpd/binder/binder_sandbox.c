/*
 * The binder opens port 123 and others, and never reads from them.  It has the
 * one capability that this takes, and no right to the clock or to any file.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <stddef.h>

#include "ntpd/child.h"
#include "ntpd/sandbox.h"

const struct sandbox binder_sandbox = {
	.chroot = true,
	.user = USER_CHILD,
	.capabilities = "cap_net_bind_service=ep",
	.files = FILES_NONE,
	.max_files = 3 * SERVERS_MOST + 32,	/* a channel and sockets */
	.max_memory = 64,
	.may_fork = false,
	.syscalls = {
		MAY("socket",		"to be listened on",
		    SOCKET(AF_INET, SOCK_DGRAM)),
		MAY("socket",		"the same",
		    SOCKET(AF_INET6, SOCK_DGRAM)),
		MAY("socket",		"for key establishment",
		    SOCKET(AF_INET, SOCK_STREAM)),
		MAY("socket",		"the same",
		    SOCKET(AF_INET6, SOCK_STREAM)),
		MAY("listen",		"the same"),
		MAY("setsockopt",	"their options"),
		MAY("bind",		"their addresses"),
		MAY("connect",		"is it a broadcast address?"),
		MAY("socket",		"interfaces (NETLINK_ROUTE)",
		    SOCKET(AF_NETLINK, SOCK_RAW)),
		MAY("getsockname",	"which addresses are ours"),
		MAY("ioctl",		"the number of an interface",
		    REQUEST(SIOCGIFINDEX)),
		MAY("sendmsg",		"sockets, not to the parent",
		    ABOVE(CHILD_CHANNEL_FD)),
		MAY("sendto",		"messages; what addresses are there?"),
		MAY("recvmsg",		"channels from the parent; netlink"),
		MAY("recvfrom",		"messages of the servers"),
		MAY("close",		"sockets"),
		MAY("write",		"log"),
		MAY("ppoll",		"wait"),
		MAY("ppoll_time64",	"the same on 32-bit machines"),
		MAY("clock_gettime",	"time, where the vDSO has none"),
		MAY("clock_gettime64",	"the same on 32-bit machines"),
		MAY("brk",		"memory"),
		MAY("mmap",		"memory, where brk meets a library",
		    NOT_EXECUTABLE),
		MAY("exit_group",	"end"),
	},
};
