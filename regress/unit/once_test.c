/*
 * ntpd -q and -Q: what ends them, and with which status.
 */
#include <string.h>

#include "ntpd/parent/once.h"
#include "regress/unit/unit.h"

static const struct instant begun = { 1000 };

/* Quality of a clock that is OFF s behind, with an error of 1 ms. */
static struct clock_quality
quality(uint8_t synchronized, double off, double maxerror)
{
	return (struct clock_quality){ .synchronized = synchronized,
	    .offset = off, .esterror = off + 1e-3, .maxerror = maxerror };
}

static const struct {
	const char	*name;
	enum once_mode	 mode;
	uint8_t		 synchronized;
	double		 off, maxerror;
	bool		 ends;
} cases[] = {
	{ "a daemon goes on", ONCE_NOT, 1, 0, 0.1, false },
	{ "synchronized: it is set", ONCE_SET, 1, 0, 0.1, true },
	{ "not yet set", ONCE_SET, 0, 2.5, 2.6, false },
	{ "known is enough to say it", ONCE_SHOW, 0, 2.5, 2.6, true },
	{ "years off is known, too", ONCE_SHOW, 0, 3e7, 16, true },
	{ "nothing is known", ONCE_SHOW, 0, 0, 16, false }
};

static void
what_ends_it(void **state)
{
	struct clock_quality q;
	struct once	 o;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		once_begin(&o, cases[i].mode, begun);
		q = quality(cases[i].synchronized, cases[i].off,
		    cases[i].maxerror);
		once_take(&o, &q);
		if (o.done != cases[i].ends || o.status != 0)
			fail_msg("%s: %d", cases[i].name, o.done);
	}
}

static void
patience_ends(void **state)
{
	struct once	 o;

	(void)state;
	once_begin(&o, ONCE_SET, begun);
	once_check(&o, instant_add(begun, 60));
	assert_false(o.done);
	once_check(&o, instant_add(begun, 66));
	assert_true(o.done);
	assert_int_equal(o.status, 1);
	once_begin(&o, ONCE_NOT, begun);
	once_check(&o, instant_add(begun, 1e9));
	assert_false(o.done);
}

static void
a_quiet_configuration(void **state)
{
	struct config	 conf;

	(void)state;
	memset(&conf, 0, sizeof(conf));
	conf.nlisteners = 3;
	strcpy(conf.socket, "/s");
	strcpy(conf.bound, "/b");
	once_configure(ONCE_NOT, &conf);
	assert_int_equal(conf.nlisteners, 3);
	once_configure(ONCE_SET, &conf);
	assert_int_equal(conf.nlisteners, 0);
	assert_string_equal(conf.socket, "/s");
	assert_string_equal(conf.bound, "");
	assert_near(conf.step.threshold, 1e-3, 1e-9);
	once_configure(ONCE_SHOW, &conf);
	assert_string_equal(conf.socket, "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_ends_it),
		cmocka_unit_test(patience_ends),
		cmocka_unit_test(a_quiet_configuration)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
