/*
 * Is it them, or is it me?  The whole table of states, that none is kept for
 * ever, and by how many it takes to say that our clock has changed.
 */
#include "ntpd/sync/doubt.h"
#include "regress/unit/paths.h"
#include "regress/unit/unit.h"

#define NEW		SOURCE_NEW
#define FITS		SOURCE_FITS
#define DOUBTED		SOURCE_DOUBTED
#define INSISTS		SOURCE_INSISTS
#define FALSE		SOURCE_FALSE

static const char *const names[SOURCE_STATES] = { "NEW", "FITS", "DOUBTED",
	"INSISTS", "FALSE" };

/* ---- the table ---- */

/* What each event makes of NEW, FITS, DOUBTED, INSISTS and FALSE. */
static const struct {
	const char	*name;
	enum source_event event;
	enum source_state next[SOURCE_STATES];
} events[] = {
	{ "fits", EVENT_FITS, { NEW, FITS, FITS, INSISTS, FALSE } },
	{ "fits for the third time", EVENT_FITS_AGAIN,
	    { FITS, FITS, FITS, FITS, FITS } },
	{ "surprises", EVENT_SURPRISES,
	    { NEW, DOUBTED, DOUBTED, INSISTS, FALSE } },
	{ "surprises for the third time", EVENT_INSISTS,
	    { INSISTS, INSISTS, INSISTS, INSISTS, FALSE } },
	{ "is used by a majority that fits", EVENT_ACCEPTED,
	    { FITS, FITS, DOUBTED, FITS, FITS } },
	{ "is not used by a majority that fits", EVENT_OUTVOTED,
	    { FALSE, FALSE, FALSE, FALSE, FALSE } },
	{ "no majority fits", EVENT_UNDECIDED,
	    { NEW, FITS, DOUBTED, INSISTS, INSISTS } },
	{ "the estimate was begun with it", EVENT_BEGUN,
	    { FITS, FITS, FITS, FITS, FITS } },
	{ "the estimate was begun without it", EVENT_LEFT_OUT,
	    { NEW, NEW, NEW, NEW, NEW } },
};

static void
every_state_and_event(void **arg)
{
	enum source_state s, next;
	size_t		 i;

	(void)arg;
	assert_int_equal(COUNT(events), SOURCE_EVENTS);
	for (i = 0; i < COUNT(events); i++)
		for (s = NEW; s < SOURCE_STATES; s++) {
			next = doubt_next(s, events[i].event);
			if (next != events[i].next[s])
				fail_msg("%s, %s: %s", names[s],
				    events[i].name, names[next]);
		}
}

/* From every state every other can be reached. */
static void
every_state_is_left(void **arg)
{
	bool		 reached[SOURCE_STATES];
	enum source_state from, s;
	unsigned	 n, e;

	(void)arg;
	for (from = NEW; from < SOURCE_STATES; from++) {
		for (s = NEW; s < SOURCE_STATES; s++)
			reached[s] = s == from;
		for (n = 0; n < SOURCE_STATES; n++)
			for (s = NEW; s < SOURCE_STATES; s++)
				for (e = 0; reached[s] && e < SOURCE_EVENTS;
				    e++)
					reached[doubt_next(s, e)] = true;
		for (s = NEW; s < SOURCE_STATES; s++)
			if (!reached[s])
				fail_msg("%s is not reached from %s",
				    names[s], names[from]);
	}
}

/* The event of the N-th answer in a row that fits, or does not. */
static enum source_event
answer(bool fits, unsigned n)
{
	if (fits)
		return n < DOUBT_ANSWERS ? EVENT_FITS : EVENT_FITS_AGAIN;
	return n < DOUBT_ANSWERS ? EVENT_SURPRISES : EVENT_INSISTS;
}

/* DOUBT_ANSWERS that fit make FITS of every state, as many others INSISTS. */
static void
three_answers_decide(void **arg)
{
	enum source_state from, fitting, insisting;
	unsigned	 n;

	(void)arg;
	for (from = NEW; from < SOURCE_STATES; from++) {
		fitting = insisting = from;
		for (n = 1; n <= DOUBT_ANSWERS; n++) {
			fitting = doubt_next(fitting, answer(true, n));
			insisting = doubt_next(insisting, answer(false, n));
		}
		if (fitting != FITS)
			fail_msg("%s fits three times: %s", names[from],
			    names[fitting]);
		/* Of one that is FALSE that is what was expected. */
		if (insisting != (from == FALSE ? FALSE : INSISTS))
			fail_msg("%s insists: %s", names[from],
			    names[insisting]);
	}
}

/*
 * Whatever it answers and however the others vote, nobody is in DOUBTED for
 * more than two answers, and nobody in INSISTS after a vote of a majority.
 */
static void
doubt_is_short(void **arg)
{
	static const enum source_event votes[] = { EVENT_ACCEPTED,
	    EVENT_OUTVOTED, EVENT_UNDECIDED };
	enum source_state s = NEW;
	unsigned	 i, row = 0, doubted = 0, seen[SOURCE_STATES] = { 0 };
	struct rng	 rng;
	size_t		 vote;
	bool		 fits, last = true;

	(void)arg;
	rng_seed(&rng, 1);
	for (i = 0; i < 100000; i++) {
		fits = rng_uniform(&rng) < 0.5;
		row = fits == last ? row + 1 : 1;
		last = fits;
		s = doubt_next(s, answer(fits, row));
		doubted = s == DOUBTED ? doubted + 1 : 0;
		assert_in_range(doubted, 0, DOUBT_ANSWERS - 1);
		vote = (size_t)(3 * rng_uniform(&rng));
		if (s != NEW)
			s = doubt_next(s, votes[vote]);
		assert_true(s != INSISTS || votes[vote] == EVENT_UNDECIDED);
		if (rng_uniform(&rng) < 0.01)
			s = doubt_next(s, EVENT_LEFT_OUT);
		seen[s]++;
	}
	for (s = NEW; s < SOURCE_STATES; s++)
		assert_in_range(seen[s], 1000, i);
}

/* ---- has our clock changed? ---- */

/* A source that has a vote, its state, and its surprises in a row. */
#define VOTER(s, n)	{ true, s, n, false, false, true }
/* It agrees with a majority of what is new, and may be used. */
#define AGREES(s, n)	{ true, s, n, true, true, true }
/* Likewise, but it says that true time is behind the prediction. */
#define BEHIND(s, n)	{ true, s, n, true, true, false }
/* It agrees, within its wide interval, but nearer ones know better. */
#define IS_WIDE(s, n)	{ true, s, n, true, false, true }
#define NO_VOTE(s, n)	{ false, s, n, true, true, true }

#define OLD		(DOUBT_ANSWERS + 1)	/* it has insisted for long */

static const struct {
	const char	*name;
	size_t		 n;
	struct stand	 stands[5];
	bool		 may_be_us, is_us;
} cases[] = {
	{ "nobody", 0, { VOTER(NEW, 0) }, false, false },
	{ "one that fits", 1, { AGREES(FITS, 0) }, false, false },
	{ "one alone, once", 1, { AGREES(DOUBTED, 1) }, false, false },
	{ "one alone, twice", 1, { AGREES(DOUBTED, 2) }, false, false },
	{ "one alone, three times", 1, { AGREES(INSISTS, 3) }, true, true },
	{ "one alone, for long", 1, { AGREES(INSISTS, OLD) }, true, true },
	{ "two, once each", 2, { AGREES(DOUBTED, 1), AGREES(DOUBTED, 1) },
	    false, false },
	{ "two, twice and once", 2, { AGREES(DOUBTED, 2), AGREES(DOUBTED, 1) },
	    true, true },
	{ "two, and one fits", 2, { AGREES(INSISTS, 3), AGREES(FITS, 0) },
	    false, false },
	{ "four, once each", 4, { AGREES(DOUBTED, 1), AGREES(DOUBTED, 1),
	    AGREES(DOUBTED, 1), AGREES(DOUBTED, 1) }, true, true },
	{ "four, once each, and each says something else", 4,
	    { VOTER(DOUBTED, 1), VOTER(DOUBTED, 1), VOTER(DOUBTED, 1),
	    VOTER(DOUBTED, 1) }, true, false },
	{ "three of four, once each", 4, { AGREES(DOUBTED, 1),
	    AGREES(DOUBTED, 1), AGREES(DOUBTED, 1), VOTER(FITS, 0) }, true,
	    true },
	{ "three of four, two of which agree", 4, { AGREES(DOUBTED, 2),
	    AGREES(DOUBTED, 2), VOTER(DOUBTED, 1), VOTER(FITS, 0) }, true,
	    false },
	{ "four, two to either side, within wide intervals", 4,
	    { AGREES(INSISTS, 3), AGREES(INSISTS, 3), BEHIND(INSISTS, 3),
	    BEHIND(INSISTS, 3) }, true, false },
	{ "three behind", 4, { BEHIND(DOUBTED, 1), BEHIND(DOUBTED, 1),
	    BEHIND(DOUBTED, 1), VOTER(FITS, 0) }, true, true },
	{ "half of four, for long", 4, { AGREES(INSISTS, OLD),
	    AGREES(INSISTS, OLD), VOTER(FITS, 0), VOTER(FITS, 0) }, false,
	    false },
	{ "an old liar, and another answers oddly once", 3,
	    { AGREES(INSISTS, OLD), AGREES(DOUBTED, 1), VOTER(FITS, 0) },
	    false, false },
	{ "an old liar, and another answers oddly twice", 3,
	    { AGREES(INSISTS, OLD), AGREES(DOUBTED, 2), VOTER(FITS, 0) },
	    true, true },
	{ "old ones that agree", 3, { AGREES(INSISTS, OLD),
	    AGREES(INSISTS, OLD), VOTER(FITS, 0) }, true, true },
	{ "old ones that do not", 3, { VOTER(INSISTS, OLD),
	    VOTER(INSISTS, OLD), VOTER(FITS, 0) }, true, false },
	{ "those that were found false", 3, { AGREES(FALSE, OLD),
	    AGREES(FALSE, OLD), AGREES(DOUBTED, 2) }, false, false },
	{ "one that was found false, and two others", 3,
	    { VOTER(FALSE, OLD), AGREES(DOUBTED, 2), AGREES(DOUBTED, 1) },
	    true, true },
	{ "new ones", 3, { AGREES(NEW, 2), AGREES(NEW, 2), VOTER(FITS, 0) },
	    false, false },
	{ "those that have no vote", 3, { NO_VOTE(INSISTS, 3),
	    NO_VOTE(INSISTS, 3), VOTER(FITS, 0) }, false, false },
	{ "those that have no vote do not count against it, either", 3,
	    { NO_VOTE(FITS, 0), NO_VOTE(FITS, 0), AGREES(INSISTS, 3) },
	    true, false },
	{ "far ones with a near one that fits", 4, { IS_WIDE(INSISTS, 3),
	    IS_WIDE(INSISTS, 3), IS_WIDE(INSISTS, 3), AGREES(FITS, 0) },
	    true, false },
	{ "far ones, and a near one that insists", 4, { IS_WIDE(INSISTS, 3),
	    IS_WIDE(INSISTS, 3), AGREES(INSISTS, 3), VOTER(FITS, 0) },
	    true, true },
	{ "two near ones that disagree, and far ones", 4,
	    { AGREES(INSISTS, 3), AGREES(FITS, 0), IS_WIDE(INSISTS, 3),
	    IS_WIDE(INSISTS, 3) }, true, false },
};

static void
by_hand(void **arg)
{
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(cases); i++)
		if (doubt_may_be_us(cases[i].stands, cases[i].n) !=
		    cases[i].may_be_us ||
		    doubt_is_us(cases[i].stands, cases[i].n) != cases[i].is_us)
			fail_msg("%s", cases[i].name);
}

#define MOST		7

static size_t
generate(struct rng *rng, struct stand *s)
{
	size_t		 i, n = 1 + (size_t)(MOST * rng_uniform(rng));

	for (i = 0; i < n; i++) {
		s[i].votes = rng_uniform(rng) < 0.8;
		s[i].state = (enum source_state)(SOURCE_STATES *
		    rng_uniform(rng));
		s[i].surprises = s[i].state == DOUBTED ?
		    1 + (unsigned)(2 * rng_uniform(rng)) :
		    s[i].state == FITS ? 0 : (unsigned)(5 * rng_uniform(rng));
		s[i].agrees = s[i].votes && rng_uniform(rng) < 0.7;
		s[i].counts = s[i].agrees && rng_uniform(rng) < 0.7;
		s[i].ahead = rng_uniform(rng) < 0.8;
	}
	return n;
}

static size_t
count_against(const struct stand *s, size_t n, bool agreed)
{
	size_t		 i, count = 0;

	for (i = 0; i < n; i++)
		count += s[i].votes && s[i].surprises > 0 &&
		    (s[i].state == DOUBTED || s[i].state == INSISTS) &&
		    (s[i].agrees || !agreed);
	return count;
}

/* It is never us but by more than half of those that vote. */
static void
never_by_a_minority(void **arg)
{
	struct stand	 s[MOST];
	struct rng	 rng;
	size_t		 i, n, run, voters, yes = 0;

	(void)arg;
	rng_seed(&rng, 2);
	for (run = 0; run < 100000; run++) {
		n = generate(&rng, s);
		for (i = 0, voters = 0; i < n; i++)
			voters += s[i].votes;
		if (doubt_may_be_us(s, n))
			assert_true(2 * count_against(s, n, false) > voters);
		if (!doubt_is_us(s, n))
			continue;
		yes++;
		assert_true(2 * count_against(s, n, true) > voters);
		assert_true(doubt_may_be_us(s, n));
	}
	assert_in_range(yes, 1000, run);
}

/* Another that fits, is false or is new never makes it our clock. */
static void
no_witness_by_silence(void **arg)
{
	static const enum source_state others[] = { FITS, FALSE, NEW };
	struct stand	 s[MOST + 1];
	struct rng	 rng;
	size_t		 n, run;

	(void)arg;
	rng_seed(&rng, 3);
	for (run = 0; run < 100000; run++) {
		n = generate(&rng, s);
		s[n] = (struct stand){ .votes = true,
		    .state = others[run % COUNT(others)], .agrees = true };
		assert_true(doubt_may_be_us(s, n) ||
		    !doubt_may_be_us(s, n + 1));
		assert_true(doubt_is_us(s, n) || !doubt_is_us(s, n + 1));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_and_event),
		cmocka_unit_test(every_state_is_left),
		cmocka_unit_test(three_answers_decide),
		cmocka_unit_test(doubt_is_short),
		cmocka_unit_test(by_hand),
		cmocka_unit_test(never_by_a_minority),
		cmocka_unit_test(no_witness_by_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
