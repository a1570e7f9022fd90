/*
 * Connecting, while that may still be done.
 */
#include <sys/socket.h>

#include <errno.h>
#include <unistd.h>

#include "common/pollset.h"
#include "ntpd/tls/reach.h"

bool
reach_wait(int fd, short events, struct instant deadline)
{
	struct pollset	 set;
	int		 slot;

	do {
		pollset_clear(&set);
		slot = pollset_add(&set, fd, events);
		pollset_wait(&set, deadline, NULL);
		if (pollset_ready(&set, slot, events))
			return true;
	} while (instant_before(instant_now(), deadline));
	return false;
}

/* Connect FD.  0, or what errno says. */
static int
connect_to(int fd, const struct addr *addr, struct instant deadline)
{
	struct sockaddr_storage ss;
	socklen_t	 len = addr_to_sockaddr(addr, &ss), size = sizeof(int);
	int		 error;

	if (connect(fd, (struct sockaddr *)&ss, len) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return errno;
	if (!reach_wait(fd, POLLOUT, deadline))
		return ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == -1)
		return errno;
	return error;
}

int
reach(const struct addr *addr, struct instant deadline)
{
	int		 fd, error;

	fd = socket(addr->family == ADDR_IPV6 ? AF_INET6 : AF_INET,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	error = connect_to(fd, addr, deadline);
	if (error == 0)
		return fd;
	close(fd);
	errno = error;
	return -1;
}
