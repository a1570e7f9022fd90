/*
 * Cookies: there and back, and from one day to the next.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cookie.h"
#include "ntpd/parent/cookies.h"
#include "regress/unit/unit.h"

#define TODAY	20785		/* 28 November 2026 */

static const struct cookie_secret secret = {
	.aead = AEAD_AES_SIV_CMAC_256, .c2s = { 1, 2, 3 }, .s2c = { 4, 5, 6 }
};

static char	 directory[] = "/tmp/ntpd-cookies-XXXXXX";
static char	 file[64];

static int
setup(void **arg)
{
	(void)arg;
	if (mkdtemp(directory) == NULL)
		return -1;
	snprintf(file, sizeof(file), "%s/keys", directory);
	return 0;
}

static int
teardown(void **arg)
{
	(void)arg;
	unlink(file);
	return rmdir(directory);
}

/* A jar for DAY with the keys of C. */
static struct cookie_jar
jar_of(const struct cookies *c, uint32_t day, uint8_t seed)
{
	const uint8_t	 bytes[16] = { seed };
	struct cookie_keys keys;
	struct cookie_jar jar;

	cookie_init(&jar, bytes);
	cookies_keys(c, day, &keys);
	assert_true(cookie_set_keys(&jar, &keys));
	return jar;
}

static void
test_there_and_back(void **arg)
{
	struct cookies	 c;
	struct cookie_jar jar, other;
	uint8_t		 cookie[2][COOKIE_MOST];
	struct cookie_secret got;
	struct aead_bytes bytes = { cookie[0], 100 };
	size_t		 bit, len;

	(void)arg;
	cookies_new(&c, TODAY);
	jar = jar_of(&c, TODAY, 1);
	other = jar_of(&c, TODAY, 2);
	assert_int_equal(cookie_len(secret.aead), 100);
	cookie_make(&jar, &secret, cookie[0]);
	cookie_make(&jar, &secret, cookie[1]);
	assert_memory_not_equal(cookie[0] + 4, cookie[1] + 4, 16);
	/* One server's cookies are another one's. */
	assert_true(cookie_open(&other, bytes, &got));
	assert_int_equal(got.aead, secret.aead);
	assert_memory_equal(got.c2s, secret.c2s, 32);
	assert_memory_equal(got.s2c, secret.s2c, 32);
	for (bit = 0; bit < 800; bit++) {
		cookie[0][bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(cookie_open(&jar, bytes, &got));
		cookie[0][bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (len = 0; len < 100; len++)
		assert_false(cookie_open(&jar,
		    (struct aead_bytes){ cookie[0], len }, &got));
	/* A key of somebody else's. */
	cookies_new(&c, TODAY);
	other = jar_of(&c, TODAY, 1);
	assert_false(cookie_open(&other, bytes, &got));
}

/* A cookie is good for eight days, on every machine that has the file. */
static void
test_days(void **arg)
{
	struct cookies	 c, copy;
	struct cookie_jar jar;
	uint8_t		 cookie[COOKIE_MOST];
	struct cookie_secret got;
	uint32_t	 day;

	(void)arg;
	cookies_new(&c, TODAY);
	copy = c;
	jar = jar_of(&c, TODAY, 1);
	cookie_make(&jar, &secret, cookie);
	for (day = TODAY; day < TODAY + 12; day++) {
		/* The copy sleeps for three days at a time. */
		if (day % 3 == 0)
			cookies_follow(&copy, day, true);
		cookies_follow(&c, day, false);
		if (day % 3 == 0)
			assert_memory_equal(&copy, &c, sizeof(c));
		jar = jar_of(&c, day, 1);
		assert_int_equal(cookie_open(&jar, (struct aead_bytes){
		    cookie, 100 }, &got), day < TODAY + COOKIE_KEYS);
	}
}

/* A clock that is wrong neither makes keys unknown nor ends the daemon. */
static void
test_wrong_clock(void **arg)
{
	struct cookies	 c, before;
	struct cookie_keys keys;

	(void)arg;
	cookies_new(&c, TODAY);
	before = c;
	cookies_keys(&c, 0, &keys);
	assert_int_equal(keys.n, COOKIE_KEYS);
	assert_int_equal(keys.current, 0);
	cookies_keys(&c, UINT32_MAX, &keys);
	assert_int_equal(keys.current, COOKIE_KEYS - 1);
	/* Nobody says that it is right: the keys stay. */
	assert_false(cookies_follow(&c, 3, false));
	assert_memory_equal(&c, &before, sizeof(c));
	/* Told that it is right, it begins anew. */
	assert_true(cookies_follow(&c, 3, true));
	assert_int_equal(c.day, 0);
	assert_memory_not_equal(c.secret, before.secret, sizeof(c.secret));
	assert_true(cookies_follow(&c, TODAY, true));
	assert_int_equal(c.day, TODAY - 7);
	assert_true(cookies_follow(&c, UINT32_MAX, true));
	assert_int_equal(c.day, UINT32_MAX - 7);
	assert_false(cookies_follow(&c, UINT32_MAX, true));
}

/* Keys that are out of range change nothing. */
static void
test_bad_keys(void **arg)
{
	struct cookies	 c;
	struct cookie_jar jar;
	struct cookie_keys keys;

	(void)arg;
	cookies_new(&c, TODAY);
	jar = jar_of(&c, TODAY, 1);
	cookies_keys(&c, TODAY, &keys);
	keys.n = COOKIE_KEYS + 1;
	assert_false(cookie_set_keys(&jar, &keys));
	keys.n = 3;
	keys.current = 3;
	assert_false(cookie_set_keys(&jar, &keys));
	assert_int_equal(jar.n, COOKIE_KEYS);
}

static void
put(const char *text, mode_t mode)
{
	FILE		*f;

	unlink(file);
	f = fopen(file, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(file, mode), 0);
}

#define HEX	"000102030405060708090a0b0c0d0e0f"			\
		"101112131415161718191a1b1c1d1e1f"

static const struct {
	const char	*text;
	mode_t		 mode;
	enum cookies_status status;
} files[] = {
	{ "20785 " HEX "\n",	0600,	COOKIES_OK },
	{ "20785 " HEX "\n",	0400,	COOKIES_OK },
	{ "20785 " HEX "\n",	0640,	COOKIES_UNSAFE },
	{ "20785 " HEX "\n",	0604,	COOKIES_UNSAFE },
	{ "20785 " HEX "\n",	0620,	COOKIES_UNSAFE },
	{ "",			0600,	COOKIES_CORRUPT },
	{ "20785\n",		0600,	COOKIES_CORRUPT },
	{ "20785 " HEX,		0600,	COOKIES_CORRUPT },
	{ "20785 " HEX "00\n",	0600,	COOKIES_CORRUPT },
	{ "20785 " HEX "\n\n",	0600,	COOKIES_CORRUPT },
	{ "20785  " HEX "\n",	0600,	COOKIES_CORRUPT },
	{ "-1 " HEX "\n",	0600,	COOKIES_CORRUPT },
	{ "9999999 " HEX "\n",	0600,	COOKIES_CORRUPT },
	{ " 20785 " HEX "\n",	0600,	COOKIES_CORRUPT },
	{ "20785 0x" HEX "\n",	0600,	COOKIES_CORRUPT },
};

static void
test_files(void **arg)
{
	struct cookies	 c, again;
	struct stat	 st;
	size_t		 i;

	(void)arg;
	unlink(file);
	assert_int_equal(cookies_read(file, &c), COOKIES_MISSING);
	assert_int_equal(cookies_read(directory, &c), COOKIES_UNREADABLE);
	for (i = 0; i < COUNT(files); i++) {
		put(files[i].text, files[i].mode);
		if (cookies_read(file, &c) != files[i].status)
			fail_msg("\"%s\" with mode %o", files[i].text,
			    files[i].mode);
	}
	cookies_new(&c, TODAY);
	assert_true(cookies_write(file, &c));
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(cookies_read(file, &again), COOKIES_OK);
	assert_int_equal(again.day, c.day);
	assert_memory_equal(again.secret, c.secret, sizeof(c.secret));
	assert_false(cookies_write("/nonexistent/keys", &c));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_wrong_clock),
		cmocka_unit_test(test_bad_keys),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
