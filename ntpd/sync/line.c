/*
 * Weighted least squares with a prior of the slope.
 */
#include <math.h>

#include "ntpd/sync/line.h"

void
line_add(struct line_sums *s, double x, double y, double variance)
{
	double		 w = 1 / variance;

	s->w += w;
	s->wx += w * x;
	s->wy += w * y;
	s->wxx += w * x * x;
	s->wxy += w * x * y;
	s->wyy += w * y * y;
}

/*
 * Around the points' weighted mean, offset and slope have independent errors;
 * there the prior's information, 1 / SLOPE_ERROR^2, adds to the points' own.
 */
struct line
line_fit(const struct line_sums *s, double slope_error)
{
	double		 x = s->wx / s->w, y = s->wy / s->w;
	double		 sxx = fmax(0, s->wxx - s->w * x * x);
	double		 sxy = s->wxy - s->w * x * y;
	double		 syy = fmax(0, s->wyy - s->w * y * y);
	double		 variance;
	struct line	 l;

	variance = 1 / (sxx + 1 / (slope_error * slope_error));
	l.slope = sxy * variance;
	l.slope_error = sqrt(variance);
	l.offset = y - l.slope * x;
	l.offset_error = sqrt(1 / s->w + x * x * variance);
	l.jitter = sqrt(fmax(0, syy - 2 * l.slope * sxy +
	    l.slope * l.slope * sxx) / s->w);
	return l;
}
