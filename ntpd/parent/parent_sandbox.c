/*
 * The parent keeps the folders of its files (drift file, control socket,
 * ntpd.conf) and one capability: to adjust the clock.  It cannot open ports,
 * start programs, become another user or trace anyone.
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <time.h>

#include "common/imsg.h"
#include "ntpd/sandbox.h"

const struct sandbox parent_sandbox = {
	.chroot = false,
	.user = USER_SAME,
	.capabilities = "cap_sys_time=ep",
	.files = FILES_FOLDERS,
	.max_files = 640,
	.max_memory = 256,
	.may_fork = false,
	.syscalls = {
		MAY_LIVE,
		/* The clock. */
		MAY("clock_adjtime",	"what it is for",
		    .when = { { 0, UINT32_MAX, CLOCK_REALTIME } }),
		MAY("clock_adjtime64",	"the same on 32-bit machines",
		    .when = { { 0, UINT32_MAX, CLOCK_REALTIME } }),
		MAY("timerfd_settime",	"learn that somebody set the clock"),
		MAY("timerfd_settime64",	"the same on 32-bit machines"),

		/* Children and ntpctl. */
		MAY("recvfrom",		"messages of the children",
		    NOT_URGENT(3)),
		MAY("sendmsg",		"descriptors to the children"),
		MAY("accept4",		"root's commands"),
		MAY("dup",		"the control socket, to pass it on"),
		MAY("getpid",		"syslog"),
		MAY("socketpair",		"a channel for a new child"),
		MAY("setsockopt",	"no descriptors come by it",
		    OPTION(SOL_SOCKET, SO_PASSRIGHTS)),
		MAY("pipe2",		"its log"),
		MAY("read",		"the same; files"),
		MAY("close",		"descriptors"),

		/* Log and service manager. */
		MAY("socket",		"syslog that was restarted",
		    SOCKET(AF_UNIX, SOCK_DGRAM)),
		MAY("socket",		"the same",
		    SOCKET(AF_UNIX, SOCK_STREAM)),
		MAY("connect",		"the same"),
		MAY("sendto",		"messages, syslog, service manager",
		    NOT_URGENT(3)),

		/* Files. */
		MAY("openat",		"drift file, ntpd.conf, time zone"),
		MAY("getdents64",	"folders that ntpd.conf includes"),
		MAY("newfstatat",		"who may write ntpd.conf"),
		MAY("fstat",		"the same"),
		MAY("fstat64",		"the same on 32-bit machines"),
		MAY("fstatat64",		"the same on 32-bit machines"),
#ifndef __LP64__
		MAY("statx",		"the same, where times have 64 bits"),
#endif
		MAY("fsync",		"drift file"),
		MAY("renameat",		"drift file"),
#ifndef __NR_renameat
		MAY("renameat2",		"the same"),
#endif
		MAY("unlinkat",		"drift file, control socket"),

		/* What the C library needs to live. */
		MAY("mmap",		"memory", NOT_EXECUTABLE),
		MAY("rt_sigreturn",	"end of a signal handler"),
	},
};
