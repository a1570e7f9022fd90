/*
 * Disruptions by the hypervisor's marker.
 */
#include <stddef.h>

#include "ntpd/engine/disruption.h"

/* So many changes are believed at once, then one in so many s; by taste. */
#define BURST		4
#define INTERVAL	900.0

void
disruption_init(struct disruption *d)
{
	*d = (struct disruption){
		.limit = { .burst = BURST, .interval = INTERVAL }
	};
}

enum disruption_news
disruption_look(struct disruption *d, uint64_t marker, struct instant now)
{
	if (d->known && marker == d->marker)
		return DISRUPTION_NONE;
	if (!d->known) {
		d->known = true;
		d->marker = marker;
		return DISRUPTION_FIRST;
	}
	if (!log_allowed(&d->limit, now, NULL)) {
		if (!d->told)
			log_warnx("the hypervisor says again and again that "
			    "the machine was moved: not believed for up to "
			    "%.0f s", INTERVAL);
		d->told = true;
		return DISRUPTION_NONE;
	}
	d->told = false;
	d->marker = marker;
	return DISRUPTION_SEEN;
}
