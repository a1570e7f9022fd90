/*
 * Writing the result.
 */
#include <err.h>
#include <stdarg.h>
#include <stdlib.h>

#include "ntpctl/convert.h"

/* Is there at TEXT what a terminal would obey?  0xc2 begins C1 in UTF-8. */
static bool
is_control(const char *text)
{
	const unsigned char *u = (const unsigned char *)text;

	return (u[0] < ' ' && u[0] != '\t') || u[0] == 0x7f ||
	    (u[0] == 0xc2 && u[1] >= 0x80 && u[1] < 0xa0);
}

void
convert_put(struct convert *c, const char *before, const char *text)
{
	fputs(before, c->out);
	for (; *text != '\0'; text++)
		fputc(is_control(text) ? '?' : *text, c->out);
	fputc('\n', c->out);
}

static void
put_format(struct convert *c, const char *before, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

static void
put_format(struct convert *c, const char *before, const char *fmt, va_list ap)
{
	char		*text;

	if (vasprintf(&text, fmt, ap) == -1)
		err(4, NULL);
	convert_put(c, before, text);
	free(text);
}

void
convert_into(struct convert *c, const char *fmt, ...)
{
	va_list		 ap;

	va_start(ap, fmt);
	put_format(c, "", fmt, ap);
	va_end(ap);
}

void
convert_note(struct convert *c, const char *fmt, ...)
{
	va_list		 ap;

	va_start(ap, fmt);
	put_format(c, "#   ", fmt, ap);
	va_end(ap);
}
