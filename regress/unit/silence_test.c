/*
 * Servers that do not answer any more: what they said before is no word against
 * those that do.
 */
#include <math.h>

#include "regress/unit/unit.h"
#include "regress/unit/world.h"

#define SEEDS		5

static const struct {
	const char	*name;
	size_t		 servers, dead;
	double		 pause;		/* s */
	double		 step;		/* s/s, of the frequency */
} losses[] = {
	{ "two of three, and a pause of 100 s", 3, 2, 100, 0 },
	{ "two of three, and another frequency", 3, 2, 0, 40e-6 },
	{ "two of four, and a pause of 2 s", 4, 2, 2, 0 },
	{ "four of six, and a step back", 6, 4, -7, 0 },
	{ "one of two, and a pause of 10 ms", 2, 1, 10e-3, 0 },
};

/* Is the truth within what is certain at this moment? */
static bool
is_certain(void)
{
	double		 low, high;

	if (!sync_certain(&w.sync, w.now, &low, &high))
		return false;
	oscillator_run(&w.osc, w.now);
	return low <= w.osc.offset && high >= w.osc.offset;
}

/*
 * Let one of those that answer, from number FIRST on, answer until the estimate
 * is right.  What is certain has to be true from its second answer on, as the
 * frequency may be another one; *ANSWERS of each were needed.
 */
static bool
recover(size_t first, double *answers)
{
	double		 each = (double)(w.n - first), end = w.now + 4 * HOUR;
	size_t		 i;
	bool		 certain = true;

	*answers = 0;
	while ((i = whose_turn()) < w.n && one_exchange(end)) {
		if (!w.answered[i])
			continue;
		*answers += 1 / each;
		if (*answers >= 2)
			certain = certain && is_certain();
		if (w.sync.agreed && fabs(off()) < 4e-3 && *answers > 1)
			return certain;
	}
	return false;
}

static void
the_dead_do_not_outvote(void **arg)
{
	double		 answers;
	size_t		 c, i;
	uint64_t	 seed;

	(void)arg;
	for (c = 0; c < COUNT(losses) * SEEDS; c++) {
		seed = 1 + c % SEEDS;
		begin_world(seed, 1e-10);
		w.interval = 0;
		for (i = 0; i < losses[c / SEEDS].servers; i++)
			add_server(seed, QUEUE_EXPONENTIAL, 10e-3, 0.5e-3);
		run(0, 6 * HOUR, NULL);
		for (i = 0; i < losses[c / SEEDS].dead; i++)
			w.paths[i].loss = 1;
		w.osc.offset += losses[c / SEEDS].pause;
		w.osc.frequency += losses[c / SEEDS].step;
		if (!recover(losses[c / SEEDS].dead, &answers) || answers > 5)
			fail_msg("%s, seed %u: %g answers, off by %g s",
			    losses[c / SEEDS].name, (unsigned)seed, answers,
			    off());
	}
}

/* Two packets that are lost do not give the word to one that lies. */
static void
lost_packets_are_no_silence(void **arg)
{
	double		 lost;
	uint64_t	 seed;
	size_t		 i;

	(void)arg;
	for (seed = 1; seed <= 20; seed++) {
		begin_world(seed, 1e-10);
		w.interval = 0;
		for (i = 0; i < 3; i++)
			add_server(seed, QUEUE_EXPONENTIAL, 10e-3, 0.5e-3);
		run(0, 6 * HOUR, NULL);
		w.paths[0].lie = 1;
		lost = w.now + 1200;
		while (one_exchange(12 * HOUR)) {
			for (i = 1; i < 3; i++)
				w.paths[i].loss = w.now < lost &&
				    w.missed[i] < 2 ? 1 : 0;
			if (fabs(off()) > 2e-3)
				fail_msg("seed %u: off by %g s", (unsigned)seed,
				    off());
		}
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_dead_do_not_outvote),
		cmocka_unit_test(lost_packets_are_no_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
