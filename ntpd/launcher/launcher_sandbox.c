/*
 * The launcher may become the unprivileged user and enter the chroot, which
 * its children do first of all.  It cannot touch the clock or open port 123.
 *
 * It has no filter of system calls, since its children would inherit it; each
 * child brings its own.  It never reads a byte from a network.
 */
#include <stddef.h>

#include "ntpd/sandbox.h"

const struct sandbox launcher_sandbox = {
	.chroot = false,
	.user = USER_EFFECTIVE,
	.capabilities = "cap_setuid,cap_setgid,cap_sys_chroot=ep",
	.files = FILES_OWN,
	.max_files = 256,
	.may_fork = true,
};
