/*
 * Random numbers for tests: xorshift64*.
 */
#include <math.h>

#include "regress/unit/rng.h"

void
rng_seed(struct rng *rng, uint64_t seed)
{
	int		 i;

	/* Seeds that are near each other must not give similar numbers. */
	rng->state = (seed + 1) * 0x9e3779b97f4a7c15ULL | 1;
	for (i = 0; i < 8; i++)
		rng_uniform(rng);
}

uint64_t
rng_next(struct rng *rng)
{
	rng->state ^= rng->state >> 12;
	rng->state ^= rng->state << 25;
	rng->state ^= rng->state >> 27;
	return rng->state * 0x2545f4914f6cdd1dULL;
}

size_t
rng_below(struct rng *rng, size_t n)
{
	return (size_t)((double)n * rng_uniform(rng));
}

double
rng_uniform(struct rng *rng)
{
	return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

double
rng_exponential(struct rng *rng)
{
	return -log(1 - rng_uniform(rng));
}

/* Box and Muller's, one of the two. */
double
rng_normal(struct rng *rng)
{
	double		 r = sqrt(2 * rng_exponential(rng));

	return r * cos(2 * M_PI * rng_uniform(rng));
}
