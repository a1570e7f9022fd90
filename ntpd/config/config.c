/*
 * ntpd.conf as a whole: the defaults, the file and whether it can be trusted.
 */
#include "common/rfc5905.h"
#include "ntpd/config.h"

#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "ntpd/config/defaults.h"
#include "ntpd/config/include.h"
#include "ntpd/config/keys.h"
#include "ntpd/config/statement.h"
#include "ntpd/config/trusted.h"

/* ntpd.conf decides which servers the clock believes. */
static const struct trusted_rule open_rule = {
	S_IWGRP | S_IWOTH, "can be written by group or others", "go-w",
	"give the path of one with -f"
};

/* A user that reads the keys can answer in the name of servers. */
static const struct trusted_rule secret_rule = {
	S_IWGRP | S_IRWXO, "can be read by others or written by group",
	"g-w,o=", "write the path of one after \"keys\""
};

void
config_default(struct config *conf)
{
	memset(conf, 0, sizeof(*conf));
	conf->workers = 1;
	conf->ratelimit.burst = RATELIMIT_BURST;
	conf->ratelimit.leak = RATELIMIT_LEAK;
	conf->ratelimit.prefix4 = RATELIMIT_PREFIX4;
	conf->ratelimit.prefix6 = RATELIMIT_PREFIX6;
	conf->step.threshold = STEPT;
	setting_defaults(conf);
}

void
config_free(struct config *conf)
{
	size_t		 i;

	free(conf->rules);
	conf->rules = NULL;
	conf->nrules = 0;
	for (i = 0; i < conf->nservers; i++)
		mac_wipe(&conf->servers[i].key);
	for (i = 0; i < conf->nkeys; i++)
		mac_wipe(&conf->keys[i]);
	free(conf->keys);
	conf->keys = NULL;
	conf->nkeys = 0;
}

static void
parser_init(struct parser *p, struct config *conf, const char *name,
    const struct config_reports *reports)
{
	memset(p, 0, sizeof(*p));
	p->conf = conf;
	p->main = p->name = name;
	p->reports = *reports;
	p->port = &p->server.port;
	config_default(conf);
}

static bool
parse(struct parser *p, const char *text, size_t len)
{
	include_text(p, text, len, 0);
	check_whole(p);
	if (p->errors > 0)
		config_free(p->conf);
	return p->errors == 0;
}

bool
config_parse(struct config *conf, const char *name, const char *text,
    size_t len, const struct config_reports *reports)
{
	struct parser	 p;

	parser_init(&p, conf, name, reports);
	return parse(&p, text, len);
}

bool
config_parse_keys(struct config *conf, const char *name, const char *text,
    size_t len, const struct config_reports *reports)
{
	struct parser	 p;

	parser_init(&p, conf, name, reports);
	keys_parse(&p, text, len);
	if (p.errors > 0)
		config_free(conf);
	return p.errors == 0;
}

/* Read the file of keys, and give the servers theirs. */
static void
load_keys(struct parser *p)
{
	struct config	*conf = p->conf;
	char		*text;
	size_t		 len;

	p->name = conf->keyfile;
	p->named = setting_line(p, "keys");
	text = trusted_read(p, &secret_rule, &len);
	if (text != NULL) {
		keys_parse(p, text, len);
		explicit_bzero(text, len);
	}
	free(text);
	p->name = p->main;
	p->named = 0;
	if (p->errors == 0)
		keys_give(p);
}

bool
config_load(struct config *conf, const char *file,
    const struct config_reports *reports)
{
	struct parser	 p;
	char		*text;
	size_t		 len;
	bool		 good;

	parser_init(&p, conf, file, reports);
	p.include = include_path;
	text = trusted_read(&p, &open_rule, &len);
	good = text != NULL && parse(&p, text, len);
	free(text);
	if (!good || conf->keyfile[0] == '\0')
		return good;
	load_keys(&p);
	if (p.errors > 0)
		config_free(conf);
	return p.errors == 0;
}
