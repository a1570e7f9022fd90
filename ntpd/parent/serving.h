/*
 * Serving NTS: what the parent keeps for it.  The functions are in state.h.
 */
#ifndef NTPD_PARENT_SERVING_H
#define NTPD_PARENT_SERVING_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cookie.h"
#include "common/counters.h"
#include "ntpd/parent/cookies.h"
#include "ntpd/parent/tell.h"

struct serving {
	bool		 known;		/* cookies are those of the file */
	struct cookies	 cookies;
	struct cookie_keys keys;	/* of them; n is 0: no NTS */
	uint32_t	 day;		/* that the keys are for, */
	bool		 sure;		/* by a clock that is synchronized */
	bool		 unsaved;	/* the file; logged */
	struct told	 told;		/* ke was */
	bool		 files;		/* it was told certificate and key */
	struct server_counters earlier;	/* what those before it have counted */
	struct server_counters counters; /* and it itself */
	int64_t		 valid_until;	/* its certificate; 0: it has none */
};

#endif
