/*
 * Trust: which servers have a part in the time, by what the configuration says
 * of all of them.
 */
#include <stdio.h>
#include <string.h>

#include "ntpd/engine/trust.h"
#include "regress/unit/unit.h"

/*
 * Servers, a letter each: '-' not authenticated, 'K' with a key, 'N' with NTS,
 * 't' trusted.  A 'b' below it is one that is barred.
 */
static const struct {
	const char	*name;
	enum authentication mode;
	const char	*servers;
	const char	*barred;
} cases[] = {
	{ "prefer, nobody is",	AUTHENTICATION_PREFER,	"---", "   " },
	{ "prefer, a key",	AUTHENTICATION_PREFER,	"-K-", "b b" },
	{ "prefer, NTS",	AUTHENTICATION_PREFER,	"N--", " bb" },
	{ "prefer, trusted",	AUTHENTICATION_PREFER,	"--t", "bb " },
	{ "prefer, some of all", AUTHENTICATION_PREFER,	"NKt-", "   b" },
	{ "prefer, all are",	AUTHENTICATION_PREFER,	"KN",  "  " },
	{ "require, nobody is",	AUTHENTICATION_REQUIRE,	"--",  "bb" },
	{ "require, a key",	AUTHENTICATION_REQUIRE,	"K--", " bb" },
	{ "require, trusted",	AUTHENTICATION_REQUIRE,	"t-",  " b" },
	{ "mix, nobody is",	AUTHENTICATION_MIX,	"--",  "  " },
	{ "mix, a key",		AUTHENTICATION_MIX,	"K-t", "   " },
	{ "an unknown one",	(enum authentication)7,	"K-",  " b" },
	{ "no server",		AUTHENTICATION_PREFER,	"",    "" }
};

static void
set_server(struct config_server *conf, char letter)
{
	conf->auth = letter == 'K' ? AUTH_KEY :
	    letter == 'N' ? AUTH_NTS : AUTH_NONE;
	conf->trusted = letter == 't';
}

static void
the_configuration_decides(void **state)
{
	static struct hosts hosts;
	size_t		 c, i;

	(void)state;
	for (c = 0; c < COUNT(cases); c++) {
		memset(&hosts, 0, sizeof(hosts));
		hosts.n = strlen(cases[c].servers);
		for (i = 0; i < hosts.n; i++) {
			set_server(&hosts.list[i].conf, cases[c].servers[i]);
			hosts.list[i].barred = true;	/* as before */
		}
		trust_configure(&hosts, cases[c].mode);
		for (i = 0; i < hosts.n; i++)
			if (hosts.list[i].barred !=
			    (cases[c].barred[i] == 'b'))
				fail_msg("%s: server %zu", cases[c].name, i);
	}
}

/* Nobody waits for those whose word does not count. */
static void
the_barred_are_not_waited_for(void **state)
{
	static struct hosts hosts;
	static struct association all[MAX_ASSOCIATIONS];

	(void)state;
	hosts.n = 2;
	hosts.list[0].conf.max = 1;
	hosts.list[0].conf.trusted = true;
	trust_configure(&hosts, AUTHENTICATION_PREFER);
	assert_int_equal(hosts_configured(&hosts, all), 1);
	all[0].used = all[1].used = true;
	all[1].host = 1;
	all[1].barred = true;
	hosts.list[0].name.naddrs = 1;
	assert_int_equal(hosts_configured(&hosts, all), 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_configuration_decides),
		cmocka_unit_test(the_barred_are_not_waited_for)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
