/*
 * Following interfaces and addresses.  What the kernel's messages say is not
 * looked at: that there is one means that something has changed.
 */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "common/addr.h"
#include "common/log.h"
#include "ntpd/binder/links.h"

#define SETTLE		0.5	/* s, tuned: for the rest of the changes */
#define READS		64	/* messages of one turn */

static int
open_netlink(void)
{
	struct sockaddr_nl nl = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV6_IFADDR
	};
	int		 fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    NETLINK_ROUTE);
	if (fd != -1 && bind(fd, (const struct sockaddr *)&nl,
	    sizeof(nl)) == 0)
		return fd;
	log_warn("cannot watch interfaces, looking at them every %.0f s",
	    LINKS_INTERVAL);
	if (fd != -1)
		close(fd);
	return -1;
}

void
links_open(struct links *l)
{
	l->netlink = open_netlink();
	l->look = INSTANT_NEVER;
	if (l->netlink == -1)
		l->look = instant_add(instant_now(), LINKS_INTERVAL);
}

void
links_read(struct links *l, struct instant now)
{
	char		 buf[8192];
	struct iovec	 iov = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct msghdr	 mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	int		 i;

	for (i = 0; i < READS; i++)
		if (recvmsg(l->netlink, &mh, MSG_DONTWAIT) <= 0)
			break;
	l->look = instant_min(l->look, instant_add(now, SETTLE));
}

bool
links_due(struct links *l, struct instant now)
{
	if (instant_before(now, l->look))
		return false;
	l->look = INSTANT_NEVER;
	if (l->netlink == -1)
		l->look = instant_add(now, LINKS_INTERVAL);
	return true;
}

bool
links_own_refids(struct own_refids *own)
{
	struct ifaddrs	*list, *ifa;
	struct addr	 addr;

	if (getifaddrs(&list) == -1)
		return false;
	memset(own, 0, sizeof(*own));
	for (ifa = list; ifa != NULL && own->count < OWN_REFIDS_MOST;
	    ifa = ifa->ifa_next) {
		if (ifa->ifa_addr == NULL ||
		    ifa->ifa_addr->sa_family != AF_INET6 ||
		    !addr_from_sockaddr(&addr, ifa->ifa_addr,
		    sizeof(struct sockaddr_in6)) || addr_is_loopback(&addr))
			continue;
		addr_refid(&addr, own->refids[own->count++]);
	}
	freeifaddrs(list);
	return true;
}
