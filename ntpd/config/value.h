/*
 * Is a word of ntpd.conf what it should be?  Functions of their arguments.
 */
#ifndef NTPD_VALUE_H
#define NTPD_VALUE_H

#include <stdbool.h>
#include <stddef.h>

struct addr;
struct config_listener;
struct config_rule;

/* Is WORD the first of WORDS, which blanks separate? */
bool	 value_first(const char *words, const char *word);

/* WORDS without the first; NULL if there is no other. */
const char *value_rest(const char *words);

/* TEXT as decimal digits in [MIN, MAX] into *N; false, *N untouched, if not. */
bool	 value_number(const char *text, unsigned min, unsigned max,
	    unsigned *n);

/* "LOW-HIGH", or "N" for N-N, each in [MIN, MAX] and LOW <= HIGH. */
bool	 value_range(const char *text, unsigned min, unsigned max,
	    unsigned *low, unsigned *high);

/* Does the interface name TEXT look like a host name, "ntp.example"? */
bool	 value_like_host(const char *text);

/*
 * "ADDRESS" or "ADDRESS/LENGTH": family, length and bytes of *RULE.  Returns
 * NULL if TEXT is one, else why not.
 */
const char *value_network(const char *text, struct config_rule *rule);

/* Can TEXT be a user name that fits SIZE bytes? */
bool	 value_user(const char *text, size_t size);

/* Does L listen on all addresses: *, 0.0.0.0 or ::? */
bool	 value_wildcard(const struct config_listener *l);

#endif
