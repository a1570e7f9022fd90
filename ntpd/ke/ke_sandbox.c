/*
 * Ke hears strangers by TLS, and holds the private key of the certificate.  It
 * was given its sockets and the two files; it can open nothing else.
 */
#include <sys/mman.h>
#include <sys/socket.h>

#include <stddef.h>

#include "ntpd/ke/sessions.h"
#include "ntpd/sandbox.h"

const struct sandbox ke_sandbox = {
	.chroot = true,
	.user = USER_CHILD,
	.capabilities = NULL,	/* none */
	.files = FILES_NONE,
	.max_files = SESSIONS_MOST + 96,
	.max_memory = 128,
	.may_fork = false,
	.syscalls = {
		MAY_LIVE,
		MAY("accept4",		"a client"),
		MAY("read",		"the same; certificate and key"),
		MAY("recvmsg",		"sockets and files that it is given",
		    NOT_URGENT(2)),
		MAY("recvfrom",		"messages",
		    NOT_URGENT(3)),
		MAY("sendto",		"counters to the parent",
		    NOT_URGENT(3)),
		MAY("close",		"clients"),
		MAY("time",		"OpenSSL: dates"),
		MAY("gettimeofday",	"the same"),
		MAY("getrandom",	"keys"),
		MAY("getpid",		"the same"),
		MAY("futex",		"OpenSSL's locks"),
		MAY("mmap",		"memory, where brk meets a library",
		    NOT_EXECUTABLE),
		MAY("munmap",		"the same"),
		MAY("madvise",		"the same"),
	},
};
