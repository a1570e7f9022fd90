/*
 * Which clients may ask.  The rules are compiled into ranges of addresses, so
 * that a request costs a binary search, however many rules there are.
 */
#ifndef NTPD_CLIENTS_ACCESS_H
#define NTPD_CLIENTS_ACCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "ntpd/config_shared.h"
#include "ntpd/clients/addrbits.h"

/* Begins here and ends where the next one begins. */
struct access_range {
	struct addrbits	 first;
	bool		 allow;
};

/* In order, the first at the lowest address; empty: everybody may ask. */
struct access_ranges {
	struct access_range *list;	/* allocated */
	size_t		 n;
};

struct access {
	struct access_ranges ipv4, ipv6;
};

/*
 * Replace the rules of A by the N RULES (at most CONFIG_MAX_RULES): the first
 * that an address matches decides.  Those that match none may ask, unless
 * there is a rule that allows: then they may not.  False, nothing changed, if
 * there is no memory.
 */
bool	 access_set(struct access *a, const struct config_rule *rules,
	    size_t n);

/* Is RULE one that a configuration can have? */
bool	 access_rule_valid(const struct config_rule *rule);

/* May FROM ask? */
bool	 access_allows(const struct access *a, struct addrbits from);

#endif
