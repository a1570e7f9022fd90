/*
 * Connecting to a socket of the daemon's.
 */
#ifndef NTPCTL_CONNECT_H
#define NTPCTL_CONNECT_H

#define CONNECT_PATH_MOST	107	/* bytes of a socket's path */

/*
 * A socket of TYPE that is connected to the one at PATH within TIMEOUT s; it
 * blocks, but to receive for TIMEOUT at most.  -1 with errno: EAGAIN if nobody
 * takes the connection in time, ENAMETOOLONG.  The caller closes it.
 */
int	 connect_unix(const char *path, int type, double timeout);

#endif
