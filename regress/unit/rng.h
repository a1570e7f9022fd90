/*
 * Random numbers for tests, the same in every run and on every machine.
 */
#ifndef REGRESS_UNIT_RNG_H
#define REGRESS_UNIT_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t	 state;		/* never 0 */
};

/* Start from SEED, any number. */
void	 rng_seed(struct rng *rng, uint64_t seed);

/* 64 bits, of which the upper ones are the better; a number below N. */
uint64_t rng_next(struct rng *rng);
size_t	 rng_below(struct rng *rng, size_t n);

/* Uniform in [0, 1); normal (0, 1); exponential of mean 1. */
double	 rng_uniform(struct rng *rng);
double	 rng_normal(struct rng *rng);
double	 rng_exponential(struct rng *rng);

#endif
