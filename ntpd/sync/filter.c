/*
 * A bank of filters: Kalman's, but for what a sample tells.
 */
#include <math.h>

#include "ntpd/sync/bias.h"
#include "ntpd/sync/likelihood.h"

/*
 * What the members of the bank believe in.  Restlessness of the oscillator,
 * s/s per sqrt(s), from a good crystal in a room of constant temperature to
 * one whose fan has just started, and to one that is warmed and cooled by tens
 * of ppm within minutes; and asymmetry of the paths, as part of their delay,
 * from none to more than most routes have.
 */
static const double wanders[FILTER_WANDERS] = {
	1e-11, 1e-10, 3e-10, 1e-9, 3e-9, 1e-8, 1e-7, 1e-6
};
static const double asymmetries[FILTER_BIASES] = { 0.001, 0.01, 0.05 };

/*
 * How probable each wander is before any sample tells.  The last one is rare:
 * if it were not, no prediction would be worth much after some minutes.  Tuned:
 * filter_test and change_test, an_oscillator_that_swings.
 */
#define RARE		1e-3
#define COMMON		(1 / (FILTER_WANDERS - 1 + RARE))
static const double priors[FILTER_WANDERS] = {
	COMMON, COMMON, COMMON, COMMON, COMMON, COMMON, COMMON, RARE * COMMON
};

/*
 * So many of the samples are far from where they should be for no reason that
 * a model knows, and say little about which model is right.
 */
#define OUTLIERS	0.03

/*
 * Memory of the weights, samples: an older one counts 1/e of it.  It begins
 * with a few and grows by half of what has been seen, as what happens at a
 * start (a queue, a clock that is being set) tells little of what comes.
 */
#define WEIGHT_MEMORY	1000.0
#define FIRST_MEMORY	10.0

/*
 * That long, s, an oscillator is as restless as it is, in the mean.  Then a fan
 * starts or a door is opened, and it may be as restless as any other.
 */
#define CHANGE_TIME	86400.0

/*
 * How many samples waited alike both ways is learned for each source, beginning
 * with this share, as if so many samples had been seen, remembering so many.
 */
#define EVEN_SHARE	0.05
#define EVEN_SAMPLES	10
#define EVEN_MEMORY	100

/* However it has been, the next one may be different. */
#define EVEN_LEAST	0.01
#define EVEN_MOST	0.9

/* Memory of a source's bias, s: paths and servers change in days. */
#define BIAS_MEMORY	86400.0

/*
 * Beyond these an estimate is none.  Derived: an era of NTP timestamps, s; and
 * twice what the kernel can correct, s/s, as an error may be on top of it.
 */
#define POSSIBLE_OFFSET		4294967296.0
#define POSSIBLE_FREQUENCY	0.2

void
filter_start(struct filter *f, double when, const struct estimate *known)
{
	struct model	*m;
	size_t		 i;

	*f = (struct filter){ .started = true, .began = when, .when = when,
	    .states = BIAS };
	for (i = 0; i < FILTER_MODELS; i++) {
		m = &f->models[i];
		m->wander = wanders[i % FILTER_WANDERS];
		m->asymmetry = asymmetries[i / FILTER_WANDERS];
		m->weight = priors[i % FILTER_WANDERS] / FILTER_BIASES;
		m->x[OFFSET] = known->offset;
		m->x[FREQUENCY] = known->frequency;
		m->p[OFFSET][OFFSET] = pow(known->offset_error, 2);
		m->p[FREQUENCY][FREQUENCY] = pow(known->frequency_error, 2);
	}
}

void
filter_join(struct filter *f, size_t i, double delay)
{
	struct model	*m;

	f->delay[i] = delay;
	if (f->active[i])
		return;
	f->active[i] = true;
	bias_count(f);
	f->even[i] = (struct even){ EVEN_SHARE, EVEN_SAMPLES };
	for (m = f->models; m < f->models + FILTER_MODELS; m++) {
		m->x[BIAS + i] = 0;
		bias_isolate(m, BIAS + i, bias_variance(f, m, i));
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
	for (j = 0; j < f->states; j++)
		m->p[OFFSET][j] += dt * m->p[FREQUENCY][j];
	for (j = 0; j < f->states; j++)
		m->p[j][OFFSET] += dt * m->p[j][FREQUENCY];
	m->p[OFFSET][OFFSET] += q * dt * dt * dt / 3;
	m->p[OFFSET][FREQUENCY] += q * dt * dt / 2;
	m->p[FREQUENCY][OFFSET] += q * dt * dt / 2;
	m->p[FREQUENCY][FREQUENCY] += q * dt;

	fade = exp(-dt / BIAS_MEMORY);
	for (i = BIAS; i < f->states; i++) {
		if (!in_use(f, i))
			continue;
		v = bias_variance(f, m, i - BIAS);
		m->x[i] *= fade;
		for (j = 0; j < f->states; j++) {
			m->p[i][j] *= fade;
			m->p[j][i] *= fade;
		}
		m->p[i][i] += v * (1 - fade * fade);
	}
}

/*
 * M becomes what it is or, with probability SHARE, what OTHER is; both have N
 * states.
 */
static void
blend(struct model *m, const struct model *other, double share, size_t n)
{
	double		 d[FILTER_STATES];
	size_t		 i, j;

	for (i = 0; i < n; i++)
		d[i] = other->x[i] - m->x[i];
	for (i = 0; i < n; i++) {
		m->x[i] += share * d[i];
		for (j = 0; j < n; j++)
			m->p[i][j] += share * (other->p[i][j] - m->p[i][j]) +
			    share * (1 - share) * d[i] * d[j];
	}
}

/*
 * Interacting multiple models (Blom and Bar-Shalom 1988), of those that differ
 * in wander only: with probability CHANGE what was true of the oscillator is no
 * longer, and any of them is right.  So each goes on as what it was or as the
 * mean of all, by the probabilities of having been right so far and of being
 * right only from now on.  A model that was probable stays what it was.  One
 * that was not follows the others, so that it knows what they knew when its
 * time comes.
 */
static void
mix(struct model models[FILTER_WANDERS], double change, size_t n)
{
	struct model	 all = { .weight = 0 }, *m;
	double		 other;

	for (m = models; m < models + FILTER_WANDERS; m++) {
		all.weight += m->weight;
		blend(&all, m, m->weight / all.weight, n);
	}
	for (m = models; m < models + FILTER_WANDERS; m++) {
		other = change * all.weight * priors[m - models];
		m->weight = (1 - change) * m->weight + other;
		blend(m, &all, other / m->weight, n);
	}
}

void
filter_predict(struct filter *f, double when)
{
	double		 dt = when - f->when, change;
	size_t		 k;

	if (dt <= 0)
		return;
	change = 1 - exp(-dt / CHANGE_TIME);
	for (k = 0; k < FILTER_MODELS; k += FILTER_WANDERS)
		mix(&f->models[k], change, f->states);
	for (k = 0; k < FILTER_MODELS; k++)
		predict(f, &f->models[k], dt);
	f->when = when;
}

/* Innovation of an observation, and in *S the variance of its middle. */
static double
innovation(const struct model *m, size_t i, const struct observation *o,
    double *s)
{
	size_t		 b = BIAS + i;

	*s = o->variance + fmax(0, m->p[OFFSET][OFFSET] +
	    2 * m->p[OFFSET][b] + m->p[b][b]);
	return o->offset - m->x[OFFSET] - m->x[b];
}

double
filter_surprise(const struct filter *f, size_t i, const struct observation *o,
    double delay)
{
	double		 mean = 0, square = 0, inn, s;
	const struct model *m;

	for (m = f->models; m < f->models + FILTER_MODELS; m++) {
		inn = innovation(m, i, o, &s);
		if (!f->active[i])
			s += bias_new(m, delay);
		mean += m->weight * inn;
		square += m->weight * s;
	}
	return fmax(0, fabs(mean) - o->half) / sqrt(square);
}

bool
filter_is_possible(const struct filter *f)
{
	struct estimate	 e = filter_estimate(f, f->when);

	/* Written so that NaN fails each test. */
	return fabs(e.offset) <= POSSIBLE_OFFSET &&
	    e.offset_error <= POSSIBLE_OFFSET &&
	    fabs(e.frequency) <= POSSIBLE_FREQUENCY &&
	    e.frequency_error <= POSSIBLE_FREQUENCY;
}

/*
 * The observation is offset + bias of source I.  The posterior's mean and
 * covariance are those of the normal prior x, P times the likelihood L:
 * x' = x + P h L'/L, P' = P + P h (ln L)'' h^T P, which is exact, and for a
 * normal L the Kalman update.  *EVEN is how probable it is that the sample
 * waited alike both ways, and becomes the same in view of it.  Returns how
 * likely the sample was, if some are far off for no reason.
 */
static double
update(struct model *m, size_t i, const struct observation *o, double *even,
    size_t n)
{
	double		 ph[FILTER_STATES], inn, s;
	size_t		 b = BIAS + i, row, col;
	struct likelihood	 l;

	inn = innovation(m, i, o, &s);
	l = likelihood_either(inn, s, o->half, even);
	for (row = 0; row < n; row++)
		ph[row] = m->p[row][OFFSET] + m->p[row][b];
	for (row = 0; row < n; row++) {
		m->x[row] += ph[row] * l.slope;
		for (col = 0; col < n; col++)
			m->p[row][col] += ph[row] * ph[col] * l.curvature;
	}
	/* Rounding must not make a variance negative. */
	for (row = 0; row < n; row++)
		if (m->p[row][row] < 0)
			bias_isolate(m, row, 0);
	return (1 - OUTLIERS) * l.density +
	    OUTLIERS * likelihood_far(inn, s + o->half * o->half / 3);
}

/*
 * Forget of the WEIGHT of model number K what one sample makes of a MEMORY of
 * so many: it becomes what it was before any sample.
 */
static double
faded(double weight, size_t k, double memory)
{
	return pow(weight, 1 - 1 / memory) *
	    pow(priors[k % FILTER_WANDERS], 1 / memory);
}

void
filter_update(struct filter *f, size_t i, const struct observation *o)
{
	struct even	*e = &f->even[i];
	double		 memory, even, evens = 0, sum = 0;
	struct model	*m;

	memory = fmin(WEIGHT_MEMORY, FIRST_MEMORY + f->updates / 2);
	f->updates++;
	for (m = f->models; m < f->models + FILTER_MODELS; m++) {
		even = e->share;
		m->weight = faded(m->weight, (size_t)(m - f->models),
		    memory) * update(m, i, o, &even, f->states);
		bias_forget_impossible(f, m);
		sum += m->weight;
		evens += m->weight * even;
	}
	for (m = f->models; m < f->models + FILTER_MODELS; m++)
		m->weight = fmax(WEIGHT_LEAST, m->weight / sum);
	e->samples = fmin(e->samples + 1, EVEN_MEMORY);
	e->share += (evens / sum - e->share) / e->samples;
	e->share = fmin(fmax(e->share, EVEN_LEAST), EVEN_MOST);
}

struct estimate
filter_estimate(const struct filter *f, double when)
{
	struct estimate	 e = { .offset = 0 };
	double		 dt = fmax(0, when - f->when), x[FILTER_MODELS];
	double		 q, d, df, v, cov;
	const struct model *m;
	size_t		 k;

	for (k = 0; k < FILTER_MODELS; k++) {
		m = &f->models[k];
		x[k] = m->x[OFFSET] + dt * m->x[FREQUENCY];
		e.offset += m->weight * x[k];
		e.frequency += m->weight * m->x[FREQUENCY];
		e.wander += m->weight * m->wander;
	}
	/* The mixture's variances: the models' own, and their disagreement. */
	for (k = 0; k < FILTER_MODELS; k++) {
		m = &f->models[k];
		q = m->wander * m->wander * dt;
		d = x[k] - e.offset;
		df = m->x[FREQUENCY] - e.frequency;
		v = m->p[FREQUENCY][FREQUENCY];
		cov = m->p[OFFSET][FREQUENCY] + dt * v + q * dt / 2;
		e.offset_error += m->weight * (d * d + fmax(0,
		    m->p[OFFSET][OFFSET] + 2 * dt * m->p[OFFSET][FREQUENCY] +
		    dt * dt * v + q * dt * dt / 3));
		e.frequency_error += m->weight * (df * df + v + q);
		if (cov > 0)
			e.age += m->weight * cov / (v + q);
	}
	e.offset_error = sqrt(e.offset_error);
	e.frequency_error = sqrt(e.frequency_error);
	return e;
}
