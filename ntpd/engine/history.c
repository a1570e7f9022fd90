/*
 * Two rings: of points, and of samples.
 */
#include <math.h>
#include <string.h>

#include "ntpd/engine/history.h"

bool
history_is_due(const struct history *h, struct instant now)
{
	return h->npoints == 0 || instant_diff(now,
	    h->pointed_at[(h->npoints - 1) % HISTORY_POINTS]) >=
	    HISTORY_INTERVAL;
}

void
history_add_point(struct history *h, const struct control_status *st,
    struct instant now)
{
	const size_t	 i = h->npoints % HISTORY_POINTS;
	struct control_point *point = &h->points[i];

	memset(point, 0, sizeof(*point));	/* padding leaves the process */
	point->version = CONTROL_VERSION;
	point->number = h->npoints++;
	point->synchronized = st->synchronized;
	point->offset = st->offset;
	point->likely_bound = st->likely_bound;
	point->certain_bound = st->certain_bound;
	point->frequency = st->frequency;
	point->truechimers = st->truechimers;
	h->pointed_at[i] = now;
}

void
history_add_sample(struct history *h, const struct control_sample *sample,
    struct instant now)
{
	const size_t	 i = h->nsamples % HISTORY_SAMPLES;

	h->samples[i] = *sample;
	h->samples[i].number = h->nsamples++;
	h->sampled_at[i] = now;
}

/* The first number from FROM on that is kept in a ring of SIZE; N: none. */
static uint32_t
first(uint32_t from, uint32_t n, uint32_t size)
{
	const uint32_t	 oldest = n > size ? n - size : 0;

	if (from >= n)
		return n;
	return from > oldest ? from : oldest;
}

bool
history_point(const struct history *h, uint32_t from, struct instant now,
    struct control_point *point)
{
	const uint32_t	 number = first(from, h->npoints, HISTORY_POINTS);
	const size_t	 i = number % HISTORY_POINTS;

	if (number == h->npoints)
		return false;
	*point = h->points[i];
	point->ago = fmax(0, instant_diff(now, h->pointed_at[i]));
	return true;
}

bool
history_sample(const struct history *h, uint32_t from, struct instant now,
    struct control_sample *sample)
{
	const uint32_t	 number = first(from, h->nsamples, HISTORY_SAMPLES);
	const size_t	 i = number % HISTORY_SAMPLES;

	if (number == h->nsamples)
		return false;
	*sample = h->samples[i];
	sample->ago = fmax(0, instant_diff(now, h->sampled_at[i]));
	return true;
}
