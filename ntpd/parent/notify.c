/*
 * sd_notify(3): readiness, status line, watchdog.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <bsd/stdlib.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/notify.h"

static int
connect_to(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	size_t		 len = strlen(path);
	int		 fd;

	if (len >= sizeof(sun.sun_path) || (path[0] != '/' && path[0] != '@'))
		return -1;
	memcpy(sun.sun_path, path, len);
	if (path[0] == '@')	/* an abstract name */
		sun.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	if (connect(fd, (const struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0)
		return fd;
	log_warn("cannot reach the service manager at %s", path);
	close(fd);
	return -1;
}

void
notify_open(struct notify *n)
{
	const char	*path = getenv("NOTIFY_SOCKET");
	const char	*usec = getenv("WATCHDOG_USEC");

	n->fd = path == NULL ? -1 : connect_to(path);
	n->watchdog = 0;
	if (usec != NULL)
		n->watchdog = (double)strtonum(usec, 0, 1LL << 50, NULL) * 1e-6;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

bool
notify_send(const struct notify *n, const char *text)
{
	/* A service manager that does not listen is not our trouble. */
	return n->fd == -1 ||
	    send(n->fd, text, strlen(text), MSG_NOSIGNAL) != -1 ||
	    (errno != EAGAIN && errno != ENOBUFS);
}
