/*
 * The biases of the sources, and their mean, which no sample tells.
 */
#include <math.h>

#include "ntpd/sync/bias.h"

/*
 * The mean of all biases is so many of its standard errors at most.  Tuned:
 * bound_test, creeping_liars.
 */
#define MEAN_ERRORS	5.0

/* Variance of a bias that is none, s^2. */
#define BIAS_LEAST	1e-30

/*
 * Two sources that share a part of their paths agree however asymmetric it is:
 * so many tell something.  Tuned: bound_test, near_and_far.
 */
#define ENOUGH		3

void
bias_isolate(struct model *m, size_t s, double v)
{
	size_t		 j;

	for (j = 0; j < FILTER_STATES; j++)
		m->p[s][j] = m->p[j][s] = 0;
	m->p[s][s] = v;
}

double
bias_new(const struct model *m, double delay)
{
	double		 bias = m->asymmetry * delay;

	return bias * bias;
}

double
bias_variance(const struct filter *f, const struct model *m, size_t i)
{
	return bias_new(m, f->delay[i]);
}

/* How much a bias counts in the mean of all: by what it may be. */
static double
bias_weight(const struct filter *f, const struct model *m, size_t i)
{
	return f->active[i] ? 1 / fmax(BIAS_LEAST, bias_variance(f, m, i)) : 0;
}

static double
bias_weights(const struct filter *f, const struct model *m)
{
	double		 sum = 0;
	size_t		 i;

	for (i = 0; i < FILTER_SOURCES; i++)
		sum += bias_weight(f, m, i);
	return sum;
}

/* The mean of the biases, s; SUM is that of their weights. */
static double
mean_bias(const struct filter *f, const struct model *m, double sum)
{
	double		 mean = 0;
	size_t		 i;

	for (i = 0; i < FILTER_SOURCES; i++)
		mean += m->x[BIAS + i] * bias_weight(f, m, i) / sum;
	return mean;
}

/*
 * Let the offset be off by the variance V, and the biases of all but source
 * EXCEPT by as much to the other side: what their samples say is the same.
 */
static void
doubt_offset(const struct filter *f, struct model *m, size_t except, double v)
{
	double		 d[FILTER_STATES] = { [OFFSET] = 1 };
	size_t		 i, j;

	for (i = 0; i < FILTER_SOURCES; i++)
		d[BIAS + i] = f->active[i] && i != except ? -1 : 0;
	for (i = 0; i < FILTER_STATES; i++)
		for (j = 0; j < FILTER_STATES; j++)
			m->p[i][j] += v * d[i] * d[j];
}

/*
 * In the long run each source's offset + bias is known, as its samples tell it.
 * How much of it is bias is known by nothing but that they are small: so their
 * mean is zero, with a variance of one by the sum of their weights.  Where it
 * is not, the offset becomes what the sources say, and their biases give way.
 * V is the variance that is added.
 */
static void
level(const struct filter *f, struct model *m, double v)
{
	double		 mean = mean_bias(f, m, bias_weights(f, m));
	size_t		 i;

	m->x[OFFSET] += mean;
	for (i = 0; i < FILTER_SOURCES; i++)
		if (f->active[i])
			m->x[BIAS + i] -= mean;
	doubt_offset(f, m, FILTER_SOURCES, v);
}

void
bias_count(struct filter *f)
{
	f->states = FILTER_STATES;
	while (f->states > BIAS && !f->active[f->states - 1 - BIAS])
		f->states--;
}

void
filter_leave(struct filter *f, size_t i)
{
	size_t		 k;

	f->active[i] = false;
	for (k = 0; k < FILTER_MODELS; k++) {
		f->models[k].x[BIAS + i] = 0;
		bias_isolate(&f->models[k], BIAS + i, 0);
	}
	bias_count(f);
}

/* What is known of offset + bias of source I, s and s^2, by the whole bank. */
static double
known_sum(const struct filter *f, size_t i, double *variance)
{
	const struct model *m;
	size_t		 b = BIAS + i;
	double		 sum = 0, square = 0, x, all = 0;

	for (m = f->models; m < f->models + FILTER_MODELS; m++) {
		x = m->x[OFFSET] + m->x[b];
		all += m->weight;
		sum += m->weight * x;
		square += m->weight * (m->p[OFFSET][OFFSET] +
		    2 * m->p[OFFSET][b] + m->p[b][b]);
	}
	*variance = fmax(0, square / all);
	return sum / all;
}

/*
 * The logarithm of how likely the sources' biases are by model M, whatever the
 * offset is: they are normal, and their mean is the offset's.
 */
static double
biases_likelihood(const struct filter *f, const struct model *m)
{
	double		 sum = 0, mean = 0, square = 0, logs = 0, x, v, w;
	size_t		 i;

	for (i = 0; i < FILTER_SOURCES; i++) {
		if (!f->active[i])
			continue;
		x = known_sum(f, i, &v);
		w = 1 / fmax(BIAS_LEAST, bias_variance(f, m, i) + v);
		logs += log(w);
		/* West's sums: the sources may agree to a billionth. */
		sum += w;
		square += w * (sum - w) / sum * (x - mean) * (x - mean);
		mean += w / sum * (x - mean);
	}
	return sum > 0 ? (logs - log(sum) - square) / 2 : 0;
}

/*
 * What a rejected source has taught of how asymmetric paths are is forgotten:
 * the biases of the others tell it.  How probable each wander is stays.
 */
static void
judge_asymmetries(struct filter *f)
{
	double		 l[FILTER_BIASES], most = -HUGE_VAL, sum = 0, all;
	size_t		 k, q, sources = 0;

	for (k = 0; k < FILTER_SOURCES; k++)
		sources += f->active[k];
	if (sources < ENOUGH)
		return;

	for (k = 0; k < FILTER_BIASES; k++) {
		l[k] = biases_likelihood(f, &f->models[k * FILTER_WANDERS]);
		most = fmax(most, l[k]);
	}
	for (k = 0; k < FILTER_BIASES; k++)
		sum += l[k] = exp(l[k] - most);
	for (q = 0; q < FILTER_WANDERS; q++) {
		for (k = 0, all = 0; k < FILTER_BIASES; k++)
			all += f->models[k * FILTER_WANDERS + q].weight;
		for (k = 0; k < FILTER_BIASES; k++)
			f->models[k * FILTER_WANDERS + q].weight =
			    fmax(WEIGHT_LEAST, all * l[k] / sum);
	}
}

void
filter_reject(struct filter *f, size_t i)
{
	double		 before[FILTER_MODELS], sum;
	size_t		 k;

	for (k = 0; k < FILTER_MODELS; k++)
		before[k] = bias_weights(f, &f->models[k]);
	filter_leave(f, i);
	for (k = 0; k < FILTER_MODELS; k++) {
		sum = bias_weights(f, &f->models[k]);
		if (sum > 0)
			level(f, &f->models[k],
			    fmax(0, 1 / sum - 1 / before[k]));
	}
	judge_asymmetries(f);
}

void
bias_forget_impossible(const struct filter *f, struct model *m)
{
	double		 sum = bias_weights(f, m);

	if (sum > 0 && fabs(mean_bias(f, m, sum)) * sqrt(sum) > MEAN_ERRORS)
		level(f, m, 1 / sum);
}

void
filter_allow(struct filter *f, size_t i, double off)
{
	struct model	*m;
	double		 all, part;

	for (m = f->models; m < f->models + FILTER_MODELS; m++) {
		all = bias_weights(f, m);
		/* A weight is one by the variance: the others' share of it. */
		part = (all - bias_weight(f, m, i)) / all;
		bias_isolate(m, BIAS + i, bias_variance(f, m, i) +
		    part * off * off);
		doubt_offset(f, m, i, (1 - part) * off * off);
	}
}

double
filter_bias_error(const struct filter *f)
{
	const struct model *m;
	double		 variance = 0, weights;

	for (m = f->models; m < f->models + FILTER_MODELS; m++) {
		weights = bias_weights(f, m);
		if (weights > 0)
			variance += m->weight / weights;
	}
	return sqrt(variance);
}
