/*
 * What is certain is true, whatever a minority says and however asymmetric the
 * paths are; and how far a liar and a crooked path get.
 */
#include <math.h>
#include <stdio.h>

#include "regress/unit/unit.h"
#include "regress/unit/world.h"

/* The certain bounds at NOW, as differences from the truth, s. */
static bool
certain_at(double now, double *low, double *high)
{
	if (!sync_certain(&w.sync, now, low, high))
		return false;
	oscillator_run(&w.osc, now);
	*low -= w.osc.offset;
	*high -= w.osc.offset;
	return true;
}

static void
assert_certain(const char *name, uint64_t seed)
{
	double		 low, high;

	if (!certain_at(w.now, &low, &high))
		fail_msg("%s, seed %u: nothing is certain at %g s", name,
		    (unsigned)seed, w.now);
	if (low > 0 || high < 0)
		fail_msg("%s, seed %u: the truth is %g to %g s away at %g s",
		    name, (unsigned)seed, low, high, w.now);
}

/* Make a path of the same length crooked: SHARE of it is the way out. */
static void
bend(struct path *path, double share)
{
	double		 delay = path->out + path->back;

	path->out = share * delay;
	path->back = delay - path->out;
}

/* ---- certain ---- */

/* What the liars of a world do. */
enum lie { LIE_CONSTANT, LIE_CREEPS, LIE_HOPS, LIE_HELD, LIES };

static const char *const lies[LIES] = { "constant", "creeps", "hops",
	"claims to have held" };

/* At NOW, liar I tells LIE of up to MOST s. */
static void
tell_lie(size_t i, enum lie lie, double most, struct rng *rng)
{
	struct path	*p = &w.paths[i];

	switch (lie) {
	case LIE_CREEPS:
		p->lie = fmin(most, most * w.now / (3 * HOUR));
		break;
	case LIE_HOPS:
		p->lie = rng_uniform(rng) < 0.2 ?
		    most * (2 * rng_uniform(rng) - 1) : p->lie;
		break;
	case LIE_HELD:
		p->held = 0.99 * (p->out + p->back);
		/* FALLTHROUGH */
	default:
		p->lie = most;
	}
}

/* One to six servers at any distance; fewer than half of them are liars. */
static size_t
any_world(uint64_t seed, struct rng *rng)
{
	enum queue	 queue;
	double		 delay;
	size_t		 i, n;
	struct path	*p;

	rng_seed(rng, seed);
	begin_world(seed, 1e-9);
	w.interval = seed % 3 == 0 ? 64 : 0;
	n = 1 + (size_t)(MOST * rng_uniform(rng));
	for (i = 0; i < n; i++) {
		queue = (enum queue)(1 + 3 * rng_uniform(rng));
		delay = 1e-4 * pow(10, 3 * rng_uniform(rng));
		p = add_server(seed, queue, delay, 1e-3 * rng_uniform(rng));
		bend(p, rng_uniform(rng));
		p->loss = 0.1 * rng_uniform(rng);
	}
	return (n - 1) / 2;
}

/*
 * The truth is never outside, from the first estimate on, when each server that
 * is honest is off by as much as its path allows.
 */
static void
certain_whatever_a_minority_says(void **arg)
{
	struct rng	 rng;
	double		 most;
	uint64_t	 seed;
	size_t		 i, liars;
	enum lie	 lie;

	(void)arg;
	for (seed = 1; seed <= 120; seed++) {
		liars = any_world(seed, &rng);
		lie = (enum lie)(seed % LIES);
		most = 1e-4 * pow(10, 6 * rng_uniform(&rng));
		while (w.now < 4 * HOUR) {
			for (i = 0; i < liars; i++)
				tell_lie(i, lie, most, &rng);
			assert_true(one_exchange(INFINITY));
			if (sync_ready(&w.sync))
				assert_certain(lies[lie], seed);
		}
	}
}

/*
 * In silence it grows to both sides by 15 ppm, and holds if the oscillator's
 * frequency changes by no more than that.
 */
static void
certain_in_silence(void **arg)
{
	static const double changes[] = { 0, 12e-6, -12e-6 };
	double		 low, high, low_then, high_then;
	size_t		 c, i;

	(void)arg;
	for (c = 0; c < COUNT(changes); c++) {
		begin_world(c, 1e-11);
		for (i = 0; i < 3; i++)
			add_server(c, QUEUE_EXPONENTIAL, 0.02, 1e-3);
		run(0, 6 * HOUR, NULL);
		assert_true(certain_at(w.now, &low, &high));
		w.osc.frequency += changes[c];
		for (i = 0; i < 3; i++)
			sync_silence(&w.sync, i);
		for (; w.now < 30 * HOUR; w.now += HOUR) {
			assert_true(certain_at(w.now, &low_then, &high_then));
			assert_true(low_then < 0 && high_then > 0);
		}
		assert_true(high_then - low_then - (high - low) >
		    2 * 15e-6 * 23 * HOUR * 0.99);
		assert_true(high_then - low_then - (high - low) <
		    2 * 20e-6 * 25 * HOUR);
	}
}

/* How much that is, is for the caller to say. */
static void
certain_by_the_drift_allowed(void **state)
{
	static const double drifts[] = { 10e-6, 50e-6, 500e-6 };
	double		 low, high, low_then, high_then;
	size_t		 c;

	(void)state;
	for (c = 0; c < COUNT(drifts); c++) {
		begin_world(c, 1e-11);
		w.sync.max_drift = drifts[c];
		add_server(c, QUEUE_EXPONENTIAL, 0.02, 1e-3);
		run(0, 12 * HOUR, NULL);
		assert_near(sync_drift(&w.sync, w.now), drifts[c],
		    drifts[c] / 10);
		assert_true(certain_at(w.now, &low, &high));
		w.osc.frequency += 0.9 * drifts[c];
		w.now += 4 * HOUR;
		assert_true(certain_at(w.now, &low_then, &high_then));
		assert_true(low_then < 0 && high_then > 0);
		assert_near(high_then - low_then - (high - low),
		    2 * drifts[c] * 4 * HOUR, drifts[c] * HOUR);
	}
}

/* While a source is in doubt either what it said before is true, or now. */
static void
certain_in_doubt(void **arg)
{
	static const double jumps[] = { 0.1, -5, 3600 };
	double		 low, high;
	size_t		 c;

	(void)arg;
	for (c = 0; c < COUNT(jumps); c++) {
		begin_world(c, 1e-10);
		add_server(c, QUEUE_EXPONENTIAL, 0.02, 1e-3);
		run(0, 2 * HOUR, NULL);
		w.osc.offset += jumps[c];
		assert_true(one_exchange(INFINITY));
		assert_true(sync_in_doubt(&w.sync, 0));
		assert_true(certain_at(w.now, &low, &high));
		/* The truth is at 0 now, and was believed at -jump. */
		assert_true(low <= 0 && high >= 0);
		assert_true(low <= -jumps[c] && high >= -jumps[c]);
		run(0, 2 * HOUR + 600, NULL);
		assert_true(certain_at(w.now, &low, &high));
		assert_true(low <= 0 && high >= 0 && high - low < 0.05);
	}
}

/*
 * Two of four are gone, one of them after it had said anything at all, when the
 * clock stands still.  The two that answer see it, and what all agreed on
 * before is not certain any more.
 */
static void
certain_when_half_are_gone(void **arg)
{
	uint64_t	 seed;
	size_t		 i;

	(void)arg;
	for (seed = 1; seed <= 8; seed++) {
		begin_world(seed, 1e-10);
		w.interval = 0;
		for (i = 0; i < 4; i++)
			add_server(seed, QUEUE_EXPONENTIAL, 2e-3, 1e-4);
		while (w.now < 2 * HOUR) {
			w.paths[0].lie = w.paths[0].lie > 0 ? -1e6 : 1e6;
			assert_true(one_exchange(INFINITY));
		}
		w.paths[0].lie = 0;
		for (i = whose_turn(); i != 0; i = whose_turn())
			assert_true(one_exchange(INFINITY));
		assert_true(one_exchange(INFINITY));
		w.paths[0].loss = w.paths[1].loss = 1;
		w.osc.offset += 37.4;
		run(0, w.now + 1200, NULL);
		assert_true(fabs(off()) < 1e-3);
		while (w.now < 4 * HOUR) {
			assert_true(one_exchange(INFINITY));
			assert_certain("half are gone", seed);
		}
	}
}

/*
 * Our clock stands still for 0.1 s, which no kernel notices: that is said as
 * soon as more than half have seen it, and no longer than it lasts.  A minority
 * that jumps is no evidence.
 */
static void
disrupted_by_a_pause(void **state)
{
	size_t		 n, i, answers;

	(void)state;
	for (n = 1; n <= 5; n++) {
		begin_world(n, 1e-10);
		w.interval = 0;
		for (i = 0; i < n; i++)
			add_server(n, QUEUE_EXPONENTIAL, 2e-3, 1e-4);
		run(0, 2 * HOUR, NULL);
		assert_false(sync_is_disrupted(&w.sync));
		for (i = 0; i < (n - 1) / 2; i++)
			w.paths[i].lie = 0.1;
		while (w.now < 3 * HOUR) {
			assert_true(one_exchange(INFINITY));
			assert_false(sync_is_disrupted(&w.sync));
		}
		for (i = 0; i < (n - 1) / 2; i++)
			w.paths[i].lie = 0;
		run(0, 5 * HOUR, NULL);
		w.osc.offset += 0.1;
		for (answers = 0; !sync_is_disrupted(&w.sync); answers++)
			assert_true(one_exchange(INFINITY));
		if (answers > n)
			fail_msg("%zu servers: after %zu answers", n, answers);
		run(0, w.now + HOUR, NULL);
		assert_false(sync_is_disrupted(&w.sync));
		assert_true(fabs(off()) < 1e-3);
	}
}

/*
 * All 20 ms are on one way: the clock is 10 ms off, which nothing can tell.
 * That it may be so is said.
 */
static void
certain_on_a_crooked_path(void **arg)
{
	static const double shares[] = { 0, 1 };
	double		 low, high;
	size_t		 c, i;

	(void)arg;
	for (c = 0; c < 2 * COUNT(shares); c++) {
		begin_world(c, 1e-9);
		for (i = 0; i < (c < 2 ? 1 : 4); i++)
			bend(add_server(c, QUEUE_EXPONENTIAL, 0.02, 1e-4),
			    shares[c % 2]);
		while (w.now < 3 * HOUR) {
			assert_true(one_exchange(INFINITY));
			if (sync_ready(&w.sync))
				assert_certain("crooked", c);
		}
		assert_true(fabs(fabs(off()) - 0.01) < 1e-3);
		assert_true(certain_at(w.now, &low, &high));
		assert_true(high - low > 0.02 && high - low < 0.03);
	}
}

/* ---- near and far ---- */

/*
 * Servers 0.1 ms away, and others behind a line of which one direction takes
 * milliseconds longer: all are right, and the near ones know better.
 */
static void
near_and_far(void **arg)
{
	static const double longer[] = { 2e-3, 6e-3, 18e-3 };
	struct result	 r;
	size_t		 near, far, c, i;
	uint64_t	 seed;

	(void)arg;
	for (c = 0; c < COUNT(longer); c++)
		for (near = 1; near <= 2; near++)
			for (far = 1; far <= 2; far++)
				for (seed = 1; seed <= 4; seed++) {
					r = none();
					begin_world(seed, 1e-9);
					w.interval = 0;
					for (i = 0; i < near; i++)
						add_server(seed,
						    QUEUE_EXPONENTIAL, 1e-4,
						    1e-5);
					for (i = 0; i < far; i++)
						add_server(seed,
						    QUEUE_EXPONENTIAL, 4e-3,
						    3e-4)->out += longer[c];
					run(2 * HOUR, 12 * HOUR, &r);
					if (!w.sync.agreed || rms(&r) > 50e-6)
						fail_msg("%zu near, %zu far, "
						    "%g s: off by %g s", near,
						    far, longer[c], rms(&r));
					for (i = 0; i < near + far; i++)
						assert_true(tally(i) !=
						    FALSETICKER);
				}
}

/* ---- creeping liars ---- */

/* With sanitizers it takes five times as long. */
#ifdef __SANITIZE_ADDRESS__
#define CREEPERS	8
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CREEPERS	8
#endif
#endif
#ifndef CREEPERS
#define CREEPERS	100		/* seeds for each liar */
#endif

static const struct {
	const char	*name;
	double		 delay, wait, held;	/* s */
	bool		 near;
} liars[] = {
	{ "as far as the others", 0.04, 0.3e-3, 0, false },
	{ "that claims to have held the packet", 0.04, 2e-6, 0.0399, false },
	/* A near one that lies within what the far ones do not know. */
	{ "that is near", 1e-4, 2e-6, 0, true },
};

/*
 * A near liar that creeps as slowly as oscillators do, and is believed from the
 * beginning, has its way as far as the far ones can be off.
 */
static const struct {
	double		 rate, most;	/* s/s, s */
	bool		 slow;
} creeps[] = {
	{ 0.2e-6, 5e-3, true }, { 1e-6, 15e-3, true },
	{ 5e-6, 60e-3, false }, { 50e-6, 60e-3, false },
};

/* What else pulls, s: the honest paths' asymmetry is 0.4 ms, and waits. */
#define PULLS		1.5e-3

/* So far beyond the likely bound counts, s: that asymmetry, and a bit. */
#define BEYOND		0.5e-3

/* What came of it. */
struct creeping {
	double		 worst;		/* s, that we were off at most */
	unsigned	 n, beyond;	/* of n, beyond the likely bound */
};

static void
judge_creeping(struct creeping *r)
{
	double		 error = fabs(off());

	r->worst = fmax(r->worst, error);
	r->n++;
	r->beyond += error > sync_bound(&w.sync, w.now) + BEYOND;
}

/* One of HONEST + 1 servers creeps away. */
static struct creeping
creep(uint64_t seed, size_t liar, size_t c, size_t honest)
{
	struct creeping	 r = { .n = 0 };
	double		 begin;
	size_t		 i;

	begin_world(seed, 1e-9);
	w.interval = 0;
	add_server(seed, QUEUE_EXPONENTIAL, liars[liar].delay,
	    liars[liar].wait)->held = liars[liar].held;
	for (i = 0; i < honest; i++)
		bend(add_server(seed, QUEUE_EXPONENTIAL, 0.04, 0.3e-3),
		    0.49 + 0.005 * (double)i);
	run(0, 2 * HOUR, NULL);
	begin = w.now;
	while (w.now < begin + 2 * creeps[c].most / creeps[c].rate + 2 * HOUR) {
		w.paths[0].lie = fmin(creeps[c].most, creeps[c].rate *
		    (w.now - begin));
		assert_true(one_exchange(INFINITY));
		assert_certain(liars[liar].name, seed);
		judge_creeping(&r);
	}
	return r;
}

/*
 * Liar L creeps in all ways.  All runs together are beyond the bound half a
 * percent of the time at most; one of them may be for 2 %, as with a near liar
 * of 1 us/s in seed 42, where it is 1.6 %.
 */
static void
creep_in_all_ways(size_t l)
{
	struct creeping	 r, all = { .n = 0 };
	double		 most;
	uint64_t	 seed;
	size_t		 c;

	for (seed = 1; seed <= CREEPERS; seed++) {
		c = seed / 2 % COUNT(creeps);
		most = PULLS;
		if (liars[l].near && creeps[c].slow)
			most += creeps[c].most;
		r = creep(seed, l, c, 3 + seed % 2);
		if (r.worst > most || r.beyond > r.n / 50)
			fail_msg("one %s, %g us/s, seed %u: off by %g s, "
			    "beyond the bound %u of %u times", liars[l].name,
			    creeps[c].rate * 1e6, (unsigned)seed, r.worst,
			    r.beyond, r.n);
		all.n += r.n;
		all.beyond += r.beyond;
	}
	if (all.beyond > all.n / 200)
		fail_msg("one %s: beyond the bound %u of %u times",
		    liars[l].name, all.beyond, all.n);
}

/*
 * Whatever it does, the likely bound says how far it may have got; and it gets
 * nowhere if it is quick, or not nearer than the honest ones.
 */
static void
creeping_liars(void **arg)
{
	size_t		 l;

	(void)arg;
	for (l = 0; l < COUNT(liars); l++)
		creep_in_all_ways(l);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(certain_whatever_a_minority_says),
		cmocka_unit_test(certain_in_silence),
		cmocka_unit_test(certain_by_the_drift_allowed),
		cmocka_unit_test(certain_in_doubt),
		cmocka_unit_test(certain_when_half_are_gone),
		cmocka_unit_test(disrupted_by_a_pause),
		cmocka_unit_test(certain_on_a_crooked_path),
		cmocka_unit_test(near_and_far),
		cmocka_unit_test(creeping_liars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
