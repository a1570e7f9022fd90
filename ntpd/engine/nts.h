/*
 * NTS for one association (RFC 8915): when keys are asked for, and what they do
 * to requests and answers.
 *
 * Nothing in a packet that is not authenticated changes anything here, but for
 * one: an NTS NAK, which says that the server does not know our cookie any
 * more.  It has to have the unique identifier of the request, which only those
 * can copy who see it, and counts only if no authentic answer comes, too.
 */
#ifndef NTPD_ENGINE_NTS_H
#define NTPD_ENGINE_NTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/instant.h"
#include "common/nts.h"
#include "ntpd/payloads.h"

/*
 *  state	what is true			ends with
 *  NTS_WANTED	there are no keys; they are	nts_asked() -> ASKING
 *		asked for at AT
 *  NTS_ASKING	somebody asks for them, until	keys -> READY, or NAMING if
 *		AT at the latest		they are for a server that is
 *						given by name; else -> WANTED
 *  NTS_NAMING	that name is looked up, until	its address -> READY; else
 *		AT at the latest		-> WANTED
 *  NTS_READY	there are keys and a cookie;	no cookie left, a NAK, or AT
 *		they are old at AT		-> WANTED
 */
enum nts_state {
	NTS_WANTED,
	NTS_ASKING,
	NTS_NAMING,
	NTS_READY
};

struct nts {
	enum nts_state	 state;
	struct instant	 at;
	uint32_t	 serial;	/* ASKING, NAMING: of the question */
	unsigned	 exchanges;	/* since the last authentic answer */
	bool		 unreached;	/* the last one found no server */
	enum aead_id	 aead;		/* of the last keys */
	struct aead	 c2s, s2c;
	struct instant	 since;		/* these are known */
	struct ke_cookie cookies[KE_COOKIES];	/* the oldest first */
	size_t		 ncookies;
	struct addr	 addr;		/* of the NTP server */
	bool		 unproven;	/* its certificate was not valid by */
	int64_t		 first, last;	/* our clock, but then, s since 1970 */
	bool		 awaited;	/* an answer to unique_id */
	bool		 nak;		/* one has come instead */
	uint8_t		 unique_id[NTS_UNIQUE_ID_LEN];
	char		 why[TLS_WHY_LEN]; /* the last exchange failed; "" */
};

/* Keys are wanted at NOW; nothing is known. */
void	 nts_init(struct nts *n, struct instant now);

/* Is it time to ask for keys?  Or has the answer not come in time? */
bool	 nts_is_due(const struct nts *n, struct instant now);
bool	 nts_is_late(const struct nts *n, struct instant now);

/* Can a request be sent?  Keys that are too old are given up. */
bool	 nts_is_ready(struct nts *n, struct instant now);

/* They are being asked for, by question SERIAL. */
void	 nts_asked(struct nts *n, uint32_t serial, struct instant now);

/* The exchange gave no keys because of WHY: when is the next one? */
void	 nts_failed(struct nts *n, enum nts_outcome outcome, const char *why,
	    struct instant now);

/* The network may be back: an exchange that found no server is due again. */
void	 nts_hurry(struct nts *n, struct instant now);

/*
 * What an exchange failed by may be mended: the next one is due NOW.  False if
 * none is waited for.  If it fails as well, the wait after it is the longer.
 */
bool	 nts_retry(struct nts *n, struct instant now);

/* Where NTP is to be had, as far as the exchange did not say otherwise. */
struct nts_default {
	struct addr	 addr;		/* of the key establishment */
	uint16_t	 port;
};

/*
 * Take KEYS that were agreed on.  NULL if they can be used: N is READY, or
 * NAMING if the name in KEYS->answer.server is to be looked up, by a question
 * with SERIAL.  Else why they cannot; nts_failed() is to follow.
 */
const char *nts_take_keys(struct nts *n, const struct nts_keys *keys,
	    const struct nts_default *otherwise, uint32_t serial,
	    struct instant now);

/* The name has ADDR, whose port does not count; NAMING -> READY. */
void	 nts_named(struct nts *n, const struct addr *addr, struct instant now);

/*
 * Append to the request in OUT, which has room for NTP_MAX_LEN, what proves
 * that it is ours, with a cookie that is never used again.
 */
void	 nts_protect(struct nts *n, struct ntp_output *out);

enum nts_proof {
	NTS_FOREIGN,		/* may be anybody's: as if it had not come */
	NTS_NAK,		/* may be; it says what nts_missed() acts on */
	NTS_AUTHENTIC		/* the server's, to our request */
};

/*
 * Is PKT the answer to our request?  The cookies in it are taken if it is, and
 * no second one is.
 */
enum nts_proof nts_check(struct nts *n, const struct ntp_packet *pkt,
	    struct instant now);

/*
 * May the server say that it is TIME, s since 1970?  One whose certificate was
 * not valid by our clock may not name a time when it was not, either.
 */
bool	 nts_may_say(const struct nts *n, double time);

/*
 * No authentic answer has come: after a NAK, and without cookies, new keys are
 * wanted.
 */
void	 nts_missed(struct nts *n, struct instant now);

#endif
