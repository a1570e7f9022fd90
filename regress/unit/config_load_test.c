/*
 * ntpd.conf: what it sets, and which files are not believed.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "ntpd/config.h"
#include "ntpd/config/defaults.h"
#include "regress/unit/unit.h"

#define NOBODY		65534

struct report {
	char	 line[1024];	/* the last one */
	size_t	 n;
};

static void
collect(void *arg, int priority, const char *line)
{
	struct report	*r = arg;

	(void)priority;
	snprintf(r->line, sizeof(r->line), "%.1000s", line);
	r->n++;
}

static bool
parse(struct config *conf, const char *text, struct report *r)
{
	memset(r, 0, sizeof(*r));
	return config_parse(conf, "f", text, strlen(text),
	    &(struct config_reports){ collect, r });
}

static void
assert_fine(const char *text)
{
	struct config	 conf;
	struct report	 r;

	if (parse(&conf, text, &r))
		config_free(&conf);
	if (r.n != 0)
		fail_msg("%s: %s", text, r.line);
}

/*
 * The example that is installed can be used as it is, and so can each of its
 * statements that is to be had for the "#" before it.
 */
static void
the_example(void **state)
{
	static char	 text[16384];
	FILE		*file = fopen("ntpd.conf.example", "r");
	char		 line[128], whole[256];
	size_t		 len, statements = 0;

	(void)state;
	assert_non_null(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	assert_in_range(len, 1, sizeof(text) - 2);
	assert_fine(text);
	rewind(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		assert_non_null(strchr(line, '\n'));
		if (line[0] != '#' || line[1] == ' ' || line[1] == '\n')
			continue;
		snprintf(whole, sizeof(whole), "%sserver b\nlisten on ::1\n",
		    line + 1);
		assert_fine(whole);
		statements++;
	}
	assert_true(statements > 20);
	fclose(file);
}

static void
values_arrive(void **state)
{
	static const char	 text[] =
	    "server a\nquery from 192.0.2.1\nquery from 192.0.2.2\n"
	    "servers b weight 3 trusted poll 5-9 port 1123 max 7 xleave\n"
	    "listen on *\nlisten on 2001:db8::1 port 124\ninterface listen e0\n"
	    "driftfile \"/d \\\" d\"\nsocket '/s'\nuser u\nworkers 3\nxleave\n"
	    "step always 250 ms\nleap slew\nleapfile /l\n"
	    "local stratum 9 orphan\nserver c poll 8\n"
	    "query from fe80::2%eth9\nserver fe80::1%eth8\n"
	    "server fe80::1%3\nlisten on fe80::1%eth7\n";
	struct config		 conf;
	struct config_server	*s = conf.servers;
	struct config_listener	*l = conf.listeners;
	struct report		 r;
	char			 address[ADDR_STRLEN];

	(void)state;
	assert_true(parse(&conf, text, &r));
	assert_int_equal(conf.nservers, 5);
	assert_string_equal(s[0].name, "a");
	assert_false(s[0].pool || s[0].trusted || s[0].xleave);
	assert_int_equal(s[0].weight, 1);
	assert_int_equal(s[0].minpoll, POLL_MIN_DEFAULT);
	assert_int_equal(s[0].maxpoll, POLL_MAX_DEFAULT);
	assert_int_equal(s[0].port, NTP_PORT);
	assert_int_equal(s[0].source4.family, ADDR_NONE);
	assert_true(s[1].pool && s[1].trusted && s[1].xleave);
	assert_int_equal(s[1].weight, 3);
	assert_int_equal(s[1].max, 7);
	assert_int_equal(s[1].minpoll, 5);
	assert_int_equal(s[1].maxpoll, 9);
	assert_int_equal(s[1].port, 1123);
	assert_string_equal(addr_format(&s[1].source4, address), "192.0.2.2");
	assert_int_equal(s[1].source6.family, ADDR_NONE);
	assert_int_equal(s[2].minpoll, 8);
	assert_int_equal(s[2].maxpoll, 8);
	assert_string_equal(s[2].interface, "");
	assert_string_equal(s[2].source_interface, "");
	assert_string_equal(s[3].interface, "eth8");
	assert_int_equal(s[3].addr.scope, 0);
	assert_string_equal(s[3].source_interface, "eth9");
	assert_int_equal(s[3].source6.scope, 0);
	assert_string_equal(s[4].interface, "");
	assert_int_equal(s[4].addr.scope, 3);
	assert_int_equal(conf.nlisteners, 4);
	assert_int_equal(l[0].kind, LISTEN_ANY);
	assert_int_equal(l[1].kind, LISTEN_ADDRESS);
	assert_int_equal(l[1].addr.port, 124);
	assert_int_equal(l[2].kind, LISTEN_INTERFACE);
	assert_string_equal(l[2].interface, "e0");
	assert_int_equal(l[2].port, NTP_PORT);
	assert_int_equal(l[3].kind, LISTEN_ADDRESS);
	assert_string_equal(l[3].interface, "eth7");
	assert_string_equal(conf.driftfile, "/d \" d");
	assert_string_equal(conf.leapfile, "/l");
	assert_int_equal(conf.leap, LEAP_BY_SLEW);
	assert_string_equal(conf.socket, "/s");
	assert_string_equal(conf.user, "u");
	assert_int_equal(conf.workers, 3);
	assert_false(conf.workers_auto);
	assert_true(conf.xleave);
	assert_int_equal(conf.step.when, STEP_ALWAYS);
	assert_true(conf.step.threshold > 0.2499 &&
	    conf.step.threshold < 0.2501);
	assert_int_equal(conf.local_stratum, 9);
	assert_true(conf.local_orphan);
}

/* How many CPUs there are is not the parser's to know. */
static void
workers_may_be_automatic(void **state)
{
	struct config	 conf;
	struct report	 r;

	(void)state;
	assert_true(parse(&conf, "server a\nworkers auto\n", &r));
	assert_true(conf.workers_auto);
	assert_int_equal(conf.workers, 1);
	assert_true(parse(&conf, "server auto.example\n", &r));
	assert_false(conf.workers_auto);
}

static void
step_limits(void **state)
{
	static const struct {
		const char	*text;
		double		 limit;		/* s */
	} limits[] = {
		{ "step limit 90 s\n",		90 },
		{ "step limit 5 m\n",		300 },
		{ "step limit 2 h\n",		7200 },
		{ "step limit 3 d\n",		3 * 86400 },
		{ "step limit 1000000 d\n",	CONFIG_NO_LIMIT },
		{ "step limit none\n",		CONFIG_NO_LIMIT },
	};
	struct config	 conf;
	struct report	 r;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		(void)parse(&conf, limits[i].text, &r);
		assert_true(conf.step.limit == limits[i].limit);
		assert_int_equal(conf.step.when, STEP_BOOT);
	}
}

static void
drifts_and_segments(void **state)
{
	struct config	 conf;
	struct report	 r;

	(void)state;
	assert_true(parse(&conf, "server a\n", &r));
	assert_near(conf.max_drift, 15e-6, 1e-12);
	assert_string_equal(conf.clockbound, "");
	assert_string_equal(conf.clockbound1, "");
	assert_true(parse(&conf, "server a\nmaxdrift 1 ppm\n", &r));
	assert_near(conf.max_drift, 1e-6, 1e-12);
	assert_true(parse(&conf, "server a\nmaxdrift 500 ppm\n"
	    "clockbound version 1 \"/v1\"\nclockbound \"/v2\"\n", &r));
	assert_near(conf.max_drift, 500e-6, 1e-12);
	assert_string_equal(conf.clockbound1, "/v1");
	assert_string_equal(conf.clockbound, "/v2");
	assert_false(parse(&conf, "server a\nmaxdrift 0 ppm\n", &r));
	assert_false(parse(&conf, "server a\nmaxdrift 501 ppm\n", &r));
	assert_false(parse(&conf, "server a\nmaxdrift 15\n", &r));
	assert_false(parse(&conf, "server a\nmaxdrift 15ppm\n", &r));
	assert_false(parse(&conf, "server a\nclockbound version 2 \"/v\"\n",
	    &r));
	assert_false(parse(&conf, "server a\nclockbound version 1\n", &r));
}

static void
defaults_are_those_of_the_manual(void **state)
{
	struct config	 conf;
	struct report	 r;

	(void)state;
	assert_true(parse(&conf, "servers a\n", &r));
	assert_int_equal(conf.servers[0].max, 4);
	assert_int_equal(conf.nlisteners, 0);
	assert_int_equal(conf.workers, 1);
	assert_false(conf.xleave);
	assert_int_equal(conf.step.when, STEP_BOOT);
	assert_true(conf.step.limit == 86400);
	assert_int_equal(conf.local_stratum, 0);
	assert_false(conf.local_orphan);
	assert_true(conf.step.threshold > 0.1279 &&
	    conf.step.threshold < 0.1281);
	assert_string_equal(conf.driftfile, "/var/lib/ntpd/drift");
	assert_string_equal(conf.leapfile, "");
	assert_int_equal(conf.leap, LEAP_BY_KERNEL);
	assert_string_equal(conf.socket, "/run/ntpd/ntpd.sock");
	assert_string_equal(conf.user, "_ntpd");
}

/*
 * Reload compares statements as bytes: the same text must give the same
 * bytes, whatever stood in the memory before.
 */
static void
same_text_same_bytes(void **state)
{
	static const char	 text[] = "server a\nservers bb max 2\n"
	    "listen on e0\nlisten on ::1\n";
	static struct config	 a, b;
	struct report		 r;

	(void)state;
	memset(&a, 0xff, sizeof(a));
	memset(&b, 0x55, sizeof(b));
	assert_true(parse(&a, text, &r));
	assert_true(parse(&b, text, &r));
	assert_memory_equal(&a, &b, sizeof(a));
}

static void
rules_arrive(void **state)
{
	static const char	 text[] = "server a\nlisten on *\n"
	    "allow from 192.0.2.0/24\ndeny from 2001:db8::/33\n"
	    "allow from 192.0.2.7\ndeny from any\n"
	    "ratelimit interval 250 ms burst 7 prefix6 48\n";
	static const struct config_rule	 rules[] = {
		{ ADDR_IPV4, 24, 1, 0, { 192, 0, 2, 0 } },
		{ ADDR_IPV6, 33, 0, 0, { 0x20, 1, 0xd, 0xb8 } },
		{ ADDR_IPV4, 32, 1, 0, { 192, 0, 2, 7 } },
		{ ADDR_NONE, 0, 0, 0, { 0 } }
	};
	struct config		 conf;
	struct report		 r;

	(void)state;
	assert_true(parse(&conf, text, &r));
	assert_int_equal(conf.nrules, 4);
	assert_memory_equal(conf.rules, rules, sizeof(rules));
	assert_int_equal(conf.ratelimit.interval, 250);
	assert_int_equal(conf.ratelimit.burst, 7);
	assert_int_equal(conf.ratelimit.leak, RATELIMIT_LEAK);
	assert_int_equal(conf.ratelimit.prefix4, 32);
	assert_int_equal(conf.ratelimit.prefix6, 48);
	config_free(&conf);
	assert_true(parse(&conf, "server a\nratelimit\n", &r));
	assert_int_equal(conf.ratelimit.interval, RATELIMIT_INTERVAL);
	assert_true(parse(&conf, "server a\n", &r));
	assert_int_equal(conf.ratelimit.interval, 0);
	assert_null(conf.rules);
}

static char	 folder[] = "/tmp/config_load_test.XXXXXX";
static char	 path[sizeof(folder) + 16];

static int
make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL || chmod(folder, 0755) == -1)
		return -1;
	snprintf(path, sizeof(path), "%s/ntpd.conf", folder);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	remove(path);		/* of a test that failed */
	return rmdir(folder);
}

/* A good file of SIZE bytes or more. */
static void
write_file(mode_t mode, size_t size)
{
	FILE	*f;

	/* Opening what a failed test left, a FIFO, would wait. */
	if (remove(path) == -1)
		assert_int_equal(errno, ENOENT);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("server a\n", f);
	for (; size > 0; size--)
		fputc('\n', f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static bool
load(struct report *r)
{
	struct config	 conf;

	memset(r, 0, sizeof(*r));
	return config_load(&conf, path,
	    &(struct config_reports){ collect, r });
}

/* MESSAGE must follow the path, and the file is removed. */
static void
expect_refused(const char *message)
{
	struct report	 r;

	assert_false(load(&r));
	assert_int_equal(r.n, 1);
	assert_memory_equal(r.line, path, strlen(path));
	assert_non_null(strstr(r.line + strlen(path), message));
	assert_int_equal(remove(path), 0);
}

static void
modes_of_the_file(void **state)
{
	static const struct {
		mode_t	 mode;
		bool	 good;
	} cases[] = {
		{ 0644, true }, { 0600, true }, { 0400, true }, { 0755, true },
		{ 0664, false }, { 0646, false }, { 0622, false },
		{ 0777, false }
	};
	struct report	 r;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file(cases[i].mode, 0);
		if (cases[i].good) {
			assert_true(load(&r));
			assert_int_equal(r.n, 0);
			assert_int_equal(unlink(path), 0);
		} else
			expect_refused(": can be written by group or others, "
			    "run: chmod go-w /");
	}
}

/* Who may replace the file may as well write it. */
static void
modes_of_the_folder(void **state)
{
	static const struct {
		mode_t	 mode;
		bool	 good;
	} cases[] = {
		{ 0755, true }, { 0700, true }, { 01777, true },
		{ 0775, false }, { 0757, false }, { 0777, false }
	};
	struct report	 r;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file(0644, 0);
		assert_int_equal(chmod(folder, cases[i].mode), 0);
		if (cases[i].good) {
			assert_true(load(&r));
			assert_int_equal(unlink(path), 0);
		} else
			expect_refused("can be written by group or others, "
			    "run: chmod go-w /tmp/");
	}
	assert_int_equal(chmod(folder, 0755), 0);
}

static void
owner_of_the_folder(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	write_file(0644, 0);
	assert_int_equal(chown(folder, NOBODY, (gid_t)-1), 0);
	expect_refused("who could replace it");
	assert_int_equal(chown(folder, 0, (gid_t)-1), 0);
}

/* TEXT as the file NAME of the folder. */
static void
write_text(const char *name, const char *text)
{
	char	 file[sizeof(folder) + 32];
	FILE	*f;

	snprintf(file, sizeof(file), "%s/%s", folder, name);
	f = fopen(file, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(file, 0644), 0);
}

/* ntpd.conf with TEXT, in which each % stands for the folder. */
static void
write_conf(const char *text)
{
	char	 all[512];
	size_t	 used = 0;

	for (; *text != '\0'; text++)
		if (*text == '%')
			used += (size_t)snprintf(all + used, sizeof(all) - used,
			    "%s", folder);
		else
			all[used++] = *text;
	all[used] = '\0';
	write_text("ntpd.conf", all);
}

static void
remove_files(void)
{
	static const char *const names[] = {
		"ntpd.conf", "d/a.conf", "d/b.conf", "d/c.txt", "d/.h.conf", "d"
	};
	char	 file[sizeof(folder) + 32];
	size_t	 i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(file, sizeof(file), "%s/%s", folder, names[i]);
		remove(file);
	}
}

static void
make_files(void)
{
	char	 file[sizeof(folder) + 32];

	snprintf(file, sizeof(file), "%s/d", folder);
	assert_int_equal(mkdir(file, 0755), 0);
	write_text("d/b.conf", "server b\n");
	write_text("d/a.conf", "\nserver a1\nserver a2");
	write_text("d/c.txt", "nonsense\n");
	write_text("d/.h.conf", "nonsense\n");
}

/* Where the statement stands, in the order of their names. */
static void
included_files(void **state)
{
	static const char *const names[] = { "x", "a1", "a2", "b", "y" };
	struct report	 r = { 0 };
	struct config	 conf;
	size_t		 i;

	(void)state;
	make_files();
	write_conf("server x\ninclude \"%/d/\"\nserver y\n"
	    "include \"%/none/\"\n");
	assert_true(config_load(&conf, path,
	    &(struct config_reports){ collect, &r }));
	/* A folder that is not there is no error, but may be a slip. */
	assert_int_equal(r.n, 1);
	assert_non_null(strstr(r.line, "ntpd.conf:4: there is no folder"));
	assert_int_equal(conf.nservers, 5);
	for (i = 0; i < 5; i++)
		assert_string_equal(conf.servers[i].name, names[i]);
	assert_int_equal(conf.nincludes, 2);
	write_conf("include \"%/d/a.conf\"\n");
	assert_true(config_load(&conf, path,
	    &(struct config_reports){ collect, &r }));
	assert_int_equal(conf.nservers, 2);
	remove_files();
}

/* What is wrong in one is said with its name and line. */
static void
faults_of_included_files(void **state)
{
	static const struct {
		const char	*conf, *a, *message;
	} cases[] = {
		{ "include \"%/d/a.conf\"\n", "\n\nnonsense\n",
		    "/d/a.conf:3: unknown statement" },
		{ "server b\nnonsense\ninclude \"%/d/\"\n", "server a\n",
		    "/d/b.conf:1: \"b\" is already in line 1 of /" },
		{ "workers 2\ninclude \"%/d/a.conf\"\n", "\nworkers 3\n",
		    "/d/a.conf:2: workers is already set in line 1 of /" },
		{ "include \"%/d/a.conf\"\nworkers 2\n", "\nworkers 3\n",
		    "/ntpd.conf:2: workers is already set in line 2 of /" },
		{ "include \"%/d/a.conf\"\n", "include \"/etc/x\"\n",
		    "/d/a.conf:1: a file that is included cannot include" },
		{ "include \"%/none\"\n", "",
		    "/none: cannot be opened: No such file" },
		{ "include \"%/d/\"\n\ninclude \"%/none\"\n", "server a\n",
		    "/ntpd.conf:3: /" },
		{ "include \"%/d/a.conf\"\n", "\nkeys \"/none/keys\"\n",
		    "/d/a.conf:2: /none/keys: cannot be opened: No such" },
		{ "include \"%/none/a.conf\"\n", "",
		    "/none/a.conf: cannot be opened: No such file" },
		{ "include \"none/\"\n", "", "/ntpd.conf:1: include \"none/\" "
		    "is not the absolute path of a file" },
		{ "include \"%/d/a.conf\"\nnonsense\n", "server a\n",
		    "/ntpd.conf:2: unknown statement" },
		{ "include \"/a/\"\ninclude \"/a/\"\ninclude \"/a/\"\n"
		    "include \"/a/\"\ninclude \"/a/\"\n", "",
		    "/ntpd.conf:5: too many include statements" }
	};
	struct report	 r;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make_files();
		write_text("d/a.conf", cases[i].a);
		write_conf(cases[i].conf);
		assert_false(load(&r));
		if (strstr(r.line, cases[i].message) == NULL)
			fail_msg("%s: %s", cases[i].message, r.line);
		remove_files();
	}
}

/* It decides whom the clock believes as ntpd.conf itself does. */
static void
modes_of_an_included_file(void **state)
{
	char		 file[sizeof(folder) + 32];
	struct report	 r;

	(void)state;
	make_files();
	snprintf(file, sizeof(file), "%s/d/a.conf", folder);
	assert_int_equal(chmod(file, 0666), 0);
	write_conf("include \"%/d/\"\n");
	assert_false(load(&r));
	assert_non_null(strstr(r.line, "/d/a.conf: can be written by group"));
	remove_files();
}

/* A file of nothing but faults does not fill the log. */
static void
faults_without_end(void **state)
{
	struct report	 r;
	FILE		*f;
	int		 i;

	(void)state;
	write_file(0644, 0);
	f = fopen(path, "a");
	assert_non_null(f);
	for (i = 0; i < 100000; i++)
		fputs("nonsense\n", f);
	assert_int_equal(fclose(f), 0);
	assert_false(load(&r));
	assert_int_equal(r.n, 51);
	assert_non_null(strstr(r.line, ": more than 50 faults"));
	assert_int_equal(unlink(path), 0);
}

static void
sizes_of_the_file(void **state)
{
	struct report	 r;

	(void)state;
	write_file(0600, 1024 * 1024 - strlen("server a\n"));
	assert_true(load(&r));
	write_file(0600, 1024 * 1024);
	expect_refused(": larger than 1 MiB");
}

static void
not_a_file(void **state)
{
	struct report	 r;

	(void)state;
	assert_false(load(&r));
	assert_non_null(strstr(r.line, ": cannot be opened: No such file"));
	assert_int_equal(mkdir(path, 0700), 0);
	expect_refused(": is not a regular file");
	/* Must neither be believed nor wait for a writer. */
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_refused(": is not a regular file");
}

static void
an_unreadable_file(void **state)
{
	bool		 is_root = geteuid() == 0, is_good;
	struct report	 r;

	(void)state;
	write_file(0, 0);
	if (is_root)
		assert_int_equal(seteuid(NOBODY), 0);
	is_good = load(&r);
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	assert_false(is_good);
	assert_non_null(strstr(r.line, ": cannot be opened: Permission"));
	assert_int_equal(unlink(path), 0);
}

static void
owners_of_the_file(void **state)
{
	struct report	 r;

	(void)state;
	if (geteuid() != 0)
		skip();		/* only root can give files away */
	write_file(0644, 0);
	assert_int_equal(seteuid(NOBODY), 0);
	assert_true(load(&r));	/* root's, read by somebody else */
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(chown(path, NOBODY, 0), 0);
	assert_int_equal(seteuid(NOBODY), 0);
	assert_true(load(&r));	/* one's own */
	assert_int_equal(seteuid(0), 0);
	expect_refused(": belongs to user 65534 who could change it");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(the_example),
		cmocka_unit_test(values_arrive),
		cmocka_unit_test(rules_arrive),
		cmocka_unit_test(workers_may_be_automatic),
		cmocka_unit_test(step_limits),
		cmocka_unit_test(drifts_and_segments),
		cmocka_unit_test(defaults_are_those_of_the_manual),
		cmocka_unit_test(same_text_same_bytes),
		cmocka_unit_test(modes_of_the_file),
		cmocka_unit_test(modes_of_the_folder),
		cmocka_unit_test(owner_of_the_folder),
		cmocka_unit_test(included_files),
		cmocka_unit_test(faults_of_included_files),
		cmocka_unit_test(modes_of_an_included_file),
		cmocka_unit_test(faults_without_end),
		cmocka_unit_test(sizes_of_the_file),
		cmocka_unit_test(not_a_file),
		cmocka_unit_test(an_unreadable_file),
		cmocka_unit_test(owners_of_the_file)
	};

	return cmocka_run_group_tests_name("config_load", tests, make_folder,
	    remove_folder);
}
