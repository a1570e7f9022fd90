/*
 * One source: the ring of its samples, what is known of its path, and that
 * what it claims of its own errors is true.
 */
#include <math.h>
#include <string.h>

#include "ntpd/sync/source.h"
#include "regress/unit/paths.h"
#include "regress/unit/unit.h"

static struct rng	 rng;

static void
add(struct source *s, double when, double offset, double delay)
{
	const struct sample sample = { .when = when, .offset = offset,
	    .delay = delay, .precision = 1e-6 };

	source_add(s, &sample);
}

static void
the_newest_samples_stay(void **arg)
{
	struct source	 s;
	size_t		 i, n;

	(void)arg;
	memset(&s, 0xa5, sizeof(s));
	source_init(&s, 7);
	assert_true(s.used);
	assert_int_equal(s.weight, 7);
	assert_int_equal(s.nsamples, 0);
	for (n = 1; n <= 5 * SOURCE_SAMPLES + 3; n++) {
		add(&s, (double)n, (double)n / 10, 0.01);
		assert_int_equal(s.nsamples,
		    n < SOURCE_SAMPLES ? n : SOURCE_SAMPLES);
		for (i = 0; i < s.nsamples; i++)
			assert_true(source_sample(&s, i)->when ==
			    (double)(n - i));
	}
}

static void
forgetting(void **arg)
{
	struct source	 s;
	size_t		 n;

	(void)arg;
	source_init(&s, 1);
	for (n = 1; n <= 20; n++)
		add(&s, (double)n, 0, n == 5 ? 0.010 : n % 2 ? 0.020 : 0.012);
	source_forget(&s, 100);
	assert_int_equal(s.nsamples, SOURCE_SAMPLES);
	source_forget(&s, 3);
	assert_int_equal(s.nsamples, 3);
	assert_true(source_sample(&s, 0)->when == 20);
	assert_true(source_sample(&s, 2)->when == 18);
	source_forget(&s, 0);
	assert_int_equal(s.nsamples, 0);
	assert_near(s.delays.least, 0.010, 0);	/* the path stays known */
	add(&s, 30, 0, 0.020);
	assert_int_equal(s.nsamples, 1);
	assert_true(source_sample(&s, 0)->when == 30);
	assert_near(s.delays.least, 0.010, 0);
}

/* Wherever the ring's end is: samples that wait, and some that were wrong. */
static void
waiting_and_dropping(void **arg)
{
	struct source	 s, settled, story;
	size_t		 n, end;

	(void)arg;
	for (end = 4; end <= 4 + SOURCE_SAMPLES; end++) {
		source_init(&s, 1);
		for (n = 1; n <= end; n++)
			add(&s, (double)n, 0, 0.010);
		settled = source_settled(&s);
		assert_int_equal(settled.nsamples, s.nsamples);
		s.waiting = 2;
		settled = source_settled(&s);
		assert_int_equal(settled.waiting, 0);
		assert_int_equal(settled.nsamples, s.nsamples - 2);
		for (n = 0; n < settled.nsamples; n++)
			assert_true(source_sample(&settled, n)->when ==
			    (double)(end - 2 - n));
		/* What it says now is in those that wait alone. */
		story = source_story(&s);
		assert_int_equal(story.waiting, 0);
		assert_int_equal(story.nsamples, 2);
		assert_true(source_sample(&story, 0)->when == (double)end);
		assert_true(source_sample(&story, 1)->when == (double)end - 1);
		/* It was noise: the newest is the one that shows it. */
		source_drop(&s, 2);
		assert_int_equal(s.waiting, 0);
		assert_true(source_sample(&s, 0)->when == (double)end);
		for (n = 1; n < s.nsamples; n++)
			assert_true(source_sample(&s, n)->when ==
			    (double)(end - 2 - n));
		story = source_story(&s);
		assert_int_equal(story.nsamples, s.nsamples);
		source_drop(&s, 100);
		assert_int_equal(s.nsamples, 1);
		assert_true(source_sample(&s, 0)->when == (double)end);
		s.waiting = 1;
		source_forget(&s, 0);
		assert_int_equal(s.waiting, 0);
	}
}

/* The least delay is that of the recent ones: routes change. */
static void
the_least_delay(void **arg)
{
	struct source	 s;
	size_t		 n;

	(void)arg;
	source_init(&s, 1);
	add(&s, 0, 0, 0.030);
	assert_near(s.delays.least, 0.030, 0);
	add(&s, 1, 0, 0.010);
	assert_near(s.delays.least, 0.010, 0);
	for (n = 2; n < DELAYS_KEPT + 1; n++) {
		assert_near(s.delays.least, 0.010, 0);
		add(&s, (double)n, 0, n % 2 ? 0.050 : 0.030);
	}
	add(&s, (double)n, 0, 0.050);	/* the 10 ms are gone now */
	assert_near(s.delays.least, 0.030, 0);
}

/* ---- combining ---- */

/* How well the least round trip of a path is known. */
struct knowledge {
	double		 squares, claimed;	/* s^2 */
};

/*
 * Ask N times, SPACING s apart, over a path of 20 ms and waits of a millisecond
 * on the way out and of WAIT_BACK s on the way back.  The frequency is known
 * up to ERROR.  Combine the ways, if told so.
 */
static void
learn_path(struct knowledge *k, uint64_t seed, unsigned n, double spacing,
    double wait_back, double error, bool combine)
{
	struct estimate	 e = { .frequency_error = error, .wander = 1e-9 };
	struct oscillator osc;
	struct sample	 sample;
	struct source	 s;
	struct path	 path;
	double		 wrong = 0, off, claim;
	unsigned	 i;

	oscillator_init(&osc, seed, 0, 20e-6, 1e-9);
	path_init(&path, seed, QUEUE_EXPONENTIAL, 0.02, 1e-3);
	path.wait_back = wait_back;
	source_init(&s, 1);
	for (i = 1; i <= n; i++) {
		assert_true(path_ask(&path, &osc, i * spacing, &sample));
		source_add(&s, &sample);
		if (i % 16 == 1)
			wrong = error * rng_normal(&path.rng);
		e.frequency = osc.frequency + wrong;
		if (combine)
			source_combine(&s, &e);
	}
	off = delays_minimum(&s.delays) - 0.02;
	claim = delays_error(&s.delays);
	k->squares += off * off;
	k->claimed += claim * claim;
}

static const struct {
	const char	*name;
	unsigned	 n;
	double		 spacing, wait_back, error;
	double		 gain;	/* squared error with, of that without */
} learned[] = {
	{ "a start", 8, 2, 1e-3, 1e-6, 0.5 },
	{ "an hour, once a minute", 64, 64, 1e-3, 3e-8, 0.2 },
	{ "a day, once a minute", 1000, 64, 1e-3, 3e-8, 0.3 },
	{ "one way is quicker", 1000, 64, 1e-4, 3e-8, 0.6 },
	{ "the frequency is badly known", 200, 64, 1e-3, 1e-6, 1 },
	{ "seldom asked", 200, 2000, 1e-3, 6e-8, 1.05 },
};

/* What is combined tells more of the path, and no more than is claimed. */
static void
combined_ways(void **arg)
{
	struct knowledge with, without;
	size_t		 i, run;

	(void)arg;
	for (i = 0; i < COUNT(learned); i++) {
		with = without = (struct knowledge){ 0, 0 };
		for (run = 0; run < 100; run++) {
			learn_path(&with, run, learned[i].n,
			    learned[i].spacing, learned[i].wait_back,
			    learned[i].error, true);
			learn_path(&without, run, learned[i].n,
			    learned[i].spacing, learned[i].wait_back,
			    learned[i].error, false);
		}
		if (!(with.squares < learned[i].gain * without.squares))
			fail_msg("%s: %.3f of it", learned[i].name,
			    with.squares / without.squares);
		if (!(with.squares < 1.3 * with.claimed &&
		    with.squares > with.claimed / 5))
			fail_msg("%s: off by %.1f us, claimed %.1f",
			    learned[i].name, 1e5 * sqrt(with.squares),
			    1e5 * sqrt(with.claimed));
	}
}

/* A path that turns out shorter by what is combined is said to be. */
static void
combined_to_less(void **arg)
{
	struct estimate	 e = { .frequency = 1e-6 };
	struct source	 s;
	size_t		 n;

	(void)arg;
	source_init(&s, 1);
	assert_false(source_combine(&s, &e));	/* nothing to combine */
	for (n = 0; n < 10; n++)
		add(&s, 64 * (double)n, 64e-6 * (double)n, 0.020);
	assert_false(source_combine(&s, &e));
	add(&s, 640, 640e-6 + 4e-3, 0.020);
	assert_true(source_combine(&s, &e));
	assert_near(s.delays.least, 0.016, 1e-9);
	assert_false(source_combine(&s, &e));
}

/* ---- variance ---- */

static void
variance_grows_with_delay(void **arg)
{
	static const double excess[] = { 0, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1 };
	struct sample	 sample = { .precision = 1e-6 };
	struct source	 s;
	double		 v, last = 0;
	size_t		 i, n;

	(void)arg;
	source_init(&s, 1);
	for (n = 0; n < DELAYS_KEPT; n++)
		add(&s, (double)n, 0, 0.010 +
		    (n == 0 ? 0 : n % 2 ? 1e-5 : 2e-5));
	for (i = 0; i < COUNT(excess); i++) {
		sample.delay = 0.010 + excess[i];
		v = source_variance(&s, &sample);
		assert_true(v > last);	/* > 0 also for the first */
		last = v;
	}
	/* Of a long wait hardly anything else matters: x^2/12. */
	assert_near(v / (1.0 / 12), 1, 0.01);
}

static void
variance_has_a_floor(void **arg)
{
	struct sample	 sample = { .delay = 0.010, .precision = 1e-3 };
	struct source	 s;
	size_t		 n;

	(void)arg;
	source_init(&s, 1);
	for (n = 0; n < DELAYS_KEPT; n++)
		source_add(&s, &sample);
	/* Uniform within a millisecond: 289 us. */
	assert_true(source_variance(&s, &sample) >= 1e-6 / 12 * 0.999);
	assert_true(source_variance(&s, &sample) < 1e-6);
}

/*
 * On paths with exponential waits, the squared error over the variance that
 * was claimed for it is 1 on average, for all samples, and for those near the
 * least delay, and for those far from it.
 */
static void
claimed_variance_is_true(void **arg)
{
	struct { double sum; unsigned n; } near = { 0, 0 }, far = { 0, 0 };
	struct sample	 sample = { .precision = 1e-6 };
	struct source	 s;
	double		 out, back, ratio;
	unsigned	 run, n;

	(void)arg;
	rng.state = 1;
	for (run = 0; run < 50; run++) {
		source_init(&s, 1);
		for (n = 0; n < 400; n++) {
			out = 1e-3 * rng_exponential(&rng);
			back = 1e-3 * rng_exponential(&rng);
			sample.delay = 0.02 + out + back;
			sample.offset = (out - back) / 2;
			source_add(&s, &sample);
			if (n < DELAYS_KEPT)
				continue;
			ratio = sample.offset * sample.offset /
			    source_variance(&s, &sample);
			if (out + back < 1e-3) {
				near.sum += ratio;
				near.n++;
			} else {
				far.sum += ratio;
				far.n++;
			}
		}
	}
	assert_true(near.n > 1000 && far.n > 1000);
	/* Near the least, which is not known exactly, rather too careful. */
	assert_in_range(100 * near.sum / near.n, 25, 130);
	assert_in_range(100 * far.sum / far.n, 60, 130);
}

/* ---- observation ---- */

/*
 * Of waits of any kind, true time is within the interval, but for its blur: of
 * a gamma distribution's (shape 2 and more) nearly always.
 */
static void
truth_is_in_the_interval(void **arg)
{
	struct sample	 sample = { .precision = 1e-6 };
	struct observation o;
	struct source	 s;
	double		 out, back, width = 0, error = 0;
	unsigned	 shape, run, n, i, outside, all;

	(void)arg;
	rng.state = 1;
	for (shape = 1; shape <= 4; shape++) {
		outside = all = 0;
		for (run = 0; run < 50; run++) {
			source_init(&s, 1);
			for (n = 0; n < 200; n++) {
				out = back = 0;
				for (i = 0; i < shape; i++) {
					out += 1e-3 * rng_exponential(&rng);
					back += 1e-3 * rng_exponential(&rng);
				}
				sample.delay = 0.02 + out + back;
				sample.offset = (out - back) / 2;
				source_add(&s, &sample);
				if (n < DELAYS_KEPT)
					continue;
				o = source_observation(&s, &sample);
				assert_near(o.offset, sample.offset, 0);
				outside += fabs(o.offset) > o.half +
				    3 * sqrt(o.variance);
				width += o.half;
				error += fabs(o.offset);
				all++;
			}
		}
		assert_true(outside * (shape == 1 ? 200 : 50) <= all);
	}
	/* And the interval is not much wider than it must be. */
	assert_true(width < 4 * error);
}

static void
a_heavier_source_is_less_blurred(void **arg)
{
	struct source	 light, heavy;
	struct observation a, b;
	size_t		 n;

	(void)arg;
	source_init(&light, 1);
	source_init(&heavy, 4);
	for (n = 0; n < 10; n++) {
		add(&light, (double)n, 0, 0.010 + 1e-3 * (double)n);
		add(&heavy, (double)n, 0, 0.010 + 1e-3 * (double)n);
	}
	a = source_observation(&light, source_sample(&light, 0));
	b = source_observation(&heavy, source_sample(&heavy, 0));
	assert_near(b.variance, a.variance / 4, 1e-12 * a.variance);
	assert_near(b.half, a.half, 0);
}

/* ---- the source's own line ---- */

/* How far the frequency may be off when nothing is known of it, s/s. */
#define ANY		0.1

/* Samples on the line that is predicted differ from it by nothing. */
static void
line_against_a_prediction(void **arg)
{
	struct source	 s;
	struct line	 l;
	size_t		 n;

	(void)arg;
	source_init(&s, 1);
	for (n = 0; n < 10; n++)
		add(&s, 64 * (double)n, 3 + 64 * (double)n * 50e-6,
		    0.01 + 1e-4 * (double)(n % 3));
	/* At 1000 s the line is at 3.05 s. */
	l = source_line(&s, 1000, 3.05, 50e-6, 1e-9);
	assert_near(l.offset, 0, 1e-12);
	assert_near(l.jitter, 0, 1e-9);
	l = source_line(&s, 1000, 3.00, 50e-6, 1e-9);
	assert_near(l.offset, 0.05, 1e-12);
	assert_near(l.jitter, 0, 1e-9);
	/* If the frequency is taken for 0 for sure, they seem to scatter. */
	l = source_line(&s, 1000, 3.05, 0, 1e-12);
	assert_true(l.jitter > 1e-3);
	assert_near(l.slope, 0, 1e-9);
	/* If it is not known, they know it themselves. */
	l = source_line(&s, 1000, 3.05, 0, ANY);
	assert_near(l.jitter, 0, 1e-7);
	assert_near(l.slope, 50e-6, 1e-9);
	assert_near(l.offset, 0, 1e-6);
}

/* Two that are alike: their mean, if it is known that there is no slope. */
static void
line_of_equals(void **arg)
{
	struct source	 s;
	struct line	 l;
	double		 one, blur;

	(void)arg;
	source_init(&s, 1);
	add(&s, 0, 1, 0.01);
	add(&s, 1, 3, 0.01);
	blur = delays_error(&s.delays) / 2;
	one = source_variance(&s, source_sample(&s, 0)) + blur * blur;
	l = source_line(&s, 1, 0, 0, 1e-9);
	assert_near(l.offset, 2, 1e-6);
	assert_near(l.offset_error * l.offset_error / one, 0.5, 1e-6);
	assert_near(l.jitter, 1, 1e-6);
}

/* A sample that waited long hardly counts beside one that did not. */
static void
line_prefers_short_delays(void **arg)
{
	struct source	 s;
	struct line	 l;
	double		 v[3], blur;
	size_t		 i;

	(void)arg;
	source_init(&s, 1);
	add(&s, 0, 0.001, 0.010);
	add(&s, 1, 0.020, 0.050);
	add(&s, 2, 0.002, 0.011);
	l = source_line(&s, 2, 0, 0, 1e-9);
	blur = delays_error(&s.delays) / 2;
	for (i = 0; i < 3; i++)
		v[i] = source_variance(&s, source_sample(&s, i)) + blur * blur;
	assert_near(l.offset, (0.002 / v[0] + 0.020 / v[1] + 0.001 / v[2]) /
	    (1 / v[0] + 1 / v[1] + 1 / v[2]), 1e-8);
	assert_near(l.offset_error * l.offset_error *
	    (1 / v[0] + 1 / v[1] + 1 / v[2]), 1, 1e-6);
	assert_true(l.offset < 0.004 && l.offset > 0.0005);
}

/*
 * Whatever the frequency is, a source that is asked over a quiet path does not
 * scatter, and over one with waits it scatters by no more than these.
 */
static void
jitter_is_no_slope(void **arg)
{
	static const double frequencies[] = { 0, 1e-6, -500e-6, 0.01, -0.09 };
	struct source	 s, noisy;
	double		 wait;
	size_t		 i, n;

	(void)arg;
	rng.state = 4;
	for (i = 0; i < COUNT(frequencies); i++) {
		source_init(&s, 1);
		source_init(&noisy, 1);
		for (n = 0; n < SOURCE_SAMPLES; n++) {
			add(&s, 64 * (double)n,
			    7 + 64 * (double)n * frequencies[i], 0.01);
			wait = 1e-3 * rng_exponential(&rng);
			add(&noisy, 64 * (double)n, 7 + wait / 2 +
			    64 * (double)n * frequencies[i], 0.01 + wait);
		}
		assert_near(source_jitter(&s), 0, 1e-6);
		assert_true(source_jitter(&noisy) < 1e-3);
		assert_true(source_jitter(&noisy) > 1e-6);
	}
}

/*
 * N samples a minute apart on a line, 10 ms under way; then one that is OFF
 * from the line, and that much LONGER under way.
 */
static const struct {
	const char	*name;
	size_t		 n;		/* before it */
	double		 frequency;	/* s/s */
	double		 off, longer;	/* s */
	bool		 contradicts;
} contradictions[] = {
	{ "on the line", 8, 0, 0, 0, false },
	{ "on a line of 500 ppm", 8, 500e-6, 0, 0, false },
	{ "on a line of 5 %", 8, -0.05, 0, 0, false },
	{ "one before it, and a frequency between", 1, 0, 5, 0, false },
	{ "one before it, and no frequency can be between", 1, 0, 40, 0, true },
	{ "one before it, the other way", 1, 0, -40, 0, true },
	{ "a second off", 8, 0, 1, 0, true },
	{ "a second off a line of 500 ppm", 8, 500e-6, -1, 0, true },
	{ "20 ms off", 8, 0, 0.02, 0, true },
	{ "20 ms off, but as much longer under way", 8, 0, 0.02, 0.04, false },
	{ "a second off, and a bit longer under way", 8, 0, 1, 0.04, true },
	{ "a day off", 3, 1e-6, 86400, 0, true },
	{ "an era off", 3, 1e-6, -4e9, 0, true },
};

static void
self_contradiction(void **arg)
{
	struct source	 s;
	double		 t = 0;
	size_t		 i, n;

	(void)arg;
	for (i = 0; i < COUNT(contradictions); i++) {
		source_init(&s, 1);
		for (n = 0; n <= contradictions[i].n; n++) {
			t = 64 * (double)n;
			add(&s, t, 1 + contradictions[i].frequency * t +
			    (n == contradictions[i].n ?
			    contradictions[i].off : 0), 0.010 +
			    (n == contradictions[i].n ?
			    contradictions[i].longer : 0));
		}
		if (source_contradicts(&s, contradictions[i].n) !=
		    contradictions[i].contradicts)
			fail_msg("%s", contradictions[i].name);
	}
}

/* Samples that scatter as their waits allow do not contradict each other. */
static void
honest_sources_do_not_contradict_themselves(void **arg)
{
	static const enum queue queues[] = { QUEUE_EXPONENTIAL, QUEUE_GAMMA,
	    QUEUE_PARETO };
	struct oscillator osc;
	struct sample	 sample;
	struct source	 s;
	struct path	 path;
	unsigned	 run, n, all, wrong;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(queues); i++) {
		all = wrong = 0;
		for (run = 0; run < 100; run++) {
			oscillator_init(&osc, run, 0, 300e-6, 1e-8);
			path_init(&path, run, queues[i], 0.02, 1e-3);
			source_init(&s, 1);
			for (n = 0; n < 100; n++) {
				assert_true(path_ask(&path, &osc, n < 4 ?
				    2 * n : 64 * n, &sample));
				source_add(&s, &sample);
				if (s.nsamples < 2)
					continue;
				all++;
				wrong += source_contradicts(&s,
				    s.nsamples - 1);
			}
		}
		if (wrong * 300 > all)
			fail_msg("queue %zu: %u of %u", i, wrong, all);
	}
}

/* ---- length ---- */

/*
 * A path is as long as its least round trip, and as the server held packets at
 * least.  If it held some longer, as it had to ask for the time, this is not
 * the path's; if it states that it held all of them, it might be.
 */
static void
held_packets(void **arg)
{
	struct sample	 sample = { .precision = 1e-6, .delay = 1e-4,
			    .trip = 0.04 };
	struct source	 s;
	size_t		 n;

	(void)arg;
	source_init(&s, 1);
	for (n = 0; n < 40; n++) {
		sample.when = (double)n;
		source_add(&s, &sample);
		assert_near(source_length(&s), 0.04, 1e-9);
		assert_true(source_distance(&s, sample.when, 0) >= 0.02);
	}
	source_init(&s, 1);
	for (n = 0; n < 40; n++) {
		sample.when = (double)n;
		sample.trip = n % 8 == 0 ? 1.5e-4 : 0.04;
		source_add(&s, &sample);
		assert_near(source_length(&s), 1.5e-4, 1e-9);
	}
	/* One packet that it claims to have held makes it no nearer. */
	source_init(&s, 1);
	sample.trip = 0.04;
	for (n = 0; n < 40; n++) {
		sample.when = (double)n;
		sample.delay = n == 3 ? 1e-5 : 0.04;
		source_add(&s, &sample);
		assert_near(source_length(&s), 0.04, 1e-9);
	}
	/* Without the figure, and with one that cannot be. */
	source_init(&s, 1);
	add(&s, 0, 0, 0.02);
	assert_near(source_length(&s), 0.02, 1e-12);
	sample.delay = 0.02;		/* timestamps have errors */
	sample.trip = 0.001;
	source_init(&s, 1);
	source_add(&s, &sample);
	assert_near(source_length(&s), 0.02, 1e-12);
}

/* ---- distance ---- */

/* A path turns out shorter when that is no chance, and only then. */
static void
shorter_paths(void **arg)
{
	static const double	 delays[] = { 40, 30, 50, 31, 25, 23, 9 };
	static const bool	 shorter[] = { false, true, false, false,
				    false, false, true };
	struct sample		 sample = { .precision = 1e-6 };
	struct source		 s;
	size_t			 i;

	(void)arg;
	source_init(&s, 1);
	for (i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		sample.when = (double)i;
		sample.delay = delays[i] * 1e-3;
		assert_int_equal(source_add(&s, &sample), shorter[i]);
	}
}

static void
distance_by_hand(void **arg)
{
	struct sample	 sample = { .when = 100, .delay = 0.020,
			    .precision = 0, .root_delay = 0.010,
			    .root_dispersion = 0.005 };
	struct source	 s;

	(void)arg;
	source_init(&s, 1);
	source_add(&s, &sample);
	/*
	 * 20/2 + 10/2 + 5 ms, and half of a tenth of 20 ms while only one
	 * delay is known; then 1 ms in 1000 s at 1 ppm.
	 */
	assert_near(source_distance(&s, 100, 1e-6), 0.021, 1e-9);
	assert_near(source_distance(&s, 1100, 1e-6), 0.022, 1e-9);
	assert_near(source_distance(&s, 1100, 0), 0.021, 1e-9);
	assert_near(source_distance(&s, 50, 1), 0.021, 1e-9);
	sample.root_dispersion = 0.105;	/* the newest sample's counts */
	source_add(&s, &sample);
	assert_near(source_distance(&s, 100, 1e-6), 0.1205, 1e-9);
	sample.precision = 0.001;
	source_add(&s, &sample);
	assert_true(source_distance(&s, 100, 0) >= 0.121 - 1e-9);
}

/*
 * The promise: true time is within the distance of the line, even if all the
 * delay and all the waits are on one way, and the server uses its error up.
 */
static void
distance_holds_true_time(void **arg)
{
	struct sample	 sample = { .precision = 1e-6 };
	struct source	 s;
	double		 way, out, back, mean;
	unsigned	 run, n;

	(void)arg;
	rng.state = 2;
	for (run = 0; run < 500; run++) {
		source_init(&s, 1);
		way = run % 2 == 0 ? 1 : -1;
		sample.root_delay = 0.1 * rng_uniform(&rng);
		sample.root_dispersion = 0.1 * rng_uniform(&rng);
		for (n = 0; n < SOURCE_SAMPLES; n++) {
			out = 0.04 + 0.02 * rng_exponential(&rng);
			back = 0;
			sample.when = 64 * (double)n;
			sample.delay = out + back;
			sample.offset = way * ((out - back) / 2 +
			    sample.root_delay / 2 + sample.root_dispersion);
			source_add(&s, &sample);
			mean = source_line(&s, sample.when, 0, 0,
			    1e-9).offset;
			if (fabs(mean) > source_distance(&s, sample.when, 0))
				fail_msg("run %u: %g is beyond %g", run, mean,
				    source_distance(&s, sample.when, 0));
		}
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_samples_stay),
		cmocka_unit_test(forgetting),
		cmocka_unit_test(waiting_and_dropping),
		cmocka_unit_test(the_least_delay),
		cmocka_unit_test(combined_ways),
		cmocka_unit_test(combined_to_less),
		cmocka_unit_test(variance_grows_with_delay),
		cmocka_unit_test(variance_has_a_floor),
		cmocka_unit_test(claimed_variance_is_true),
		cmocka_unit_test(truth_is_in_the_interval),
		cmocka_unit_test(a_heavier_source_is_less_blurred),
		cmocka_unit_test(line_against_a_prediction),
		cmocka_unit_test(line_of_equals),
		cmocka_unit_test(line_prefers_short_delays),
		cmocka_unit_test(jitter_is_no_slope),
		cmocka_unit_test(self_contradiction),
		cmocka_unit_test(honest_sources_do_not_contradict_themselves),
		cmocka_unit_test(held_packets),
		cmocka_unit_test(shorter_paths),
		cmocka_unit_test(distance_by_hand),
		cmocka_unit_test(distance_holds_true_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
