/*
 * Having network cards stamp packets, and setting them back in the end.
 */
#ifndef NTPD_STAMPER_STAMPING_H
#define NTPD_STAMPER_STAMPING_H

#include <linux/net_tstamp.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "ntpd/config_shared.h"

struct stampings {
	size_t		 n;
	struct {
		char		 name[IF_NAMESIZE];
		bool		 failed;	/* which was logged */
		bool		 changed;	/* by us: */
		struct hwtstamp_config was;
	}		 list[CARDS_MOST];
};

/*
 * Have the card of interface NAME stamp all packets that come, and those that
 * leave if their sender asks for it.  If it does already it is left alone; else
 * what it did is remembered.  What fails is logged once.
 */
void	 stampings_set(struct stampings *s, const char *name);

/* Set those back that were changed and still are as we set them. */
void	 stampings_restore(const struct stampings *s);

#endif
