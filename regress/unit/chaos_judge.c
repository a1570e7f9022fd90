/*
 * Is the synchronizer as right as it could be?
 */
#include <math.h>
#include <stdio.h>

#include "regress/unit/chaos_world.h"

/* How far outside of C's certain bound the truth is, s. */
static double
outside(const struct chaos_client *c)
{
	double		 low, high, slack = 1e-9;

	if (!sync_certain(&c->sync, chaos.now, &low, &high))
		return 0;
	return fmax(0, fmax(low - chaos.osc.offset,
	    chaos.osc.offset - high) - slack);
}

/*
 * Is an honest majority of those who answer heard again since something
 * happened that the bound cannot know of?  One that has stopped lying is honest
 * from its next answer on.
 */
static bool
may_be_judged(void)
{
	size_t		 i, honest = 0, lying = 0;
	const struct chaos_server *s;

	if (chaos.glitch != 0 || !sync_ready(&chaos.old.sync))
		return false;
	for (i = 0; i < chaos.n; i++) {
		s = &chaos.servers[i];
		/* What it said before has a vote until a request is lost. */
		if (s->down && chaos.old.missed[i] == 0 && chaos.needed > 0)
			return false;
		if (s->down)
			continue;
		if (s->lied)
			lying++;
		else if (chaos.old.heard[i] >= chaos.needed)
			honest++;
		else
			return false;
	}
	return honest > lying;
}

/*
 * Did the oscillator change, and is it off what is believed of it by more than
 * is promised since?  What liars make us believe of it is no excuse.
 */
static bool
is_beyond_promise(void)
{
	struct estimate	 e;

	if (!chaos.unlearned || !sync_ready(&chaos.old.sync))
		return false;
	e = sync_estimate(&chaos.old.sync, chaos.now);
	chaos.unlearned = fabs(e.frequency - chaos.osc.frequency) >
	    SYNC_WORST_DRIFT;
	return chaos.unlearned;
}

void
chaos_judge_sample(void)
{
	struct chaos_result *r = chaos.result;
	double		 out;

	if (is_beyond_promise())
		chaos_disturb(1);
	if (!may_be_judged())
		return;
	chaos.needed = 0;
	r->judged++;
	out = outside(&chaos.old);
	if (out <= 0)
		return;
	r->outside++;
	if (out > r->worst) {
		r->worst = out;
		r->worst_at = chaos.now;
	}
}

void
chaos_say_sample(const struct chaos_client *c, size_t i,
    const struct sample *sample)
{
	const struct sync *s = &c->sync;
	struct estimate	 e;
	double		 low = 0, high = 0;

	if (!chaos.verbose)
		return;
	printf("%s%6.0f %zu %-15s %zu off %+.6f ",
	    c == &chaos.old ? "" : "  fresh ", chaos.now, i,
	    sync_state_name(s->state), s->truechimers,
	    sample->offset - chaos.osc.offset);
	if (sync_ready(s)) {
		e = sync_estimate(s, chaos.now);
		sync_certain(s, chaos.now, &low, &high);
		printf("error %+.6f bound %.6f certain %+.6f %+.6f freq %.3f "
		    "+- %.3f of %.3f", e.offset - chaos.osc.offset,
		    sync_bound(s, chaos.now), low - chaos.osc.offset,
		    high - chaos.osc.offset, e.frequency * 1e6,
		    e.frequency_error * 1e6, chaos.osc.frequency * 1e6);
	}
	for (i = 0; i < chaos.n; i++)
		printf(" %d/%u/%d", s->sources[i].state,
		    s->sources[i].surprises, s->verdicts[i].tally);
	printf("\n");
}

/* What the server is off by that is least off by its path's asymmetry. */
static double
least_asymmetry(void)
{
	const struct path *p;
	double		 least = INFINITY;
	size_t		 i;

	for (i = 0; i < chaos.n; i++) {
		p = &chaos.servers[i].path;
		least = fmin(least, fabs(p->out - p->back) / 2);
	}
	return least;
}

/*
 * What a fresh start reaches: its error or what it claims, whichever is more;
 * and no start knows better than the best server's path lets it.
 */
static double
reached(const struct chaos_result *r)
{
	return fmax(fmax(fabs(r->fresh_error), r->fresh_bound),
	    r->asymmetry);
}

/* The mean error of the last half hour is a fairer one than the last. */
void
chaos_note_error(void)
{
	struct chaos_result *r = chaos.result;
	double		 error = fabs(sync_estimate(&chaos.old.sync,
	    chaos.now).offset - chaos.osc.offset);

	if (chaos.now < END - HOUR)
		chaos.changes = chaos.old.sync.changes;
	if (chaos.now < END - HOUR / 2)
		return;
	chaos.errors++;
	r->mean_error += (error - r->mean_error) / chaos.errors;
}

void
chaos_judge_end(void)
{
	struct chaos_result *r = chaos.result;
	struct estimate	 e = sync_estimate(&chaos.old.sync, chaos.now);
	struct estimate	 f = sync_estimate(&chaos.fresh.sync, chaos.now);

	r->agreed = chaos.old.sync.agreed;
	r->error = e.offset - chaos.osc.offset;
	r->bound = sync_bound(&chaos.old.sync, chaos.now);
	r->certain = outside(&chaos.old);
	r->fresh_error = f.offset - chaos.osc.offset;
	r->fresh_bound = sync_bound(&chaos.fresh.sync, chaos.now);
	r->asymmetry = least_asymmetry();
	r->changes = chaos.old.sync.changes - chaos.changes;
	if (!isfinite(r->error) || !isfinite(r->bound))
		r->wrong = "not a number";
	else if (!r->agreed)
		r->wrong = "no majority at the end";
	else if (r->certain > 0)
		r->wrong = "outside of its certain bound at the end";
	else if (r->mean_error > 3 * reached(r))
		r->wrong = "worse than a fresh start";
	else if (r->changes > 2)
		r->wrong = "begins again and again";
	else if (r->outside > 0)
		r->wrong = "was outside of its certain bound";
}
