/*
 * The end of keys that came by certificates which could not be checked.
 */
#include "common/log.h"
#include "ntpd/parent/state.h"

void
nts_forget(struct parent *p, enum forget_why why)
{
	const bool	 has_keys = p->unproven.state == UNPROVEN_KEYS;

	if (has_keys || why == FORGET_RELOAD)
		unproven_end(&p->unproven, why == FORGET_SET);
	if (!has_keys)
		return;
	log_info("%s: agreeing on keys again with servers whose certificates "
	    "were not valid by our clock", why == FORGET_SET ?
	    "the clock was set" : why == FORGET_RIGHT ? "the clock is right" :
	    "another configuration");
	channel_send(p->children.engine, MSG_NTS_FORGET, 0, -1, NULL);
}
