/*
 * Sockets of this machine that have a path.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/imsg.h"
#include "ntpd/parent/localsocket.h"

/* Close FD, and leave errno alone. */
static int
give_up(int fd)
{
	const int	 error = errno;

	close(fd);
	errno = error;
	return -1;
}

int
localsocket_open(const char *path, int type, mode_t mode)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	/* With the family alone the kernel finds a name that is no file. */
	const socklen_t	 len = path[0] == '\0' ? sizeof(sun.sun_family) :
	    sizeof(sun);
	struct stat	 st;
	mode_t		 mask;
	int		 fd, bound;

	strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	imsg_refuse_fds(fd);
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlinkat(AT_FDCWD, path, 0);
	mask = umask(ALLPERMS & ~mode);
	bound = bind(fd, (const struct sockaddr *)&sun, len);
	umask(mask);
	return bound == 0 ? fd : give_up(fd);
}

int
localsocket_listen(const char *path, int type, mode_t mode, int backlog)
{
	const int	 fd = localsocket_open(path, type, mode);

	if (fd == -1 || listen(fd, backlog) == 0)
		return fd;
	return give_up(fd);
}
