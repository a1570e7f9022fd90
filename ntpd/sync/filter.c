/*
 * A bank of Kalman filters.
 */
#include <math.h>

#include "ntpd/sync/filter.h"

/* The states: offset, frequency, then the bias of source i at BIAS + i. */
enum { OFFSET, FREQUENCY, BIAS };

/*
 * Restlessness of oscillators, s/s per sqrt(s): from a rubidium's to that of
 * a machine whose fan has just started.
 */
static const double wanders[FILTER_MODELS] = {
	3e-12, 3e-11, 1e-10, 3e-10, 1e-9, 3e-9, 1e-8, 1e-7
};

/* Memory of the scores, samples: an older one counts 1/e of it. */
#define SCORE_MEMORY	50.0

/* Memory of a source's bias, s: paths and servers change in days. */
#define BIAS_MEMORY	86400.0

void
filter_start(struct filter *f, double when, double offset, double error,
    double frequency, double frequency_error)
{
	struct model	*m;
	size_t		 i;

	*f = (struct filter){ .started = true, .began = when, .when = when };
	for (i = 0; i < FILTER_MODELS; i++) {
		m = &f->models[i];
		m->wander = wanders[i];
		m->weight = 1.0 / FILTER_MODELS;
		m->x[OFFSET] = offset;
		m->x[FREQUENCY] = frequency;
		m->p[OFFSET][OFFSET] = error * error;
		m->p[FREQUENCY][FREQUENCY] = frequency_error * frequency_error;
	}
}

/* Make state S of M independent of the rest, with variance V. */
static void
isolate(struct model *m, size_t s, double v)
{
	size_t		 j;

	for (j = 0; j < FILTER_STATES; j++)
		m->p[s][j] = m->p[j][s] = 0;
	m->p[s][s] = v;
}

void
filter_join(struct filter *f, size_t i, double bias)
{
	size_t		 k;

	f->bias[i] = bias;
	if (f->active[i])
		return;
	f->active[i] = true;
	for (k = 0; k < FILTER_MODELS; k++) {
		f->models[k].x[BIAS + i] = 0;
		isolate(&f->models[k], BIAS + i, bias * bias);
	}
}

void
filter_leave(struct filter *f, size_t i)
{
	size_t		 k;

	f->active[i] = false;
	for (k = 0; k < FILTER_MODELS; k++) {
		f->models[k].x[BIAS + i] = 0;
		isolate(&f->models[k], BIAS + i, 0);
	}
}

/* Is state S in use? */
static bool
in_use(const struct filter *f, size_t s)
{
	return s < BIAS || f->active[s - BIAS];
}

/*
 * x' = F x, P' = F P F^T + Q for dt seconds: offset gains dt * frequency;
 * frequency walks at random (Q of an integrated Wiener process); each bias
 * returns to zero with BIAS_MEMORY, its variance to that of its prior
 * (Ornstein-Uhlenbeck), so that it is never settled for ever.
 */
static void
predict(const struct filter *f, struct model *m, double dt)
{
	double		 q = m->wander * m->wander, fade, v;
	size_t		 i, j;

	m->x[OFFSET] += dt * m->x[FREQUENCY];
	for (j = 0; j < FILTER_STATES; j++)
		m->p[OFFSET][j] += dt * m->p[FREQUENCY][j];
	for (j = 0; j < FILTER_STATES; j++)
		m->p[j][OFFSET] += dt * m->p[j][FREQUENCY];
	m->p[OFFSET][OFFSET] += q * dt * dt * dt / 3;
	m->p[OFFSET][FREQUENCY] += q * dt * dt / 2;
	m->p[FREQUENCY][OFFSET] += q * dt * dt / 2;
	m->p[FREQUENCY][FREQUENCY] += q * dt;

	fade = exp(-dt / BIAS_MEMORY);
	for (i = BIAS; i < FILTER_STATES; i++) {
		if (!in_use(f, i))
			continue;
		v = f->bias[i - BIAS] * f->bias[i - BIAS];
		m->x[i] *= fade;
		for (j = 0; j < FILTER_STATES; j++) {
			m->p[i][j] *= fade;
			m->p[j][i] *= fade;
		}
		m->p[i][i] += v * (1 - fade * fade);
	}
}

void
filter_predict(struct filter *f, double when)
{
	double		 dt = when - f->when;
	size_t		 k;

	if (dt <= 0)
		return;
	for (k = 0; k < FILTER_MODELS; k++)
		predict(f, &f->models[k], dt);
	f->when = when;
}

/* Innovation of a sample and its variance. */
static double
innovation(const struct model *m, size_t i, double offset, double variance,
    double *s)
{
	size_t		 b = BIAS + i;

	*s = m->p[OFFSET][OFFSET] + 2 * m->p[OFFSET][b] + m->p[b][b] +
	    variance;
	return offset - m->x[OFFSET] - m->x[b];
}

double
filter_surprise(const struct filter *f, size_t i, double offset,
    double variance)
{
	double		 mean = 0, square = 0, inn, s;
	size_t		 k;

	for (k = 0; k < FILTER_MODELS; k++) {
		inn = innovation(&f->models[k], i, offset, variance, &s);
		mean += f->models[k].weight * inn;
		square += f->models[k].weight * s;
	}
	return mean / sqrt(square);
}

/* The Kalman update with the observation offset + bias of source I. */
static void
update(struct model *m, size_t i, double offset, double variance)
{
	double		 gain[FILTER_STATES], ph[FILTER_STATES], inn, s;
	size_t		 b = BIAS + i, r, c;

	inn = innovation(m, i, offset, variance, &s);
	for (r = 0; r < FILTER_STATES; r++) {
		ph[r] = m->p[r][OFFSET] + m->p[r][b];
		gain[r] = ph[r] / s;
	}
	for (r = 0; r < FILTER_STATES; r++) {
		m->x[r] += gain[r] * inn;
		for (c = 0; c < FILTER_STATES; c++)
			m->p[r][c] -= gain[r] * ph[c];
	}
	m->score += -0.5 * (log(s) + inn * inn / s);
}

/* Weights from the scores; the best is 1 before they are made to sum to 1. */
static void
weigh(struct filter *f)
{
	double		 best = f->models[0].score, sum = 0;
	size_t		 k;

	for (k = 1; k < FILTER_MODELS; k++)
		best = fmax(best, f->models[k].score);
	for (k = 0; k < FILTER_MODELS; k++) {
		f->models[k].score -= best;
		f->models[k].weight = exp(f->models[k].score);
		sum += f->models[k].weight;
	}
	for (k = 0; k < FILTER_MODELS; k++)
		f->models[k].weight /= sum;
}

void
filter_update(struct filter *f, size_t i, double offset, double variance)
{
	size_t		 k;

	for (k = 0; k < FILTER_MODELS; k++) {
		f->models[k].score *= 1 - 1 / SCORE_MEMORY;
		update(&f->models[k], i, offset, variance);
	}
	weigh(f);
}

void
filter_doubt_offset(struct filter *f, double error)
{
	size_t		 k;

	for (k = 0; k < FILTER_MODELS; k++)
		isolate(&f->models[k], OFFSET, error * error);
}

struct estimate
filter_estimate(const struct filter *f, double when)
{
	struct estimate	 e = { .offset = 0 };
	double		 dt = fmax(0, when - f->when), x[FILTER_MODELS], v, d;
	const struct model *m;
	size_t		 k;

	for (k = 0; k < FILTER_MODELS; k++) {
		m = &f->models[k];
		x[k] = m->x[OFFSET] + dt * m->x[FREQUENCY];
		e.offset += m->weight * x[k];
		e.frequency += m->weight * m->x[FREQUENCY];
		e.wander += m->weight * m->wander;
	}
	/* The mixture's variance: the models' own, and their disagreement. */
	for (k = 0; k < FILTER_MODELS; k++) {
		m = &f->models[k];
		v = m->p[OFFSET][OFFSET] + 2 * dt * m->p[OFFSET][FREQUENCY] +
		    dt * dt * m->p[FREQUENCY][FREQUENCY] +
		    m->wander * m->wander * dt * dt * dt / 3;
		d = x[k] - e.offset;
		e.offset_error += m->weight * (fmax(v, 0) + d * d);
		v = m->p[FREQUENCY][FREQUENCY] + m->wander * m->wander * dt;
		d = m->x[FREQUENCY] - e.frequency;
		e.frequency_error += m->weight * (fmax(v, 0) + d * d);
	}
	e.offset_error = sqrt(e.offset_error);
	e.frequency_error = sqrt(e.frequency_error);
	return e;
}
