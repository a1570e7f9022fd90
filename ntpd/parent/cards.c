/*
 * Network cards that are to stamp packets.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <bsd/string.h>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/parent/cards.h"

#define STAMPS	(SOF_TIMESTAMPING_TX_HARDWARE |				\
		SOF_TIMESTAMPING_RX_HARDWARE |				\
		SOF_TIMESTAMPING_RAW_HARDWARE)
#define FILTERS	(1U << HWTSTAMP_FILTER_ALL | 1U << HWTSTAMP_FILTER_NTP_ALL)

/* What the card of interface NAME can do.  False: it does not say. */
static bool
ask(const char *name, struct ethtool_ts_info *info)
{
	const int	 fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq	 ifr;
	bool		 done;

	if (fd == -1)
		return false;
	memset(info, 0, sizeof(*info));
	info->cmd = ETHTOOL_GET_TS_INFO;
	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, name, sizeof(ifr.ifr_name));
	ifr.ifr_data = (char *)info;
	done = ioctl(fd, SIOCETHTOOL, &ifr) == 0;
	close(fd);
	return done;
}

/* Can the card of NAME stamp NTP packets, by a clock that can be read? */
static bool
can_stamp(const char *name)
{
	struct ethtool_ts_info info;

	return ask(name, &info) && (info.so_timestamping & STAMPS) == STAMPS &&
	    (info.tx_types & 1U << HWTSTAMP_TX_ON) != 0 &&
	    (info.rx_filters & FILTERS) != 0 && info.phc_index >= 0;
}

static bool
is_known(const struct sensors *s, const char *name)
{
	size_t		 i;

	for (i = 0; i < s->ncards; i++)
		if (strcmp(s->cards[i].name, name) == 0)
			return true;
	return false;
}

static void
add(struct sensors *s, const char *name)
{
	struct engine_card *card = &s->cards[s->ncards];
	size_t		 number;

	if (is_known(s, name))
		return;
	number = s->ncards < CARDS_MOST ? sensors_add_card(s, name) :
	    SENSORS_MOST;
	if (number == SENSORS_MOST) {
		log_warnx("too many cards and sensors: no hardware time "
		    "stamps of %s", name);
		return;
	}
	card->sensor = (uint32_t)number;
	card->interface = if_nametoindex(name);
	strlcpy(card->name, name, sizeof(card->name));
	s->ncards++;
}

/* All that can. */
static void
add_all(struct sensors *s)
{
	struct if_nameindex *list = if_nameindex(), *i;

	for (i = list; i != NULL && i->if_index != 0; i++)
		if (can_stamp(i->if_name))
			add(s, i->if_name);
	if (list != NULL)
		if_freenameindex(list);
	if (s->ncards == 0)
		log_warnx("no network card stamps packets: the kernel's time "
		    "stamps are used until ntpd is restarted");
}

void
cards_make(struct sensors *s, const struct config *conf)
{
	const char	*name;
	size_t		 i;

	for (i = 0; i < conf->ncards; i++) {
		name = conf->cards[i];
		if (strcmp(name, "*") == 0)
			add_all(s);
		else if (if_nametoindex(name) == 0 || can_stamp(name))
			add(s, name);
		else
			log_warnx("the card of %s does not stamp packets: the "
			    "kernel's time stamps are used", name);
	}
}
