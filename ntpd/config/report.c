/*
 * The reports of what is wrong in ntpd.conf.
 */
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "ntpd/config/statement.h"

#define REPORTS_MOST	50	/* of one file; tuned: read, not a flood */

/* LINE 0 is for what concerns the whole file. */
static void __attribute__((format(printf, 4, 0)))
report(struct parser *p, int priority, unsigned line, const char *fmt,
    va_list args)
{
	char	 message[768], text[1024];

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
		snprintf(text, sizeof(text), "%.200s:%u: %s", p->name, line,
		    message);
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
