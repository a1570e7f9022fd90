/*
 * ntpctl -s processes: what ntpd says is checked, what the kernel says is read,
 * and what neither says is not shown as if it were known.
 */
#include <sys/stat.h>

#include <bsd/string.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ntpctl/record.h"
#include "ntpctl/show.h"
#include "regress/unit/unit.h"

static const struct control_process good = {
	.version = CONTROL_VERSION, .process = "engine", .pid = 1234,
	.root = ROOT_EMPTY, .calls = 18, .landlock = LANDLOCK_NONE,
	.restarts = 2
};

static char	 proc[64];

/* Make FILE below the procfs that is played here, with TEXT. */
static void
put(const char *file, const char *text)
{
	char		 path[128];
	FILE		*f;

	snprintf(path, sizeof(path), "%s/1234/%s", proc, file);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int
setup(void **arg)
{
	char		 path[128];

	(void)arg;
	strlcpy(proc, "/tmp/processes_test.XXXXXX", sizeof(proc));
	if (mkdtemp(proc) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/1234", proc);
	if (mkdir(path, 0700) == -1)
		return -1;
	snprintf(path, sizeof(path), "%s/1234/fd", proc);
	return mkdir(path, 0700);
}

static int
teardown(void **arg)
{
	char		 command[128];

	(void)arg;
	snprintf(command, sizeof(command), "rm -r %s", proc);
	return system(command);	/* NOLINT: a name that was made here */
}

static void
only_what_can_be(void **arg)
{
	struct control_process raw, checked;

	(void)arg;
	assert_null(record_process(&checked, &good, sizeof(good)));
	assert_memory_equal(&checked, &good, sizeof(good));
#define REFUSED(change)							\
	raw = good;							\
	change;								\
	assert_non_null(record_process(&checked, &raw, sizeof(raw)))

	REFUSED(raw.version++);
	REFUSED(raw.pid = 0x80000000);
	REFUSED(raw.root = ROOT_EMPTY + 1);
	REFUSED(raw.landlock = LANDLOCK_FOLDERS + 1);
	REFUSED(memset(raw.process, 'x', sizeof(raw.process)));
#undef REFUSED
	assert_non_null(record_process(&checked, &good, sizeof(good) - 1));
	raw = good;
	strlcpy(raw.process, "\033[2Jx y", sizeof(raw.process));
	assert_null(record_process(&checked, &raw, sizeof(raw)));
	assert_string_equal(checked.process, "?[2Jx?y");
}

static void
what_the_kernel_says(void **arg)
{
	struct process	 process = { .said = good };

	(void)arg;
	put("status", "Name:\tntpd\nUid:\t4242424\t4242425\t0\t0\n"
	    "VmRSS:\t    2048 kB\nCapEff:\t0000000002000400\n");
	put("fd/0", "");
	put("fd/17", "");
	process_look(&process, proc);
	assert_true(process.seen);
	assert_string_equal(process.user, "4242425");
	assert_int_equal(process.memory, 2048 * 1024);
	assert_int_equal(process.capabilities, 1 << 25 | 1 << 10);
	assert_int_equal(process.descriptors, 2);
}

/* An id of another program's, of nobody's, or of another procfs. */
static void
what_is_not_ours(void **arg)
{
	static const char *const texts[] = {
		"Name:\tsshd\nUid:\t0\t0\t0\t0\n",
		"Name:\tntpd2\nUid:\t0\t0\t0\t0\n", NULL
	};
	struct process	 process;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(texts); i++) {
		process = (struct process){ .said = good };
		if (texts[i] != NULL)
			put("status", texts[i]);
		process_look(&process, texts[i] != NULL ? proc : "/none");
		assert_false(process.seen);
		assert_string_equal(process.user, "");
		assert_int_equal(process.descriptors, -1);
	}
	process.said.pid = 0;
	process_look(&process, proc);
	assert_false(process.seen);
}

static void
as_text(void **arg)
{
	struct process	 list[] = {
		{ .said = good, .seen = true, .user = "_ntpd",
		    .memory = 2621440, .descriptors = -1 },
		{ .said = good, .seen = true, .user = "root",
		    .memory = 104857600, .descriptors = 12,
		    .capabilities = 1 << 25 | 1 << 1 },
		{ .said = good, .descriptors = -1 },
	};
	char		*text;
	size_t		 len;
	FILE		*out = open_memstream(&text, &len);

	(void)arg;
	list[1].said.instance = 7;
	list[1].said.root = ROOT_HOST;
	list[1].said.landlock = LANDLOCK_MISSING;
	list[2].said.pid = 0;
	assert_non_null(out);
	show_processes(out, list, COUNT(list));
	fclose(out);
	assert_string_equal(text,
	    "process    pid  user   root   capabilities  calls  landlock  "
	    "  MiB  fds  restarts\n"
	    "engine    1234  _ntpd  empty  none             18  no files  "
	    "  2.5    -         2\n"
	    "engine 7  1234  root   /      1,sys_time       18  missing   "
	    "100.0   12         2\n"
	    "engine       -  -      empty  -                18  no files  "
	    "    -    -         2\n");
	free(text);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(only_what_can_be),
		TEST(what_the_kernel_says),
		TEST(what_is_not_ours),
		TEST(as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
