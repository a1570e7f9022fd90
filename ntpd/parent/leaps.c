/*
 * Following the list of leap seconds.
 */
#include <bsd/string.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/parent/leaps.h"

#define DAY		86400	/* s */

/* The list is read again after that, s: a new one comes every half year. */
#define READ_INTERVAL	((double)DAY)

/* So near to a leap second, s, the kernel may have it or not; by taste. */
#define NEAR		3

static void
read_list(struct leaps *l, struct instant now)
{
	const char	*wrong;

	l->read_at = instant_add(now, READ_INTERVAL);
	wrong = leaptable_read(l->file, &l->table);
	if (wrong == NULL)
		l->expired = false;
	else
		log_warnx("leapfile %s cannot be used: %s%s", l->file, wrong,
		    l->table.n > 0 ? "; going on with what it said before" :
		    "");
}

void
leaps_configure(struct leaps *l, const struct config *conf, struct instant now)
{
	if (strcmp(l->file, conf->leapfile) != 0)
		l->table.n = 0;
	strlcpy(l->file, conf->leapfile, sizeof(l->file));
	l->read_at = INSTANT_NEVER;
	if (l->file[0] != '\0')
		read_list(l, now);
	l->plan.policy = (uint8_t)conf->leap;
}

/* A list that has expired may lack the leap seconds since. */
static void
check_expiry(struct leaps *l, int64_t unix_time)
{
	bool		 expired = l->table.n > 0 &&
	    unix_time >= l->table.expires;

	if (expired && !l->expired)
		log_warnx("leapfile %s expired %lld days ago: leap seconds "
		    "are what the servers announce until there is a newer one",
		    l->file, (long long)(unix_time - l->table.expires) / DAY);
	l->expired = expired;
}

bool
leaps_follow(struct leaps *l, int64_t unix_time, struct instant now)
{
	const struct leap_plan before = l->plan;

	if (!instant_before(now, l->read_at))
		read_list(l, now);
	check_expiry(l, unix_time);
	leaptable_plan(&l->table, unix_time, &l->plan);
	return memcmp(&before, &l->plan, sizeof(before)) != 0;
}

struct sensor_tai
leaps_last(const struct leaps *l)
{
	const struct leaptable *t = &l->table;

	if (t->n == 0)
		return (struct sensor_tai){ .ahead = 0 };
	return (struct sensor_tai){ .from = t->lines[t->n - 1].at,
	    .until = t->expires, .ahead = t->lines[t->n - 1].tai };
}

int64_t
leaps_tai(const struct leaps *l, int64_t unix_time, int64_t have)
{
	const int64_t	 away = unix_time - l->plan.at;

	if (!l->plan.known && !leaptable_is_settled(&l->table, unix_time))
		return have;
	if (l->plan.known && l->plan.change != 0 && away >= -NEAR &&
	    away <= NEAR)
		return have;
	return leaptable_tai(&l->table, unix_time);
}
