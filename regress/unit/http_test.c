/*
 * The header of an HTTP response: dates, and headers of all kinds, whole and
 * byte by byte.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ntpd/tls/http.h"
#include "regress/unit/unit.h"

static const struct {
	const char	*text;
	int64_t		 date;		/* -1: it is none */
} dates[] = {
	{ "Sun, 06 Nov 1994 08:49:37 GMT",	784111777 },
	{ "Thu, 01 Jan 1970 00:00:00 GMT",	0 },
	{ "Wed, 31 Dec 1969 23:59:59 GMT",	-1 },
	{ "Tue, 29 Feb 2028 00:00:00 GMT",	1835395200 },
	{ "Thu, 29 Feb 2029 00:00:00 GMT",	-1 },
	{ "Mon, 29 Feb 2100 00:00:00 GMT",	-1 },
	{ "Fri, 31 Dec 9999 23:59:59 GMT",	253402300799 },
	{ "Sat, 31 Dec 2016 23:59:60 GMT",	1483228799 },
	{ "Sun, 06 Nov 1994 24:00:00 GMT",	-1 },
	{ "Sun, 06 Nov 1994 08:60:00 GMT",	-1 },
	{ "Sun, 06 Nov 1994 08:00:61 GMT",	-1 },
	{ "Sun, 00 Nov 1994 08:49:37 GMT",	-1 },
	{ "Thu, 31 Nov 1994 08:49:37 GMT",	-1 },
	{ "Mon, 06 Nov 1994 08:49:37 GMT",	-1 },	/* it was a Sunday */
	{ "Sun, 06 Nox 1994 08:49:37 GMT",	-1 },
	{ "Sux, 06 Nov 1994 08:49:37 GMT",	-1 },
	{ "sun, 06 nov 1994 08:49:37 gmt",	-1 },
	{ "Sun, 06 Nov 1994 08:49:37 UTC",	-1 },
	{ "Sun, 06 Nov 1994 08:49:37 +000",	-1 },
	{ "Sun, 06 Nov 1994 08:49:37 GMT ",	-1 },
	{ "Sun, 06 Nov 1994 08:49:37 GM",	-1 },
	{ "Sun, 06 Nov 1994 -8:49:37 GMT",	-1 },
	{ "Sun,  6 Nov 1994 08:49:37 GMT",	-1 },
	{ "Sunday, 06-Nov-94 08:49:37 GMT",	-1 },
	{ "Sun Nov  6 08:49:37 1994",		-1 },
	{ "",					-1 },
};

static void
date_or_not(void **arg)
{
	int64_t		 date;
	size_t		 i;
	bool		 good;

	(void)arg;
	for (i = 0; i < COUNT(dates); i++) {
		date = -1;
		good = http_date(dates[i].text, &date);
		if (good != (dates[i].date != -1) || date != dates[i].date)
			fail_msg("%s: %lld", dates[i].text, (long long)date);
	}
}

/* Each day for 300 years, by the C library's calendar. */
static void
every_day(void **arg)
{
	const time_t	 day = 86400, last = 300 * 365 * day;
	char		 text[64];
	struct tm	 tm;
	int64_t		 date;
	time_t		 t;

	(void)arg;
	for (t = 12345; t < last; t += day) {
		gmtime_r(&t, &tm);
		strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		if (!http_date(text, &date) || date != t)
			fail_msg("%s", text);
	}
}

#define DATE	"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
#define X16	"xxxxxxxxxxxxxxxx"
#define X256	X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16

static const struct {
	const char	*name;
	const char	*text;
	enum http_state	 state;
	unsigned	 status;
} cases[] = {
	{ "usual", "HTTP/1.1 200 OK\r\n" DATE, HTTP_DATED, 200 },
	{ "not the first", "HTTP/1.0 404 Not Found\r\nServer: a\r\n" DATE,
	    HTTP_DATED, 404 },
	{ "redirection", "HTTP/1.1 301 Moved\r\nLocation: /\r\n" DATE,
	    HTTP_DATED, 301 },
	{ "no words", "HTTP/1.1 200\r\n" DATE, HTTP_DATED, 200 },
	{ "another spelling", "HTTP/1.1 200 OK\n"
	    "dAtE:\t Sun, 06 Nov 1994 08:49:37 GMT \t\n", HTTP_DATED, 200 },
	{ "no blank", "HTTP/1.1 200 OK\n"
	    "Date:Sun, 06 Nov 1994 08:49:37 GMT\n", HTTP_DATED, 200 },
	{ "long lines", "HTTP/1.1 200 " X256 "\r\nA: " X256 "\r\n" DATE,
	    HTTP_DATED, 200 },
	{ "not all of it", "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37",
	    HTTP_FIELDS, 200 },
	{ "similar names", "HTTP/1.1 200 OK\r\nX-Date: a\r\nDate-X: b\r\n",
	    HTTP_FIELDS, 200 },
	{ "a folded line", "HTTP/1.1 200 OK\r\nDate:\r\n Sun, 06 Nov 1994\r\n",
	    HTTP_BAD_DATE, 200 },
	{ "an empty date", "HTTP/1.1 200 OK\r\nDate:\r\n", HTTP_BAD_DATE, 200 },
	{ "only blanks", "HTTP/1.1 200 OK\r\nDate: \t \r\n", HTTP_BAD_DATE,
	    200 },
	{ "a long date", "HTTP/1.1 200 OK\r\nDate: " X256 "\r\n",
	    HTTP_BAD_DATE, 200 },
	{ "more behind the date", "HTTP/1.1 200 OK\r\n"
	    "Date: Sun, 06 Nov 1994 08:49:37 GMT" X256 "\r\n", HTTP_BAD_DATE,
	    200 },
	{ "none", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n" DATE, HTTP_UNDATED, 200 },
	{ "nothing", "", HTTP_BEGINS, 0 },
	{ "half a line", "HTTP/1.1 200 O", HTTP_BEGINS, 0 },
	{ "no status", "HTTP/1.1 \r\n" DATE, HTTP_NOT_HTTP, 0 },
	{ "a short status", "HTTP/1.1 20\r\n" DATE, HTTP_NOT_HTTP, 0 },
	{ "a long status", "HTTP/1.1 2000\r\n" DATE, HTTP_NOT_HTTP, 0 },
	{ "status 099", "HTTP/1.1 099 A\r\n" DATE, HTTP_NOT_HTTP, 0 },
	{ "status 600", "HTTP/1.1 600 A\r\n" DATE, HTTP_NOT_HTTP, 0 },
	{ "HTTP/2", "HTTP/2 200 OK\r\n" DATE, HTTP_NOT_HTTP, 0 },
	{ "HTTP/0.9", "<html>\r\n" DATE, HTTP_NOT_HTTP, 0 },
	{ "an empty line first", "\r\nHTTP/1.1 200 OK\r\n" DATE, HTTP_NOT_HTTP,
	    0 },
};

/* The same whether it comes at once or in parts of SIZE bytes. */
static void
in_parts_of(size_t size)
{
	struct http	 h;
	size_t		 i, at, len, part;
	bool		 more;

	for (i = 0; i < COUNT(cases); i++) {
		http_begin(&h);
		len = strlen(cases[i].text);
		more = true;
		for (at = 0; at < len && more; at += part) {
			part = len - at < size ? len - at : size;
			more = http_take(&h, cases[i].text + at, part);
		}
		if (h.state != cases[i].state || h.status != cases[i].status)
			fail_msg("%s in %zu: %d, %u", cases[i].name, size,
			    (int)h.state, h.status);
		assert_int_equal(more, h.state == HTTP_BEGINS ||
		    h.state == HTTP_FIELDS);
		if (h.state == HTTP_DATED)
			assert_int_equal(h.date, 784111777);
	}
}

static void
headers(void **arg)
{
	(void)arg;
	in_parts_of(4096);
	in_parts_of(1);
	in_parts_of(7);
}

/* There is an end to what is read, with lines or without. */
static void
endless(void **arg)
{
	static const char *const starts[] = { "", "HTTP/1.1 200 OK\r\n" };
	static const char *const pieces[] = { "x", "A: b\r\n", "\r", X256 };
	struct http	 h;
	size_t		 i, k, taken;

	(void)arg;
	for (i = 0; i < COUNT(starts) * COUNT(pieces); i++) {
		const char	*start = starts[i / COUNT(pieces)];
		const char	*piece = pieces[i % COUNT(pieces)];

		if (*start == '\0' && strchr(piece, '\n') != NULL)
			continue;
		http_begin(&h);
		assert_true(http_take(&h, start, strlen(start)));
		taken = strlen(start);
		for (k = 0; k <= HTTP_HEAD_MOST && http_take(&h, piece,
		    strlen(piece)); k++)
			taken += strlen(piece);
		assert_int_equal(h.state, HTTP_TOO_LONG);
		assert_true(taken <= HTTP_HEAD_MOST &&
		    taken + strlen(piece) > HTTP_HEAD_MOST);
		assert_false(http_take(&h, DATE, strlen(DATE)));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(date_or_not),
		cmocka_unit_test(every_day),
		cmocka_unit_test(headers),
		cmocka_unit_test(endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
