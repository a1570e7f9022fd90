/*
 * The estimator: cases worked by hand; and, on generated oscillators and
 * noise, that it is right on average and as sure as it may be.
 */
#include <math.h>

#include "ntpd/sync/filter.h"
#include "regress/unit/unit.h"

#define DAY		86400.0

/* Filters are large for a stack. */
static struct filter	 f, g;

static struct rng	 rng;

/* A sample with a normal error only. */
static void
observe(struct filter *filter, size_t i, double offset, double variance)
{
	struct observation o = { offset, 0, variance };

	filter_update(filter, i, &o);
}

static double
surprise(const struct filter *filter, size_t i, double offset,
    double variance)
{
	struct observation o = { offset, 0, variance };

	return filter_surprise(filter, i, &o, 0);
}

static void
assert_estimate(double when, double offset, double error)
{
	struct estimate	 e = filter_estimate(&f, when);

	assert_near(e.offset, offset, 1e-6 * (fabs(offset) + error));
	assert_near(e.offset_error, error, 1e-6 * error);
}

static void
start(double when, double offset, double error, double frequency,
    double frequency_error)
{
	const struct estimate known = {
		.offset = offset, .offset_error = error,
		.frequency = frequency, .frequency_error = frequency_error
	};

	filter_start(&f, when, &known);
}

/* Nothing is known but that the frequency is right; source 0 has no bias. */
static void
start_knowing_nothing(void)
{
	start(0, 0, 1e6, 0, 0);
	filter_join(&f, 0, 0);
}

/* ---- by hand: samples of one moment, in which no oscillator wanders ---- */

static void
one_sample(void **arg)
{
	(void)arg;
	start_knowing_nothing();
	observe(&f, 0, 5, 4);
	assert_estimate(0, 5, 2);
}

static void
two_equal_samples(void **arg)
{
	(void)arg;
	start_knowing_nothing();
	observe(&f, 0, 5, 4);
	observe(&f, 0, 9, 4);
	assert_estimate(0, 7, sqrt(2));
}

/* Weights are 1/variance: (5/4 + 15/1) / (1/4 + 1/1) = 13. */
static void
a_better_and_a_worse_sample(void **arg)
{
	(void)arg;
	start_knowing_nothing();
	observe(&f, 0, 5, 4);
	observe(&f, 0, 15, 1);
	assert_estimate(0, 13, sqrt(0.8));
}

/* What it starts from counts as a sample of its own: (10 + 12) / 2. */
static void
the_first_guess_counts(void **arg)
{
	(void)arg;
	start(1000, 10, 1, 0, 0);
	filter_join(&f, 3, 0);
	assert_estimate(1000, 10, 1);
	observe(&f, 3, 12, 1);
	assert_estimate(1000, 11, sqrt(0.5));
}

/* ---- intervals ---- */

/*
 * Mean and standard deviation of a normal prior times a uniform likelihood
 * with blurred ends, by adding up.
 */
static void
integrate(double mean, double deviation, const struct observation *o,
    double even, double *m, double *d)
{
	double		 x, w, sum = 0, first = 0, second = 0;
	double		 blur = sqrt(2 * o->variance);
	double		 v = o->variance + 0.01 * o->half * o->half;
	int		 i;

	for (i = -40000; i <= 40000; i++) {
		x = mean + deviation * i / 4000;
		w = exp(-0.5 * pow((x - mean) / deviation, 2)) *
		    ((1 - even) * (erf((x - o->offset + o->half) / blur) -
		    erf((x - o->offset - o->half) / blur)) / (4 * o->half) +
		    even * exp(-0.5 * pow(x - o->offset, 2) / v) /
		    sqrt(2 * M_PI * v));
		sum += w;
		first += w * x;
		second += w * x * x;
	}
	*m = first / sum;
	*d = sqrt(second / sum - *m * *m);
}

static const struct {
	const char	*name;
	double		 deviation;	/* of the prior, around 0 */
	struct observation o;
} intervals[] = {
	{ "around prediction", 1, { 0, 1, 0.01 } },
	{ "to one side", 1, { 1, 1, 0.01 } },
	{ "to the other", 1, { -1, 1, 0.01 } },
	{ "prediction is outside", 1, { 3, 1, 0.01 } },
	{ "far outside", 1, { -6, 1, 0.04 } },
	{ "wide", 1, { 50, 100, 1 } },
	{ "one end matters", 1, { -99.5, 100, 0.01 } },
	{ "narrow", 1, { 0.5, 0.1, 1e-4 } },
	{ "as narrow as a point", 1, { 0.5, 1e-3, 0.25 } },
	{ "blurred", 1, { 0.5, 1, 1 } },
	{ "in microseconds", 1e-4, { 5e-5, 2e-4, 1e-10 } },
};

static void
intervals_by_integration(void **arg)
{
	static const double	 shares[] = { 0, 0.05, 0.5, 0.9 };
	struct estimate	 e;
	double		 mean, deviation, within;
	size_t		 i, k;

	(void)arg;
	for (i = 0; i < COUNT(intervals) * COUNT(shares); i++) {
		k = i / COUNT(shares);
		print_message("# %s, %g waited alike\n", intervals[k].name,
		    shares[i % COUNT(shares)]);
		start(0, 0, intervals[k].deviation, 0, 0);
		filter_join(&f, 0, 0);
		f.even[0].share = shares[i % COUNT(shares)];
		integrate(0, intervals[k].deviation, &intervals[k].o,
		    f.even[0].share, &mean, &deviation);
		filter_update(&f, 0, &intervals[k].o);
		e = filter_estimate(&f, 0);
		within = 1e-3 * intervals[k].deviation;
		assert_near(e.offset, mean, within);
		assert_near(e.offset_error, deviation, within);
	}
}

/* Of two waits, the second like the first or not; RMS error of the end. */
static double
waits(bool alike, double *share)
{
	struct observation o = { .variance = 1e-14 };
	double		 first, second, sum = 0;
	int		 i, run;

	rng.state = 3;
	*share = 0;
	for (run = 0; run < 50; run++) {
		start(0, 0, 1e-3, 0, 1e-9);
		filter_join(&f, 0, 0);
		for (i = 1; i < 100; i++) {
			filter_predict(&f, 16 * i);
			first = 1e-5 * rng_exponential(&rng);
			second = alike ? first * (1 + 0.05 * rng_normal(&rng)) :
			    1e-5 * rng_exponential(&rng);
			o.offset = (first - second) / 2;
			o.half = (first + second) / 2;
			filter_update(&f, 0, &o);
		}
		sum += pow(filter_estimate(&f, f.when).offset, 2) / 50;
		*share += f.even[0].share / 50;
	}
	return sqrt(sum);
}

/* That waits are alike is found out and used; that they are not, too. */
static void
like_waits_are_learned(void **arg)
{
	double		 alike, different, share;

	(void)arg;
	different = waits(false, &share);
	assert_true(share < 0.1);
	alike = waits(true, &share);
	assert_true(share > 0.6);
	print_message("# %.3g us, %.3g us if alike\n", different * 1e6,
	    alike * 1e6);
	assert_true(alike < different / 2);
}

/* What nobody would believe is no reason to compute nonsense. */
static void
impossible_intervals(void **arg)
{
	static const struct observation o[] = {
		{ 1e6, 1, 1e-6 }, { -1e6, 1e-9, 1e-18 }, { 40, 1, 1e-4 },
		{ 1e-9, 0, 1e-30 }, { 0, 1e6, 1e-30 }
	};
	struct estimate	 e;
	size_t		 i;

	(void)arg;
	for (i = 0; i < sizeof(o) / sizeof(o[0]); i++) {
		start(0, 0, 1, 0, 1e-6);
		filter_join(&f, 0, 0.01);
		filter_update(&f, 0, &o[i]);
		e = filter_estimate(&f, 0);
		assert_true(isfinite(e.offset) && isfinite(e.frequency));
		assert_true(e.offset_error >= 0 && e.offset_error <= 1.001);
		assert_true(fabs(e.offset) <= fabs(o[i].offset));
	}
}

/* Inside the interval nothing is a surprise, outside of it the way there. */
static void
surprise_outside_only(void **arg)
{
	struct observation o = { 10, 7, 16 };

	(void)arg;
	start(0, 4, 3, 0, 0);
	filter_join(&f, 0, 0);
	assert_near(filter_surprise(&f, 0, &o, 0), 0, 0);
	o.offset = 21;
	assert_near(filter_surprise(&f, 0, &o, 0), 2, 1e-9);	/* 10/5 */
	o.offset = -13;
	assert_near(filter_surprise(&f, 0, &o, 0), 2, 1e-9);
}

/* ---- biases: how large they are, the bank has to guess ---- */

/* Far enough for any asymmetry of its path to be far beyond the noise, s. */
#define FAR	1000.0

/* A hundred samples of one distant source do not tell its bias. */
static void
a_bias_does_not_average_out(void **arg)
{
	struct estimate	 e;
	int		 i;

	(void)arg;
	start(0, 0, 1e6, 0, 0);
	filter_join(&f, 0, FAR);
	for (i = 0; i < 100; i++)
		observe(&f, 0, 3, 1e-2);
	e = filter_estimate(&f, 0);
	assert_near(e.offset, 3, 0.01);
	assert_true(e.offset_error > 1e-4 * FAR);	/* not 10 ms */
	start(0, 0, 1e6, 0, 0);
	filter_join(&f, 0, 0);
	for (i = 0; i < 100; i++)
		observe(&f, 0, 3, 1e-2);
	assert_near(filter_estimate(&f, 0).offset_error, 0.01, 1e-6);
}

/* Two sources that differ: half way between, and that is remembered. */
static void
two_biased_sources(void **arg)
{
	double		 error;

	(void)arg;
	start(0, 0, 1e6, 0, 0);
	filter_join(&f, 0, FAR);
	observe(&f, 0, 3, 1e-8);
	error = filter_estimate(&f, 0).offset_error;
	filter_join(&f, 1, FAR);
	observe(&f, 1, 4, 1e-8);
	assert_near(filter_estimate(&f, 0).offset, 3.5, 0.01);
	/* Two are better than one, though not by more than that. */
	assert_true(filter_estimate(&f, 0).offset_error < error);
	assert_true(filter_estimate(&f, 0).offset_error > error / 30);
	/* Now that they are known, their samples are no surprise ... */
	assert_near(surprise(&f, 0, 3, 1e-4), 0, 0.1);
	assert_near(surprise(&f, 1, 4, 1e-4), 0, 0.1);
	/* ... nor are they ten minutes later. */
	filter_predict(&f, 600);
	assert_near(surprise(&f, 0, 3, 1e-4), 0, 0.1);
	assert_near(surprise(&f, 1, 4, 1e-4), 0, 0.1);
}

/* Of two that differ, the nearer is believed more. */
static void
a_near_and_a_far_source(void **arg)
{
	(void)arg;
	start(0, 0, 1e6, 0, 0);
	filter_join(&f, 0, FAR);
	filter_join(&f, 1, FAR / 10);
	observe(&f, 0, 3, 1e-8);
	observe(&f, 1, 4, 1e-8);
	assert_near(filter_estimate(&f, 0).offset, 4, 0.05);
}

/* A source that leaves takes its bias along, not what was learned. */
static void
leaving_and_coming_back(void **arg)
{
	struct estimate	 was, is;

	(void)arg;
	start(0, 0, 1e6, 0, 0);
	filter_join(&f, 0, FAR);
	filter_join(&f, 1, FAR);
	observe(&f, 0, 3, 1e-8);
	observe(&f, 1, 4, 1e-8);
	was = filter_estimate(&f, 0);
	filter_leave(&f, 0);
	is = filter_estimate(&f, 0);
	assert_true(is.offset == was.offset);
	assert_true(is.offset_error == was.offset_error);
	filter_join(&f, 0, FAR);
	is = filter_estimate(&f, 0);
	assert_true(is.offset == was.offset);
	assert_true(is.offset_error == was.offset_error);
	/* Its bias is unknown again: it counts, like a third source. */
	observe(&f, 0, 3, 1e-8);
	assert_true(filter_estimate(&f, 0).offset < was.offset - 0.05);
}

static const struct {
	double		 delay, says;	/* s; two others say 3 and 3.2 */
} wrong[] = {
	{ FAR, 6 }, { FAR, -1000 }, { FAR, 3.1 }, { FAR / 3, 5 }, { 0, 4 }
};

/* A source that was wrong leaves nothing behind, as if never heard. */
static void
rejecting_a_source(void **arg)
{
	struct estimate	 with, without;
	size_t		 i, k;

	(void)arg;
	for (i = 0; i < COUNT(wrong); i++) {
		start(0, 0, 1e6, 0, 1e-6);
		filter_join(&f, 0, FAR);
		filter_join(&f, 1, FAR);
		g = f;
		filter_join(&f, 2, wrong[i].delay);
		observe(&f, 2, wrong[i].says, 1e-8);
		observe(&f, 0, 3, 1e-8);
		observe(&g, 0, 3, 1e-8);
		observe(&f, 1, 3.2, 1e-8);
		observe(&g, 1, 3.2, 1e-8);
		filter_reject(&f, 2);
		/* Which asymmetries are probable is another matter. */
		for (k = 0; k < FILTER_MODELS; k++)
			f.models[k].weight = g.models[k].weight;
		with = filter_estimate(&f, 0);
		without = filter_estimate(&g, 0);
		assert_near(with.offset, without.offset, 1e-3);
		assert_near(with.offset_error, without.offset_error, 1e-3);
	}
}

/* How probable asymmetry K of the bank is. */
static double
probable(const struct filter *filter, size_t k)
{
	double		 sum = 0;
	size_t		 i;

	for (i = 0; i < FILTER_WANDERS; i++)
		sum += filter->models[k * FILTER_WANDERS + i].weight;
	return sum;
}

static const struct {
	double		 apart;		/* s, each of three from the next */
	size_t		 asymmetry;	/* of the bank, that this means */
} paths[] = {
	{ 0.1, 0 }, { 7, 1 }, { 60, 2 }
};

/*
 * Nor does it in what is thought of the paths: how asymmetric they may be is
 * what the others tell.
 */
static void
asymmetry_after_a_rejected_source(void **arg)
{
	size_t		 i, k;

	(void)arg;
	for (i = 0; i < COUNT(paths); i++) {
		start(0, 0, 1e6, 0, 1e-6);
		for (k = 0; k < 4; k++)
			filter_join(&f, k, FAR);
		for (k = 0; k < 40; k++) {
			observe(&f, 3, 30, 1e-8);
			observe(&f, k % 3, (double)(k % 3) * paths[i].apart,
			    1e-8);
		}
		filter_reject(&f, 3);
		if (probable(&f, paths[i].asymmetry) < 0.7)
			fail_msg("%g s apart: %f, %f, %f", paths[i].apart,
			    probable(&f, 0), probable(&f, 1), probable(&f, 2));
	}
}

/*
 * Exact samples leave what the mean of the biases may be, and nothing else; and
 * when nobody is there any more that is not known to be so.
 */
static void
what_no_sample_tells(void **arg)
{
	size_t		 i;

	(void)arg;
	start(0, 0, 1e6, 0, 0);
	for (i = 0; i < 3; i++) {
		filter_join(&f, i, FAR / (1 + (double)i));
		observe(&f, i, 3, 1e-8);
		assert_near(filter_bias_error(&f),
		    filter_estimate(&f, 0).offset_error, 1e-6);
	}
	observe(&f, 0, 3, 10);
	assert_true(filter_bias_error(&f) <
	    filter_estimate(&f, 3600).offset_error);
	for (i = 0; i < 3; i++)
		filter_leave(&f, i);
	assert_true(filter_bias_error(&f) == 0);
	assert_true(filter_estimate(&f, 0).offset_error > 1e-4 * FAR);
}

/* Joining twice is joining once. */
static void
joining_again_changes_nothing(void **arg)
{
	struct estimate	 a, b;

	(void)arg;
	start(0, 0, 1e6, 0, 0);
	filter_join(&f, 0, FAR);
	filter_join(&f, 1, FAR);
	observe(&f, 0, 3, 1e-8);
	observe(&f, 1, 4, 1e-8);
	g = f;
	filter_join(&f, 0, FAR);
	observe(&f, 0, 3, 1e-8);
	observe(&g, 0, 3, 1e-8);
	a = filter_estimate(&f, 0);
	b = filter_estimate(&g, 0);
	assert_true(a.offset == b.offset);
	assert_true(a.offset_error == b.offset_error);
}

static void
surprise_in_standard_errors(void **arg)
{
	double		 s;

	(void)arg;
	start(0, 1, 3, 0, 0);
	filter_join(&f, 0, 0);
	filter_join(&f, 1, FAR);
	assert_near(surprise(&f, 0, 1, 16), 0, 1e-12);
	assert_near(surprise(&f, 0, 11, 16), 2, 1e-9);	/* 10/5 */
	assert_near(surprise(&f, 0, -9, 16), 2, 1e-9);
	s = surprise(&f, 1, 11, 16);	/* it may be biased */
	assert_true(s > 0 && s < 1.9);
	assert_estimate(0, 1, 3);	/* asking changes nothing */
}

/* ---- frequency ---- */

/* Two good samples 100 s apart: 1 ms in 100 s are 10 ppm. */
static void
frequency_of_two_samples(void **arg)
{
	struct estimate	 e;

	(void)arg;
	start(0, 0, 1e3, 0, 1e-3);
	filter_join(&f, 0, 0);
	observe(&f, 0, 0.250, 1e-14);
	filter_predict(&f, 100);
	observe(&f, 0, 0.251, 1e-14);
	e = filter_estimate(&f, 100);
	assert_near(e.frequency, 10e-6, 0.02e-6);
	assert_true(e.frequency_error > 1e-9 && e.frequency_error < 1e-6);
	assert_near(e.offset, 0.251, 1e-9);
	e = filter_estimate(&f, 300);
	assert_near(e.offset, 0.253, 4e-6);
}

/* ---- time goes by ---- */

static void
the_future_is_less_certain(void **arg)
{
	struct estimate	 e;
	double		 last, t;

	(void)arg;
	start(0, 1, 1e-3, 20e-6, 1e-6);
	filter_join(&f, 0, 0);
	last = filter_estimate(&f, 0).offset_error;
	assert_near(last, 1e-3, 1e-9);
	for (t = 1; t < 1e6; t *= 2) {
		e = filter_estimate(&f, t);
		assert_near(e.offset, 1 + 20e-6 * t, 1e-9 * t);
		assert_near(e.frequency, 20e-6, 1e-15);
		assert_true(e.offset_error > last);
		assert_true(e.frequency_error >= 1e-6 * (1 - 1e-9));
		/* At least what an error of the frequency makes of it. */
		assert_true(e.offset_error >= hypot(1e-3, 1e-6 * t) *
		    (1 - 1e-9));
		last = e.offset_error;
	}
}

/* How much what is claimed differs if it is predicted in a thousand steps. */
static void
predict_in_steps(double steps_within, double asking_within)
{
	double		 start = f.when, end = start + 1000;
	struct estimate	 a, b, asked;
	int		 i;

	g = f;
	asked = filter_estimate(&f, end);
	filter_predict(&f, end);
	for (i = 1; i <= 1000; i++)
		filter_predict(&g, start + i);
	a = filter_estimate(&f, end);
	b = filter_estimate(&g, end);
	assert_near(a.offset, b.offset, 1e-12);
	assert_near(a.offset_error / b.offset_error, 1, steps_within);
	assert_near(a.frequency_error / b.frequency_error, 1, steps_within);
	assert_near(a.offset, asked.offset, 1e-12);
	assert_near(a.offset_error / asked.offset_error, 1, asking_within);
	assert_near(a.frequency_error / asked.frequency_error, 1,
	    asking_within);
}

/*
 * To predict in one go or in many, or only to ask, is the same.  Once it is
 * known that some wanders are more probable than others, there is the chance
 * that it changes, which in that time is little.
 */
static void
prediction_in_steps(void **arg)
{
	(void)arg;
	start(0, 1, 1e-3, 20e-6, 1e-6);
	filter_join(&f, 0, 0.05);
	observe(&f, 0, 1.0005, 1e-8);
	predict_in_steps(1e-6, 1e-9);

	start(0, 1, 1e-3, 20e-6, 1e-6);
	filter_join(&f, 0, 0.05);
	observe(&f, 0, 1.0005, 1e-8);
	filter_predict(&f, 64);
	observe(&f, 0, 1.002, 1e-8);
	predict_in_steps(5e-5, 5e-5);
}

static void
an_earlier_time_is_left_alone(void **arg)
{
	struct estimate	 was, is;

	(void)arg;
	start(1000, 1, 1e-3, 20e-6, 1e-6);
	filter_join(&f, 0, 0);
	was = filter_estimate(&f, 1000);
	filter_predict(&f, 900);
	is = filter_estimate(&f, 1000);
	assert_true(was.offset == is.offset);
	assert_true(was.offset_error == is.offset_error);
}

static void
two_exact_samples_tell_the_frequency(void **arg)
{
	double		 frequency;

	(void)arg;
	start(0, 1, 1, 0, 1e-5);
	filter_join(&f, 0, 0);
	observe(&f, 0, 1, 1e-12);
	filter_predict(&f, 1000);
	observe(&f, 0, 1.010, 1e-12);
	frequency = filter_estimate(&f, 1000).frequency;
	assert_near(frequency, 10e-6, 1e-6);
}

/* ---- generated runs ---- */

struct run {
	double		 wander;	/* s/s per sqrt(s), of the oscillator */
	double		 noise;		/* s, standard deviation */
	double		 interval;	/* s */
};

/* Of many runs: sums over all moments after the filter has settled. */
struct result {
	unsigned	 n;
	double		 offset;	/* mean error, s */
	double		 square;	/* mean squared error, s^2 */
	double		 nees;		/* squared error / claimed variance */
	double		 frequency_nees;
	double		 frequency_square;
};

static void
tally(struct result *r, const struct estimate *e, double offset,
    double frequency)
{
	double		 d = e->offset - offset, df = e->frequency - frequency;

	r->n++;
	r->offset += d;
	r->square += d * d;
	r->nees += d * d / (e->offset_error * e->offset_error);
	r->frequency_square += df * df;
	r->frequency_nees += df * df /
	    (e->frequency_error * e->frequency_error);
}

/* An oscillator and a source with normal noise; samples after SETTLE count. */
static void
one_run(const struct run *run, int samples, int settle, struct result *r)
{
	double		 offset = rng_normal(&rng), df;
	double		 frequency = 20e-6 * rng_normal(&rng);
	double		 t = run->interval;
	struct estimate	 e;
	int		 i;

	start(0, 0, 10, 0, 50e-6);
	filter_join(&f, 0, 0);
	for (i = 0; i < samples; i++) {
		df = run->wander * sqrt(t) * rng_normal(&rng);
		offset += frequency * t + df * t / 2 +
		    run->wander * sqrt(t * t * t / 12) * rng_normal(&rng);
		frequency += df;
		filter_predict(&f, t * (i + 1));
		observe(&f, 0, offset + run->noise * rng_normal(&rng),
		    run->noise * run->noise);
		if (i < settle)
			continue;
		e = filter_estimate(&f, t * (i + 1));
		tally(r, &e, offset, frequency);
	}
}

static struct result
many_runs(const struct run *run, unsigned runs, int samples, int settle)
{
	struct result	 r = { .n = 0 };
	unsigned	 i;

	for (i = 0; i < runs; i++)
		one_run(run, samples, settle, &r);
	r.offset /= r.n;
	r.square /= r.n;
	r.nees /= r.n;
	r.frequency_square /= r.n;
	r.frequency_nees /= r.n;
	return r;
}

static const struct run	 runs[] = {
	{ 1e-10, 100e-6, 64 },
	{ 1e-9, 100e-6, 64 },
	{ 1e-8, 100e-6, 64 },
	{ 1e-9, 10e-6, 16 },
	{ 1e-9, 1e-3, 1024 },
	{ 1e-8, 1e-3, 256 },
};

/*
 * It is unbiased, and the squared errors are on average what it claims; over
 * the whole range of oscillators, without being told which it is.  Of the
 * frequency of a quiet one it may be too careful: that it is quiet takes
 * longer to learn.
 */
static void
the_claims_are_true(void **arg)
{
	struct result	 r;
	size_t		 i;

	(void)arg;
	rng.state = 1;
	for (i = 0; i < COUNT(runs); i++) {
		r = many_runs(&runs[i], 60, 150, 50);
		if (fabs(r.offset) > 0.25 * sqrt(r.square))
			fail_msg("run %zu: biased by %g of %g", i, r.offset,
			    sqrt(r.square));
		if (r.nees < 0.4 || r.nees > 1.6)
			fail_msg("run %zu: offset errors^2 %g of claimed", i,
			    r.nees);
		if (r.frequency_nees < 0.05 || r.frequency_nees > 2.5)
			fail_msg("run %zu: frequency errors^2 %g of claimed",
			    i, r.frequency_nees);
	}
}

/* The estimate is a good deal better than the samples it is made of. */
static void
better_than_its_samples(void **arg)
{
	struct result	 r;

	(void)arg;
	rng.state = 2;
	r = many_runs(&runs[0], 5, 300, 150);
	assert_true(sqrt(r.square) < runs[0].noise / 4);
	assert_true(sqrt(r.frequency_square) < 20e-9);
}

/* From the first sample on, before anything is known of the oscillator. */
static void
the_claims_are_true_at_the_start(void **arg)
{
	struct result	 r;

	(void)arg;
	rng.state = 3;
	r = many_runs(&runs[1], 150, 6, 0);
	assert_true(fabs(r.offset) < 0.25 * sqrt(r.square));
	assert_true(r.nees > 0.4 && r.nees < 1.6);
	assert_true(r.frequency_nees > 0.3 && r.frequency_nees < 1.8);
}

/* A quiet oscillator is told from a restless one. */
static void
the_bank_learns_the_wander(void **arg)
{
	static const struct run quiet = { 1e-10, 10e-6, 256 };
	static const struct run restless = { 1e-7, 10e-6, 256 };
	struct result	 r = { .n = 0 };
	double		 low, high;

	(void)arg;
	rng.state = 4;
	one_run(&quiet, 200, 200, &r);
	low = filter_estimate(&f, f.when).wander;
	one_run(&restless, 200, 200, &r);
	high = filter_estimate(&f, f.when).wander;
	assert_true(low < 3e-9);
	assert_true(high > 1e-8);
}

/* Exact time, and samples of it every 256 s, of an oscillator so far off. */
struct steady {
	double		 offset;	/* s */
	double		 frequency;	/* s/s */
	double		 now;		/* s */
};

static struct estimate
be_steady(struct steady *s, int samples)
{
	for (; samples > 0; samples--) {
		s->now += 256;
		s->offset += 256 * s->frequency;
		filter_predict(&f, s->now);
		observe(&f, 0, s->offset + 30e-6 * rng_normal(&rng), 9e-10);
	}
	return filter_estimate(&f, s->now);
}

/*
 * After a week in which nothing happened the frequency changes by 0.3 ppm, so
 * little that no single sample shows it.  Six samples later the estimate has
 * followed, and some hours after that it is about as sure as it was.
 */
static void
a_quiet_oscillator_may_change(void **arg)
{
	struct steady	 s = { .frequency = 10e-6 };
	struct estimate	 before, after, later;
	uint64_t	 i;

	(void)arg;
	for (i = 0; i < 20; i++) {
		rng.state = 100 + i;
		s.now = s.offset = 0;
		start(0, 0, 1e-3, s.frequency, 1e-6);
		filter_join(&f, 0, 0);
		before = be_steady(&s, 2400);
		s.frequency += 0.3e-6;
		after = be_steady(&s, 6);
		assert_near(after.offset, s.offset, 4 * after.offset_error);
		assert_true(after.offset_error < 30e-6);
		later = be_steady(&s, 100);
		assert_near(later.offset, s.offset, 4 * later.offset_error);
		assert_true(later.offset_error < 2.5 * before.offset_error);
	}
}

/* Weeks of samples, exact or absurd, leave finite numbers and no doubt gone. */
static void
it_stays_sound(void **arg)
{
	static const double variances[] = { 1e-14, 1e-12, 1e-6, 1, 1e6 };
	struct estimate	 e;
	double		 t = 0;
	int		 i;

	(void)arg;
	rng.state = 5;
	start(0, 0, 1, 0, 1e-3);
	for (i = 0; i < 5000; i++) {
		t += pow(10, 6 * rng_uniform(&rng) - 1);
		filter_join(&f, (size_t)i % 3, 0.01 * (i % 5));
		filter_predict(&f, t);
		observe(&f, (size_t)i % 3, 1e-3 * rng_normal(&rng) +
		    (i % 500 == 0 ? 1e9 : 0),
		    variances[(size_t)i % COUNT(variances)]);
		if (i % 7 == 0)
			filter_leave(&f, (size_t)i % 3);
		e = filter_estimate(&f, t);
		assert_true(isfinite(e.offset) && isfinite(e.frequency));
		assert_true(isfinite(e.offset_error) && e.offset_error > 0);
		assert_true(isfinite(e.frequency_error) &&
		    e.frequency_error > 0);
		e = filter_estimate(&f, t + 30 * DAY);
		assert_true(e.offset_error > 0 && isfinite(e.offset_error));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_sample),
		cmocka_unit_test(two_equal_samples),
		cmocka_unit_test(a_better_and_a_worse_sample),
		cmocka_unit_test(the_first_guess_counts),
		cmocka_unit_test(intervals_by_integration),
		cmocka_unit_test(like_waits_are_learned),
		cmocka_unit_test(impossible_intervals),
		cmocka_unit_test(surprise_outside_only),
		cmocka_unit_test(a_bias_does_not_average_out),
		cmocka_unit_test(two_biased_sources),
		cmocka_unit_test(a_near_and_a_far_source),
		cmocka_unit_test(leaving_and_coming_back),
		cmocka_unit_test(rejecting_a_source),
		cmocka_unit_test(asymmetry_after_a_rejected_source),
		cmocka_unit_test(what_no_sample_tells),
		cmocka_unit_test(joining_again_changes_nothing),
		cmocka_unit_test(surprise_in_standard_errors),
		cmocka_unit_test(frequency_of_two_samples),
		cmocka_unit_test(the_future_is_less_certain),
		cmocka_unit_test(prediction_in_steps),
		cmocka_unit_test(an_earlier_time_is_left_alone),
		cmocka_unit_test(two_exact_samples_tell_the_frequency),
		cmocka_unit_test(the_claims_are_true),
		cmocka_unit_test(better_than_its_samples),
		cmocka_unit_test(the_claims_are_true_at_the_start),
		cmocka_unit_test(the_bank_learns_the_wander),
		cmocka_unit_test(a_quiet_oscillator_may_change),
		cmocka_unit_test(it_stays_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
