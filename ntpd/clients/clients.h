/*
 * How often each client asks, and whether that is too often.  The table has a
 * fixed size: neither a million clients nor forged addresses make it grow.
 *
 * A client is an address, or all addresses of a prefix.  It has credit for
 * BURST answers and gets back one in each INTERVAL.  A client that is not in
 * the table has full credit.  To make room, the table forgets the client with
 * most credit of those that can be in the same place.  So a flood from forged
 * addresses, each with its first request, drives out clients that keep to the
 * limit, which costs them nothing, but not those that are over it.
 */
#ifndef NTPD_CLIENTS_CLIENTS_H
#define NTPD_CLIENTS_CLIENTS_H

#include <stdint.h>

#include "common/counters.h"
#include "common/instant.h"
#include "ntpd/config_shared.h"
#include "ntpd/clients/addrbits.h"
#include "common/siphash.h"

#define CLIENTS_WAYS	4		/* places that a client can have */
#define CLIENTS_SETS	4096		/* a power of two */
#define CLIENTS_MAX	(CLIENTS_WAYS * CLIENTS_SETS)	/* 32 bytes each */

struct client {
	struct addrbits	 address;	/* the first of its prefix */
	int64_t		 due;		/* ns, when its credit is full again */
	uint32_t	 requests;	/* 0: nobody has this place */
	uint32_t	 refused;	/* of these, not answered */
};

struct clients {
	struct siphash_key key;		/* secret, of the table */
	uint64_t	 draws;		/* random numbers so far */
	int64_t		 interval;	/* ns; 0: no limit */
	int64_t		 full;		/* ns: all credit */
	int8_t		 poll;		/* log2 s, to be asked for in a kiss */
	uint32_t	 leak;
	unsigned	 bits4, bits6;	/* of struct addrbits, in a prefix */
	_Alignas(64) struct client table[CLIENTS_SETS][CLIENTS_WAYS];
};

/* What a request deserves. */
enum clients_verdict {
	CLIENTS_ANSWER,
	CLIENTS_KISS,		/* tell it to ask less often */
	CLIENTS_SILENCE
};

/*
 * Make C, all of it zero, ready with the secret KEY, without a limit.  KEY
 * comes from a good source of random numbers.  To be called once.
 */
void	 clients_init(struct clients *c, const struct siphash_key *key);

/*
 * Limit clients by LIMIT from now on.  False, nothing changed, if a number of
 * it is out of its range.  Other prefixes than before start an empty table.
 */
bool	 clients_limit(struct clients *c, const struct config_ratelimit *limit);

/*
 * Put those of C that have asked most into LIST (CLIENTS_SHOWN), the most
 * first.  Returns how many they are.  Looks at the whole table, 0.1 ms.
 */
uint32_t clients_top(const struct clients *c, struct client_count *list);

/*
 * Returns the number of the set that FROM belongs to, for clients_ask(), and
 * has the processor fetch it.  The table is larger than the first caches: to
 * fetch the places of a whole batch at once takes as long as to wait for one.
 */
size_t	 clients_expect(const struct clients *c, struct addrbits from);

/*
 * A request has come at NOW from FROM, whose set is SET; its credit is used if
 * it has any.
 */
enum clients_verdict clients_ask(struct clients *c, struct addrbits from,
	    size_t set, struct instant now);

#endif
