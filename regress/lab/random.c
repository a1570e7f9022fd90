/*
 * Random numbers: the same seed gives the same ones everywhere.
 */
#include <math.h>

#include "regress/lab/truth.h"

static uint64_t
next(uint64_t *stream)
{
	uint64_t	 z = (*stream += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

double
uniform(uint64_t *stream)
{
	return ((double)(next(stream) >> 11) + 0.5) / 9007199254740992.0;
}

double
normal(uint64_t *stream)
{
	double		 radius = sqrt(-2 * log(uniform(stream)));

	return radius * cos(2 * M_PI * uniform(stream));
}

double
exponential(uint64_t *stream, double mean)
{
	return -mean * log(uniform(stream));
}

double
draw(uint64_t *stream, const struct path *path)
{
	double		 product = 1;

	switch (path->distribution) {
	case CONSTANT:
		break;
	case EXPONENTIAL:
		return exponential(stream, path->jitter);
	case GAUSSIAN:
		return path->jitter * fabs(normal(stream));
	case GAMMA:		/* shape 4 */
		for (int i = 0; i < 4; i++)
			product *= uniform(stream);
		return -path->jitter / 4 * log(product);
	case PARETO:		/* alpha 2.5 */
		return path->jitter * (pow(uniform(stream), -1 / 2.5) - 1);
	}
	return 0;
}
