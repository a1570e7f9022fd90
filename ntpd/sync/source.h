/*
 * One time source: its recent samples, what they tell of the path to it, and
 * how it stands to what we predict.  Pure; knows nothing of addresses.
 */
#ifndef NTPD_SYNC_SOURCE_H
#define NTPD_SYNC_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "ntpd/sync/delays.h"
#include "ntpd/sync/doubt.h"
#include "ntpd/sync/filter.h"
#include "ntpd/sync/line.h"
#include "ntpd/sync/sample.h"

#define SOURCE_SAMPLES	16	/* kept for comparing sources */
#define SOURCE_RECENT	6	/* kept to measure the frequency by */

/* Samples that a source must have given before it votes.  Tuned: sync_test. */
#define SOURCE_FIRST	3

/* A line through fewer samples than these is not confirmed by any. */
#define SOURCE_LINE	3

struct source {
	bool		 used;
	unsigned	 weight;	/* 1 to 10 */
	struct sample	 samples[SOURCE_SAMPLES];	/* a ring */
	size_t		 nsamples;
	size_t		 newest;
	struct delays	 delays;
	enum source_state state;
	unsigned	 surprises;	/* in a row, against prediction */
	double		 since;		/* s, when the first of them came */
	bool		 turned;	/* it surprised after it had fitted */
	unsigned	 missed;	/* requests in a row without answer */
	unsigned	 fits;		/* in a row */
	size_t		 waiting;	/* of the newest samples: in doubt */
	double		 fitted;	/* s, when the last that fits came */
	struct sample	 recent[SOURCE_RECENT];	/* newest first, whatever became
						   of them; on one line */
	size_t		 nrecent;
};

/* A source of WEIGHT with no samples. */
void		 source_init(struct source *source, unsigned weight);

/* SOURCE had this event: its state becomes what the table in doubt.h says. */
void		 source_happens(struct source *source, enum source_event event);

/*
 * Add a sample; the oldest goes when there are too many.  True if its round
 * trip is below what was taken for the path's minimum: what was made of the
 * samples before it (source_observation) was wrong then.
 */
bool		 source_add(struct source *source, const struct sample *sample);

/*
 * Combine the way out of the newest sample with the way back of each before
 * it, and the other way round: if the clocks did not drift in between, these
 * are round trips, too.  By how much they did tells the estimate E of our
 * frequency; what it may err by counts.  True if the path's minimum turns out
 * to be less than what was taken for it, as in source_add().
 */
bool		 source_combine(struct source *source,
		    const struct estimate *e);

/* Forget all samples but the newest KEEP; the path stays known. */
void		 source_forget(struct source *source, size_t keep);

/*
 * Forget the COUNT samples before the newest, or all there are: they were
 * wrong.  None waits any more.
 */
void		 source_drop(struct source *source, size_t count);

/* SOURCE as it was before those samples that wait, but that the path is. */
struct source	 source_settled(const struct source *source);

/*
 * SOURCE with its newest samples only: those that speak against prediction if
 * there are any, else all.
 */
struct source	 source_story(const struct source *source);

/* Sample number I, 0 the newest, i < nsamples. */
const struct sample *source_sample(const struct source *source, size_t i);

/*
 * Does the newest sample contradict the N (at least 1) before it?  An
 * oscillator can have any frequency within 10 %, but only one: they are
 * compared on the source's own line, not on what anybody predicts.
 */
bool		 source_contradicts(const struct source *source, size_t n);

/*
 * Forget the older samples if they are not on one line with the newest: of the
 * newest half, or less, that are.  The oscillator has changed since.
 */
void		 source_straighten(struct source *source);

/*
 * Variance (s^2) of the offset of SAMPLE, by how far its round trip exceeds
 * the path's minimum.
 */
double		 source_variance(const struct source *source,
		    const struct sample *sample);

/* What SAMPLE tells the filter. */
struct observation source_observation(const struct source *source,
		    const struct sample *sample);

/*
 * The line through the samples, as differences from a prediction that was
 * OFFSET at oscillator time NOW and changes by FREQUENCY s/s.  The samples'
 * own slope against it counts as far as FREQUENCY_ERROR (s/s) allows.
 */
struct line	 source_line(const struct source *source, double now,
		    double offset, double frequency, double frequency_error);

/*
 * The line through the newest samples that contradict one another in nothing,
 * even if some of them were dropped, likewise.  False if there are fewer than
 * three: of two, each may be from another side of a change.
 */
bool		 source_recent_line(const struct source *source, double now,
		    const struct estimate *base, struct line *line);

/*
 * Let the samples be those of source_recent_line(), or the newest alone if
 * there are fewer: what they say together is not in doubt.
 */
void		 source_retell(struct source *source);

/*
 * The scatter of the samples around their own line, s, whatever the
 * oscillator's frequency is.
 */
double		 source_jitter(const struct source *source);

/*
 * How long the path is, s, once there was a sample: the least round trip of
 * those kept, by our own clock alone.  A server that says that it held a packet
 * does not look nearer for that.  What the path was before says nothing: it may
 * have become longer since.
 */
double		 source_length(const struct source *source);

/*
 * Half the width (s) of the interval that holds true time for certain, around
 * source_line(): half the round trip to the root, and all dispersions, grown
 * by DRIFT s/s since the newest sample (RFC 5905 11.2, "root distance").
 */
double		 source_distance(const struct source *source, double now,
		    double drift);

#endif
