/*
 * The history as SVG: three panels over the same time.  At the top what the
 * servers and the daemon say of the clock, then how good it was, then its
 * frequency.
 */
#include <math.h>
#include <string.h>

#include "ntpctl/columns.h"
#include "ntpctl/plot.h"

/* All in pixels. */
#define WIDTH		960
#define LEFT		86	/* of the panels */
#define RIGHT		(WIDTH - 20)
#define TICKS_X		8.0	/* at most */
#define TICKS_Y		6.0

#define DAY		86400.0
#define LEGEND_MOST	8	/* servers; the others are grey */

struct panel {
	FILE		*out;
	int		 top, bottom;
	struct plot_range x, y;
	bool		 is_log;	/* y are powers of ten */
};

static const struct plot_range bound_decades = { -9, 1 };

static const char *const colours[LEGEND_MOST + 1] = {
	"#1b6ca8", "#c8553d", "#2e8b57", "#8e5ea2", "#b8860b", "#008b8b",
	"#a0522d", "#708090", "#bbbbbb"
};

static double
at_x(const struct panel *p, double x)
{
	return LEFT + (x - p->x.low) / (p->x.high - p->x.low) *
	    (RIGHT - LEFT);
}

/* What is outside is at the edge. */
static double
at_y(const struct panel *p, double y)
{
	double		 part;

	if (p->is_log)
		y = log10(fmax(y, 1e-12));
	part = (y - p->y.low) / (p->y.high - p->y.low);
	return p->bottom - fmin(1, fmax(0, part)) * (p->bottom - p->top);
}

/* Round times of the hour or the day, or whole days. */
static double
time_step(struct plot_range x)
{
	static const double steps[] = { 60, 120, 300, 600, 1200, 1800, 3600,
	    7200, 10800, 14400, 21600, 43200, DAY };
	const double	 least = (x.high - x.low) / TICKS_X;
	size_t		 i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i] >= least)
			return steps[i];
	return ceil(least / DAY) * DAY;
}

static void
draw_times(const struct panel *p, double now)
{
	const double	 step = time_step(p->x);
	const double	 first = ceil((now + p->x.low) / step);
	char		 text[COLUMN_LEN];
	double		 t;
	int		 i;

	for (i = 0; i <= TICKS_X && (t = (first + i) * step) <= now; i++) {
		fprintf(p->out, "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" "
		    "y1=\"%d\" y2=\"%d\"/>\n", at_x(p, t - now),
		    at_x(p, t - now), p->top, p->bottom);
		fprintf(p->out, "<text class=\"x\" x=\"%.1f\" y=\"%d\">"
		    "%.5s</text>\n", at_x(p, t - now), p->bottom + 16,
		    column_time(t, text) + strlen("2026-11-28T"));
	}
}

static void
draw_tick(const struct panel *p, double y, const char *label)
{
	fprintf(p->out, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" "
	    "y2=\"%.1f\"/>\n<text class=\"y\" x=\"%d\" y=\"%.1f\">%s</text>\n",
	    LEFT, RIGHT, at_y(p, y), at_y(p, y), LEFT - 6, at_y(p, y) + 4,
	    label);
}

/* The axis of y, in UNIT, and the title of the panel. */
static void
draw_values(const struct panel *p, struct plot_unit unit, const char *title)
{
	struct plot_range range = { p->y.low / unit.size,
	    p->y.high / unit.size };
	const double	 step = plot_step(range, TICKS_Y);
	const double	 first = ceil(range.low / step);
	char		 label[COLUMN_LEN + 8];
	double		 y;
	int		 i;

	/* A step may be nothing beside numbers that differ by little. */
	for (i = 0; i <= TICKS_Y; i++) {
		y = (first + i) * step;
		if (y > range.high)
			break;
		snprintf(label, sizeof(label), "%.6g %s",
		    fabs(y) < step / 2 ? 0 : y, unit.name);
		draw_tick(p, y * unit.size, label);
	}
	fprintf(p->out, "<text class=\"title\" x=\"%d\" y=\"%d\">%s</text>\n",
	    LEFT, p->top - 8, title);
}

/* A line through what GET makes of each point, interrupted where it is NAN. */
static void
draw_line(const struct panel *p, const struct report *r,
    double (*get)(const struct control_point *), const char *style)
{
	const struct control_point *point;
	bool		 begun = false;
	double		 y;

	fprintf(p->out, "<path style=\"%s\" d=\"", style);
	for (point = r->points; point < r->points + r->npoints; point++) {
		y = isnan(point->ago) ? NAN : get(point);
		if (!isnan(y))
			fprintf(p->out, "%c%.1f %.1f", begun ? 'L' : 'M',
			    at_x(p, -point->ago), at_y(p, y));
		begun = !isnan(y);
	}
	fputs("\"/>\n", p->out);
}

static double
offset_of(const struct control_point *p)
{
	return p->offset;
}

static double
size_of(const struct control_point *p)
{
	return fabs(p->offset);
}

static double
likely_of(const struct control_point *p)
{
	return p->likely_bound;
}

static double
below_likely_of(const struct control_point *p)
{
	return -p->likely_bound;
}

static double
certain_of(const struct control_point *p)
{
	return p->certain_bound;
}

static double
frequency_of(const struct control_point *p)
{
	return p->frequency;
}

/* The number of the peer that has said SAMPLE; LEGEND_MOST: another. */
static size_t
peer_of(const struct report *r, const struct control_sample *sample)
{
	size_t		 i;

	for (i = 0; i < r->npeers && i < LEGEND_MOST; i++)
		if (addr_same_host(&r->peers[i].address, &sample->address))
			return i;
	return LEGEND_MOST;
}

static void
draw_samples(const struct panel *p, const struct report *r)
{
	const struct control_sample *s;

	for (s = r->samples; s < r->samples + r->nsamples; s++)
		if (!isnan(s->offset) && !isnan(s->ago))
			fprintf(p->out, "<circle cx=\"%.1f\" cy=\"%.1f\" "
			    "r=\"1.4\" fill=\"%s\"/>\n", at_x(p, -s->ago),
			    at_y(p, s->offset), colours[peer_of(r, s)]);
}

/* TEXT without what XML would take for markup. */
static void
put_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++)
		fputc(strchr("<>&\"'", *text) != NULL ? '?' : *text, out);
}

static void
draw_legend(FILE *out, const struct report *r, int y)
{
	char		 name[COLUMN_REMOTE_LEN];
	size_t		 i;

	for (i = 0; i < r->npeers && i < LEGEND_MOST; i++) {
		const int	 x = LEFT + (int)(i % 4) * 210;
		const int	 line = y + (int)(i / 4) * 16;

		fprintf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"4\" "
		    "fill=\"%s\"/><text x=\"%d\" y=\"%d\">", x, line - 4,
		    colours[i], x + 9, line);
		column_remote(r->peers, r->npeers, i, name);
		name[28] = '\0';
		put_text(out, name);
		fputs("</text>\n", out);
	}
}

static void
draw_bounds(struct panel *p, const struct report *r)
{
	static const char *const labels[] = { "1 ns", "10 ns", "100 ns", "1 us",
	    "10 us", "100 us", "1 ms", "10 ms", "100 ms", "1 s", "10 s" };
	int		 i;

	p->is_log = true;
	p->y = bound_decades;
	for (i = (int)p->y.low; i <= (int)p->y.high; i++)
		draw_tick(p, pow(10, i), labels[i + 9]);
	fprintf(p->out, "<text class=\"title\" x=\"%d\" y=\"%d\">The clock is "
	    "within: certain bound (red), likely bound (blue), estimated "
	    "offset (black)</text>\n", LEFT, p->top - 8);
	draw_line(p, r, certain_of, "stroke:#c8553d");
	draw_line(p, r, likely_of, "stroke:#1b6ca8");
	draw_line(p, r, size_of, "stroke:#000");
}

static void
draw_panels(FILE *out, const struct report *r, double now)
{
	struct panel	 p = { .out = out, .x = plot_times(r) };

	p.top = 60, p.bottom = 280, p.y = plot_offsets(r);
	draw_times(&p, now);
	draw_values(&p, plot_unit(p.y), "True time minus the clock: the "
	    "servers (dots), the estimate (black), its likely bound (blue)");
	draw_samples(&p, r);
	draw_line(&p, r, likely_of, "stroke:#1b6ca8");
	draw_line(&p, r, below_likely_of, "stroke:#1b6ca8");
	draw_line(&p, r, offset_of, "stroke:#000");
	draw_legend(out, r, p.bottom + 36);
	p.top = 370, p.bottom = 570;
	draw_times(&p, now);
	draw_bounds(&p, r);
	p.top = 630, p.bottom = 750, p.y = plot_frequencies(r);
	p.is_log = false;
	draw_times(&p, now);
	draw_values(&p, (struct plot_unit){ "ppm", 1 }, "Correction of the "
	    "frequency");
	draw_line(&p, r, frequency_of, "stroke:#2e8b57");
}

void
plot_svg(FILE *out, const struct report *r, double now)
{
	char		 text[COLUMN_LEN];

	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"780\" viewBox=\"0 0 %d 780\">\n<style>\n"
	    "text { font: 12px sans-serif; fill: #333 }\n"
	    ".head { font-size: 15px } .title { font-size: 13px }\n"
	    ".x { text-anchor: middle } .y { text-anchor: end }\n"
	    ".grid { stroke: #ddd } path { fill: none; stroke-width: 1.3 }\n"
	    "</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>"
	    "\n", WIDTH, WIDTH);
	fprintf(out, "<text class=\"head\" x=\"%d\" y=\"26\">ntpd, up to %s; "
	    "times are UTC</text>\n", LEFT, column_time(now, text));
	draw_panels(out, r, now);
	fprintf(out, "</svg>\n");
}
