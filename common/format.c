/*
 * Times in words.
 */
#include <math.h>
#include <stdio.h>

#include <bsd/string.h>

#include "common/format.h"

/* Less than this is written as 0, s, and has no side. */
#define NOTHING		0.5e-9

const char *
format_size(double s, char text[FORMAT_LEN])
{
	double		 size = fabs(s);

	if (isnan(s))
		strlcpy(text, "unknown", FORMAT_LEN);
	else if (size < 999.95e-9)
		snprintf(text, FORMAT_LEN, "%.0f ns", size * 1e9);
	else if (size < 999.95e-6)
		snprintf(text, FORMAT_LEN, "%.1f us", size * 1e6);
	else if (size < 999.9995e-3)
		snprintf(text, FORMAT_LEN, "%.3f ms", size * 1e3);
	else
		snprintf(text, FORMAT_LEN, "%.3f s", fmin(size, 1e20));
	return text;
}

const char *
format_offset(double offset, char text[FORMAT_LEN])
{
	format_size(offset, text);
	if (!isnan(offset))
		strlcat(text, offset <= -NOTHING ? " ahead" : " behind",
		    FORMAT_LEN);
	return text;
}

const char *
format_step(double offset, char text[FORMAT_LEN])
{
	char		 size[FORMAT_LEN];

	snprintf(text, FORMAT_LEN, "%s by %.30s",
	    offset < 0 ? "back" : "forward", format_size(offset, size));
	return text;
}

const char *
format_span(double s, char text[FORMAT_LEN])
{
	if (s < 120)
		snprintf(text, FORMAT_LEN, "%.0f s", floor(s));
	else if (s < 120 * 60)
		snprintf(text, FORMAT_LEN, "%.0f min", floor(s / 60));
	else if (s < 48 * 3600)
		snprintf(text, FORMAT_LEN, "%.0f h", floor(s / 3600));
	else
		snprintf(text, FORMAT_LEN, "%.0f days",
		    fmin(floor(s / 86400), 1e20));
	return text;
}

const char *
format_constraint(double offset, char text[FORMAT_LEN])
{
	if (fabs(offset) < 2)
		snprintf(text, FORMAT_LEN, "agrees with them");
	else
		snprintf(text, FORMAT_LEN, "is %.0f s %s by them", fabs(offset),
		    offset > 0 ? "behind" : "ahead");
	return text;
}
