/*
 * Having network cards stamp packets.
 */
#include <sys/ioctl.h>

#include <bsd/string.h>
#include <linux/sockios.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/child.h"
#include "ntpd/stamper/stamping.h"

/*
 * REQUEST, to get or set *CONF of interface NAME.  False with errno.  The
 * kernel takes that by any socket, so none has to be made.
 */
static bool
ask_driver(const char *name, unsigned long request,
    struct hwtstamp_config *conf)
{
	struct ifreq	 ifr;

	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, name, sizeof(ifr.ifr_name));
	ifr.ifr_data = (char *)conf;
	return ioctl(CHILD_CHANNEL_FD, request, &ifr) == 0;
}

/* Are NTP packets stamped, those that come and those that leave? */
static bool
is_good(const struct hwtstamp_config *conf)
{
	return conf->tx_type == HWTSTAMP_TX_ON &&
	    (conf->rx_filter == HWTSTAMP_FILTER_ALL ||
	    conf->rx_filter == HWTSTAMP_FILTER_NTP_ALL);
}

/* A driver may choose more than it was asked for, and says so. */
static bool
set(const char *name, int filter)
{
	struct hwtstamp_config conf = { .tx_type = HWTSTAMP_TX_ON,
	    .rx_filter = filter };

	return ask_driver(name, SIOCSHWTSTAMP, &conf) && is_good(&conf);
}

/* The one called NAME, which may be new; s->n: no room. */
static size_t
find(struct stampings *s, const char *name)
{
	size_t		 i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->list[i].name, name) == 0)
			return i;
	if (s->n < CARDS_MOST)
		strlcpy(s->list[s->n++].name, name, IF_NAMESIZE);
	return i;
}

void
stampings_set(struct stampings *s, const char *name)
{
	const size_t	 i = find(s, name);
	struct hwtstamp_config was = { .tx_type = HWTSTAMP_TX_OFF };

	/* A driver that cannot say what it does has done nothing so far. */
	if (i == s->n || (ask_driver(name, SIOCGHWTSTAMP, &was) &&
	    is_good(&was)))
		return;
	if (set(name, HWTSTAMP_FILTER_NTP_ALL) ||
	    set(name, HWTSTAMP_FILTER_ALL)) {
		/* After the first time it is what the driver forgot. */
		if (!s->list[i].changed)
			s->list[i].was = was;
		s->list[i].changed = true;
		s->list[i].failed = false;
		return;
	}
	if (!s->list[i].failed)
		log_warn("cannot have the card of %s stamp packets", name);
	s->list[i].failed = true;
}

void
stampings_restore(const struct stampings *s)
{
	struct hwtstamp_config conf;
	size_t		 i;

	for (i = 0; i < s->n; i++) {
		if (!s->list[i].changed || !ask_driver(s->list[i].name,
		    SIOCGHWTSTAMP, &conf) || !is_good(&conf))
			continue;
		conf = s->list[i].was;
		if (!ask_driver(s->list[i].name, SIOCSHWTSTAMP, &conf))
			log_warn("cannot set the card of %s back",
			    s->list[i].name);
	}
}
