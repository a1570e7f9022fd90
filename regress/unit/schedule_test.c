/*
 * When a server is asked next: each reason in each state.
 */
#include <string.h>

#include "ntpd/engine/schedule.h"
#include "regress/unit/unit.h"

/* In the table: no turn, and the same state and instant as before. */
#define NOTHING		-1.0

static struct instant
at(double s)
{
	return (struct instant){ (int64_t)(s * 1e9) };
}

/* Half of it, always: intervals are 0.9 of what they would be. */
static double
half(double whole)
{
	return whole / 2;
}

/*
 * A server was asked at 1000 s and would be asked again at NEXT.  At 1100 s
 * comes the reason WHY, while the right interval is INTERVAL.  Polls are 64 to
 * 1024 s.
 */
static const struct {
	const char	*name;
	enum schedule_state before;
	unsigned	 left;
	double		 next, turn;
	enum schedule_reason why;
	double		 interval;
	enum schedule_state after;
	unsigned	 left_after;
	double		 next_after, turn_after;
} cases[] = {
	{ "the first request of a quick start", SCHEDULE_STARTING, 8, 1100,
	    NOTHING, SCHEDULE_ASKED, 1024, SCHEDULE_STARTING, 7, 1102,
	    NOTHING },
	{ "the fourth", SCHEDULE_STARTING, 5, 1100, NOTHING, SCHEDULE_ASKED,
	    1024, SCHEDULE_STARTING, 4, 1102, NOTHING },
	{ "the fifth", SCHEDULE_STARTING, 4, 1100, NOTHING, SCHEDULE_ASKED,
	    1024, SCHEDULE_STARTING, 3, 1104, NOTHING },
	{ "the seventh", SCHEDULE_STARTING, 2, 1100, NOTHING, SCHEDULE_ASKED,
	    1024, SCHEDULE_STARTING, 1, 1116, NOTHING },
	{ "the last", SCHEDULE_STARTING, 1, 1100, NOTHING, SCHEDULE_ASKED,
	    100, SCHEDULE_POLLING, 0, 1190, NOTHING },
	{ "enough", SCHEDULE_STARTING, 4, 1104, NOTHING, SCHEDULE_ENOUGH, 100,
	    SCHEDULE_POLLING, 4, 1190, NOTHING },
	{ "enough, too early", SCHEDULE_STARTING, 5, 1102, NOTHING,
	    SCHEDULE_ENOUGH, 100, SCHEDULE_STARTING, 5, 1102, NOTHING },
	{ "enough, long ago", SCHEDULE_POLLING, 0, 2000, NOTHING,
	    SCHEDULE_ENOUGH, 100, SCHEDULE_POLLING, 0, 2000, NOTHING },
	{ "a doubt in a quick start", SCHEDULE_STARTING, 2, 1108, NOTHING,
	    SCHEDULE_DOUBT, 1024, SCHEDULE_STARTING, 2, 1108, NOTHING },
	{ "restless in a quick start", SCHEDULE_STARTING, 1, 1200, NOTHING,
	    SCHEDULE_RESTLESS, 64, SCHEDULE_STARTING, 1, 1200, NOTHING },
	{ "a kiss in a quick start", SCHEDULE_STARTING, 4, 1102, NOTHING,
	    SCHEDULE_KISS, 64, SCHEDULE_POLLING, 4, 1157.6, NOTHING },
	{ "news in a quick start", SCHEDULE_STARTING, 3, 1108, NOTHING,
	    SCHEDULE_NEWS, 64, SCHEDULE_STARTING, 3, 1102, NOTHING },
	{ "news at its end", SCHEDULE_STARTING, 2, 1108, NOTHING,
	    SCHEDULE_NEWS, 64, SCHEDULE_HURRIED, 3, 1102, NOTHING },

	{ "a turn", SCHEDULE_POLLING, 0, 1100, NOTHING, SCHEDULE_ASKED, 100,
	    SCHEDULE_POLLING, 0, 1190, NOTHING },
	{ "a turn, never that long", SCHEDULE_POLLING, 0, 1100, NOTHING,
	    SCHEDULE_ASKED, 9999, SCHEDULE_POLLING, 0, 2021.6, NOTHING },
	{ "a turn, never that short", SCHEDULE_POLLING, 0, 1100, NOTHING,
	    SCHEDULE_ASKED, 1, SCHEDULE_POLLING, 0, 1157.6, NOTHING },
	{ "a doubt", SCHEDULE_POLLING, 0, 2000, NOTHING, SCHEDULE_DOUBT, 1024,
	    SCHEDULE_EXTRA, 0, 1101, 2000 },
	{ "a doubt just before the turn", SCHEDULE_POLLING, 0, 1100.5,
	    NOTHING, SCHEDULE_DOUBT, 1024, SCHEDULE_EXTRA, 0, 1100.5,
	    1100.5 },
	{ "restless", SCHEDULE_POLLING, 0, 2000, NOTHING, SCHEDULE_RESTLESS,
	    300, SCHEDULE_POLLING, 0, 1300, NOTHING },
	{ "not very restless", SCHEDULE_POLLING, 0, 2000, NOTHING,
	    SCHEDULE_RESTLESS, 500, SCHEDULE_POLLING, 0, 2000, NOTHING },
	{ "restless and overdue", SCHEDULE_POLLING, 0, 2000, NOTHING,
	    SCHEDULE_RESTLESS, 64, SCHEDULE_POLLING, 0, 1101, NOTHING },
	{ "news", SCHEDULE_POLLING, 0, 2000, NOTHING, SCHEDULE_NEWS, 1024,
	    SCHEDULE_HURRIED, 3, 1102, NOTHING },
	{ "a kiss", SCHEDULE_POLLING, 0, 1150, NOTHING, SCHEDULE_KISS, 100,
	    SCHEDULE_POLLING, 0, 1190, NOTHING },
	{ "it is back", SCHEDULE_POLLING, 0, 2000, NOTHING, SCHEDULE_BACK,
	    1024, SCHEDULE_STARTING, 3, 1102, NOTHING },
	{ "the clock jumped", SCHEDULE_POLLING, 0, 2000, NOTHING,
	    SCHEDULE_BEGIN, 1024, SCHEDULE_STARTING, 8, 1100.05, NOTHING },

	{ "out of turn", SCHEDULE_EXTRA, 0, 1100, 2000, SCHEDULE_ASKED, 100,
	    SCHEDULE_POLLING, 0, 2000, NOTHING },
	{ "out of turn, which is soon", SCHEDULE_EXTRA, 0, 1100, 1163,
	    SCHEDULE_ASKED, 100, SCHEDULE_POLLING, 0, 1190, NOTHING },
	{ "a doubt upon a doubt", SCHEDULE_EXTRA, 0, 1101, 2000,
	    SCHEDULE_DOUBT, 1024, SCHEDULE_EXTRA, 0, 1101, 2000 },
	{ "a kiss in a doubt", SCHEDULE_EXTRA, 0, 1101, 2000, SCHEDULE_KISS,
	    100, SCHEDULE_POLLING, 0, 2000, NOTHING },
	{ "a jump in a doubt", SCHEDULE_EXTRA, 0, 1101, 2000, SCHEDULE_BEGIN,
	    100, SCHEDULE_STARTING, 8, 1100.05, NOTHING },

	{ "in a hurry", SCHEDULE_HURRIED, 3, 1100, NOTHING, SCHEDULE_ASKED,
	    100, SCHEDULE_HURRIED, 2, 1102, NOTHING },
	{ "the last in a hurry", SCHEDULE_HURRIED, 0, 1100, NOTHING,
	    SCHEDULE_ASKED, 100, SCHEDULE_POLLING, 0, 1190, NOTHING },
	{ "a doubt in a hurry", SCHEDULE_HURRIED, 2, 1101, NOTHING,
	    SCHEDULE_DOUBT, 100, SCHEDULE_HURRIED, 2, 1101, NOTHING },
	{ "a kiss in a hurry", SCHEDULE_HURRIED, 2, 1101, NOTHING,
	    SCHEDULE_KISS, 100, SCHEDULE_POLLING, 2, 1190, NOTHING },
	{ "news again", SCHEDULE_HURRIED, 1, 1101, NOTHING, SCHEDULE_NEWS,
	    100, SCHEDULE_HURRIED, 3, 1101, NOTHING },

	{ "our own address", SCHEDULE_STARTING, 8, 1100, NOTHING,
	    SCHEDULE_IS_OURS, 1024, SCHEDULE_OURS, 8, 1116, NOTHING },
	{ "our own address again", SCHEDULE_OURS, 8, 1100, NOTHING,
	    SCHEDULE_IS_OURS, 1024, SCHEDULE_OURS, 8, 1116, NOTHING },
	{ "no more our own address", SCHEDULE_OURS, 8, 1100, NOTHING,
	    SCHEDULE_BEGIN, 1024, SCHEDULE_STARTING, 8, 1100.05, NOTHING },
	{ "our own address, news", SCHEDULE_OURS, 8, 1110, NOTHING,
	    SCHEDULE_NEWS, 1024, SCHEDULE_OURS, 8, 1110, NOTHING },
	{ "our own address, a doubt", SCHEDULE_OURS, 8, 1110, NOTHING,
	    SCHEDULE_DOUBT, 1024, SCHEDULE_OURS, 8, 1110, NOTHING },
	{ "a request came back", SCHEDULE_STARTING, 7, 1102, NOTHING,
	    SCHEDULE_CAME_BACK, 64, SCHEDULE_RETURNED, 7, 2124, NOTHING },
	{ "asked whether it still does", SCHEDULE_RETURNED, 7, 1100, NOTHING,
	    SCHEDULE_ASKED, 64, SCHEDULE_RETURNED, 7, 2124, NOTHING },
	{ "it came back, restless", SCHEDULE_RETURNED, 7, 2024, NOTHING,
	    SCHEDULE_RESTLESS, 64, SCHEDULE_RETURNED, 7, 2024, NOTHING },
	{ "it came back, enough", SCHEDULE_RETURNED, 3, 2024, NOTHING,
	    SCHEDULE_ENOUGH, 64, SCHEDULE_RETURNED, 3, 2024, NOTHING },
	{ "it came back, an answer", SCHEDULE_RETURNED, 7, 2024, NOTHING,
	    SCHEDULE_BACK, 64, SCHEDULE_STARTING, 3, 1102, NOTHING },
	{ "it does not come back", SCHEDULE_RETURNED, 7, 2024, NOTHING,
	    SCHEDULE_BEGIN, 64, SCHEDULE_STARTING, 8, 1100.05, NOTHING },
	{ "it came back, denied", SCHEDULE_RETURNED, 7, 2024, NOTHING,
	    SCHEDULE_DENIED, 64, SCHEDULE_STOPPED, 7, 2024, NOTHING },

	{ "denied", SCHEDULE_POLLING, 0, 2000, NOTHING, SCHEDULE_DENIED, 100,
	    SCHEDULE_STOPPED, 0, 2000, NOTHING },
	{ "denied, a jump", SCHEDULE_STOPPED, 0, 2000, NOTHING,
	    SCHEDULE_BEGIN, 100, SCHEDULE_STOPPED, 0, 2000, NOTHING },
	{ "denied, news", SCHEDULE_STOPPED, 0, 2000, NOTHING, SCHEDULE_NEWS,
	    100, SCHEDULE_STOPPED, 0, 2000, NOTHING },
	{ "denied, our own address", SCHEDULE_STOPPED, 0, 2000, NOTHING,
	    SCHEDULE_IS_OURS, 100, SCHEDULE_STOPPED, 0, 2000, NOTHING },
};

static void
each_reason_in_each_state(void **state)
{
	struct schedule_view v = { .now = at(1100), .some_of = half };
	struct schedule	 s;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		schedule_init(&s, 6, 10);
		s.state = cases[i].before;
		s.left = cases[i].left;
		s.asked_at = at(1000);
		s.next = at(cases[i].next);
		s.turn = at(cases[i].turn);
		v.interval = cases[i].interval;
		schedule_event(&s, cases[i].why, &v);
		if (s.state != cases[i].after || s.left != cases[i].left_after)
			fail_msg("%s: state %d, left %u", cases[i].name,
			    s.state, s.left);
		if (s.next.ns != at(cases[i].next_after).ns)
			fail_msg("%s: next at %.9g s", cases[i].name,
			    (double)s.next.ns / 1e9);
		if (s.state == SCHEDULE_EXTRA &&
		    s.turn.ns != at(cases[i].turn_after).ns)
			fail_msg("%s: its turn is at %.9g s", cases[i].name,
			    (double)s.turn.ns / 1e9);
	}
}

/* Whatever happens, a server is asked again within its longest interval. */
static void
no_state_is_for_ever(void **state)
{
	struct schedule_view v = { .interval = 1024, .some_of = half };
	struct schedule	 s;
	unsigned	 before, why;

	(void)state;
	for (before = SCHEDULE_STARTING; before < SCHEDULE_STOPPED; before++)
		for (why = SCHEDULE_BEGIN; why < SCHEDULE_DENIED; why++) {
			schedule_init(&s, 6, 10);
			s.state = before;
			s.left = 1;
			s.asked_at = s.next = v.now = at(1000);
			s.turn = at(2000);
			schedule_event(&s, why, &v);
			assert_true(instant_diff(s.next, v.now) <= 1024);
			assert_true(schedule_is_due(&s, s.next));
			/* We ourselves are looked at so often and no more. */
			if (s.state == SCHEDULE_OURS ||
			    s.state == SCHEDULE_RETURNED)
				continue;
			v.now = s.next;
			for (; s.state != SCHEDULE_POLLING; v.now = s.next) {
				assert_true(instant_diff(s.next, at(1000)) <
				    2100);
				schedule_event(&s, SCHEDULE_ASKED, &v);
			}
		}
}

static void
stopped_is_never_due(void **state)
{
	struct schedule	 s;

	(void)state;
	schedule_init(&s, 6, 10);
	s.state = SCHEDULE_STOPPED;
	assert_false(schedule_is_due(&s, at(1e9)));
	assert_true(schedule_next(&s).ns == INSTANT_NEVER.ns);
}

/* The first four requests are the ones that a decision waits for. */
static void
first_answers(void **state)
{
	struct schedule_view v = { .interval = 1024, .some_of = half };
	struct schedule	 s;
	unsigned	 asked;

	(void)state;
	schedule_init(&s, 6, 10);
	for (asked = 0; asked <= 8; asked++) {
		assert_int_equal(schedule_is_first(&s), asked < 4);
		assert_int_equal(schedule_was_first(&s), asked == 4);
		assert_int_equal(schedule_poll(&s) == 1, asked < 8);
		schedule_event(&s, SCHEDULE_ASKED, &v);
	}
}

/* Each RATE kiss doubles the interval, to a limit; answers halve it again. */
static void
kisses(void **state)
{
	struct schedule	 s;
	int		 i;

	(void)state;
	schedule_init(&s, 6, 10);
	schedule_slow_down(&s);
	assert_int_equal(s.minpoll, 7);
	s.poll = 9;
	schedule_slow_down(&s);
	assert_int_equal(s.minpoll, 10);
	for (i = 0; i < 20; i++) {
		s.poll = s.minpoll;
		schedule_slow_down(&s);
	}
	assert_int_equal(s.minpoll, 13);
	assert_true(schedule_longest(&s) == 8192);
	for (i = 0; i < 8; i++)
		schedule_answered(&s);
	assert_int_equal(s.minpoll, 12);
	for (i = 0; i < 200; i++)
		schedule_answered(&s);
	assert_int_equal(s.minpoll, 6);
}

/* A reload with other intervals takes effect before the old one is over. */
static void
options_change(void **state)
{
	struct schedule	 s;

	(void)state;
	schedule_init(&s, 6, 10);
	s.state = SCHEDULE_POLLING;
	s.asked_at = at(1000);
	s.next = at(2000);
	s.minpoll = 8;			/* after kisses */
	schedule_configure(&s, 6, 10);
	assert_int_equal(s.minpoll, 8);
	assert_true(s.next.ns == at(2000).ns);
	schedule_configure(&s, 4, 6);
	assert_int_equal(s.minpoll, 4);
	assert_true(s.next.ns == at(1064).ns);
}

/* While a decision waits for an answer, requests go on every 8 s. */
static void
a_decision_waits(void **state)
{
	static const double expected[] = { 2, 2, 2, 2, 4, 8, 8, 8, 8, 8 };
	struct schedule_view v = {
		.now = at(1000), .interval = 1024, .some_of = half,
		.awaited = true
	};
	struct schedule	 s;
	size_t		 i;

	(void)state;
	schedule_init(&s, 6, 10);
	for (i = 0; i < COUNT(expected); i++) {
		schedule_event(&s, SCHEDULE_ASKED, &v);
		assert_true(instant_diff(s.next, v.now) == expected[i]);
		assert_int_equal(s.state, SCHEDULE_STARTING);
		v.now = s.next;
	}
	v.awaited = false;
	schedule_event(&s, SCHEDULE_ASKED, &v);
	assert_int_equal(s.state, SCHEDULE_POLLING);
}

/* A fixed interval, and one whose answers are missed, hardly varies. */
static void
variation(void **state)
{
	struct schedule_view v = {
		.now = at(1000), .interval = 1024, .some_of = half
	};
	struct schedule	 s;

	(void)state;
	schedule_init(&s, 10, 10);
	s.state = SCHEDULE_POLLING;
	schedule_event(&s, SCHEDULE_ASKED, &v);
	assert_true(s.next.ns == at(1000 + 1024 * 0.98).ns);
	schedule_init(&s, 6, 10);
	s.state = SCHEDULE_POLLING;
	s.missed = 1;
	schedule_event(&s, SCHEDULE_ASKED, &v);
	assert_true(s.next.ns == at(1000 + 1024 * 0.9).ns);
	schedule_event(&s, SCHEDULE_ASKED, &v);
	assert_true(s.next.ns == at(1000 + 1024 * 0.98).ns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reason_in_each_state),
		cmocka_unit_test(no_state_is_for_ever),
		cmocka_unit_test(stopped_is_never_due),
		cmocka_unit_test(first_answers),
		cmocka_unit_test(kisses),
		cmocka_unit_test(options_change),
		cmocka_unit_test(a_decision_waits),
		cmocka_unit_test(variation),
	};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
