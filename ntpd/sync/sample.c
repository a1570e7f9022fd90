/*
 * What four timestamps say, and whether they can be believed at all.
 */
#include <math.h>

#include "ntpd/sync/sample.h"

/* Two NTP timestamps are less than one era apart, s.  Derived: RFC 5905 6. */
#define ERA		4294967296.0

double
sample_offset(double out, double back, double *delay)
{
	*delay = out + back;
	return (out - back) / 2;
}

/* Is V a number from 0 on?  NaN is none. */
static bool
is_length(double v)
{
	return v >= 0 && isfinite(v);
}

bool
sample_is_possible(const struct sample *s)
{
	return isfinite(s->when) && fabs(s->offset) <= ERA &&
	    is_length(s->delay) && s->delay > 0 && is_length(s->trip) &&
	    is_length(s->precision) && is_length(s->root_delay) &&
	    is_length(s->root_dispersion);
}

double
sample_trip(const struct sample *s)
{
	return fmax(s->trip, s->delay);
}

double
sample_distance(const struct sample *s)
{
	return (sample_trip(s) + s->root_delay) / 2 + s->root_dispersion +
	    s->precision;
}
