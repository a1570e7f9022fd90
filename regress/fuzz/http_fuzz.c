/*
 * Any bytes as an HTTP response: it comes to an end, and what is taken for a
 * date is one.  The same if they come in two parts.  Input: a byte that says
 * where the second part begins, then the response.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ntpd/tls/http.h"
#include "regress/fuzz/fuzz.h"

const size_t	 input_most = HTTP_HEAD_MOST + 64;

static void
check(const struct http *h, size_t size)
{
	char		 text[64];
	struct tm	 tm;
	time_t		 t = h->date;
	int64_t		 date;

	require(h->taken <= size && h->taken <= HTTP_HEAD_MOST + 1);
	require((h->status >= 100 && h->status <= 599) ||
	    h->state == HTTP_BEGINS || h->state == HTTP_NOT_HTTP ||
	    h->state == HTTP_TOO_LONG);
	if (h->state != HTTP_DATED)
		return;
	require(gmtime_r(&t, &tm) != NULL);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	require(http_date(text, &date) && date == h->date);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char	*text = (const char *)data + 1;
	struct http	 whole, parts;
	size_t		 first;
	bool		 more;

	if (size-- < 1)
		return 0;
	http_begin(&whole);
	more = http_take(&whole, text, size);
	require(more == (whole.state == HTTP_BEGINS ||
	    whole.state == HTTP_FIELDS));
	check(&whole, size);
	first = data[0] < size ? data[0] : size;
	http_begin(&parts);
	if (http_take(&parts, text, first))
		http_take(&parts, text + first, size - first);
	require(parts.state == whole.state && parts.date == whole.date &&
	    parts.status == whole.status);
	return 0;
}

void
make_seeds(void)
{
	static const char *const texts[] = {
		"\x10HTTP/1.1 200 OK\r\nServer: a\r\n"
		"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n",
		"\x01HTTP/1.0 301 Moved\nLocation: /\n"
		"date:Tue, 29 Feb 2028 23:59:60 GMT \n",
		"\x40HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
	};
	char		 name[16];
	size_t		 i;

	for (i = 0; i < COUNT(texts); i++) {
		snprintf(name, sizeof(name), "%zu", i);
		seed(name, texts[i], strlen(texts[i]));
	}
	seed_begin("long");
	seed_add(texts[0], 20);
	seed_fill('x', HTTP_HEAD_MOST);
}
