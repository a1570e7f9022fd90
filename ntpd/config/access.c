/*
 * The allow from and deny from statements.
 */
#include "ntpd/config/statement.h"

#include <stdlib.h>
#include <string.h>

#include "ntpd/config/value.h"

#define RULES_FIRST	16	/* that memory is made for */

/* Clear the bits of BYTES after the first LENGTH; were any set? */
static bool
clear_host(uint8_t bytes[16], unsigned length)
{
	bool		 any = false;
	unsigned	 i, keep;
	uint8_t		 host;

	for (i = length / 8; i < 16; i++) {
		keep = i == length / 8 ? length % 8 : 0;
		host = (uint8_t)(bytes[i] & (0xff >> keep));
		any = any || host != 0;
		bytes[i] ^= host;
	}
	return any;
}

/* "10.1.2.3/8": most likely one of the two is a mistake. */
static void
check_host_bits(struct parser *p, const struct word *word,
    struct config_rule *rule)
{
	struct addr	 addr = { .family = rule->family };
	char		 text[ADDR_STRLEN];

	if (!clear_host(rule->bytes, rule->length))
		return;
	memcpy(addr.bytes, rule->bytes, sizeof(addr.bytes));
	parser_error(p, word->line, "\"%.64s\" has bits set beyond its "
	    "prefix, write %s/%u or a longer prefix", word->text,
	    addr_format(&addr, text), rule->length);
}

/* The network in WORD into *RULE; false, with an error, if it is not one. */
static bool
network(struct parser *p, const struct word *word, struct config_rule *rule)
{
	const char	*why;

	if (!word->quoted && strcmp(word->text, "any") == 0)
		return true;
	why = value_network(word->text, rule);
	if (why != NULL) {
		parser_error(p, word->line, "\"%.64s\" is not a network: %s, "
		    "write an address, a prefix like 192.0.2.0/24 or "
		    "2001:db8::/32, or any", word->text, why);
		return false;
	}
	check_host_bits(p, word, rule);
	return !p->bad;
}

/* Make room for one more rule; false, with an error, if there is none. */
static bool
grow(struct parser *p)
{
	struct config	*conf = p->conf;
	struct config_rule *rules;
	size_t		 size;

	if (conf->nrules == CONFIG_MAX_RULES) {
		parser_error(p, p->first.line, "too many allow and deny "
		    "statements, at most %d", CONFIG_MAX_RULES);
		return false;
	}
	if (conf->nrules < p->rules_size)
		return true;
	size = p->rules_size == 0 ? RULES_FIRST : p->rules_size * 2;
	rules = reallocarray(conf->rules, size, sizeof(*rules));
	if (rules == NULL) {
		parser_error(p, p->first.line, "out of memory");
		return false;
	}
	conf->rules = rules;
	p->rules_size = size;
	return true;
}

static void
add_rule(struct parser *p, const struct word *word, struct config_rule rule)
{
	if (network(p, word, &rule) && grow(p))
		p->conf->rules[p->conf->nrules++] = rule;
}

void
allow_from(struct parser *p, const struct word *word)
{
	add_rule(p, word, (struct config_rule){ .allow = 1 });
}

void
deny_from(struct parser *p, const struct word *word)
{
	add_rule(p, word, (struct config_rule){ .allow = 0 });
}
