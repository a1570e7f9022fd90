/*
 * When a server's certificates are valid, and that they soon are no more: what
 * is to be said of that, and when.
 */
#ifndef NTPD_KE_VALIDITY_H
#define NTPD_KE_VALIDITY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/instant.h"
#include "ntpd/openssl.h"

/*
 *  state		what is true				is said
 *  VALIDITY_FINE	all are valid, and will be		never
 *  VALIDITY_EARLY	one is not valid yet			once a day
 *  VALIDITY_SOON	one expires within a week, or a tenth	once a day
 *			of the time for which they are valid
 *  VALIDITY_OVER	one has expired				once a day
 *
 * Each is said at once when it begins.
 */
enum validity_state {
	VALIDITY_FINE,
	VALIDITY_EARLY,
	VALIDITY_SOON,
	VALIDITY_OVER
};

#define VALIDITY_NAME_LEN	128

struct validity {
	int64_t		 first, last;	/* Unix time; all are valid between */
	char		 first_name[VALIDITY_NAME_LEN];	/* of that one */
	char		 last_name[VALIDITY_NAME_LEN];
	enum validity_state said;
	struct instant	 again;		/* it is to be said */
};

/* Nothing is known, and nothing was said. */
void	 validity_init(struct validity *v);

/* X is one of the certificates.  False if its dates cannot be read. */
bool	 validity_add(struct validity *v, const X509 *x);

/*
 * What is to be said of V at NOW, when it is WALL by the clock, in Unix time.
 * It counts as said then; VALIDITY_FINE: nothing.
 */
enum validity_state validity_news(struct validity *v, struct instant now,
	    int64_t wall);

/*
 * Log what is to be said of V at NOW.  Returns when to look again: in an hour,
 * as the clock may be set, or when a certificate expires.
 */
struct instant validity_watch(struct validity *v, struct instant now);

#endif
