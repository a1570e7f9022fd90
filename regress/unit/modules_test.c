/*
 * Lines of nsswitch.conf: which modules they name.
 */
#include <string.h>

#include "ntpd/resolver/modules.h"
#include "regress/unit/unit.h"

static const struct {
	const char	*line;
	const char	*names;		/* each with a space behind it */
} cases[] = {
	{ "hosts: files dns\n",			"files dns " },
	{ "hosts:\tfiles\tdns",			"files dns " },
	{ "  hosts:files",			"files " },
	{ "hosts:          files mdns4_minimal [NOTFOUND=return] dns\n",
	    "files mdns4_minimal dns " },
	{ "hosts: resolve [!UNAVAIL=return NOTFOUND=return] files",
	    "resolve files " },
	{ "hosts: files[success=return]dns",	"files dns " },
	{ "hosts: files # dns\n",		"files " },
	{ "hosts: files [not closed dns",	"files " },
	{ "hosts: files ../../tmp/evil /tmp/evil x.y dns", "files dns " },
	{ "hosts: a12345678901234567890123456789012345 dns", "dns " },
	{ "hosts: a b c d e f g h i j k l m n o p q r",
	    "a b c d e f g h i j k l m n o p " },
	{ "hosts:",				"" },
	{ "hosts",				"" },
	{ "passwd: files systemd\n",		"" },
	{ "# hosts: files\n",			"" },
	{ "",					"" },
};

static void
names(void **arg)
{
	char		 found[MODULES_MOST][MODULE_NAME], all[1024];
	size_t		 i, j, n;

	(void)arg;
	for (i = 0; i < COUNT(cases); i++) {
		memset(found, 'x', sizeof(found));
		n = modules_named(cases[i].line, found);
		assert_true(n <= MODULES_MOST);
		all[0] = '\0';
		for (j = 0; j < n; j++) {
			strcat(all, found[j]);
			strcat(all, " ");
		}
		if (strcmp(all, cases[i].names) != 0)
			fail_msg("\"%s\": %s", cases[i].line, all);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
