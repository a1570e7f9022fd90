/*
 * Telling systemd how the service is (sd_notify(3)): one datagram to the
 * socket named by $NOTIFY_SOCKET.  Not by libsystemd: fifteen lines, against
 * a library with decompressors in the one process that may set the clock.
 */
#ifndef NTPD_PARENT_NOTIFY_H
#define NTPD_PARENT_NOTIFY_H

#include <stdbool.h>

struct notify {
	int		 fd;		/* -1: nobody wants to know */
	double		 watchdog;	/* s between signs of life; 0: none */
};

/*
 * Read $NOTIFY_SOCKET and $WATCHDOG_USEC, and remove them from the
 * environment, so that no child sees them.
 */
void	 notify_open(struct notify *n);

/*
 * Send TEXT ("READY=1"); does nothing if nobody wants to know.  False if the
 * service manager is too busy to take it now.
 */
bool	 notify_send(const struct notify *n, const char *text);

#endif
