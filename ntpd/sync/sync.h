/*
 * The synchronizer: all time sources together.  The engine gives it samples
 * and asks it what the time is, whom it believes, and when to ask again.
 * Pure: oscillator time comes in as an argument.
 */
#ifndef NTPD_SYNC_SYNC_H
#define NTPD_SYNC_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ntpd/sync/filter.h"
#include "ntpd/sync/sample.h"
#include "ntpd/sync/select.h"
#include "ntpd/sync/source.h"

#define SYNC_SOURCES	FILTER_SOURCES

/* Who is further from the root is no source of time, s (RFC 5905: MAXDIST). */
#define SYNC_MAX_DISTANCE	1.5

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
};

struct sync {
	struct source	 sources[SYNC_SOURCES];
	struct verdict	 verdicts[SYNC_SOURCES];
	struct filter	 filter;
	double		 frequency;	/* s/s, known before the first sample */
	double		 frequency_error;
	bool		 agreed;	/* a majority agrees */
	size_t		 truechimers;
	size_t		 system_peer;	/* SYNC_SOURCES: none */
	double		 updated;	/* s, oscillator time of it */
	unsigned	 changes;	/* of the clock that all sources saw */
};

/* Nothing known but FREQUENCY, s/s, with standard error FREQUENCY_ERROR. */
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
 * The clock jumped or the machine slept: everything but the frequency is to
 * be learned anew.
 */
void		 sync_restart(struct sync *sync);

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
 * answers: as long as there are any, nothing is decided by a few.  True if
 * the estimate was updated.
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

/*
 * The estimate for oscillator time NOW.  Its round is the mean interval of the
 * samples kept of those who take part in it, or 0 if nobody does.
 */
struct estimate	 sync_estimate(const struct sync *sync, double now);

/*
 * |true time - estimate| is below this at NOW, s, 99 % of the time at least.
 */
double		 sync_bound(const struct sync *sync, double now);

/*
 * Was source I's last sample a surprise that one or two more can settle?  Then
 * it pays to ask again soon.
 */
bool		 sync_in_doubt(const struct sync *sync, size_t i);

/*
 * Does source I have a vote at NOW: has it given samples enough, and is its
 * root distance below SYNC_MAX_DISTANCE?
 */
bool		 sync_has_vote(const struct sync *sync, size_t i, double now);

/* Does source I take part in the estimate? */
bool		 sync_takes_part(const struct sync *sync, size_t i);

/*
 * How long each source's next answer can wait at NOW, s, between LEAST and
 * MOST.
 */
double		 sync_poll(const struct sync *sync, double now, double least,
		    double most);

#endif
