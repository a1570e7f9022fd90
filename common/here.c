/*
 * Does this machine have an address?  The kernel knows, by refusing.
 */
#include <sys/socket.h>

#include <errno.h>
#include <unistd.h>

#include "common/here.h"

bool
here_has_address(const struct addr *addr)
{
	struct sockaddr_storage ss;
	struct addr	 any_port = *addr;
	socklen_t	 len;
	bool		 here;
	int		 fd;

	any_port.port = 0;
	len = addr_to_sockaddr(&any_port, &ss);
	fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return true;
	here = bind(fd, (const struct sockaddr *)&ss, len) == 0 ||
	    errno != EADDRNOTAVAIL;
	close(fd);
	return here;
}
