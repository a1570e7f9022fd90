/*
 * The binder opens port 123 and others, and never reads from them.  It has the
 * one capability that this takes, and no right to the clock or to any file.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
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
		MAY_LIVE,
		MAY("socket",		"to be listened on",
		    SOCKET(AF_INET, SOCK_DGRAM)),
		MAY("socket",		"the same",
		    SOCKET(AF_INET6, SOCK_DGRAM)),
		MAY("socket",		"for key establishment",
		    SOCKET(AF_INET, SOCK_STREAM)),
		MAY("socket",		"the same",
		    SOCKET(AF_INET6, SOCK_STREAM)),
		MAY("listen",		"the same"),
		MAY("setsockopt",	"when packets came",
		    OPTION(SOL_SOCKET, SO_TIMESTAMPNS)),
		MAY("setsockopt",	"and left",
		    OPTION(SOL_SOCKET, SO_TIMESTAMPING)),
		MAY("setsockopt",	"where they came to",
		    OPTION(IPPROTO_IP, IP_PKTINFO)),
		MAY("setsockopt",	"the same",
		    OPTION(IPPROTO_IPV6, IPV6_RECVPKTINFO)),
		MAY("setsockopt",	"places that are not there yet",
		    OPTION(IPPROTO_IP, IP_FREEBIND)),
		MAY("setsockopt",	"the same",
		    OPTION(IPPROTO_IPV6, IPV6_FREEBIND)),
		MAY("setsockopt",	"no fragments",
		    OPTION(IPPROTO_IP, IP_MTU_DISCOVER)),
		MAY("setsockopt",	"IPv6 alone",
		    OPTION(IPPROTO_IPV6, IPV6_V6ONLY)),
		MAY("setsockopt",	"room for requests",
		    OPTION(SOL_SOCKET, SO_RCVBUF)),
		MAY("setsockopt",	"and answers",
		    OPTION(SOL_SOCKET, SO_SNDBUF)),
		MAY("setsockopt",	"of one interface",
		    OPTION(SOL_SOCKET, SO_BINDTODEVICE)),
		MAY("setsockopt",	"a port for many servers",
		    OPTION(SOL_SOCKET, SO_REUSEPORT)),
		MAY("setsockopt",	"which client is whose",
		    OPTION(SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF)),
		MAY("setsockopt",	"key establishment, after a restart",
		    OPTION(SOL_SOCKET, SO_REUSEADDR)),
		MAY("setsockopt",	"the same: at once",
		    OPTION(IPPROTO_TCP, TCP_NODELAY)),
		MAY("setsockopt",	"with the client's first word",
		    OPTION(IPPROTO_TCP, TCP_DEFER_ACCEPT)),
		MAY("bind",		"their addresses"),
		MAY("connect",		"is it a broadcast address?"),
		MAY("socket",		"interfaces (NETLINK_ROUTE)",
		    SOCKET(AF_NETLINK, SOCK_RAW)),
		MAY("getsockname",	"which addresses are ours"),
		MAY("ioctl",		"the number of an interface",
		    REQUEST(SIOCGIFINDEX)),
		MAY("sendmsg",		"sockets, not to the parent",
		    ABOVE(CHILD_CHANNEL_FD)),
		MAY("sendto",		"messages; what addresses are there?",
		    NOT_URGENT(3)),
		MAY("recvmsg",		"channels from the parent; netlink",
		    NOT_URGENT(2)),
		MAY("recvfrom",		"messages of the servers",
		    NOT_URGENT(3)),
		MAY("close",		"sockets"),
		MAY("mmap",		"memory, where brk meets a library",
		    NOT_EXECUTABLE),
	},
};
