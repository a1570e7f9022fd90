/*
 * Selection: cases worked by hand; the rule of RFC 5905 11.2.1 once more, in
 * another way, on generated opinions; and what must hold for all of them.
 */
#include <math.h>
#include <string.h>

#include "ntpd/sync/select.h"
#include "regress/unit/unit.h"

#define MOST		10
#define RUNS		20000

static struct rng	 rng;

static double
uniform(double from, double to)
{
	return from + (to - from) * rng_uniform(&rng);
}

static struct opinion
opinion(double offset, double distance)
{
	return (struct opinion){ .offset = offset, .distance = distance,
	    .variance = 1, .usable = true };
}

/* Who is chosen, as a string: 'x' not, 't' truechimer, 's' survivor. */
static const char *
marks(const struct opinion *o, size_t n)
{
	static char	 text[SELECT_MAX + 1];
	size_t		 i;

	for (i = 0; i < n; i++)
		text[i] = o[i].survivor ? 's' : o[i].truechimer ? 't' : 'x';
	text[n] = '\0';
	return text;
}

/*
 * Offsets and distances, drawn:
 *
 * "the classic": A 0..10, B 1..11, C 2..12 and D 9..29 meet in 9..10.  No
 * midpoint (5, 6, 7, 19) is there.  RFC 5905 would allow one falseticker
 * then, and find all four in the end; here they agree at once.
 */
static const struct {
	const char	*name;
	size_t		 n;
	double		 offset[8], distance[8];
	const char	*truechimers;
} cases[] = {
	{ "nobody", 0, { 0 }, { 0 }, "" },
	{ "one", 1, { 5 }, { 1 }, "t" },
	{ "two that agree", 2, { 0, 1 }, { 2, 2 }, "tt" },
	{ "two that meet, but not between their midpoints", 2,
	    { 0, 3 }, { 2, 2 }, "tt" },
	{ "two apart", 2, { 0, 5 }, { 2, 2 }, "xx" },
	{ "one inside the other", 2, { 0, 1 }, { 10, 0.5 }, "tt" },
	{ "one inside the other, about the middle", 2, { 0, 0.4 }, { 10, 0.5 },
	    "tt" },
	{ "three alike", 3, { 0, 0, 0 }, { 1, 1, 1 }, "ttt" },
	{ "a liar among three", 3, { 0, 100, 1 }, { 2, 2, 2 }, "txt" },
	{ "a liar first", 3, { -100, 0, 1 }, { 2, 2, 2 }, "xtt" },
	{ "three apart", 3, { 0, 10, 20 }, { 1, 1, 1 }, "xxx" },
	{ "two against two", 4, { 0, 0, 10, 10 }, { 1, 1, 1, 1 }, "xxxx" },
	{ "two against two liars apart", 4, { 0, 0, 10, 20 }, { 1, 1, 1, 1 },
	    "xxxx" },
	{ "three against one", 4, { 0, 0.1, 9, 0.2 }, { 1, 1, 1, 1 }, "ttxt" },
	{ "three against two who agree", 5, { 0, 0.1, 0.2, 9, 9 },
	    { 1, 1, 1, 1, 1 }, "tttxx" },
	{ "three against two on both sides", 5, { -9, 0, 0.1, 0.2, 9 },
	    { 1, 1, 1, 1, 1 }, "xtttx" },
	{ "three against three", 6, { 0, 0, 0, 9, 9, 9 },
	    { 1, 1, 1, 1, 1, 1 }, "xxxxxx" },
	{ "a precise liar among vague", 3, { 0, 1, 30 }, { 20, 20, 0.001 },
	    "ttx" },
	{ "one who says nothing wrong: he is vague", 4, { 0, 0.1, 0.2, 5 },
	    { 1, 1, 1, 100 }, "tttt" },
	{ "50 us inside of 20 ms, near its end", 2, { 9e-3, 0 },
	    { 25e-6, 10e-3 }, "tt" },
	{ "50 us at the very end of 20 ms", 2, { 10.02e-3, 0 },
	    { 25e-6, 10e-3 }, "tt" },
	{ "50 us outside of 20 ms", 2, { 10.03e-3, 0 }, { 25e-6, 10e-3 },
	    "xx" },
	{ "two near, two far behind the same line", 4,
	    { 0, 10e-6, 8e-3, 8.1e-3 }, { 50e-6, 50e-6, 10e-3, 11e-3 },
	    "tttt" },
	{ "a near one against two far ones that agree", 3,
	    { 30e-3, 1e-3, 2e-3 }, { 25e-6, 10e-3, 10e-3 }, "xtt" },
	{ "the classic", 4, { 5, 6, 7, 19 }, { 5, 5, 5, 10 }, "tttt" },
	{ "the classic, the fourth further", 4, { 5, 6, 7, 22 },
	    { 5, 5, 5, 10 }, "tttx" },
	{ "ends that touch", 3, { 0, 2, 100 }, { 1, 1, 1 }, "ttx" },
};

static void
worked_by_hand(void **arg)
{
	struct opinion	 o[8];
	size_t		 i, j, n, marked;
	const char	*c;

	(void)arg;
	for (i = 0; i < COUNT(cases); i++) {
		marked = 0;
		for (c = cases[i].truechimers; *c != '\0'; c++)
			marked += *c == 't';
		for (j = 0; j < cases[i].n; j++)
			o[j] = opinion(cases[i].offset[j],
			    cases[i].distance[j]);
		n = select_truechimers(o, cases[i].n);
		if (n != marked || strcmp(marks(o, cases[i].n),
		    cases[i].truechimers) != 0)
			fail_msg("%s: %zu, %s", cases[i].name, n,
			    marks(o, cases[i].n));
	}
}

/* Opinions that are not usable neither vote nor count as voters. */
static void
the_unusable_have_no_vote(void **arg)
{
	struct opinion	 o[6];
	size_t		 i;

	(void)arg;
	for (i = 0; i < 6; i++)
		o[i] = opinion(i < 2 ? 0 : 50, 1);
	assert_int_equal(select_truechimers(o, 6), 4);
	for (i = 2; i < 6; i++)
		o[i].usable = false;
	assert_int_equal(select_truechimers(o, 6), 2);
	assert_string_equal(marks(o, 6), "ttxxxx");
	assert_int_equal(select_survivors(o, 6), 2);
	assert_string_equal(marks(o, 6), "ssxxxx");
	o[0].usable = o[1].usable = false;
	assert_int_equal(select_truechimers(o, 6), 0);
	assert_string_equal(marks(o, 6), "xxxxxx");
}

/* What was said of an earlier vote is gone, also when there is no majority. */
static void
old_marks_go(void **arg)
{
	struct opinion	 o[2] = { { .usable = false } };

	(void)arg;
	o[0] = opinion(0, 1);
	o[1] = opinion(9, 1);
	o[0].truechimer = o[0].survivor = o[1].truechimer = true;
	assert_int_equal(select_truechimers(o, 2), 0);
	assert_string_equal(marks(o, 2), "xx");
	o[1].usable = false;
	o[1].truechimer = o[1].survivor = true;
	assert_int_equal(select_truechimers(o, 2), 1);
	assert_int_equal(select_survivors(o, 2), 1);
	assert_string_equal(marks(o, 2), "sx");
}

/* ---- the rule once more, counting instead of sorting ---- */

static bool
holds(const struct opinion *o, double at)
{
	return o->usable && o->offset - o->distance <= at &&
	    at <= o->offset + o->distance;
}

static size_t
depth(const struct opinion *o, size_t n, double at)
{
	size_t		 i, d = 0;

	for (i = 0; i < n; i++)
		d += holds(&o[i], at);
	return d;
}

/* The first (SIGN -1) or last (1) end that NEED intervals hold, or NaN. */
static double
outermost(const struct opinion *o, size_t n, size_t need, double sign)
{
	double		 best = NAN, at;
	size_t		 i;

	for (i = 0; i < n; i++) {
		if (!o[i].usable)
			continue;
		at = o[i].offset + sign * o[i].distance;
		if (depth(o, n, at) >= need &&
		    (isnan(best) || sign * at > sign * best))
			best = at;
	}
	return best;
}

/* Mark as survivor, for comparison, who should be a truechimer. */
static void
by_counting(struct opinion *o, size_t n)
{
	double		 low, high;
	size_t		 i, usable = 0, allow;

	for (i = 0; i < n; i++) {
		usable += o[i].usable;
		o[i].survivor = false;
	}
	for (allow = 0; 2 * allow < usable; allow++) {
		low = outermost(o, n, usable - allow, -1);
		high = outermost(o, n, usable - allow, 1);
		if (isnan(low) || isnan(high))
			continue;
		for (i = 0; i < n; i++)
			o[i].survivor = o[i].usable &&
			    o[i].offset - o[i].distance <= high &&
			    o[i].offset + o[i].distance >= low;
		return;
	}
}

/* Up to MOST opinions; every other time on a grid, so that ends coincide. */
static size_t
generate(struct opinion *o)
{
	bool		 grid = rng_below(&rng, 2) == 0;
	size_t		 i, n = 1 + rng_below(&rng, MOST);

	for (i = 0; i < n; i++) {
		o[i] = grid ? opinion((double)rng_below(&rng, 12),
		    1 + (double)rng_below(&rng, 6)) :
		    opinion(uniform(-10, 10), uniform(0.1, 8));
		o[i].variance = uniform(0.01, 1);
		o[i].usable = rng_below(&rng, 8) != 0;
	}
	return n;
}

static void
the_same_by_counting(void **arg)
{
	struct opinion	 o[MOST];
	size_t		 i, n, run, chosen, agreed = 0;

	(void)arg;
	rng.state = 1;
	for (run = 0; run < RUNS; run++) {
		n = generate(o);
		chosen = select_truechimers(o, n);
		by_counting(o, n);
		for (i = 0; i < n; i++) {
			if (o[i].truechimer != o[i].survivor)
				fail_msg("run %zu: number %zu", run, i);
			assert_true(o[i].usable || !o[i].truechimer);
			chosen -= o[i].truechimer;
		}
		assert_int_equal(chosen, 0);
		agreed += n > 0 && o[0].truechimer;
	}
	/* The generator makes enough of either kind to mean something. */
	assert_in_range(agreed, RUNS / 10, RUNS * 9 / 10);
}

/* ---- properties ---- */

static size_t
truechimers(const struct opinion *o, size_t n)
{
	size_t		 i, count = 0;

	for (i = 0; i < n; i++)
		count += o[i].truechimer;
	return count;
}

/*
 * Truechimers are a majority.  Survivors are a majority of the usable, too, or
 * all truechimers; or else only those that are not outside survive, some near
 * ones.
 */
static void
a_majority_or_none(void **arg)
{
	struct opinion	 o[MOST];
	size_t		 i, n, run, usable, chosen, inside, left, outside;
	unsigned	 near = 0;

	(void)arg;
	rng.state = 2;
	for (run = 0; run < RUNS; run++) {
		n = generate(o);
		usable = 0;
		for (i = 0; i < n; i++)
			usable += o[i].usable;
		chosen = select_truechimers(o, n);
		assert_int_equal(chosen, truechimers(o, n));
		assert_true(chosen == 0 || 2 * chosen > usable);
		left = select_survivors(o, n);
		assert_true(left <= chosen && (left > 0) == (chosen > 0));
		inside = outside = 0;
		for (i = 0; i < n; i++) {
			assert_true(o[i].truechimer || !o[i].survivor);
			inside += o[i].truechimer && !o[i].outside;
			outside += o[i].survivor && o[i].outside;
		}
		if (left != chosen && 2 * left <= usable) {
			assert_true(left == inside && outside == 0);
			near++;
		}
		for (i = 0; i < n; i++)
			left -= o[i].survivor;
		assert_int_equal(left, 0);
	}
	assert_in_range(near, RUNS / 200, RUNS / 4);
}

/* In whatever order the opinions come, each is judged the same. */
static void
order_does_not_matter(void **arg)
{
	struct opinion	 o[MOST], shuffled[MOST];
	size_t		 from[MOST], i, j, t, n, run;

	(void)arg;
	rng.state = 3;
	for (run = 0; run < RUNS; run++) {
		n = generate(o);
		for (i = 0; i < n; i++) {
			/* Two that stand apart equally far are no case. */
			o[i].offset += uniform(-1e-6, 1e-6);
			from[i] = i;
		}
		for (i = n; i > 1; i--) {
			j = rng_below(&rng, i);
			t = from[j];
			from[j] = from[i - 1];
			from[i - 1] = t;
		}
		for (i = 0; i < n; i++)
			shuffled[i] = o[from[i]];
		assert_int_equal(select_truechimers(o, n),
		    select_truechimers(shuffled, n));
		assert_int_equal(select_survivors(o, n),
		    select_survivors(shuffled, n));
		for (i = 0; i < n; i++) {
			assert_int_equal(shuffled[i].truechimer,
			    o[from[i]].truechimer);
			assert_int_equal(shuffled[i].survivor,
			    o[from[i]].survivor);
		}
	}
}

/* Later or earlier by the same, or in other units: the same is chosen. */
static void
where_and_how_large_does_not_matter(void **arg)
{
	struct opinion	 o[MOST], moved[MOST];
	size_t		 i, n, run;
	char		 was[SELECT_MAX + 1];

	(void)arg;
	rng.state = 4;
	for (run = 0; run < RUNS; run++) {
		n = generate(o);
		for (i = 0; i < n; i++) {
			moved[i] = o[i];
			moved[i].offset = o[i].offset * 0x1p-20 + 1;
			moved[i].distance = o[i].distance * 0x1p-20;
			moved[i].variance = o[i].variance * 0x1p-40;
			/* Room for the rounding that the sum brings. */
			o[i].offset = (moved[i].offset - 1) * 0x1p20;
		}
		select_truechimers(o, n);
		select_survivors(o, n);
		memcpy(was, marks(o, n), n + 1);
		select_truechimers(moved, n);
		select_survivors(moved, n);
		assert_string_equal(was, marks(moved, n));
	}
}

/*
 * GOOD servers that are right: true time, 0, is in their intervals.  And a
 * minority of liars of any width, alone or together.  Returns how many.
 */
static size_t
generate_liars(struct opinion *o, size_t good, bool together)
{
	double		 lie = uniform(-4, 4), width = pow(10, uniform(-4, 1));
	size_t		 i, n = good + rng_below(&rng, good);

	for (i = 0; i < n; i++) {
		if (i < good)
			o[i] = opinion(uniform(-0.5, 0.5), uniform(1, 3));
		else if (together)
			o[i] = opinion(lie + uniform(-0.1, 0.1), width);
		else
			o[i] = opinion(uniform(-4, 4), pow(10, uniform(-4, 1)));
	}
	return n;
}

/* Of how many intervals are there the most at one point, and at true time? */
static void
deepest(const struct opinion *o, size_t n, size_t good, size_t *anywhere,
    size_t *common)
{
	double		 low = outermost(o, good, good, -1);
	double		 high = outermost(o, good, good, 1), at;
	size_t		 i, d;

	*anywhere = *common = 0;
	for (i = 0; i < 2 * n; i++) {
		at = o[i / 2].offset + (i % 2 == 0 ? -1 : 1) *
		    o[i / 2].distance;
		d = depth(o, n, at);
		if (d > *anywhere)
			*anywhere = d;
		if (at >= low && at <= high && d > *common)
			*common = d;
	}
}

/*
 * Liars that do not make some wrong point deeper than what all the truechimers
 * have in common remove none of them.  If they do, they remove fewer than they
 * are: for each truechimer that goes there must be a liar in its place.
 */
static void
a_minority_removes_fewer_than_it_is(void **arg)
{
	struct opinion	 o[MOST];
	size_t		 n, run, good, anywhere, common, lost, kept = 0;

	(void)arg;
	rng.state = 5;
	for (run = 0; run < 4 * RUNS; run++) {
		good = 1 + rng_below(&rng, MOST / 2);
		n = generate_liars(o, good, run % 2 != 0);
		deepest(o, n, good, &anywhere, &common);
		assert_true(select_truechimers(o, n) >= good);
		lost = good - truechimers(o, good);
		if (common == anywhere ? lost > 0 : lost >= n - good)
			fail_msg("run %zu: %zu of %zu, %s", run, good, n,
			    marks(o, n));
		kept += common == anywhere;
	}
	assert_in_range(kept, RUNS, 4 * RUNS - 500);
}

/* Whatever a minority says, true time is where a majority reaches. */
static void
a_majority_holds_true_time(void **arg)
{
	struct opinion	 o[MOST];
	double		 low, high;
	size_t		 n, run, good, need, i;

	(void)arg;
	rng.state = 7;
	for (run = 0; run < 4 * RUNS; run++) {
		good = 1 + rng_below(&rng, MOST / 2);
		n = generate_liars(o, good, run % 2 != 0);
		if (n < MOST && run % 3 == 0) {
			o[n] = opinion(uniform(-9, 9), 1e-3);
			o[n++].usable = false;
		}
		assert_true(select_majority(o, n, &low, &high));
		assert_true(low <= 0 && high >= 0);
		for (i = 0, need = 0; i < n; i++)
			need += o[i].usable;
		need = need / 2 + 1;
		assert_true(low == outermost(o, n, need, -1));
		assert_true(high == outermost(o, n, need, 1));
	}
}

static const struct {
	const char	*name;
	size_t		 n;
	double		 offset[5], distance[5];
	bool		 any;
	double		 low, high;
} majorities[] = {
	{ "nobody", 0, { 0 }, { 0 }, false, 0, 0 },
	{ "one", 1, { 5 }, { 1 }, true, 4, 6 },
	{ "two: both", 2, { 0, 1 }, { 2, 2 }, true, -1, 2 },
	{ "two apart", 2, { 0, 5 }, { 2, 2 }, false, 0, 0 },
	{ "50 us inside of 20 ms", 2, { 9e-3, 0 }, { 25e-6, 10e-3 }, true,
	    8.975e-3, 9.025e-3 },
	{ "any two of three", 3, { 0, 3, 6 }, { 2, 2, 2 }, true, 1, 5 },
	{ "two of three, the third is apart", 3, { 0, 1, 60 }, { 2, 2, 2 },
	    true, -1, 2 },
	{ "one near, two far: the near one may lie", 3, { 0, 1, 2 },
	    { 0.1, 10, 10 }, true, -8, 11 },
	{ "three apart", 3, { 0, 10, 20 }, { 1, 1, 1 }, false, 0, 0 },
	{ "two against two", 4, { 0, 0, 9, 9 }, { 1, 1, 1, 1 }, false, 0, 0 },
	{ "three of five, two together", 5, { 0, 0.5, 1, 9, 9 },
	    { 1, 1, 1, 1, 1 }, true, 0, 1 },
};

static void
majorities_by_hand(void **arg)
{
	struct opinion	 o[5];
	double		 low, high;
	size_t		 i, j;

	(void)arg;
	for (i = 0; i < COUNT(majorities); i++) {
		for (j = 0; j < majorities[i].n; j++)
			o[j] = opinion(majorities[i].offset[j],
			    majorities[i].distance[j]);
		if (select_majority(o, majorities[i].n, &low, &high) !=
		    majorities[i].any)
			fail_msg("%s", majorities[i].name);
		if (majorities[i].any &&
		    (fabs(low - majorities[i].low) > 1e-9 ||
		    fabs(high - majorities[i].high) > 1e-9))
			fail_msg("%s: %g to %g", majorities[i].name, low,
			    high);
	}
}

/* And one of that minority who is far from all of them is not believed. */
static void
those_far_away_are_never_believed(void **arg)
{
	struct opinion	 o[MOST];
	size_t		 i, n, run, good;

	(void)arg;
	rng.state = 6;
	for (run = 0; run < RUNS; run++) {
		good = 2 + rng_below(&rng, MOST / 2 - 1);
		n = good + rng_below(&rng, good);
		for (i = 0; i < n; i++)
			o[i] = i < good ?
			    opinion(uniform(-0.5, 0.5), uniform(1, 3)) :
			    opinion((rng_below(&rng, 2) ? 1 : -1) *
			    uniform(7, 20), uniform(0.001, 3));
		assert_int_equal(select_truechimers(o, n), good);
		for (i = good; i < n; i++)
			assert_false(o[i].truechimer);
	}
}

/* As many as there can be, and one more, which has no vote. */
static void
as_many_as_there_can_be(void **arg)
{
	struct opinion	 o[SELECT_MAX + 1];
	size_t		 i;

	(void)arg;
	for (i = 0; i <= SELECT_MAX; i++)
		o[i] = opinion(i % 2 == 0 ? 0 : 0.5, 1);
	for (i = 0; i < 31; i++)
		o[2 * i].offset = 100 + (double)i;
	assert_int_equal(select_truechimers(o, SELECT_MAX), 33);
	assert_true(select_survivors(o, SELECT_MAX) >= 33);
	assert_int_equal(select_truechimers(o, SELECT_MAX + 1), 33);
}

/* ---- survivors ---- */

/* Everybody's interval is wide: the offsets alone decide. */
static const struct {
	const char	*name;
	size_t		 n;
	double		 offset[6], error[6];
	const char	*survivors;
} outliers[] = {
	{ "one", 1, { 5 }, { 1 }, "s" },
	{ "two, however far apart", 2, { 0, 50 }, { 1, 1 }, "ss" },
	{ "five alike", 5, { 0, 0, 0, 0, 0 }, { 1, 1, 1, 1, 1 }, "sssss" },
	{ "within their errors", 5, { 0, 1, -1, 0.5, 2 }, { 1, 1, 1, 1, 1 },
	    "sssss" },
	{ "one apart", 5, { 0, 0.1, -0.1, 30, 0.2 }, { 1, 1, 1, 1, 1 },
	    "sssts" },
	{ "the same, unsure of itself", 5, { 0, 0.1, -0.1, 30, 0.2 },
	    { 1, 1, 1, 20, 1 }, "sssss" },
	{ "the same, amid sure ones", 5, { 0, 0.1, -0.1, 3, 0.2 },
	    { 0.1, 0.1, 0.1, 0.1, 0.1 }, "sssts" },
	{ "sources that scatter beyond their errors", 5,
	    { -30, -15, 0, 15, 30 }, { 1, 1, 1, 1, 1 }, "sssss" },
	{ "two apart on both sides", 5, { 0, 40, 0.1, -60, 0.2 },
	    { 1, 1, 1, 1, 1 }, "ststs" },
	{ "three apart: a majority must remain", 5,
	    { 0, 0.1, 300, 3000, 30000 }, { 1, 1, 1, 1, 1 }, "ssstt" },
	{ "two that agree, and are surer than the others", 5,
	    { 0, 0.1, 10, -0.1, 10 }, { 1, 1, 0.1, 1, 0.1 }, "sstst" },
	/* Of the median 1, its own 1: together 1.414. */
	{ "within four standard errors", 3, { 0, 0, 5.6 }, { 1, 1, 1 }, "sss" },
	{ "beyond four", 3, { 0, 0, 5.7 }, { 1, 1, 1 }, "sst" },
	/* The median distance is 1, the errors next to nothing. */
	{ "within three times the spread", 5, { -1, -0.5, 0, 1, 2.98 },
	    { 1e-3, 1e-3, 1e-3, 1e-3, 1e-3 }, "sssss" },
	{ "beyond three times", 5, { -1, -0.5, 0, 1, 3.02 },
	    { 1e-3, 1e-3, 1e-3, 1e-3, 1e-3 }, "sssst" },
	{ "of three, one can go", 3, { 0, 0.1, 60 }, { 1, 1, 1 }, "sst" },
};

static void
outliers_by_hand(void **arg)
{
	struct opinion	 o[6];
	size_t		 i, j, n, want;

	(void)arg;
	for (i = 0; i < COUNT(outliers); i++) {
		want = 0;
		for (j = 0; j < outliers[i].n; j++) {
			o[j] = opinion(outliers[i].offset[j], 1e6);
			o[j].variance = outliers[i].error[j] *
			    outliers[i].error[j];
			want += outliers[i].survivors[j] != 't';
		}
		assert_int_equal(select_truechimers(o, outliers[i].n),
		    outliers[i].n);
		n = select_survivors(o, outliers[i].n);
		for (j = 0; j < outliers[i].n; j++)
			if (o[j].survivor != (outliers[i].survivors[j] != 't'))
				fail_msg("%s: %s", outliers[i].name,
				    marks(o, outliers[i].n));
		assert_int_equal(n, want);
	}
}

/* The majority is of all who vote: falsetickers make it harder to lose. */
static void
no_outlier_costs_the_majority(void **arg)
{
	struct opinion	 o[5];
	size_t		 i;

	(void)arg;
	for (i = 0; i < 5; i++)
		o[i] = opinion((double)i * 1e-3, 100);
	o[2].offset = 50;		/* apart, and still a truechimer */
	o[3].offset = 1e6;
	o[4].offset = -1e6;
	assert_int_equal(select_truechimers(o, 5), 3);
	assert_int_equal(select_survivors(o, 5), 3);
	o[4].usable = false;		/* 2 of 4 are no majority either */
	assert_int_equal(select_truechimers(o, 5), 3);
	assert_int_equal(select_survivors(o, 5), 3);
	o[3].usable = false;		/* but 2 of 3 are */
	assert_int_equal(select_truechimers(o, 5), 3);
	assert_int_equal(select_survivors(o, 5), 2);
	assert_string_equal(marks(o, 5), "sstxx");
}

/*
 * Three that are within 5 of the truth, and one or two that are right because
 * they are modest: 40 off by their own account, with this standard error.
 */
static void
the_modest_are_outside(void **arg)
{
	struct opinion	 o[5];
	size_t		 i;

	(void)arg;
	for (i = 0; i < 3; i++)
		o[i] = opinion((double)i, 5);
	o[3] = opinion(40, 50);
	o[4] = opinion(40, 50);
	o[4].variance = 20 * 20;
	assert_int_equal(select_truechimers(o, 5), 5);
	assert_int_equal(select_survivors(o, 5), 4);
	assert_string_equal(marks(o, 5), "sssts");
	/* If there is nobody else, they are better than none. */
	for (i = 0; i < 2; i++)
		o[i].outside = true;
	assert_int_equal(select_survivors(o, 2), 2);
}

/*
 * A near server and far ones that agree, behind a line of which one direction
 * is slower: all are right, and the near one knows better.  If the far ones are
 * as unsure as they are asymmetric, all count.
 */
static void
the_near_one_knows_better(void **arg)
{
	struct opinion	 o[4];
	size_t		 i;

	(void)arg;
	for (i = 0; i < 4; i++) {
		o[i] = opinion(i < 2 ? 10e-6 * (double)i : 8e-3,
		    i < 2 ? 25e-6 : 10e-3);
		o[i].variance = 1e-10;
	}
	assert_int_equal(select_truechimers(o, 4), 4);
	assert_int_equal(select_survivors(o, 4), 2);
	assert_string_equal(marks(o, 4), "sstt");
	assert_int_equal(select_truechimers(o + 1, 3), 3);
	assert_int_equal(select_survivors(o + 1, 3), 1);
	assert_string_equal(marks(o + 1, 3), "stt");
	o[2].variance = o[3].variance = 4e-6;
	assert_int_equal(select_truechimers(o, 4), 4);
	assert_int_equal(select_survivors(o, 4), 4);
}

/*
 * Four that are right, and a liar as far away whose interval only just reaches
 * theirs.  Where it ends, what all have in common does: all four are outside of
 * that, or some of them.  The liar goes all the same.
 */
static void
the_edge_of_a_lie_decides_nothing(void **arg)
{
	static const double lies[] = { 20.2, 20.5, 20.8, 21.1, 21.4, 21.7 };
	struct opinion	 o[5];
	size_t		 i, k;

	(void)arg;
	for (i = 0; i < COUNT(lies); i++) {
		o[4] = opinion(lies[i], 20.7);
		for (k = 0; k < 4; k++)
			o[k] = opinion(0.2 * (double)k - 0.3, 21);
		for (k = 0; k < 5; k++)
			o[k].variance = 0.0025;
		assert_int_equal(select_truechimers(o, 5), 5);
		assert_int_equal(select_survivors(o, 5), 4);
		assert_string_equal(marks(o, 5), "sssst");
	}
}

/*
 * The near one was near enough to the truth, and now says something that the
 * far ones refute.  Then it survives no more, and its word counts for nothing
 * against theirs.
 */
static void
the_refuted_do_not_survive(void **arg)
{
	struct opinion	 o[4];
	size_t		 i;

	(void)arg;
	for (i = 0; i < 4; i++) {
		o[i] = opinion(i < 1 ? 8e-3 : 0, i < 1 ? 25e-6 : 10e-3);
		o[i].variance = 1e-10;
	}
	assert_int_equal(select_truechimers(o, 4), 4);
	assert_int_equal(select_survivors(o, 4), 1);
	o[0].refuted = true;
	assert_int_equal(select_survivors(o, 4), 3);
	assert_string_equal(marks(o, 4), "tsss");
}

/* Not to know well what it says lets in a new one, but none that was out. */
static void
who_stood_apart_stays_out(void **arg)
{
	struct opinion	 o[5];
	size_t		 i;

	(void)arg;
	for (i = 0; i < 5; i++) {
		o[i] = opinion(0.1 * (double)i, 100);
		o[i].variance = 0.01;
	}
	o[4].offset = 20;
	o[4].variance = 36;
	assert_int_equal(select_truechimers(o, 5), 5);
	assert_int_equal(select_survivors(o, 5), 5);
	o[4].apart = true;
	assert_int_equal(select_survivors(o, 5), 4);
	assert_string_equal(marks(o, 5), "sssst");
	o[4].offset = 0.5;
	assert_int_equal(select_survivors(o, 5), 5);
}

/* Does the likely bound have to reach those that are left out? */
static void
few_against_many_are_in_conflict(void **arg)
{
	struct opinion	 o[4];
	size_t		 i;

	(void)arg;
	for (i = 0; i < 4; i++) {
		o[i] = opinion(i < 1 ? 1e-3 : 4e-3 + 1e-3 * (double)i,
		    i < 1 ? 25e-6 : 10e-3);
		o[i].variance = 1e-10;
		o[i].truechimer = true;
		o[i].survivor = i < 1;
	}
	/* One against three: 6e-3 from what the one says. */
	assert_near(select_conflict(o, 4), 6e-3, 1e-9);
	/* Two of four are not few, ... */
	o[1].survivor = true;
	assert_true(select_conflict(o, 4) == 0);
	/* ... but if the second does not know better it does not count. */
	o[1].variance = 1e-5;
	assert_near(select_conflict(o, 4), 6e-3, 1e-9);
	for (i = 1; i < 4; i++)
		o[i].survivor = true;
	assert_true(select_conflict(o, 4) == 0);
	for (i = 0; i < 4; i++)
		o[i].survivor = false;
	assert_true(select_conflict(o, 4) == 0);
}

/* When only one may go, it is not just the first found. */
static void
the_one_furthest_apart_goes_first(void **arg)
{
	struct opinion	 o[31];
	size_t		 i;

	(void)arg;
	for (i = 0; i < 17; i++)
		o[i] = opinion(0, 1000);
	o[3].offset = 100;
	o[8].offset = -130;
	o[12].offset = 90;
	for (; i < 31; i++)
		o[i] = opinion(1e6 * (double)i, 1000);
	assert_int_equal(select_truechimers(o, 31), 17);
	assert_int_equal(select_survivors(o, 31), 16);
	assert_string_equal(marks(o, 31), "sssssssstssssssssxxxxxxxxxxxxxx");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(worked_by_hand),
		cmocka_unit_test(the_unusable_have_no_vote),
		cmocka_unit_test(old_marks_go),
		cmocka_unit_test(the_same_by_counting),
		cmocka_unit_test(a_majority_or_none),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(where_and_how_large_does_not_matter),
		cmocka_unit_test(a_minority_removes_fewer_than_it_is),
		cmocka_unit_test(a_majority_holds_true_time),
		cmocka_unit_test(majorities_by_hand),
		cmocka_unit_test(those_far_away_are_never_believed),
		cmocka_unit_test(as_many_as_there_can_be),
		cmocka_unit_test(outliers_by_hand),
		cmocka_unit_test(the_modest_are_outside),
		cmocka_unit_test(the_near_one_knows_better),
		cmocka_unit_test(the_edge_of_a_lie_decides_nothing),
		cmocka_unit_test(the_refuted_do_not_survive),
		cmocka_unit_test(who_stood_apart_stays_out),
		cmocka_unit_test(few_against_many_are_in_conflict),
		cmocka_unit_test(the_one_furthest_apart_goes_first),
		cmocka_unit_test(no_outlier_costs_the_majority),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
