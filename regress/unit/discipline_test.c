/*
 * Clock discipline: whatever the estimate and the offset are, the plan is one
 * that corrects the offset and that the parent's policy accepts.
 */
#include <math.h>

#include "ntpd/clock/policy.h"
#include "ntpd/sync/discipline.h"
#include "regress/unit/paths.h"
#include "regress/unit/unit.h"

#define THRESHOLD	0.128
#define SAMPLES		40000

static const double offsets[] = {
	0, 1e-9, 1e-6, 1e-4, 1e-3, 0.01, 0.1, 0.127999, 0.128, 0.1280000001,
	0.128001, 0.13, 0.2, 0.5, 1, 10, 1000, 8000, 8641, 1e5, 1e6, 1.8e9
};

static const double errors[] = { 1e-9, 1e-6, 1e-4, 1e-3, 0.1, 10 };

static const double frequency_errors[] = { 1e-12, 1e-9, 1e-7, 1e-5, 1e-3 };

typedef void	 check_fn(const struct plan *plan, double offset, bool settled);

/*
 * Call CHECK with the plan for every combination of these, both ways.  SETTLED:
 * the clock has been right before.
 */
static void
plans_when(bool settled, enum discipline_means means, check_fn *check)
{
	struct discipline d = { .settled = settled };
	struct estimate	 e = { .wander = 1e-9 };
	struct plan	 plan;
	double		 offset;
	size_t		 i, n;

	n = COUNT(offsets) * COUNT(errors) * COUNT(frequency_errors);
	for (i = 0; i < 4 * n; i++) {
		offset = offsets[i / 4 % COUNT(offsets)];
		if (i % 2 == 1)
			offset = -offset;
		e.offset_error = errors[i / 4 / COUNT(offsets) %
		    COUNT(errors)];
		e.frequency_error = frequency_errors[i / 4 / COUNT(offsets) /
		    COUNT(errors)];
		e.frequency = offset * 0.5e-3;
		if (i % 4 < 2)		/* a start; else as it came to be */
			d = (struct discipline){ .settled = settled };
		plan = discipline_plan(&d, &e, offset, means, THRESHOLD);
		check(&plan, offset, settled);
	}
}

static void
every_plan(enum discipline_means means, check_fn *check)
{
	plans_when(false, means, check);
	plans_when(true, means, check);
}

static void
check_slew(const struct plan *plan, double offset, bool settled)
{
	double		 rate = fabs(plan->slew), done;

	assert_false(plan->step);
	assert_true(plan->offset == offset);
	assert_true(isfinite(plan->slew));
	assert_true(plan->duration >= 0);
	if (rate > DISCIPLINE_FAST_SLEW)
		fail_msg("%g s: %g s/s", offset, plan->slew);
	if (settled && fabs(offset) <= STEPT &&
	    rate > DISCIPLINE_MAX_SLEW)
		fail_msg("%g s: %g s/s", offset, plan->slew);
	/* Never the wrong way, never more than is to be done ... */
	done = plan->slew * plan->duration;
	if (done * offset < 0 || fabs(done) > fabs(offset) * (1 + 1e-12))
		fail_msg("%g s: corrects %g s", offset, done);
	/* ... and all of it, unless that takes longer than a slew may. */
	if (plan->duration < POLICY_MAX_SLEW_TIME &&
	    fabs(done) < fabs(offset) * (1 - 1e-12))
		fail_msg("%g s: corrects %g s", offset, done);
}

static void
slews_correct_the_offset(void **arg)
{
	(void)arg;
	every_plan(DISCIPLINE_SLEW, check_slew);
}

/* The policy's bounds, as policy.h states them. */
static void
check_policy(const struct plan *plan, double offset, bool settled)
{
	double		 rate = fabs(plan->slew);

	assert_true(fabs(plan->frequency) <= POLICY_MAX_FREQUENCY);
	assert_true(rate <= POLICY_MAX_SLEW_LARGE);
	if (settled && rate > POLICY_MAX_SLEW_SMALL &&
	    rate * plan->duration < STEPT)
		fail_msg("%.12f s: too fast: %g for %g s", offset, plan->slew,
		    plan->duration);
	if (plan->duration > POLICY_MAX_SLEW_TIME)
		fail_msg("%g s: too long: %g s", offset, plan->duration);
}

static void
the_policy_accepts_them(void **arg)
{
	(void)arg;
	every_plan(DISCIPLINE_SLEW, check_policy);
}

/* Right above the boundary between slow and fast, all the way. */
static void
just_large_offsets(void **arg)
{
	struct discipline d;
	struct estimate	 e = { .offset_error = 1e-6, .frequency_error = 1e-9 };
	struct plan	 plan;
	double		 offset = STEPT;
	int		 i;

	(void)arg;
	for (i = 0; i < 10000; i++) {
		offset = nextafter(offset, 1);
		if (i % 2 == 0)
			offset += 1e-7;
		d = (struct discipline){ .settled = true };
		plan = discipline_plan(&d, &e, offset, DISCIPLINE_SLEW,
		    THRESHOLD);
		check_slew(&plan, offset, true);
		check_policy(&plan, offset, true);
		plan = discipline_plan(&d, &e, -offset, DISCIPLINE_SLEW,
		    THRESHOLD);
		check_slew(&plan, -offset, true);
		check_policy(&plan, -offset, true);
	}
}

static void
check_step(const struct plan *plan, double offset, bool settled)
{
	if (plan->step != (fabs(offset) > THRESHOLD)) {
		if (fabs(offset) != THRESHOLD)	/* both do for exactly that */
			fail_msg("%.10f s: step %d", offset, plan->step);
	}
	if (plan->step)
		assert_true(plan->offset == offset);
	else
		check_slew(plan, offset, settled);
}

/* It steps when it may and the offset is over the threshold; else never. */
static void
steps_only_when_allowed(void **arg)
{
	(void)arg;
	every_plan(DISCIPLINE_STEP, check_step);
}

static void
check_nothing(const struct plan *plan, double offset, bool settled)
{
	(void)settled;
	assert_false(plan->step);
	assert_true(plan->offset == offset);
	assert_true(plan->slew == 0 && plan->duration == 0);
	assert_true(fabs(plan->frequency) <= DISCIPLINE_MAX_FREQUENCY);
	if (fabs(offset) < 100)		/* see plans_when() */
		assert_true(plan->frequency == offset * 0.5e-3);
}

/* An offset that is waited for is left alone.  The frequency is not. */
static void
what_is_waited_for_is_left_alone(void **arg)
{
	(void)arg;
	every_plan(DISCIPLINE_NOTHING, check_nothing);
}

static const struct {
	const char	*name;
	double		 offset;	/* s */
	bool		 settled, acquired;
	double		 rate;		/* s/s */
} starts[] = {
	{ "1 ms at a start", 1e-3, false, false, 1e-3 },
	{ "20 ms at a start", -20e-3, false, false, 20e-3 },
	{ "120 ms at a start", 0.12, false, false, 0.1 },
	{ "10 s at a start", -10, false, false, 0.1 },
	{ "120 ms, set by somebody", 0.12, true, false, 500e-6 },
	{ "10 s, confirmed", 10, true, false, 0.1 },
	{ "1 ms, once its error was reached", 1e-3, false, true, 5e-7 },
};

/*
 * Until the clock was right for the first time nobody measures intervals by it:
 * the fastest slew is for any offset.
 */
static void
a_start_is_fast(void **arg)
{
	struct estimate	 e = { .offset_error = 50e-6, .frequency_error = 1e-7 };
	struct discipline d;
	struct plan	 plan;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(starts); i++) {
		d = (struct discipline){ .settled = starts[i].settled,
		    .acquired = starts[i].acquired };
		plan = discipline_plan(&d, &e, starts[i].offset,
		    DISCIPLINE_SLEW, THRESHOLD);
		if (!(fabs(fabs(plan.slew) - starts[i].rate) <
		    1e-9 * starts[i].rate))
			fail_msg("%s: %g s/s", starts[i].name, plan.slew);
		check_slew(&plan, starts[i].offset, starts[i].settled);
	}
}

static void
the_threshold_is_the_configured(void **arg)
{
	static const double thresholds[] = { 0, 0.01, 1, 3600 };
	struct discipline d = { .acquired = false };
	struct estimate	 e = { .offset_error = 1e-6, .frequency_error = 1e-9 };
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(thresholds); i++) {
		assert_true(discipline_plan(&d, &e, thresholds[i] + 1e-3,
		    DISCIPLINE_STEP, thresholds[i]).step);
		assert_true(discipline_plan(&d, &e, -thresholds[i] - 1e-3,
		    DISCIPLINE_STEP, thresholds[i]).step);
		assert_false(discipline_plan(&d, &e, thresholds[i] - 1e-3,
		    DISCIPLINE_STEP, thresholds[i]).step && thresholds[i] > 0);
		assert_false(discipline_plan(&d, &e, thresholds[i] + 1e-3,
		    DISCIPLINE_SLEW, thresholds[i]).step);
	}
}

static const struct {
	double		 estimate, base;	/* s/s */
} frequencies[] = {
	{ 0, 0 }, { 23e-6, 23e-6 }, { -23e-6, -23e-6 }, { 501e-6, 501e-6 },
	{ -9e-3, -9e-3 }, { 0.1, 0.1 }, { -0.1, -0.1 }, { 0.101, 0.1 },
	{ -0.101, -0.1 }, { 1, 0.1 }, { -1e300, -0.1 }
};

static void
the_frequency_is_the_estimated(void **arg)
{
	struct discipline d = { .acquired = false };
	struct estimate	 e = { .offset_error = 1e-6, .frequency_error = 1e-9 };
	double		 base;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(frequencies); i++) {
		e.frequency = frequencies[i].estimate;
		base = frequencies[i].base;
		assert_true(discipline_plan(&d, &e, 1e-6,
		    DISCIPLINE_SLEW, THRESHOLD).frequency == base);
		assert_true(discipline_plan(&d, &e, 1,
		    DISCIPLINE_STEP, THRESHOLD).frequency == base);
	}
}

/* Half an hour of following the plans brings the offset down to its error. */
static void
following_the_plans_converges(void **arg)
{
	static const double from[] = { 1e-3, -0.1, 0.127, -0.129, 1, -100 };
	struct discipline d;
	struct estimate	 e = { .offset_error = 20e-6, .frequency_error = 1e-8 };
	struct plan	 plan;
	double		 offset, t, dt;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(from); i++) {
		d = (struct discipline){ .settled = true };
		offset = from[i];
		for (t = 0; t < 2000; t += 16) {
			plan = discipline_plan(&d, &e, offset,
			    DISCIPLINE_SLEW, THRESHOLD);
			dt = fmin(16, plan.duration);
			offset -= plan.slew * dt;
		}
		if (fabs(offset) > 3.5 * e.offset_error)
			fail_msg("%g s is %g s at the end", from[i],
			    offset);
	}
}

static const struct {
	const char	*name;
	double		 share;	/* of the variance of the frequency */
	double		 left;	/* RMS offset, by age * error of the latter */
	double		 spacing; /* s, of samples */
	struct estimate	 e;
} steady[] = {
	{ "once a minute", 0.89, 1.13, 64,
	    { .frequency_error = 30e-9, .age = 600, .wander = 1e-9 } },
	{ "four servers once a minute", 0.69, 1.03, 16,
	    { .frequency_error = 30e-9, .age = 1000, .wander = 1e-9 } },
	{ "seldom", 1.23, 1.38, 300,
	    { .frequency_error = 50e-9, .age = 300, .wander = 1e-9 } },
	{ "four servers seldom", 0.94, 1.13, 250,
	    { .frequency_error = 50e-9, .age = 1500, .wander = 1e-9 } },
	{ "restless", 1.33, 1.11, 170,
	    { .frequency_error = 220e-9, .age = 290, .wander = 5e-9 } }
};

/*
 * In the long run, when each sample takes from the estimate's variance what the
 * prediction has lost since the one before, the corrections disturb the rate by
 * less than the frequency is unknown; by more when samples are half as far
 * apart as a correction is long.  What is not corrected yet is, in the
 * estimate's age, 1.4 times what the frequency's error adds up to, at most.
 */
static void
corrections_disturb_less_than_is_unknown(void **arg)
{
	struct discipline d = { .acquired = true, .settled = true };
	double		 offset, spacing, v, q, jump, rates, offsets_left, t;
	double		 share, left;
	struct estimate	 e;
	struct plan	 plan;
	struct rng	 rng;
	size_t		 i, n;

	(void)arg;
	rng_seed(&rng, 1);
	for (i = 0; i < COUNT(steady); i++) {
		e = steady[i].e;
		spacing = steady[i].spacing;
		v = e.frequency_error * e.frequency_error;
		q = e.wander * e.wander;
		jump = sqrt(spacing * (2 * e.age * v + spacing *
		    (v + q * spacing / 3)));
		e.offset_error = jump;
		offset = rates = offsets_left = 0;
		for (n = 0; n < SAMPLES; n++) {
			offset += jump * rng_normal(&rng);
			plan = discipline_plan(&d, &e, offset,
			    DISCIPLINE_SLEW, THRESHOLD);
			t = fmin(spacing, plan.duration);
			rates += plan.slew * plan.slew * t / spacing;
			offset -= plan.slew * t / 2;
			offsets_left += offset * offset;
			offset -= plan.slew * t / 2;
		}
		share = rates / SAMPLES / v;
		left = sqrt(offsets_left / SAMPLES / v) / e.age;
		if (!(fabs(share - steady[i].share) < 0.1 &&
		    fabs(left - steady[i].left) < 0.05))
			fail_msg("%s: rate %.3f, offset %.3f", steady[i].name,
			    share, left);
	}
}

/* How long the correction of OFFSET takes that D plans by E, s. */
static double
correction_time(struct discipline *d, const struct estimate *e, double offset)
{
	return discipline_plan(d, e, offset, DISCIPLINE_SLEW,
	    THRESHOLD).duration;
}

/*
 * The age jumps up and down from sample to sample: corrections take nearly the
 * same time even so.  When it is another one for good, they soon take another.
 */
static void
corrections_take_a_steady_time(void **arg)
{
	struct discipline d = { .acquired = true, .settled = true };
	struct estimate	 e = { .offset_error = 10e-6, .frequency_error = 1e-7 };
	double		 t, least = INFINITY, most = 0;
	size_t		 i;

	(void)arg;
	for (i = 0; i < 100; i++) {
		e.age = i % 2 == 0 ? 300 : 1200;
		t = correction_time(&d, &e, 1e-6);
		if (i < 20)
			continue;
		least = fmin(least, t);
		most = fmax(most, t);
	}
	assert_true(most < 1.5 * least);
	e.age = 60;
	for (i = 0; i < 10; i++)
		t = correction_time(&d, &e, 1e-6);
	assert_true(t < least / 5);
}

/* Where the offset is known badly, there is no haste to correct it. */
static void
what_is_known_badly_is_corrected_slowly(void **arg)
{
	struct discipline d = { .acquired = true, .settled = true };
	struct estimate	 e = { .offset_error = 10e-6, .frequency_error = 1e-7,
	    .age = 100 };
	double		 t = correction_time(&d, &e, 10e-6);

	(void)arg;
	e.offset_error = 100e-6;
	assert_true(correction_time(&d, &e, 10e-6) > 5 * t);
}

/*
 * However an offset came to be, correcting it does not disturb the rate by much
 * more than that is unknown by; unless it would be kept for too long.
 */
static void
no_correction_is_a_disturbance(void **arg)
{
	struct discipline d = { .acquired = true, .settled = true };
	struct estimate	 e = { .offset_error = 50e-6 };
	struct plan	 plan;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(frequency_errors); i++) {
		e.frequency_error = frequency_errors[i];
		plan = discipline_plan(&d, &e, 2e-3, DISCIPLINE_SLEW,
		    THRESHOLD);
		assert_true(d.acquired);
		assert_true(plan.slew <= fmax(1e-6, 5 * e.frequency_error));
		plan = discipline_plan(&d, &e, -2e-3, DISCIPLINE_SLEW,
		    THRESHOLD);
		assert_true(-plan.slew <= fmax(1e-6, 5 * e.frequency_error));
	}
}

static const struct {
	const char	*name;
	double		 offset, error;	/* s */
	bool		 changed, fast;
} lost[] = {
	{ "a fan", 2e-3, 10e-6, true, true },
	{ "a fan, and a far server", -2e-3, 100e-6, true, false },
	{ "a draught", 50e-6, 10e-6, true, false },
	{ "a pause", 0.1, 1e-3, true, true },
	{ "hours without an answer", -2e-3, 10e-6, false, false },
	{ "somebody has set the clock", 30e-3, 10e-6, false, true },
	{ "somebody has set the clock back", -30e-3, 100e-6, false, true }
};

/*
 * Unless the clock is not what it was.  How far it is beyond its error may not
 * be known at once.
 */
static void
a_lost_clock_is_corrected_fast(void **arg)
{
	struct discipline d;
	struct estimate	 e = { .frequency_error = 1e-7 };
	struct plan	 plan;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(lost); i++) {
		d = (struct discipline){ .acquired = true, .settled = true,
		    .changed = lost[i].changed };
		e.offset_error = fabs(lost[i].offset) / 10;
		plan = discipline_plan(&d, &e, lost[i].offset,
		    DISCIPLINE_SLEW, THRESHOLD);
		assert_true(d.acquired);
		e.offset_error = lost[i].error;
		plan = discipline_plan(&d, &e, lost[i].offset,
		    DISCIPLINE_SLEW, THRESHOLD);
		if (lost[i].fast != (fabs(plan.slew) == DISCIPLINE_MAX_SLEW))
			fail_msg("%s: slewed at %g", lost[i].name, plan.slew);
		discipline_plan(&d, &e, 0, DISCIPLINE_SLEW, THRESHOLD);
		assert_true(d.acquired && !d.changed);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(slews_correct_the_offset),
		cmocka_unit_test(the_policy_accepts_them),
		cmocka_unit_test(just_large_offsets),
		cmocka_unit_test(steps_only_when_allowed),
		cmocka_unit_test(what_is_waited_for_is_left_alone),
		cmocka_unit_test(a_start_is_fast),
		cmocka_unit_test(the_threshold_is_the_configured),
		cmocka_unit_test(the_frequency_is_the_estimated),
		cmocka_unit_test(following_the_plans_converges),
		cmocka_unit_test(corrections_disturb_less_than_is_unknown),
		cmocka_unit_test(corrections_take_a_steady_time),
		cmocka_unit_test(what_is_known_badly_is_corrected_slowly),
		cmocka_unit_test(no_correction_is_a_disturbance),
		cmocka_unit_test(a_lost_clock_is_corrected_fast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
