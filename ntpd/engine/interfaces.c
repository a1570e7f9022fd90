/*
 * Interfaces by their names, for the servers that are on one.
 */
#include <errno.h>
#include <stddef.h>

#include "common/link.h"
#include "common/log.h"
#include "ntpd/engine/interfaces.h"

/* Give ADDR the number of INTERFACE, if it is on one.  True if that is new. */
static bool
number(struct addr *addr, const char *interface)
{
	unsigned	 index;

	if (interface[0] == '\0')
		return false;
	index = link_number(interface);
	if (addr->scope == index || (index == 0 && errno != ENODEV))
		return false;
	addr->scope = index;
	return true;
}

/* What SERVER is asked by is not there. */
static void
log_missing(const char *interface, const char *server)
{
	static struct log_limit limit = { .burst = 64, .interval = 60 };

	if (log_allowed(&limit, instant_now(), NULL))
		log_info("interface %s is not there: will ask %s when it is",
		    interface, server);
}

bool
interfaces_number(struct config_server *conf)
{
	bool		 changed = number(&conf->addr, conf->interface);

	changed |= number(&conf->source6, conf->source_interface);
	return changed;
}

void
interfaces_log_missing(const struct config_server *conf)
{
	if (conf->interface[0] != '\0' && conf->addr.scope == 0)
		log_missing(conf->interface, conf->name);
	if (conf->source_interface[0] != '\0' && conf->source6.scope == 0)
		log_missing(conf->source_interface, conf->name);
}
