/*
 * Fuzz target: any bytes as ntpd.conf.  Whatever is accepted must be a
 * configuration that the rest of the daemon can use unchecked; whatever is
 * said about it must be one printable line.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ntpd/config.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool holds)
{
	if (!holds)
		abort();
}

static bool
terminated(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static void
check_report(void *arg, bool is_error, const char *line)
{
	unsigned	*errors = arg;
	const char	*c;

	check(strncmp(line, "f:", 2) == 0);
	for (c = line; *c != '\0'; c++)
		check((unsigned char)*c >= 32 && *c != 127);
	*errors += is_error;
}

static void
check_server(const struct config_server *s)
{
	check(terminated(s->name, sizeof(s->name)) && s->name[0] != '\0');
	check(s->weight >= 1 && s->weight <= 10);
	check(s->max >= 1 && s->max <= (s->pool ? POOL_MAX_MOST : 1));
	check(s->minpoll >= POLL_LEAST && s->minpoll <= s->maxpoll &&
	    s->maxpoll <= POLL_MOST);
	check(s->port != 0);
	check(s->source4.family == ADDR_NONE ||
	    s->source4.family == ADDR_IPV4);
	check(s->source6.family == ADDR_NONE ||
	    s->source6.family == ADDR_IPV6);
	check(addr_valid(&s->source4) && addr_valid(&s->source6));
}

static void
check_listener(const struct config_listener *l)
{
	check(l->port != 0);
	if (l->kind == LISTEN_ADDRESS)
		check(addr_valid(&l->addr) && l->addr.port == l->port);
	if (l->kind == LISTEN_INTERFACE)
		check(terminated(l->interface, sizeof(l->interface)) &&
		    l->interface[0] != '\0' &&
		    strchr(l->interface, '/') == NULL);
}

static void
check_rule(const struct config_rule *r)
{
	check(r->allow <= 1);
	check(r->family == ADDR_NONE || r->family == ADDR_IPV4 ||
	    r->family == ADDR_IPV6);
	check(r->length <= (r->family == ADDR_IPV6 ? 128 :
	    r->family == ADDR_IPV4 ? 32 : 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config	 conf;
	unsigned	 errors = 0;
	size_t		 i;

	if (!config_parse(&conf, "f", (const char *)data, size, check_report,
	    &errors)) {
		check(errors > 0);
		return 0;
	}
	check(errors == 0);
	check(conf.nservers <= CONFIG_MAX_SERVERS);
	for (i = 0; i < conf.nservers; i++)
		check_server(&conf.servers[i]);
	check(conf.nlisteners <= CONFIG_MAX_LISTENERS);
	for (i = 0; i < conf.nlisteners; i++)
		check_listener(&conf.listeners[i]);
	check(conf.workers >= 1 && conf.workers <= CONFIG_MAX_WORKERS);
	check(conf.step.threshold >= 0.001 && conf.step.threshold <= 1000);
	check(conf.local_stratum <= (conf.local_orphan ? LOCAL_ORPHAN_MOST :
	    LOCAL_MOST));
	check(terminated(conf.driftfile, sizeof(conf.driftfile)));
	check(terminated(conf.socket, sizeof(conf.socket)));
	check(terminated(conf.user, sizeof(conf.user)));
	check(conf.ratelimit.burst >= 1);
	check(conf.ratelimit.prefix4 >= 1 && conf.ratelimit.prefix4 <= 32);
	check(conf.ratelimit.prefix6 >= 1 && conf.ratelimit.prefix6 <= 128);
	check(conf.nrules <= CONFIG_MAX_RULES);
	for (i = 0; i < conf.nrules; i++)
		check_rule(&conf.rules[i]);
	config_free(&conf);
	check(conf.driftfile[0] == '/' && conf.socket[0] == '/');
	return 0;
}
