/*
 * Network interfaces by their names.  Not by if_nametoindex(3), which takes
 * whatever kind of socket a C library prefers.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <bsd/string.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "common/link.h"

unsigned
link_number(const char *name)
{
	struct ifreq	 request;
	int		 fd, error;
	unsigned	 number = 0;

	memset(&request, 0, sizeof(request));
	strlcpy(request.ifr_name, name, sizeof(request.ifr_name));
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1 && errno == EAFNOSUPPORT)
		fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return 0;
	if (ioctl(fd, SIOCGIFINDEX, &request) == 0)
		number = (unsigned)request.ifr_ifindex;
	error = errno;
	close(fd);
	errno = error;
	return number;
}
