/*
 * The list of leap seconds, leap-seconds.list, as the IERS publishes it and
 * Debian's tzdata has it: since when TAI - UTC is what, and until when the list
 * is complete.
 */
#ifndef NTPD_PARENT_LEAPTABLE_H
#define NTPD_PARENT_LEAPTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/leap.h"

#define LEAPTABLE_MOST	128	/* lines; there were 28 in 2026 */

struct leaptable_line {
	int64_t		 at;		/* s since 1970, from then on */
	int		 tai;		/* TAI - UTC, s */
};

struct leaptable {
	int64_t		 expires;	/* s since 1970 */
	size_t		 n;		/* of lines; 0: there is no list */
	struct leaptable_line lines[LEAPTABLE_MOST];	/* by their times */
};

/*
 * Read FILE into *TABLE.  NULL, or what is wrong, for the log; then *TABLE is
 * as it was.  A file that others than root and this user can write is refused.
 */
const char	*leaptable_read(const char *file, struct leaptable *table);

/* The same for LEN bytes of TEXT, which a NUL follows. */
const char	*leaptable_parse(const char *text, size_t len,
		    struct leaptable *table);

/* TAI - UTC at NOW, s; 0 if the list begins later. */
int		 leaptable_tai(const struct leaptable *table, int64_t now);

/*
 * Is NOW more than a day after the last leap second in the list, and the list
 * valid?  Then TAI - UTC is the same for years.
 */
bool		 leaptable_is_settled(const struct leaptable *table,
		    int64_t now);

/*
 * The leap second that ended within the day before NOW, or else the next one,
 * into *PLAN, whose policy stays.  If the list is not valid at NOW, none is
 * known.
 */
void		 leaptable_plan(const struct leaptable *table, int64_t now,
		    struct leap_plan *plan);

#endif
