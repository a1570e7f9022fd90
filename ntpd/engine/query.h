/*
 * One exchange with a server: sends the request from a new socket, and turns
 * what comes back into an answer.  Calls nobody above.
 */
#ifndef NTPD_QUERY_H
#define NTPD_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/control.h"
#include "common/ntp.h"
#include "common/pollset.h"
#include "common/stamp.h"
#include "ntpd/engine/check.h"
#include "ntpd/engine/clocks.h"
#include "ntpd/engine/nts.h"
#include "ntpd/payloads.h"
#include "ntpd/sync/sample.h"

/* The last exchange: in interleaved mode the next answer completes it. */
struct exchange {
	bool		 known;
	bool		 sampled;	/* it has given a sample already */
	struct ntptime	 receive;	/* T2, of the server's clock */
	struct reading	 sent;		/* our clocks at T1 */
	struct reading	 received;	/* and at T4 */
	enum control_stamps stamps;	/* of both */
};

/* The request that is on its way, if any. */
struct query {
	int		 fd;		/* -1: none */
	int		 slot;		/* in this turn's pollset */
	struct request	 asked;
	struct mac_key	 key;		/* asked with; all zero: none */
	struct reading	 sent;		/* our clocks at T1 */
	struct stamp	 left;		/* the stamps of that, so far */
	struct instant	 deadline;	/* no answer after this */
	struct addr	 local;		/* our address, to notice loops */
	bool		 came_back;	/* the request, to a server of ours */
	struct exchange	 exchange;
	struct nts	*nts;		/* what is to authenticate; or NULL */
};

/* Where a request goes, and how. */
struct query_target {
	struct addr	 addr;
	struct addr	 source;	/* ADDR_NONE: the kernel chooses */
	bool		 xleave;	/* in interleaved mode if possible */
	struct ntptime	 transmit;	/* 64 random bits, not zero */
	const struct mac_key *key;	/* NULL: without */
	struct nts	*nts;		/* READY, the caller's; NULL: without */
};

enum answer_kind {
	ANSWER_FORGED,		/* what came may be anybody's */
	ANSWER_UNAUTHENTIC,	/* it fits, and may be anybody's all the same */
	ANSWER_REFUSED,		/* the server's own, but of no use */
	ANSWER_KISS,		/* a kiss-o'-death, its code in pkt.refid */
	ANSWER_GOOD
};

struct answer {
	enum answer_kind kind;
	enum reason	 reason;	/* UNAUTHENTIC, REFUSED: why; never
					   REASON_NONE */
	struct ntp_packet pkt;		/* KISS, GOOD; its fields are NULL */
	bool		 interleaved;	/* GOOD: it came in that mode */
	bool		 has_sample;	/* GOOD: there is one */
	enum control_stamps stamps;	/* of that */
	struct sample	 sample;
};

/* No request is on its way, and no exchange is known. */
void	 query_init(struct query *q);

/*
 * Send a request to *TARGET; one that is still on its way is given up.  False,
 * with errno, if it could not be sent.
 */
bool	 query_send(struct query *q, const struct query_target *target,
	    const struct clocks *clocks, struct instant now);

/* Give up the request that is on its way, if any. */
void	 query_close(struct query *q);

/*
 * A server of ours has got a request with TRANSMIT.  If that is Q's, it has
 * come back; unless there is an answer all the same, it was sent to ourselves.
 */
void	 query_came_back(struct query *q, struct ntptime transmit);

/* Is the answer overdue? */
bool	 query_is_overdue(const struct query *q, struct instant now);

/*
 * The exchange of Q's request, whose answer we saw at R and which CAME with
 * these stamps.  Both of its ends are stamped by the same: what a card saves of
 * one alone would be an error of the offset, by half.  query_stamps.c.
 */
struct exchange query_exchange(const struct query *q,
	    const struct clocks *clocks, const struct reading *r,
	    const struct stamp *came);

/* Forget the last exchange: the next answer cannot complete it. */
void	 query_forget(struct query *q);

/*
 * Take the next packet that has come.  False if there is none, or no request
 * is on its way.  After a kiss or a good answer nothing more is waited for.
 * PRECISION is our own clock's, log2 s.  OWN are the reference ids of this
 * machine for those that ask it by IPv6, NULL if nobody can ask it.
 */
bool	 query_receive(struct query *q, const struct clocks *clocks,
	    int8_t precision, const struct own_refids *own,
	    struct answer *answer);

#endif
