/*
 * The dates of certificates, by our clock, which may be wrong: they are used
 * all the same, and clients judge for themselves.
 */
#include <sys/param.h>

#include <bsd/string.h>
#include <time.h>

#include "common/log.h"
#include "ntpd/ke/validity.h"

#define DAY		86400
#define WEEK		(7 * DAY)
#define LOOK		3600	/* s, at the latest */
#define DATE_LEN	32

void
validity_init(struct validity *v)
{
	*v = (struct validity){ .first = INT64_MIN, .last = INT64_MAX };
}

bool
validity_add(struct validity *v, const X509 *x)
{
	char		 name[VALIDITY_NAME_LEN] = "";
	int64_t		 first, last;

	if (!openssl_unix_time(X509_get0_notBefore(x), &first) ||
	    !openssl_unix_time(X509_get0_notAfter(x), &last))
		return false;
	X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName,
	    name, sizeof(name));
	if (first > v->first) {
		v->first = first;
		strlcpy(v->first_name, name, sizeof(v->first_name));
	}
	if (last < v->last) {
		v->last = last;
		strlcpy(v->last_name, name, sizeof(v->last_name));
	}
	return true;
}

static enum validity_state
judge(const struct validity *v, int64_t wall)
{
	if (wall > v->last)
		return VALIDITY_OVER;
	if (wall < v->first)
		return VALIDITY_EARLY;
	if (v->last - wall < MIN(WEEK, (v->last - v->first) / 10))
		return VALIDITY_SOON;
	return VALIDITY_FINE;
}

enum validity_state
validity_news(struct validity *v, struct instant now, int64_t wall)
{
	const enum validity_state state = judge(v, wall);

	if (state == v->said && instant_before(now, v->again))
		return VALIDITY_FINE;
	v->said = state;
	v->again = instant_add(now, DAY);
	return state;
}

static void
say_soon(const struct validity *v)
{
	const time_t	 last = v->last;
	char		 date[DATE_LEN] = "";
	struct tm	 tm;

	if (gmtime_r(&last, &tm) != NULL)
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M", &tm);
	log_warnx("NTS: the certificate of \"%s\" expires at %s UTC: renew it "
	    "and reload", v->last_name, date);
}

struct instant
validity_watch(struct validity *v, struct instant now)
{
	struct timespec	 ts;
	int64_t		 left;

	if (clock_gettime(CLOCK_REALTIME, &ts) == -1)
		return instant_add(now, LOOK);
	switch (validity_news(v, now, ts.tv_sec)) {
	case VALIDITY_FINE:
		break;
	case VALIDITY_EARLY:
		log_warnx("NTS: the certificate of \"%s\" is not valid yet, by "
		    "our clock: clients will refuse it", v->first_name);
		break;
	case VALIDITY_SOON:
		say_soon(v);
		break;
	case VALIDITY_OVER:
		log_warnx("NTS: the certificate of \"%s\" has expired: clients "
		    "will refuse it", v->last_name);
		break;
	}
	left = v->last - ts.tv_sec;
	return instant_add(now, left < 0 || left >= LOOK ? LOOK :
	    (double)left + 1);
}
