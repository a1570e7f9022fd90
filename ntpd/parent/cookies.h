/*
 * The keys of NTS cookies: a new one each day, which all machines that have the
 * same file make for themselves.
 *
 * A day's secret gives that day's key and the next day's secret, and neither
 * leads back.  The file has the secret of the oldest key that is still valid:
 * who gets hold of it can read cookies from that day on and none from before,
 * and who gets hold of keys can read those days' cookies alone.
 */
#ifndef NTPD_PARENT_COOKIES_H
#define NTPD_PARENT_COOKIES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cookie.h"

#define COOKIES_PERIOD		86400	/* s, of a key */
#define COOKIES_SECRET_LEN	32

struct cookies {
	uint32_t	 day;		/* of the secret, since 1970 */
	uint8_t		 secret[COOKIES_SECRET_LEN];
};

enum cookies_status {
	COOKIES_OK,
	COOKIES_MISSING,	/* there is no such file */
	COOKIES_UNREADABLE,	/* errno */
	COOKIES_UNSAFE,		/* others than its owner may read or write it */
	COOKIES_CORRUPT
};

/* Read FILE into *C, which is undefined if that is not COOKIES_OK. */
enum cookies_status cookies_read(const char *file, struct cookies *c);

/* Write *C to FILE, for its owner alone.  False, with errno, on failure. */
bool	 cookies_write(const char *file, const struct cookies *c);

/* Make new ones, from random numbers, that are valid on DAY. */
void	 cookies_new(struct cookies *c, uint32_t day);

/*
 * It is DAY: forget the keys that are too old.  True if *C has changed.  If it
 * is from so long ago, it is made new; and if it is of days to come, by a clock
 * that is SURE.  Another clock may have begun in 1970, and keys that clients
 * have cookies of would be lost.
 */
bool	 cookies_follow(struct cookies *c, uint32_t day, bool sure);

/*
 * The keys that are valid on DAY.  If they are of other days, because the clock
 * is wrong, the nearest is the current one.
 */
void	 cookies_keys(const struct cookies *c, uint32_t day,
	    struct cookie_keys *keys);

#endif
