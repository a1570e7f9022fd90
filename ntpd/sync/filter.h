/*
 * The estimator: what true time is, and how sure that is.
 *
 * A filter like Kalman's on the oscillator's offset and frequency and on one
 * bias for each source, in a bank: several that believe in different
 * restlessness of the oscillator, each weighted by how well it has predicted
 * the samples of late.  README explains it.
 */
#ifndef NTPD_SYNC_FILTER_H
#define NTPD_SYNC_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#define FILTER_SOURCES	32
#define FILTER_STATES	(2 + FILTER_SOURCES)
#define FILTER_WANDERS	8
#define FILTER_BIASES	3
#define FILTER_MODELS	(FILTER_WANDERS * FILTER_BIASES)

/* One member of the bank. */
struct model {
	double		 wander;	/* s/s per sqrt(s), of frequency */
	double		 asymmetry;	/* of paths, part of their delay */
	double		 x[FILTER_STATES];	/* offset, frequency, biases */
	double		 p[FILTER_STATES][FILTER_STATES]; /* their covariance */
	double		 weight;	/* in the bank, 0 to 1 */
};

/* How many of a source's samples waited alike in both directions. */
struct even {
	double		 share;		/* 0 to 1 */
	double		 samples;	/* that this is the mean of */
};

struct filter {
	bool		 started;
	double		 began;		/* s, oscillator time of the start */
	double		 when;		/* s, oscillator time of the states */
	double		 updates;	/* samples since the start */
	size_t		 states;	/* of the models; the others are 0 */
	bool		 active[FILTER_SOURCES];
	double		 delay[FILTER_SOURCES];	/* s, of the path */
	struct even	 even[FILTER_SOURCES];
	struct model	 models[FILTER_MODELS];
};

struct estimate {
	double		 offset;	/* s, true - oscillator time */
	double		 frequency;	/* s/s, its change */
	double		 offset_error;	/* s, standard error */
	double		 frequency_error; /* s/s, standard error */
	double		 age;		/* s, that the frequency's error has
					   added up in the offset's */
	double		 wander;	/* s/s per sqrt(s), the bank's mean */
};

/*
 * What a sample says of the offset: that it is within HALF of OFFSET - near the
 * middle, if the source's samples are of that kind, else anywhere - with a
 * normal error of VARIANCE on top.
 */
struct observation {
	double		 offset;	/* s */
	double		 half;		/* s, >= 0 */
	double		 variance;	/* s^2, > 0 */
};

/* Begin at oscillator time WHEN with offset, frequency and errors of KNOWN. */
void		 filter_start(struct filter *f, double when,
		    const struct estimate *known);

/*
 * Let source I, DELAY s away, take part; calling it again with another delay
 * is allowed.
 */
void		 filter_join(struct filter *f, size_t i, double delay);

/*
 * Source I, which has just joined, is OFF s from what was predicted, and that
 * is more than was probable.  It is its bias or that of all others, in
 * proportion to what these may be.
 */
void		 filter_allow(struct filter *f, size_t i, double off);

/*
 * Forget source I, which takes part, and what it has said of the offset, as it
 * was wrong: as if only those that remain had been heard.
 */
void		 filter_reject(struct filter *f, size_t i);

/* Forget source I, not what was learned from it. */
void		 filter_leave(struct filter *f, size_t i);

/*
 * Bring the states to oscillator time WHEN; an earlier one is left alone.  The
 * longer it is until then, the more probable it is that the oscillator becomes
 * as restless as any.
 */
void		 filter_predict(struct filter *f, double when);

/*
 * How far prediction is outside of what source I says now (O), in standard
 * errors; 0: it is inside.  Of a source that takes no part yet, the path's
 * asymmetry may be anything that a path of DELAY (s) can have.
 */
double		 filter_surprise(const struct filter *f, size_t i,
		    const struct observation *o, double delay);

/*
 * Can the estimate be true?  It is finite, and neither offset nor frequency is
 * beyond what a clock can have.  If not, the filter must be started anew.
 */
bool		 filter_is_possible(const struct filter *f);

/* Learn from that. */
void		 filter_update(struct filter *f, size_t i,
		    const struct observation *o);

/*
 * The standard error of the mean of the biases, s, which no sample tells; 0 if
 * nobody takes part.
 */
double		 filter_bias_error(const struct filter *f);

/*
 * What is believed about WHEN, at or after the filter's time, if the oscillator
 * is as restless as it was.
 */
struct estimate	 filter_estimate(const struct filter *f, double when);

#endif
