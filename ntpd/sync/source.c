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

bool
source_add(struct source *source, const struct sample *sample)
{
	bool		 shorter = source->delays.n > 0 &&
	    sample->delay < delays_minimum(&source->delays);

	source->newest = (source->newest + 1) % SOURCE_SAMPLES;
	source->samples[source->newest] = *sample;
	if (source->nsamples < SOURCE_SAMPLES)
		source->nsamples++;
	delays_add(&source->delays, sample->delay);
	return shorter;
}

/*
 * The way out took delay/2 + what the offset says too much, the way back
 * delay/2 minus that.  So the shorter of both combinations is half the sum of
 * both delays, less what the offsets differ by.
 */
bool
source_combine(struct source *source, const struct estimate *e)
{
	const struct sample *s = source_sample(source, 0), *old;
	double		 minimum = delays_minimum(&source->delays), t, drift;
	double		 f = e->frequency_error, q = e->wander;
	size_t		 i;

	for (i = 1; i < source->nsamples; i++) {
		old = source_sample(source, i);
		t = s->when - old->when;
		drift = s->offset - old->offset - e->frequency * t;
		delays_combine(&source->delays,
		    (s->delay + old->delay) / 2 - fabs(drift),
		    sqrt(f * f * t * t + q * q * t * t * t / 3));
	}
	return source->delays.least < minimum;
}

void
source_forget(struct source *source, size_t keep)
{
	if (source->nsamples > keep)
		source->nsamples = keep;
	if (source->waiting > source->nsamples)
		source->waiting = source->nsamples;
}

void
source_drop(struct source *source, size_t count)
{
	struct sample	 newest = *source_sample(source, 0);

	if (count > source->nsamples - 1)
		count = source->nsamples - 1;
	source->newest = (source->newest + SOURCE_SAMPLES - count) %
	    SOURCE_SAMPLES;
	source->samples[source->newest] = newest;
	source->nsamples -= count;
	source->waiting = 0;
}

struct source
source_settled(const struct source *source)
{
	struct source	 s = *source;

	s.newest = (s.newest + SOURCE_SAMPLES - s.waiting) % SOURCE_SAMPLES;
	s.nsamples -= s.waiting;
	s.waiting = 0;
	return s;
}

const struct sample *
source_sample(const struct source *source, size_t i)
{
	return &source->samples[(source->newest + SOURCE_SAMPLES - i) %
	    SOURCE_SAMPLES];
}

static double
excess(const struct source *source, const struct sample *sample)
{
	return sample->delay - delays_minimum(&source->delays);
}

/* If both directions queue alike, the error is uniform (see below): x^2/12. */
double
source_variance(const struct source *source, const struct sample *sample)
{
	double		 x = excess(source, sample);

	return (x * x + sample->precision * sample->precision) / 12;
}

/*
 * Whatever the waits in both directions are, neither is negative: the offset
 * is wrong by no more than half their sum.  If they are exponential, and alike
 * in both directions, it is as likely to be wrong by this as by that.  What
 * blurs the ends is not to know the minimum, and time stamping.
 */
struct observation
source_observation(const struct source *source, const struct sample *sample)
{
	double		 blur = delays_error(&source->delays) / 2;

	return (struct observation){
		.offset = sample->offset,
		.half = excess(source, sample) / 2,
		.variance = (blur * blur + sample->precision *
		    sample->precision / 12) / source->weight
	};
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

	return (source->delays.least + s->root_delay) / 2 + s->root_dispersion +
	    s->precision + source->delays.usual_excess / 2 +
	    drift * fmax(0, now - s->when);
}

double
source_span(const struct source *source, double now)
{
	return now - source_sample(source, source->nsamples - 1)->when;
}
