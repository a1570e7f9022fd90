/*
 * From the estimate to the clock: what is asked of the parent when all servers
 * have seen the clock change.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ntpd/engine/steer.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static struct steer	 steer;
static struct association all[MAX_ASSOCIATIONS];
static struct sync	 synced;
static struct log_limit	 limit;

/* What sync/ would say, and what the parent is asked for. */
static struct estimate	 estimate;
static unsigned		 starts;
static struct clock_slew slew;
static const struct clock_state no_steps;

/* The clock is right: what it is off is the estimate's offset. */
static const struct reading reading = { .now = 100 };

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

size_t
associations_expected(const struct association a[MAX_ASSOCIATIONS])
{
	(void)a;
	return 0;
}

static const struct {
	const char	*name;
	double		 offset;	/* s, of the clock after the change */
	bool		 start;		/* it is a new start */
	bool		 fast;		/* slewed as after one */
} changes[] = {
	{ "the room gets warm", 600e-6, false, false },
	{ "a fan", -20e-3, false, false },
	{ "not quite a pause", 0.127, false, false },
	{ "a pause", 0.129, true, true },
	{ "a long pause", 3600, true, true },
	{ "a leap second that we missed", -1, false, true },
};

/* What the engine does when the estimate has changed. */
static void
update(void)
{
	struct instant	 now = instant_now();

	steer_vote(&steer, &synced, all, false);
	starts += steer_notice_change(&steer, &synced, &reading, &limit, now);
	slew = steer_plan(&steer, &synced, &reading, &no_steps, 0,
	    false).slew;
}

/* All servers see the clock, which was right, OFFSET s off. */
static void
change(double offset)
{
	memset(&steer, 0, sizeof(steer));
	memset(&synced, 0, sizeof(synced));
	memset(all, 0, sizeof(all));
	synced.system_peer = SYNC_SOURCES;
	synced.agreed = true;
	limit = (struct log_limit){ .burst = 5, .interval = 60 };
	steer.discipline.acquired = true;
	synced.changes = 1;
	estimate = (struct estimate){ .offset = offset,
	    .offset_error = 100e-6, .round = 64,
	    .frequency_error = 1e-6 };
	starts = 0;
	update();
}

/* It is said once, and nothing is if there is no change. */
static void
a_change(void **state)
{
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(changes); i++) {
		change(changes[i].offset);
		assert_int_equal(steer.discipline.acquired,
		    fabs(changes[i].offset) < 50 * estimate.offset_error);
		update();
		if (starts != changes[i].start)
			fail_msg("%s: %u new starts", changes[i].name, starts);
		assert_int_equal(fabs(slew.rate) > 1e-3, changes[i].fast);
	}
}

static void
no_change(void **state)
{
	(void)state;
	change(3600);
	starts = 0;
	update();
	assert_int_equal(starts, 0);
}

/* Who is too far from the root is not synchronized, however exact. */
static void
too_far_from_the_root(void **state)
{
	static const struct reading r = { .now = 100 };
	struct ntp_packet *last = &steer.peer.last;

	(void)state;
	change(0);
	steer.peer.known = true;
	last->stratum = 1;
	last->root_dispersion =
	    ntpshort_from_seconds(SYNC_MAX_DISTANCE - 0.1);
	assert_true(steer_believed(&steer, &synced, all, &r).synchronized);
	last->root_delay = ntpshort_from_seconds(0.3);
	assert_false(steer_believed(&steer, &synced, all, &r).synchronized);
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
	assert_true(slew.rate > 0 && slew.rate < 10e-6);
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
	struct reading	 r = { .now = 100 };
	uint8_t		 leap;
	size_t		 i, j;

	(void)state;
	for (i = 0; i < COUNT(votes); i++) {
		change(0);
		steer.peer.known = true;
		steer.peer.last.stratum = 1;
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
		update();
		r.real = votes[i].now * 1000000000;
		leap = steer_believed(&steer, &synced, all, &r).leap;
		if (leap != votes[i].announced)
			fail_msg("%s: %u", votes[i].name, leap);
	}
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

static const struct {
	const char	*name;
	double		 offset, back, forward;	/* s */
	bool		 step;
} reaches[] = {
	{ "forward", 10, 0, 10, true },
	{ "too far forward", 10.001, 1e10, 10, false },
	{ "back", -10, 10, 0, true },
	{ "too far back", -10.001, 10, 1e10, false },
	{ "not at all", 10, 0, 0, false },
	{ "below the threshold", 0.1, 1e10, 1e10, false },
};

/* Only steps that the parent would make are asked for. */
static void
steps_within_reach(void **state)
{
	struct clock_state clock = { .frequency = 0 };
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(reaches); i++) {
		change(reaches[i].offset);
		clock.step_back = reaches[i].back;
		clock.step_forward = reaches[i].forward;
		if (steer_plan(&steer, &synced, &reading, &clock, 0.128,
		    false).step != reaches[i].step)
			fail_msg("%s", reaches[i].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change),
		cmocka_unit_test(no_change),
		cmocka_unit_test(too_far_from_the_root),
		cmocka_unit_test(steps_within_reach),
		cmocka_unit_test(a_small_change_is_slewed_gently),
		cmocka_unit_test(leap_seconds_are_voted_on),
		cmocka_unit_test(who_can_synchronize_us),
	};

	return cmocka_run_group_tests_name("steer", tests, NULL, NULL);
}
