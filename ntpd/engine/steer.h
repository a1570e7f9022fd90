/*
 * From the estimate to what the clock is to do, and to what is served and
 * reported.  Returns what it wants done; sends nothing.
 */
#ifndef NTPD_STEER_H
#define NTPD_STEER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/control.h"
#include "common/log.h"
#include "common/rfc5905.h"
#include "ntpd/engine/association.h"
#include "ntpd/engine/associations.h"
#include "ntpd/engine/clocks.h"
#include "ntpd/payloads.h"
#include "ntpd/sync/confirm.h"
#include "ntpd/sync/discipline.h"
#include "ntpd/sync/sync.h"

/* What a clock may be off by when it is called synchronized first, s. */
#define STEER_BEGUN_OFFSET	1e-3

/* The system peer, or the last one while the clock coasts. */
struct system_peer {
	bool		 known;
	struct addr	 addr;
	char		 name[CONFIG_NAME_LEN];	/* as configured */
	struct ntp_packet last;		/* its last answer */
	double		 delay;		/* s, of that */
};

struct steer {
	struct discipline discipline;
	bool		 read_only;	/* -x: nothing is ever corrected */
	bool		 proven;	/* the clock was right since the start,
					   or since it jumped */
	bool		 disrupted;	/* the hypervisor has said so, and it
					   was not right since */
	struct confirm	 confirm;	/* of a large offset */
	bool		 over_limit;	/* logged: it is larger than any step */
	bool		 unknown;	/* logged: the oscillator's frequency */
	bool		 asked;		/* for a new start, for this offset */
	double		 asked_at;	/* s, oscillator time of that */
	struct system_peer peer;
	bool		 stepping;	/* a step is asked for */
	bool		 synchronized;	/* logged */
	bool		 no_majority;	/* logged */
	bool		 doubted;	/* logged */
	bool		 changed;	/* the clock has, to be logged */
	bool		 returned;	/* ... back from a large offset */
	double		 offset;	/* s, by the last plan */
	uint8_t		 leap;		/* enum ntp_leap, by the last vote */
	bool		 follows_smear;	/* of the servers: no leap second */
	bool		 slews_leap;	/* the clock is off by that, no more */
	int64_t		 leap_end;	/* s since 1970, of the day then */
	struct leap_plan plan;		/* by the list */
	unsigned	 changes_seen;	/* of sync.changes */
	unsigned	 restarts_seen;	/* of sync.restarts */
	bool		 coasting;	/* logged */
	enum sync_state	 state;		/* logged, with -v */
	struct log_limit log;		/* of lines about the clock's state */
};

/* What is served and reported: valid for now. */
struct system {
	bool		 synchronized;	/* to real servers */
	enum control_local local;
	uint8_t		 leap, stratum, refid[4];
	double		 offset;	/* s, true - clock */
	double		 error;		/* s, standard error of it */
	double		 likely;	/* s, |clock - true| is below it in 99 %
					   of the time */
	double		 certain;	/* s, ... unless a majority lies */
	double		 root_delay;	/* s */
	double		 root_dispersion; /* s */
	double		 dispersion_rate; /* s/s */
};

/* What the clock will do until it is looked at again. */
struct steer_course {
	double		 frequency;	/* s/s, it is corrected by */
	double		 to_slew;	/* s, on top of that, until it ends */
};

/* What decides on a correction, beside the estimate. */
struct steer_terms {
	const struct clock_state *clock; /* how far the parent would step */
	double		 threshold;	/* s, the least step */
	bool		 provisional;	/* no frequency for the drift file */
};

/* What the parent is asked for. */
struct orders {
	struct clock_frequency frequency;
	bool		 new_start;	/* ask for one first */
	struct clock_new_start pause;
	bool		 step;		/* else slew */
	struct clock_step by;
	struct clock_slew slew;
};

/* PEER is the system peer now.  NAME is as configured. */
void	 steer_remember(struct steer *s, const struct association *peer,
	    const char *name);

/*
 * Log it when the servers ALL begin to have no majority, and count their votes
 * on a leap second.  FOLLOWING: an orphan is followed for lack of servers.
 */
void	 steer_vote(struct steer *s, const struct sync *sync,
	    const struct association all[MAX_ASSOCIATIONS],
	    const struct reading *r, bool following);

/*
 * Take note of it if most servers have seen the clock change since the last
 * call; and log it if the estimate had to begin anew.
 */
void	 steer_notice_change(struct steer *s, const struct sync *sync,
	    const struct reading *r);

/*
 * Log what has changed: steer_notice_change() saw a change, servers put the
 * clock in doubt, or it coasts; and when that is over.  s->log limits that.  To
 * be called after steer_plan(), which logs what is done about large offsets.
 */
void	 steer_log_state(struct steer *s, const struct sync *sync,
	    const struct association all[MAX_ASSOCIATIONS],
	    const struct reading *r, struct instant now);

/* What steer_vote() logs. */
void	 steer_log_majority(struct steer *s, const struct sync *sync,
	    const struct association all[MAX_ASSOCIATIONS],
	    const struct reading *r, bool following);

/*
 * What the clock is to do, by the estimate of SYNC at R and TERMS.
 *
 * Before the clock was right for the first time any offset is corrected at
 * once.  After that a large one must be confirmed (confirm.h); what is larger
 * than the step limit is left alone, and this is logged.
 */
struct orders steer_plan(struct steer *s, const struct sync *sync,
	    const struct reading *r, const struct steer_terms *terms);

/* The clock jumped: forget what was begun about its offset. */
void	 steer_jumped(struct steer *s);

/* Others are believed from now on: forget the last system peer, too. */
void	 steer_forget(struct steer *s);

/*
 * Is there a majority that can synchronize the clock, even if it has not yet?
 */
bool	 steer_has_majority(const struct steer *s, const struct sync *sync,
	    const struct association all[MAX_ASSOCIATIONS]);

/*
 * How good the clock is by the servers that are believed, orphans included, at
 * R; what is certain then is so while it follows COURSE, too.
 */
struct system steer_believed(const struct steer *s, const struct sync *sync,
	    const struct association all[MAX_ASSOCIATIONS],
	    const struct reading *r, const struct steer_course *course);

/* Log it when *S becomes synchronized or no longer is, and why. */
void	 steer_log(struct steer *st, const struct system *s,
	    const struct sync *sync);

/* *SYSTEM as the servers are told of it. */
struct snapshot steer_snapshot(const struct system *system,
	    const struct reading *r, int8_t precision);

/*
 * steer_leap.c: count the votes of the servers that are believed on a leap
 * second, at R; while none is, it stays as it was.
 */
void		 steer_vote_on_leap(struct steer *s, const struct sync *sync,
		    const struct association all[MAX_ASSOCIATIONS],
		    const struct reading *r);

/* How the day ends that R is in, enum ntp_leap: by the list or by that vote. */
uint8_t		 steer_announced_leap(const struct steer *st,
		    const struct reading *r);

/*
 * The leap second that the clock is to be slewed by when it has passed: by the
 * list, or else by the last vote.  None if it is the kernel's.
 */
struct leap_due	 steer_leap_due(const struct steer *st);

/* It has passed: the clock is slewed and not stepped until it is right. */
void		 steer_slew_leap(struct steer *st);

/* If clients are not to notice leap seconds: tell the servers by *SNAP. */
void		 steer_smear(const struct steer *st, struct snapshot *snap);

/* *S as the parent is told of it. */
struct clock_quality steer_quality(const struct steer *st,
	    const struct system *s);

#endif
