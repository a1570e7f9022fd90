/*
 * The header of an HTTP response, byte by byte.
 */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "ntpd/tls/http.h"

#define DATE_FIELD	"Date:"
#define BLANKS		" \t"

static const char *const days[] = {
	"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"
};

static const char *const months[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
	"Nov", "Dec"
};

/* The place of the three letters at TEXT among N names; N: none of them. */
static size_t
find(const char *const names[], size_t n, const char *text)
{
	size_t		 i = 0;

	while (i < n && strncmp(names[i], text, 3) != 0)
		i++;
	return i;
}

/* Does TEXT look like PATTERN, in which 0 is any digit and A any byte? */
static bool
looks_like(const char *text, const char *pattern)
{
	for (; *pattern != '\0'; text++, pattern++) {
		if (*text == '\0')
			return false;
		if (*pattern == '0' ? *text < '0' || *text > '9' :
		    *pattern != 'A' && *text != *pattern)
			return false;
	}
	return *text == '\0';
}

/* The two digits at TEXT. */
static int
two(const char *text)
{
	return (text[0] - '0') * 10 + text[1] - '0';
}

bool
http_date(const char *text, int64_t *date)
{
	struct tm	 tm = { .tm_sec = 0 }, given;
	size_t		 day, month;
	time_t		 t;

	if (!looks_like(text, "AAA, 00 AAA 0000 00:00:00 GMT"))
		return false;
	day = find(days, 7, text);
	month = find(months, 12, text + 8);
	if (day == 7 || month == 12)
		return false;
	tm.tm_mday = two(text + 5);
	tm.tm_mon = (int)month;
	tm.tm_year = two(text + 12) * 100 + two(text + 14) - 1900;
	tm.tm_hour = two(text + 17);
	tm.tm_min = two(text + 20);
	tm.tm_sec = two(text + 23);
	/* A leap second is taken for the one before. */
	if (tm.tm_sec == 60)
		tm.tm_sec = 59;
	given = tm;
	t = timegm(&tm);
	/* It is made another date if this one does not exist. */
	if (t < 0 || tm.tm_mday != given.tm_mday || tm.tm_mon != given.tm_mon ||
	    tm.tm_hour != given.tm_hour || tm.tm_min != given.tm_min ||
	    tm.tm_sec != given.tm_sec || tm.tm_wday != (int)day)
		return false;
	*date = t;
	return true;
}

void
http_begin(struct http *h)
{
	memset(h, 0, sizeof(*h));
	h->state = HTTP_BEGINS;
}

/* The first line, "HTTP/1.1 200 OK". */
static void
take_status(struct http *h)
{
	char		 start[] = "HTTP/1.1 200";
	const size_t	 len = sizeof(start) - 1;

	h->state = HTTP_NOT_HTTP;
	if (h->len < len || (h->len > len && h->line[len] != ' '))
		return;
	memcpy(start, h->line, len);
	if (!looks_like(start, "HTTP/1.0 000") || start[9] < '1' ||
	    start[9] > '5')
		return;
	h->status = (unsigned)(two(start + 9) * 10 + start[11] - '0');
	h->state = HTTP_FIELDS;
}

/* Another line. */
static void
take_field(struct http *h)
{
	const char	*value = h->line + strlen(DATE_FIELD);

	if (h->len == 0)
		h->state = HTTP_UNDATED;
	if (strncasecmp(h->line, DATE_FIELD, strlen(DATE_FIELD)) != 0)
		return;
	while (h->len > 0 && strchr(BLANKS, h->line[h->len - 1]) != NULL)
		h->line[--h->len] = '\0';
	value += strspn(value, BLANKS);
	h->state = http_date(value, &h->date) ? HTTP_DATED : HTTP_BAD_DATE;
}

static void
take_line(struct http *h)
{
	if (h->len > 0 && h->line[h->len - 1] == '\r')
		h->len--;
	h->line[h->len] = '\0';
	if (h->state == HTTP_BEGINS)
		take_status(h);
	else
		take_field(h);
	h->len = 0;
}

/* More can come. */
static bool
goes_on(const struct http *h)
{
	return h->state == HTTP_BEGINS || h->state == HTTP_FIELDS;
}

bool
http_take(struct http *h, const char *bytes, size_t len)
{
	const char	*end = bytes + len;

	for (; bytes < end && goes_on(h); bytes++) {
		if (h->taken++ == HTTP_HEAD_MOST)
			h->state = HTTP_TOO_LONG;
		else if (*bytes == '\n')
			take_line(h);
		else if (h->len < HTTP_LINE - 1)
			h->line[h->len++] = *bytes;
	}
	return goes_on(h);
}
