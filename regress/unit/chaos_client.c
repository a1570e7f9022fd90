/*
 * Who asks the servers, as the engine does.
 */
#include <math.h>
#include <string.h>

#include "regress/unit/chaos_world.h"

/* As the engine does it: requests of a quick start, poll limits, silence. */
#define BURST_ENOUGH	4
#define BURST_MOST	8
#define BURST_FREQUENCY	2e-6
#define LEAST_POLL	64.0
#define MOST_POLL	1024.0
#define SILENT_POLLS	8
#define SILENT_OPPOSED	3

void
chaos_quicken(struct chaos_client *c, size_t i, double now)
{
	c->burst[i] = BURST_MOST;
	c->next[i] = now + chaos_between(0, 0.1);
}

void
chaos_start_client(struct chaos_client *c, double now, double frequency,
    double error)
{
	size_t		 i;

	memset(c, 0, sizeof(*c));
	c->on = true;
	sync_init(&c->sync, frequency, error);
	for (i = 0; i < chaos.n; i++) {
		sync_add(&c->sync, i, 1);
		chaos_quicken(c, i, now);
	}
}

/* How many are still to give the first answers of a quick start. */
size_t
chaos_expected(const struct chaos_client *c)
{
	size_t		 i, n = 0;

	for (i = 0; i < chaos.n; i++)
		n += c->burst[i] > BURST_MOST - BURST_ENOUGH + 1;
	return n;
}

double
chaos_wait_after(struct chaos_client *c, size_t i)
{
	unsigned	 sent = BURST_MOST - c->burst[i];

	if (c->burst[i] == 0)
		return 0.9 * sync_poll(&c->sync, chaos.now, LEAST_POLL,
		    sync_longest(&c->sync, i, MOST_POLL));
	c->burst[i]--;
	return sent < BURST_ENOUGH ? 2 : ldexp(2, (int)(sent - BURST_ENOUGH));
}

/* A quick start has done what it is for. */
void
chaos_end_burst(struct chaos_client *c, size_t i)
{
	if (c->burst[i] == 0 || c->burst[i] > BURST_MOST - BURST_ENOUGH ||
	    !sync_ready(&c->sync) || !sync_takes_part(&c->sync, i) ||
	    sync_estimate(&c->sync, chaos.now).frequency_error >
	    BURST_FREQUENCY)
		return;
	c->burst[i] = 0;
	c->next[i] = chaos.now + chaos_wait_after(c, i);
}

/* Server I is asked as soon as it may be. */
static void
ask_soon(struct chaos_client *c, size_t i)
{
	if (c->burst[i] == 0)
		c->next[i] = fmin(c->next[i],
		    fmax(c->last[i] + LEAST_POLL, chaos.now + 1));
}

/* Server OPPOSED contradicts some that have not answered of late. */
static void
ask_the_missing(struct chaos_client *c, size_t opposed)
{
	size_t		 i;
	bool		 missing = false;

	for (i = 0; i < chaos.n; i++) {
		if (c->missed[i] < 2 || !sync_takes_part(&c->sync, i))
			continue;
		missing = true;
		ask_soon(c, i);
	}
	if (missing)
		ask_soon(c, opposed);
}

/* As the engine does when server I has answered. */
void
chaos_settle_doubt(struct chaos_client *c, size_t i)
{
	size_t		 k;

	if (!sync_in_doubt(&c->sync, i)) {
		if (sync_is_opposed(&c->sync, i))
			ask_the_missing(c, i);
		return;
	}
	for (k = 0; k < chaos.n; k++)
		if (k == i || sync_can_settle(&c->sync, k))
			ask_soon(c, k);
}

/* Server I, which was silent, answers: the others may, too. */
void
chaos_wake_others(struct chaos_client *c, size_t i)
{
	size_t		 k;

	c->silent[i] = false;
	c->burst[i] = BURST_ENOUGH - 1;
	c->next[i] = chaos.now + 2;
	for (k = 0; k < chaos.n; k++)
		if (c->silent[k] && c->burst[k] == 0)
			chaos_quicken(c, k, chaos.now);
}

static bool
is_opposed(const struct chaos_client *c)
{
	size_t		 i;

	for (i = 0; i < chaos.n; i++)
		if (sync_is_opposed(&c->sync, i))
			return true;
	return false;
}

void
chaos_no_answer(struct chaos_client *c, size_t i)
{
	unsigned	 most = is_opposed(c) ? SILENT_OPPOSED : SILENT_POLLS;

	sync_unanswered(&c->sync, i);
	if (++c->missed[i] > most && !c->silent[i]) {
		c->silent[i] = true;
		sync_silence(&c->sync, i);
	}
}
