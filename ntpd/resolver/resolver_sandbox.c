/*
 * The resolver runs the C library's getaddrinfo(3) and the modules that
 * nsswitch.conf names (files, dns, resolve, myhostname, mdns): they read
 * configuration and talk to name servers and local daemons.  It cannot be in
 * the empty root for that, but it has no right to write, to start programs or
 * to touch the clock.  The modules are loaded before (modules.h).
 *
 * Without root it is the user that the parent is, too.  So it reads in the
 * folders only where a lookup may have to, and whole ones: what is in /etc and
 * /run is replaced, or made later than this process.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>

#include "common/imsg.h"
#include "ntpd/sandbox.h"

const struct sandbox resolver_sandbox = {
	.chroot = false,
	.user = USER_CHILD,
	.capabilities = NULL,
	.files = FILES_READ,
	.reads = { "/etc", "/usr", "/lib", "/lib64", "/run",
	    "/nix/store", "/gnu/store",		/* where /etc is links */
	    "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf" },
	.tcp_port = 53,		/* name servers */
	.max_files = 64,
	.max_memory = 128,
	.may_fork = false,
	.syscalls = {
		MAY_LIVE,
		/* The channels and the log. */
		MAY("recvmsg",		"answers about interfaces",
		    NOT_URGENT(2)),
		MAY("restart_syscall",	"poll goes on after a stop"),

		/* Configuration. */
		MAY("openat",		"resolv.conf, hosts", READ_ONLY),
		MAY("read",		"likewise"),
		MAY("lseek",		"rewind hosts"),
		MAY("_llseek",		"the same on 32-bit machines"),
		MAY("fstat",		"did resolv.conf change?"),
		MAY("fstat64",		"the same on 32-bit machines"),
		MAY("newfstatat",		"likewise"),
		MAY("fstatat64",		"the same on 32-bit machines"),
		MAY("close",		"files and sockets"),
		/* F_SETOWN would have the kernel send signals to others. */
		MAY("fcntl",		"resolve, mdns: close-on-exec",
		    REQUEST(F_SETFD)),
		MAY("fcntl",		"likewise", REQUEST(F_GETFD)),
		MAY("fcntl",		"likewise", REQUEST(F_SETFL)),
		MAY("fcntl",		"likewise", REQUEST(F_GETFL)),
		MAY("fcntl64",		"the same on 32-bit machines",
		    REQUEST(F_SETFD)),
		MAY("fcntl64",		"likewise", REQUEST(F_GETFD)),
		MAY("fcntl64",		"likewise", REQUEST(F_SETFL)),
		MAY("fcntl64",		"likewise", REQUEST(F_GETFL)),
#ifndef __LP64__
		MAY("statx",		"files, where times have 64 bits"),
#endif

		/* Name servers and local daemons. */
		MAY("socket",		"to name servers",
		    SOCKET(AF_INET, SOCK_DGRAM)),
		MAY("socket",		"likewise",
		    SOCKET(AF_INET6, SOCK_DGRAM)),
		MAY("socket",		"answers that a datagram cannot hold",
		    SOCKET(AF_INET, SOCK_STREAM)),
		MAY("socket",		"likewise",
		    SOCKET(AF_INET6, SOCK_STREAM)),
		MAY("socket",		"resolve, mdns, nscd",
		    SOCKET(AF_UNIX, SOCK_STREAM)),
		MAY("socket",		"interfaces (NETLINK_ROUTE)",
		    SOCKET(AF_NETLINK, SOCK_RAW)),
		MAY("connect",		"likewise; which source address?"),
		MAY("bind",		"interfaces, by netlink"),
		MAY("getsockname",	"order of addresses, RFC 6724"),
		MAY("getsockopt",	"did connect succeed?",
		    .when = { { 1, UINT32_MAX, SOL_SOCKET } }),
		MAY("setsockopt",	"errors of UDP",
		    OPTION(IPPROTO_IP, IP_RECVERR)),
		MAY("setsockopt",	"likewise",
		    OPTION(IPPROTO_IPV6, IPV6_RECVERR)),
		MAY("setsockopt",	"resolve: no descriptors come",
		    OPTION(SOL_SOCKET, SO_PASSRIGHTS)),
		MAY("setsockopt",	"resolve: buffers",
		    OPTION(SOL_SOCKET, SO_RCVBUF)),
		MAY("setsockopt",	"likewise",
		    OPTION(SOL_SOCKET, SO_SNDBUF)),
		MAY("sendto",		"questions; answers to the engine",
		    NOT_URGENT(3)),
		MAY("recvfrom",		"replies; requests",
		    NOT_URGENT(3)),
		MAY("poll",		"wait for them"),
		MAY("ioctl",		"length of a reply",
		    REQUEST(FIONREAD)),

		/* What the C library needs to live. */
		MAY("mmap",		"memory; what nscd shares",
		    NOT_EXECUTABLE),
		MAY("munmap",		"likewise"),
		MAY("futex",		"locks"),
		MAY("rt_sigprocmask",	"resolve and myhostname"),
		MAY("getrandom",		"query ids"),
		MAY("uname",		"name of this host"),
		MAY("sysinfo",		"memory, for sorting"),
		MAY("getpid",		"netlink, resolve"),
		MAY("gettid",		"resolve"),
	},
};
