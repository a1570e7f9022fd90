/*
 * Fuzz target: any bytes as ntpd.conf.  Whatever is accepted must be a
 * configuration that the rest of the daemon can use unchecked; whatever is
 * said about it must be one printable line.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "ntpd/config.h"
#include "ntpd/processes.h"
#include "regress/fuzz/fuzz.h"

const size_t	 input_most = 512;	/* a dozen statements */

static bool
terminated(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static void
check_report(void *arg, int priority, const char *line)
{
	unsigned	*errors = arg;
	const char	*c;

	require(strncmp(line, "f:", 2) == 0);
	for (c = line; *c != '\0'; c++)
		require((unsigned char)*c >= 32 && *c != 127);
	*errors += priority == LOG_ERR;
}

static void
check_server(const struct config_server *s)
{
	require(terminated(s->name, sizeof(s->name)) && s->name[0] != '\0');
	require(s->weight >= 1 && s->weight <= 10);
	require(s->max >= 1 && s->max <= (s->pool ? POOL_MAX_MOST : 1));
	require(s->minpoll >= POLL_LEAST && s->minpoll <= s->maxpoll &&
	    s->maxpoll <= POLL_MOST);
	require((s->port != 0) == (s->sensor.kind == SENSOR_NONE));
	require(s->sensor.kind < SENSOR_ANY);
	require(terminated(s->sensor.lock, sizeof(s->sensor.lock)));
	require(s->source4.family == ADDR_NONE ||
	    s->source4.family == ADDR_IPV4);
	require(s->source6.family == ADDR_NONE ||
	    s->source6.family == ADDR_IPV6);
	require(addr_valid(&s->source4) && addr_valid(&s->source6));
}

static void
check_listener(const struct config_listener *l)
{
	require(l->port != 0);
	if (l->kind == LISTEN_ADDRESS)
		require(addr_valid(&l->addr) && l->addr.port == l->port);
	if (l->kind == LISTEN_INTERFACE)
		require(terminated(l->interface, sizeof(l->interface)) &&
		    l->interface[0] != '\0' &&
		    strchr(l->interface, '/') == NULL);
}

static void
check_rule(const struct config_rule *r)
{
	require(r->allow <= 1);
	require(r->family == ADDR_NONE || r->family == ADDR_IPV4 ||
	    r->family == ADDR_IPV6);
	require(r->length <= (r->family == ADDR_IPV6 ? 128 :
	    r->family == ADDR_IPV4 ? 32 : 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config	 conf;
	unsigned	 errors = 0;
	size_t		 i;

	if (!config_parse(&conf, "f", (const char *)data, size,
	    &(struct config_reports){ check_report, &errors })) {
		require(errors > 0);
		return 0;
	}
	require(errors == 0);
	require(conf.nservers <= CONFIG_MAX_SERVERS);
	for (i = 0; i < conf.nservers; i++)
		check_server(&conf.servers[i]);
	require(conf.nlisteners <= CONFIG_MAX_LISTENERS);
	for (i = 0; i < conf.nlisteners; i++)
		check_listener(&conf.listeners[i]);
	require(conf.workers >= 1 && conf.workers <= SERVERS_MOST);
	require(conf.step.threshold >= 0.001 && conf.step.threshold <= 1000);
	require(conf.local_stratum <= (conf.local_orphan ? LOCAL_ORPHAN_MOST :
	    LOCAL_MOST));
	require(terminated(conf.driftfile, sizeof(conf.driftfile)));
	require(terminated(conf.socket, sizeof(conf.socket)));
	require(terminated(conf.user, sizeof(conf.user)));
	require(conf.ratelimit.burst >= 1);
	require(conf.ratelimit.prefix4 >= 1 && conf.ratelimit.prefix4 <= 32);
	require(conf.ratelimit.prefix6 >= 1 && conf.ratelimit.prefix6 <= 128);
	require(conf.nrules <= CONFIG_MAX_RULES);
	for (i = 0; i < conf.nrules; i++)
		check_rule(&conf.rules[i]);
	config_free(&conf);
	require(conf.driftfile[0] == '/' && conf.socket[0] == '/');
	return 0;
}

/* ---- seeds ---- */

static const struct {
	const char	*name, *text;
} written[] = {
	{ "listen", "listen on ::1 port 9 rtable 0\nlisten on *\n"
	    "interface ignore wildcard\ninterface listen eth0\n"
	    "listen on a/b\n" },
	{ "refused", "sensor * correction -5 refid GPS stratum 2\n"
	    "constraint from \"https://a/\" ::1\nconstraints from b\n"
	    "pool c iburst\nrestrict default\n" },
	{ "servers", "server a weight 2 trusted poll 4-17 port 1\n"
	    "servers \"b\" max 16 \\\n poll 6\nserver fe80::1%lo\n"
	    "query from ::1\nserver c\n" },
	{ "words", "server \"a\nserver 'a\\\\'b'\n# \\\n(\nserver a\n"
	    "user root\nserver a bserver a\n" },
	{ "workers", "listen on *\nworkers 2\nserver a\n" }
};

/* The statements of the example that is installed, "#" or not, one each. */
static void
example_seeds(void)
{
	FILE		*file = fopen("ntpd.conf.example", "r");
	char		 line[512], name[32];
	unsigned	 n = 0;

	if (file == NULL)
		err(1, "ntpd.conf.example");
	while (fgets(line, sizeof(line), file) != NULL) {
		if (line[0] == '\n' || strncmp(line, "# ", 2) == 0)
			continue;
		snprintf(name, sizeof(name), "example_%u", ++n);
		seed_begin(name);
		seed_add(line + (line[0] == '#'), strlen(line) -
		    (line[0] == '#'));
		seed_add("server a\n", 9);
	}
	fclose(file);
}

void
make_seeds(void)
{
	size_t		 i;

	example_seeds();
	for (i = 0; i < COUNT(written); i++)
		seed(written[i].name, written[i].text,
		    strlen(written[i].text));
}
