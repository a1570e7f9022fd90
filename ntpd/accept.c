/*
 * Taking clients, without going round for ever when none can be taken.
 */
#include <errno.h>
#include <stddef.h>

#include "common/log.h"
#include "ntpd/accept.h"

#define REST		1.0	/* s; by taste */
#define LOG_BURST	2	/* times that it is logged, then one in: */
#define LOG_INTERVAL	600.0	/* s */

int
accept_client(int fd, const char *what, struct sockaddr *from, socklen_t *len,
    struct instant *rest)
{
	static struct log_limit limit = { .burst = LOG_BURST,
	    .interval = LOG_INTERVAL };
	const int	 client = accept4(fd, from, len,
	    SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct instant	 now;

	if (client != -1 || (errno != EMFILE && errno != ENFILE &&
	    errno != ENOMEM && errno != ENOBUFS))
		return client;
	now = instant_now();
	*rest = instant_add(now, REST);
	if (log_allowed(&limit, now, NULL))
		log_warn("cannot take a client of %s", what);
	return -1;
}
