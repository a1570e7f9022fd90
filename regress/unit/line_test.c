/*
 * The line through points with errors: by hand, and against the same normal
 * equations solved in another way.
 */
#include <math.h>

#include "ntpd/sync/line.h"
#include "regress/unit/paths.h"
#include "regress/unit/unit.h"

static const struct {
	const char	*name;
	size_t		 n;
	double		 x[4], y[4], variance[4];
	double		 prior;		/* slope's standard error */
	struct line	 line;
} cases[] = {
	/* What one point says of x = 0 depends on the slope. */
	{ "one point", 1, { 0 }, { 5 }, { 4 }, 1, { 5, 0, 2, 1, 0 } },
	{ "one point, elsewhere", 1, { -3 }, { 5 }, { 16 }, 1,
	    { 5, 0, 5, 1, 0 } },
	{ "two points, any slope", 2, { 0, 1 }, { 1, 3 }, { 1, 1 }, 1e9,
	    { 1, 2, 1, M_SQRT2, 0 } },
	{ "two points, no slope", 2, { 0, 1 }, { 1, 3 }, { 1, 1 }, 1e-9,
	    { 2, 0, M_SQRT1_2, 1e-9, 1 } },
	/* Half of the information is the prior's: half of the slope. */
	{ "two points, a prior as sure as they are", 2, { 0, 2 }, { 0, 4 },
	    { 1, 1 }, M_SQRT1_2, { 1, 1, 0.8660254, 0.5, 1 } },
	{ "four on a line", 4, { -2, -1, 1, 2 }, { 1, 3, 7, 9 },
	    { 1, 1, 1, 1 }, 1e9, { 5, 2, 0.5, 0.31622776601683794, 0 } },
	{ "four around a level", 4, { -2, -1, 1, 2 }, { 1, -1, -1, 1 },
	    { 1, 1, 1, 1 }, 1e9, { 0, 0, 0.5, 0.31622776601683794, 1 } },
	{ "one that knows better", 3, { -1, 0, 1 }, { 9, 4, -7 },
	    { 1e6, 1, 1e6 }, 1e-9, { 4, 0, 1, 1e-9, 0.0121 } },
};

static void
by_hand(void **arg)
{
	struct line_sums sums;
	struct line	 l;
	size_t		 i, k;

	(void)arg;
	for (i = 0; i < COUNT(cases); i++) {
		print_message("# %s\n", cases[i].name);
		sums = (struct line_sums){ 0 };
		for (k = 0; k < cases[i].n; k++)
			line_add(&sums, cases[i].x[k], cases[i].y[k],
			    cases[i].variance[k]);
		l = line_fit(&sums, cases[i].prior);
		assert_near(l.offset, cases[i].line.offset, 1e-4);
		assert_near(l.slope, cases[i].line.slope, 1e-4);
		assert_near(l.offset_error, cases[i].line.offset_error, 1e-4);
		assert_near(l.slope_error, cases[i].line.slope_error, 1e-4);
		assert_near(l.jitter, cases[i].line.jitter, 1e-3);
	}
}

/* Points, and the sums of the normal equations with the prior's. */
struct equations {
	double		 x[16], y[16], variance[16];
	size_t		 n;
	double		 a, b, d, u, v;	/* (a b; b d) (offset slope) = (u v) */
};

static void
generate(struct rng *rng, struct equations *q, double prior)
{
	double		 slope = rng_normal(rng), w;
	size_t		 i;

	*q = (struct equations){ .n = 1 + (size_t)(16 * rng_uniform(rng)) };
	q->d = 1 / (prior * prior);
	for (i = 0; i < q->n; i++) {
		q->variance[i] = pow(10, 4 * rng_uniform(rng) - 2);
		q->x[i] = 10 * rng_uniform(rng) - 8;
		q->y[i] = 3 + slope * q->x[i] +
		    sqrt(q->variance[i]) * rng_normal(rng);
		w = 1 / q->variance[i];
		q->a += w;
		q->b += w * q->x[i];
		q->d += w * q->x[i] * q->x[i];
		q->u += w * q->y[i];
		q->v += w * q->x[i] * q->y[i];
	}
}

static double
scatter(const struct equations *q, double offset, double slope)
{
	double		 sum = 0, w = 0, r;
	size_t		 i;

	for (i = 0; i < q->n; i++) {
		r = q->y[i] - offset - slope * q->x[i];
		sum += r * r / q->variance[i];
		w += 1 / q->variance[i];
	}
	return sqrt(sum / w);
}

static void
as_by_cramer(void **arg)
{
	struct line_sums sums;
	struct equations q;
	struct line	 l;
	struct rng	 rng;
	double		 prior, det;
	unsigned	 run;
	size_t		 i;

	(void)arg;
	rng_seed(&rng, 1);
	for (run = 0; run < 20000; run++) {
		prior = pow(10, 4 * rng_uniform(&rng) - 2);
		generate(&rng, &q, prior);
		sums = (struct line_sums){ 0 };
		for (i = 0; i < q.n; i++)
			line_add(&sums, q.x[i], q.y[i], q.variance[i]);
		l = line_fit(&sums, prior);
		det = q.a * q.d - q.b * q.b;
		assert_near(l.offset, (q.d * q.u - q.b * q.v) / det, 1e-6);
		assert_near(l.slope, (q.a * q.v - q.b * q.u) / det, 1e-6);
		assert_near(l.offset_error, sqrt(q.d / det), 1e-6);
		assert_near(l.slope_error, sqrt(q.a / det), 1e-6);
		assert_near(l.jitter, scatter(&q, l.offset, l.slope), 1e-4);
	}
}

/* Errors are what is claimed, when the slope is as its prior says. */
static void
the_claims_are_true(void **arg)
{
	struct line_sums sums;
	struct line	 l;
	struct rng	 rng;
	double		 offset, slope, v, x, o2 = 0, s2 = 0;
	unsigned	 run, i;
	const unsigned	 runs = 20000;

	(void)arg;
	rng_seed(&rng, 2);
	for (run = 0; run < runs; run++) {
		sums = (struct line_sums){ 0 };
		offset = rng_normal(&rng);
		slope = 0.3 * rng_normal(&rng);
		for (i = 0; i < 1 + run % 8; i++) {
			v = 0.1 + rng_uniform(&rng);
			x = -5 * rng_uniform(&rng);
			line_add(&sums, x, offset + slope * x + sqrt(v) *
			    rng_normal(&rng), v);
		}
		l = line_fit(&sums, 0.3);
		o2 += pow((l.offset - offset) / l.offset_error, 2) / runs;
		s2 += pow((l.slope - slope) / l.slope_error, 2) / runs;
	}
	assert_near(o2, 1, 0.05);
	assert_near(s2, 1, 0.05);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(as_by_cramer),
		cmocka_unit_test(the_claims_are_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
