/*
 * The drift file: what is believed of one, and that it is replaced whole or
 * not at all.
 */
#include <sys/stat.h>

#include <bsd/string.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ntpd/config.h"
#include "ntpd/parent/drift.h"
#include "regress/unit/unit.h"

#define UNTOUCHED	12345.0		/* in what must be left alone */
#define NOBODY		65534

static char	 dir[64], file[128], temp[128];

/* A directory of its own for each test. */
static int
setup(void **arg)
{
	(void)arg;
	strlcpy(dir, "/tmp/drift_test.XXXXXX", sizeof(dir));
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(file, sizeof(file), "%s/drift", dir);
	snprintf(temp, sizeof(temp), "%s/drift.new", dir);
	return 0;
}

static int
teardown(void **arg)
{
	static const char *const names[] = { "drift", "drift.new", "other" };
	char		 path[128];
	size_t		 i;

	(void)arg;
	if (chmod(dir, 0700) == -1)
		return -1;
	for (i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		if (unlink(path) == -1 && errno != ENOENT)
			rmdir(path);
	}
	return rmdir(dir);
}

static void
put(const char *path, const char *bytes, size_t len)
{
	int		 fd;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

/* What PATH holds, as a string; at most a page. */
static const char *
get(const char *path)
{
	static char	 text[4096];
	ssize_t		 n;
	int		 fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	n = read(fd, text, sizeof(text) - 1);
	assert_true(n >= 0);
	close(fd);
	text[n] = '\0';
	return text;
}

/* How many files there are in the directory. */
static int
files(void)
{
	DIR		*d = opendir(dir);
	struct dirent	*entry;
	int		 n = 0;

	assert_non_null(d);
	while ((entry = readdir(d)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(d);
	return n;
}

/* Reading FILE gives STATUS and, if it is not good, changes nothing. */
static void
assert_status(enum drift_status status, const char *name)
{
	double		 f = UNTOUCHED, e = UNTOUCHED;
	enum drift_status got = drift_read(file, &f, &e);

	if (got != status)
		fail_msg("%s: status %d", name, got);
	if (got != DRIFT_OK && (f != UNTOUCHED || e != UNTOUCHED))
		fail_msg("%s: results were touched", name);
}

static const struct {
	const char	*name, *text;
	double		 ppm, uncertainty;
} good[] = {
	{ "as we write it", "12.345678 0.010000\n", 12.345678, 0.01 },
	{ "negative", "-12.345678 0.010000\n", -12.345678, 0.01 },
	{ "zero", "0 0\n", 0, 0 },
	{ "more than timex.freq", "501 1\n", 501, 1 },
	{ "the most", "100000 1\n", 100000, 1 },
	{ "the least", "-100000.000 1\n", -100000, 1 },
	{ "no newline", "1.5 0.5", 1.5, 0.5 },
	{ "tab and blank lines", "\t1.5\t0.5 \n\n", 1.5, 0.5 },
	{ "two lines", "1.5\n0.5\n", 1.5, 0.5 },
	{ "exponents", "1.5e1 2e-3\n", 15, 0.002 },
	{ "chronyd's: ppm and skew", "          -27.187391             0.017"
	    "352\n", -27.187391, 0.017352 },
	{ "ntpd's: ppm only", "-23.046\n", -23.046, 1 },
	{ "OpenNTPD's in ppm", "0.000014\n", 0.000014, 1 },
	{ "a number and no more", "7", 7, 1 },
};

static void
good_files(void **arg)
{
	double		 f, e;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(good); i++) {
		put(file, good[i].text, strlen(good[i].text));
		f = e = UNTOUCHED;
		if (drift_read(file, &f, &e) != DRIFT_OK)
			fail_msg("%s: refused", good[i].name);
		if (fabs(f - good[i].ppm * 1e-6) > 1e-15 ||
		    fabs(e - good[i].uncertainty * 1e-6) > 1e-15)
			fail_msg("%s: %g +- %g", good[i].name, f, e);
	}
}

#define TEXT(text)	text, sizeof(text) - 1
static const struct {
	const char	*name, *bytes;
	size_t		 len;
} corrupt[] = {
	{ "empty", TEXT("") },
	{ "a newline", TEXT("\n") },
	{ "words", TEXT("drift 1.5\n") },
	{ "a word after the number", TEXT("1.5 ppm\n") },
	{ "a word after both", TEXT("1.5 0.5 ppm\n") },
	{ "three numbers", TEXT("1.5 0.5 0.1\n") },
	{ "numbers run together", TEXT("1.5,0.5\n") },
	{ "a unit", TEXT("1.5ppm\n") },
	{ "a comma for a point", TEXT("1,5\n") },
	{ "a sign only", TEXT("-\n") },
	{ "inf", TEXT("inf 1\n") },
	{ "-infinity", TEXT("-infinity\n") },
	{ "nan", TEXT("nan 1\n") },
	{ "nan with a payload", TEXT("nan(0x1) 1\n") },
	{ "too large for a double", TEXT("1e999 1\n") },
	{ "error inf", TEXT("1 inf\n") },
	{ "error nan", TEXT("1 nan\n") },
	{ "error too large for a double", TEXT("1 1e999\n") },
	{ "error negative", TEXT("1 -0.1\n") },
	{ "over 10 %", TEXT("100000.1 1\n") },
	{ "under -10 %", TEXT("-100000.1 1\n") },
	{ "NUL alone", TEXT("\0") },
	{ "NUL first", TEXT("\0001.5 0.5\n") },
	{ "NUL inside", TEXT("1.5\0000.5\n") },
	{ "NUL at the end", TEXT("1.5 0.5\n\0") },
	{ "zeros, as after a crash", TEXT("\0\0\0\0\0\0\0\0") },
	{ "binary", TEXT("\377\376\001\177ELF") },
};

static void
corrupt_files(void **arg)
{
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(corrupt); i++) {
		put(file, corrupt[i].bytes, corrupt[i].len);
		assert_status(DRIFT_CORRUPT, corrupt[i].name);
	}
}

/* Whatever its length: good as long as it could be ours, then corrupt. */
static void
oversize(void **arg)
{
	char		 text[8192];
	size_t		 len;

	(void)arg;
	memset(text, ' ', sizeof(text));
	memcpy(text, "1.5 0.5", 7);
	put(file, text, 100);
	assert_status(DRIFT_OK, "100 bytes");
	for (len = 1024; len <= sizeof(text); len *= 2) {
		put(file, text, len);
		assert_status(DRIFT_CORRUPT, "a kilobyte and more");
	}
	memset(text, '1', sizeof(text));
	put(file, text, sizeof(text));
	assert_status(DRIFT_CORRUPT, "one long number");
}

static void
missing_and_unreadable(void **arg)
{
	double		 f = UNTOUCHED, e = UNTOUCHED;

	(void)arg;
	assert_status(DRIFT_MISSING, "no file");
	assert_int_equal(symlink("nowhere", file), 0);
	assert_status(DRIFT_MISSING, "a dangling link");
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkdir(file, 0700), 0);
	assert_status(DRIFT_UNREADABLE, "a directory");
	errno = 0;
	assert_int_equal(drift_read(file, &f, &e), DRIFT_UNREADABLE);
	assert_int_equal(errno, EISDIR);
	put(temp, "1 1\n", 4);
	snprintf(file, sizeof(file), "%s/drift.new/drift", dir);
	errno = 0;
	assert_int_equal(drift_read(file, &f, &e), DRIFT_UNREADABLE);
	assert_int_equal(errno, ENOTDIR);
}

/* Somebody made it a pipe: the parent must not wait for a writer. */
static void
a_fifo_does_not_block(void **arg)
{
	(void)arg;
	assert_int_equal(mkfifo(file, 0600), 0);
	alarm(5);
	assert_status(DRIFT_CORRUPT, "a fifo without a writer");
	alarm(0);
}

/* Run CHECK as a user without rights, if we have rights to give up. */
static void
without_rights(void (*check)(void))
{
	bool		 root = geteuid() == 0;

	if (root) {
		assert_int_equal(chown(dir, NOBODY, NOBODY), 0);
		assert_int_equal(setegid(NOBODY), 0);
		assert_int_equal(seteuid(NOBODY), 0);
	}
	check();
	if (root) {
		assert_int_equal(seteuid(0), 0);
		assert_int_equal(setegid(0), 0);
	}
}

static void
read_forbidden(void)
{
	double		 f = UNTOUCHED, e = UNTOUCHED;

	errno = 0;
	assert_int_equal(drift_read(file, &f, &e), DRIFT_UNREADABLE);
	assert_int_equal(errno, EACCES);
	assert_true(f == UNTOUCHED && e == UNTOUCHED);
}

static void
no_permission_to_read(void **arg)
{
	(void)arg;
	put(file, "1 1\n", 4);
	assert_int_equal(chmod(file, 0), 0);
	without_rights(read_forbidden);
}

static void
write_forbidden(void)
{
	assert_int_equal(chmod(dir, 0500), 0);
	errno = 0;
	assert_false(drift_write(file, 1e-6, 1e-9));
	assert_int_equal(errno, EACCES);
}

static void
no_permission_to_write(void **arg)
{
	(void)arg;
	put(file, "3 1\n", 4);
	without_rights(write_forbidden);
	assert_string_equal(get(file), "3 1\n");
	assert_int_equal(files(), 1);
}

static const struct {
	double		 frequency, error;
	const char	*text;
} written[] = {
	{ 0, 0, "0.000000 0.000000\n" },
	{ 12.3456789e-6, 0.01e-6, "12.345679 0.010000\n" },
	{ -500e-6, 500e-6, "-500.000000 500.000000\n" },
	{ 500e-6, 1e-15, "500.000000 0.000000\n" },
	{ -0.1, 1e-15, "-100000.000000 0.000000\n" },
};

static void
written_is_read_back(void **arg)
{
	struct stat	 st;
	double		 f, e;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(written); i++) {
		assert_true(drift_write(file, written[i].frequency,
		    written[i].error));
		assert_string_equal(get(file), written[i].text);
		assert_int_equal(files(), 1);
		assert_int_equal(drift_read(file, &f, &e), DRIFT_OK);
		assert_true(fabs(f - written[i].frequency) < 1e-12);
		assert_true(fabs(e - written[i].error) < 1e-12);
	}
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & (mode_t)~0644, S_IFREG);
}

/*
 * An error as large as a double can be comes from an engine that was taken
 * over.  Whatever is made of it, no memory beyond the text may get out, and
 * what cannot be read back must not replace what can.
 */
static void
an_absurd_error(void **arg)
{
	static const double errors[] = { 1, 1e30, 1e100, 1e200, 1e300,
			    1.7e308 };
	double		 f, e;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(errors); i++) {
		assert_true(drift_write(file, 2e-6, 1e-9));
		(void)drift_write(file, 1e-6, errors[i]);
		assert_true(strlen(get(file)) < 1000);
		assert_int_equal(drift_read(file, &f, &e), DRIFT_OK);
		assert_int_equal(files(), 1);
	}
}

/* The old file is never opened for writing: whoever reads it has all of it. */
static void
replaced_in_one_step(void **arg)
{
	struct stat	 before, after;
	char		 text[64];
	ssize_t		 n;
	int		 fd;

	(void)arg;
	put(file, "3 1\n", 4);
	assert_int_equal(stat(file, &before), 0);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_true(drift_write(file, 1e-6, 1e-6));
	n = read(fd, text, sizeof(text));
	close(fd);
	assert_int_equal(n, 4);
	assert_memory_equal(text, "3 1\n", 4);
	assert_int_equal(stat(file, &after), 0);
	assert_true(before.st_ino != after.st_ino);
}

/* A file that cannot be renamed over leaves no other behind. */
static void
failure_leaves_nothing(void **arg)
{
	(void)arg;
	assert_int_equal(mkdir(file, 0700), 0);
	errno = 0;
	assert_false(drift_write(file, 1e-6, 1e-6));
	assert_int_equal(errno, EISDIR);
	assert_int_equal(files(), 1);
}

static void
left_over_from_a_crash(void **arg)
{
	(void)arg;
	put(temp, "a half-written and much longer one than that", 44);
	assert_int_equal(chmod(temp, 0400), 0);
	put(file, "3 1\n", 4);
	assert_true(drift_write(file, 1e-6, 1e-6));
	assert_string_equal(get(file), "1.000000 1.000000\n");
	assert_int_equal(files(), 1);
}

/* Links in the way are removed, not followed. */
static void
symlink_traps(void **arg)
{
	char		 other[128];
	struct stat	 st;

	(void)arg;
	snprintf(other, sizeof(other), "%s/other", dir);
	put(other, "precious", 8);
	assert_int_equal(symlink(other, temp), 0);
	assert_int_equal(symlink(other, file), 0);
	assert_true(drift_write(file, 1e-6, 1e-6));
	assert_string_equal(get(other), "precious");
	assert_int_equal(lstat(file, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_string_equal(get(file), "1.000000 1.000000\n");
	assert_int_equal(files(), 2);
}

static void
no_directory(void **arg)
{
	(void)arg;
	snprintf(file, sizeof(file), "%s/not/there", dir);
	errno = 0;
	assert_false(drift_write(file, 1e-6, 1e-6));
	assert_int_equal(errno, ENOENT);
}

static void
a_path_too_long(void **arg)
{
	char		 path[2 * CONFIG_PATH_LEN];

	(void)arg;
	memset(path, 'd', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	errno = 0;
	assert_false(drift_write(path, 1e-6, 1e-6));
	assert_int_equal(errno, ENAMETOOLONG);
}

/* The longest path the configuration takes: slashes fill it up. */
static void
the_longest_path(void **arg)
{
	char		 path[CONFIG_PATH_LEN];
	double		 f, e;

	(void)arg;
	memset(path, '/', sizeof(path));
	memcpy(path, dir, strlen(dir));
	strlcpy(path + sizeof(path) - sizeof("drift"), "drift",
	    sizeof("drift"));
	assert_int_equal(strlen(path), sizeof(path) - 1);
	assert_true(drift_write(path, 1e-6, 1e-6));
	assert_int_equal(drift_read(path, &f, &e), DRIFT_OK);
	assert_int_equal(files(), 1);
}

static const struct {
	const char	*name;
	double		 saved, saved_error;	/* ppm, what the file says */
	double		 frequency, error;	/* ppm, what is known now */
	double		 age;			/* s, of the file */
	bool		 worth;
} worths[] = {
	{ "nothing new", 12, 0.1, 12, 0.1, 1e6, false },
	{ "a trifle", 12, 0.1, 12.009, 0.1, 1e6, false },
	{ "a little, an hour later", 12, 0.1, 12.02, 0.1, 3600, true },
	{ "a little, but soon", 12, 0.1, 12.02, 0.1, 3599, false },
	{ "known better", 12, 0.3, 12, 0.1, 300, true },
	{ "known better, and written just now", 12, 0.3, 12, 0.1, 299, false },
	{ "hardly surer", 12, 0.19, 12, 0.1, 1e6, false },
	{ "less sure than it was", 12, 0.1, 12, 200, 1e6, false },
	{ "wrong by far", 290, 0.1, 0, 5, 300, true },
	{ "wrong by far, the other way", -290, 0.1, 0, 5, 300, true },
	{ "wrong, and written just now", 290, 0.1, 0, 5, 299, false },
	{ "wrong, or not", 290, 0.1, 0, 100, 3599, false },
	{ "wrong, and it did not know", 290, 100, 0, 0.1, 300, true },
	{ "wrong by little", 12, 0.01, 12.5, 0.01, 300, true },
};

/* A wrong file does not stay for an hour. */
static void
worth_writing(void **arg)
{
	struct drift	 saved, now;
	size_t		 i;

	(void)arg;
	for (i = 0; i < COUNT(worths); i++) {
		saved.frequency = worths[i].saved * 1e-6;
		saved.error = worths[i].saved_error * 1e-6;
		now.frequency = worths[i].frequency * 1e-6;
		now.error = worths[i].error * 1e-6;
		if (drift_worth_writing(&saved, &now, worths[i].age) !=
		    worths[i].worth)
			fail_msg("%s", worths[i].name);
	}
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(good_files),
		TEST(corrupt_files),
		TEST(oversize),
		TEST(missing_and_unreadable),
		TEST(a_fifo_does_not_block),
		TEST(no_permission_to_read),
		TEST(no_permission_to_write),
		TEST(written_is_read_back),
		TEST(an_absurd_error),
		TEST(replaced_in_one_step),
		TEST(failure_leaves_nothing),
		TEST(left_over_from_a_crash),
		TEST(symlink_traps),
		TEST(no_directory),
		TEST(a_path_too_long),
		TEST(the_longest_path),
		TEST(worth_writing),
	};

	umask(0);	/* what the file is, it is by itself */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
