/*
 * The stamper has the right to set up the network, and two requests to drivers
 * that it can use it for.  It has no files, no sockets but its channel to the
 * parent, by which the kernel takes these, and no way to the clock.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <linux/sockios.h>
#include <stddef.h>

#include "ntpd/sandbox.h"

const struct sandbox stamper_sandbox = {
	.chroot = true,
	.user = USER_BECOME,
	.capabilities = "cap_net_admin=ep",
	.files = FILES_NONE,
	.max_files = 16,
	.max_memory = 64,
	.may_fork = false,
	.syscalls = {
		MAY_LIVE,
		MAY("ioctl",		"have a card stamp packets",
		    REQUEST(SIOCSHWTSTAMP)),
		MAY("ioctl",		"does it?",
		    REQUEST(SIOCGHWTSTAMP)),
		MAY("sendto",		"messages to the parent",
		    NOT_URGENT(3)),
		MAY("recvfrom",		"its orders",
		    NOT_URGENT(3)),
		MAY("mmap",		"memory, where brk meets a library",
		    NOT_EXECUTABLE),
	},
};
