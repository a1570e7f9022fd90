/*
 * The reports of what is wrong in ntpd.conf.
 */
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "ntpd/config/statement.h"

#define REPORTS_MOST	50	/* of one file; tuned: read, not a flood */

#define LINE_MASK	((1U << LINE_BITS) - 1)

/* LINE 0 is for what concerns the whole file. */
static void __attribute__((format(printf, 4, 0)))
report(struct parser *p, int priority, unsigned line, const char *fmt,
    va_list args)
{
	const unsigned	 file = line >> LINE_BITS;
	const char	*name = file == 0 ? p->name : p->included[file - 1];
	char		 message[768], text[1024];

	if (p->nreports > REPORTS_MOST)
		return;
	if (p->nreports++ == REPORTS_MOST) {
		snprintf(text, sizeof(text), "%.200s: more than %d faults, "
		    "the others are not shown", p->name, REPORTS_MOST);
		p->reports.take(p->reports.arg, priority, text);
		return;
	}
	vsnprintf(message, sizeof(message), fmt, args);
	if (line == 0)
		snprintf(text, sizeof(text), "%.200s: %s", p->name, message);
	else
		snprintf(text, sizeof(text), "%.200s:%u: %s", name,
		    line & LINE_MASK, message);
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
	const unsigned	 file = line >> LINE_BITS;

	if (file == 0)
		snprintf(p->place, sizeof(p->place), "line %u", line);
	else
		snprintf(p->place, sizeof(p->place), "line %u of %s",
		    line & LINE_MASK, p->included[file - 1]);
	return p->place;
}
