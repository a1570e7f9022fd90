/*
 * What is wrong with all statements together.
 */
#include <inttypes.h>

#include "ntpd/config/statement.h"
#include "ntpd/config/value.h"

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

/* A smear that nobody sees, or that cannot be known of in time. */
static void
check_smear(struct parser *p)
{
	if (p->smear_line == 0 || p->errors > 0)
		return;
	if (p->conf->nlisteners == 0)
		parser_warn(p, p->smear_line, "leap smear is for clients, "
		    "nothing is listened on");
	if (p->conf->leapfile[0] == '\0')
		parser_warn(p, p->smear_line, "leap smear has no effect "
		    "without \"leapfile\" and the path of a list, such as "
		    "/usr/share/zoneinfo/leap-seconds.list");
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
	check_smear(p);
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
