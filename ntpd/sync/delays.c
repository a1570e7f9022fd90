/*
 * The least delay of a path.
 */
#include <math.h>

#include "ntpd/sync/delays.h"
#include "ntpd/sync/median.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * The usual excess is a median, because congestion makes a mean of what is
 * not usual.  A few delays may be alike by chance: it counts as no less than
 * a tenth of the delay, divided by their number.
 */
#define EXCESS_OF_DELAY	0.1

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

/*
 * If the least of the newest N delays is above the least known by more than
 * PART of what their median is, the route has become longer.
 */
struct sign {
	size_t		 n;
	double		 part;
};

/*
 * Of N sums of two exponential waits the least is above that part of their
 * median once in a hundred thousand times.  Derived; the last, of 64, is one
 * for small changes, and is so once in twenty thousand times.
 */
static const struct sign longer[] = { { 16, 0.8 }, { 32, 0.6 }, { 64, 0.4 } };

/* Likewise, but once in a hundred times: a reason to ask for more of them. */
static const struct sign doubtful[] = { { 4, 0.9 }, { 8, 0.72 }, { 16, 0.52 } };

/* So many of the newest are then of the new route for sure. */
#define NEW_ROUTE	16

/* A combined delay is taken for so many standard errors more than it is. */
#define CAUTION		2.0

double
delays_minimum(const struct delays *d)
{
	return d->least - LEAST_EXCESS * d->usual_excess / sqrt(d->trips);
}

double
delays_error(const struct delays *d)
{
	return LEAST_DEVIATION * d->usual_excess / sqrt(d->trips);
}

/* DELAY is the least of TRIPS. */
static void
note(struct delays *d, double delay, double trips)
{
	struct stretch	*s = &d->stretches[d->current];

	s->least = s->trips > 0 ? fmin(s->least, delay) : delay;
	s->trips += trips;
	d->least = d->trips > 0 ? fmin(d->least, delay) : delay;
	d->trips += trips;
}

/* Make room for another stretch, of the ring's oldest. */
static void
next_stretch(struct delays *d)
{
	const struct stretch *s;

	d->current = (d->current + 1) % DELAYS_STRETCHES;
	d->stretches[d->current].trips = 0;
	d->trips = 0;
	d->least = HUGE_VAL;
	for (s = d->stretches; s < d->stretches + DELAYS_STRETCHES; s++) {
		if (s->trips == 0)
			continue;
		d->least = fmin(d->least, s->least);
		d->trips += s->trips;
	}
}

/* Nothing counts but the newest N (at most d->n). */
static void
keep_newest(struct delays *d, size_t n)
{
	size_t		 i;

	for (i = 0; i < DELAYS_STRETCHES; i++)
		d->stretches[i].trips = 0;
	d->trips = 0;
	d->n = n;
	for (i = 1; i <= n; i++)
		note(d, d->newest[(d->next + DELAYS_KEPT - i) % DELAYS_KEPT],
		    1);
}

static void
remember(struct delays *d, double delay)
{
	d->newest[d->next] = delay;
	d->next = (d->next + 1) % DELAYS_KEPT;
	if (d->n < DELAYS_KEPT)
		d->n++;
	else if (d->next == 1)
		next_stretch(d);
}

/* The median of the newest N (at most d->n), and the LEAST of them. */
static double
newest_median(const struct delays *d, size_t n, double *least)
{
	double		 v[DELAYS_KEPT], middle;
	size_t		 i;

	for (i = 0; i < n; i++)
		v[i] = d->newest[(d->next + DELAYS_KEPT - 1 - i) % DELAYS_KEPT];
	middle = median(v, n);
	*least = v[0];
	return middle;
}

/* Is any of the N SIGNS seen? */
static bool
is_seen(const struct delays *d, const struct sign *signs, size_t n)
{
	double		 least, middle;
	size_t		 i;

	for (i = 0; i < n && signs[i].n <= d->n; i++) {
		middle = newest_median(d, signs[i].n, &least);
		if (least - d->least > signs[i].part * (middle - d->least))
			return true;
	}
	return false;
}

/*
 * The median beside the least of what is kept.  If the least of the newest is
 * far above, the route has become longer, and only the newest count.
 */
static void
find_excess(struct delays *d)
{
	double		 least;

	if (is_seen(d, longer, COUNT(longer)))
		keep_newest(d, NEW_ROUTE);
	d->usual_excess = fmax(newest_median(d, d->n, &least) - d->least,
	    EXCESS_OF_DELAY * d->least / (double)d->n);
}

void
delays_add(struct delays *d, double delay)
{
	remember(d, delay);
	note(d, delay, 1);
	find_excess(d);
}

bool
delays_in_doubt(const struct delays *d)
{
	return is_seen(d, doubtful, COUNT(doubtful));
}

void
delays_renew(struct delays *d)
{
	if (d->n == 0)
		return;
	keep_newest(d, d->n);
	find_excess(d);
}

/*
 * With the caution, few of them are below what they should be; but those above
 * are less probable to be the least.  Of n sums that are a too large n (x-a)^2
 * / (2 j^2) are below x, instead of n x^2 / (2 j^2).  So for the x that is the
 * mean of the least, they are worth (1 - a/x)^2 of those that are exact.
 */
void
delays_combine(struct delays *d, double delay, double error)
{
	double		 before = d->least, more = CAUTION * error, worth;

	worth = 1 - more / (d->least - delays_minimum(d));
	if (!(worth > 0))
		return;
	note(d, fmax(0, delay) + more, worth * worth);
	d->usual_excess += before - d->least;
}
