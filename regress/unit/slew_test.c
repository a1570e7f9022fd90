/*
 * What the kernel's loop is given for a slew.  The loop here is like the one of
 * the kernel: it loses a fraction of a nanosecond of what it is given.
 */
#include <math.h>

#include "common/ns.h"
#include "ntpd/clock/slew.h"
#include "regress/unit/unit.h"

#define ROUNDING	1e-9	/* s, that the kernel's figures are off */

static struct slew	 slew;

static int
setup(void **arg)
{
	(void)arg;
	slew = (struct slew){ .real = 10 * NS_PER_S };
	return 0;
}

/* The slew begins at REAL, in a second in which the loop has done nothing. */
static void
begin_at(double real, double by)
{
	(void)slew_look(&slew, slew.in_loop - copysign(ROUNDING, slew.in_loop),
	    (int64_t)(real * NS_PER_S));
	slew_begin(&slew, by, 1);
	slew_given(&slew, slew_portion(&slew));
}

/*
 * Several servers answer within one second, and each answer begins the slew
 * anew: nothing was corrected yet, so all of it is still to be done.
 */
static void
begun_again_in_the_same_second(void **arg)
{
	double		 real;

	(void)arg;
	for (real = 10.13; real < 10.2; real += 0.02) {
		begin_at(real, 0.002);
		assert_near(slew.left, 0.002, 1e-8);
	}
	for (real = 10.3; real < 10.4; real += 0.02) {
		begin_at(real, -0.0001);
		assert_near(slew.left, -0.0001, 1e-8);
	}
}

/* What the loop does in the rest of a second is part of what is asked for. */
static void
begun_again_in_the_next_second(void **arg)
{
	double		 given, in_loop;

	(void)arg;
	begin_at(10.5, 0.05);
	given = slew.in_loop;
	in_loop = given * 3 / 4;	/* K is 4 */
	(void)slew_look(&slew, in_loop, 11 * NS_PER_S + NS_PER_S / 2);
	assert_near(slew.chunk, given / 4, 1e-8);
	slew_begin(&slew, 0.05, 1);
	assert_near(slew.left, 0.05 - given / 8 / (1 + given / 4), 1e-6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(begun_again_in_the_same_second, setup),
		cmocka_unit_test_setup(begun_again_in_the_next_second, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
