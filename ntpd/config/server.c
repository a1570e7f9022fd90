/*
 * What server and servers statements mean.
 */
#include <bsd/string.h>
#include <string.h>
#include <strings.h>

#include "common/place.h"
#include "ntpd/config/defaults.h"
#include "ntpd/config/statement.h"
#include "ntpd/config/value.h"

void
query_from(struct parser *p, const struct word *word)
{
	struct addr	 addr;
	char		 interface[IF_NAMESIZE];
	const char	*why = "it is not an address";

	if (addr_parse_on(&addr, word->text, NTP_PORT, interface))
		why = place_unicast(&addr, interface);
	if (why != NULL) {
		parser_error(p, word->line, "cannot query from \"%.64s\": %s, "
		    "write an address of this machine", word->text, why);
		return;
	}
	addr.port = 0;
	if (addr.family == ADDR_IPV4)
		p->source4 = addr;
	else {
		p->source6 = addr;
		memcpy(p->source_interface, interface, sizeof(interface));
	}
	p->unused_query_line = word->line;
}

/*
 * ntp.conf has such addresses for what is no server: those 127.127.T.U are
 * clocks of this machine, of type T.
 */
static const char *
clock_of_ntp_conf(const struct addr *addr)
{
	static const uint8_t	 prefix[2] = { 127, 127 };

	if (addr->family != ADDR_IPV4 ||
	    memcmp(addr->bytes, prefix, sizeof(prefix)) != 0)
		return NULL;
	return addr->bytes[2] == 1 ? "it is this machine's own clock in "
	    "ntp.conf, here write \"local stratum N\"" :
	    "it is a reference clock of this machine in ntp.conf, here that "
	    "is \"sensor NAME\"";
}

/* The host is an address: is it one of this machine itself? */
static void
check_address(struct parser *p, const struct word *host)
{
	const char	*clock = clock_of_ntp_conf(&p->server.addr);

	if (clock != NULL)
		parser_error(p, host->line, "cannot ask \"%.64s\": %s",
		    host->text, clock);
	else if (addr_is_loopback(&p->server.addr))
		parser_warn(p, host->line, "\"%.64s\" is this machine "
		    "itself, which is not asked for the time, remove it",
		    host->text);
}

static void
check_host(struct parser *p, const struct word *host)
{
	struct config_server *s = &p->server;
	const char	*why = place_host(host->text, &s->addr, s->interface);

	if (why == NULL)
		check_address(p, host);
	else
		parser_error(p, host->line, "cannot ask \"%.64s\": %s, write "
		    "a name like ntp.example.com or an address like 192.0.2.1 "
		    "or 2001:db8::1", host->text, why);
}

void
server_begin(struct parser *p, const struct word *host, enum server_kind kind)
{
	struct config_server	*s = &p->server;

	memset(s, 0, sizeof(*s));
	s->pool = kind == SERVER_POOL;
	s->weight = 1;
	s->max = s->pool ? POOL_MAX_DEFAULT : 1;
	s->minpoll = POLL_MIN_DEFAULT;
	s->maxpoll = POLL_MAX_DEFAULT;
	s->port = NTP_PORT;
	s->nts_port = NTS_PORT;
	s->source4 = p->source4;
	s->source6 = p->source6;
	memcpy(s->source_interface, p->source_interface,
	    sizeof(s->source_interface));
	p->port = &s->port;
	p->unused_query_line = 0;

	if (strlcpy(s->name, host->text, sizeof(s->name)) >= sizeof(s->name))
		parser_error(p, host->line, "host name \"%.64s...\" is too "
		    "long, at most %d characters", host->text,
		    CONFIG_NAME_LEN - 1);
	else
		check_host(p, host);
}

void
server_trusted(struct parser *p, const struct word *keyword)
{
	statement_option(p, OPTION_TRUSTED, "trusted", keyword);
	p->server.trusted = true;
}

void
server_poll(struct parser *p, const struct word *word)
{
	unsigned	 min, max;

	statement_option(p, OPTION_POLL, "poll", word);
	if (!value_range(word->text, POLL_LEAST, POLL_MOST, &min, &max)) {
		parser_error(p, word->line, "poll must be MIN-MAX, powers of "
		    "two seconds from %d to %d with MIN not above MAX, "
		    "not \"%.64s\"", POLL_LEAST, POLL_MOST, word->text);
		return;
	}
	p->server.minpoll = (int8_t)min;
	p->server.maxpoll = (int8_t)max;
}

void
server_max(struct parser *p, const struct word *word)
{
	if (p->server.pool)
		option_number(p, OPTION_MAX, word);
	else
		parser_error(p, word->line, "max has no meaning for a single "
		    "server, use \"servers\"");
}

void
server_xleave(struct parser *p, const struct word *keyword)
{
	statement_option(p, OPTION_XLEAVE, "xleave", keyword);
	p->server.xleave = true;
}

void
server_key(struct parser *p, const struct word *word)
{
	static const struct number key = { "key", 1, UINT32_MAX };
	unsigned	 id;

	statement_option(p, OPTION_KEY, key.name, word);
	if (!statement_number(p, &key, word, &id))
		return;
	p->server.auth = AUTH_KEY;
	p->server.key.id = id;
}

void
server_nts(struct parser *p, const struct word *keyword)
{
	statement_option(p, OPTION_NTS, "nts", keyword);
	p->server.auth = AUTH_NTS;
}

void
server_ca(struct parser *p, const struct word *path)
{
	statement_option(p, OPTION_CA, "ca", path);
	statement_path(p, "ca", path, p->server.ca, sizeof(p->server.ca));
}

/* One of TCP and one of UDP, which are easily taken for each other. */
static void
check_ports(struct parser *p)
{
	const struct config_server *s = &p->server;

	if (s->nts_port == NTP_PORT)
		parser_warn(p, p->first.line, "ntsport is the TCP port at "
		    "which keys are agreed on, %d is that of NTP", NTP_PORT);
	else if (s->port != NTP_PORT && (p->options & OPTION_NTSPORT) == 0)
		parser_warn(p, p->first.line, "port is that of NTP, and the "
		    "server itself says where that is; keys are agreed on at "
		    "port %d: write \"ntsport %u\" for another one, or "
		    "\"ntsport %d\" too if it is meant so", NTS_PORT,
		    s->port, NTS_PORT);
}

/* What is only said of one that has NTS. */
static void
check_nts(struct parser *p)
{
	const char	*what = p->options & OPTION_CA ? "ca" : "ntsport";
	const bool	 nts = (p->options & OPTION_NTS) != 0;

	if (nts && (p->options & OPTION_KEY) != 0)
		parser_error(p, p->first.line, "key and nts are two ways to "
		    "authenticate a server, remove one");
	else if (!nts && (p->options & (OPTION_CA | OPTION_NTSPORT)) != 0)
		parser_error(p, p->first.line, "%s has no meaning without "
		    "\"nts\", add that or remove it", what);
	else if (nts)
		check_ports(p);
}

/* Are both the same host, as far as it shows without resolving them? */
static bool
same_server(const struct config_server *a, const struct config_server *b)
{
	if (a->port != b->port)
		return false;
	if (a->addr.family != ADDR_NONE && b->addr.family != ADDR_NONE)
		return addr_same_host(&a->addr, &b->addr) &&
		    strcmp(a->interface, b->interface) == 0;
	return strcasecmp(a->name, b->name) == 0;
}

void
server_add(struct parser *p)
{
	struct config	*conf = p->conf;

	if (conf->nservers == CONFIG_MAX_SERVERS) {
		parser_error(p, p->first.line, "too many server, servers and "
		    "sensor statements, at most %d", CONFIG_MAX_SERVERS);
		return;
	}
	p->server_lines[conf->nservers] = p->first.line;
	conf->servers[conf->nservers++] = p->server;
}

void
server_end(struct parser *p)
{
	struct config	*conf = p->conf;
	size_t		 i;

	check_nts(p);
	if (p->bad)
		return;
	for (i = 0; i < conf->nservers; i++) {
		if (!same_server(&conf->servers[i], &p->server))
			continue;
		parser_warn(p, p->first.line, "\"%s\" is already in %s "
		    "and is asked only once, remove one", p->server.name,
		    parser_place(p, p->server_lines[i]));
		break;
	}
	server_add(p);
}
