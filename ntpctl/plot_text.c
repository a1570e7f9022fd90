/*
 * The history on a terminal: each column stands for a part of the time.
 */
#include <math.h>
#include <stdlib.h>

#include "ntpctl/columns.h"
#include "ntpctl/plot.h"

#define LABEL		12	/* columns at the left */
#define COLUMNS_MOST	400
#define ROWS_OFFSET	13	/* odd, so that the middle is a row */
#define ROWS_FREQUENCY	7

/* What the history says of the time of one column. */
struct slice {
	double		 low, high;	/* of the values; NAN: there is none */
	double		 bound;		/* the largest; NAN: none */
};

struct chart {
	struct slice	 slices[COLUMNS_MOST];
	int		 columns, rows;
	struct plot_range y;
	struct plot_unit unit;
	bool		 utf8;
};

static void
clear(struct chart *c)
{
	int		 i;

	for (i = 0; i < c->columns; i++)
		c->slices[i] = (struct slice){ NAN, NAN, NAN };
}

/* VALUE was AGO s, of the TIMES that are shown. */
static void
put(struct chart *c, struct plot_range times, double ago, double value,
    double bound)
{
	struct slice	*s;
	int		 i;

	if (isnan(value) || isnan(ago))
		return;
	i = (int)((-ago - times.low) / (times.high - times.low) * c->columns);
	s = &c->slices[i < c->columns ? i : c->columns - 1];
	s->low = fmin(s->low, value);
	s->high = fmax(s->high, value);
	s->bound = fmax(s->bound, bound);
}

/* The row of VALUE, 0 the lowest; what is outside is in the last one. */
static int
row(const struct chart *c, double value)
{
	double		 part = (value - c->y.low) / (c->y.high - c->y.low);

	return (int)lround(fmin(1, fmax(0, part)) * (c->rows - 1));
}

static const char *
cell(const struct chart *c, const struct slice *s, int at)
{
	if (!isnan(s->low) && at >= row(c, s->low) && at <= row(c, s->high))
		return c->utf8 ? "\u2588" : "#";
	if (!isnan(s->bound) && at >= row(c, -s->bound) &&
	    at <= row(c, s->bound))
		return c->utf8 ? "\u2591" : ":";
	return " ";
}

static void
draw(FILE *out, const struct chart *c, const char *title)
{
	int		 at, i;

	fprintf(out, "%s\n", title);
	for (at = c->rows - 1; at >= 0; at--) {
		const double	 value = (c->y.low + (c->y.high - c->y.low) *
				    at / (c->rows - 1)) / c->unit.size;

		if (at % 3 == 0)
			fprintf(out, "%7.2f %-3s %s", value, c->unit.name,
			    c->utf8 ? "\u2524" : "+");
		else
			fprintf(out, "%*s%s", LABEL, "",
			    c->utf8 ? "\u2502" : "|");
		for (i = 0; i < c->columns; i++)
			fputs(cell(c, &c->slices[i], at), out);
		fputc('\n', out);
	}
}

static void
draw_times(FILE *out, const struct chart *c, struct plot_range times,
    double now)
{
	char		 from[COLUMN_LEN], to[COLUMN_LEN];

	fprintf(out, "%*s %-*s%s\n", LABEL, "", c->columns - 20,
	    column_time(now + times.low, from), column_time(now, to));
}

void
plot_text(FILE *out, const struct report *r, double now, int width, bool utf8)
{
	const struct plot_range times = plot_times(r);
	struct chart	*c = calloc(1, sizeof(*c));
	size_t		 i;

	if (c == NULL)
		return;
	c->utf8 = utf8;
	c->columns = width - LABEL - 1 < COLUMNS_MOST ? width - LABEL - 1 :
	    COLUMNS_MOST;
	c->rows = ROWS_OFFSET;
	c->y = plot_offsets(r);
	c->y.high = fmax(c->y.high, -c->y.low);	/* 0 is in the middle */
	c->y.low = -c->y.high;
	c->unit = plot_unit(c->y);
	clear(c);
	for (i = 0; i < r->npoints; i++)
		put(c, times, r->points[i].ago, r->points[i].offset,
		    r->points[i].likely_bound);
	draw(out, c, "true time minus the clock, and the likely bound");
	c->rows = ROWS_FREQUENCY;
	c->y = plot_frequencies(r);
	c->unit = (struct plot_unit){ "ppm", 1 };
	clear(c);
	for (i = 0; i < r->npoints; i++)
		put(c, times, r->points[i].ago, r->points[i].frequency, NAN);
	draw(out, c, "\ncorrection of the frequency");
	draw_times(out, c, times, now);
	free(c);
}
