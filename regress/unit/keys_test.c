/*
 * The file of keys: what is a key, what is not, and where it is said; and who
 * may read the file.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "ntpd/config.h"
#include "regress/unit/unit.h"

#define HEX16	"00112233445566778899aabbccddeeff"
#define HEX32	HEX16 HEX16
#define HEX64	HEX32 HEX32

/* One key, or what is wrong. */
static const struct {
	const char	*name;
	const char	*text;
	uint32_t	 id;
	enum mac_algorithm algorithm;
	size_t		 length;
	const char	*report;	/* NULL: nothing; "w ...": a warning */
} cases[] = {
	{ "hexadecimal", "7 AES128 HEX:" HEX16 "\n", 7, MAC_AES128, 16, NULL },
	{ "capitals", "7 AES128 HEX:00112233445566778899AABBCCDDEEFF", 7,
	    MAC_AES128, 16, NULL },
	{ "of ntp.keys", "7 aes-128-cmac " HEX16 "\n", 7, MAC_AES128, 16,
	    NULL },
	{ "characters", "7 AES128 ASCII:0123456789abcdef\n", 7, MAC_AES128, 16,
	    NULL },
	{ "bare characters", "7 SHA1 0123456789abcdef\n", 7, MAC_SHA1, 16,
	    NULL },
	{ "20 characters", "7 SHA1 01234567890123456789\n", 7, MAC_SHA1, 20,
	    NULL },
	{ "21 characters are hexadecimal", "7 SHA1 0123456789012345678901\n", 7,
	    MAC_SHA1, 11, NULL },
	{ "the largest number", "4294967295 MD5 0123456789\n", 4294967295U,
	    MAC_MD5, 10, NULL },
	{ "the longest", "1 SHA512 HEX:" HEX64 "\n", 1, MAC_SHA512, 64, NULL },
	{ "AES-256", "1 AES256 " HEX32 "\n", 1, MAC_AES256, 32, NULL },
	{ "blanks and a comment", "\t1\tMD5  0123456789 \t # MD5\r\n", 1,
	    MAC_MD5, 10, NULL },
	{ "other comments", "# 1\n! 2\n; 3\n% 4\n\n \n1 M 0123456789", 1,
	    MAC_MD5, 10, NULL },
	{ "# in a key", "1 SHA1 ASCII:a#b#c#d#e#f\n", 1, MAC_SHA1, 11, NULL },
	{ "short", "1 SHA1 secret\n", 1, MAC_SHA1, 6,
	    "w k:1: key 1: 6 bytes can be guessed" },

	{ "no type", "\n1 secret\n", 0, MAC_NONE, 0,
	    "k:2: there must be three words" },
	{ "four words", "1 MD5 0123456789 abcdef\n", 0, MAC_NONE, 0,
	    "k:1: there must be three words" },
	{ "for some addresses", "1 MD5 0123456789 192.0.2.1,2001:db8::/32\n"
	    "2 MD5 0123456789\n", 2, MAC_MD5, 10,
	    "w k:1: key 1 is for some addresses only: left out" },
	{ "number 0", "0 MD5 0123456789\n", 0, MAC_NONE, 0,
	    "k:1: the number of a key must be 1 to 4294967295" },
	{ "a number too large", "4294967296 MD5 0123456789\n", 0, MAC_NONE, 0,
	    "k:1: the number of a key must be 1 to 4294967295" },
	{ "no number", "x MD5 0123456789\n", 0, MAC_NONE, 0,
	    "k:1: the number of a key must be 1 to 4294967295" },
	{ "an unknown type", "3 SHA384 0123456789\n4 SHA1 0123456789\n", 4,
	    MAC_SHA1, 10, "w k:1: key 3 has an unknown type: left out; there "
	    "are AES128, AES256, SHA1" },
	{ "a type of long ago, its key is none", "3 S 4f7a9e#\n"
	    "4 SHA1 0123456789\n", 4, MAC_SHA1, 10,
	    "w k:1: key 3 has an unknown type: left out" },
	{ "too short for AES-128", "3 AES128 0123456789abcde\n", 0, MAC_NONE, 0,
	    "k:1: key 3: AES128 needs 16 bytes, not 15" },
	{ "too long for AES-128", "3 AES128 0123456789abcdefg\n", 0, MAC_NONE,
	    0, "k:1: key 3: AES128 needs 16 bytes, not 17" },
	{ "too short for AES-256", "3 AES256 HEX:" HEX16 "\n", 0, MAC_NONE, 0,
	    "k:1: key 3: AES256 needs 32 bytes, not 16" },
	{ "an odd digit", "3 SHA1 HEX:012\n", 0, MAC_NONE, 0,
	    "k:1: key 3: its hexadecimal digits are not pairs" },
	{ "no digit", "3 SHA1 HEX:0g\n", 0, MAC_NONE, 0,
	    "k:1: key 3: it is not hexadecimal" },
	{ "long characters", "3 SHA1 this is no" "t-hexadecimal\n", 0, MAC_NONE,
	    0, "k:1: there must be three words" },
	{ "bare, long", "3 SHA1 this-is-not-hexadecimal!\n", 0, MAC_NONE, 0,
	    "k:1: key 3: it is not hexadecimal, write ASCII:" },
	{ "bare with #", "3 SHA1 0123#456\n", 0, MAC_NONE, 0,
	    "k:1: key 3: write ASCII: before a key with #" },
	{ "empty", "3 SHA1 HEX:\n", 0, MAC_NONE, 0, "k:1: key 3: it is empty" },
	{ "too long", "3 SHA1 HEX:" HEX64 "00\n", 0, MAC_NONE, 0,
	    "k:1: key 3: it is longer than 64 bytes" },
	{ "twice", "3 SHA1 0123456789\n3 MD5 0123456789\n", 0, MAC_NONE, 0,
	    "k:2: key 3 is already above" },
	{ "a NUL", "3 SHA1 0123456789@\n", 0, MAC_NONE, 0,
	    "k:1: a character that is not printable" },
	{ "an escape", "3 SHA1 \033[2J\n", 0, MAC_NONE, 0,
	    "k:1: a character that is not printable" }
};

static struct {
	unsigned	 n;
	char		 text[1024];
} reported;

static void
collect(void *arg, int priority, const char *line)
{
	(void)arg;
	if (reported.n++ == 0)
		snprintf(reported.text, sizeof(reported.text), "%s%s",
		    priority == LOG_WARNING ? "w " : "", line);
}

static const struct config_reports reports = { collect, NULL };

static void
lines(void **state)
{
	struct config	 conf;
	char		 text[512], *at;
	size_t		 i, len;
	bool		 good;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		len = strlen(cases[i].text);
		memcpy(text, cases[i].text, len);
		if ((at = memchr(text, '@', len)) != NULL)
			*at = '\0';
		memset(&reported, 0, sizeof(reported));
		good = config_parse_keys(&conf, "k", text, len, &reports);
		if (good != (cases[i].id != 0) ||
		    reported.n != (cases[i].report != NULL) ||
		    (cases[i].report != NULL && strncmp(reported.text,
		    cases[i].report, strlen(cases[i].report)) != 0))
			fail_msg("%s: %u \"%s\"", cases[i].name, reported.n,
			    reported.text);
		if (!good)
			continue;
		if (conf.nkeys != 1 || conf.keys[0].id != cases[i].id ||
		    conf.keys[0].algorithm != cases[i].algorithm ||
		    conf.keys[0].length != cases[i].length ||
		    !mac_key_valid(&conf.keys[0]))
			fail_msg("%s: not the key", cases[i].name);
		config_free(&conf);
	}
}

/* No message shows a key. */
static void
messages_keep_the_secret(void **state)
{
	struct config	 conf;
	char		 text[256];
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(text, sizeof(text), "%.*s secretsecret secretsecret\n",
		    (int)strcspn(cases[i].text, "\n@"), cases[i].text);
		memset(&reported, 0, sizeof(reported));
		if (config_parse_keys(&conf, "k", text, strlen(text),
		    &reports))
			config_free(&conf);
		if (strstr(reported.text, "secret") != NULL ||
		    strstr(reported.text, "0123456") != NULL ||
		    strstr(reported.text, "00112233") != NULL)
			fail_msg("%s", reported.text);
	}
}

static void
keys_are_in_order(void **state)
{
	static char	 text[CONFIG_MAX_KEYS * 32 + 64];
	struct config	 conf;
	size_t		 n = 0, i;

	(void)state;
	for (i = 0; i < CONFIG_MAX_KEYS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "%zu SHA1 0123456789\n", 1 + (i * 7) % CONFIG_MAX_KEYS);
	assert_true(config_parse_keys(&conf, "k", text, n, &reports));
	assert_int_equal(conf.nkeys, CONFIG_MAX_KEYS);
	for (i = 0; i < conf.nkeys; i++)
		assert_int_equal(conf.keys[i].id, i + 1);
	config_free(&conf);
	assert_null(conf.keys);
	memset(&reported, 0, sizeof(reported));
	n += (size_t)snprintf(text + n, sizeof(text) - n, "%d MD5 0123456789",
	    CONFIG_MAX_KEYS + 1);
	assert_false(config_parse_keys(&conf, "k", text, n, &reports));
	assert_non_null(strstr(reported.text, "too many keys, at most 1000"));
}

static char	 folder[] = "/tmp/keys_test-XXXXXX";

static const char *
write_file(const char *name, mode_t mode, const char *text)
{
	static char	 path[128];
	FILE		*file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	unlink(path);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static bool
load(struct config *conf, const char *text)
{
	char	 whole[512];

	snprintf(whole, sizeof(whole), "keys \"%s/keys\"\n%s", folder, text);
	memset(&reported, 0, sizeof(reported));
	return config_load(conf, write_file("conf", 0644, whole), &reports);
}

static void
servers_get_their_keys(void **state)
{
	struct config	 conf;

	(void)state;
	write_file("keys", 0600, "5 SHA1 0123456789five\n"
	    "9 MD5 0123456789nine\n");
	assert_true(load(&conf, "server a key 9\nserver b\nservers c key 5\n"));
	assert_int_equal(conf.nkeys, 2);
	assert_int_equal(conf.servers[0].auth, AUTH_KEY);
	assert_memory_equal(&conf.servers[0].key, &conf.keys[1],
	    sizeof(conf.keys[1]));
	assert_int_equal(conf.servers[1].auth, AUTH_NONE);
	assert_int_equal(conf.servers[1].key.id, 0);
	assert_memory_equal(conf.servers[2].key.secret, "0123456789five", 14);
	config_free(&conf);
	assert_int_equal(conf.servers[0].key.secret[0], 0);

	assert_false(load(&conf, "server a\nserver b key 6\n"));
	assert_non_null(strstr(reported.text,
	    "/conf:3: key 6 is not in /tmp/"));
	assert_null(conf.keys);
	write_file("keys", 0600, "5 SHA1 0123456789five\n9 MD5\n");
	assert_false(load(&conf, "server a key 5\n"));
	assert_non_null(strstr(reported.text, "/keys:2: there must be"));
	assert_int_equal(reported.n, 1);
}

static void
others_may_not_read_it(void **state)
{
	static const struct {
		mode_t		 mode;
		const char	*report;	/* NULL: it is fine */
	} modes[] = {
		{ 0600, NULL }, { 0400, NULL }, { 0640, NULL },
		{ 0644, "can be read by others or written by group, run: "
		    "chmod g-w,o= " },
		{ 0660, "can be read by others" },
		{ 0602, "can be read by others" },
		{ 0601, "can be read by others" }
	};
	struct config	 conf;
	char		 path[128];
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(modes); i++) {
		write_file("keys", modes[i].mode, "5 SHA1 0123456789five\n");
		if (load(&conf, "server a key 5\n") !=
		    (modes[i].report == NULL) || (modes[i].report != NULL &&
		    strstr(reported.text, modes[i].report) == NULL))
			fail_msg("%o: %s", modes[i].mode, reported.text);
		if (modes[i].report == NULL)
			config_free(&conf);
	}
	snprintf(path, sizeof(path), "%s/keys", folder);
	if (geteuid() == 0) {
		write_file("keys", 0600, "5 SHA1 0123456789five\n");
		assert_int_equal(chown(path, 65534, 0), 0);
		assert_false(load(&conf, "server a key 5\n"));
		assert_non_null(strstr(reported.text, "belongs to user 65534"));
	}
	unlink(path);
	assert_false(load(&conf, "server a key 5\n"));
	assert_non_null(strstr(reported.text, "keys: cannot be opened: No"));
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(load(&conf, "server a key 5\n"));
	assert_non_null(strstr(reported.text, "is not a regular file"));
	assert_int_equal(rmdir(path), 0);
}

static int
begin(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
end(void **state)
{
	(void)state;
	unlink(write_file("conf", 0644, ""));
	unlink(write_file("keys", 0644, ""));
	return rmdir(folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(messages_keep_the_secret),
		cmocka_unit_test(keys_are_in_order),
		cmocka_unit_test(servers_get_their_keys),
		cmocka_unit_test(others_may_not_read_it)
	};

	return cmocka_run_group_tests(tests, begin, end);
}
