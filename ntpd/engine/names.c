/*
 * Names: when they are looked up.
 */
#include <math.h>
#include <netdb.h>
#include <string.h>

#include "ntpd/engine/names.h"

/* Tuned: a name server of one's own network is asked once a minute at most. */
#define RETRY_FIRST	2.0	/* s, after the first failure */
#define RETRY_LONGEST	64.0	/* s, while there is no address */
#define RETRY_KNOWN	1024.0	/* s, while there is one, or no such name */
#define REFRESH		3600.0	/* s, after it was found */

void
name_init(struct name *n, const struct addr *addr, struct instant now)
{
	memset(n, 0, sizeof(*n));
	n->at = now;
	n->state = NAME_WAITING;
	if (addr->family == ADDR_NONE)
		return;
	n->state = NAME_NUMERIC;
	n->addrs[0] = *addr;
	n->naddrs = 1;
}

struct instant
name_deadline(const struct name *n)
{
	return n->state == NAME_WAITING ? n->at : INSTANT_NEVER;
}

bool
name_is_due(const struct name *n, struct instant now)
{
	return !instant_before(now, name_deadline(n));
}

bool
name_is_before(const struct name *a, const struct name *b)
{
	if (a->failures != b->failures)
		return a->failures < b->failures;
	return instant_before(a->at, b->at);
}

void
name_asked(struct name *n, uint32_t serial)
{
	n->state = NAME_ASKED;
	n->serial = serial;
}

void
name_lost(struct name *n, struct instant now)
{
	if (n->state != NAME_ASKED)
		return;
	n->state = NAME_WAITING;
	n->at = now;
}

void
name_failed(struct name *n, struct instant now)
{
	double		 longest = n->naddrs > 0 || n->absent ?
	    RETRY_KNOWN : RETRY_LONGEST;

	n->state = NAME_WAITING;
	n->at = instant_add(now, fmin(longest,
	    RETRY_FIRST * ldexp(1, n->failures < 20 ? (int)n->failures : 20)));
	n->failures++;
}

/* Are the COUNT addresses in ADDRS the ones that N has, in any order? */
static bool
is_same(const struct name *n, const struct addr addrs[], size_t count)
{
	size_t		 i;

	for (i = 0; i < count; i++)
		if (!name_has(n, &addrs[i]))
			return false;
	return count == n->naddrs;
}

bool
name_answered(struct name *n, const struct resolve_reply *reply,
    uint16_t port, struct instant now)
{
	struct addr	 addrs[RESOLVE_MAX];
	size_t		 i, count = 0;

	for (i = 0; i < reply->count && i < RESOLVE_MAX; i++) {
		addrs[count] = reply->addrs[i];
		addrs[count].port = port;
		count += addr_is_unicast(&addrs[count]);
	}
	if (count == 0) {
		n->absent = reply->error == EAI_NONAME;
		n->error = reply->error;
		name_failed(n, now);
		return false;
	}
	n->confirmed = is_same(n, addrs, count);
	memcpy(n->addrs, addrs, count * sizeof(addrs[0]));
	n->naddrs = count;
	n->next = 0;
	n->failures = 0;
	n->absent = false;
	n->fresh = true;
	n->state = NAME_WAITING;
	n->at = instant_add(now, REFRESH);
	return true;
}

void
name_hurry(struct name *n, double seconds, struct instant now)
{
	n->at = instant_min(n->at, instant_add(now, seconds));
}

void
name_retry(struct name *n, struct instant now)
{
	if (n->failures == 0)
		return;
	n->failures = 1;
	n->at = now;
}

bool
name_has(const struct name *n, const struct addr *addr)
{
	size_t		 i;

	for (i = 0; i < n->naddrs; i++)
		if (addr_equal(&n->addrs[i], addr))
			return true;
	return false;
}

bool
name_lacks(const struct name *n, const struct addr *addr)
{
	/* A full list may have been cut. */
	return n->confirmed && n->naddrs < RESOLVE_MAX && !name_has(n, addr);
}

bool
name_is_awaited(const struct name *n)
{
	return n->naddrs == 0 && !n->absent;
}

bool
name_is_new(const struct name *n)
{
	return n->naddrs == 0 && n->failures == 0;
}
