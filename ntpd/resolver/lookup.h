/*
 * A host name to addresses: what is asked, and what of the answer is kept.
 */
#ifndef NTPD_RESOLVER_LOOKUP_H
#define NTPD_RESOLVER_LOOKUP_H

#include <netdb.h>
#include <stdbool.h>

#include "ntpd/payloads.h"

/*
 * Is the name in REQUEST, which comes from a process that talks to the
 * network, NUL-terminated and shaped like a host name or an IPv4 address:
 * labels of 1 to 63 letters, digits, '-' and '_', at most 253 characters,
 * perhaps a final dot (RFC 1035 2.3.4)?
 */
bool	 lookup_name_valid(const struct resolve_request *request);

/*
 * Fill *REPLY from LIST, what getaddrinfo(3) found: unicast addresses only,
 * each once, ports 0, at most RESOLVE_MAX.  The families take turns, each in
 * the order it came in, beginning with that of the first address: so a few of
 * them suffice to find a server when one family is broken on the way.
 */
void	 lookup_collect(struct resolve_reply *reply,
	    const struct addrinfo *list);

/*
 * Look up the name in REQUEST, whatever is in it, and fill *REPLY: count 0
 * and an error of getaddrinfo(3) if there is no usable address.  Blocks for
 * as long as the C library's resolver takes; for a brief request name servers
 * are asked once, and not waited for long.
 */
void	 lookup(struct resolve_reply *reply,
	    const struct resolve_request *request);

#endif
