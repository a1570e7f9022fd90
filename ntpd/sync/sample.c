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

/* The unit of NTP's timestamps, s: no round trip is shorter. */
#define SHORTEST	0x1p-32

/* NTP states delays and dispersions below that, s.  Derived: RFC 5905 6. */
#define LONGEST		65536.0

/* Is V a time that NTP can state?  NaN is none. */
static bool
is_length(double v)
{
	return v >= 0 && v <= LONGEST;
}

bool
sample_is_possible(const struct sample *s)
{
	return isfinite(s->when) && fabs(s->offset) <= ERA &&
	    is_length(s->delay) && s->delay >= SHORTEST && is_length(s->trip) &&
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
