/*
 * Hosts: the statements in ntpd.conf, and the questions to the resolver about
 * their names.  Names resolve in the background, for ever: a machine that boots
 * without a network is normal.
 */
#include <netdb.h>
#include <string.h>
#include <strings.h>

#include "common/log.h"
#include "ntpd/engine/hosts.h"
#include "ntpd/engine/interfaces.h"
#include "ntpd/processes.h"

#define RESOLVE_SOON	2.0	/* s, until the name of a useless server */

/* The statement of this association is gone. */
#define NO_HOST		CONFIG_MAX_SERVERS

size_t
host_wants(const struct host *h)
{
	if (h->off)
		return 0;
	return h->conf.pool ? h->conf.max : 1;
}

size_t
hosts_count(const struct association all[], size_t host)
{
	size_t		 i, n = 0;

	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		n += all[i].used && all[i].host == host;
	return n;
}

/* Can CONF be a statement that the parent has checked? */
static bool
is_valid(const struct config_server *conf)
{
	const bool	 is_sensor = conf->sensor.kind != SENSOR_NONE;

	return conf->sensor.kind < SENSOR_ANY &&
	    conf->sensor.number < SENSORS_MOST &&
	    is_sensor == (conf->addr.family == ADDR_SENSOR) &&
	    conf->auth <= AUTH_NTS &&
	    (conf->auth != AUTH_KEY || mac_key_valid(&conf->key));
}

void
hosts_add(struct hosts *hosts, const struct config_server *conf)
{
	struct config_server *new = &hosts->pending[hosts->npending];

	if (hosts->npending == CONFIG_MAX_SERVERS || !is_valid(conf))
		return;
	hosts->npending++;
	*new = *conf;
	(void)interfaces_number(new);
	interfaces_log_missing(new);
}

static void
host_init(struct host *h, const struct config_server *conf, struct instant now)
{
	struct addr	 addr = conf->addr;

	memset(h, 0, sizeof(*h));
	h->conf = *conf;
	h->conf.name[sizeof(h->conf.name) - 1] = '\0';
	if (addr.family != ADDR_NONE && addr.family != ADDR_SENSOR)
		addr.port = conf->port;
	name_init(&h->name, &addr, now);
}

static bool
same_statement(const struct config_server *a, const struct config_server *b)
{
	return strcmp(a->name, b->name) == 0 && a->pool == b->pool &&
	    a->auth == b->auth && a->key.id == b->key.id &&
	    a->nts_port == b->nts_port && strcmp(a->ca, b->ca) == 0 &&
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

/* Of the statements that are there no more. */
static void
wipe_keys(struct hosts *hosts)
{
	size_t		 i;

	explicit_bzero(hosts->pending, sizeof(hosts->pending));
	for (i = hosts->n; i < CONFIG_MAX_SERVERS; i++)
		mac_wipe(&hosts->list[i].conf.key);
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
	wipe_keys(hosts);
	explicit_bzero(old, sizeof(old));
	return true;
}

bool
hosts_renumber(struct hosts *hosts, struct association all[MAX_ASSOCIATIONS],
    struct instant now)
{
	struct config_server conf;
	size_t		 i, k;
	bool		 changed = false;

	for (i = 0; i < hosts->n; i++) {
		conf = hosts->list[i].conf;
		if (!interfaces_number(&conf))
			continue;
		interfaces_log_missing(&conf);
		host_init(&hosts->list[i], &conf, now);
		for (k = 0; k < MAX_ASSOCIATIONS; k++)
			if (all[k].used && all[k].host == i)
				all[k].host = NO_HOST;
		changed = true;
	}
	return changed;
}

/* Is the resolver asked for one of them? */
static bool
is_asking(const struct hosts *hosts)
{
	size_t		 i;

	for (i = 0; i < hosts->n; i++)
		if (hosts->list[i].name.state == NAME_ASKED)
			return true;
	return false;
}

/*
 * One question at a time: the resolver takes them in turn, so that a name that
 * cannot be looked up would hold up all behind it.
 */
bool
hosts_question(struct hosts *hosts, struct instant now, uint32_t *id,
    struct resolve_request *request)
{
	struct host	*h, *first = NULL;
	size_t		 due = 0;

	if (is_asking(hosts))
		return false;
	for (h = hosts->list; h < hosts->list + hosts->n; h++) {
		if (h->off || !name_is_due(&h->name, now))
			continue;
		due++;
		if (first == NULL || name_is_before(&h->name, &first->name))
			first = h;
	}
	if (first == NULL)
		return false;
	memset(request, 0, sizeof(*request));
	memcpy(request->name, first->conf.name, sizeof(request->name));
	request->brief = due > 1;
	*id = hosts->next_serial++ % HOSTS_SERIALS;
	name_asked(&first->name, *id);
	return true;
}

/* Whose question was ID?  By its serial: numbers may have changed since. */
static struct host *
find_question(struct hosts *hosts, uint32_t id)
{
	struct host	*h;

	for (h = hosts->list; h < hosts->list + hosts->n; h++)
		if (h->name.state == NAME_ASKED && h->name.serial == id)
			return h;
	return NULL;
}

void
hosts_unasked(struct hosts *hosts, uint32_t id, struct instant now)
{
	struct host	*h = find_question(hosts, id);

	if (h != NULL)
		name_failed(&h->name, now);
}

void
hosts_ask_again(struct hosts *hosts, struct instant now)
{
	size_t		 i;

	for (i = 0; i < hosts->n; i++)
		name_lost(&hosts->list[i].name, now);
}

void
hosts_retry(struct hosts *hosts, struct instant now)
{
	size_t		 i;

	for (i = 0; i < hosts->n; i++)
		name_retry(&hosts->list[i].name, now);
}

size_t
hosts_switch(struct hosts *hosts, const char *name, bool off)
{
	struct host	*h;
	size_t		 n = 0;

	for (h = hosts->list; h < hosts->list + hosts->n; h++) {
		if (strcasecmp(h->conf.name, name) != 0)
			continue;
		h->off = off;
		n++;
	}
	return n;
}

size_t
hosts_on(const struct hosts *hosts)
{
	size_t		 i, n = 0;

	for (i = 0; i < hosts->n; i++)
		n += !hosts->list[i].off;
	return n;
}

size_t
hosts_expected(const struct hosts *hosts)
{
	size_t		 i, n = 0;

	for (i = 0; i < hosts->n; i++)
		n += !hosts->list[i].barred && !hosts->list[i].off &&
		    name_is_new(&hosts->list[i].name);
	return n;
}

size_t
hosts_awaited(const struct hosts *hosts)
{
	size_t		 i, n = 0;

	for (i = 0; i < hosts->n; i++)
		n += !hosts->list[i].barred && !hosts->list[i].off &&
		    name_is_awaited(&hosts->list[i].name);
	return n;
}

size_t
hosts_configured(const struct hosts *hosts,
    const struct association all[MAX_ASSOCIATIONS])
{
	size_t		 i, n = 0;

	for (i = 0; i < hosts->n; i++)
		if (hosts->list[i].name.naddrs == 0 && !hosts->list[i].barred)
			n += host_wants(&hosts->list[i]);
	for (i = 0; i < MAX_ASSOCIATIONS; i++)
		n += all[i].used && !all[i].barred &&
		    !association_is_denied(&all[i]) &&
		    !association_is_self(&all[i]);
	return n;
}

struct instant
hosts_deadline(const struct hosts *hosts)
{
	struct instant	 first = INSTANT_NEVER;
	size_t		 i;

	if (is_asking(hosts))
		return first;
	for (i = 0; i < hosts->n; i++)
		if (!hosts->list[i].off)
			first = instant_min(first,
			    name_deadline(&hosts->list[i].name));
	return first;
}

void
hosts_resolved(struct hosts *hosts, uint32_t id,
    const struct resolve_reply *reply,
    const struct association all[MAX_ASSOCIATIONS], struct instant now)
{
	struct host	*h = find_question(hosts, id);
	unsigned	 failures;

	if (h == NULL)
		return;
	failures = h->name.failures;
	if (name_answered(&h->name, reply, h->conf.port, now)) {
		if (failures > 0 && hosts_count(all,
		    (size_t)(h - hosts->list)) == 0)
			log_info("%s: resolved", h->conf.name);
	} else if (failures == 0)
		/* Say it when it begins; it may go on for days. */
		log_warnx("%s: cannot be resolved (%s), trying again",
		    h->conf.name, reply->error == 0 ?
		    "no usable address" : gai_strerror(reply->error));
}

void
hosts_replace(struct hosts *hosts, const struct association *a,
    struct instant now)
{
	name_hurry(&hosts->list[a->host].name,
	    association_is_denied(a) ? 0 : RESOLVE_SOON, now);
}

void
hosts_exclude(struct hosts *hosts, const struct association *a)
{
	struct host	*h = &hosts->list[a->host];

	if (h->ntwins < RESOLVE_MAX)
		h->twins[h->ntwins++] = a->addr;
}
