/*
 * Leap seconds by a list, "leapfile" in ntpd.conf: what the engine and the
 * kernel are told of them.
 */
#ifndef NTPD_PARENT_LEAPS_H
#define NTPD_PARENT_LEAPS_H

#include <stdbool.h>

#include "common/instant.h"
#include "common/leap.h"
#include "ntpd/config.h"
#include "ntpd/parent/leaptable.h"
#include "ntpd/payloads.h"

struct leaps {
	char		 file[CONFIG_PATH_LEN]; /* "": there is none */
	struct leaptable table;
	struct leap_plan plan;
	struct instant	 read_at;	/* again, as it may be a newer one */
	bool		 expired;	/* that was logged */
};

/*
 * Follow CONF, and read its list.  What is wrong with that is logged; what was
 * read before stays then.
 */
void		 leaps_configure(struct leaps *l, const struct config *conf,
		    struct instant now);

/* The last line of the list, until when it holds; zeros if there is no list. */
struct sensor_tai leaps_last(const struct leaps *l);

/*
 * The clock is right: it is UNIX_TIME (s since 1970).  Read the list again once
 * a day, and look what is next in it; if it has expired, that is logged once.
 * True if L->plan has changed.
 */
bool		 leaps_follow(struct leaps *l, int64_t unix_time,
		    struct instant now);

/*
 * The kernel's TAI - UTC as it should be at UNIX_TIME, s, where it is HAVE.
 * That is HAVE if no list says so, and next to a leap second, when the kernel
 * itself changes it.  Before the clock was right for the first time it is told
 * as well, if it would not matter by how much the clock is off: a reference
 * clock of TAI is of use only then.
 */
int64_t		 leaps_tai(const struct leaps *l, int64_t unix_time,
		    int64_t have);

#endif
