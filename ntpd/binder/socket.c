/*
 * Opening the sockets that the server processes answer on.
 */
#include <linux/net_tstamp.h>
#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "ntpd/binder/socket.h"

#define BACKLOG		64	/* connections that wait to be taken */
#define DEFER_SECONDS	1	/* for a client to say something */
#define RECEIVE_BUFFER	(1024 * 1024)	/* bytes: about 2500 requests */
#define SEND_BUFFER	(4 * 1024 * 1024)	/* bytes: 10000 answers */

static bool
set_option(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

/*
 * When requests arrived; with XLEAVE, when answers left, too, if the one that
 * sends them asks for it.  This is a little more for the kernel to say.
 */
static bool
set_stamps(int fd, bool xleave)
{
	if (!xleave)
		return set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	return set_option(fd, SOL_SOCKET, SO_TIMESTAMPING,
	    SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE);
}

/*
 * Packet information, and no fragments: answers are shorter than any path's
 * MTU, whatever a forged message says of it.  An IPv4 packet that may not be
 * fragmented needs no number either, which saves the kernel a hash for each.
 */
static bool
set_packets(int fd, int family, bool bound)
{
	if (family == AF_INET)
		return (bound || set_option(fd, IPPROTO_IP, IP_PKTINFO, 1)) &&
		    set_option(fd, IPPROTO_IP, IP_FREEBIND, 1) &&
		    set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER,
		    IP_PMTUDISC_PROBE);
	return set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) &&
	    set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) &&
	    set_option(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1);
}

/* What every listening socket needs; server.h says what for. */
static bool
set_options(int fd, int family, const struct socket_use *use)
{
	(void)set_option(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
	(void)set_option(fd, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER);
	if (use->shared && !set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1))
		return false;
	return set_stamps(fd, use->xleave) &&
	    set_packets(fd, family, use->bound);
}

static bool
bind_listener(int fd, int family, const struct config_listener *conf)
{
	struct sockaddr_storage ss;
	struct addr	 addr = conf->addr;
	socklen_t	 len;

	if (conf->kind != LISTEN_ADDRESS) {
		memset(&addr, 0, sizeof(addr));
		addr.family = family == AF_INET ? ADDR_IPV4 : ADDR_IPV6;
	}
	addr.port = conf->port;
	len = addr_to_sockaddr(&addr, &ss);
	if (conf->kind == LISTEN_INTERFACE && setsockopt(fd, SOL_SOCKET,
	    SO_BINDTODEVICE, conf->interface,
	    (socklen_t)strlen(conf->interface)) == -1)
		return false;
	return bind(fd, (const struct sockaddr *)&ss, len) == 0;
}

/* FD if it is GOOD; else it is closed, and -1 with the errno of that. */
static int
keep_if(bool good, int fd)
{
	const int	 saved = errno;

	if (good)
		return fd;
	close(fd);
	errno = saved;
	return -1;
}

int
socket_open(const struct config_listener *conf, int family,
    const struct socket_use *use)
{
	const int	 fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	return keep_if(set_options(fd, family, use) &&
	    bind_listener(fd, family, conf), fd);
}

/*
 * Old connections to the port, and addresses still to come, do not matter.
 * Connections inherit that what is written leaves at once.  They are given out
 * when the client has said something: that is one turn of ke's loop less.
 */
static bool
set_tcp_options(int fd, int family)
{
	if (!set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) ||
	    !set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1))
		return false;
	(void)set_option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, DEFER_SECONDS);
	if (family == AF_INET)
		return set_option(fd, IPPROTO_IP, IP_FREEBIND, 1);
	return set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) &&
	    set_option(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1);
}

int
socket_open_tcp(const struct config_listener *conf, int family)
{
	const int	 fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	return keep_if(set_tcp_options(fd, family) &&
	    bind_listener(fd, family, conf) && listen(fd, BACKLOG) == 0, fd);
}

/* Is ADDR a network's broadcast address?  The kernel knows, by refusing. */
static bool
is_broadcast(const struct addr *addr)
{
	struct sockaddr_storage ss;
	socklen_t	 len = addr_to_sockaddr(addr, &ss);
	int		 fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool		 refused;

	if (fd == -1)
		return true;		/* it may be one */
	refused = connect(fd, (const struct sockaddr *)&ss, len) == -1 &&
	    errno == EACCES;
	close(fd);
	return refused;
}

bool
socket_is_bound(const struct config_listener *conf)
{
	return conf->kind == LISTEN_ADDRESS && conf->addr.family == ADDR_IPV4 &&
	    !addr_is_any(&conf->addr) && !is_broadcast(&conf->addr);
}
