/*
 * Reading the list of leap seconds.  A line is "#@ EXPIRES", another comment,
 * or "TIME TAI-UTC", and times are those of NTP: s since 1900.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/ntptime.h"
#include "ntpd/parent/file.h"
#include "ntpd/parent/leaptable.h"
#include "ntpd/clock/policy.h"

#define FILE_MOST	32768	/* bytes; it had 11000 in 2026 */
#define DAY		86400
#define UNIX_OFFSET	((int64_t)NTPTIME_UNIX_OFFSET)

/* Times in it are between these, s since 1970. */
#define FIRST_TIME	0
#define LAST_TIME	POLICY_LAST_TIME

#define TAI_MOST	255	/* s, TAI - UTC; in 2026 it is 37 */

/*
 * The number that *TEXT begins with, of LEAST to MOST, into *N; *TEXT is then
 * behind it.  False if there is none.
 */
static bool
number(const char **text, int64_t least, int64_t most, int64_t *n)
{
	const char	*digits = *text + strspn(*text, " \t");
	char		*end;

	if (*digits < '0' || *digits > '9')
		return false;
	errno = 0;
	*n = strtoll(digits, &end, 10);
	*text = end;
	return errno == 0 && *n >= least && *n <= most &&
	    strchr(" \t\r\n#", *end) != NULL;
}

/* The same, of a time of NTP, into *AT as s since 1970. */
static bool
ntp_time(const char **text, int64_t *at)
{
	if (!number(text, UNIX_OFFSET + FIRST_TIME, UNIX_OFFSET + LAST_TIME,
	    at))
		return false;
	*at -= UNIX_OFFSET;
	return true;
}

/* One more line, AT TAI.  False if it cannot follow those before it. */
static bool
add(struct leaptable *table, int64_t at, int tai)
{
	const struct leaptable_line *last = table->lines + table->n;

	if (table->n == LEAPTABLE_MOST || at % DAY != 0)
		return false;
	if (table->n > 0 && (at <= last[-1].at ||
	    abs(tai - last[-1].tai) != 1))
		return false;
	table->lines[table->n++] = (struct leaptable_line){ at, tai };
	return true;
}

/* Take the line that TEXT begins with.  False if it is none. */
static bool
take_line(struct leaptable *table, const char *text)
{
	int64_t		 at, tai;

	if (strncmp(text, "#@", 2) == 0) {
		text += 2;
		return ntp_time(&text, &table->expires);
	}
	text += strspn(text, " \t\r");
	if (*text == '#' || *text == '\n' || *text == '\0')
		return true;
	return ntp_time(&text, &at) && number(&text, 0, TAI_MOST, &tai) &&
	    add(table, at, (int)tai);
}

const char *
leaptable_parse(const char *text, size_t len, struct leaptable *table)
{
	static struct leaptable new;
	const char	*line;

	memset(&new, 0, sizeof(new));
	if (memchr(text, '\0', len) != NULL)
		return "it is no text";
	for (line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!take_line(&new, line))
			return "a line of it is not understood";
	}
	if (new.n == 0)
		return "it has no leap seconds";
	if (new.expires < new.lines[new.n - 1].at)
		return "it does not say until when it is valid";
	*table = new;
	return NULL;
}

const char *
leaptable_read(const char *file, struct leaptable *table)
{
	static char	 text[FILE_MOST + 1];
	ssize_t		 n = file_read(file, FILE_OWN, text, sizeof(text));

	if (n == -1)
		return strerror(errno);
	if ((size_t)n == sizeof(text))
		return "it is larger than such a list";
	text[n] = '\0';
	return leaptable_parse(text, (size_t)n, table);
}

int
leaptable_tai(const struct leaptable *table, int64_t now)
{
	int		 tai = 0;
	size_t		 i;

	for (i = 0; i < table->n && table->lines[i].at <= now; i++)
		tai = table->lines[i].tai;
	return tai;
}

bool
leaptable_is_settled(const struct leaptable *table, int64_t now)
{
	return table->n > 0 && now < table->expires &&
	    now > table->lines[table->n - 1].at + DAY;
}

void
leaptable_plan(const struct leaptable *table, int64_t now,
    struct leap_plan *plan)
{
	const struct leaptable_line *l = table->lines;
	size_t		 i = 1;		/* the first changes nothing */

	plan->at = 0;
	plan->change = 0;
	plan->known = table->n > 0 && now < table->expires;
	while (i < table->n && l[i].at <= now - DAY)
		i++;
	if (!plan->known || i >= table->n)
		return;
	plan->at = l[i].at;
	plan->change = (int8_t)(l[i].tai - l[i - 1].tai);
}
