/*
 * What happens to the oscillator, the servers and the paths.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "regress/unit/chaos_world.h"

/* The oscillator's frequency stays within that, s/s. */
#define FREQUENCY_MOST	400e-6

#define RAMP_STEP	30.0		/* s */

double
chaos_between(double a, double b)
{
	return a + (b - a) * rng_uniform(&chaos.rng);
}

/* As often between 1 and 10 as between 10 and 100. */
double
chaos_magnitude(double a, double b)
{
	return a * pow(b / a, rng_uniform(&chaos.rng));
}

bool
chaos_chance(double p)
{
	return rng_uniform(&chaos.rng) < p;
}

double
chaos_either_sign(double v)
{
	return chaos_chance(0.5) ? v : -v;
}

void __attribute__((format(printf, 1, 2)))
chaos_tell(const char *format, ...)
{
	char		*story = chaos.result->story;
	size_t		 len = strlen(story);
	va_list		 ap;

	va_start(ap, format);
	vsnprintf(story + len, sizeof(chaos.result->story) - len, format, ap);
	va_end(ap);
}

void
chaos_add_server(size_t i, bool liar)
{
	struct chaos_server	*s = &chaos.servers[i];
	double		 delay = chaos_magnitude(50e-6, 0.05), crooked = 0.03;

	if ((chaos.kind & CHAOS_NEAR_LIARS) != 0)
		delay = liar ? chaos_magnitude(30e-6, 200e-6) :
		    chaos_magnitude(2e-3, 0.2);
	if ((chaos.kind & CHAOS_CROOKED) != 0)
		crooked = 0.7;
	memset(s, 0, sizeof(*s));
	path_init(&s->path, chaos.rng.state, QUEUE_EXPONENTIAL, delay,
	    delay * chaos_magnitude(0.01, 0.3));
	s->path.out = delay / 2 * chaos_between(1 - crooked, 1 + crooked);
	s->path.back = delay - s->path.out;
	s->path.precision = 2e-7;
	s->liar = liar;
}

/* The bound is not judged until each server has answered NEEDED times. */
void
chaos_disturb(unsigned needed)
{
	memset(chaos.old.heard, 0, sizeof(chaos.old.heard));
	if (needed > chaos.needed)
		chaos.needed = needed;
}

double
chaos_lie_of(const struct chaos_server *s)
{
	double		 lie = s->lie;

	if (s->creep != 0)
		lie += s->creep * (chaos.now - s->creep_from);
	return lie + chaos.glitch;
}

void
chaos_run_oscillator(double when)
{
	while (chaos.ramp != 0 && chaos.ramp_next < when) {
		oscillator_run(&chaos.osc, chaos.ramp_next);
		chaos.osc.frequency += chaos.ramp * RAMP_STEP;
		chaos.ramp_next += RAMP_STEP;
		chaos.unlearned = true;
		chaos_disturb(1);
		if (chaos.ramp_next > chaos.ramp_end ||
		    fabs(chaos.osc.frequency) > FREQUENCY_MOST)
			chaos.ramp = 0;
	}
	if (chaos.glitch != 0 && chaos.glitch_end < when) {
		chaos.glitch = 0;
		chaos_disturb(4);
	}
	oscillator_run(&chaos.osc, when);
}

static void
change_frequency(void)
{
	double		 by;

	by = chaos_either_sign(chaos_magnitude(0.1e-6, 100e-6));
	chaos.osc.frequency += by;
	if (fabs(chaos.osc.frequency) > FREQUENCY_MOST)
		chaos.osc.frequency = 0;
	chaos.unlearned = true;
	chaos_disturb(1);
	chaos_tell(" %.0f:f%+.1f", chaos.now, by * 1e6);
}

static void
begin_ramp(void)
{
	double		 by = chaos_either_sign(chaos_magnitude(1e-6, 50e-6));
	double		 during = chaos_magnitude(300, 2 * HOUR);

	chaos.ramp = by / during;
	chaos.ramp_next = chaos.now;
	chaos.ramp_end = chaos.now + during;
	chaos_tell(" %.0f:ramp%+.1f/%.0f", chaos.now, by * 1e6, during);
}

static void
pause_machine(void)
{
	double		 by = chaos_magnitude(1e-3, 1000);

	chaos.osc.offset += by;
	chaos_disturb(1);
	chaos_tell(" %.0f:p%+.3f", chaos.now, by);
}

static void
change_route(size_t i)
{
	struct path	*p = &chaos.servers[i].path;
	double		 by = chaos_magnitude(1e-4, 0.02);
	double		*way = chaos_chance(0.5) ? &p->out : &p->back;

	if (chaos_chance(0.3))
		*way = fmax(20e-6, *way - by);
	else
		*way = fmin(0.2, *way + by);
	chaos_tell(" %.0f:r%zu", chaos.now, i);
}

static void
toggle_outage(size_t i)
{
	size_t		 k;
	bool		 down = !chaos.servers[i].down;

	if (chaos_chance(0.3)) {
		for (k = 0; k < chaos.n; k++)
			chaos.servers[k].down = down;
		chaos_tell(" %.0f:all%s", chaos.now, down ? "down" : "up");
	} else {
		chaos.servers[i].down = down;
		chaos_tell(" %.0f:%s%zu", chaos.now, down ? "down" : "up", i);
	}
	chaos_disturb(4);	/* who answers may be another majority */
}

static void
change_lie(size_t i)
{
	struct chaos_server	*s = &chaos.servers[i];
	bool		 near = (chaos.kind & CHAOS_NEAR_LIARS) != 0;

	if (!s->liar)
		return;
	s->creep = 0;
	if (chaos_chance(0.3))
		s->lie = 0;
	else if (chaos_chance(0.6))
		s->lie = chaos_either_sign(chaos_magnitude(1e-4,
		    near ? 0.1 : 1e6));
	else {
		s->creep = chaos_either_sign(chaos_magnitude(near ? 1e-6 : 1e-8,
		    1e-4));
		s->creep_from = chaos.now;
	}
	chaos_tell(" %.0f:l%zu=%.4f,%g", chaos.now, i, s->lie, s->creep);
}

static void
begin_glitch(void)
{
	chaos.glitch = chaos_either_sign(chaos_magnitude(1e-3, 3e7));
	chaos.glitch_end = chaos.now + chaos_magnitude(60, 1800);
	chaos_disturb(4);
	chaos_tell(" %.0f:g%+.3f/%.0f", chaos.now, chaos.glitch,
	    chaos.glitch_end - chaos.now);
}

static void
change_name(size_t i)
{
	bool		 down = chaos.servers[i].down;

	chaos_add_server(i, chaos.servers[i].liar);
	chaos.servers[i].down = down;
	sync_remove(&chaos.old.sync, i);
	sync_add(&chaos.old.sync, i, 1);
	chaos.old.silent[i] = false;
	chaos.old.missed[i] = 0;
	chaos_quicken(&chaos.old, i, chaos.now);
	chaos_disturb(4);
	chaos_tell(" %.0f:n%zu", chaos.now, i);
}

static void
restart(void)
{
	double		 frequency;
	size_t		 i;

	frequency = chaos_either_sign(chaos_magnitude(1e-6, 400e-6));
	chaos_start_client(&chaos.old, chaos.now, frequency, 0.05e-6);
	chaos.unlearned = true;
	for (i = 0; i < chaos.n; i++)
		chaos.old.silent[i] = false;
	chaos_disturb(4);
	chaos_tell(" %.0f:drift%+.1f", chaos.now, frequency * 1e6);
}

static void
set_clock(void)
{
	size_t		 i;

	/* Oscillator time does not see it; the engine begins anew. */
	sync_restart(&chaos.old.sync);
	for (i = 0; i < chaos.n; i++)
		chaos_quicken(&chaos.old, i, chaos.now);
	chaos_disturb(4);
	chaos_tell(" %.0f:set", chaos.now);
}

static void
toggle_nonsense(size_t i)
{
	if (!chaos.servers[i].liar)
		return;
	chaos.servers[i].nonsense = !chaos.servers[i].nonsense;
	chaos_tell(" %.0f:x%zu=%d", chaos.now, i, chaos.servers[i].nonsense);
}

static void
happen(enum chaos_event event)
{
	size_t		 i = (size_t)chaos_between(0, (double)chaos.n);

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

	chaos.ramp = chaos.glitch = 0;
	for (i = 0; i < chaos.n; i++) {
		chaos.servers[i].down = chaos.servers[i].nonsense = false;
		chaos.servers[i].lie = chaos.servers[i].creep = 0;
	}
	chaos_disturb(4);
	chaos_start_client(&chaos.fresh, chaos.now, 0, 200e-6);
	chaos.next_event = INFINITY;
}

/* Let happen what happens until WHEN. */
void
chaos_play(unsigned kind, double when)
{
	enum chaos_event event;

	while (chaos.next_event < when) {
		chaos_run_oscillator(chaos.next_event);
		chaos.now = chaos.next_event;
		if (chaos.now >= ROUGH) {
			become_calm();
			break;
		}
		event = (enum chaos_event)chaos_between(0, CHAOS_EVENTS);
		if ((kind >> event & 1) == 0)
			continue;
		chaos.next_event = fmin(ROUGH, chaos.next_event +
		    BETWEEN * rng_exponential(&chaos.rng));
		happen(event);
	}
	chaos_run_oscillator(when);
}
