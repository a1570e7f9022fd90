/*
 * The local clock as a last resort: when it is served, and, among orphans,
 * whose clock is followed.
 */
#ifndef NTPD_ORPHAN_H
#define NTPD_ORPHAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/instant.h"
#include "common/log.h"
#include "common/ntp.h"
#include "ntpd/engine/association.h"
#include "ntpd/engine/associations.h"
#include "ntpd/engine/steer.h"
#include "ntpd/payloads.h"
#include "ntpd/sync/sync.h"

struct orphan {
	uint8_t		 stratum;	/* of the local statement; 0: none */
	bool		 agrees;	/* agree on one clock with others */
	bool		 serving;	/* there was nothing better of late */
	size_t		 leader;	/* that is followed; ORPHAN_NOBODY */
	double		 frequency;	/* s/s, known before that */
	double		 frequency_error; /* s/s, standard error of it */
	struct instant	 patience;	/* so long are names waited for */
	struct log_limit log;
};

#define ORPHAN_NOBODY	MAX_ASSOCIATIONS

/* What decides whether the local clock is all there is. */
struct orphan_view {
	bool		 synchronized;	/* to anybody */
	bool		 majority;	/* believed, and could synchronize us */
	bool		 expected;	/* a server may be heard of soon */
};

/* Is the local clock to be used, given what O does now?  Pure. */
bool	 orphan_is_hopeless(const struct orphan *o,
	    const struct orphan_view *v);

/* A server as orphans see each other. */
struct orphan_other {
	bool		 leads;		/* answers, serves its local clock */
	uint8_t		 id[4];		/* reference id of its address */
};

/*
 * Which of the N OTHERS is to be followed by an orphan known as OWN: the one
 * with the lowest id, if it is below OWN.  N if there is none.  Pure.
 */
size_t	 orphan_leader(const uint8_t own[4], const struct orphan_other *others,
	    size_t n);

/* Nothing is served and nobody followed so far. */
void	 orphan_init(struct orphan *o);

/* There is a new *SETUP: take, and check, what it says of the local clock. */
void	 orphan_configure(struct orphan *o, const struct engine_setup *setup,
	    struct instant now);

/* Is the local clock configured, or still in use? */
bool	 orphan_is_active(const struct orphan *o);

/* When it is to be looked at again, if nothing else happens. */
struct instant orphan_deadline(const struct orphan *o, struct instant now);

/* Are names that were not looked up yet still waited for? */
bool	 orphan_is_patient(const struct orphan *o, struct instant now);

/*
 * Follow another orphan, or none, if it is time to.  SYNC, which is at AT
 * (s, oscillator time), forgets what it knows from the one before.  True if
 * the leader has changed.
 */
bool	 orphan_follow(struct orphan *o, struct sync *sync,
	    struct association all[MAX_ASSOCIATIONS], double at,
	    struct instant now);

/* Begin or end to serve the local clock.  True if that has changed. */
bool	 orphan_decide(struct orphan *o, const struct orphan_view *v,
	    struct instant now);

/*
 * May the answer PKT of association I count in the vote?  If not, the samples
 * of I are forgotten.
 */
bool	 orphan_admits(const struct orphan *o, struct sync *sync, size_t i,
	    const struct ntp_packet *pkt);

/*
 * Is PKT that of a real server, or of one that has found one, so that it should
 * be able to vote soon?  A, which is source I of SYNC, does not remember PKT
 * yet.
 */
bool	 orphan_is_relief(const struct orphan *o, const struct sync *sync,
	    size_t i, const struct association *a,
	    const struct ntp_packet *pkt);

/* Let *S, what is believed, be what is served and reported. */
void	 orphan_serve(const struct orphan *o, struct system *s);

#endif
