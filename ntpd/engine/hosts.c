/*
 * Hosts: the names in ntpd.conf, their addresses, and the associations that
 * come of them.  Names resolve in the background, for ever: a machine that
 * boots without a network is normal.
 */
#include <math.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "ntpd/engine/hosts.h"

#define RESOLVE_FIRST	2.0	/* s until a failed name is tried again */
#define RESOLVE_LONGEST	1024.0	/* s, the most */
#define RESOLVE_AGAIN	300.0	/* s between looks for replacements */

/* The statement of this association is gone. */
#define NO_HOST		CONFIG_MAX_SERVERS

static size_t
wanted(const struct host *h)
{
	return h->conf.pool ? h->conf.max : 1;
}

static size_t
count_associations(const struct association all[], size_t host)
{
	size_t		 i, n = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		n += all[i].used && all[i].host == host;
	return n;
}

/* An address that is asked has one vote, in however many statements it is. */
static bool
is_asked(const struct association all[], const struct addr *addr)
{
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		if (all[i].used && addr_equal(&all[i].addr, addr))
			return true;
	return false;
}

/* The next address of H that nobody asks yet, or NULL. */
static const struct addr *
unused_address(struct host *h, const struct association all[])
{
	const struct addr *addr;
	size_t		 tried;

	for (tried = 0; tried < h->naddrs; tried++) {
		addr = &h->addrs[h->next_addr++ % h->naddrs];
		if (!is_asked(all, addr))
			return addr;
	}
	return NULL;
}

void
hosts_add(struct hosts *hosts, const struct config_server *conf)
{
	if (hosts->npending < CONFIG_MAX_SERVERS)
		hosts->pending[hosts->npending++] = *conf;
}

static void
host_init(struct host *h, const struct config_server *conf, struct instant now)
{
	memset(h, 0, sizeof(*h));
	h->conf = *conf;
	h->conf.name[sizeof(h->conf.name) - 1] = '\0';
	h->resolve_at = INSTANT_NEVER;
	h->backoff = RESOLVE_FIRST;
	h->numeric = conf->addr.family != ADDR_NONE;
	if (h->numeric) {
		h->addrs[0] = conf->addr;
		h->addrs[0].port = conf->port;
		h->naddrs = 1;
	} else
		h->resolve_at = now;
}

static bool
same_statement(const struct config_server *a, const struct config_server *b)
{
	return strcmp(a->name, b->name) == 0 && a->pool == b->pool &&
	    addr_equal(&a->addr, &b->addr) &&
	    a->port == b->port && addr_equal(&a->source4, &b->source4) &&
	    addr_equal(&a->source6, &b->source6);
}

/* Find the statement of OLD that H is, or NO_HOST, and take over its state. */
static size_t
inherit(struct host *h, struct host old[], size_t nold)
{
	struct config_server conf = h->conf;
	size_t		 i;

	for (i = 0; i < nold; i++) {
		if (!same_statement(&old[i].conf, &conf))
			continue;
		*h = old[i];
		h->conf = conf;
		old[i].conf.name[0] = '\0';	/* taken over */
		return i;
	}
	return NO_HOST;
}

/*
 * Associations get the numbers of their statements from MOVED.  A server that
 * denied itself may do so no longer: its association is begun anew.
 */
static void
renumber(struct association all[], const size_t moved[])
{
	struct association *a;

	for (a = all; a < all + MAX_ASSOCIATIONS; a++)
		if (a->used)
			a->host = association_is_denied(a) ? NO_HOST :
			    moved[a->host];
}

bool
hosts_configure(struct hosts *hosts, size_t expected,
    struct association all[MAX_ASSOCIATIONS], struct instant now)
{
	static struct host old[CONFIG_MAX_SERVERS];
	size_t		 moved[CONFIG_MAX_SERVERS], nold = hosts->n, i, from;

	if (hosts->npending != expected) {
		log_warnx("of %zu servers %zu arrived: configuration ignored",
		    expected, hosts->npending);
		hosts->npending = 0;
		return false;
	}
	memcpy(old, hosts->list, sizeof(old));
	for (i = 0; i < CONFIG_MAX_SERVERS; i++)
		moved[i] = NO_HOST;
	hosts->n = hosts->npending;
	hosts->npending = 0;
	hosts->full = false;
	for (i = 0; i < hosts->n; i++) {
		host_init(&hosts->list[i], &hosts->pending[i], now);
		from = inherit(&hosts->list[i], old, nold);
		if (from != NO_HOST)
			moved[from] = i;
	}
	renumber(all, moved);
	return true;
}

/* The next failure is followed by twice the wait. */
static void
try_later(struct host *h, struct instant now)
{
	h->resolve_at = instant_add(now, h->backoff);
	h->backoff = fmin(2 * h->backoff, RESOLVE_LONGEST);
}

bool
hosts_question(struct hosts *hosts, struct instant now, uint32_t *id,
    struct resolve_request *request)
{
	struct host	*h;

	for (h = hosts->list; h < hosts->list + hosts->n; h++) {
		if (h->resolving || instant_before(now, h->resolve_at))
			continue;
		memset(request, 0, sizeof(*request));
		memcpy(request->name, h->conf.name, sizeof(request->name));
		*id = h->serial = hosts->next_serial++;
		h->resolving = true;
		h->resolve_at = INSTANT_NEVER;
		return true;
	}
	return false;
}

/* Whose question was ID?  By its serial: numbers may have changed since. */
static struct host *
find_question(struct hosts *hosts, uint32_t id)
{
	struct host	*h;

	for (h = hosts->list; h < hosts->list + hosts->n; h++)
		if (h->resolving && h->serial == id)
			return h;
	return NULL;
}

void
hosts_unasked(struct hosts *hosts, uint32_t id, struct instant now)
{
	struct host	*h = find_question(hosts, id);

	if (h == NULL)
		return;
	h->resolving = false;
	try_later(h, now);
}

void
hosts_ask_again(struct hosts *hosts, struct instant now)
{
	struct host	*h;

	for (h = hosts->list; h < hosts->list + hosts->n; h++) {
		if (!h->resolving)
			continue;
		h->resolving = false;
		h->resolve_at = now;
	}
}

size_t
hosts_expected(const struct hosts *hosts)
{
	size_t		 i, n = 0;

	for (i = 0; i < hosts->n; i++)
		n += hosts->list[i].naddrs == 0 &&
		    hosts->list[i].backoff <= RESOLVE_FIRST;
	return n;
}

struct instant
hosts_deadline(const struct hosts *hosts)
{
	struct instant	 first = INSTANT_NEVER;
	size_t		 i;

	for (i = 0; i < hosts->n; i++)
		first = instant_min(first, hosts->list[i].resolve_at);
	return first;
}

/* Would H rather have another address than A's? */
static bool
is_useless(const struct host *h, const struct association *a)
{
	return a->was_unreachable || association_is_denied(a) ||
	    (h->conf.pool && a->was_false);
}

static bool
take_addresses(struct host *h, const struct resolve_reply *reply)
{
	size_t		 i, n = 0;
	struct addr	 addr;

	if (reply->count > RESOLVE_MAX)
		return false;
	for (i = 0; i < reply->count; i++) {
		addr = reply->addrs[i];
		addr.port = h->conf.port;
		if (addr_is_unicast(&addr))
			h->addrs[n++] = addr;
	}
	if (n == 0)
		return false;
	h->naddrs = n;
	h->next_addr = 0;
	return true;
}

void
hosts_resolved(struct hosts *hosts, uint32_t id,
    const struct resolve_reply *reply,
    const struct association all[MAX_ASSOCIATIONS], struct instant now)
{
	struct host	*h = find_question(hosts, id);

	if (h == NULL)
		return;
	h->resolving = false;
	if (!take_addresses(h, reply)) {
		/* Say it when it begins; it may go on for days. */
		if (h->backoff <= RESOLVE_FIRST)
			log_warnx("%s: cannot be resolved (%s), trying again",
			    h->conf.name, reply->error == 0 ?
			    "no usable address" : gai_strerror(reply->error));
		try_later(h, now);
		return;
	}
	if (h->backoff > RESOLVE_FIRST &&
	    count_associations(all, (size_t)(h - hosts->list)) == 0)
		log_info("%s: resolved", h->conf.name);
	h->backoff = RESOLVE_FIRST;
	h->fresh = true;
}

/* An association to be stopped: of no statement, or one too many. */
static bool
find_excess(const struct hosts *hosts, const struct association all[],
    struct change *change)
{
	size_t		 i;

	for (i = MAX_ASSOCIATIONS; i-- > 0;) {
		if (!all[i].used || (all[i].host < hosts->n &&
		    count_associations(all, all[i].host) <=
		    wanted(&hosts->list[all[i].host])))
			continue;
		change->kind = CHANGE_STOP;
		change->association = i;
		return true;
	}
	return false;
}

/* A useless association of H, and a new address to take its place. */
static bool
find_replacement(struct hosts *hosts, struct host *h,
    const struct association all[], struct change *change)
{
	const struct addr *addr;
	size_t		 i, host = (size_t)(h - hosts->list);

	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		if (!all[i].used || all[i].host != host ||
		    !is_useless(h, &all[i]))
			continue;
		if ((addr = unused_address(h, all)) == NULL)
			break;
		*change = (struct change){ CHANGE_REPLACE, i, host, *addr };
		return true;
	}
	return false;
}

/* A free slot for an address of H, if it has one that nobody asks. */
static bool
find_newcomer(struct hosts *hosts, struct host *h,
    const struct association all[], struct change *change)
{
	const struct addr *addr;
	size_t		 i, host = (size_t)(h - hosts->list);

	if (count_associations(all, host) >= wanted(h) ||
	    (addr = unused_address(h, all)) == NULL)
		return false;
	for (i = 0; i < MAX_ASSOCIATIONS && all[i].used; i++)
		;
	if (i < MAX_ASSOCIATIONS) {
		*change = (struct change){ CHANGE_START, i, host, *addr };
		return true;
	}
	if (!hosts->full)
		log_warnx("more than %d associations: %s has to do with %zu",
		    MAX_ASSOCIATIONS, h->conf.name,
		    count_associations(all, host));
	hosts->full = true;
	return false;
}

bool
hosts_change(struct hosts *hosts,
    const struct association all[MAX_ASSOCIATIONS], struct change *change)
{
	struct host	*h;

	if (find_excess(hosts, all, change))
		return true;
	for (h = hosts->list; h < hosts->list + hosts->n; h++)
		if (h->fresh && find_replacement(hosts, h, all, change))
			return true;
	/* An address that one statement gave up, another may want. */
	for (h = hosts->list; h < hosts->list + hosts->n; h++)
		if (find_newcomer(hosts, h, all, change))
			return true;
	return false;
}

static bool
has_useless(const struct hosts *hosts, const struct host *h,
    const struct association all[])
{
	const struct association *a;

	for (a = all; a < all + MAX_ASSOCIATIONS; a++)
		if (a->used && &hosts->list[a->host] == h && is_useless(h, a))
			return true;
	return false;
}

void
hosts_review(struct hosts *hosts,
    const struct association all[MAX_ASSOCIATIONS], struct instant now)
{
	struct host	*h;

	for (h = hosts->list; h < hosts->list + hosts->n; h++) {
		if (!h->fresh)
			continue;
		h->fresh = false;
		if (has_useless(hosts, h, all) || count_associations(all,
		    (size_t)(h - hosts->list)) < wanted(h))
			h->resolve_at = instant_add(now, RESOLVE_AGAIN);
	}
}

void
hosts_replace(struct hosts *hosts, const struct association *a,
    struct instant now)
{
	struct host	*h = &hosts->list[a->host];

	if (h->numeric || h->resolving || !is_useless(h, a))
		return;
	h->resolve_at = instant_min(h->resolve_at, instant_add(now,
	    association_is_denied(a) ? 0 : RESOLVE_FIRST));
}
