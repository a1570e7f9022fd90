/*
 * The reports of what is wrong in ntpd.conf.
 */
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "ntpd/config/statement.h"

#define REPORTS_MOST	50	/* of one file; tuned: read, not a flood */

#define LINE_MASK	((1U << LINE_BITS) - 1)

/* The name of the file that LINE is of. */
static const char *
file_of(const struct parser *p, unsigned line)
{
	const unsigned	 file = line >> LINE_BITS;

	return file == 0 ? p->main : p->included[file - 1];
}

/* LINE 0 is for what concerns the whole file, which another may name. */
static void __attribute__((format(printf, 4, 0)))
report(struct parser *p, int priority, unsigned line, const char *fmt,
    va_list args)
{
	char		 message[768], text[1280];

	if (p->nreports > REPORTS_MOST)
		return;
	if (p->nreports++ == REPORTS_MOST) {
		snprintf(text, sizeof(text), "%.200s: more than %d faults, "
		    "the others are not shown", p->name, REPORTS_MOST);
		p->reports.take(p->reports.arg, priority, text);
		return;
	}
	vsnprintf(message, sizeof(message), fmt, args);
	if (line != 0)
		snprintf(text, sizeof(text), "%.200s:%u: %s",
		    p->named != 0 && line >> LINE_BITS == 0 ? p->name :
		    file_of(p, line), line & LINE_MASK, message);
	else if (p->named != 0)
		snprintf(text, sizeof(text), "%.200s:%u: %.200s: %s",
		    file_of(p, p->named), p->named & LINE_MASK, p->name,
		    message);
	else
		snprintf(text, sizeof(text), "%.200s: %s", p->name, message);
	p->reports.take(p->reports.arg, priority, text);
}

void
parser_error(struct parser *p, unsigned line, const char *fmt, ...)
{
	va_list	 args;

	p->errors++;
	p->bad = true;
	va_start(args, fmt);
	report(p, LOG_ERR, line, fmt, args);
	va_end(args);
}

void
parser_warn(struct parser *p, unsigned line, const char *fmt, ...)
{
	va_list	 args;

	va_start(args, fmt);
	report(p, LOG_WARNING, line, fmt, args);
	va_end(args);
}

const char *
parser_place(struct parser *p, unsigned line)
{
	if (p->named == 0 && line >> LINE_BITS == 0)
		snprintf(p->place, sizeof(p->place), "line %u", line);
	else
		snprintf(p->place, sizeof(p->place), "line %u of %.255s",
		    line & LINE_MASK, file_of(p, line));
	return p->place;
}
