/*
 * The synchronizer: all time sources together.  The engine gives it samples
 * and asks it what the time is, which it believes, and when to ask again.
 * Pure: oscillator time comes in as an argument.
 */
#ifndef NTPD_SYNC_SYNC_H
#define NTPD_SYNC_SYNC_H

#include <stdbool.h>
#include <stddef.h>

#include "common/rfc5905.h"
#include "ntpd/sync/filter.h"
#include "ntpd/sync/sample.h"
#include "ntpd/sync/select.h"
#include "ntpd/sync/source.h"

#define SYNC_SOURCES	FILTER_SOURCES

/*
 * A server whose root distance is this or more has no vote, s.  Windows'
 * servers state a root dispersion of seconds; this is what chronyd takes.
 */
#define SYNC_MAX_DISTANCE	3.0

/*
 * The worst drift that the certain bound allows for if nobody says otherwise,
 * s/s.  The oscillator's frequency is known far better than that, but need not
 * stay.
 */
#define SYNC_WORST_DRIFT	PHI

enum tally {
	UNUSABLE,
	FALSETICKER,
	OUTLIER,
	COMBINED,
	SYSTEM_PEER
};

/* What the selection says of a source. */
struct verdict {
	enum tally	 tally;
	double		 offset;	/* s, source - estimate */
	double		 error;		/* s, standard error of that */
	double		 jitter;	/* s, scatter of its samples */
	double		 distance;	/* s, true time is so near to what it
					   says, as it says; if usable */
};

/*
 *  state           what is true                    ends when
 *  STARTING        there is no estimate            a majority of those that
 *                                                  answer agrees: FOLLOWING
 *  FOLLOWING       a majority agrees with the      one of them surprises: IN
 *                  prediction                      DOUBT; it is lost: COASTING
 *  IN_DOUBT        a majority agrees, but one of   it fits again, is outvoted:
 *                  it has said something else,     FOLLOWING; most insist:
 *                  and the others were not all     BEGINNING_AGAIN; two more
 *                  heard since                     answers of it and one of
 *                                                  each other at most
 *  COASTING        nobody answers, or no majority  a majority agrees with the
 *                  agrees: the prediction goes on  prediction: FOLLOWING; or
 *                                                  against it: BEGINNING_AGAIN,
 *                                                  after three answers
 *  BEGINNING_AGAIN most insisted that our clock    SYNC_SETTLED more samples
 *                  has changed: the estimate is    were learned: FOLLOWING;
 *                  made of their last samples      one surprises: IN DOUBT,
 *                                                  and then here again
 *
 * Whatever comes: when no majority is left, COASTING; when the estimate is one
 * that cannot be true, or the clock was set, STARTING.
 */
enum sync_state {
	SYNC_STARTING,
	SYNC_FOLLOWING,
	SYNC_IN_DOUBT,
	SYNC_COASTING,
	SYNC_BEGINNING_AGAIN
};

/* Samples until an estimate that was begun again is one like any other. */
#define SYNC_SETTLED	8

struct sync {
	struct source	 sources[SYNC_SOURCES];
	struct verdict	 verdicts[SYNC_SOURCES];
	struct filter	 filter;
	enum sync_state	 state;
	double		 calm;		/* s, when it was last not in doubt */
	unsigned	 unsettled;	/* samples that BEGINNING_AGAIN lasts */
	double		 max_drift;	/* s/s, worst one of the oscillator */
	double		 pace;		/* s/s, it may be off by in doubt */
	double		 frequency;	/* s/s, known before the first sample */
	double		 frequency_error;
	bool		 agreed;	/* a majority agrees with prediction */
	size_t		 truechimers;
	double		 conflict;	/* s, select_conflict() */
	size_t		 system_peer;	/* SYNC_SOURCES: none */
	double		 updated;	/* s, oscillator time of it */
	unsigned	 changes;	/* of the clock that all sources saw */
	unsigned	 restarts;	/* as an estimate could not be true */
	double		 low, high;	/* s, certain bounds of offset ... */
	double		 certain_at;	/* ... at that time */
	bool		 certain;	/* they are known */
	bool		 outdated;	/* ... and our clock changed since */
	bool		 measured;	/* the frequency is, by the samples */
};

/*
 * Nothing known but FREQUENCY, s/s, with standard error FREQUENCY_ERROR.  The
 * caller may change max_drift afterwards, and at any time.
 */
void		 sync_init(struct sync *sync, double frequency,
		    double frequency_error);

/* Source I is a new one, of WEIGHT 1 to 10. */
void		 sync_add(struct sync *sync, size_t i, unsigned weight);

/* Remove source I, with all it said. */
void		 sync_remove(struct sync *sync, size_t i);

/*
 * Source I does not answer any more: it has no vote until it does.  What is
 * known of its path is kept.
 */
void		 sync_silence(struct sync *sync, size_t i);

/*
 * Source I did not answer a request.  What it said before counts, until
 * sync_silence(), but not against one that answers and says something new.
 */
void		 sync_unanswered(struct sync *sync, size_t i);

/*
 * The clock jumped or the machine slept: everything but the frequency is to
 * be learned anew.
 */
void		 sync_restart(struct sync *sync);

/*
 * The same, and the oscillator may be another one now: the frequency is known
 * to 100 ppm at best.
 */
void		 sync_disrupt(struct sync *sync);

/*
 * Forget the estimate, but not what the sources said: of those that are
 * silenced nothing is left.  FREQUENCY and its error are as in sync_init().
 */
void		 sync_begin_again(struct sync *sync, double frequency,
		    double frequency_error);

/*
 * There is no estimate: make one of what the sources have said so far, as if
 * the newest sample of source I, which has one, had just come.  False if no
 * majority agrees.
 */
bool		 sync_begin_with(struct sync *sync, size_t i);

/*
 * Take a sample of source I.  EXPECTED sources are still to give their first
 * answers: as long as there are any, nothing is decided by a few.  A sample
 * that is impossible (sample_is_possible()) is ignored.  True if the estimate
 * was updated.
 */
bool		 sync_sample(struct sync *sync, size_t i,
		    const struct sample *sample, size_t expected);

/*
 * True minus oscillator time at NOW (s) as source I has it: its newest
 * sample, carried on by the frequency that is believed.
 */
double		 sync_source_offset(const struct sync *sync, size_t i,
		    double now);

/* Is there an estimate? */
bool		 sync_ready(const struct sync *sync);

/* The estimate for oscillator time NOW. */
struct estimate	 sync_estimate(const struct sync *sync, double now);

/*
 * The likely bound: |true time - estimate| is below this at NOW, s, 99 % of
 * the time at least.  While in doubt or coasting it grows by max_drift or
 * more.
 */
double		 sync_bound(const struct sync *sync, double now);

/*
 * The certain bound: true - oscillator time is between *LOW and *HIGH (s) at
 * NOW, if a majority of those that answer tells the truth and the oscillator
 * drifts no faster from what is believed than max_drift.  It is made of
 * round trips by our own clock and of what the servers say of themselves.
 * False: nothing is certain yet.
 */
bool		 sync_certain(const struct sync *sync, double now, double *low,
		    double *high);

/*
 * Has our clock changed, or is there evidence of that which is not refuted:
 * most of those that answer, but for falsetickers, say something new?  Then
 * what is certain is so only if nothing of the kind goes on.
 */
bool		 sync_is_disrupted(const struct sync *sync);

/*
 * How fast true time may leave the certain bound, if that is carried on by the
 * estimate, s/s: max_drift, or more as long as the frequency is not known.
 */
double		 sync_drift(const struct sync *sync, double now);

/*
 * Has source I said something new that is not settled yet, by one or two more
 * of its samples or by those of the others?  Then it pays to ask again soon,
 * all that have a vote.  It does not for a source that a majority does not use.
 */
bool		 sync_in_doubt(const struct sync *sync, size_t i);

/*
 * Can source I help to settle what another one has said?  It is used, or there
 * is no majority and it has said something.
 */
bool		 sync_can_settle(const struct sync *sync, size_t i);

/*
 * Does source I say something else than the prediction, and is it not believed
 * for that?  Then those that speak against it must be heard.
 */
bool		 sync_is_opposed(const struct sync *sync, size_t i);

/*
 * Does source I have a vote at NOW: has it given samples enough, and is its
 * root distance below SYNC_MAX_DISTANCE?
 */
bool		 sync_has_vote(const struct sync *sync, size_t i, double now);

/* Does source I take part in the estimate? */
bool		 sync_takes_part(const struct sync *sync, size_t i);

/*
 * How long each source's next answer can wait at NOW, s, between LEAST and
 * MOST.  While in doubt or coasting it is LEAST, and a few times that if it
 * goes on for long.
 */
double		 sync_poll(const struct sync *sync, double now, double least,
		    double most);

/*
 * The most (s) that source I's next answer may wait, given MOST: less if the
 * server is near, by a round trip below a millisecond, or if its route may have
 * become longer.
 */
double		 sync_longest(const struct sync *sync, size_t i, double most);

/* "in doubt": for the log and for ntpctl. */
const char	*sync_state_name(enum sync_state state);

#endif
