/*
 * The hypervisor's marker (sensor/vmclock.h): was the machine moved, restored
 * or paused, so that nothing is true any more that was known of its clock?
 */
#ifndef NTPD_ENGINE_DISRUPTION_H
#define NTPD_ENGINE_DISRUPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "common/log.h"

struct disruption {
	bool		 known;		/* a marker has been read */
	uint64_t	 marker;	/* with which all goes that is known */
	struct log_limit limit;		/* of those that are believed */
	bool		 told;		/* one is not believed */
};

void	 disruption_init(struct disruption *d);

/* What MARKER means. */
enum disruption_news {
	DISRUPTION_NONE,		/* what was known is still true */
	DISRUPTION_FIRST,		/* likewise; there was none before */
	DISRUPTION_SEEN			/* nothing is */
};

/*
 * The device shows MARKER at NOW.  One that changes all the time is not
 * believed for a while, which is logged: it must not keep the clock from being
 * right.
 */
enum disruption_news disruption_look(struct disruption *d, uint64_t marker,
	    struct instant now);

#endif
