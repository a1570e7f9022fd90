/*
 * One time source: its recent samples, and what they tell of the path to it.
 * Pure; knows nothing of addresses.
 */
#ifndef NTPD_SYNC_SOURCE_H
#define NTPD_SYNC_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "ntpd/sync/delays.h"
#include "ntpd/sync/filter.h"
#include "ntpd/sync/sample.h"

#define SOURCE_SAMPLES	16	/* kept for comparing sources */

struct source {
	bool		 used;
	unsigned	 weight;	/* 1 to 10 */
	struct sample	 samples[SOURCE_SAMPLES];	/* a ring */
	size_t		 nsamples;
	size_t		 newest;
	struct delays	 delays;
	unsigned	 surprises;	/* in a row, against prediction */
	size_t		 waiting;	/* of the newest samples: in doubt */
	bool		 believed;	/* when the first of them came */
	double		 fitted;	/* s, when the last that is none came */
};

/* A source of WEIGHT with no samples. */
void		 source_init(struct source *source, unsigned weight);

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
bool		 source_combine(struct source *source, const struct estimate *e);

/* Forget all samples but the newest KEEP; the path stays known. */
void		 source_forget(struct source *source, size_t keep);

/*
 * Forget the COUNT samples before the newest, or all there are: they were
 * wrong.  None waits any more.
 */
void		 source_drop(struct source *source, size_t count);

/* SOURCE as it was before those samples that wait, but that the path is. */
struct source	 source_settled(const struct source *source);

/* Sample number I, 0 the newest, i < nsamples. */
const struct sample *source_sample(const struct source *source, size_t i);

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
 * The source's opinion about now: the weighted mean of the recent samples'
 * offsets against a prediction that was OFFSET at oscillator time NOW and
 * changes by FREQUENCY s/s.  Returns s; *VARIANCE (s^2) is its variance by
 * the samples' own, *JITTER (s) the scatter of the samples.
 */
double		 source_mean(const struct source *source, double now,
		    double offset, double frequency, double *variance,
		    double *jitter);

/*
 * Half the width (s) of the interval that holds true time for certain, around
 * source_mean(): half the round trip to the root, and all dispersions, grown
 * by DRIFT s/s since the newest sample (RFC 5905 11.2, "root distance").
 */
double		 source_distance(const struct source *source, double now,
		    double drift);

/* The age of the oldest sample at NOW, s. */
double		 source_span(const struct source *source, double now);

#endif
