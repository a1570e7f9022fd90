#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <unistd.h>

#include <bsd/string.h>

#include "common/instant.h"
#include "ntpctl/connect.h"

/* Let the socket option NAME of FD be S s, and not none. */
static int
set_time(int fd, int name, double s)
{
	struct timeval	 tv;

	s = fmax(1e-3, s);
	tv.tv_sec = (time_t)s;
	tv.tv_usec = (suseconds_t)((s - floor(s)) * 1e6);
	return setsockopt(fd, SOL_SOCKET, name, &tv, sizeof(tv));
}

/*
 * Connect while the socket still blocks: it is the one way to wait for a
 * place in the queue of a busy daemon, and SO_SNDTIMEO ends it.  A process that
 * is stopped and goes on has to begin again.
 */
static bool
connect_until(int fd, const struct sockaddr_un *sun, struct instant end)
{
	int		 r;

	do {
		r = set_time(fd, SO_SNDTIMEO, instant_diff(end, instant_now()));
		if (r == 0)
			r = connect(fd, (const struct sockaddr *)sun,
			    sizeof(*sun));
	} while (r == -1 && errno == EINTR &&
	    instant_before(instant_now(), end));
	if (r == -1 && errno == EINTR)
		errno = EAGAIN;		/* what SO_SNDTIMEO says */
	return r == 0;
}

int
connect_unix(const char *path, int type, double timeout)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const struct instant end = instant_add(instant_now(), timeout);
	int		 fd, error;

	_Static_assert(sizeof(sun.sun_path) == CONNECT_PATH_MOST + 1,
	    "a path has another length");
	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (set_time(fd, SO_RCVTIMEO, timeout) == 0 &&
	    connect_until(fd, &sun, end))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}
