/*
 * What is said of the clock in the log: each event once, with its figures and
 * in words, and its end.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ntpd/engine/ballot.h"
#include "ntpd/engine/steer.h"
#include "regress/unit/unit.h"

static struct steer	 steer;
static struct sync	 synced;
static struct association all[MAX_ASSOCIATIONS];
static struct reading	 reading;

size_t
associations_expected(const struct association a[MAX_ASSOCIATIONS])
{
	(void)a;
	return 0;
}

static int
begin(void **state)
{
	size_t		 i;

	(void)state;
	memset(&steer, 0, sizeof(steer));
	memset(all, 0, sizeof(all));
	sync_init(&synced, 0, 1e-6);
	for (i = 0; i < 4; i++) {
		all[i].addr = (struct addr){ .family = ADDR_IPV4,
		    .bytes = { 192, 0, 2, (uint8_t)(i + 1) } };
		addr_format(&all[i].addr, all[i].name);
	}
	steer.log = (struct log_limit){ .burst = 50, .interval = 60 };
	reading = (struct reading){ .now = 100 };
	return capture_begin(NULL);
}

/* The log has so many LINES, and one of them is LINE. */
static void
assert_said(unsigned lines, const char *line)
{
	char		 whole[512];

	snprintf(whole, sizeof(whole), "%s\n", line);
	assert_int_equal(capture_count("\n"), lines);
	assert_int_equal(capture_count(whole), 1);
}

/* N servers, number I says OFFSETS[I] s, 1 ms away, three times each. */
static void
hear(const double offsets[], size_t n)
{
	struct sample	 s = { .delay = 1e-3, .trip = 1e-3,
	    .root_dispersion = 1e-3, .precision = 1e-7, .stratum = 2 };
	size_t		 i, k;

	for (i = 0; i < n; i++)
		sync_add(&synced, i, 1);
	for (k = 0; k < 3; k++)
		for (i = 0; i < n; i++) {
			s.when = reading.now;
			s.offset = offsets[i];
			sync_sample(&synced, i, &s, k == 2 ? n - 1 - i : n);
			reading.now += 2;
		}
}

static void
state_is(enum sync_state state)
{
	synced.state = state;
	steer_log_state(&steer, &synced, all, &reading, instant_now());
}

/* It names who says what of the clock, which is 1 s ahead of all that. */
static void
no_majority_is_told_with_figures(void **state)
{
	static const double two[] = { 3.5, -1.5 };
	struct ballot	 b;

	(void)state;
	reading.ahead = 1;
	hear(two, 2);
	b = ballot_count(&synced, reading.now);
	assert_int_equal(b.voters, 2);
	assert_int_equal(b.cluster, 1);
	assert_true(fabs(b.spread - 5) < 0.01);
	steer_log_majority(&steer, &synced, all, &reading, false);
	assert_said(1, "no majority: 2 servers answer, no two of them agree: "
	    "by 192.0.2.1 the clock is 2.500 s behind, by 192.0.2.2 2.500 s "
	    "ahead");
	steer_log_majority(&steer, &synced, all, &reading, false);
	assert_said(1, "no majority: 2 servers answer, no two of them agree: "
	    "by 192.0.2.1 the clock is 2.500 s behind, by 192.0.2.2 2.500 s "
	    "ahead");
}

/* That the clock coasts for it is in the same line, and its end another. */
static void
no_majority_any_more(void **state)
{
	static const double two[] = { 2, 0 };

	(void)state;
	hear(two, 2);
	synced.state = SYNC_COASTING;
	steer_log_majority(&steer, &synced, all, &reading, false);
	state_is(SYNC_COASTING);
	assert_said(1, "no majority: 2 servers answer, no two of them agree, "
	    "and the clock coasts: by 192.0.2.1 the clock is 2.000 s behind, "
	    "by 192.0.2.2 0 ns behind");
	state_is(SYNC_FOLLOWING);
	assert_said(2, "a majority of the servers confirms the clock again");
}

static void
two_and_two(void **state)
{
	static const double four[] = { 0.0, 10.0, 0.0001, 10.0001 };
	struct ballot	 b;

	(void)state;
	hear(four, 4);
	b = ballot_count(&synced, reading.now);
	assert_int_equal(b.voters, 4);
	assert_int_equal(b.cluster, 2);
	assert_true(fabs(b.spread - 10) < 0.01);
}

/* Three of five are a majority, whatever they say of the clock. */
static void
most_against_the_clock(void **state)
{
	static const double five[] = { 100, 100.0001, 0, 100.0002, 0.0001 };

	(void)state;
	hear(five, 5);
	synced.agreed = false;
	assert_int_equal(ballot_count(&synced, reading.now).cluster, 3);
	steer_log_majority(&steer, &synced, all, &reading, false);
	assert_int_equal(capture_count("\n"), 0);
	assert_false(steer.no_majority);
}

/* Each agrees with the next one, but no three with one another. */
static void
a_chain_is_no_majority(void **state)
{
	double		 chain[5] = { 0 }, width;
	size_t		 i;

	(void)state;
	hear(chain, 1);
	width = source_distance(&synced.sources[0], reading.now, 0);
	for (i = 0; i < 5; i++)
		chain[i] = 1.5 * width * (double)i;
	hear(chain, 5);
	assert_int_equal(ballot_count(&synced, reading.now).cluster, 2);
	steer_log_majority(&steer, &synced, all, &reading, false);
	assert_true(steer.no_majority);
}

/* One alone is no majority either, but there is nothing to disagree with. */
static void
one_is_enough(void **state)
{
	static const double one[] = { 0.5 };

	(void)state;
	hear(one, 1);
	assert_int_equal(ballot_count(&synced, reading.now).voters, 1);
	steer_log_majority(&steer, &synced, all, &reading, false);
	assert_int_equal(capture_count("\n"), 0);
}

/* One surprise is no news.  Two are, with the name, and so is their end. */
static void
doubt_begins_and_ends(void **state)
{
	static const double one[] = { 0 };

	(void)state;
	hear(one, 1);
	synced.sources[0].state = SOURCE_DOUBTED;
	synced.sources[0].surprises = 1;
	state_is(SYNC_IN_DOUBT);
	assert_int_equal(capture_count("\n"), 0);
	synced.sources[0].surprises = 2;
	state_is(SYNC_IN_DOUBT);
	state_is(SYNC_IN_DOUBT);
	assert_said(1, "192.0.2.1: says something else than was expected: the "
	    "clock is in doubt, asking more often");
	state_is(SYNC_FOLLOWING);
	state_is(SYNC_FOLLOWING);
	assert_said(2, "the clock is not in doubt any more");
}

static void
coasting_begins_and_ends(void **state)
{
	static const double one[] = { 0 };

	(void)state;
	hear(one, 1);
	state_is(SYNC_COASTING);
	state_is(SYNC_COASTING);
	assert_said(1, "no majority of the servers confirms the clock: the "
	    "clock coasts, and may be off by more and more");
	state_is(SYNC_FOLLOWING);
	assert_said(2, "a majority of the servers confirms the clock again");
	sync_silence(&synced, 0);
	synced.verdicts[0].tally = UNUSABLE;
	state_is(SYNC_COASTING);
	assert_said(3, "no server can be used any more: the clock coasts, and "
	    "may be off by more and more");
	/* They agree, but not with the clock: no good news. */
	state_is(SYNC_BEGINNING_AGAIN);
	assert_said(3, "no server can be used any more: the clock coasts, and "
	    "may be off by more and more");
}

/* A small change is one, or the end of a large one. */
static void
changes_of_the_clock(void **state)
{
	static const double one[] = { -100e-6 };

	(void)state;
	hear(one, 1);
	steer.changed = true;
	state_is(SYNC_BEGINNING_AGAIN);
	assert_said(1, "most servers see the clock 100.0 us ahead of where it "
	    "should be: its oscillator has changed");
	steer.changed = steer.returned = true;
	state_is(SYNC_BEGINNING_AGAIN);
	state_is(SYNC_BEGINNING_AGAIN);
	assert_said(2, "most servers agree with the clock again: it is "
	    "100.0 us ahead");
}

/* Why the clock is not synchronized any more. */
static void
the_end_of_synchronization_has_a_reason(void **state)
{
	static const double one[] = { 0 };
	struct system	 s = { .synchronized = true, .stratum = 3,
	    .offset = -15e-6, .likely = 27e-6, .certain = 1e-3 };

	(void)state;
	steer.peer.addr = all[0].addr;
	hear(one, 1);
	synced.truechimers = 1;
	steer_log(&steer, &s, &synced);
	assert_said(1, "clock synchronized to 192.0.2.1, stratum 3: it is "
	    "15.0 us ahead, within 27.0 us in 99 % of the time, 1 server");
	s.synchronized = false;
	s.certain = 3.01;
	steer_log(&steer, &s, &synced);
	assert_said(2, "clock is no longer synchronized: it may be off by "
	    "3.010 s, 3 s is the most");
	steer.synchronized = true;
	s.offset = 600;
	steer_log(&steer, &s, &synced);
	assert_said(3, "clock is no longer synchronized: it is 600.000 s "
	    "behind, 128 ms is the most");
	steer.synchronized = true;
	sync_restart(&synced);
	steer_log(&steer, &s, &synced);
	assert_said(4, "clock is no longer synchronized: asking the servers "
	    "anew");
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, begin, capture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_majority_is_told_with_figures),
		TEST(no_majority_any_more),
		TEST(two_and_two),
		TEST(most_against_the_clock),
		TEST(a_chain_is_no_majority),
		TEST(one_is_enough),
		TEST(doubt_begins_and_ends),
		TEST(coasting_begins_and_ends),
		TEST(changes_of_the_clock),
		TEST(the_end_of_synchronization_has_a_reason),
	};

	return cmocka_run_group_tests_name("steer_log", tests, NULL, NULL);
}
