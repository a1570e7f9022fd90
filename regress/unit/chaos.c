/*
 * The event generator and the judge.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ntpd/sync/sync.h"
#include "regress/unit/chaos.h"
#include "regress/unit/paths.h"

#define HOUR		3600.0
#define MOST		7		/* servers */
#define LONGEST		200000		/* exchanges in a run, at most */

#define QUIET		(2 * HOUR)	/* before anything happens */
#define ROUGH		(8 * HOUR)	/* events until then */
#define END		(10 * HOUR)	/* and calm until then */
#define BETWEEN		1500.0		/* s between events, mean */

/* As the engine does it: requests of a quick start, poll limits, silence. */
#define BURST_ENOUGH	4
#define BURST_MOST	8
#define BURST_FREQUENCY	2e-6
#define LEAST_POLL	64.0
#define MOST_POLL	1024.0
#define SILENT_POLLS	8
#define SILENT_OPPOSED	3

/* The oscillator's frequency stays within that, s/s. */
#define FREQUENCY_MOST	400e-6

#define RAMP_STEP	30.0		/* s */

struct server {
	struct path	 path;
	bool		 liar;		/* one of the minority */
	bool		 down;
	bool		 nonsense;
	double		 lie;		/* s */
	double		 creep;		/* s/s, of the lie, since creep_from */
	double		 creep_from;
	bool		 lied;		/* in its last answer to old */
};

/* Somebody who asks the servers. */
struct client {
	struct sync	 sync;
	bool		 on;
	double		 next[MOST], last[MOST];
	unsigned	 burst[MOST];	/* requests left of a quick start */
	unsigned	 missed[MOST];
	bool		 silent[MOST];
	unsigned	 heard[MOST];	/* answers since the last disturbance */
};

static struct world {
	unsigned	 kind;
	struct rng	 rng;
	struct oscillator osc;
	struct server	 servers[MOST];
	size_t		 n;
	struct client	 old, fresh;
	double		 now;
	double		 next_event;
	double		 ramp, ramp_end, ramp_next;	/* s/s^2; s; s */
	double		 glitch, glitch_end;	/* s, of all; s */
	unsigned	 needed;	/* answers of each, to judge again */
	bool		 unlearned;	/* the frequency is another one, not
					   known to SYNC_WORST_DRIFT since */
	unsigned	 changes;	/* seen before the last hour */
	double		 errors;	/* in the mean */
	bool		 verbose;
	struct chaos_result *result;
} w;

/* ---- numbers ---- */

static double
between(double a, double b)
{
	return a + (b - a) * rng_uniform(&w.rng);
}

/* As often between 1 and 10 as between 10 and 100. */
static double
magnitude(double a, double b)
{
	return a * pow(b / a, rng_uniform(&w.rng));
}

static bool
chance(double p)
{
	return rng_uniform(&w.rng) < p;
}

static double
either_sign(double v)
{
	return chance(0.5) ? v : -v;
}

static void __attribute__((format(printf, 1, 2)))
tell(const char *format, ...)
{
	char		*story = w.result->story;
	size_t		 len = strlen(story);
	va_list		 ap;

	va_start(ap, format);
	vsnprintf(story + len, sizeof(w.result->story) - len, format, ap);
	va_end(ap);
}

/* ---- clients ---- */

static void
quicken(struct client *c, size_t i, double now)
{
	c->burst[i] = BURST_MOST;
	c->next[i] = now + between(0, 0.1);
}

static void
start_client(struct client *c, double now, double frequency, double error)
{
	size_t		 i;

	memset(c, 0, sizeof(*c));
	c->on = true;
	sync_init(&c->sync, frequency, error);
	for (i = 0; i < w.n; i++) {
		sync_add(&c->sync, i, 1);
		quicken(c, i, now);
	}
}

/* How many are still to give the first answers of a quick start. */
static size_t
expected(const struct client *c)
{
	size_t		 i, n = 0;

	for (i = 0; i < w.n; i++)
		n += c->burst[i] > BURST_MOST - BURST_ENOUGH + 1;
	return n;
}

static double
wait_after(struct client *c, size_t i)
{
	unsigned	 sent = BURST_MOST - c->burst[i];

	if (c->burst[i] == 0)
		return 0.9 * sync_poll(&c->sync, w.now, LEAST_POLL, MOST_POLL);
	c->burst[i]--;
	return sent < BURST_ENOUGH ? 2 : ldexp(2, (int)(sent - BURST_ENOUGH));
}

/* A quick start has done what it is for. */
static void
end_burst(struct client *c, size_t i)
{
	if (c->burst[i] == 0 || c->burst[i] > BURST_MOST - BURST_ENOUGH ||
	    !sync_ready(&c->sync) || !sync_takes_part(&c->sync, i) ||
	    sync_estimate(&c->sync, w.now).frequency_error > BURST_FREQUENCY)
		return;
	c->burst[i] = 0;
	c->next[i] = w.now + wait_after(c, i);
}

/* Server I is asked as soon as it may be. */
static void
ask_soon(struct client *c, size_t i)
{
	if (c->burst[i] == 0)
		c->next[i] = fmin(c->next[i],
		    fmax(c->last[i] + LEAST_POLL, w.now + 1));
}

/* Server OPPOSED contradicts some that have not answered of late. */
static void
ask_the_missing(struct client *c, size_t opposed)
{
	size_t		 i;
	bool		 missing = false;

	for (i = 0; i < w.n; i++) {
		if (c->missed[i] < 2 || !sync_takes_part(&c->sync, i))
			continue;
		missing = true;
		ask_soon(c, i);
	}
	if (missing)
		ask_soon(c, opposed);
}

/* As the engine does when server I has answered. */
static void
settle_doubt(struct client *c, size_t i)
{
	size_t		 k;

	if (!sync_in_doubt(&c->sync, i)) {
		if (sync_is_opposed(&c->sync, i))
			ask_the_missing(c, i);
		return;
	}
	for (k = 0; k < w.n; k++)
		if (k == i || sync_can_settle(&c->sync, k))
			ask_soon(c, k);
}

/* Server I, which was silent, answers: the others may, too. */
static void
wake_others(struct client *c, size_t i)
{
	size_t		 k;

	c->silent[i] = false;
	c->burst[i] = BURST_ENOUGH - 1;
	c->next[i] = w.now + 2;
	for (k = 0; k < w.n; k++)
		if (c->silent[k] && c->burst[k] == 0)
			quicken(c, k, w.now);
}

static bool
is_opposed(const struct client *c)
{
	size_t		 i;

	for (i = 0; i < w.n; i++)
		if (sync_is_opposed(&c->sync, i))
			return true;
	return false;
}

static void
no_answer(struct client *c, size_t i)
{
	unsigned	 most = is_opposed(c) ? SILENT_OPPOSED : SILENT_POLLS;

	sync_unanswered(&c->sync, i);
	if (++c->missed[i] > most && !c->silent[i]) {
		c->silent[i] = true;
		sync_silence(&c->sync, i);
	}
}

/* ---- the world ---- */

static void
add_server(size_t i, bool liar)
{
	struct server	*s = &w.servers[i];
	double		 delay = magnitude(50e-6, 0.05), crooked = 0.03;

	if ((w.kind & CHAOS_NEAR_LIARS) != 0)
		delay = liar ? magnitude(30e-6, 200e-6) : magnitude(2e-3, 0.2);
	if ((w.kind & CHAOS_CROOKED) != 0)
		crooked = 0.7;
	memset(s, 0, sizeof(*s));
	path_init(&s->path, w.rng.state, QUEUE_EXPONENTIAL, delay,
	    delay * magnitude(0.01, 0.3));
	s->path.out = delay / 2 * between(1 - crooked, 1 + crooked);
	s->path.back = delay - s->path.out;
	s->path.precision = 2e-7;
	s->liar = liar;
}

/* The bound is not judged until each server has answered NEEDED times. */
static void
disturb(unsigned needed)
{
	memset(w.old.heard, 0, sizeof(w.old.heard));
	if (needed > w.needed)
		w.needed = needed;
}

static double
lie_of(const struct server *s)
{
	double		 lie = s->lie;

	if (s->creep != 0)
		lie += s->creep * (w.now - s->creep_from);
	return lie + w.glitch;
}

static void
run_oscillator(double when)
{
	while (w.ramp != 0 && w.ramp_next < when) {
		oscillator_run(&w.osc, w.ramp_next);
		w.osc.frequency += w.ramp * RAMP_STEP;
		w.ramp_next += RAMP_STEP;
		w.unlearned = true;
		disturb(1);
		if (w.ramp_next > w.ramp_end ||
		    fabs(w.osc.frequency) > FREQUENCY_MOST)
			w.ramp = 0;
	}
	if (w.glitch != 0 && w.glitch_end < when) {
		w.glitch = 0;
		disturb(4);
	}
	oscillator_run(&w.osc, when);
}

/* ---- events ---- */

static void
change_frequency(void)
{
	double		 by = either_sign(magnitude(0.1e-6, 100e-6));

	w.osc.frequency += by;
	if (fabs(w.osc.frequency) > FREQUENCY_MOST)
		w.osc.frequency = 0;
	w.unlearned = true;
	disturb(1);
	tell(" %.0f:f%+.1f", w.now, by * 1e6);
}

static void
begin_ramp(void)
{
	double		 by = either_sign(magnitude(1e-6, 50e-6));
	double		 during = magnitude(300, 2 * HOUR);

	w.ramp = by / during;
	w.ramp_next = w.now;
	w.ramp_end = w.now + during;
	tell(" %.0f:ramp%+.1f/%.0f", w.now, by * 1e6, during);
}

static void
pause_machine(void)
{
	double		 by = magnitude(1e-3, 1000);

	w.osc.offset += by;
	disturb(1);
	tell(" %.0f:p%+.3f", w.now, by);
}

static void
change_route(size_t i)
{
	struct path	*p = &w.servers[i].path;
	double		 by = magnitude(1e-4, 0.02);
	double		*way = chance(0.5) ? &p->out : &p->back;

	if (chance(0.3))
		*way = fmax(20e-6, *way - by);
	else
		*way = fmin(0.2, *way + by);
	tell(" %.0f:r%zu", w.now, i);
}

static void
toggle_outage(size_t i)
{
	size_t		 k;
	bool		 down = !w.servers[i].down;

	if (chance(0.3)) {
		for (k = 0; k < w.n; k++)
			w.servers[k].down = down;
		tell(" %.0f:all%s", w.now, down ? "down" : "up");
	} else {
		w.servers[i].down = down;
		tell(" %.0f:%s%zu", w.now, down ? "down" : "up", i);
	}
	disturb(4);	/* who answers may be another majority */
}

static void
change_lie(size_t i)
{
	struct server	*s = &w.servers[i];
	bool		 near = (w.kind & CHAOS_NEAR_LIARS) != 0;

	if (!s->liar)
		return;
	s->creep = 0;
	if (chance(0.3))
		s->lie = 0;
	else if (chance(0.6))
		s->lie = either_sign(magnitude(1e-4, near ? 0.1 : 1e6));
	else {
		s->creep = either_sign(magnitude(near ? 1e-6 : 1e-8,
		    1e-4));
		s->creep_from = w.now;
	}
	tell(" %.0f:l%zu=%.4f,%g", w.now, i, s->lie, s->creep);
}

static void
begin_glitch(void)
{
	w.glitch = either_sign(magnitude(1e-3, 3e7));
	w.glitch_end = w.now + magnitude(60, 1800);
	disturb(4);
	tell(" %.0f:g%+.3f/%.0f", w.now, w.glitch, w.glitch_end - w.now);
}

static void
change_name(size_t i)
{
	bool		 down = w.servers[i].down;

	add_server(i, w.servers[i].liar);
	w.servers[i].down = down;
	sync_remove(&w.old.sync, i);
	sync_add(&w.old.sync, i, 1);
	w.old.silent[i] = false;
	w.old.missed[i] = 0;
	quicken(&w.old, i, w.now);
	disturb(4);
	tell(" %.0f:n%zu", w.now, i);
}

static void
restart(void)
{
	double		 frequency = either_sign(magnitude(1e-6, 400e-6));
	size_t		 i;

	start_client(&w.old, w.now, frequency, 0.05e-6);
	w.unlearned = true;
	for (i = 0; i < w.n; i++)
		w.old.silent[i] = false;
	disturb(4);
	tell(" %.0f:drift%+.1f", w.now, frequency * 1e6);
}

static void
set_clock(void)
{
	size_t		 i;

	/* Oscillator time does not see it; the engine begins anew. */
	sync_restart(&w.old.sync);
	for (i = 0; i < w.n; i++)
		quicken(&w.old, i, w.now);
	disturb(4);
	tell(" %.0f:set", w.now);
}

static void
toggle_nonsense(size_t i)
{
	if (!w.servers[i].liar)
		return;
	w.servers[i].nonsense = !w.servers[i].nonsense;
	tell(" %.0f:x%zu=%d", w.now, i, w.servers[i].nonsense);
}

static void
happen(enum chaos_event event)
{
	size_t		 i = (size_t)between(0, (double)w.n);

	switch (event) {
	case CHAOS_FREQUENCY:
		change_frequency();
		break;
	case CHAOS_RAMP:
		begin_ramp();
		break;
	case CHAOS_PAUSE:
		pause_machine();
		break;
	case CHAOS_ROUTE:
		change_route(i);
		break;
	case CHAOS_OUTAGE:
		toggle_outage(i);
		break;
	case CHAOS_LIAR:
		change_lie(i);
		break;
	case CHAOS_GLITCH:
		begin_glitch();
		break;
	case CHAOS_NAME:
		change_name(i);
		break;
	case CHAOS_DRIFT_FILE:
		restart();
		break;
	case CHAOS_SET:
		set_clock();
		break;
	case CHAOS_NONSENSE:
		toggle_nonsense(i);
		break;
	case CHAOS_EVENTS:
		break;
	}
}

/* Everything is over: servers tell the truth, and a newcomer begins. */
static void
become_calm(void)
{
	size_t		 i;

	w.ramp = w.glitch = 0;
	for (i = 0; i < w.n; i++) {
		w.servers[i].down = w.servers[i].nonsense = false;
		w.servers[i].lie = w.servers[i].creep = 0;
	}
	disturb(4);
	start_client(&w.fresh, w.now, 0, 200e-6);
	w.next_event = INFINITY;
}

/* Let happen what happens until WHEN. */
static void
play(unsigned kind, double when)
{
	enum chaos_event event;

	while (w.next_event < when) {
		run_oscillator(w.next_event);
		w.now = w.next_event;
		if (w.now >= ROUGH) {
			become_calm();
			break;
		}
		event = (enum chaos_event)between(0, CHAOS_EVENTS);
		if ((kind >> event & 1) == 0)
			continue;
		w.next_event = fmin(ROUGH, w.next_event +
		    BETWEEN * rng_exponential(&w.rng));
		happen(event);
	}
	run_oscillator(when);
}

/* ---- the judge ---- */

/* How far outside of C's certain bound the truth is, s. */
static double
outside(const struct client *c)
{
	double		 low, high, slack = 1e-9;

	if (!sync_certain(&c->sync, w.now, &low, &high))
		return 0;
	return fmax(0, fmax(low - w.osc.offset, w.osc.offset - high) - slack);
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
	const struct server *s;

	if (w.glitch != 0 || !sync_ready(&w.old.sync))
		return false;
	for (i = 0; i < w.n; i++) {
		s = &w.servers[i];
		/* What it said before has a vote until a request is lost. */
		if (s->down && w.old.missed[i] == 0 && w.needed > 0)
			return false;
		if (s->down)
			continue;
		if (s->lied)
			lying++;
		else if (w.old.heard[i] >= w.needed)
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

	if (!w.unlearned || !sync_ready(&w.old.sync))
		return false;
	e = sync_estimate(&w.old.sync, w.now);
	w.unlearned = fabs(e.frequency - w.osc.frequency) > SYNC_WORST_DRIFT;
	return w.unlearned;
}

static void
judge_sample(void)
{
	struct chaos_result *r = w.result;
	double		 out;

	if (is_beyond_promise())
		disturb(1);
	if (!may_be_judged())
		return;
	w.needed = 0;
	r->judged++;
	out = outside(&w.old);
	if (out <= 0)
		return;
	r->outside++;
	if (out > r->worst) {
		r->worst = out;
		r->worst_at = w.now;
	}
}

static void
say_sample(const struct client *c, size_t i, const struct sample *sample)
{
	const struct sync *s = &c->sync;
	struct estimate	 e;
	double		 low = 0, high = 0;

	if (!w.verbose)
		return;
	printf("%s%6.0f %zu %-15s %zu off %+.6f ",
	    c == &w.old ? "" : "  fresh ", w.now, i,
	    sync_state_name(s->state), s->truechimers,
	    sample->offset - w.osc.offset);
	if (sync_ready(s)) {
		e = sync_estimate(s, w.now);
		sync_certain(s, w.now, &low, &high);
		printf("error %+.6f bound %.6f certain %+.6f %+.6f freq %.3f "
		    "+- %.3f of %.3f", e.offset - w.osc.offset,
		    sync_bound(s, w.now), low - w.osc.offset,
		    high - w.osc.offset, e.frequency * 1e6,
		    e.frequency_error * 1e6, w.osc.frequency * 1e6);
	}
	for (i = 0; i < w.n; i++)
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

	for (i = 0; i < w.n; i++) {
		p = &w.servers[i].path;
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
static void
note_error(void)
{
	struct chaos_result *r = w.result;
	double		 error = fabs(sync_estimate(&w.old.sync,
	    w.now).offset - w.osc.offset);

	if (w.now < END - HOUR)
		w.changes = w.old.sync.changes;
	if (w.now < END - HOUR / 2)
		return;
	w.errors++;
	r->mean_error += (error - r->mean_error) / w.errors;
}

static void
exchange(struct client *c, size_t i)
{
	struct server	*s = &w.servers[i];
	struct sample	 sample;
	bool		 answered;

	c->last[i] = w.now;
	c->next[i] = w.now + wait_after(c, i);
	s->path.lie = lie_of(s);
	answered = path_ask(&s->path, &w.osc, w.now, &sample) && !s->down;
	if (!answered) {
		no_answer(c, i);
		return;
	}
	if (s->nonsense)
		sample.offset += either_sign(magnitude(1e-6, 4e9));
	if (c == &w.old)
		s->lied = s->nonsense || s->lie != 0 || s->creep != 0;
	c->missed[i] = 0;
	c->heard[i]++;
	if (c->silent[i])
		wake_others(c, i);
	sync_sample(&c->sync, i, &sample, expected(c));
	settle_doubt(c, i);
	end_burst(c, i);
	say_sample(c, i, &sample);
	if (c != &w.old)
		return;
	judge_sample();
	note_error();
}

/* Whose turn is next, and whose server's. */
static struct client *
whose_turn(size_t *i)
{
	struct client	*clients[] = { &w.old, &w.fresh }, *first = NULL;
	size_t		 k, s;

	for (k = 0; k < 2; k++)
		for (s = 0; clients[k]->on && s < w.n; s++)
			if (first == NULL ||
			    clients[k]->next[s] < first->next[*i]) {
				first = clients[k];
				*i = s;
			}
	return first;
}

static void
judge_end(void)
{
	struct chaos_result *r = w.result;
	struct estimate	 e = sync_estimate(&w.old.sync, w.now);
	struct estimate	 f = sync_estimate(&w.fresh.sync, w.now);

	r->agreed = w.old.sync.agreed;
	r->error = e.offset - w.osc.offset;
	r->bound = sync_bound(&w.old.sync, w.now);
	r->certain = outside(&w.old);
	r->fresh_error = f.offset - w.osc.offset;
	r->fresh_bound = sync_bound(&w.fresh.sync, w.now);
	r->asymmetry = least_asymmetry();
	r->changes = w.old.sync.changes - w.changes;
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

void
chaos_run(uint64_t seed, unsigned kind, bool verbose,
    struct chaos_result *result)
{
	size_t		 i, liars, n;
	struct client	*c;

	memset(&w, 0, sizeof(w));
	memset(result, 0, sizeof(*result));
	w.kind = kind;
	w.result = result;
	w.verbose = verbose;
	rng_seed(&w.rng, seed);
	w.n = 1 + (size_t)between(0, MOST);
	liars = (size_t)between(0, (double)((w.n + 1) / 2));
	oscillator_init(&w.osc, seed, 0, between(-50e-6, 50e-6),
	    magnitude(1e-10, 3e-9));
	for (i = 0; i < w.n; i++)
		add_server(i, i < liars);
	w.next_event = QUIET;
	start_client(&w.old, 0, 0, 200e-6);
	w.unlearned = true;
	for (n = 0; n < LONGEST; n++) {
		c = whose_turn(&i);
		if (c->next[i] >= END)
			break;
		play(kind, c->next[i]);
		if ((c = whose_turn(&i))->next[i] < w.osc.when)
			c->next[i] = w.osc.when;	/* events made it due */
		w.now = c->next[i];
		run_oscillator(w.now);
		exchange(c, i);
	}
	judge_end();
}
