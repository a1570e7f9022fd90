/*
 * Rules who may ask, on their way here in parts.
 */
#ifndef NTPD_CLIENTS_RULES_H
#define NTPD_CLIENTS_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "ntpd/clients/access.h"
#include "ntpd/payloads.h"

struct rules {
	struct config_rule *list;	/* allocated while it lasts */
	size_t		 n, total;
};

/*
 * Take PART.  True if it was the last: ACCESS has all of them then.  With some
 * of the rules, clients would be answered that must not be: if they cannot be
 * had complete, this process ends, and the next one is given them anew.
 */
bool	 rules_take(struct rules *r, struct access *access,
	    const struct access_part *part);

#endif
