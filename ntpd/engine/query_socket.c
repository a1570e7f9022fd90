/*
 * The socket of a request: the kernel says when packets leave and arrive.
 */
#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <unistd.h>

#include "ntpd/engine/query_socket.h"

#define KERNEL_STAMPS	(SOF_TIMESTAMPING_SOFTWARE |			\
			SOF_TIMESTAMPING_RX_SOFTWARE |			\
			SOF_TIMESTAMPING_TX_SOFTWARE |			\
			SOF_TIMESTAMPING_OPT_TSONLY)

/* The card's beside them, and which card's: from Linux 4.13 on. */
#define CARD_STAMPS	(SOF_TIMESTAMPING_RAW_HARDWARE |		\
			SOF_TIMESTAMPING_RX_HARDWARE |			\
			SOF_TIMESTAMPING_TX_HARDWARE |			\
			SOF_TIMESTAMPING_OPT_PKTINFO |			\
			SOF_TIMESTAMPING_OPT_TX_SWHW)

static bool
set_option(int fd, int option, int value)
{
	return setsockopt(fd, SOL_SOCKET, option, &value,
	    sizeof(value)) == 0;
}

/*
 * Ask the kernel to say when packets leave and arrive, and if there are CARDS
 * when they do by these.  If it cannot do both (an old kernel, a socket of a
 * container's own making), ask for arrivals alone.  If it cannot do that, our
 * own reading of the clock is used.
 */
static void
ask_for_stamps(int fd, bool cards)
{
	if ((!cards || !set_option(fd, SO_TIMESTAMPING,
	    KERNEL_STAMPS | CARD_STAMPS)) &&
	    !set_option(fd, SO_TIMESTAMPING, KERNEL_STAMPS))
		(void)set_option(fd, SO_TIMESTAMPNS, 1);
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
    bool cards, struct addr *local)
{
	int		 family = to->family == ADDR_IPV4 ? AF_INET : AF_INET6;
	int		 fd, error;

	fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	ask_for_stamps(fd, cards);
	if (bind_and_connect(fd, source, to, local))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

ssize_t
query_socket_receive(int fd, int flags, uint8_t *buf, size_t size,
    struct stamp *stamp)
{
	_Alignas(struct cmsghdr) char control[STAMP_CONTROL];
	struct iovec	 iov = { .iov_base = buf, .iov_len = size };
	struct msghdr	 msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control)
	};
	ssize_t		 n = recvmsg(fd, &msg, flags | MSG_DONTWAIT);

	if (n >= 0)
		stamp_read(stamp, &msg);
	return n;
}
