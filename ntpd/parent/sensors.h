/*
 * Reference clocks: the parent opens each, and gives it to a process of its
 * own, again when that is replaced, or the device has come back.
 */
#ifndef NTPD_PARENT_SENSORS_H
#define NTPD_PARENT_SENSORS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/instant.h"
#include "common/log.h"
#include "ntpd/config.h"
#include "ntpd/payloads.h"
#include "ntpd/processes.h"

struct parent_sensor {
	struct sensor_device device;	/* what its process is told */
	char		 path[CONFIG_PATH_LEN]; /* to be opened; "": none is */
	int		 socket;	/* SENSOR_SOCK: kept; -1: none */
	struct instant	 give;		/* its device, when; or never */
	bool		 failed;	/* to open it, or it was lost */
	bool		 told;		/* ... which was logged */
	struct log_limit limit;		/* of that: it may come and go */
};

struct sensors {
	struct parent_sensor list[SENSORS_MOST];
	size_t		 n;
};

/*
 * Begin with the sensors of CONF, which get their numbers.  What takes more
 * rights than the parent keeps is made: sockets, and shared memory for UID (0:
 * this one).  What fails is logged.
 */
void	 sensors_make(struct sensors *s, struct config *conf, uid_t uid);

/*
 * Take the options of CONF's sensors, which get their numbers.  Those that are
 * new are taken out of it, as they have to wait for a restart, which is logged.
 */
void	 sensors_configure(struct sensors *s, struct config *conf,
	    struct instant now);

/* Sensor I has no device: the process is new, or has lost it (AGAIN). */
enum sensors_why { SENSORS_BEGIN, SENSORS_AGAIN };
void	 sensors_need(struct sensors *s, size_t i, enum sensors_why why,
	    struct instant now);

/*
 * The next sensor whose device it is time to give: its number, what it is in
 * *DEVICE, and its descriptor in *FD, the caller's, or -1 if it needs none.
 * SENSORS_MOST if there is none.  What cannot be opened is tried again later.
 */
size_t	 sensors_open(struct sensors *s, struct instant now,
	    struct sensor_device *device, int *fd);

/* When that is. */
struct instant sensors_deadline(const struct sensors *s);

#endif
