/*
 * The scales that both pictures of the history have in common.
 */
#include <err.h>
#include <math.h>
#include <stdlib.h>

#include "ntpctl/plot.h"

/* Frequencies are written with two decimals: so much is shown at least, ppm. */
#define FREQUENCIES_LEAST	0.1

static int
compare(const void *a, const void *b)
{
	const double	*x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct plot_range
plot_range(double *values, size_t n)
{
	struct plot_range r = { -1, 1 };

	if (n == 0)
		return r;
	qsort(values, n, sizeof(*values), compare);
	r.low = values[n / 100];
	r.high = values[n - 1 - n / 100];
	if (r.high <= r.low) {
		r.low -= fabs(r.low) / 10 + 1e-9;
		r.high += fabs(r.high) / 10 + 1e-9;
	}
	return r;
}

struct plot_range
plot_times(const struct report *r)
{
	struct plot_range t = { -60, 0 };
	size_t		 i;

	for (i = 0; i < r->npoints; i++)
		t.low = fmin(t.low, -r->points[i].ago);
	for (i = 0; i < r->nsamples; i++)
		t.low = fmin(t.low, -r->samples[i].ago);
	return t;
}

struct plot_range
plot_offsets(const struct report *r)
{
	double		*values = calloc(2 * r->npoints + 1, sizeof(*values));
	const struct control_point *p;
	struct plot_range range;
	size_t		 n = 0;

	if (values == NULL)
		err(1, NULL);
	for (p = r->points; p < r->points + r->npoints; p++) {
		if (isnan(p->offset) || isnan(p->likely_bound))
			continue;
		/* The bound is of the clock, so it is round an offset of 0. */
		values[n++] = fmax(p->offset, p->likely_bound);
		values[n++] = fmin(p->offset, -p->likely_bound);
	}
	range = plot_range(values, n);
	free(values);
	return range;
}

struct plot_range
plot_frequencies(const struct report *r)
{
	double		*values = calloc(r->npoints + 1, sizeof(*values));
	struct plot_range range;
	size_t		 i, n = 0;
	double		 more;

	if (values == NULL)
		err(1, NULL);
	for (i = 0; i < r->npoints; i++)
		if (!isnan(r->points[i].frequency))
			values[n++] = r->points[i].frequency;
	range = plot_range(values, n);
	more = (FREQUENCIES_LEAST - (range.high - range.low)) / 2;
	if (more > 0) {
		range.low -= more;
		range.high += more;
	}
	free(values);
	return range;
}

double
plot_step(struct plot_range range, double most)
{
	static const double round[] = { 1, 2, 5, 10 };
	double		 least = (range.high - range.low) / most;
	double		 power = pow(10, floor(log10(least)));
	size_t		 i = 0;

	while (i < 3 && round[i] * power < least)
		i++;
	return round[i] * power;
}

struct plot_unit
plot_unit(struct plot_range range)
{
	static const struct plot_unit units[] = {
		{ "ns", 1e-9 }, { "us", 1e-6 }, { "ms", 1e-3 }, { "s", 1 }
	};
	const double	 most = fmax(fabs(range.low), fabs(range.high));
	size_t		 i = 0;

	while (i < 3 && most >= units[i + 1].size)
		i++;
	return units[i];
}
