/*
 * Anything that can happen to the synchronizer, in any order: samples of any
 * value, early and late, silences, removals, restarts, an oscillator that
 * changes.  What it shows is finite and possible at any time.  And whatever
 * happened, it is right again when a majority of the sources has told the truth
 * for some answers.  Input: some bytes for the end, then bytes that each event
 * takes as many of as it needs; 0 when there are none left.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "ntpd/sync/sync.h"
#include "regress/fuzz/fuzz.h"

const size_t	 input_most = 2048;

#define SOURCES		6
#define EVENTS		200		/* of one input, at most */
#define LATEST		4e9		/* s, oscillator time */
#define SHORTEST_TRIP	5e-3		/* s: no path gets much longer */
#define ANSWERS		24		/* of each source, in the end */

/* What an estimate can be: an era of NTP time, s; a kernel's limits, s/s. */
#define MOST_OFFSET	4294967296.0
#define MOST_FREQUENCY	0.2

/* How far off it may be in the end, s: half of a path, and what waits on it. */
#define RIGHT		5.5e-3

static struct sync	 sync_state;

static struct world {
	const uint8_t	*data;		/* what is left of the input */
	size_t		 size;
	double		 now;		/* s, oscillator time */
	double		 offset;	/* s, true - oscillator time */
	double		 frequency;	/* s/s, its change */
	bool		 used[SOURCES];
	bool		 heard[SOURCES];	/* since it was silent */
} w;

static unsigned
byte(void)
{
	if (w.size == 0)
		return 0;
	w.size--;
	return *w.data++;
}

/* A number within MOST of 0: of any size, 15 orders of magnitude. */
static double
number(double most)
{
	unsigned	 scale = byte(), mantissa = byte();

	return (scale & 1 ? -1.0 : 1.0) * (mantissa + 1) / 256 * most *
	    pow(10, -(double)(scale >> 3) / 2);
}

/* A number that a program would not think of. */
static double
odd_number(void)
{
	static const double odd[] = { 0.0, -0.0, NAN, INFINITY, -INFINITY,
	    DBL_MIN, 5e-324, DBL_EPSILON, 1e18, -1e18, 1e154, DBL_MAX,
	    -DBL_MAX, 4294967296.0, -4294967296.0, 1e-160 };

	return odd[byte() % COUNT(odd)];
}

static void
pass(double seconds)
{
	w.now += seconds;
	w.offset += seconds * w.frequency;
}

/* What an honest server says, 10 ms away, if it waited WAIT s on the way. */
static struct sample
honest_sample(double wait)
{
	return (struct sample){ .when = w.now, .offset = w.offset + wait / 2,
	    .delay = 0.01 + wait, .trip = 0.01 + wait, .precision = 1e-6,
	    .root_delay = 1e-4, .root_dispersion = 1e-4, .stratum = 1 };
}

/* ---- what is always true ---- */

/* The estimate at WHEN is one, and so are the bounds. */
static void
check_estimate(double when)
{
	struct estimate	 e = sync_estimate(&sync_state, when);
	double		 bound = sync_bound(&sync_state, when), low, high;
	double		 ahead = when - w.now;

	require(fabs(e.offset) <= MOST_OFFSET + MOST_FREQUENCY * ahead);
	require(fabs(e.frequency) <= MOST_FREQUENCY);
	require(e.offset_error >= 0 && isfinite(e.offset_error));
	require(e.frequency_error >= 0 && e.frequency_error <= 1 + ahead);
	require(e.age >= 0 && isfinite(e.age));
	require(bound >= 0 && isfinite(bound));
	if (sync_certain(&sync_state, when, &low, &high))
		require(low <= high && isfinite(low) && isfinite(high));
}

static void
check_source(size_t i)
{
	const struct source *s = &sync_state.sources[i];
	const struct verdict *v = &sync_state.verdicts[i];

	require(s->nsamples <= SOURCE_SAMPLES && s->waiting <= s->nsamples);
	require(s->waiting < DOUBT_ANSWERS);
	require(s->state != SOURCE_DOUBTED || s->waiting > 0);
	require(sync_takes_part(&sync_state, i) ==
	    (v->tally == COMBINED || v->tally == SYSTEM_PEER));
	require((v->tally == SYSTEM_PEER) == (sync_state.system_peer == i));
	require(isfinite(v->offset) && v->error >= 0 && isfinite(v->error) &&
	    v->jitter >= 0 && isfinite(v->jitter));
	if (s->nsamples > 0)
		require(isfinite(sync_source_offset(&sync_state, i, w.now)));
	(void)sync_in_doubt(&sync_state, i);
	(void)sync_has_vote(&sync_state, i, w.now);
}

static void
check_state(void)
{
	double		 poll = sync_poll(&sync_state, w.now, 64, 1024);
	size_t		 i;

	require(poll >= 64 && poll <= 1024);
	require(sync_state.state <= SYNC_BEGINNING_AGAIN);
	require((sync_state.state == SYNC_STARTING) ==
	    !sync_ready(&sync_state));
	for (i = 0; i < SOURCES; i++)
		check_source(i);
	if (!sync_ready(&sync_state))
		return;
	check_estimate(w.now);
	check_estimate(w.now + 1024);
	check_estimate(w.now + 1e7);
}

/* ---- events ---- */

/* The lower half of an event's first byte; the upper one is the source. */
enum event {
	REMOVE,
	SILENCE,
	RESTART,
	BEGIN_AGAIN,
	BEGIN_WITH,
	OSCILLATOR,
	LATE,
	ABSURD,			/* 7 to 9 */
	LIE = 10,		/* 10, 11 */
	TRUTHS = 12,		/* some in a row */
	TRUTH			/* 13 to 15 */
};

static void
hear(size_t i, const struct sample *sample, size_t expected)
{
	if (!w.used[i])
		sync_add(&sync_state, i, 1 + byte() % 10);
	w.used[i] = true;
	sync_sample(&sync_state, i, sample, expected);
	w.heard[i] = sync_state.sources[i].nsamples > 0;
}

/* One that tells the truth, but for a lie, and waited for some time. */
static void
plausible_sample(size_t i, bool lies)
{
	struct sample	 s = honest_sample(fabs(number(1)));

	if (lies)
		s.offset += number(1e9);
	hear(i, &s, byte() % 3);
}

static void
late_sample(size_t i)
{
	struct sample	 s = honest_sample(fabs(number(1)));
	double		 late = fabs(number(1e5));

	s.when -= late;
	s.offset -= late * w.frequency;
	hear(i, &s, 0);
}

/* One of which each number may be anything. */
static void
absurd_sample(size_t i)
{
	struct sample	 s = honest_sample(0);
	double		*fields[] = { &s.offset, &s.delay, &s.trip,
			    &s.precision, &s.root_delay, &s.root_dispersion };
	static const double most[] = { 4294967296.0, 16, 16, 1, 16, 16 };
	unsigned	 which = byte(), k;

	for (k = 0; k < COUNT(fields); k++)
		if (which & 1U << k)
			*fields[k] = which & 0x80 ? odd_number() :
			    number(most[k]);
	/* Our own clock measures this: a server is not much nearer. */
	if (s.trip < SHORTEST_TRIP)
		s.trip = SHORTEST_TRIP;
	hear(i, &s, byte() % 3);
}

static void
lose(size_t i, bool remove)
{
	if (!w.used[i])
		return;
	if (remove)
		sync_remove(&sync_state, i);
	else
		sync_silence(&sync_state, i);
	w.heard[i] = false;
	w.used[i] = !remove;
}

static void
begin_anew(size_t i, enum event how)
{
	double		 frequency;

	if (how == RESTART) {
		sync_restart(&sync_state);
		memset(w.heard, 0, sizeof(w.heard));
	} else if (how == BEGIN_AGAIN) {
		frequency = number(0.1);
		sync_begin_again(&sync_state, frequency, fabs(number(0.1)));
	} else if (w.heard[i] && !sync_ready(&sync_state))
		sync_begin_with(&sync_state, i);
}

static void
change_oscillator(void)
{
	w.offset += number(1e6);
	if (fabs(w.offset) > 1e9)
		w.offset = 0;
	w.frequency = number(1e-3);
}

static void
one_event(void)
{
	unsigned	 what = byte(), many = 1;
	size_t		 i = (what >> 4) % SOURCES;

	pass(fmin(pow(10, byte() / 255.0 * 9), fmax(0, LATEST - w.now)));
	switch (what & 15) {
	case REMOVE:
	case SILENCE:
		lose(i, (what & 15) == REMOVE);
		return;
	case RESTART:
	case BEGIN_AGAIN:
	case BEGIN_WITH:
		begin_anew(i, (enum event)(what & 15));
		return;
	case OSCILLATOR:
		change_oscillator();
		return;
	case LATE:
		late_sample(i);
		return;
	case ABSURD:
	case ABSURD + 1:
	case ABSURD + 2:
		absurd_sample(i);
		return;
	case LIE:
	case LIE + 1:
		plausible_sample(i, true);
		return;
	case TRUTHS:
		many = 1 + byte() % 32;
	}
	for (; many > 0; many--) {
		plausible_sample(i, false);
		pass(16);
	}
}

/* ---- the end ---- */

/* How it ends: a minority may go on lying, always the same or anything. */
struct end {
	double		 interval;	/* s, between answers; 0: as told */
	unsigned	 liars;		/* so many sources, the first ones */
	double		 lie;		/* s; 0: another one each time */
};

static double
wait_for_round(const struct end *end)
{
	return end->interval > 0 ? end->interval :
	    sync_poll(&sync_state, w.now, 64, 1024);
}

/* All that are used answer once. */
static void
last_round(const struct end *end)
{
	struct sample	 s;
	unsigned	 liars = end->liars;
	double		 wait = wait_for_round(end);
	size_t		 i;

	for (i = 0; i < SOURCES; i++) {
		pass(wait / SOURCES);
		if (!w.used[i])
			continue;
		s = honest_sample(1e-4 * (double)((7 * i + 1) % 5));
		if (liars > 0) {
			liars--;
			s.offset += end->lie != 0 ? end->lie : number(1e3);
		}
		hear(i, &s, 0);
	}
}

static bool
is_right(void)
{
	double		 low, high, error, bound;

	if (!sync_ready(&sync_state) || !sync_state.agreed)
		return false;
	error = fabs(sync_estimate(&sync_state, w.now).offset - w.offset);
	bound = sync_bound(&sync_state, w.now);
	return error <= RIGHT + bound && bound <= 0.1 &&
	    sync_certain(&sync_state, w.now, &low, &high) &&
	    low <= w.offset && w.offset <= high;
}

/* It is right after ANSWERS of each source at the latest, and stays so. */
static void
heal(const struct end *end)
{
	unsigned	 n, right = 0;

	for (n = 0; n < ANSWERS && right < 4; n++) {
		last_round(end);
		check_state();
		right = is_right() ? right + 1 : 0;
	}
	require(right >= 4);
}

/* The first byte says at what intervals, the second and third who lies. */
static struct end
plan_end(void)
{
	static const double intervals[] = { 0, 2, 16, 64, 256, 1024 };
	struct end	 end;
	unsigned	 liars;

	end.interval = intervals[byte() % COUNT(intervals)];
	liars = byte();
	end.liars = liars % 3;
	end.lie = liars & 0x80 ? 0 : number(1e6);
	return end;
}

/* There is a source at least, and an honest majority. */
static void
limit_liars(struct end *end)
{
	unsigned	 i, used = 0;

	for (i = 0; i < SOURCES; i++)
		used += w.used[i];
	if (used == 0) {
		sync_add(&sync_state, 0, 1);
		w.used[0] = true;
		used = 1;
	}
	if (2 * end->liars >= used)
		end->liars = (used - 1) / 2;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct end	 end;
	unsigned	 n;

	w = (struct world){ .data = data, .size = size, .now = 100 };
	end = plan_end();
	sync_init(&sync_state, byte() % 2 == 0 ? 0 : 300e-6, 20e-6);
	for (n = 0; n < EVENTS && w.size > 0; n++) {
		one_event();
		check_state();
	}
	limit_liars(&end);
	heal(&end);
	return 0;
}

/* ---- seeds ---- */

/* The byte after an event's first: 10^(9/255 n) s pass. */
#define SHORT_TIME	30		/* 11 s */
#define LONG_TIME	200		/* a year */
#define LONGEST_TIME	255		/* 30 years */

/* Two bytes of number(): of the most 2e-12 and 2e-2. */
#define LITTLE		0xa8, 16
#define MUCH		0x10, 64

/* How it ends: every 64 s; LIARS lie. */
static void
begin(const char *name, uint8_t liars)
{
	const uint8_t	 bytes[] = { 3, liars, MUCH, 0 };

	/* The lie is read if there may be one. */
	seed_begin(name);
	seed_add(bytes, 2);
	if (!(liars & 0x80))
		seed_add(bytes + 2, 2);
	seed_add(bytes + 4, 1);
}

/* An event of source I after TIME, and what it takes besides. */
static void
event(enum event what, uint8_t i, uint8_t time)
{
	const uint8_t	 bytes[] = { (uint8_t)(what | (unsigned)i << 4), time };

	seed_add(bytes, sizeof(bytes));
}

/* N answers of source I; its first one says its weight. */
static void
answers(uint8_t i, unsigned n)
{
	const uint8_t	 little[] = { LITTLE };
	unsigned	 k;

	for (k = 0; k < n; k++) {
		event(TRUTH, i, SHORT_TIME);
		seed_add(little, sizeof(little));
		seed_fill(0, k == 0 ? 2 : 1);
	}
}

/* An answer of a source that has answered, off by much. */
static void
lie(uint8_t i, uint8_t time)
{
	const uint8_t	 bytes[] = { LITTLE, MUCH, 0 };

	event(LIE, i, time);
	seed_add(bytes, sizeof(bytes));
}

static void
seeds_of_sources(void)
{
	const uint8_t	 odd[] = { 0xff, 3, 1, 4, 7, 9, 10, 1 };
	uint8_t		 i;

	begin("honest", 0);
	for (i = 0; i < 3; i++)
		answers(i, 4);
	begin("liar", 1);
	for (i = 0; i < 3; i++)
		answers(i, 4);
	lie(0, SHORT_TIME);
	lie(2, LONG_TIME);
	begin("in_turn", 0x80);
	answers(0, 1);
	answers(1, 1);
	for (i = 0; i < 10; i++)
		lie(i % 2, SHORT_TIME);
	begin("late", 0);
	answers(0, 4);
	event(LATE, 0, SHORT_TIME);
	seed_fill(16, 4);
	begin("absurd", 0);
	answers(0, 4);
	event(ABSURD, 0, SHORT_TIME);
	seed_add(odd, sizeof(odd));
}

static void
seeds_of_clocks(void)
{
	const uint8_t	 little[] = { LITTLE }, much[] = { MUCH };

	begin("gap", 0);
	answers(0, 4);
	answers(1, 4);
	event(TRUTH, 0, LONGEST_TIME);
	begin("silence", 0);
	answers(0, 5);
	answers(1, 5);
	event(SILENCE, 0, SHORT_TIME);
	event(REMOVE, 1, SHORT_TIME);
	answers(0, 2);
	begin("oscillator", 0);
	answers(0, 5);
	answers(1, 5);
	event(OSCILLATOR, 0, LONG_TIME);
	seed_add(much, sizeof(much));
	seed_add(little, sizeof(little));
	begin("restart", 0);
	answers(0, 5);
	event(RESTART, 0, SHORT_TIME);
	answers(0, 2);
	event(BEGIN_AGAIN, 0, SHORT_TIME);
	seed_add(little, sizeof(little));
	seed_add(little, sizeof(little));
	answers(0, 3);
	event(BEGIN_WITH, 0, SHORT_TIME);
}

void
make_seeds(void)
{
	seeds_of_sources();
	seeds_of_clocks();
#define FOUND(name, hex)	seed_hex(#name, hex);
#include "regress/fuzz/sync_found.h"
#undef FOUND
}
