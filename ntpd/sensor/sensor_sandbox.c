/*
 * A sensor reads the device that it was given, and attaches shared memory for
 * reading.  It can open nothing, create nothing and set nothing.
 */
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>

#include <linux/pps.h>
#include <linux/ptp_clock.h>
#include <stddef.h>

#include "ntpd/sandbox.h"

const struct sandbox sensor_sandbox = {
	.chroot = true,
	.user = USER_CHILD,
	.capabilities = NULL,	/* none */
	.files = FILES_NONE,
	.max_files = 16,
	.max_memory = 64,
	.may_fork = false,
	.syscalls = {
		MAY_LIVE,
		MAY("recvfrom",		"the time, from a socket; messages",
		    NOT_URGENT(3)),
		MAY("shmget",		"shared memory that is there",
		    .when = { { 1, UINT32_MAX, 0 }, { 2, UINT32_MAX, 0 } }),
		MAY("shmctl",		"who may write to it",
		    .when = { { 1, 0xff, IPC_STAT } }),
		MAY("shmat",		"read it",
		    .when = { { 2, UINT32_MAX, SHM_RDONLY } }),
		MAY("shmdt",		"another one is in its place"),
		MAY("ioctl",		"pulses",
		    REQUEST((uint32_t)PPS_FETCH)),
		MAY("ioctl",		"a clock of PTP",
		    REQUEST((uint32_t)PTP_SYS_OFFSET_PRECISE)),
		MAY("ioctl",		"the same",
		    REQUEST((uint32_t)PTP_SYS_OFFSET_EXTENDED)),
		MAY("ioctl",		"the same",
		    REQUEST((uint32_t)PTP_SYS_OFFSET)),
		MAY("pread64",		"the hypervisor's clock"),
		MAY("recvmsg",		"channels, its device",
		    NOT_URGENT(2)),
		MAY("sendto",		"samples to the engine",
		    NOT_URGENT(3)),
		MAY("close",		"a device that is gone"),
		MAY("mmap",		"memory, where brk meets a library",
		    NOT_EXECUTABLE),
	},
};
