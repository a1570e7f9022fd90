/*
 * What the statements of ntpd.conf mean: servers, and what all have in common.
 * The others have files of their own.
 */
#include "ntpd/config/statement.h"

#include <bsd/string.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/hostname.h"
#include "ntpd/config/defaults.h"
#include "ntpd/config/value.h"

#define WEIGHT_MOST	10

#define IN_PARSER(field)						\
	offsetof(struct parser, field), sizeof(((struct parser *)NULL)->field)

/* The options that are numbers, of one byte or two. */
static const struct {
	enum option	 option;
	struct number	 number;
	size_t		 offset, size;
} numbers[] = {
	{ OPTION_WEIGHT, { "weight", 1, WEIGHT_MOST },
	    IN_PARSER(server.weight) },
	{ OPTION_MAX, { "max", 1, POOL_MAX_MOST }, IN_PARSER(server.max) },
	{ OPTION_BURST, { "burst", 1, RATELIMIT_BURST_MOST },
	    IN_PARSER(ratelimit.burst) },
	{ OPTION_LEAK, { "leak", 0, RATELIMIT_LEAK_MOST },
	    IN_PARSER(ratelimit.leak) },
	{ OPTION_NTSPORT, { "ntsport", 1, UINT16_MAX },
	    IN_PARSER(server.nts_port) },
	{ OPTION_STRATUM, { "stratum", 1, LOCAL_MOST },
	    IN_PARSER(server.sensor.stratum) },
	{ OPTION_PREFIX4, { "prefix4", 1, 32 }, IN_PARSER(ratelimit.prefix4) },
	{ OPTION_PREFIX6, { "prefix6", 1, 128 }, IN_PARSER(ratelimit.prefix6) }
};

void
statement_begin(struct parser *p, const struct word *first)
{
	p->first = *first;
	p->statement = NULL;
	p->bad = p->skipping = false;
	p->options = 0;
	p->value_next = false;
	p->nwords = 0;
}

bool
statement_number(struct parser *p, const struct number *wanted,
    const struct word *word, unsigned *n)
{
	if (value_number(word->text, wanted->least, wanted->most, n))
		return true;
	parser_error(p, word->line, "%s must be a number from %u to %u, "
	    "not \"%.64s\"", wanted->name, wanted->least, wanted->most,
	    word->text);
	return false;
}

void
statement_option(struct parser *p, enum option option, const char *what,
    const struct word *word)
{
	if (p->options & option)
		parser_error(p, word->line, "%s is said twice, remove one",
		    what);
	p->options |= option;
}

void
statement_once(struct parser *p, const char *words, unsigned *line)
{
	if (*line != 0)
		parser_error(p, p->first.line, "%s is already set in %s, "
		    "remove one", words, parser_place(p, *line));
	else
		*line = p->first.line;
}

void
statement_path(struct parser *p, const char *what, const struct word *word,
    char *path, size_t size)
{
	size_t		 len = strlen(word->text);

	if (word->text[0] != '/' || word->text[len - 1] == '/')
		parser_error(p, word->line, "%s \"%.64s\" is not the absolute "
		    "path of a file, begin it with / and end it with a name",
		    what, word->text);
	else if (len >= size)
		parser_error(p, word->line, "%s \"%.64s...\" is too long, at "
		    "most %zu characters", what, word->text, size - 1);
	else
		memcpy(path, word->text, len + 1);
}

void
option_port(struct parser *p, const struct word *word)
{
	static const struct number port = { "port", 1, UINT16_MAX };
	unsigned	 n;

	statement_option(p, OPTION_PORT, port.name, word);
	if (statement_number(p, &port, word, &n))
		*p->port = (uint16_t)n;
}

void
option_number(struct parser *p, enum option option, const struct word *word)
{
	size_t		 i = 0;
	void		*field;
	unsigned	 n;

	while (numbers[i].option != option)
		i++;
	statement_option(p, option, numbers[i].number.name, word);
	if (!statement_number(p, &numbers[i].number, word, &n))
		return;
	field = (char *)p + numbers[i].offset;
	if (numbers[i].size == sizeof(uint8_t))
		*(uint8_t *)field = (uint8_t)n;
	else
		*(uint16_t *)field = (uint16_t)n;
}

/* Linux has VRF interfaces in the place of routing tables of a socket. */
void
listen_rtable(struct parser *p, const struct word *word)
{
	statement_option(p, OPTION_RTABLE, "rtable", word);
	if (strcmp(word->text, "0") != 0)
		parser_error(p, word->line, "rtable \"%.64s\" does not exist "
		    "on Linux, use \"listen on\" with the name of a VRF "
		    "interface", word->text);
}

void
query_from(struct parser *p, const struct word *word)
{
	struct addr	 addr;
	char		 interface[IF_NAMESIZE];
	const char	*why = "it is not an address";

	if (addr_parse_on(&addr, word->text, NTP_PORT, interface))
		why = value_unicast(&addr, interface);
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
	const char	*why = NULL;

	if (addr_parse_on(&p->server.addr, host->text, NTP_PORT,
	    p->server.interface)) {
		why = value_unicast(&p->server.addr, p->server.interface);
		if (why == NULL)
			check_address(p, host);
	} else if (strchr(host->text, '%') != NULL)
		why = "no interface can be called so, or the address needs "
		    "none";
	else if (!hostname_valid(host->text))
		why = "it is neither an address nor a host name";
	if (why != NULL)
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
server_end(struct parser *p)
{
	struct config	*conf = p->conf;
	size_t		 i;

	check_nts(p);
	if (p->bad)
		return;
	if (conf->nservers == CONFIG_MAX_SERVERS) {
		parser_error(p, p->first.line, "too many server and servers "
		    "statements, at most %d", CONFIG_MAX_SERVERS);
		return;
	}
	for (i = 0; i < conf->nservers; i++) {
		if (!same_server(&conf->servers[i], &p->server))
			continue;
		parser_warn(p, p->first.line, "\"%s\" is already in %s "
		    "and is asked only once, remove one", p->server.name,
		    parser_place(p, p->server_lines[i]));
		break;
	}
	p->server_lines[conf->nservers] = p->first.line;
	conf->servers[conf->nservers++] = p->server;
}

/* A local clock that nobody can ask for, or agree on. */
static void
check_local(struct parser *p)
{
	unsigned	 line = p->local_line;

	if (line == 0 || p->errors > 0)
		return;
	if (p->conf->nlisteners == 0)
		parser_warn(p, line, "local has no effect, nothing is "
		    "listened on");
	else if (p->conf->local_orphan && p->conf->nservers == 0)
		parser_warn(p, line, "orphan has no effect, write a server "
		    "statement for each of the others");
}

/* Keys that are in no file, and authentication that nobody has. */
static void
check_authentication(struct parser *p)
{
	const struct config_server *s = p->conf->servers;
	size_t		 i, authenticated = 0;

	for (i = 0; i < p->conf->nservers; i++) {
		authenticated += s[i].auth != AUTH_NONE || s[i].trusted;
		if (s[i].auth == AUTH_KEY && p->conf->keyfile[0] == '\0')
			parser_error(p, p->server_lines[i], "key %" PRIu32
			    " is in no file, write \"keys\" and the path of "
			    "the file that has it", s[i].key.id);
	}
	if (p->require_line != 0 && i > 0 && authenticated == 0)
		parser_error(p, p->require_line, "no server is authenticated, "
		    "write \"key N\", \"nts\" or \"trusted\" at one at least");
}

/* Does CONF say anything about who is answered, and how? */
static bool
is_for_clients(const struct config *conf)
{
	return conf->nrules > 0 || conf->ratelimit.interval > 0 ||
	    conf->workers > 1 || conf->workers_auto || conf->xleave;
}

void
check_whole(struct parser *p)
{
	const struct config_listener	*l;
	size_t				 i;

	for (i = 0; i < p->conf->nlisteners; i++) {
		l = &p->conf->listeners[i];
		if (p->ignore_wildcard_line == 0 || !value_wildcard(l))
			continue;
		parser_error(p, p->listener_lines[i], "listens on the wildcard "
		    "address, which %s ignores, name an address or "
		    "interface", parser_place(p, p->ignore_wildcard_line));
	}
	if (p->unused_query_line != 0)
		parser_warn(p, p->unused_query_line, "query from has no "
		    "effect, write it before the server statements it is for");
	check_authentication(p);
	check_local(p);
	if (p->conf->nlisteners == 0 && is_for_clients(p->conf) &&
	    p->errors == 0)
		parser_warn(p, 0, "allow, deny, ratelimit, workers and xleave "
		    "are about clients: without \"listen on\" there are none");
	if (p->nts_line != 0 && p->conf->nlisteners == 0 && p->errors == 0)
		parser_warn(p, p->nts_line, "nts certificate has no effect, "
		    "nothing is listened on");
	if (p->conf->nservers == 0 && p->conf->local_stratum == 0 &&
	    p->errors == 0)
		parser_warn(p, 0, "no server or servers statement, nothing "
		    "will set the clock");
}
