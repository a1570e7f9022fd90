/*
 * Samples of one source.
 */
#include <math.h>

#include "ntpd/sync/source.h"

double
sample_offset(double out, double back, double *delay)
{
	*delay = out + back;
	return (out - back) / 2;
}

void
source_init(struct source *source, unsigned weight)
{
	*source = (struct source){ .used = true, .weight = weight };
}

static void
update_path(struct source *source)
{
	double		 sum = 0;
	size_t		 i;

	source->min_delay = source->delays[0];
	for (i = 0; i < source->ndelays; i++) {
		source->min_delay = fmin(source->min_delay, source->delays[i]);
		sum += source->delays[i];
	}
	source->mean_excess = sum / (double)source->ndelays -
	    source->min_delay;
}

void
source_add(struct source *source, const struct sample *sample)
{
	source->newest = (source->newest + 1) % SOURCE_SAMPLES;
	source->samples[source->newest] = *sample;
	if (source->nsamples < SOURCE_SAMPLES)
		source->nsamples++;
	source->delays[source->next_delay] = sample->delay;
	source->next_delay = (source->next_delay + 1) % SOURCE_DELAYS;
	if (source->ndelays < SOURCE_DELAYS)
		source->ndelays++;
	update_path(source);
}

void
source_forget(struct source *source, size_t keep)
{
	if (source->nsamples > keep)
		source->nsamples = keep;
}

const struct sample *
source_sample(const struct source *source, size_t i)
{
	return &source->samples[(source->newest + SOURCE_SAMPLES - i) %
	    SOURCE_SAMPLES];
}

/*
 * If both directions queue alike with exponential waits, the offset error
 * (half the difference of the waits) is uniform on [-x/2, x/2] given their
 * sum x: variance x^2/12.  x is the round trip's excess over the path's true
 * minimum, of which the smallest delay seen is an overestimate: the least of
 * n sums of two exponential waits (density ~ x/j^2 near 0) is about
 * 0.63 m / sqrt(n), m their mean.  The floor is time stamping: two ends,
 * uniform within the precision.
 */
double
source_variance(const struct source *source, const struct sample *sample)
{
	double		 x = sample->delay - source->min_delay;

	x += 0.63 * source->mean_excess / sqrt((double)source->ndelays);
	return x * x / 12 + sample->precision * sample->precision / 12;
}

double
source_mean(const struct source *source, double now, double offset,
    double frequency, double *variance, double *jitter)
{
	double		 sum = 0, weights = 0, squares = 0, r, w, mean;
	const struct sample *s;
	size_t		 i;

	for (i = 0; i < source->nsamples; i++) {
		s = source_sample(source, i);
		r = s->offset - (offset + frequency * (s->when - now));
		w = 1 / source_variance(source, s);
		sum += w * r;
		squares += w * r * r;
		weights += w;
	}
	if (weights <= 0)
		return 0;
	mean = sum / weights;
	*variance = 1 / weights;
	*jitter = sqrt(fmax(0, squares / weights - mean * mean));
	return mean;
}

double
source_distance(const struct source *source, double now, double drift)
{
	const struct sample *s = source_sample(source, 0);

	return (source->min_delay + s->root_delay) / 2 + s->root_dispersion +
	    s->precision + source->mean_excess / 2 +
	    drift * fmax(0, now - s->when);
}
