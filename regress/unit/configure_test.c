/*
 * From ntpd.conf to the clock policy: a reload sets all that a start sets.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ntpd/child.h"
#include "ntpd/config/statement.h"
#include "ntpd/parent/state.h"
#include "regress/unit/unit.h"

/* The launcher does not matter here. */
pid_t
spawn(enum process process, unsigned instance, int fd, int log)
{
	(void)process;
	(void)instance;
	return close(log) == 0 && close(fd) == 0 ? 1 : -1;
}

static char	 path[] = "/tmp/configure_test.XXXXXX";

static void
write_file(const char *text)
{
	FILE		*f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f, "server 192.0.2.1\n%s\n", text);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

/* The policy after a start with the statement TEXT. */
static struct config_step
started_with(const char *text)
{
	static struct parent p;
	struct parent_options options = { .config_file = path };

	write_file(text);
	memset(&p, 0, sizeof(p));
	p.options = &options;
	assert_true(configure_load(&p));
	return p.policy.step;
}

/* The same after a start without it and a reload with it. */
static struct config_step
reloaded_with(const char *text)
{
	static struct parent p;
	const struct child_setup setup = { .verbose = 0 };
	struct parent_options options = { .config_file = path };

	write_file("");
	memset(&p, 0, sizeof(p));
	p.options = &options;
	p.policy.state = STARTED;
	p.policy.stepped = 5;
	children_init(&p.children, &setup, -1);
	assert_true(configure_load(&p));
	write_file(text);
	configure_reload(&p);
	children_stop(&p.children);
	/* What has happened so far is not forgotten. */
	assert_int_equal(p.policy.state, STARTED);
	assert_true(p.policy.stepped == 5);
	return p.policy.step;
}

/* A line of the statement S that says something other than the default. */
static void
other_line(const struct statement *s, char text[128])
{
	if (s->units == NULL)
		snprintf(text, 128, "%s\n", s->words);
	else
		snprintf(text, 128, "%s %u %s\n", s->words, s->least + 1,
		    s->units->name);
}

/* Whatever sets a part of the policy's rules sets it at a reload, too. */
static void
a_reload_is_like_a_start(void **state)
{
	const struct config_step normal = started_with("");
	const struct statement *s;
	struct config_step at_start, at_reload;
	char		 text[128];
	unsigned	 n = 0;

	(void)state;
	for (s = statements; s->words != NULL; s++) {
		if (s->size == 0 ||
		    s->offset < offsetof(struct config, step) ||
		    s->offset >= offsetof(struct config, step) + sizeof(normal))
			continue;
		other_line(s, text);
		at_start = started_with(text);
		at_reload = reloaded_with(text);
		if (memcmp(&at_start, &at_reload, sizeof(normal)) != 0)
			fail_msg("%s: lost at a reload", s->words);
		if (memcmp(&at_start, &normal, sizeof(normal)) == 0 &&
		    strcmp(s->words, "step boot") != 0)
			fail_msg("%s: does not reach the policy", s->words);
		n++;
	}
	assert_true(n >= 4);
}

/* The configuration after a start without TEXT and a reload with it. */
static const struct config *
configured_with(const char *text)
{
	static struct parent p;
	const struct child_setup setup = { .verbose = 0 };
	struct parent_options options = { .config_file = path };

	config_free(&p.conf);
	memset(&p, 0, sizeof(p));
	p.options = &options;
	write_file("");
	children_init(&p.children, &setup, -1);
	assert_true(configure_load(&p));
	write_file(text);
	configure_reload(&p);
	children_stop(&p.children);
	return &p.conf;
}

/* These paths are read anew at each reload. */
static bool
is_read_anew(const char *words)
{
	return strcmp(words, "ca") == 0 || strcmp(words, "keys") == 0 ||
	    strcmp(words, "leapfile") == 0;
}

/* What the parent has opened, or made children with, stays as it was. */
static void
some_take_a_restart(void **state)
{
	const struct statement *s;
	const struct config *conf;
	char		 text[128];

	(void)state;
	for (s = statements; s->words != NULL; s++) {
		if (s->text == NULL || is_read_anew(s->words))
			continue;
		snprintf(text, sizeof(text), "%s \"%s\"\n", s->words,
		    strcmp(s->words, "user") == 0 ? "root" : "/dev/null");
		conf = configured_with(text);
		if (strcmp((const char *)conf + s->offset, s->text) != 0)
			fail_msg("%s: is \"%s\" after a reload", s->words,
			    (const char *)conf + s->offset);
	}
	assert_int_equal(configured_with("hwtimestamp on *\n")->ncards, 0);
}

/* A file with errors changes nothing. */
static void
errors_change_nothing(void **state)
{
	const struct config_step normal = started_with("");
	const struct config_step kept = reloaded_with("step never\nfoo");

	(void)state;
	assert_memory_equal(&kept, &normal, sizeof(kept));
}

static int
make_file(void **state)
{
	int		 fd = mkstemp(path);

	(void)state;
	log_init(LOG_TO_STDERR, 0);
	return fd == -1 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_reload_is_like_a_start),
		cmocka_unit_test(errors_change_nothing),
		cmocka_unit_test(some_take_a_restart)
	};

	return cmocka_run_group_tests_name("configure", tests, make_file,
	    remove_file);
}
