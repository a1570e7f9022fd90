/*
 * Large offsets that must stay before they are corrected: the table in
 * confirm.h, cell by cell, and what glitches, pauses and corrections make of
 * it.
 */
#include <math.h>

#include "ntpd/sync/confirm.h"
#include "regress/unit/unit.h"

#define LARGE		0.128
#define HOUR		3600.0
#define DAY		86400.0
#define YEAR		(365 * DAY)

static const struct {
	const char	*name;
	double		 offset;	/* s, either sign */
	double		 anew, undo;	/* s, how long it is waited for */
} times[] = {
	{ "just large",		0.129,	0,	0 },
	{ "a minute",		60,	0,	0 },
	{ "more than that",	61,	30.5,	30.5 },
	{ "an hour",		3600,	1800,	1800 },
	{ "three hours",	10800,	5400,	1800 },
	{ "a day",		DAY,	5400,	1800 },
	{ "30 days",		30 * DAY, 5400,	1800 },
	{ "31 days",		31 * DAY, 10800, 1800 },
	{ "ten years",		10 * YEAR, 10800, 1800 },
};

static void
how_long(void **state)
{
	double		 offset;
	size_t		 i;

	(void)state;
	for (i = 0; i < 2 * COUNT(times); i++) {
		offset = i % 2 == 0 ? times[i / 2].offset :
		    -times[i / 2].offset;
		if (confirm_time(offset, CONFIRM_NEW) != times[i / 2].anew ||
		    confirm_time(offset, CONFIRM_UNDO) != times[i / 2].undo)
			fail_msg("%s: %g s, undo %g s", times[i / 2].name,
			    confirm_time(offset, CONFIRM_NEW),
			    confirm_time(offset, CONFIRM_UNDO));
	}
}

/* An hour has been seen for 600 s of the 1800 s, or for all of them. */
static const struct confirm nothing;
static const struct confirm waiting = {
	.state = CONFIRM_WAITING, .offset = 3600, .since = 1000
};
static const struct confirm confirmed = {
	.state = CONFIRM_CONFIRMED, .offset = 3600, .since = 1000
};

static const struct {
	const char	*name;
	const struct confirm *before;
	double		 offset, now;	/* s */
	enum confirm_state after;
	double		 since;		/* s, of WAITING */
	bool		 may;
} cells[] = {
	{ "nothing, a small one", &nothing, 0.128, 1600, CONFIRM_NOTHING, 0,
	    true },
	{ "nothing, no offset", &nothing, 0, 1600, CONFIRM_NOTHING, 0, true },
	{ "nothing, one for which there is no time", &nothing, -59, 1600,
	    CONFIRM_CONFIRMED, 0, true },
	{ "nothing, a large one", &nothing, 3600, 1600, CONFIRM_WAITING, 1600,
	    false },
	{ "waiting, not for long enough", &waiting, 3600, 2799,
	    CONFIRM_WAITING, 1000, false },
	{ "waiting, for its time", &waiting, 3600, 2800, CONFIRM_CONFIRMED, 0,
	    true },
	{ "waiting, much the same", &waiting, 3300, 2799, CONFIRM_WAITING,
	    1000, false },
	{ "waiting, much the same, for its time", &waiting, 3900, 2800,
	    CONFIRM_CONFIRMED, 0, true },
	{ "waiting, another one", &waiting, 4000, 2800, CONFIRM_WAITING, 2800,
	    false },
	{ "waiting, a smaller one", &waiting, 1800, 2800, CONFIRM_WAITING,
	    2800, false },
	{ "waiting, the other way", &waiting, -3600, 2800, CONFIRM_WAITING,
	    2800, false },
	{ "waiting, it is over", &waiting, 0.1, 2799, CONFIRM_NOTHING, 0,
	    true },
	{ "confirmed, the same", &confirmed, 3600, 1e6, CONFIRM_CONFIRMED, 0,
	    true },
	{ "confirmed, less of it", &confirmed, 1, 1e6, CONFIRM_CONFIRMED, 0,
	    true },
	{ "confirmed, a little more", &confirmed, 3900, 1e6,
	    CONFIRM_CONFIRMED, 0, true },
	{ "confirmed, another one", &confirmed, 4000, 1e6, CONFIRM_WAITING,
	    1e6, false },
	{ "confirmed, the other way", &confirmed, -3600, 1e6, CONFIRM_WAITING,
	    1e6, false },
	{ "confirmed, it is done", &confirmed, -0.1, 1e6, CONFIRM_NOTHING, 0,
	    true },
	{ "nothing, no number", &nothing, NAN, 1600, CONFIRM_NOTHING, 0,
	    false },
	{ "waiting, no number", &waiting, NAN, 2800, CONFIRM_NOTHING, 0,
	    false },
	{ "confirmed, no number", &confirmed, NAN, 1e6, CONFIRM_NOTHING, 0,
	    false },
	{ "nothing, without end", &nothing, INFINITY, 1600, CONFIRM_WAITING,
	    1600, false },
};

static void
every_cell(void **state)
{
	struct confirm	 c;
	bool		 may;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(cells); i++) {
		c = *cells[i].before;
		may = confirm_offset(&c, cells[i].offset, LARGE, CONFIRM_NEW,
		    cells[i].now);
		if (may != cells[i].may || c.state != cells[i].after)
			fail_msg("%s: %d, state %d", cells[i].name, may,
			    (int)c.state);
		if (c.state == CONFIRM_WAITING && c.since != cells[i].since)
			fail_msg("%s: since %g", cells[i].name, c.since);
	}
}

static const struct {
	double		 offset, lasts;	/* s */
} glitches[] = {
	{ 100, 49 }, { -3600, 1799 }, { DAY, 5399 }, { -YEAR, 10799 },
	{ 10 * YEAR, 10799 },
};

/* A glitch that is over before its time is never corrected, nor the next. */
static void
glitches_are_waited_out(void **state)
{
	struct confirm	 c = { .state = CONFIRM_NOTHING };
	double		 now = 0, from;
	size_t		 i;

	(void)state;
	for (i = 0; i < 3 * COUNT(glitches); i++) {
		for (from = now; now <= from + glitches[i / 3].lasts; now += 7)
			assert_false(confirm_offset(&c, glitches[i / 3].offset,
			    LARGE, CONFIRM_NEW, now));
		assert_true(confirm_offset(&c, 1e-5, LARGE, CONFIRM_NEW, now));
		assert_int_equal(c.state, CONFIRM_NOTHING);
	}
}

/* Nor do servers that say something else every now and then get anywhere. */
static void
who_cannot_decide_is_not_followed(void **state)
{
	struct confirm	 c = { .state = CONFIRM_NOTHING };
	double		 now;
	int		 i;

	(void)state;
	for (i = 0, now = 0; now < DAY; i++, now += 600)
		assert_false(confirm_offset(&c, i % 4 < 2 ? 3600 : 7200,
		    LARGE, CONFIRM_NEW, now));
}

/* A pause of ten minutes, slewed at 10 %, and another one half way. */
static void
corrections_stay_confirmed(void **state)
{
	struct confirm	 c = { .state = CONFIRM_NOTHING };
	double		 now = 0, left = 600;

	(void)state;
	for (; now < 300; now += 16)
		assert_false(confirm_offset(&c, left, LARGE, CONFIRM_NEW,
		    now));
	for (; left > 200; now += 16, left -= 1.6)
		assert_true(confirm_offset(&c, left, LARGE, CONFIRM_NEW, now));
	/* The same again as it was at the beginning, but a new one. */
	left += 400;
	assert_false(confirm_offset(&c, left, LARGE, CONFIRM_NEW, now));
	now += 0.5 * left - 1;
	assert_false(confirm_offset(&c, left, LARGE, CONFIRM_NEW, now));
	for (now += 2; left > LARGE; now += 16, left -= 1.6)
		assert_true(confirm_offset(&c, left, LARGE, CONFIRM_NEW, now));
	assert_true(confirm_offset(&c, left, LARGE, CONFIRM_NEW, now));
	assert_int_equal(c.state, CONFIRM_NOTHING);
}

/* A server that jumps to and fro does not take the clock with it. */
static void
to_and_fro(void **state)
{
	struct confirm	 c = { .state = CONFIRM_NOTHING };
	double		 now, clock = 0, server;
	unsigned	 steps = 0;

	(void)state;
	for (now = 0; now < 10 * HOUR; now += 64) {
		server = fmod(now, 1400) < 700 ? 0 : 20;
		if (!confirm_offset(&c, server - clock, LARGE, CONFIRM_NEW,
		    now) || server == clock)
			continue;
		clock = server;
		steps++;
	}
	assert_int_equal(steps, 1);
}

/* An oscillator whose frequency changes to and fro is corrected at once. */
static void
drift_to_and_fro(void **state)
{
	struct confirm	 c = { .state = CONFIRM_NOTHING };

	(void)state;
	assert_true(confirm_offset(&c, -0.2, LARGE, CONFIRM_DRIFT, 0));
	assert_true(confirm_offset(&c, 0, LARGE, CONFIRM_NEW, 10));
	assert_true(confirm_offset(&c, 0.6, LARGE, CONFIRM_DRIFT, HOUR));
	/* It is the same offset, while it is corrected. */
	assert_true(confirm_offset(&c, 0.3, LARGE, CONFIRM_NEW, HOUR + 3));
	assert_true(confirm_offset(&c, 0, LARGE, CONFIRM_NEW, HOUR + 6));
	assert_false(confirm_offset(&c, -0.6, LARGE, CONFIRM_NEW, 2 * HOUR));
	assert_true(confirm_time(3600, CONFIRM_DRIFT) == 1800);
}

/* A machine that is paused three times in a minute is set right each time. */
static void
pauses_in_a_row(void **state)
{
	struct confirm	 c = { .state = CONFIRM_NOTHING };
	double		 now;

	(void)state;
	for (now = 0; now < 60; now += 20) {
		assert_true(confirm_offset(&c, 3, LARGE, CONFIRM_NEW, now));
		assert_true(confirm_offset(&c, 0, LARGE, CONFIRM_NEW,
		    now + 1));
	}
}

/* What is left of the time, as what it would be corrected as changes. */
static void
what_is_left(void **state)
{
	struct confirm	 c = { .state = CONFIRM_NOTHING };

	(void)state;
	assert_true(confirm_left(&c, 0) == 0);
	assert_false(confirm_offset(&c, -DAY, LARGE, CONFIRM_NEW, 100));
	assert_true(confirm_left(&c, 100) == 5400);
	assert_true(confirm_left(&c, 1100) == 4400);
	assert_true(confirm_left(&c, 9999) == 0);
	assert_false(confirm_offset(&c, -DAY, LARGE, CONFIRM_UNDO, 1100));
	assert_true(confirm_left(&c, 1100) == 800);
	assert_true(confirm_offset(&c, -DAY, LARGE, CONFIRM_UNDO, 1900));
	assert_true(confirm_left(&c, 1900) == 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(how_long),
		cmocka_unit_test(every_cell),
		cmocka_unit_test(glitches_are_waited_out),
		cmocka_unit_test(who_cannot_decide_is_not_followed),
		cmocka_unit_test(corrections_stay_confirmed),
		cmocka_unit_test(to_and_fro),
		cmocka_unit_test(drift_to_and_fro),
		cmocka_unit_test(pauses_in_a_row),
		cmocka_unit_test(what_is_left),
	};

	return cmocka_run_group_tests_name("confirm", tests, NULL, NULL);
}
