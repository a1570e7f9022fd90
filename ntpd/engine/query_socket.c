/*
 * The socket of a request: the kernel says when packets leave and arrive.
 */
#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/ns.h"
#include "ntpd/engine/query_socket.h"

/* A time stamp of the kernel that is further from now is wrong, s. */
#define STAMP_AGE	1.0

/*
 * Ask the kernel to say when packets leave and arrive.  If it cannot do both
 * (an old kernel, a socket of a container's own making), ask for arrivals
 * alone.  If it cannot do that, our own reading of the clock is used.
 */
static void
ask_for_stamps(int fd)
{
	int		 flags = SOF_TIMESTAMPING_SOFTWARE |
	    SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE |
	    SOF_TIMESTAMPING_OPT_TSONLY;
	int		 on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags,
	    sizeof(flags)) == -1)
		(void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on,
		    sizeof(on));
}

static bool
bind_and_connect(int fd, const struct addr *source, const struct addr *to,
    struct addr *local)
{
	struct sockaddr_storage ss;
	struct sockaddr	*sa = (struct sockaddr *)&ss;
	socklen_t	 len;

	if (source->family != ADDR_NONE) {
		len = addr_to_sockaddr(source, &ss);
		if (bind(fd, sa, len) == -1)
			return false;
	}
	len = addr_to_sockaddr(to, &ss);
	if (connect(fd, sa, len) == -1)
		return false;
	len = sizeof(ss);
	return getsockname(fd, sa, &len) != -1 &&
	    addr_from_sockaddr(local, sa, len);
}

int
query_socket_open(const struct addr *source, const struct addr *to,
    struct addr *local)
{
	int		 family = to->family == ADDR_IPV4 ? AF_INET : AF_INET6;
	int		 fd, error;

	fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	ask_for_stamps(fd);
	if (bind_and_connect(fd, source, to, local))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/*
 * The kernel's time stamp among the control messages of MSG, ns since 1970;
 * FALLBACK if there is none or it cannot be right.
 */
static int64_t
find_stamp(struct msghdr *msg, int64_t fallback)
{
	struct scm_timestamping ts;
	struct cmsghdr	*c;
	int64_t		 ns;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_TIMESTAMPING &&
		    c->cmsg_len >= CMSG_LEN(sizeof(ts)))
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		else if (c->cmsg_type == SCM_TIMESTAMPNS &&
		    c->cmsg_len >= CMSG_LEN(sizeof(ts.ts[0])))
			memcpy(&ts.ts[0], CMSG_DATA(c), sizeof(ts.ts[0]));
		else
			continue;
		ns = ns_from_timespec(&ts.ts[0]);
		if (llabs(fallback - ns) < (int64_t)(STAMP_AGE * NS_PER_S))
			return ns;
	}
	return fallback;
}

ssize_t
query_socket_receive(int fd, int flags, uint8_t *buf, size_t size,
    int64_t *stamp)
{
	_Alignas(struct cmsghdr) char control[256];
	struct iovec	 iov = { .iov_base = buf, .iov_len = size };
	struct msghdr	 msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control)
	};
	ssize_t		 n = recvmsg(fd, &msg, flags | MSG_DONTWAIT);

	if (n >= 0)
		*stamp = find_stamp(&msg, *stamp);
	return n;
}
