/*
 * The biases of the sources in a model of the filter: a path that takes longer
 * one way than the other.  filter_allow(), filter_leave(), filter_reject() and
 * filter_bias_error() are here, too.  Internal to the filter.
 */
#ifndef NTPD_SYNC_BIAS_H
#define NTPD_SYNC_BIAS_H

#include "ntpd/sync/filter.h"

/* Nobody is impossible: the least weight of a model. */
#define WEIGHT_LEAST	1e-300

/* The states: offset, frequency, then the bias of source i at BIAS + i. */
enum { OFFSET, FREQUENCY, BIAS };

/* Make state S of M independent of the rest, with variance V. */
void	 bias_isolate(struct model *m, size_t s, double v);

/* F has as many states as there are up to the last source that takes part. */
void	 bias_count(struct filter *f);

/* Variance of the bias of a path of DELAY s of which nothing else is known. */
double	 bias_new(const struct model *m, double delay);

/* Variance of source I's bias, as long as nothing is known of it. */
double	 bias_variance(const struct filter *f, const struct model *m,
	    size_t i);

/*
 * All sources say that the offset of M is wrong by more than they can be: what
 * taught it was wrong and is gone, or counted twice.  Then it is forgotten.
 */
void	 bias_forget_impossible(const struct filter *f, struct model *m);

#endif
