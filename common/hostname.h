/*
 * What a host name is: written once, for the configuration and for the
 * resolver, which trusts nobody.
 */
#ifndef COMMON_HOSTNAME_H
#define COMMON_HOSTNAME_H

#include <stdbool.h>

/* Longest name, without a dot at its end (RFC 1035 3.1). */
#define HOSTNAME_MOST	253

/*
 * Can TEXT be the name of a host?  Labels of letters, digits, '-' and '_', up
 * to 63 each, that neither begin nor end with '-', and dots between them; the
 * last one is no number, or it would be an address.
 */
bool	 hostname_valid(const char *text);

#endif
