/*
 * TLS talks with one server, by a connection that it made before it came here.
 * It has no other, cannot make one, and there are no files.
 */
#include <sys/mman.h>
#include <sys/socket.h>

#include <stddef.h>

#include "ntpd/sandbox.h"

const struct sandbox tls_sandbox = {
	.chroot = true,
	.user = USER_CHILD,
	.capabilities = NULL,	/* none */
	.files = FILES_NONE,
	.max_files = 16,
	.max_memory = 96,
	.may_fork = false,
	.syscalls = {
		MAY_LIVE,
		MAY("read",		"the server"),
		MAY("sendto",		"the result",
		    NOT_URGENT(3)),
		MAY("time",		"OpenSSL: dates"),
		MAY("gettimeofday",	"the same"),
		MAY("getrandom",	"keys"),
		MAY("getpid",		"the same"),
		MAY("futex",		"OpenSSL's locks"),
		MAY("mmap",		"memory, where brk meets a library",
		    NOT_EXECUTABLE),
		MAY("munmap",		"the same"),
		MAY("madvise",		"the same"),
		MAY("close",		"the connection"),
	},
};
