/*
 * Servers of which some smear a leap second: two days around one, from midnight
 * to midnight, of a machine that asks four.
 */
#include <math.h>
#include <string.h>

#include "common/ns.h"
#include "common/smear.h"
#include "ntpd/engine/smeared.h"
#include "regress/unit/unit.h"
#include "regress/unit/world.h"

#define DAY		86400.0
#define NOON		(DAY / 2)
#define MIDNIGHT	1830297600LL	/* 2028-01-01: after DAY in the world */
#define SERVERS		4
#define SEEDS		3

static struct smeared	 smeared;
static struct leap_plan	 plan;
static int		 change;	/* of the leap second that there is */
static bool		 smears[SERVERS], announces[SERVERS];
static double		 worst;		/* s, error before, now and then */
static double		 together;	/* s, when both kinds had a part last */

static void
begin(unsigned seed, size_t n_smear, double delay, double wait)
{
	size_t		 i;

	memset(&smeared, 0, sizeof(smeared));
	plan = (struct leap_plan){ .known = 1, .at = MIDNIGHT,
	    .change = (int8_t)change };
	worst = together = 0;
	begin_world(seed, 1e-9);
	w.interval = 0;
	for (i = 0; i < SERVERS; i++) {
		add_server(seed, QUEUE_EXPONENTIAL, delay * (double)(i + 1),
		    wait);
		smears[i] = i < n_smear;
		announces[i] = false;
	}
}

/* What server I tells beside UTC, if our clock goes on with it, s. */
static double
lie(size_t i)
{
	const bool	 after = w.now >= DAY;
	const double	 shift = smears[i] ?
	    smear_shift(change, w.now - DAY) : 0;

	return after && !smeared.had ? shift - change : shift;
}

static struct reading
reading(void)
{
	oscillator_run(&w.osc, w.now);
	return (struct reading){
		.now = w.now, .ahead = w.osc.offset,
		.real = MIDNIGHT * NS_PER_S + llround((w.now - DAY) * 1e9)
	};
}

/* As the engine does it. */
static void
take(size_t i, struct sample *sample)
{
	const struct reading r = reading();
	size_t		 j;

	sample->leap = announces[i] && w.now > NOON && w.now < DAY ?
	    (change > 0 ? LEAP_INSERT : LEAP_DELETE) : LEAP_NONE;
	smeared_follow(&smeared, &plan, &w.sync, &r);
	smeared_sample(&smeared, &w.sync, i, sample, &r);
	for (j = 0; j < SERVERS; j++)
		if (smeared_bars(&smeared, j))
			sync_silence(&w.sync, j);
	if (!smeared_bars(&smeared, i))
		sync_sample(&w.sync, i, sample, 0);
}

/* The clock's error, as that of those that are followed. */
static void
look(void)
{
	double		 error;
	size_t		 i, parts[2] = { 0 };

	for (i = 0; i < SERVERS; i++)
		if (sync_takes_part(&w.sync, i))
			parts[smears[i]]++;
	if (parts[0] > 0 && parts[1] > 0 && w.now < DAY + NOON)
		together = w.now;
	if (!sync_ready(&w.sync) || w.now < NOON / 2)
		return;
	error = off() - (parts[1] > parts[0] ? lie(0) :
	    smeared.had || w.now < DAY ? 0 : -change);
	if (w.now < DAY - 60 || w.now > DAY + 60)
		worst = fmax(worst, fabs(error));
}

static void
wait_after(size_t i)
{
	size_t		 k;

	w.next[i] = w.now + (++w.asked[i] < 8 ? 2 : 0.9 *
	    sync_poll(&w.sync, w.now, LEAST_POLL, MOST_POLL));
	if (!sync_in_doubt(&w.sync, i))
		return;
	for (k = 0; k < SERVERS; k++)
		if (k == i || sync_can_settle(&w.sync, k))
			w.next[k] = fmin(w.next[k], fmax(w.last[k] +
			    LEAST_POLL, w.now + 1));
}

static void
run_until(double end)
{
	struct sample	 sample;
	size_t		 i;

	while ((i = whose_turn()) < SERVERS && w.next[i] < end) {
		w.now = w.last[i] = w.next[i];
		w.paths[i].lie = lie(i);
		if (path_ask(&w.paths[i], &w.osc, w.now, &sample))
			take(i, &sample);
		look();
		wait_after(i);
	}
	w.now = end;
}

static const struct path_kind {
	const char	*name;
	double		 delay, wait;	/* s */
	double		 known;		/* s, after noon: who smears */
	double		 worst;		/* s */
} paths[] = {
	{ "near", 0.3e-3, 20e-6, 1200, 20e-3 },
};

/* Two days in which N of the servers smear. */
static void
two_days(unsigned seed, size_t n, const struct path_kind *p)
{
	const enum smeared_state expected = n == SERVERS ? SMEARED_FOLLOWED :
	    SMEARED_APART;
	size_t		 i;

	begin(seed, n, p->delay, p->wait);
	run_until(DAY - 1);
	assert_int_equal(smeared.state, expected);
	run_until(DAY);
	if (smeared.state != SMEARED_FOLLOWED)
		smeared_leapt(&smeared);
	run_until(DAY + NOON - 60);
	assert_int_equal(smeared.state, expected);
	assert_true(together < NOON + p->known);
	run_until(2 * DAY);
	assert_int_equal(smeared.state, SMEARED_NONE);
	assert_true(worst < p->worst);
	for (i = 0; i < SERVERS; i++)
		assert_true(tally(i) >= OUTLIER);
}

static void
of_four_some_smear(void **arg)
{
	unsigned	 seed;
	size_t		 i, n;

	(void)arg;
	for (i = 0; i < COUNT(paths); i++)
		for (n = 0; n <= SERVERS; n++)
			for (change = -1; change <= 1; change += 2)
				for (seed = 1; seed <= SEEDS; seed++)
					two_days(seed, n, &paths[i]);
}

/* Without a list, it is as those say that do not smear. */
static void
as_announced(void **arg)
{
	size_t		 i;

	(void)arg;
	for (change = -1; change <= 1; change += 2) {
		begin(1, 2, 0.3e-3, 20e-6);
		plan.known = 0;
		for (i = 0; i < SERVERS; i++)
			announces[i] = !smears[i];
		run_until(DAY - 1);
		assert_int_equal(smeared.state, SMEARED_APART);
		assert_int_equal(smeared.change, change);
		for (i = 0; i < SERVERS; i++)
			assert_int_equal(smeared_bars(&smeared, i), smears[i]);
	}
}

/* One announces what nobody has. */
static void
false_announcement(void **arg)
{
	size_t		 i;

	(void)arg;
	change = 0;
	begin(1, 0, 0.3e-3, 20e-6);
	plan.known = 0;
	announces[1] = true;
	run_until(DAY + NOON - 60);
	for (i = 0; i < SERVERS; i++) {
		assert_false(smeared_bars(&smeared, i));
		assert_true(tally(i) >= OUTLIER);
	}
	assert_true(worst < 1e-3);
}

/* By the list there is none, whoever announces one. */
static void
none_by_the_list(void **arg)
{
	(void)arg;
	change = 0;
	begin(1, 0, 0.3e-3, 20e-6);
	announces[0] = announces[1] = announces[2] = true;
	run_until(DAY - 1);
	assert_int_equal(smeared.state, SMEARED_NONE);
}

/* The oscillator changes its pace at noon: that is not taken for a smear. */
static void
warmer_at_noon(void **arg)
{
	(void)arg;
	change = 1;
	begin(1, 0, 0.3e-3, 20e-6);
	run_until(NOON);
	w.osc.frequency += 3e-6;
	run_until(DAY - 1);
	assert_int_not_equal(smeared.state, SMEARED_FOLLOWED);
	assert_true(worst < 1e-3);
}

/* The clock was set at noon: what it was before tells nothing. */
static void
jump_at_noon(void **arg)
{
	(void)arg;
	change = 1;
	begin(1, 3, 0.3e-3, 20e-6);
	run_until(NOON);
	smeared_lost(&smeared);
	run_until(DAY - 1);
	assert_int_equal(smeared.state, SMEARED_WATCHING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_four_some_smear),
		cmocka_unit_test(as_announced),
		cmocka_unit_test(false_announcement),
		cmocka_unit_test(none_by_the_list),
		cmocka_unit_test(warmer_at_noon),
		cmocka_unit_test(jump_at_noon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
