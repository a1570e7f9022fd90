/*
 * Samples of one source.
 */
#include <math.h>

#include "ntpd/sync/median.h"
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

/*
 * The usual excess is a median, because congestion makes a mean of what is
 * not usual.  A few delays may be alike by chance: it counts as no less than
 * a tenth of the delay, divided by their number.
 */
#define EXCESS_OF_DELAY	0.1

static void
update_path(struct source *source)
{
	double		 sorted[SOURCE_DELAYS], middle;
	size_t		 n = source->ndelays, i;

	for (i = 0; i < n; i++)
		sorted[i] = source->delays[i];
	middle = median(sorted, n);
	source->min_delay = sorted[0];
	source->usual_excess = fmax(middle - sorted[0],
	    EXCESS_OF_DELAY * sorted[0] / (double)n);
}

/*
 * The path's true minimum, of which the least delay seen is an overestimate:
 * the least of n sums of two exponential waits of mean j each (density x/j^2
 * near 0) is j sqrt(pi/(2n)) on average, with a standard deviation of half of
 * that, and j is 0.6 times the median of the sums.  The mean is taken for a
 * third more than that, the deviation for half as much again: to be too sure
 * of the best samples costs more than to be too modest.
 */
#define LEAST_EXCESS	1.0
#define LEAST_DEVIATION	0.6

static double
path_minimum(const struct source *source)
{
	return source->min_delay - LEAST_EXCESS * source->usual_excess /
	    sqrt((double)source->ndelays);
}

bool
source_add(struct source *source, const struct sample *sample)
{
	bool		 shorter = source->ndelays > 0 &&
	    sample->delay < path_minimum(source);

	source->newest = (source->newest + 1) % SOURCE_SAMPLES;
	source->samples[source->newest] = *sample;
	if (source->nsamples < SOURCE_SAMPLES)
		source->nsamples++;
	source->delays[source->next_delay] = sample->delay;
	source->next_delay = (source->next_delay + 1) % SOURCE_DELAYS;
	if (source->ndelays < SOURCE_DELAYS)
		source->ndelays++;
	update_path(source);
	return shorter;
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

static double
excess(const struct source *source, const struct sample *sample)
{
	return sample->delay - path_minimum(source);
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
	double		 blur = LEAST_DEVIATION / 2 * source->usual_excess;

	return (struct observation){
		.offset = sample->offset,
		.half = excess(source, sample) / 2,
		.variance = (blur * blur / (double)source->ndelays +
		    sample->precision * sample->precision / 12) /
		    source->weight
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

	return (source->min_delay + s->root_delay) / 2 + s->root_dispersion +
	    s->precision + source->usual_excess / 2 +
	    drift * fmax(0, now - s->when);
}

double
source_span(const struct source *source, double now)
{
	return now - source_sample(source, source->nsamples - 1)->when;
}
