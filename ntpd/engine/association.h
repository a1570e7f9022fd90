/*
 * An association: one server that is asked, or a reference clock of this
 * machine (sensors.h), and what is known of it.  Its number is also that of its
 * source in sync/.
 */
#ifndef NTPD_ASSOCIATION_H
#define NTPD_ASSOCIATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/instant.h"
#include "common/ntp.h"
#include "common/reason.h"
#include "ntpd/config_shared.h"
#include "ntpd/engine/query.h"
#include "ntpd/engine/schedule.h"
#include "ntpd/sync/sync.h"

#define MAX_ASSOCIATIONS	SYNC_SOURCES

struct association {
	bool		 used;
	size_t		 host;		/* number of its statement */
	enum auth	 auth;		/* as that says */
	bool		 barred;	/* no part in the time: trust.h */
	enum reason	 apart;		/* likewise, as long as it or the others
					   smear a leap second; or NONE */
	struct addr	 addr;
	char		 name[CONFIG_NAME_LEN]; /* for the log: its address, or
					   with an interface as configured */
	struct schedule	 schedule;
	struct query	 query;
	struct nts	 nts;		/* AUTH_NTS */
	uint8_t		 reach;		/* last eight requests, newest lowest:
					   an answer that can be used came */
	uint8_t		 heard_of;	/* likewise: any answer of its own */
	bool		 interleaved;	/* the last answer was */
	enum control_stamps stamps;	/* of its last sample */
	struct ntp_packet last;		/* that passed the tests; fields NULL */
	unsigned	 heard;		/* answers since a quick start began */
	enum reason	 refused;	/* why answers were, of late */
	bool		 refused_now;	/* that to the last request was */
	unsigned	 refusals;	/* in a row */
	unsigned	 unready;	/* likewise, kisses such as "INIT" */
	unsigned	 accepted;	/* good answers since the last one */
	enum reason	 fault;		/* of the last unauthentic answer */
	bool		 faulty_now;	/* there was one to the last request */
	unsigned	 faults;	/* requests with one, of late */
	unsigned	 authentic;	/* good answers since the last one */
	uint32_t	 unauthentic;	/* such answers */
	bool		 was_faulty;	/* logged as not authentic */
	bool		 answered;	/* last and answered_at are set */
	struct instant	 answered_at;
	double		 delay;		/* s, of the last answer */
	uint32_t	 sent, received, rejected;
	bool		 was_false;	/* logged as falseticker */
	bool		 was_unreachable; /* its samples do not count: it is
					   silent, or as below */
	bool		 was_silent;	/* logged as silent */
	bool		 was_self;	/* logged as this machine itself */
	bool		 was_refused;	/* logged as of no use */
	bool		 was_kissed;	/* the last answer: ask less often */
	bool		 was_keyless;	/* logged: no NTS keys are agreed on */
	bool		 was_unsendable; /* the last request could not leave */
	int		 error;		/* errno of that; ENODEV: it has no
					   interface */
};

/* All of them, in an array of MAX_ASSOCIATIONS, and what plans are made of. */
struct planning {
	struct association *all;
	const struct sync *sync;
	double		 at;		/* s, oscillator time of NOW */
	struct instant	 now;
	bool		 waiting;	/* the first decision is put off */
};

/* Begin to ask ADDR for statement number HOST, which is *CONF, in slot A. */
void	 association_start(struct association *a, size_t host,
	    const struct config_server *conf, const struct addr *addr,
	    struct instant now);

/* Ask it no more; the slot is free. */
void	 association_stop(struct association *a);

/* Does the server deny itself? */
bool	 association_is_denied(const struct association *a);

/* Is it in a quick start? */
bool	 association_is_starting(const struct association *a);

/* Must keys be agreed on before it can be asked? */
bool	 association_lacks_keys(struct association *a, struct instant now);

/*
 * An exchange with A's server gave no keys because of WHY, which is logged when
 * it begins.  It counts as a request without an answer.
 */
void	 association_got_no_keys(const struct planning *p,
	    struct association *a, enum nts_outcome outcome, const char *why);

/* The keys of A are there: ask it. */
void	 association_got_keys(struct association *a, struct instant now);

/* Is it not heard yet, or not often enough for a vote? */
bool	 association_is_quiet(const struct association *a);

/* Is it this machine itself? */
bool	 association_is_self(const struct association *a);

/*
 * Send the request of A that is due and plan the next one.  An answer that is
 * still to come is waited for first.  TRANSMIT is the request's timestamp.
 * True if requests can leave again that could not before.
 */
bool	 association_ask(const struct planning *p, struct association *a,
	    const struct config_server *conf, const struct clocks *clocks,
	    struct ntptime transmit);

/* Is it a reference clock of this machine, which is not asked? */
bool	 association_is_sensor(const struct association *a);

/* It is A's turn, a sensor's: plan the next one. */
void	 association_look(const struct planning *p, struct association *a);

/*
 * A is this machine itself, WHY: its address is ours (SCHEDULE_IS_OURS), or
 * requests come back (SCHEDULE_CAME_BACK).  True, and logged, if that is news.
 */
bool	 association_found_self(const struct planning *p,
	    struct association *a, enum schedule_reason why);

/* A was this machine itself and is not any more: ask it.  Logged. */
void	 association_found_other(struct association *a, struct instant now);

/* Plan A's next request anew, because of WHY. */
void	 association_plan(const struct planning *p, struct association *a,
	    enum schedule_reason why);

/* A new quick start, after a restart or a silence. */
void	 association_quicken(struct association *a, struct instant now);

/* Ask A again at once, a few times: it may have news. */
void	 association_hurry(struct association *a, struct instant now);

/*
 * Has A become silent: has it not answered for so long that its samples must
 * not count any more?  That is sooner if another server is OPPOSED, as a server
 * that does not answer must not outvote it.  True once for each silence.  This
 * is logged, unless the log has already said why no answer can come.
 */
bool	 association_fell_silent(struct association *a, bool opposed,
	    struct instant now);

/*
 * An answer of A's server cannot be used because of REASON.  Logs it when that
 * begins, after a few in a row.
 */
void	 association_refused(struct association *a, enum reason reason);

/* A's server says that it has no time yet.  Logged likewise. */
void	 association_unready(struct association *a);

/*
 * An answer to A's request is not authentic because of REASON.  It is counted,
 * and said if it goes on, but anybody may have sent it: nothing else changes.
 */
void	 association_unauthentic(struct association *a, enum reason reason);

/* Were several answers of A refused in a row? */
bool	 association_is_refused(const struct association *a);

/*
 * A good answer of A came; its server's STRATUM may still be of no use.  Logs
 * it when answers are authentic again, or of use.
 */
void	 association_accepted(struct association *a, unsigned stratum);

/* Why A cannot be used at present, if it cannot. */
enum reason association_reason(const struct association *a);

/*
 * Remember the good ANSWER of A.  True if A was silent before, for long, which
 * is logged, or since its quick start began: the network may be back.
 */
bool	 association_answered(const struct planning *p, struct association *a,
	    const struct answer *answer);

/*
 * A's quick start ends if it has done what it is for: A takes part in the
 * estimate, and the frequency is known.
 */
void	 association_settle(const struct planning *p, struct association *a);

enum kiss {
	KISS_UNKNOWN,		/* "INIT" and the like: not synchronized */
	KISS_RATE,		/* ask less often */
	KISS_DENY		/* ask no more */
};

/* A's server sent a kiss with CODE (four characters).  Changes the plan. */
enum kiss association_kissed(const struct planning *p, struct association *a,
	    const uint8_t code[4]);

/*
 * A majority has judged A: TALLY, and A's time minus the estimate is OFFSET s.
 * Logs it when A is false now and was not, or the other way round.  True if A
 * has become false.
 */
bool	 association_judged(struct association *a, enum tally tally,
	    double offset);

#endif
