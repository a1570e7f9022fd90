/*
 * Oscillators and network paths made up for tests.
 */
#include <math.h>

#include "regress/unit/paths.h"

#define PARETO_INDEX	2.5

void
oscillator_init(struct oscillator *osc, uint64_t seed, double offset,
    double frequency, double wander)
{
	*osc = (struct oscillator){ .offset = offset, .frequency = frequency,
	    .wander = wander };
	rng_seed(&osc->rng, seed);
}

/*
 * An integrated Wiener process, exact for any interval T: of the frequency's
 * change (variance q T) and the offset's beyond T times the old frequency
 * (q T^3 / 3, covariance q T^2 / 2), the latter is half of T times the former
 * and an independent part of variance q T^3 / 12.
 */
void
oscillator_run(struct oscillator *osc, double when)
{
	double		 t = when - osc->when, change;

	if (t <= 0)
		return;
	change = osc->wander * sqrt(t) * rng_normal(&osc->rng);
	osc->offset += t * osc->frequency + t * change / 2 +
	    osc->wander * sqrt(t * t * t / 12) * rng_normal(&osc->rng);
	osc->frequency += change;
	osc->when = when;
}

void
path_init(struct path *path, uint64_t seed, enum queue queue, double delay,
    double wait)
{
	*path = (struct path){ .queue = queue, .out = delay / 2,
	    .back = delay / 2, .wait_out = wait, .wait_back = wait,
	    .precision = 1e-6, .root_dispersion = 1e-4 };
	rng_seed(&path->rng, seed);
}

/* A wait of mean 1. */
static double
wait_once(struct path *path)
{
	double		 sum = 0;
	int		 i;

	switch (path->queue) {
	case QUEUE_NONE:
		return 0;
	case QUEUE_EXPONENTIAL:
		return rng_exponential(&path->rng);
	case QUEUE_GAMMA:
		for (i = 0; i < 4; i++)
			sum += rng_exponential(&path->rng) / 4;
		return sum;
	case QUEUE_PARETO:
		/* Lomax: from 0, of mean 1 / (index - 1). */
		return (PARETO_INDEX - 1) * (pow(1 - rng_uniform(&path->rng),
		    -1 / PARETO_INDEX) - 1);
	}
	return sum;
}

bool
path_ask(struct path *path, struct oscillator *osc, double when,
    struct sample *sample)
{
	double		 out, back, stamp, delay;

	/* The same draws whether it is lost or not. */
	out = path->out + path->wait_out * wait_once(path);
	back = path->back + path->wait_back * wait_once(path);
	stamp = path->precision * (rng_uniform(&path->rng) - 0.5);
	if (rng_uniform(&path->rng) < path->loss)
		return false;
	oscillator_run(osc, when);
	*sample = (struct sample){ .when = when, .precision = path->precision,
	    .root_delay = 1e-4, .root_dispersion = path->root_dispersion,
	    .stratum = 2 };
	sample->offset = sample_offset(out + osc->offset + path->lie + stamp,
	    back - osc->offset - path->lie, &delay);
	sample->trip = delay;
	sample->delay = fmax(delay - path->held, path->precision);
	return true;
}
