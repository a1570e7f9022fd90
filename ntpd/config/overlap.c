/*
 * Listen statements that have addresses in common.
 */
#include "common/addr.h"
#include "ntpd/config.h"

/* Does A, at the same port, listen on every address that B does? */
static bool
covers(const struct config_listener *a, const struct config_listener *b)
{
	if (a->port != b->port)
		return false;
	if (a->kind == LISTEN_ANY)
		return b->kind != LISTEN_ANY;
	return a->kind == LISTEN_ADDRESS && b->kind == LISTEN_ADDRESS &&
	    a->addr.family == b->addr.family && addr_is_any(&a->addr) &&
	    !addr_is_any(&b->addr);
}

bool
config_is_covered(const struct config *conf, const struct config_listener *l)
{
	size_t		 i;

	for (i = 0; i < conf->nlisteners; i++)
		if (covers(&conf->listeners[i], l))
			return true;
	return false;
}

bool
config_has_overlap(const struct config *conf)
{
	const struct config_listener *a, *b, *end;

	end = conf->listeners + conf->nlisteners;
	for (a = conf->listeners; a < end; a++)
		for (b = conf->listeners; b < end; b++)
			if (a->kind == LISTEN_INTERFACE &&
			    b->kind == LISTEN_ADDRESS && a->port == b->port &&
			    !config_is_covered(conf, a))
				return true;
	return false;
}
