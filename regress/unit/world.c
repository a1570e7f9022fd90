/*
 * One machine and its servers.
 */
#include <math.h>
#include <string.h>

#include "regress/unit/unit.h"
#include "regress/unit/world.h"

struct world		 w;

void
begin_world(uint64_t seed, double wander)
{
	memset(&w, 0, sizeof(w));
	w.interval = 64;
	oscillator_init(&w.osc, seed, 0.3, 17e-6, wander);
	sync_init(&w.sync, 0, 20e-6);
}

struct path *
add_server(uint64_t seed, enum queue queue, double delay, double wait)
{
	size_t		 i = w.n++;

	assert_true(i < MOST);
	path_init(&w.paths[i], seed * 100 + i, queue, delay, wait);
	sync_add(&w.sync, i, 1);
	w.next[i] = w.now + 1 + 0.1 * (double)i;
	return &w.paths[i];
}

/* How many servers are still to give four answers, or have been silent. */
static size_t
expected(void)
{
	size_t		 i, n = 0;

	for (i = 0; i < w.n; i++)
		n += w.asked[i] < 4;
	return n;
}

/* The sample that server I gives when *SAMPLE has been taken; false: none. */
static bool
exchange_late(size_t i, struct sample *sample)
{
	struct sample	 new = *sample;

	if (!w.late[i] || w.asked[i] < 4)
		return true;
	*sample = w.held[i];
	w.held[i] = new;
	return sample->delay > 0;
}

/* As the engine does it: requests without an answer until it is silent. */
#define SILENT_POLLS	8
#define SILENT_OPPOSED	3

/* Server I does not answer. */
static void
no_answer(size_t i)
{
	unsigned	 most = SILENT_POLLS;
	size_t		 k;

	for (k = 0; k < w.n; k++)
		if (sync_is_opposed(&w.sync, k))
			most = SILENT_OPPOSED;
	sync_unanswered(&w.sync, i);
	if (++w.missed[i] > most)
		sync_silence(&w.sync, i);
}

/* Server I is in doubt: it and the others that are believed are asked soon. */
static void
ask_in_doubt(size_t i)
{
	size_t		 k;

	for (k = 0; k < w.n; k++)
		if (k == i || sync_can_settle(&w.sync, k))
			w.next[k] = fmin(w.next[k],
			    fmax(w.last[k] + LEAST_POLL, w.now + 1));
}

/* The time until server I is asked again, s. */
static double
wait_after(size_t i)
{
	if (w.asked[i] < 4)
		return 2;
	if (w.interval > 0)
		return w.interval;
	return 0.9 * sync_poll(&w.sync, w.now, LEAST_POLL, MOST_POLL);
}

size_t
whose_turn(void)
{
	size_t		 i, first = 0;

	for (i = 1; i < w.n; i++)
		if (w.next[i] < w.next[first])
			first = i;
	return first;
}

bool
one_exchange(double end)
{
	struct sample	 sample;
	size_t		 first = whose_turn();

	if (w.n == 0 || w.next[first] >= end)
		return false;
	w.now = w.next[first];
	w.asked[first]++;
	w.last[first] = w.now;
	w.next[first] += wait_after(first);
	w.answered[first] = path_ask(&w.paths[first], &w.osc, w.now, &sample);
	if (!w.answered[first])
		no_answer(first);
	else
		w.missed[first] = 0;
	if (w.answered[first] && exchange_late(first, &sample))
		sync_sample(&w.sync, first, &sample, expected());
	if (w.interval == 0 && sync_in_doubt(&w.sync, first))
		ask_in_doubt(first);
	return true;
}

void
run(double from, double end, struct result *r)
{
	struct estimate	 e;
	double		 error;
	unsigned	 n;

	for (n = 0; n < LONGEST && one_exchange(end); n++) {
		if (r == NULL || w.now < from)
			continue;
		assert_true(sync_ready(&w.sync));
		oscillator_run(&w.osc, w.now);
		e = sync_estimate(&w.sync, w.now);
		error = e.offset - w.osc.offset;
		assert_true(isfinite(error));
		r->n++;
		r->sum += error;
		r->squares += error * error;
		r->worst = fmax(r->worst, fabs(error));
		r->nees += error * error / (e.offset_error * e.offset_error);
		r->outside += fabs(error) > sync_bound(&w.sync, w.now);
	}
}

double
rms(const struct result *r)
{
	assert_true(r->n > 0);
	return sqrt(r->squares / r->n);
}

enum tally
tally(size_t i)
{
	return w.sync.verdicts[i].tally;
}

double
off(void)
{
	assert_true(sync_ready(&w.sync));
	oscillator_run(&w.osc, w.now);
	return sync_estimate(&w.sync, w.now).offset - w.osc.offset;
}

struct result
none(void)
{
	return (struct result){ .n = 0 };
}
