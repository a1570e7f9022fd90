/*
 * Addresses of this machine, asked of the kernel without netlink, which the
 * engine's sandbox does not have.
 */
#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "ntpd/engine/self.h"

/* Any port will do: nothing is sent. */
#define PORT		NTP_PORT

static bool
bind_to(int fd, const struct addr *addr)
{
	struct addr	 local = *addr;
	struct sockaddr_storage ss;
	socklen_t	 len;

	local.port = 0;
	len = addr_to_sockaddr(&local, &ss);
	return bind(fd, (const struct sockaddr *)&ss, len) == 0;
}

static bool
connect_to(int fd, const struct addr *addr)
{
	struct addr	 remote = *addr;
	struct sockaddr_storage ss;
	socklen_t	 len;

	remote.port = PORT;
	len = addr_to_sockaddr(&remote, &ss);
	return connect(fd, (const struct sockaddr *)&ss, len) == 0;
}

/* What the kernel would send from.  False if it does not say. */
static bool
local_address(int fd, struct addr *local)
{
	struct sockaddr_storage ss;
	socklen_t	 len = sizeof(ss);

	return getsockname(fd, (struct sockaddr *)&ss, &len) == 0 &&
	    addr_from_sockaddr(local, (const struct sockaddr *)&ss, len);
}

/*
 * IPv4: who has an address can bind to it.  With the sysctl ip_nonlocal_bind
 * everybody can, but the kernel finds no route then that begins at an address
 * of somebody else.
 * IPv6: the kernel prefers to send from the address that it sends to (RFC 6724
 * rule 1), which it can only if it has it.
 */
static bool
ask_kernel(int fd, const struct addr *addr)
{
	struct addr	 local;

	if (addr->family == ADDR_IPV4)
		return bind_to(fd, addr) && connect_to(fd, addr);
	return connect_to(fd, addr) && local_address(fd, &local) &&
	    addr_same_host(&local, addr);
}

bool
self_has_address(const struct addr *addr)
{
	bool		 ours;
	int		 fd;

	if (addr_is_loopback(addr))
		return true;
	if (addr->family == ADDR_NONE)
		return false;
	fd = socket(addr->family == ADDR_IPV4 ? AF_INET : AF_INET6,
	    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return false;
	ours = ask_kernel(fd, addr);
	close(fd);
	return ours;
}

bool
self_has_refid(const struct own_refids *own, const uint8_t refid[4])
{
	struct addr	 addr = { .family = ADDR_IPV4 };
	uint32_t	 i;

	for (i = 0; i < own->count && i < OWN_REFIDS_MOST; i++)
		if (memcmp(own->refids[i], refid, 4) == 0)
			return true;
	memcpy(addr.bytes, refid, 4);
	addr.port = PORT;
	return addr_is_unicast(&addr) && !addr_is_loopback(&addr) &&
	    self_has_address(&addr);
}
