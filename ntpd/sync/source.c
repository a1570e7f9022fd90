/*
 * Samples of one source.
 */
#include <math.h>

#include "ntpd/sync/source.h"

/*
 * A sample that many standard errors off its source's own line contradicts it.
 * Tuned: source_test, self_contradiction.
 */
#define CONTRADICTION	6.0

void
source_init(struct source *source, unsigned weight)
{
	*source = (struct source){ .used = true, .weight = weight };
}

void
source_happens(struct source *source, enum source_event event)
{
	source->state = doubt_next(source->state, event);
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
 * How far a sample's offset may be off, s^2: its own queue, and the path's
 * minimum that is not exactly known.
 */
static double
line_variance(const struct source *source, const struct sample *sample)
{
	double		 blur = delays_error(&source->delays) / 2;

	return source_variance(source, sample) + blur * blur;
}

/* Add S to the SUMS around the moment NOW, as a difference from BASE there. */
static void
add_to_line(struct line_sums *sums, const struct source *source,
    const struct sample *s, const struct estimate *base, double now)
{
	line_add(sums, s->when - now, s->offset - (base->offset +
	    base->frequency * (s->when - now)), line_variance(source, s));
}

/*
 * Does the first of the N samples S contradict the others' line?  Oscillators
 * can have any frequency within LINE_STEEPEST.
 */
static bool
contradicts(const struct source *source, const struct sample *s, size_t n)
{
	struct estimate	 base = { .offset = s->offset };
	struct line_sums sums = { 0 };
	struct line	 l;
	double		 error;
	size_t		 i;

	for (i = 1; i < n; i++)
		add_to_line(&sums, source, &s[i], &base, s->when);
	l = line_fit(&sums, LINE_STEEPEST);
	error = hypot(l.offset_error, sqrt(line_variance(source, s)));
	return fabs(l.offset) > CONTRADICTION * error ||
	    fabs(l.slope) > LINE_STEEPEST + CONTRADICTION * l.slope_error;
}

/* Add SAMPLE to the recent ones; those that it contradicts are forgotten. */
static void
add_recent(struct source *source, const struct sample *sample)
{
	size_t		 i;

	if (source->nrecent < SOURCE_RECENT)
		source->nrecent++;
	for (i = source->nrecent - 1; i > 0; i--)
		source->recent[i] = source->recent[i - 1];
	source->recent[0] = *sample;
	if (source->nrecent > 1 && contradicts(source, source->recent,
	    source->nrecent))
		source->nrecent = 1;
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
	add_recent(source, sample);
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

struct source
source_story(const struct source *source)
{
	struct source	 s = *source;

	if (s.waiting > 0)
		source_forget(&s, s.waiting);
	s.waiting = 0;
	return s;
}

const struct sample *
source_sample(const struct source *source, size_t i)
{
	return &source->samples[(source->newest + SOURCE_SAMPLES - i) %
	    SOURCE_SAMPLES];
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

struct line
source_line(const struct source *source, double now, double offset,
    double frequency, double frequency_error)
{
	struct estimate	 base = { .offset = offset, .frequency = frequency };
	struct line_sums sums = { 0 };
	size_t		 i;

	for (i = 0; i < source->nsamples; i++)
		add_to_line(&sums, source, source_sample(source, i), &base,
		    now);
	return line_fit(&sums, frequency_error);
}

bool
source_recent_line(const struct source *source, double now,
    const struct estimate *base, struct line *line)
{
	struct line_sums sums = { 0 };
	size_t		 i;

	if (source->nrecent < SOURCE_LINE)
		return false;
	for (i = 0; i < source->nrecent; i++)
		add_to_line(&sums, source, &source->recent[i], base, now);
	*line = line_fit(&sums, LINE_STEEPEST);
	return true;
}

void
source_retell(struct source *source)
{
	size_t		 i, n = source->nrecent;

	if (n < SOURCE_LINE)
		n = 1;
	for (i = 0; i < n; i++)
		source->samples[i] = source->recent[n - 1 - i];
	source->newest = n - 1;
	source->nsamples = n;
	source->waiting = 0;
}

double
source_jitter(const struct source *source)
{
	const struct sample *newest = source_sample(source, 0);

	return source_line(source, newest->when, newest->offset, 0,
	    LINE_STEEPEST).jitter;
}

bool
source_contradicts(const struct source *source, size_t n)
{
	struct sample	 s[SOURCE_SAMPLES];
	size_t		 i;

	for (i = 0; i <= n; i++)
		s[i] = *source_sample(source, i);
	return contradicts(source, s, n + 1);
}

void
source_straighten(struct source *source)
{
	size_t		 n = source->nsamples;

	while (n > 2 && source_contradicts(source, n - 1))
		n /= 2;
	source_forget(source, n);
}

double
source_length(const struct source *source)
{
	double		 least = sample_trip(source_sample(source, 0));
	size_t		 i;

	for (i = 1; i < source->nsamples; i++)
		least = fmin(least, sample_trip(source_sample(source, i)));
	return least;
}

double
source_distance(const struct source *source, double now, double drift)
{
	const struct sample *s = source_sample(source, 0);

	return (source_length(source) + s->root_delay) / 2 +
	    s->root_dispersion + s->precision +
	    source->delays.usual_excess / 2 + drift * fmax(0, now - s->when);
}
