/*
 * Hosts: the names in ntpd.conf, their addresses, and the associations that
 * come of them.  Names resolve in the background, for ever: a machine that
 * boots without a network is normal.
 */
#include <math.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "ntpd/engine/state.h"

#define RESOLVE_FIRST	2.0	/* s until a failed name is tried again */
#define RESOLVE_LONGEST	1024.0	/* s, the most */
#define RESOLVE_AGAIN	300.0	/* s between looks for replacements */

static size_t
host_number(const struct engine *e, const struct host *h)
{
	return (size_t)(h - e->hosts);
}

static size_t
wanted(const struct host *h)
{
	return h->conf.pool ? h->conf.max : 1;
}

static size_t
count_associations(const struct engine *e, const struct host *h)
{
	size_t		 i, n = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		n += e->associations[i].used &&
		    e->associations[i].host == host_number(e, h);
	return n;
}

/* Whoever is asked has one vote, under whatever names he goes. */
static bool
is_asked(const struct engine *e, const struct addr *addr)
{
	size_t		 i;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		if (e->associations[i].used &&
		    addr_equal(&e->associations[i].addr, addr))
			return true;
	return false;
}

/* Begin as many associations as H wants and has addresses for. */
static void
populate(struct engine *e, struct host *h, struct instant now)
{
	size_t		 have = count_associations(e, h), tried, i;
	struct addr	*addr;

	for (tried = 0; tried < h->naddrs && have < wanted(h); tried++) {
		addr = &h->addrs[h->next_addr++ % h->naddrs];
		if (is_asked(e, addr))
			continue;
		for (i = 0; i < MAX_ASSOCIATIONS; i++)
			if (!e->associations[i].used)
				break;
		if (i == MAX_ASSOCIATIONS) {
			if (!e->full)
				log_warnx("more than %d associations: %s "
				    "has to do with %zu", MAX_ASSOCIATIONS,
				    h->conf.name, have);
			e->full = true;
			return;
		}
		association_start(e, &e->associations[i], host_number(e, h),
		    addr, now);
		have++;
	}
}

static void
populate_all(struct engine *e, struct instant now)
{
	struct host	*h;

	for (h = e->hosts; h < e->hosts + e->nhosts; h++)
		populate(e, h, now);
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

/*
 * Statement NEW keeps the associations of OLD: only its options changed.  Who
 * denied us may do so no longer: that association is begun anew.
 */
static void
inherit(struct engine *e, struct host *h, const struct host *old, size_t from)
{
	struct config_server conf = h->conf;
	struct association *a;
	size_t		 i;

	*h = *old;
	h->conf = conf;
	for (i = 0; i < MAX_ASSOCIATIONS; i++) {
		a = &e->associations[i];
		if (!a->used || a->host != from ||
		    a->state == PEER_STATE_DENIED)
			continue;
		/* Marked, so that it is not taken for the new number's. */
		a->host = CONFIG_MAX_SERVERS + host_number(e, h);
		if (conf.minpoll != old->conf.minpoll)
			a->minpoll = conf.minpoll;
		/* Not after the wait of the interval that it had. */
		a->next = instant_min(a->next, instant_add(a->asked_at,
		    association_longest(a, conf.maxpoll)));
		a->turn = instant_min(a->turn, a->next);
		e->sync.sources[i].weight = conf.weight;
	}
}

static void
trim(struct engine *e, const struct host *h)
{
	size_t		 have = count_associations(e, h), i;

	for (i = MAX_ASSOCIATIONS; i-- > 0 && have > wanted(h);) {
		if (!e->associations[i].used ||
		    e->associations[i].host != host_number(e, h))
			continue;
		association_stop(e, &e->associations[i]);
		have--;
	}
}

void
hosts_configure(struct engine *e, struct instant now)
{
	static struct host old[CONFIG_MAX_SERVERS];
	size_t		 nold = e->nhosts, i, j;
	struct association *a;

	memcpy(old, e->hosts, sizeof(old));
	e->nhosts = e->npending;
	e->full = false;
	for (i = 0; i < e->nhosts; i++) {
		host_init(&e->hosts[i], &e->pending[i], now);
		for (j = 0; j < nold; j++) {
			if (!same_statement(&old[j].conf, &e->hosts[i].conf))
				continue;
			inherit(e, &e->hosts[i], &old[j], j);
			old[j].conf.name[0] = '\0';	/* taken over */
			break;
		}
	}
	for (a = e->associations; a < e->associations + MAX_ASSOCIATIONS; a++) {
		if (!a->used)
			continue;
		if (a->host >= CONFIG_MAX_SERVERS)
			a->host -= CONFIG_MAX_SERVERS;
		else
			association_stop(e, a);
	}
	for (i = 0; i < e->nhosts; i++)
		trim(e, &e->hosts[i]);
	populate_all(e, now);
}

/* The next failure is followed by twice the wait. */
static void
try_later(struct host *h, struct instant now)
{
	h->resolve_at = instant_add(now, h->backoff);
	h->backoff = fmin(2 * h->backoff, RESOLVE_LONGEST);
}

void
hosts_resolve(struct engine *e, struct instant now)
{
	struct resolve_request request;
	struct host	*h;

	for (h = e->hosts; h < e->hosts + e->nhosts; h++) {
		if (h->resolving || instant_before(now, h->resolve_at))
			continue;
		memset(&request, 0, sizeof(request));
		memcpy(request.name, h->conf.name, sizeof(request.name));
		if (channel_send(&e->resolver, MSG_RESOLVE, e->next_serial, -1,
		    &request)) {
			h->serial = e->next_serial++;
			h->resolving = true;
			h->resolve_at = INSTANT_NEVER;
		} else
			try_later(h, now);
	}
}

void
hosts_ask_again(struct engine *e, struct instant now)
{
	struct host	*h;

	for (h = e->hosts; h < e->hosts + e->nhosts; h++) {
		if (!h->resolving)
			continue;
		h->resolving = false;
		h->resolve_at = now;
	}
}

size_t
hosts_expected(const struct engine *e)
{
	size_t		 i, n = 0;

	for (i = 0; i < e->nhosts; i++)
		n += e->hosts[i].naddrs == 0 &&
		    e->hosts[i].backoff <= RESOLVE_FIRST;
	return n;
}

struct instant
hosts_deadline(const struct engine *e)
{
	struct instant	 first = INSTANT_NEVER;
	size_t		 i;

	for (i = 0; i < e->nhosts; i++)
		first = instant_min(first, e->hosts[i].resolve_at);
	return first;
}

/* Would H rather have another address than A's? */
static bool
is_useless(const struct host *h, const struct association *a)
{
	return a->was_unreachable || a->state == PEER_STATE_DENIED ||
	    (h->conf.pool && a->was_false);
}

static bool
has_useless(const struct engine *e, const struct host *h)
{
	const struct association *a;

	for (a = e->associations; a < e->associations + MAX_ASSOCIATIONS; a++)
		if (a->used && a->host == host_number(e, h) &&
		    is_useless(h, a))
			return true;
	return false;
}

/* H has got new addresses: let them take the place of useless ones. */
static void
replace_useless(struct engine *e, struct host *h, struct instant now)
{
	struct association *a;
	char		 name[ADDR_STRLEN];
	size_t		 tried;
	struct addr	*addr;

	for (a = e->associations; a < e->associations + MAX_ASSOCIATIONS; a++) {
		if (!a->used || a->host != host_number(e, h) ||
		    !is_useless(h, a))
			continue;
		for (tried = 0; tried < h->naddrs; tried++) {
			addr = &h->addrs[h->next_addr++ % h->naddrs];
			if (is_asked(e, addr))
				continue;
			log_info("%s: giving up %s", h->conf.name,
			    association_name(a, name));
			association_stop(e, a);
			association_start(e, a, host_number(e, h), addr, now);
			log_info("%s: asking %s instead", h->conf.name,
			    association_name(a, name));
			break;
		}
	}
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
hosts_resolved(struct engine *e, uint32_t id,
    const struct resolve_reply *reply, struct instant now)
{
	struct host	*h;

	/* By its serial: numbers may have changed since the question. */
	for (h = e->hosts; h < e->hosts + e->nhosts; h++)
		if (h->resolving && h->serial == id)
			break;
	if (h == e->hosts + e->nhosts)
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
	if (h->backoff > RESOLVE_FIRST && count_associations(e, h) == 0)
		log_info("%s: resolved", h->conf.name);
	h->backoff = RESOLVE_FIRST;
	replace_useless(e, h, now);
	populate_all(e, now);	/* what it gave up, another may want */
	if (has_useless(e, h) || count_associations(e, h) < wanted(h))
		h->resolve_at = instant_add(now, RESOLVE_AGAIN);
}

void
hosts_replace(struct engine *e, struct association *a, struct instant now)
{
	struct host	*h = &e->hosts[a->host];

	if (h->numeric || h->resolving || !is_useless(h, a))
		return;
	h->resolve_at = instant_min(h->resolve_at,
	    instant_add(now, a->state == PEER_STATE_DENIED ? 0 :
	    RESOLVE_FIRST));
}
