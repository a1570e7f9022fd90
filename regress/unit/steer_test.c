/*
 * From the estimate to the clock: what is done about an offset and what is
 * asked of the parent, how long large ones are waited for, and which bounds
 * are told to whom.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/ns.h"
#include "ntpd/engine/ballot.h"
#include "ntpd/engine/steer.h"
#include "regress/unit/unit.h"

#define DAY		86400.0
#define YEAR		(365 * DAY)

static struct steer	 steer;
static struct association all[MAX_ASSOCIATIONS];
static struct sync	 synced;
static FILE		*captured;	/* warnings */

/* What sync/ would say, and what the parent is asked for. */
static struct estimate	 estimate;
static bool		 is_certain;
static double		 low, high;	/* s */
static struct ballot	 ballot;
static double		 said[MAX_ASSOCIATIONS];	/* s, by each server */
static unsigned		 starts;
static struct orders	 orders;
static struct clock_state clock_state;

/* The clock is right: what it is off is the estimate's offset. */
static struct reading	 reading;
static struct steer_course course;

bool
sync_ready(const struct sync *y)
{
	(void)y;
	return true;
}

struct estimate
sync_estimate(const struct sync *y, double now)
{
	(void)y;
	(void)now;
	return estimate;
}

double
sync_bound(const struct sync *y, double now)
{
	(void)y;
	(void)now;
	return 1e-3;
}

bool
sync_certain(const struct sync *y, double now, double *from, double *to)
{
	(void)y;
	(void)now;
	*from = low;
	*to = high;
	return is_certain;
}

double
sync_drift(const struct sync *y, double now)
{
	(void)y;
	(void)now;
	return 15e-6;
}

double
sync_source_offset(const struct sync *y, size_t i, double now)
{
	(void)y;
	(void)now;
	return said[i];
}

const char *
sync_state_name(enum sync_state state)
{
	(void)state;
	return "a state";
}

bool
ballot_has_vote(const struct sync *y, size_t i)
{
	(void)y;
	return i < ballot.voters;
}

struct ballot
ballot_count(const struct sync *y, double now)
{
	(void)y;
	(void)now;
	return ballot;
}

bool
ballot_is_split(const struct ballot *b)
{
	return b->voters > 1 && 2 * b->cluster <= b->voters;
}

size_t
associations_expected(const struct association a[MAX_ASSOCIATIONS])
{
	(void)a;
	return 0;
}

static int
begin(void **state)
{
	(void)state;
	memset(&steer, 0, sizeof(steer));
	memset(&synced, 0, sizeof(synced));
	memset(all, 0, sizeof(all));
	synced.system_peer = SYNC_SOURCES;
	synced.agreed = true;
	synced.state = SYNC_FOLLOWING;
	ballot = (struct ballot){ .voters = 0 };
	steer.log = (struct log_limit){ .burst = 5, .interval = 60 };
	steer.discipline.acquired = steer.proven = true;
	steer.peer.known = true;
	steer.peer.last.stratum = 1;
	estimate = (struct estimate){ .offset_error = 100e-6,
	    .frequency_error = 1e-6 };
	clock_state = (struct clock_state){ .step_limit = CONFIG_NO_LIMIT,
	    .was_synchronized = 1 };
	reading = (struct reading){ .now = 100 };
	is_certain = true;
	low = -2e-3;
	high = 2e-3;
	starts = 0;
	if ((captured = tmpfile()) == NULL)
		return -1;
	log_copy_to(fileno(captured));
	return 0;
}

static int
end(void **state)
{
	(void)state;
	log_copy_to(-1);
	return fclose(captured);
}

/* How many warnings have TEXT in them. */
static unsigned
warnings(const char *text)
{
	char		 lines[16384];
	const char	*at = lines;
	unsigned	 n = 0;
	ssize_t		 len;

	len = pread(fileno(captured), lines, sizeof(lines) - 1, 0);
	assert_true(len >= 0);
	lines[len] = '\0';
	for (; (at = strstr(at, text)) != NULL; at++)
		n++;
	return n;
}

/* What the engine does when the estimate has changed, AFTER s more. */
static void
update(double after)
{
	const struct steer_terms terms = {
		.clock = &clock_state, .threshold = 0.128
	};

	reading.now += after;
	steer_vote(&steer, &synced, all, &reading, false);
	steer_notice_change(&steer, &synced, &reading);
	orders = steer_plan(&steer, &synced, &reading, &terms);
	steer_log_state(&steer, &synced, all, &reading, instant_now());
	starts += orders.new_start;
}

/* All servers see the clock, which was right, OFFSET s off. */
static void
change(double offset)
{
	synced.changes++;
	estimate.offset = offset;
	update(0);
}

static const struct {
	const char	*name;
	double		 offset;	/* s, of the clock after the change */
	bool		 start;		/* a new start is asked for */
	bool		 fast;		/* slewed as after one */
	const char	*warning;	/* NULL: none */
} changes[] = {
	{ "the room gets warm", 600e-6, false, false, NULL },
	{ "a fan", -20e-3, false, false, NULL },
	{ "not quite a pause", 0.127, false, false, NULL },
	{ "a pause", 0.129, true, true, "129.000 ms behind all at once" },
	{ "a minute", 60, true, true, "60.000 s behind all at once" },
	{ "a long pause", 3600, false, false,
	    "3600.000 s behind: waiting for 1800 s" },
	{ "a leap second that we missed", -1, false, true,
	    "1.000 s ahead all at once" },
};

/* It is said once, and nothing is if there is no change. */
static void
a_change(void **state)
{
	size_t		 i;

	for (i = 0; i < COUNT(changes); i++) {
		assert_int_equal(end(state), 0);
		assert_int_equal(begin(state), 0);
		change(changes[i].offset);
		assert_int_equal(steer.discipline.acquired,
		    fabs(changes[i].offset) < 50 * estimate.offset_error);
		update(16);
		if (starts != changes[i].start)
			fail_msg("%s: %u new starts", changes[i].name, starts);
		assert_int_equal(fabs(orders.slew.rate) > 1e-3,
		    changes[i].fast);
		/* One event is one line. */
		assert_int_equal(warnings("\n"), changes[i].warning != NULL);
		if (changes[i].warning != NULL)
			assert_int_equal(warnings(changes[i].warning), 1);
	}
}

/*
 * Who measures intervals must not suffer for a change that is small: it is
 * slewed by no more than what an acquired clock is.
 */
static void
a_small_change_is_slewed_gently(void **state)
{
	(void)state;
	change(600e-6);
	assert_true(orders.slew.rate > 0 && orders.slew.rate < 10e-6);
}

enum done {
	LEFT,
	SLEWED,
	STEPPED
};

static const struct {
	const char	*name;
	bool		 proven;	/* the clock was right before */
	double		 offset;	/* s */
	double		 back, forward, limit;	/* s, the parent's */
	enum done	 at_once;
	double		 after;		/* s, then: */
	enum done	 done;
} means[] = {
	{ "a start, forward", 0, YEAR, 1e10, 1e10, 1e10, STEPPED, 0, STEPPED },
	{ "a start, back", 0, -YEAR, 1e10, 1e10, 1e10, STEPPED, 0, STEPPED },
	{ "a start, over the limit", 0, YEAR, 1e10, 1e10, 3600,
	    STEPPED, 0, STEPPED },
	{ "a start, step never", 0, 3600, 0, 0, 1e10, SLEWED, 0, SLEWED },
	{ "and over the limit", 0, -YEAR, 0, 0, 3600, SLEWED, 0, SLEWED },
	{ "a start, a small one", 0, -0.1, 1e10, 1e10, 1e10,
	    SLEWED, 0, SLEWED },
	{ "small", 1, 0.1, 1e10, 1e10, 1e10, SLEWED, 0, SLEWED },
	{ "too far forward", 1, 10.001, 1e10, 10, 1e10, SLEWED, 0, SLEWED },
	{ "forward", 1, 10, 0, 10, 1e10, STEPPED, 0, STEPPED },
	{ "too far back", 1, -10.001, 10, 1e10, 1e10, SLEWED, 0, SLEWED },
	{ "back", 1, -10, 10, 0, 1e10, STEPPED, 0, STEPPED },
	{ "no step at all", 1, 10, 0, 0, 1e10, SLEWED, 0, SLEWED },
	{ "an hour", 1, 3600, 0, 0, 1e10, LEFT, 1799, LEFT },
	{ "an hour that stays", 1, 3600, 0, 0, 1e10, LEFT, 1800, SLEWED },
	{ "an hour, and a step", 1, 3600, 0, 3600, 1e10, LEFT, 1800, STEPPED },
	{ "a day", 1, -DAY, 0, 0, 1e10, LEFT, 5399, LEFT },
	{ "a day that stays", 1, -DAY, 0, 0, 1e10, LEFT, 5400, SLEWED },
	{ "a day to undo", 1, -DAY, DAY, 0, 1e10, LEFT, 1799, LEFT },
	{ "and it stays", 1, -DAY, DAY, 0, 1e10, LEFT, 1800, STEPPED },
	{ "a year", 1, YEAR, 0, 0, 1e10, LEFT, 10799, LEFT },
	{ "a year that stays", 1, YEAR, 0, 0, 1e10, LEFT, 10800, SLEWED },
	{ "at the limit", 1, 50, 0, 0, 50, SLEWED, 0, SLEWED },
	{ "over the limit", 1, 51, 0, 0, 50, LEFT, YEAR, LEFT },
	{ "over the limit, to undo", 1, -51, 51, 0, 50,
	    STEPPED, 0, STEPPED },
	{ "no number", 1, NAN, 1e10, 1e10, 1e10, LEFT, YEAR, LEFT },
};

static void
assert_done(const char *name, enum done wanted)
{
	enum done	 done = orders.step ? STEPPED :
	    orders.slew.rate != 0 ? SLEWED : LEFT;

	if (done != wanted)
		fail_msg("%s: %d, not %d", name, done, wanted);
}

/* Whatever is done about the offset, the frequency is told. */
static void
what_is_done_about_an_offset(void **state)
{
	size_t		 i;

	for (i = 0; i < COUNT(means); i++) {
		assert_int_equal(end(state), 0);
		assert_int_equal(begin(state), 0);
		steer.proven = means[i].proven;
		clock_state.step_back = means[i].back;
		clock_state.step_forward = means[i].forward;
		clock_state.step_limit = means[i].limit;
		estimate.frequency = 7e-6;
		change(means[i].offset);
		assert_done(means[i].name, means[i].at_once);
		update(means[i].after);
		assert_done(means[i].name, means[i].done);
		assert_true(orders.frequency.frequency == 7e-6);
		if (orders.step)
			assert_true(orders.by.by == means[i].offset);
	}
}

static const struct {
	const char	*name;
	double		 by, error;	/* s/s, of the frequency */
	double		 offset;	/* s */
	enum done	 done;
} drifts[] = {
	{ "the frequency is as before", 0, 1e-6, 0.6, LEFT },
	{ "it has changed, and the offset came of it", 900e-6, 1e-6, 0.6,
	    SLEWED },
	{ "the offset is to the other side", -900e-6, 1e-6, 0.6, LEFT },
	{ "the change is not certain", 900e-6, 300e-6, 0.6, LEFT },
	{ "nor is it enough for that", 100e-6, 1e-6, 0.6, LEFT },
};

/* After an offset to the other side. */
static void
what_an_oscillator_does_is_not_waited_for(void **state)
{
	size_t		 i;

	for (i = 0; i < COUNT(drifts); i++) {
		assert_int_equal(end(state), 0);
		assert_int_equal(begin(state), 0);
		change(-0.2);
		assert_done("the first", SLEWED);
		change(0);
		estimate.frequency = drifts[i].by;
		estimate.frequency_error = drifts[i].error;
		change(drifts[i].offset);
		assert_done(drifts[i].name, drifts[i].done);
	}
}

/*
 * The oscillator has changed and two answers say little of how: the parent is
 * asked for nothing that it would refuse, and the log says so once.
 */
static void
an_unknown_frequency_is_left_alone(void **state)
{
	static const double errors[] = { 1.1e-3, 0.04, INFINITY };
	size_t		 i;

	(void)state;
	clock_state.frequency = 7e-6;
	estimate.frequency = 12e-3;
	synced.measured = true;
	for (i = 0; i < COUNT(errors); i++) {
		estimate.frequency_error = errors[i];
		change(1e-3);
		assert_true(orders.frequency.frequency == 7e-6);
		assert_true(orders.frequency.error <= CLOCK_FREQUENCY_ERROR);
		assert_true(orders.frequency.provisional);
	}
	assert_int_equal(warnings("frequency is not known"), 1);
	estimate.frequency_error = 0.9e-3;
	update(1);
	assert_true(orders.frequency.frequency == 12e-3);
	assert_true(orders.frequency.error == 0.9e-3);
	assert_false(orders.frequency.provisional);
	estimate.frequency_error = 1.1e-3;
	update(1);
	assert_int_equal(warnings("frequency is not known"), 2);
}

/* The servers are a day ahead for an hour: nothing comes of it. */
static void
a_glitch_is_waited_out(void **state)
{
	double		 from;
	int		 i;

	(void)state;
	clock_state.step_forward = 1e10;	/* step always, or hijacked */
	for (i = 0; i < 3; i++) {
		change(DAY);
		for (from = reading.now; reading.now < from + 1700;) {
			update(16);
			assert_done("a glitch", LEFT);
		}
		change(-1e-4);
		assert_done("after it", SLEWED);
		assert_true(fabs(orders.slew.rate) <= 500e-6);
	}
	assert_int_equal(starts, 0);
}

/* For each confirmed offset that makes us late the parent is asked, once. */
static void
new_starts_are_asked_for_once(void **state)
{
	(void)state;
	change(100);
	update(49);
	assert_int_equal(starts, 0);
	update(1);
	assert_int_equal(starts, 1);
	for (; estimate.offset > 0.128; estimate.offset -= 0.8)
		update(8);
	assert_int_equal(starts, 1);
	estimate.offset = 0;
	update(3600);
	change(10);			/* another pause, */
	assert_int_equal(starts, 2);
	update(8);
	assert_int_equal(starts, 2);
	change(200);			/* one more, soon after it, */
	update(99);
	assert_int_equal(starts, 2);
	update(1);
	assert_int_equal(starts, 3);
	update(3599);
	assert_int_equal(starts, 3);
	update(1);			/* and again, if it was refused; */
	assert_int_equal(starts, 4);
	change(-50);			/* nobody is paused into the past, */
	update(100);
	change(0);
	update(3600);
	clock_state.step_forward = 60;	/* and what may be done is not asked. */
	change(60);
	assert_int_equal(starts, 4);
	assert_true(orders.step);
}

static void
the_step_limit_is_said_once(void **state)
{
	int		 i;

	(void)state;
	clock_state.step_limit = 3600;
	change(3599);
	assert_int_equal(steer.confirm.state, CONFIRM_WAITING);
	assert_int_equal(warnings("step limit of 3600 s"), 0);
	for (i = 0; i < 20; i++) {
		estimate.offset = i % 2 == 0 ? 3601 : 3599;
		update(2000);
	}
	estimate.offset = 3601;
	update(16);
	assert_int_equal(warnings("step limit of 3600 s"), 1);
	assert_int_equal(steer.confirm.state, CONFIRM_NOTHING);
	estimate.offset = 0;
	update(16);
	estimate.offset = -1e6;
	update(16);
	update(16);
	assert_int_equal(warnings("step limit of 3600 s"), 2);
	assert_int_equal(starts, 0);
	/* The clock was set by somebody: another story. */
	steer_jumped(&steer);
	update(16);
	assert_int_equal(warnings("step limit of 3600 s"), 2);
	assert_done("a start", SLEWED);
}

/*
 * What is corrected once may be so at any rate until the clock was right for
 * the first time.  It was when somebody sets it afterwards.
 */
static void
after_a_jump(void **state)
{
	struct system	 s = { .synchronized = true };

	(void)state;
	steer_jumped(&steer);
	change(0.1);
	assert_true(orders.slew.rate <= 500e-6);
	clock_state.was_synchronized = 0;
	update(16);
	assert_true(orders.slew.rate > 1e-2);
	change(DAY);			/* nor is anything waited for */
	assert_done("a day", SLEWED);
	steer_log(&steer, &s, &synced);
	assert_true(steer.proven);
	change(-DAY);
	assert_done("a day back", LEFT);
}

static const struct {
	const char	*name;
	double		 offset;	/* s */
	double		 low, high;	/* s, certain */
	double		 root_delay, root_dispersion;	/* s, peer's */
	double		 certain;	/* s */
	bool		 synchronized;
} bounds[] = {
	{ "a LAN", 0, -2e-3, 2e-3, 0, 0, 2e-3, true },
	{ "one end is nearer", 0, -1e-3, 5e-3, 0, 0, 5e-3, true },
	{ "the other one", 0, -6e-3, 1e-3, 0, 0, 6e-3, true },
	{ "no less than the likely", 4e-3, 0, 2e-3, 0, 0, 5e-3, true },
	{ "Windows", 0, -2.9, 2.9, 0, 1.5, 2.9, true },
	{ "at the most", 0, -3, 2, 0, 0, 3, true },
	{ "beyond that", 0, -3.001, 2, 0, 0, 3.001, false },
	{ "off by too much", 0.13, 0.12, 0.14, 0, 0, 0.14, false },
	{ "a long way", 0, -0.2, 0.2, 0.3, 0.01, 0.2, true },
};

/* By reading.ahead the clock is ahead of the oscillator, as all is. */
static void
certain_and_likely(void **state)
{
	struct clock_quality quality;
	struct system	 s;
	size_t		 i;

	(void)state;
	reading.ahead = 1000;
	for (i = 0; i < COUNT(bounds); i++) {
		estimate.offset = 1000 + bounds[i].offset;
		low = 1000 + bounds[i].low;
		high = 1000 + bounds[i].high;
		steer.peer.last.root_delay =
		    ntpshort_from_seconds(bounds[i].root_delay);
		steer.peer.last.root_dispersion =
		    ntpshort_from_seconds(bounds[i].root_dispersion);
		steer.peer.delay = 1e-3;
		s = steer_believed(&steer, &synced, all, &reading, &course);
		if (s.synchronized != bounds[i].synchronized ||
		    fabs(s.certain - bounds[i].certain) > 1e-9 ||
		    fabs(s.likely - fabs(bounds[i].offset) - 1e-3) > 1e-9)
			fail_msg("%s: %d, likely %g, certain %g",
			    bounds[i].name, s.synchronized, s.likely,
			    s.certain);
		/* Clients are told no less. */
		assert_true(s.root_delay / 2 + s.root_dispersion >=
		    s.certain * (1 - 1e-9));
		assert_true(s.root_dispersion >= s.likely);
		quality = steer_quality(&steer, &s);
		assert_true(quality.esterror == s.likely);
		assert_true(quality.maxerror == s.certain);
	}
}

/*
 * Until the next look the clock slews, and runs off as far as its frequency is
 * not the one that is believed: what is certain has to be so then.
 */
static void
certain_on_its_course(void **state)
{
	static const struct {
		double		 frequency, to_slew;	/* s/s, s */
		double		 certain, rate;		/* s, s/s */
	} courses[] = {
		{ 20e-6, 0, 6e-3, 15e-6 },
		{ 20e-6, 3e-3, 6e-3 + 3e-3, 15e-6 },
		{ 20e-6, -1e-3, 6e-3, 15e-6 },	/* the far end gets nearer */
		{ 20e-6, -9e-3, 2e-3 + 9e-3, 15e-6 },
		{ 0, 0, 6e-3, 35e-6 },
		{ 30e-6, 0, 6e-3, 25e-6 }
	};
	struct clock_quality quality;
	struct system	 s;
	size_t		 i;

	(void)state;
	reading.ahead = 1000;
	estimate.offset = 1000;
	estimate.frequency = 20e-6;
	low = 1000 - 6e-3;
	high = 1000 + 2e-3;
	for (i = 0; i < COUNT(courses); i++) {
		course.frequency = courses[i].frequency;
		course.to_slew = courses[i].to_slew;
		s = steer_believed(&steer, &synced, all, &reading, &course);
		quality = steer_quality(&steer, &s);
		if (fabs(quality.maxerror - courses[i].certain) > 1e-9 ||
		    fabs(quality.drift - courses[i].rate) > 1e-12)
			fail_msg("course %zu: %g, %g", i, quality.maxerror,
			    quality.drift);
		assert_true(s.dispersion_rate == quality.drift);
	}
}

/* Of what is not certain nobody is told that it is. */
static void
nothing_is_certain(void **state)
{
	struct clock_quality quality;
	struct system	 s;

	(void)state;
	s = steer_believed(&steer, &synced, all, &reading, &course);
	assert_true(s.synchronized);
	is_certain = false;
	s = steer_believed(&steer, &synced, all, &reading, &course);
	assert_false(s.synchronized);
	assert_true(s.certain > 16 && s.likely < 2e-3);
	assert_int_equal(s.stratum, NTP_MAX_STRATUM);
	quality = steer_quality(&steer, &s);
	assert_true(quality.maxerror == 16);
	is_certain = true;
	low = NAN;
	high = NAN;
	s = steer_believed(&steer, &synced, all, &reading, &course);
	assert_true(s.certain >= s.likely);
}

#define DECEMBER	1798675200LL	/* the last day of 2026, s */
#define NONE		9		/* no such server */

static const struct {
	const char	*name;
	uint8_t		 said[4];	/* by the servers believed in */
	uint8_t		 before;	/* announced until now */
	int64_t		 now;		/* s since 1970 */
	uint8_t		 announced;
} votes[] = {
	{ "nobody does", { 0, 0, 0, 0 }, 0, DECEMBER, LEAP_NONE },
	{ "all do", { 1, 1, 1, 1 }, 0, DECEMBER, LEAP_INSERT },
	{ "half of them", { 1, 1, 0, 0 }, 0, DECEMBER, LEAP_NONE },
	{ "more than half", { 1, 0, 1, NONE }, 0, DECEMBER, LEAP_INSERT },
	{ "one alone", { 1, NONE, NONE, NONE }, 0, DECEMBER, LEAP_INSERT },
	{ "left out", { 2, 2, 2, 0 }, 0, DECEMBER, LEAP_DELETE },
	{ "they disagree", { 2, 2, 1, 1 }, 0, DECEMBER, LEAP_NONE },
	{ "no longer", { 0, 0, 0, 1 }, 1, DECEMBER, LEAP_NONE },
	{ "an outage", { NONE, NONE, NONE, NONE }, 1, DECEMBER, LEAP_INSERT },
	{ "still in January", { 1, 1, 1, 1 }, 1, DECEMBER + 86400, LEAP_NONE },
	{ "in March", { 1, 1, 1, 1 }, 0, 1804000000, LEAP_NONE },
};

static void
leap_seconds_are_voted_on(void **state)
{
	uint8_t		 leap;
	size_t		 i, j;

	for (i = 0; i < COUNT(votes); i++) {
		assert_int_equal(end(state), 0);
		assert_int_equal(begin(state), 0);
		steer.leap = votes[i].before;
		for (j = 0; j < COUNT(votes[i].said); j++) {
			if (votes[i].said[j] == NONE)
				continue;
			all[j].used = true;
			all[j].answered = true;
			all[j].last.leap = votes[i].said[j];
			synced.verdicts[j].tally = COMBINED;
		}
		/* One whom nobody believes. */
		all[j] = (struct association){ .used = true,
		    .answered = true, .last.leap = LEAP_INSERT };
		synced.verdicts[j].tally = FALSETICKER;
		update(0);
		reading.real = votes[i].now * NS_PER_S;
		leap = steer_believed(&steer, &synced, all, &reading,
		    &course).leap;
		if (leap != votes[i].announced)
			fail_msg("%s: %u", votes[i].name, leap);
	}
}

/* A list that is valid has the last word. */
static void
leap_seconds_are_listed(void **state)
{
	(void)state;
	change(0);
	steer.leap = LEAP_INSERT;
	steer.plan.known = true;
	reading.real = DECEMBER * NS_PER_S;
	assert_int_equal(steer_believed(&steer, &synced, all, &reading,
	    &course).leap, LEAP_NONE);
	steer.plan.change = -1;
	steer.plan.at = DECEMBER + 86400;
	assert_int_equal(steer_believed(&steer, &synced, all, &reading,
	    &course).leap, LEAP_DELETE);
}

/* By whom, and when, a clock is slewed that is to be. */
static void
leap_seconds_to_be_slewed(void **state)
{
	struct leap_due	 due;

	(void)state;
	steer.leap = LEAP_INSERT;
	steer.leap_end = DECEMBER + 86400;
	assert_int_equal(steer_leap_due(&steer).change, 0);
	steer.plan.policy = LEAP_BY_SLEW;
	due = steer_leap_due(&steer);
	assert_int_equal(due.change, 1);
	assert_int_equal(due.at, DECEMBER + 86400);
	steer.leap = LEAP_DELETE;
	due = steer_leap_due(&steer);
	assert_int_equal(due.change, -1);
	assert_int_equal(due.at, DECEMBER + 86399);
	steer.plan.known = true;
	assert_int_equal(steer_leap_due(&steer).change, 0);
	steer.plan.change = 1;
	steer.plan.at = 86400;
	due = steer_leap_due(&steer);
	assert_int_equal(due.change, 1);
	assert_int_equal(due.at, 86400);
}

/* It is slewed at once, and not stepped as what comes unforeseen. */
static void
a_leap_second_is_slewed(void **state)
{
	(void)state;
	clock_state.step_forward = clock_state.step_back = 10;
	steer_slew_leap(&steer);
	reading.ahead = -1;
	update(0);
	assert_false(orders.step);
	assert_int_equal(starts, 0);
	assert_true(orders.slew.rate > 0);
	reading.ahead = 0.1;
	update(16);
	assert_false(steer.slews_leap);
}

/* Servers smear what the list has, and announce it no more. */
static void
leap_seconds_to_be_smeared(void **state)
{
	const struct snapshot told = { .leap = LEAP_INSERT };
	struct snapshot	 snap = told;

	(void)state;
	steer.plan = (struct leap_plan){ .at = 86400, .change = 1,
	    .known = true };
	steer_smear(&steer, &snap);
	assert_memory_equal(&snap, &told, sizeof(snap));
	steer.plan.policy = LEAP_SMEARED;
	steer_smear(&steer, &snap);
	assert_int_equal(snap.leap, LEAP_NONE);
	assert_int_equal(snap.smear, 1);
	assert_int_equal(snap.smear_at, 86400);
	/* Nobody knows twelve hours before what servers will announce. */
	snap = told;
	steer.plan.known = false;
	steer_smear(&steer, &snap);
	assert_memory_equal(&snap, &told, sizeof(snap));
}

/* Somebody is believed who can synchronize us, or has had us step. */
static void
who_can_synchronize_us(void **state)
{
	(void)state;
	change(0);
	assert_false(steer_has_majority(&steer, &synced, all));
	synced.system_peer = 0;
	all[0].last.stratum = 14;
	assert_true(steer_has_majority(&steer, &synced, all));
	all[0].last.stratum = 15;
	assert_false(steer_has_majority(&steer, &synced, all));
	steer.stepping = true;
	assert_true(steer_has_majority(&steer, &synced, all));
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_change),
		TEST(a_small_change_is_slewed_gently),
		TEST(what_is_done_about_an_offset),
		TEST(what_an_oscillator_does_is_not_waited_for),
		TEST(an_unknown_frequency_is_left_alone),
		TEST(a_glitch_is_waited_out),
		TEST(new_starts_are_asked_for_once),
		TEST(the_step_limit_is_said_once),
		TEST(after_a_jump),
		TEST(certain_and_likely),
		TEST(certain_on_its_course),
		TEST(nothing_is_certain),
		TEST(leap_seconds_are_voted_on),
		TEST(leap_seconds_are_listed),
		TEST(leap_seconds_to_be_slewed),
		TEST(a_leap_second_is_slewed),
		TEST(leap_seconds_to_be_smeared),
		TEST(who_can_synchronize_us),
	};

	return cmocka_run_group_tests_name("steer", tests, NULL, NULL);
}
