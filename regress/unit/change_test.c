/*
 * The oscillator changes, or is not the one that the drift file is of: right
 * again after so many answers, and meanwhile it is not said to be right.
 */
#include <math.h>

#include "regress/unit/unit.h"
#include "regress/unit/world.h"

#define SEEDS		4

/* How a world came through. */
struct recovery {
	double		 answers;	/* of each server, until it was right
					   for good */
	double		 beyond;	/* s, the longest time in which it
					   agreed, beyond the bound and RIGHT */
	double		 worst;		/* s */
};

/* Run until END; right is what is off by RIGHT s at most, and agreed. */
static struct recovery
recover(double end, double right)
{
	struct recovery	 r = { .answers = 0 };
	double		 error, since = -1;
	unsigned	 n;

	for (n = 1; n < LONGEST && one_exchange(end); n++) {
		if (!sync_ready(&w.sync))
			continue;
		error = fabs(off());
		assert_true(isfinite(error));
		r.worst = fmax(r.worst, error);
		if (!w.sync.agreed || error > right)
			r.answers = (double)n / (double)w.n;
		if (!w.sync.agreed ||
		    error <= right + sync_bound(&w.sync, w.now)) {
			since = -1;
			continue;
		}
		if (since < 0)
			since = w.now;
		r.beyond = fmax(r.beyond, w.now - since);
	}
	return r;
}

/* ---- frequency steps ---- */

/* Where the servers are, and what is right there. */
static const struct {
	const char	*name;
	size_t		 servers;
	double		 delay, wait;	/* s */
	double		 right;		/* s */
} places[] = {
	{ "one, near", 1, 60e-6, 10e-6, 50e-6 },
	{ "four, near", 4, 60e-6, 10e-6, 50e-6 },
	{ "three, not so near", 3, 300e-6, 20e-6, 100e-6 },
	{ "one, far", 1, 20e-3, 1e-3, 4e-3 },
	{ "two, far", 2, 20e-3, 1e-3, 4e-3 },
	{ "four, far", 4, 20e-3, 1e-3, 4e-3 },
	{ "four, very far", 4, 100e-3, 5e-3, 20e-3 },
};

static const double steps[] = { 1, -5, 20, 50, -100, 300, -1000, 5000 };

static void
start_at(size_t place, uint64_t seed)
{
	size_t		 i;

	begin_world(seed, 1e-9);
	w.interval = 0;
	for (i = 0; i < places[place].servers; i++)
		add_server(seed, QUEUE_EXPONENTIAL, places[place].delay,
		    places[place].wait);
}

/*
 * After four hours the frequency changes by 1 to 5000 ppm (a live migration, a
 * fan).  The first answer of a server shows it, two more confirm it.
 */
static void
the_frequency_steps(void **arg)
{
	struct recovery	 r;
	uint64_t	 seed;
	size_t		 p, s;

	(void)arg;
	for (p = 0; p < COUNT(places); p++)
		for (s = 0; s < COUNT(steps) * SEEDS; s++) {
			seed = 1 + s % SEEDS;
			start_at(p, seed);
			run(0, 4 * HOUR, NULL);
			w.osc.frequency += steps[s / SEEDS] * 1e-6;
			r = recover(10 * HOUR, places[p].right);
			if (r.answers > 5 || r.beyond > 5 * LEAST_POLL)
				fail_msg("%s, %g ppm, seed %u: right after "
				    "%.1f answers, beyond the bound for %g s, "
				    "off by up to %g s", places[p].name,
				    steps[s / SEEDS], (unsigned)seed,
				    r.answers, r.beyond, r.worst);
		}
}

/* Every other hour it changes again, there and back. */
static void
the_frequency_steps_to_and_fro(void **arg)
{
	struct recovery	 r;
	double		 step = 50e-6;
	size_t		 p;
	unsigned	 n;

	(void)arg;
	for (p = 0; p < COUNT(places); p++) {
		start_at(p, p);
		run(0, 4 * HOUR, NULL);
		for (n = 1; n <= 10; n++) {
			w.osc.frequency += step;
			step = -step;
			r = recover((4 + 2 * n) * HOUR, places[p].right);
			if (r.answers > 6)
				fail_msg("%s, number %u: right after %.1f "
				    "answers", places[p].name, n, r.answers);
		}
	}
}

/* ---- swings ---- */

/*
 * A machine that is warmed and cooled: its frequency swings by so much to both
 * sides, ppm, in so long, s.
 */
static const struct {
	double		 by, period;
} swings[] = {
	{ 60, 3000 }, { 20, 3000 }, { 10, 1200 }, { 100, 20000 }, { 3, 600 },
};

/* Swing for as long as END, from BEGIN on around MIDDLE, s/s. */
static struct result
swing(size_t s, double middle, double begin, double end)
{
	struct result	 r = none();
	unsigned	 n;

	for (n = 0; n < LONGEST && w.now < end; n++) {
		w.osc.frequency = middle + swings[s].by * 1e-6 *
		    sin(2 * M_PI * (w.now - begin) / swings[s].period);
		/* One exchange: none is closer to the next than that. */
		run(begin + HOUR, w.next[whose_turn()] + 1e-3, &r);
	}
	return r;
}

/*
 * It is followed, and not taken for one change after another, in which nothing
 * of what was known counts any more.
 */
static void
an_oscillator_that_swings(void **arg)
{
	struct result	 r;
	size_t		 s, servers;

	(void)arg;
	for (s = 0; s < COUNT(swings); s++)
		for (servers = 1; servers <= 4; servers += 3) {
			begin_world(s + 1, 1e-9);
			w.interval = 0;
			while (w.n < servers)
				add_server(s + 1, QUEUE_EXPONENTIAL, 0.01,
				    1e-4);
			run(0, HOUR, NULL);
			r = swing(s, w.osc.frequency, HOUR, 9 * HOUR);
			if (rms(&r) > 0.3e-3 || w.sync.changes > 10)
				fail_msg("%zu servers, %g ppm in %g s: off by "
				    "%g s, %u changes", servers, swings[s].by,
				    swings[s].period, rms(&r),
				    w.sync.changes);
		}
}

/* ---- drift files ---- */

/* What the drift file is wrong by, and how sure it is, in ppm. */
static const struct {
	double		 wrong, error;
} drifts[] = {
	{ 290, 0.05 }, { -290, 1 }, { 450, 0.05 }, { 100, 0.05 }, { 50, 1 },
	{ -20, 0.05 }, { 20, 1 }, { 2, 0.05 }, { 0, 0.05 },
};

/*
 * It is another machine's: within minutes that is found out, and the frequency
 * that goes into the next one is this oscillator's.
 */
static void
a_wrong_drift_file(void **arg)
{
	struct recovery	 r;
	struct estimate	 e;
	uint64_t	 seed;
	size_t		 p, d, i;

	(void)arg;
	for (p = 0; p < COUNT(places); p++)
		for (d = 0; d < COUNT(drifts) * SEEDS; d++) {
			seed = 1 + d % SEEDS;
			start_at(p, seed);
			sync_init(&w.sync, w.osc.frequency +
			    drifts[d / SEEDS].wrong * 1e-6,
			    drifts[d / SEEDS].error * 1e-6);
			for (i = 0; i < w.n; i++)
				sync_add(&w.sync, i, 1);
			r = recover(6 * HOUR, places[p].right);
			e = sync_estimate(&w.sync, w.now);
			if (r.answers > 20 || r.beyond > 300)
				fail_msg("%s, %g ppm, seed %u: right after "
				    "%.1f answers, beyond the bound for %g s",
				    places[p].name, drifts[d / SEEDS].wrong,
				    (unsigned)seed, r.answers, r.beyond);
			if (fabs(e.frequency - w.osc.frequency) > 1e-6)
				fail_msg("%s, %g ppm: the frequency is %g ppm "
				    "off", places[p].name,
				    drifts[d / SEEDS].wrong,
				    1e6 * (e.frequency - w.osc.frequency));
		}
}

/* ---- what nobody can be off by ---- */

/* Answers of one server: +- an hour to 60 years in turn, then the truth. */
static const struct {
	const char	*name;
	double		 lie;		/* s */
	unsigned	 lies;		/* so many, 2 s apart at first */
	bool		 another;	/* the truth is another server's */
} absurd[] = {
	{ "an hour", 3600, 4, false },
	{ "a year, often", 3e7, 40, false },
	{ "60 years", 2e9, 4, false },
	{ "60 years, and another server", 2e9, 4, true },
	{ "60 years, often", 2e9, 40, false },
	{ "60 years, often, and another server", 2e9, 40, true },
	{ "an era", 4.2e9, 12, true },
};

static void
be_told(double offset, bool another)
{
	struct sample	 s = { .when = w.now, .offset = offset, .delay = 0.01,
	    .trip = 0.01, .precision = 1e-6, .root_dispersion = 1e-3,
	    .stratum = 1 };

	sync_sample(&w.sync, another, &s, 0);
}

static void
absurd_answers_leave_nothing(void **arg)
{
	struct estimate	 e = { .offset = 0 };
	size_t		 c;
	unsigned	 n;

	(void)arg;
	for (c = 0; c < COUNT(absurd); c++) {
		begin_world(c, 1e-9);
		sync_init(&w.sync, 0, 200e-6);
		sync_add(&w.sync, 0, 1);
		for (n = 0; n < absurd[c].lies; n++) {
			w.now += n < 4 ? 2 : 16;
			be_told(n % 2 ? -absurd[c].lie : absurd[c].lie, false);
			if (!sync_ready(&w.sync))
				continue;
			e = sync_estimate(&w.sync, w.now);
			assert_true(fabs(e.offset) <= 4.3e9 &&
			    fabs(e.frequency) <= 0.2);
		}
		if (absurd[c].another) {
			sync_remove(&w.sync, 0);
			sync_add(&w.sync, 1, 1);
		}
		for (n = 0; n < 8; n++) {
			w.now += 64;
			be_told(0.001, absurd[c].another);
		}
		assert_true(sync_ready(&w.sync) && w.sync.agreed);
		e = sync_estimate(&w.sync, w.now);
		if (!(fabs(e.offset - 0.001) < 1e-3) ||
		    !(fabs(e.frequency) < 10e-6))
			fail_msg("%s: %g s, %g ppm", absurd[c].name, e.offset,
			    1e6 * e.frequency);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_frequency_steps),
		cmocka_unit_test(the_frequency_steps_to_and_fro),
		cmocka_unit_test(an_oscillator_that_swings),
		cmocka_unit_test(a_wrong_drift_file),
		cmocka_unit_test(absurd_answers_leave_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
