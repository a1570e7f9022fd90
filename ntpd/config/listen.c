/*
 * What the statements of ntpd.conf mean: where to answer clients.
 */
#include <string.h>

#include "common/place.h"
#include "ntpd/config/statement.h"
#include "ntpd/config/value.h"

/*
 * An address, "*" or an interface's name.  Host names are not resolved: the
 * daemon would wait for a resolver that may need the right time, and a
 * machine knows its own addresses.
 */
static void
set_where(struct parser *p, const struct word *where)
{
	struct config_listener	*l = &p->listener;
	const char		*text = where->text, *why;

	if (strcmp(text, "*") == 0) {
		l->kind = LISTEN_ANY;
		return;
	}
	why = place_listen(text, &l->addr, l->interface);
	if (why != NULL) {
		parser_error(p, where->line, "cannot listen on \"%.64s\": %s, "
		    "write an address, the name of an interface or *", text,
		    why);
		return;
	}
	l->kind = l->addr.family != ADDR_NONE ? LISTEN_ADDRESS :
	    LISTEN_INTERFACE;
	if (l->kind == LISTEN_INTERFACE && value_like_host(text))
		parser_warn(p, where->line, "\"%s\" is taken for the name of "
		    "an interface, write an address if it is a host's", text);
}

void
listen_begin(struct parser *p, const struct word *where)
{
	memset(&p->listener, 0, sizeof(p->listener));
	p->listener.port = NTP_PORT;
	p->port = &p->listener.port;
	set_where(p, where);
}

bool
config_same_place(const struct config_listener *a,
    const struct config_listener *b)
{
	if (a->kind != b->kind || a->port != b->port)
		return false;
	switch (a->kind) {
	case LISTEN_ADDRESS:
		return addr_same_host(&a->addr, &b->addr) &&
		    strcmp(a->interface, b->interface) == 0;
	case LISTEN_INTERFACE:
		return strcmp(a->interface, b->interface) == 0;
	default:
		return true;
	}
}

void
listen_end(struct parser *p)
{
	struct config		*conf = p->conf;
	struct config_listener	*l = &p->listener;
	size_t			 i;

	if (p->bad)
		return;
	if (l->kind == LISTEN_ADDRESS)
		l->addr.port = l->port;
	if (conf->nlisteners == CONFIG_MAX_LISTENERS) {
		parser_error(p, p->first.line, "too many places to listen on, "
		    "at most %d", CONFIG_MAX_LISTENERS);
		return;
	}
	for (i = 0; i < conf->nlisteners; i++) {
		if (!config_same_place(&conf->listeners[i], l))
			continue;
		parser_error(p, p->first.line, "%s already listens there, "
		    "remove one", parser_place(p, p->listener_lines[i]));
		return;
	}
	p->listener_lines[conf->nlisteners] = p->first.line;
	conf->listeners[conf->nlisteners++] = *l;
}

/*
 * ntp.conf has words for sets of addresses here; they would pass for names of
 * interfaces that never appear.
 */
void
interface_listen(struct parser *p, const struct word *where)
{
	static const char *const sets[] = { "all", "ipv4", "ipv6", "wildcard" };
	size_t			 i;

	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if (strcmp(where->text, sets[i]) == 0)
			parser_error(p, where->line, "interface listen %s is "
			    "not supported, write \"listen on *\", or name "
			    "an address or interface", where->text);
	listen_begin(p, where);
	listen_end(p);
}

/* Nothing is listened on unless it is named: there is no more to ignore. */
void
interface_ignore(struct parser *p, const struct word *what)
{
	if (strcmp(what->text, "wildcard") == 0)
		p->ignore_wildcard_line = what->line;
	else
		parser_error(p, what->line, "interface ignore \"%.64s\" is not "
		    "supported, only wildcard: ntpd listens on what is named "
		    "and nothing else", what->text);
}
