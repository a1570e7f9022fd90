/*
 * The constraint from and constraints from statements.
 */
#include "ntpd/config/statement.h"

#include <bsd/string.h>
#include <string.h>
#include <strings.h>

#include "common/hostname.h"
#include "common/place.h"

#define HTTPS		"https://"

/* NULL if the LEN bytes at HOST name who is to be asked, else why not. */
static const char *
take_host(struct config_constraint *c, const char *host, size_t len)
{
	struct addr	 addr;

	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	if (len >= sizeof(c->name))
		return "its host name is too long";
	/* A final dot is not a part of the name in a certificate. */
	if (len > 1 && host[len - 1] == '.')
		len--;
	memcpy(c->name, host, len);
	c->name[len] = '\0';
	if (addr_parse(&addr, c->name, HTTPS_PORT)) {
		c->addrs[c->naddrs++] = addr;
		return place_unicast(&addr, "");
	}
	if (strchr(c->name, ':') != NULL)
		return "the port is always 443";
	return hostname_valid(c->name) ? NULL : "it has no host name";
}

/* NULL if URL is "HOST", or "https://HOST/PATH", else why not. */
static const char *
take_url(struct config_constraint *c, const char *url)
{
	const char	*path;

	if (strncasecmp(url, HTTPS, strlen(HTTPS)) == 0)
		url += strlen(HTTPS);
	else if (strstr(url, "://") != NULL)
		return "it does not begin with https://";
	path = strchr(url, '/');
	if (path == NULL)
		path = url + strlen(url);
	for (const char *c1 = path; *c1 != '\0'; c1++)
		if (*c1 <= ' ' || *c1 > '~')
			return "its path has a character that has to be "
			    "written as %XX";
	if (strlcpy(c->path, *path == '\0' ? "/" : path, sizeof(c->path)) >=
	    sizeof(c->path))
		return "its path is too long";
	return take_host(c, url, (size_t)(path - url));
}

static void
take_address(struct parser *p, struct config_constraint *c,
    const struct word *v)
{
	struct addr	 addr;
	const char	*why = "it is none";

	if (addr_parse(&addr, v->text, HTTPS_PORT))
		why = place_unicast(&addr, "");
	if (why != NULL)
		parser_error(p, v->line, "\"%.64s\" is not an address of the "
		    "host: %s, write one like 192.0.2.1 or 2001:db8::1",
		    v->text, why);
	else if (c->naddrs == CONSTRAINT_MAX_ADDRS)
		parser_error(p, v->line, "too many addresses, at most %d",
		    CONSTRAINT_MAX_ADDRS);
	else
		c->addrs[c->naddrs++] = addr;
}

/* The statement is complete. */
static void
add(struct parser *p, const struct config_constraint *c)
{
	struct config	*conf = p->conf;
	size_t		 i;

	if (p->bad)
		return;
	if (conf->nconstraints == CONFIG_MAX_CONSTRAINTS) {
		parser_error(p, p->first.line, "too many constraints, at most "
		    "%d", CONFIG_MAX_CONSTRAINTS);
		return;
	}
	for (i = 0; i < conf->nconstraints; i++)
		if (strcasecmp(conf->constraints[i].name, c->name) == 0) {
			parser_warn(p, p->first.line, "\"%.64s\" is a "
			    "constraint already and is asked only once, "
			    "remove one", c->name);
			return;
		}
	conf->constraints[conf->nconstraints++] = *c;
}

void
constraint_from(struct parser *p, const struct word *v)
{
	struct config_constraint c = { .each = strcmp(p->first.text,
	    "constraints") == 0 };
	const char	*why;

	if (v->text[0] == '\0' && !v->quoted) {
		statement_unexpected(p, v);
		return;
	}
	why = take_url(&c, v->text);
	if (why != NULL) {
		parser_error(p, v->line, "\"%.64s\" cannot be a constraint: "
		    "%s, write a URL like \"https://www.example.com/\"",
		    v->text, why);
		return;
	}
	for (v++; v->text[0] != '\0' || v->quoted; v++)
		take_address(p, &c, v);
	add(p, &c);
}
