/*
 * Trust: which servers have a part in the time.
 */
#include "ntpd/engine/trust.h"

bool
trust_is_authenticated(const struct config_server *conf)
{
	return conf->auth != AUTH_NONE || conf->trusted;
}

/* Has one without authentication no part, if ANY server has it? */
static bool
bars_others(enum authentication mode, bool any)
{
	switch (mode) {
	case AUTHENTICATION_PREFER:
		return any;
	case AUTHENTICATION_MIX:
		return false;
	case AUTHENTICATION_REQUIRE:
		break;
	}
	return true;
}

void
trust_configure(struct hosts *hosts, enum authentication mode)
{
	struct host	*h;
	bool		 any = false, bars;

	for (h = hosts->list; h < hosts->list + hosts->n; h++)
		any = any || trust_is_authenticated(&h->conf);
	bars = bars_others(mode, any);
	for (h = hosts->list; h < hosts->list + hosts->n; h++)
		h->barred = bars && !trust_is_authenticated(&h->conf);
}
