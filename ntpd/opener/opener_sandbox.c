/*
 * The opener stays the user that the daemon was started by, as devices are
 * root's, without any capability.  It can open what is in /dev for reading and
 * pass it on; it cannot read from it, set it, or touch the clock.
 */
#include <sys/mman.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <linux/sockios.h>
#include <stddef.h>

#include "ntpd/child.h"
#include "ntpd/sandbox.h"

const struct sandbox opener_sandbox = {
	.chroot = false,
	.user = USER_SAME,
	.capabilities = NULL,	/* none */
	.files = FILES_READ,
	.reads = { "/dev" },
	.max_files = 2 * SENSORS_MOST + 16,	/* a channel and a device */
	.max_memory = 64,
	.may_fork = false,
	.syscalls = {
		MAY_LIVE,
		MAY("openat",		"a device", READ_ONLY),
		MAY("ioctl",		"which clock a network interface has",
		    REQUEST(SIOCETHTOOL)),
		MAY("sendmsg",		"devices, not to the parent",
		    ABOVE(CHILD_CHANNEL_FD)),
		MAY("sendto",		"messages to the parent",
		    NOT_URGENT(3)),
		MAY("recvmsg",		"its orders, channels",
		    NOT_URGENT(2)),
		MAY("close",		"devices"),
		MAY("mmap",		"memory, where brk meets a library",
		    NOT_EXECUTABLE),
	},
};
