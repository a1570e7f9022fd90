/*
 * Reference clocks: each is given to a process of its own, again when that is
 * replaced, or the device has come back.  Sockets are the parent's; devices are
 * opened by the opener, as a driver may not return.
 */
#ifndef NTPD_PARENT_SENSORS_H
#define NTPD_PARENT_SENSORS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/instant.h"
#include "common/log.h"
#include "ntpd/config.h"
#include "ntpd/messages.h"

/*
 *  state	what is true			ends when
 *  GIVEN	it has what it reads, or	sensors_need(): WAITS
 *		there is nothing to be given
 *  WAITS	it gets it at a certain time	then: GIVEN, or ASKED if it is
 *						a device
 *  ASKED	the opener opens it		sensors_opened(): GIVEN, or
 *						WAITS; sensors_need(): STALE
 *  STALE	so it does for a process that	sensors_opened(): WAITS
 *		is no more, or has lost it
 * In ASKED and STALE, that it takes long is logged at a certain time.
 */
enum sensor_state {
	SENSOR_GIVEN,
	SENSOR_WAITS,
	SENSOR_ASKED,
	SENSOR_STALE
};

struct parent_sensor {
	bool		 used;		/* there is a statement for it */
	bool		 is_new;	/* ... since the last configuration */
	struct sensor_device device;	/* what its process is told */
	char		 path[CONFIG_PATH_LEN]; /* of a device, or its
					   interface; or "" */
	int		 socket;	/* SENSOR_SOCK: kept; -1: none */
	enum sensor_state state;
	struct instant	 at;		/* see there; or never */
	bool		 failed;	/* to open it, or it was lost */
	bool		 told;		/* ... which was logged */
	struct log_limit limit;		/* of that: it may come and go */
};

struct sensors {
	struct parent_sensor list[SENSORS_MOST];	/* by their numbers */
	bool		 has_opener;	/* there was one at the start */
	struct engine_card cards[CARDS_MOST];	/* as the engine is told */
	size_t		 ncards;
	struct sensor_tai tai;		/* by the list, for what comes next */
};

/*
 * Begin with the sensors of CONF, which get their numbers.  What takes more
 * rights than the parent keeps is made: sockets, and shared memory for UID (0:
 * this one).  What fails is logged.
 */
void	 sensors_make(struct sensors *s, struct config *conf, uid_t uid);

/*
 * Have the clock of interface NAME's card read, too, whenever that is there:
 * for its stamps.  Returns its number; SENSORS_MOST if there is no room.
 */
size_t	 sensors_add_card(struct sensors *s, const char *name);

/* Interfaces have changed: cards may have forgotten that they stamp packets. */
void	 sensors_set_cards(struct sensors *s, struct instant now);

/*
 * Take the options of CONF's sensors, which get their numbers: those that were
 * there keep theirs.  What cannot be had without a restart is taken out of it,
 * which is logged.  The caller starts and ends their processes.
 */
void	 sensors_configure(struct sensors *s, struct config *conf,
	    struct instant now);

/* Sensor I has no device: the process is new, or has lost it (AGAIN). */
enum sensors_why { SENSORS_BEGIN, SENSORS_AGAIN };
void	 sensors_need(struct sensors *s, size_t i, enum sensors_why why,
	    struct instant now);

/* What is to be sent now, so that a sensor gets what it reads. */
struct sensor_gift {
	enum message_type type;		/* MSG_OPEN is for the opener */
	int		 fd;		/* the caller's; -1: none */
	struct sensor_opening opening;	/* the device alone is for the sensor */
};

/*
 * The next sensor that is to be given something at NOW: its number, and *GIFT.
 * SENSORS_MOST if there is none.
 */
size_t	 sensors_give(struct sensors *s, struct instant now,
	    struct sensor_gift *gift);

/* When that is. */
struct instant sensors_deadline(const struct sensors *s);

/*
 * What came of opening sensor I: *OPENED.  What cannot be opened is tried again
 * later.
 */
void	 sensors_opened(struct sensors *s, size_t i,
	    const struct sensor_opened *opened, struct instant now);

#endif
