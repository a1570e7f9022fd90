/*
 * Names to addresses by getaddrinfo(3), so that hosts files, mDNS, resolved
 * and whatever else nsswitch.conf has on this machine are honoured.  Both
 * sides are distrusted: the name is checked before the C library sees it, the
 * addresses before the engine does.
 */
#include <netinet/in.h>

#include <netdb.h>
#include <resolv.h>
#include <string.h>

#include "common/addr.h"
#include "common/hostname.h"
#include "ntpd/resolver/lookup.h"

/*
 * How long name servers are waited for while other names wait, s, each asked
 * once.  Tuned: most names take less, and what a name server finds later is
 * ready when it is asked again.
 */
#define BRIEF_SECONDS	2

/* Addresses of one family, in the order in which they came. */
struct family_list {
	struct addr	 addrs[RESOLVE_MAX];
	size_t		 count;
};

bool
lookup_name_valid(const struct resolve_request *request)
{
	return strnlen(request->name, sizeof(request->name)) <
	    sizeof(request->name) && hostname_valid(request->name);
}

static void
family_add(struct family_list *list, const struct addr *addr)
{
	size_t		 i;

	if (list->count == RESOLVE_MAX)
		return;
	for (i = 0; i < list->count; i++)
		if (addr_equal(&list->addrs[i], addr))
			return;
	list->addrs[list->count++] = *addr;
}

/*
 * Can a server have this address?  The check is about complete addresses and
 * wants a port; which one is the engine's business.
 */
static bool
usable(const struct addr *addr)
{
	struct addr	 complete = *addr;

	complete.port = NTP_PORT;
	return addr_is_unicast(&complete);
}

void
lookup_collect(struct resolve_reply *reply, const struct addrinfo *list)
{
	struct family_list first = { .count = 0 }, second = { .count = 0 };
	struct addr	 addr;
	size_t		 i;

	memset(reply, 0, sizeof(*reply));
	for (; list != NULL; list = list->ai_next) {
		if (!addr_from_sockaddr(&addr, list->ai_addr,
		    list->ai_addrlen))
			continue;
		addr.port = 0;
		if (!usable(&addr))
			continue;
		if (first.count == 0 || first.addrs[0].family == addr.family)
			family_add(&first, &addr);
		else
			family_add(&second, &addr);
	}
	for (i = 0; i < RESOLVE_MAX; i++) {
		if (i < first.count && reply->count < RESOLVE_MAX)
			reply->addrs[reply->count++] = first.addrs[i];
		if (i < second.count && reply->count < RESOLVE_MAX)
			reply->addrs[reply->count++] = second.addrs[i];
	}
}

/*
 * How long the C library waits is what resolv.conf says, or less if BRIEF.  The
 * file is read each time: once its figures are overruled, the C library itself
 * does not notice any more that the file has changed.
 */
static void
set_patience(bool brief)
{
	/* Zero is "as in the file": res_init(3) keeps what is there. */
	_res.retrans = _res.retry = 0;
	if (res_init() == -1 || !brief)
		return;
	_res.retrans = BRIEF_SECONDS;
	_res.retry = 1;
}

void
lookup(struct resolve_reply *reply, const struct resolve_request *request)
{
	struct addrinfo	 hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_DGRAM,
		/* No IPv6 addresses for a machine that has no IPv6. */
		.ai_flags = AI_ADDRCONFIG
	};
	struct addrinfo	*list = NULL;
	int		 error;

	memset(reply, 0, sizeof(*reply));
	reply->error = EAI_NONAME;
	if (!lookup_name_valid(request))
		return;
	set_patience(request->brief != 0);
	error = getaddrinfo(request->name, NULL, &hints, &list);
	if (error != 0) {
		reply->error = error;
		return;
	}
	lookup_collect(reply, list);
	freeaddrinfo(list);
	if (reply->count == 0)
		reply->error = EAI_NONAME;
}
