/*
 * The statements that set one value, by their table: what each sets, its range
 * and its units, and that no word of any takes a name from anybody.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "ntpd/config/statement.h"
#include "regress/unit/unit.h"

#define LINE_LEN	256

static char	 reported[1024];	/* the last error */
static unsigned	 nreported;

static void
collect(void *arg, int priority, const char *line)
{
	(void)arg;
	if (priority != LOG_ERR)
		return;
	snprintf(reported, sizeof(reported), "%.1000s", line);
	nreported++;
}

static bool
parse(struct config *conf, const char *text)
{
	nreported = 0;
	reported[0] = '\0';
	return config_parse(conf, "f", text, strlen(text),
	    &(struct config_reports){ collect, NULL });
}

/* Exactly one error, WANTED. */
static void
expect_error(const char *text, const char *wanted)
{
	struct config	 conf;

	assert_false(parse(&conf, text));
	if (nreported != 1 || strcmp(reported, wanted) != 0)
		fail_msg("%s: %u \"%s\", not \"%s\"", text, nreported,
		    reported, wanted);
}

/* Is S a number and a unit? */
static bool
is_span(const struct statement *s)
{
	return s->units != NULL;
}

/* Has S a second value, behind the word key? */
static bool
has_key(const struct statement *s)
{
	return strstr(s->form, " key ") != NULL;
}

/* A good line of S, with N for its number and its first unit. */
static void
good_line(const struct statement *s, unsigned n, char text[LINE_LEN])
{
	if (is_span(s))
		snprintf(text, LINE_LEN, "%s %u %s\n", s->words, n,
		    s->units->name);
	else if (s->most > 0)
		snprintf(text, LINE_LEN, "%s %u\n", s->words, n);
	else if (has_key(s))
		snprintf(text, LINE_LEN, "%s /other key /other\n", s->words);
	else if (s->text != NULL)
		snprintf(text, LINE_LEN, "%s %s\n", s->words,
		    strstr(s->form, "PATH") != NULL ? "/other" : "other");
	else
		snprintf(text, LINE_LEN, "%s\n", s->words);
}

#define EACH_SETTING(s)							\
	(s) = statements; (s)->words != NULL; (s)++) if ((s)->size > 0

/* It sets what it is to set, unless that is so from the beginning. */
static void
each_sets_its_value(void **state)
{
	const struct statement *s;
	struct config	 conf, before;
	char		 text[LINE_LEN];
	size_t		 end;

	(void)state;
	config_default(&before);
	for (EACH_SETTING(s)) {
		good_line(s, s->least + 1, text);
		if (!parse(&conf, text))
			fail_msg("%s: %s", text, reported);
		end = s->offset + s->size;
		assert_true(s->size > 0 && end <= sizeof(conf));
		assert_int_equal(memcmp((char *)&conf + s->offset,
		    (char *)&before + s->offset, s->size) == 0,
		    strcmp(s->words, "step boot") == 0 ||
		    strcmp(s->words, "authentication prefer") == 0 ||
		    strcmp(s->words, "leap kernel") == 0);
		assert_memory_equal(&conf, &before, s->offset);
		if (s->when != STEP_ALWAYS && !has_key(s))
			assert_memory_equal((char *)&conf + end,
			    (char *)&before + end, sizeof(conf) - end);
	}
}

/* And so it has a value that could be written. */
static void
each_span_has_a_value(void **state)
{
	const struct statement *s;
	const struct unit *u;
	double		 least, most;

	(void)state;
	for (EACH_SETTING(s)) {
		if (!is_span(s) || s->when == STEP_ALWAYS)
			continue;
		least = INFINITY;
		most = 0;
		for (u = s->units; u->name != NULL; u++) {
			least = fmin(least, s->least * u->seconds);
			most = fmax(most, s->most * u->seconds);
		}
		assert_true(s->initial >= least && s->initial <= most);
	}
}

static void
each_is_set_once(void **state)
{
	const struct statement *s;
	char		 line[LINE_LEN], text[2 * LINE_LEN];
	char		 wanted[LINE_LEN];

	(void)state;
	for (EACH_SETTING(s)) {
		good_line(s, s->least, line);
		snprintf(text, sizeof(text), "%s%s", line, line);
		snprintf(wanted, sizeof(wanted), "f:2: %s is already set in "
		    "line 1, remove one", s->words);
		expect_error(text, wanted);
	}
}

static void
each_number_has_a_range(void **state)
{
	const struct statement *s;
	unsigned	 i;
	struct config	 conf;
	char		 text[LINE_LEN], wanted[LINE_LEN];

	(void)state;
	for (EACH_SETTING(s)) {
		const unsigned	 good[] = { s->least, s->most };
		const unsigned	 bad[] = { s->least - 1, s->most + 1 };

		for (i = 0; s->most > 0 && i < 2; i++) {
			good_line(s, good[i], text);
			assert_true(parse(&conf, text));
			good_line(s, bad[i], text);
			snprintf(wanted, sizeof(wanted), "f:1: %s must be a "
			    "number from %u to %u, not \"%u\"", s->words,
			    s->least, s->most, bad[i]);
			expect_error(text, wanted);
		}
	}
}

/* The wrong word is named, and the right form shown. */
static void
each_span_has_units(void **state)
{
	static const char *const values[][2] = {
		{ "5 w", "\"w\"" }, { "2 hours", "\"hours\"" },
		{ "2seconds", "\"2seconds\"" }, { "soon", "\"soon\"" },
		{ "5", "end of line" }, { "", "end of line" }
	};
	const struct statement *s;
	size_t		 i;
	char		 text[LINE_LEN], wanted[LINE_LEN];

	(void)state;
	for (EACH_SETTING(s)) {
		for (i = 0; is_span(s) && i < 6; i++) {
			snprintf(text, sizeof(text), "%s %s\n", s->words,
			    values[i][0]);
			snprintf(wanted, sizeof(wanted), "f:1: %s: unexpected "
			    "%s, write: %s", s->words, values[i][1], s->form);
			expect_error(text, wanted);
		}
		if (!is_span(s))
			continue;
		snprintf(text, sizeof(text), "%s 7%s\n", s->words,
		    s->units->name);
		snprintf(wanted, sizeof(wanted), "f:1: %s: unexpected \"7%s\", "
		    "separate the unit, write: %s 7 %s", s->words,
		    s->units->name, s->words, s->units->name);
		expect_error(text, wanted);
	}
}

/*
 * No word of a statement's form takes a name from anybody, but for wildcard,
 * which is none in ntp.conf.
 */
static void
no_word_takes_a_name(void **state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz46";
	static const char *const around[][2] = {
		{ "server", "" }, { "servers", "" }, { "server", "weight 2" },
		{ "listen on", "" }, { "listen on", "port 5" },
		{ "interface listen", "" }, { "user", "" }
	};
	const struct statement *s;
	struct config	 conf;
	char		 word[32], text[LINE_LEN];
	const char	*at;
	size_t		 i, len, n = 0;

	(void)state;
	for (s = statements; s->words != NULL; s++)
		for (at = s->form; *at != '\0'; at += len > 0 ? len : 1) {
			len = strspn(at, letters);
			if (len == 0)
				continue;
			n++;
			snprintf(word, sizeof(word), "%.*s", (int)len, at);
			if (strcmp(word, "wildcard") == 0)
				continue;
			for (i = 0; i < 7; i++) {
				snprintf(text, sizeof(text), "%s %s %s\n",
				    around[i][0], word, around[i][1]);
				if (!parse(&conf, text))
					fail_msg("%s: %s", text, reported);
			}
		}
	assert_true(n > 50);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(each_sets_its_value),
		cmocka_unit_test(each_span_has_a_value),
		cmocka_unit_test(each_is_set_once),
		cmocka_unit_test(each_number_has_a_range),
		cmocka_unit_test(each_span_has_units),
		cmocka_unit_test(no_word_takes_a_name)
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
