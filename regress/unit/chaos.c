/*
 * A run: whose turn it is, and what comes back.
 */
#include <math.h>
#include <string.h>

#include "regress/unit/chaos_world.h"

#define LONGEST		200000		/* exchanges in a run, at most */

struct chaos_world	 chaos;

static void
exchange(struct chaos_client *c, size_t i)
{
	struct chaos_server	*s = &chaos.servers[i];
	struct sample	 sample;
	bool		 answered;

	c->last[i] = chaos.now;
	c->next[i] = chaos.now + chaos_wait_after(c, i);
	s->path.lie = chaos_lie_of(s);
	answered = path_ask(&s->path, &chaos.osc, chaos.now, &sample) &&
	    !s->down;
	if (!answered) {
		chaos_no_answer(c, i);
		return;
	}
	if (s->nonsense)
		sample.offset += chaos_either_sign(chaos_magnitude(1e-6, 4e9));
	if (c == &chaos.old)
		s->lied = s->nonsense || s->lie != 0 || s->creep != 0;
	c->missed[i] = 0;
	c->heard[i]++;
	if (c->silent[i])
		chaos_wake_others(c, i);
	sync_sample(&c->sync, i, &sample, chaos_expected(c));
	chaos_settle_doubt(c, i);
	chaos_end_burst(c, i);
	chaos_say_sample(c, i, &sample);
	if (c != &chaos.old)
		return;
	chaos_judge_sample();
	chaos_note_error();
}

/* Whose turn is next, and whose server's. */
static struct chaos_client *
whose_turn(size_t *i)
{
	struct chaos_client *clients[] = { &chaos.old, &chaos.fresh };
	struct chaos_client *first = NULL;
	size_t		 k, s;

	for (k = 0; k < 2; k++)
		for (s = 0; clients[k]->on && s < chaos.n; s++)
			if (first == NULL ||
			    clients[k]->next[s] < first->next[*i]) {
				first = clients[k];
				*i = s;
			}
	return first;
}

void
chaos_run(uint64_t seed, unsigned kind, bool verbose,
    struct chaos_result *result)
{
	size_t		 i, liars, n;
	struct chaos_client	*c;

	memset(&chaos, 0, sizeof(chaos));
	memset(result, 0, sizeof(*result));
	chaos.kind = kind;
	chaos.result = result;
	chaos.verbose = verbose;
	rng_seed(&chaos.rng, seed);
	chaos.n = 1 + (size_t)chaos_between(0, MOST);
	liars = (size_t)chaos_between(0, (double)((chaos.n + 1) / 2));
	oscillator_init(&chaos.osc, seed, 0, chaos_between(-50e-6, 50e-6),
	    chaos_magnitude(1e-10, 3e-9));
	for (i = 0; i < chaos.n; i++)
		chaos_add_server(i, i < liars);
	chaos.next_event = QUIET;
	chaos_start_client(&chaos.old, 0, 0, 200e-6);
	chaos.unlearned = true;
	for (n = 0; n < LONGEST; n++) {
		c = whose_turn(&i);
		if (c->next[i] >= END)
			break;
		chaos_play(kind, c->next[i]);
		if ((c = whose_turn(&i))->next[i] < chaos.osc.when)
			c->next[i] = chaos.osc.when;	/* events made it due */
		chaos.now = c->next[i];
		chaos_run_oscillator(chaos.now);
		exchange(c, i);
	}
	chaos_judge_end();
}
