/*
 * What a word of a configuration can name: a host to ask, a place to listen
 * on.  Written once, for ntpd.conf and for what "ntpctl convert" makes of other
 * files.  Each function returns NULL, or why the word does not name that: the
 * rest of a sentence.
 */
#ifndef COMMON_PLACE_H
#define COMMON_PLACE_H

#include <net/if.h>

#include "common/addr.h"

/*
 * The host TEXT, whose time can be asked for.  If it is an address, *ADDR is
 * that, with NTP's port, and INTERFACE its interface or ""; if it is a name,
 * *ADDR has none.
 */
const char *place_host(const char *text, struct addr *addr,
	    char interface[IF_NAMESIZE]);

/*
 * The place TEXT to listen on: an address as above, or an interface's name,
 * which is in INTERFACE then, and *ADDR has no address.  "*" is not for here.
 */
const char *place_listen(const char *text, struct addr *addr,
	    char interface[IF_NAMESIZE]);

/* An address (with a port) of one host, on INTERFACE if that is not "". */
const char *place_unicast(const struct addr *addr, const char *interface);

#endif
