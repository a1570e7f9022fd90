/*
 * Readings of a reference clock are on one line, but for their noise: the
 * oscillator does not change much in so short a time.
 */
#include <math.h>

#include "ntpd/sync/line.h"
#include "ntpd/sync/median.h"
#include "ntpd/sync/window.h"

/* The variance of usual readings, s^2: beside it LINE_STEEPEST says little. */
#define USUAL		1e-12

/* Readings that are so many usual ones from the line stand apart; tuned. */
#define APART		5.0

/* With fewer than that nothing stands apart: a line goes near any three. */
#define LEAST		4

/* Noise is remembered for so many readings; by taste. */
#define MEMORY		256.0

/*
 * Readings are not independent: pulses of a receiver wander with its own
 * oscillator, and sentences come late together.  So the mean of many is not
 * better than that of so many; tuned.
 */
#define INDEPENDENT	16.0

/*
 * More than so many times the variance of a window is no noise, but another
 * thing that was taken for it, as when a receiver found out the date.  By
 * taste; with LEAST readings or fewer a small one may be chance.
 */
#define NO_NOISE	1e4

/*
 * Noise that few readings have shown may be more, as if so many were unseen; by
 * taste.
 */
#define UNSEEN		8.0

/* No mean is better known than that, s: clocks are read in nanoseconds. */
#define BEST		1e-9

/* The round trip of none, s: a sample's has to be more than 0. */
#define NO_PATH		1e-9

void
window_clear(struct window *w)
{
	w->n = 0;
	w->error = 0;
}

void
window_add(struct window *w, double when, double offset, double error)
{
	if (w->n == WINDOW_MOST || !isfinite(when) || !isfinite(offset) ||
	    !isfinite(error))
		return;
	w->readings[w->n].when = when;
	w->readings[w->n++].offset = offset;
	w->error = fmax(w->error, error);
}

/* The line through all readings, as differences from the first. */
static struct line
fit(const struct window *w)
{
	struct line_sums sums = { 0 };
	size_t		 i;

	for (i = 0; i < w->n; i++)
		line_add(&sums, w->readings[i].when - w->readings[0].when,
		    w->readings[i].offset - w->readings[0].offset, USUAL);
	return line_fit(&sums, LINE_STEEPEST);
}

/* How far reading I is from the line L. */
static double
residual(const struct window *w, const struct line *l, size_t i)
{
	return w->readings[i].offset - w->readings[0].offset - l->offset -
	    l->slope * (w->readings[i].when - w->readings[0].when);
}

/*
 * The median slope of pairs that are half of the readings apart: a quarter of
 * these may say anything.
 */
static double
usual_slope(const struct window *w)
{
	const size_t	 half = w->n / 2;
	double		 slopes[WINDOW_MOST], apart;
	size_t		 i, n = 0;

	for (i = 0; i + half < w->n; i++) {
		apart = w->readings[i + half].when - w->readings[i].when;
		if (apart > 0)
			slopes[n++] = (w->readings[i + half].offset -
			    w->readings[i].offset) / apart;
	}
	return n > 0 ? median(slopes, n) : 0;
}

/* Forget the readings that stand apart from the others. */
static void
drop_apart(struct window *w)
{
	struct line	 l = { .slope = usual_slope(w) };
	double		 far[WINDOW_MOST] = { 0 }, v[WINDOW_MOST], most;
	size_t		 i, n = 0;

	for (i = 0; i < w->n; i++)
		v[i] = residual(w, &l, i);
	l.offset = median(v, w->n);
	for (i = 0; i < w->n; i++)
		v[i] = far[i] = fabs(residual(w, &l, i));
	most = APART * median(v, w->n);
	for (i = 0; i < w->n; i++)
		if (far[i] <= most)
			w->readings[n++] = w->readings[i];
	w->n = n;
}

/* Learn the noise of a reading from how they scatter around their line. */
static void
learn_noise(struct window *w)
{
	const struct line l = fit(w);
	const double	 more = (double)w->n - 2;
	double		 sum = 0;
	size_t		 i;

	if (more <= 0)
		return;
	for (i = 0; i < w->n; i++)
		sum += residual(w, &l, i) * residual(w, &l, i);
	if (w->n > LEAST)
		w->noise = fmin(w->noise, NO_NOISE * fmax(sum / more, USUAL));
	w->known = fmin(w->known + more, MEMORY);
	w->noise += (sum / more - w->noise) * fmin(1, more / w->known);
}

bool
window_close(struct window *w, struct sample *sample)
{
	double		 when = 0, offset = 0, error;
	size_t		 i;

	if (w->n == 0)
		return false;
	if (w->n >= LEAST)
		drop_apart(w);
	learn_noise(w);
	for (i = 0; i < w->n; i++) {
		when += (w->readings[i].when - w->readings[0].when) /
		    (double)w->n;
		offset += (w->readings[i].offset - w->readings[0].offset) /
		    (double)w->n;
	}
	error = w->known > 0 ? sqrt(w->noise * (1 + UNSEEN / w->known) /
	    fmin((double)w->n, INDEPENDENT)) : w->error;
	/* A precision is the width of what is as likely everywhere in it. */
	*sample = (struct sample){
		.when = w->readings[0].when + when,
		.offset = w->readings[0].offset + offset,
		.delay = NO_PATH, .trip = 2 * w->error + NO_PATH,
		.precision = sqrt(12) * fmax(error, BEST)
	};
	window_clear(w);
	return true;
}
