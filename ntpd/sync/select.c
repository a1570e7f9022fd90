/*
 * Selection: falsetickers out, then outliers.
 */
#include <math.h>

#include "ntpd/sync/median.h"
#include "ntpd/sync/select.h"

#define OUTLIER_ERRORS	4.0	/* standard errors from the median */
#define OUTLIER_SPREAD	3.0	/* times the median distance from it */
/*
 * A nearer server may differ from those that are far by so much of what their
 * distances differ.  Tuned: sync_test, near_and_far and near_liars.
 */
#define NEARNESS	0.5

#define OUTSIDE_ERRORS	4.0	/* standard errors from the intersection */
#define NEARER		2.0	/* times: much nearer.  Tuned: bound_test */

enum edge_kind { LOWER = -1, UPPER = 1 };

struct edge {
	double		 at;
	enum edge_kind	 kind;
};

/* Insertion sort: at most 128 edges, and stable. */
static void
sort_edges(struct edge *edges, size_t n)
{
	struct edge	 e;
	size_t		 i, j;

	for (i = 1; i < n; i++) {
		e = edges[i];
		for (j = i; j > 0 && (edges[j - 1].at > e.at ||
		    (edges[j - 1].at == e.at && edges[j - 1].kind > e.kind));
		    j--)
			edges[j] = edges[j - 1];
		edges[j] = e;
	}
}

static size_t
make_edges(const struct opinion *o, size_t n, struct edge *edges)
{
	size_t		 i, m = 0;

	for (i = 0; i < n && i < SELECT_MAX; i++) {
		if (!o[i].usable)
			continue;
		edges[m++] = (struct edge){ o[i].offset - o[i].distance,
		    LOWER };
		edges[m++] = (struct edge){ o[i].offset + o[i].distance,
		    UPPER };
	}
	sort_edges(edges, m);
	return m;
}

/* The first point, going up, that NEED intervals contain; false: none. */
static bool
find_low(const struct edge *edges, size_t m, size_t need, double *low)
{
	size_t		 i, depth = 0;

	for (i = 0; i < m; i++) {
		if (edges[i].kind == LOWER && ++depth >= need) {
			*low = edges[i].at;
			return true;
		}
		if (edges[i].kind == UPPER)
			depth--;
	}
	return false;
}

/* The same going down. */
static bool
find_high(const struct edge *edges, size_t m, size_t need, double *high)
{
	size_t		 i, depth = 0;

	for (i = m; i-- > 0;) {
		if (edges[i].kind == UPPER && ++depth >= need) {
			*high = edges[i].at;
			return true;
		}
		if (edges[i].kind == LOWER)
			depth--;
	}
	return false;
}

bool
select_majority(const struct opinion *o, size_t n, double *low, double *high)
{
	struct edge	 edges[2 * SELECT_MAX];
	size_t		 m = make_edges(o, n, edges), need = m / 4 + 1;

	return find_low(edges, m, need, low) &&
	    find_high(edges, m, need, high);
}

/*
 * Allow 0, 1, ... falsetickers as long as they are a minority, and stop at the
 * first number for which the others' intervals have a point in common.
 * RFC 5905 11.2.1 also wants their midpoints within what they have in common.
 * Near and far servers need not fulfil that: half of a long asymmetric path is
 * many times the whole of a short one, and both are right.
 */
static bool
intersect(const struct opinion *o, size_t n, size_t usable, double *low,
    double *high)
{
	struct edge	 edges[2 * SELECT_MAX];
	size_t		 m = make_edges(o, n, edges), allow;

	for (allow = 0; 2 * allow < usable; allow++) {
		if (find_low(edges, m, usable - allow, low) &&
		    find_high(edges, m, usable - allow, high))
			return true;
	}
	return false;
}

/* Compare O with what the truechimers have in common, LOW to HIGH. */
static void
compare(struct opinion *o, double low, double high)
{
	double		 error = OUTSIDE_ERRORS * sqrt(o->variance);

	o->truechimer = o->usable && o->offset - o->distance <= high &&
	    o->offset + o->distance >= low;
	o->outside = o->truechimer &&
	    (o->offset + error < low || o->offset - error > high);
}

size_t
select_truechimers(struct opinion *o, size_t n)
{
	double		 low, high;
	size_t		 i, usable = 0, truechimers = 0;

	for (i = 0; i < n; i++) {
		o[i].truechimer = o[i].outside = o[i].survivor = false;
		if (i < SELECT_MAX && o[i].usable)
			usable++;
	}
	if (usable == 0 || !intersect(o, n, usable, &low, &high))
		return 0;
	for (i = 0; i < n && i < SELECT_MAX; i++) {
		compare(&o[i], low, high);
		truechimers += o[i].truechimer;
	}
	return truechimers;
}

/* Where most survivors are. */
struct centre {
	double		 offset;	/* s, the median */
	double		 variance;	/* s^2, of that */
	double		 distance;	/* s, of who says it */
	double		 spread;	/* s, median distance from there */
};

/*
 * Medians, since a minority that agrees has a mean, and a small spread, of its
 * own.
 */
static struct centre
find_centre(const struct opinion *o, size_t n)
{
	struct centre	 c = { .variance = 0 };
	double		 v[SELECT_MAX];
	size_t		 i, m = 0;

	for (i = 0; i < n; i++)
		if (o[i].survivor)
			v[m++] = o[i].offset;
	c.offset = median(v, m);
	for (i = 0, m = 0; i < n; i++) {
		if (!o[i].survivor)
			continue;
		v[m++] = fabs(o[i].offset - c.offset);
		if (o[i].offset != c.offset)
			continue;
		c.variance = fmax(c.variance, o[i].variance);
		c.distance = fmax(c.distance, o[i].distance);
	}
	c.spread = median(v, m);
	return c;
}

/*
 * How far O may be from the centre C without standing apart, s.  A far server
 * may be off by the asymmetry of its path, and so may many that share a part of
 * it.  So it has no word against a nearer one, as far as NEARNESS goes.  One
 * that stood apart is not let in again for not knowing well what it says.
 */
static double
outlier_limit(const struct opinion *o, const struct centre *c)
{
	double		 variance = o->apart ? 0 : o->variance;

	return OUTLIER_ERRORS * sqrt(variance + c->variance) +
	    OUTLIER_SPREAD * c->spread +
	    NEARNESS * fmax(0, c->distance - o->distance);
}

/* The survivor that stands apart most; N if none stands apart. */
static size_t
find_outlier(const struct opinion *o, size_t n)
{
	struct centre	 c = find_centre(o, n);
	double		 far, most = 1;
	size_t		 i, worst = n;

	for (i = 0; i < n; i++) {
		if (!o[i].survivor)
			continue;
		far = fabs(o[i].offset - c.offset) / outlier_limit(&o[i], &c);
		if (far > most) {
			most = far;
			worst = i;
		}
	}
	return worst;
}

/*
 * Do those that are not outside know better?  They do if one of them is much
 * nearer than most that are.  If not, it is chance, or a lie, which of those
 * wide intervals ends where.
 */
static bool
insiders_know_better(const struct opinion *o, size_t n)
{
	double		 out[SELECT_MAX], nearest = HUGE_VAL;
	size_t		 i, outside = 0;

	for (i = 0; i < n && i < SELECT_MAX; i++) {
		if (o[i].truechimer && o[i].outside)
			out[outside++] = o[i].distance;
		else if (o[i].truechimer && !o[i].refuted)
			nearest = fmin(nearest, o[i].distance);
	}
	return outside > 0 && NEARER * nearest <= median(out, outside);
}

/* The truechimers that are not outside, or all.  Returns how many. */
static size_t
nominate(struct opinion *o, size_t n)
{
	bool		 only_inside = insiders_know_better(o, n);
	size_t		 i, survivors = 0;

	for (i = 0; i < n; i++) {
		o[i].survivor = o[i].truechimer && !o[i].refuted &&
		    (!o[i].outside || !only_inside);
		survivors += o[i].survivor;
	}
	return survivors;
}

size_t
select_survivors(struct opinion *o, size_t n)
{
	size_t		 i, usable = 0, survivors = nominate(o, n);

	for (i = 0; i < n; i++)
		usable += o[i].usable;
	/* Without a majority left, nobody can say who stands apart. */
	while (2 * (survivors - 1) > usable && survivors > 2) {
		if ((i = find_outlier(o, n)) == n)
			break;
		o[i].survivor = false;
		survivors--;
	}
	return survivors;
}

/* The survivor that knows best what it says; N if there is none. */
static size_t
find_best(const struct opinion *o, size_t n)
{
	size_t		 i, best = n;

	for (i = 0; i < n && i < SELECT_MAX; i++)
		if (o[i].survivor &&
		    (best == n || o[i].variance < o[best].variance))
			best = i;
	return best;
}

double
select_conflict(const struct opinion *o, size_t n)
{
	size_t		 i, best = find_best(o, n), truechimers = 0, know = 0;
	double		 most = 0;

	if (best == n)
		return 0;
	for (i = 0; i < n && i < SELECT_MAX; i++)
		if (o[i].truechimer && !o[i].survivor)
			most = fmax(most, fabs(o[i].offset - o[best].offset));
	for (i = 0; i < n && i < SELECT_MAX; i++) {
		truechimers += o[i].truechimer;
		know += o[i].survivor &&
		    OUTSIDE_ERRORS * sqrt(o[i].variance) < most;
	}
	return 2 * know < truechimers ? most : 0;
}
