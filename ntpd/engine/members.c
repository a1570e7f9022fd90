/*
 * Members: the changes that names and servers make necessary.
 */
#include "common/log.h"
#include "ntpd/engine/members.h"
#include "ntpd/engine/trust.h"

/* A name with a useless server is looked up that often, s. */
#define RESOLVE_AGAIN	300.0

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

static bool
is_excluded(const struct host *h, const struct addr *addr)
{
	size_t		 i;

	for (i = 0; i < h->ntwins; i++)
		if (addr_equal(&h->twins[i], addr))
			return true;
	return false;
}

/*
 * Is ADDR to be left to an authenticated statement?  Its server would otherwise
 * not be authenticated because H, which is not, had found the address first.
 */
static bool
is_reserved(const struct hosts *hosts, const struct host *h,
    const struct addr *addr)
{
	const struct host *o;

	if (trust_is_authenticated(&h->conf))
		return false;
	for (o = hosts->list; o < hosts->list + hosts->n; o++)
		if (trust_is_authenticated(&o->conf) &&
		    name_has(&o->name, addr))
			return true;
	return false;
}

/* Is A's address one that its name has no more? */
static bool
is_moved(const struct host *h, const struct association *a)
{
	return name_lacks(&h->name, &a->addr);
}

/* How many associations of H have an address of its name? */
static size_t
count_proper(const struct association all[], const struct host *h, size_t host)
{
	size_t		 i, n = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		n += all[i].used && all[i].host == host &&
		    !is_moved(h, &all[i]);
	return n;
}

/* How many of these have proved to be servers? */
static size_t
count_good(const struct association all[], const struct host *h, size_t host)
{
	size_t		 i, n = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		n += all[i].used && all[i].host == host &&
		    !is_moved(h, &all[i]) && !all[i].was_unreachable &&
		    all[i].received >= MEMBERS_GOOD;
	return n;
}

/* The next address of H that nobody asks yet, or NULL. */
static const struct addr *
unused_address(const struct hosts *hosts, struct host *h,
    const struct association all[])
{
	const struct addr *addr;
	size_t		 tried;

	for (tried = 0; tried < h->name.naddrs; tried++) {
		addr = &h->name.addrs[h->name.next++ % h->name.naddrs];
		if (!is_asked(all, addr) && !is_excluded(h, addr) &&
		    !is_reserved(hosts, h, addr))
			return addr;
	}
	return NULL;
}

/*
 * Would H rather have another address than A's?  A false server may be another
 * one's if the name is a pool's, or gives other addresses now.
 */
static bool
is_useless(const struct host *h, const struct association *a)
{
	return a->was_unreachable || association_is_denied(a) ||
	    (a->was_false && (h->conf.pool || !name_has(&h->name, &a->addr)));
}

/* Why association A of H is to be stopped, if it is. */
static bool
is_excess(const struct hosts *hosts, const struct association all[],
    const struct association *a, enum change_kind *kind)
{
	const struct host *h = &hosts->list[a->host];

	*kind = CHANGE_STOP;
	if (is_excluded(h, &a->addr) || is_reserved(hosts, h, &a->addr))
		return true;
	if (!is_moved(h, a))
		return count_proper(all, h, a->host) > host_wants(h);
	*kind = CHANGE_RETIRE;
	return a->was_unreachable ||
	    count_good(all, h, a->host) >= host_wants(h);
}

/* An association that is to be stopped. */
static bool
find_excess(const struct hosts *hosts, const struct association all[],
    struct change *change)
{
	const struct association *a;
	enum change_kind kind = CHANGE_STOP;
	size_t		 i;

	for (i = MAX_ASSOCIATIONS; i-- > 0;) {
		a = &all[i];
		if (!a->used || (a->host < hosts->n &&
		    !is_excess(hosts, all, a, &kind)))
			continue;
		*change = (struct change){
			.kind = a->host < hosts->n ? kind : CHANGE_STOP,
			.association = i, .host = a->host
		};
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
		if ((addr = unused_address(hosts, h, all)) == NULL)
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

	if (count_proper(all, h, host) >= host_wants(h) ||
	    (addr = unused_address(hosts, h, all)) == NULL)
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
		    count_proper(all, h, host));
	hosts->full = true;
	return false;
}

bool
members_change(struct hosts *hosts,
    const struct association all[MAX_ASSOCIATIONS], struct change *change)
{
	struct host	*h;

	if (find_excess(hosts, all, change))
		return true;
	for (h = hosts->list; h < hosts->list + hosts->n; h++)
		if (h->name.fresh && find_replacement(hosts, h, all, change))
			return true;
	/* An address that one statement gave up, another may want. */
	for (h = hosts->list; h < hosts->list + hosts->n; h++)
		if (find_newcomer(hosts, h, all, change))
			return true;
	return false;
}

/*
 * Is an association of H in trouble: is it of no use, false, or of an address
 * that the name did not give this time?
 */
static bool
has_trouble(const struct host *h, const struct association all[], size_t host,
    bool *missing)
{
	const struct association *a;
	bool		 trouble = false;

	*missing = false;
	for (a = all; a < all + MAX_ASSOCIATIONS; a++) {
		if (!a->used || a->host != host)
			continue;
		trouble = trouble || a->was_false || is_useless(h, a);
		*missing = *missing || !name_has(&h->name, &a->addr);
	}
	return trouble;
}

/* Host number I may have nobody to ask, because others ask its addresses. */
static void
review_taken(struct hosts *hosts, const struct association all[], size_t i)
{
	struct host	*h = &hosts->list[i];
	const bool	 taken = !h->off && h->name.naddrs > 0 &&
	    !hosts->full && hosts_count(all, i) == 0;

	if (taken && !h->taken)
		log_warnx("%s: another line asks its server already, remove "
		    "one", h->conf.name);
	h->taken = taken;
}

void
members_review(struct hosts *hosts,
    const struct association all[MAX_ASSOCIATIONS], struct instant now)
{
	struct host	*h;
	size_t		 i;
	bool		 missing;

	for (i = 0; i < hosts->n; i++) {
		h = &hosts->list[i];
		review_taken(hosts, all, i);
		if (!h->name.fresh)
			continue;
		h->name.fresh = false;
		if (has_trouble(h, all, i, &missing) ||
		    count_proper(all, h, i) < host_wants(h))
			name_hurry(&h->name, RESOLVE_AGAIN, now);
		/* The address may be gone, or have no turn: ask again. */
		h->name.doubted = missing && !h->name.confirmed &&
		    !h->name.doubted;
		if (h->name.doubted)
			name_hurry(&h->name, RESOLVE_AGAIN, now);
	}
}
