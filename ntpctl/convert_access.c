/*
 * ntpctl convert: who may ask.  In ntp.conf and chrony.conf the rule of the
 * longest prefix decides, in ntpd.conf the first one that fits.
 */
#include <string.h>
#include <strings.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "ntpctl/convert.h"

static unsigned
family_bits(const struct addr *addr)
{
	return addr->family == ADDR_IPV6 ? 128 : 32;
}

/* How many bits of the mask TEXT are set, or -1 if it is none. */
static int
mask_bits(const char *text)
{
	struct addr	 mask;
	unsigned	 bits = 0, i;

	if (!addr_parse(&mask, text, 0))
		return -1;
	for (i = 0; i < family_bits(&mask); i++)
		if (mask.bytes[i / 8] & (0x80 >> i % 8)) {
			if (bits++ != i)
				return -1;
		}
	return (int)bits;
}

/* Keep of RULE's address only the bits that count. */
static void
cut_address(struct convert_rule *rule)
{
	unsigned	 i;

	for (i = rule->bits; i < family_bits(&rule->addr); i++)
		rule->addr.bytes[i / 8] &= (uint8_t)~(0x80 >> i % 8);
}

/* "10.0.0.0/8", "10.0.0.0", "10" as chrony has it; false if it is none. */
static bool
parse_network(const char *text, struct convert_rule *rule)
{
	char		 host[ADDR_STRLEN + 8];
	const char	*slash = strchr(text, '/'), *wrong;
	unsigned	 dots = 0, i;

	if (strlcpy(host, text, sizeof(host)) >= sizeof(host) - 6)
		return false;
	host[strcspn(host, "/")] = '\0';
	for (i = 0; host[i] != '\0'; i++)
		dots += host[i] == '.';
	/* Fewer than four numbers are the beginning of an address. */
	if (strspn(host, "0123456789.") == strlen(host) && dots < 3)
		for (i = dots; i < 3; i++)
			strlcat(host, ".0", sizeof(host));
	else
		dots = 3;
	if (!addr_parse(&rule->addr, host, 0) || rule->addr.scope != 0 ||
	    addr_is_mapped(&rule->addr))
		return false;
	rule->bits = dots < 3 ? 8 * (dots + 1) : family_bits(&rule->addr);
	if (slash != NULL) {
		rule->bits = (unsigned)strtonum(slash + 1, 0,
		    family_bits(&rule->addr), &wrong);
		if (wrong != NULL)
			return false;
	}
	cut_address(rule);
	return true;
}

static void
add_rule(struct convert *c, const struct convert_rule *rule)
{
	if (c->nrules == CONVERT_RULES_MOST) {
		convert_note(c, "one rule too many");
		return;
	}
	c->rules[c->nrules++] = *rule;
	convert_note(c, "\"%s from\" below", rule->denies ? "deny" : "allow");
}

void
convert_allow(struct convert *c, const struct convert_line *line)
{
	struct convert_rule rule = {
		.denies = strcasecmp(line->words[0], "deny") == 0
	};
	size_t		 i = 1;

	if (i < line->n && strcasecmp(line->words[i], "all") == 0)
		i++;
	if (i < line->n && strcmp(line->words[i], "0/0") != 0 &&
	    !parse_network(line->words[i], &rule)) {
		convert_note(c, "%s: not a network that clients ask from, nor "
		    "is a name", line->words[i]);
		return;
	}
	add_rule(c, &rule);
}

/* The flags from the word I on: are clients refused, are they limited? */
static void
read_flags(const struct convert_line *line, size_t i, bool *refused,
    bool *limited)
{
	for (; i < line->n; i++) {
		if (strcasecmp(line->words[i], "ignore") == 0 ||
		    strcasecmp(line->words[i], "noserve") == 0)
			*refused = true;
		if (strcasecmp(line->words[i], "limited") == 0)
			*limited = true;
	}
}

/* The network of LINE from its word I on; after it I is at the flags. */
static bool
restrict_network(const struct convert_line *line, size_t *i,
    struct convert_rule *rule)
{
	int		 bits;

	if (*i >= line->n || !parse_network(line->words[*i], rule))
		return false;
	(*i)++;
	if (*i + 1 >= line->n || strcasecmp(line->words[*i], "mask") != 0)
		return true;
	bits = mask_bits(line->words[*i + 1]);
	*i += 2;
	if (bits < 0 || (unsigned)bits > family_bits(&rule->addr))
		return false;
	rule->bits = (unsigned)bits;
	cut_address(rule);
	return true;
}

void
convert_restrict(struct convert *c, const struct convert_line *line)
{
	struct convert_rule rule = { .bits = 0 };
	bool		 limited = false, is_default;
	size_t		 i = 1;

	while (i < line->n && (strcmp(line->words[i], "-4") == 0 ||
	    strcmp(line->words[i], "-6") == 0))
		i++;
	is_default = i < line->n &&
	    (strcasecmp(line->words[i], "default") == 0 ||
	    strcasecmp(line->words[i], "source") == 0);
	if (is_default)
		i++;
	else if (!restrict_network(line, &i, &rule)) {
		convert_note(c, "not a network that clients ask from, nor is "
		    "a name");
		return;
	}
	read_flags(line, i, &rule.denies, &limited);
	c->limits |= limited;
	if (is_default && !rule.denies)
		convert_note(c, "nobody can change or query anything over the "
		    "network%s", limited ? "; \"ratelimit\" below if anybody "
		    "may ask" : "");
	else if (is_default)
		convert_note(c, "so it is: without \"listen on\" nobody is "
		    "answered, with \"allow from\" nobody else");
	else if (addr_is_loopback(&rule.addr) && !rule.denies)
		convert_note(c, "ntpctl needs no network");
	else
		add_rule(c, &rule);
}

/* 0.0.0.0/0 and ::/0 are of one family; ntpd.conf has a word for both. */
static void
write_rule(struct convert *c, const struct convert_rule *rule)
{
	char		 text[ADDR_STRLEN];

	if (rule->addr.family == ADDR_NONE)
		convert_into(c, "%s from any", rule->denies ? "deny" :
		    "allow");
	else
		convert_into(c, "%s from %s/%u", rule->denies ? "deny" :
		    "allow", addr_format(&rule->addr, text), rule->bits);
}

void
convert_rules(struct convert *c)
{
	bool		 allows = false;
	unsigned	 bits;
	size_t		 i;

	for (bits = 129; bits-- > 0;)
		for (i = 0; i < c->nrules; i++)
			if (c->rules[i].bits == bits) {
				write_rule(c, &c->rules[i]);
				allows |= !c->rules[i].denies;
			}
	if (c->nrules > 0 && !allows)
		convert_note(c, "everybody else is answered");
}
