/*
 * What both pictures of the history have in common: scales, and the command.
 */
#include <sys/ioctl.h>

#include <err.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "common/ns.h"
#include "ntpctl/ask.h"
#include "ntpctl/plot.h"

#define WIDTH_DEFAULT	80	/* columns */
#define WIDTH_LEAST	40

static int
compare(const void *a, const void *b)
{
	const double	*x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct plot_range
plot_range(double *values, size_t n)
{
	struct plot_range r = { -1, 1 };

	if (n == 0)
		return r;
	qsort(values, n, sizeof(*values), compare);
	r.low = values[n / 100];
	r.high = values[n - 1 - n / 100];
	if (r.high <= r.low) {
		r.low -= fabs(r.low) / 10 + 1e-9;
		r.high += fabs(r.high) / 10 + 1e-9;
	}
	return r;
}

struct plot_range
plot_times(const struct report *r)
{
	struct plot_range t = { -60, 0 };
	size_t		 i;

	for (i = 0; i < r->npoints; i++)
		t.low = fmin(t.low, -r->points[i].ago);
	for (i = 0; i < r->nsamples; i++)
		t.low = fmin(t.low, -r->samples[i].ago);
	return t;
}

struct plot_range
plot_offsets(const struct report *r)
{
	double		*values = calloc(2 * r->npoints + 1, sizeof(*values));
	const struct control_point *p;
	struct plot_range range;
	size_t		 n = 0;

	if (values == NULL)
		err(1, NULL);
	for (p = r->points; p < r->points + r->npoints; p++) {
		if (isnan(p->offset) || isnan(p->likely_bound))
			continue;
		/* The bound is of the clock, so it is round an offset of 0. */
		values[n++] = fmax(p->offset, p->likely_bound);
		values[n++] = fmin(p->offset, -p->likely_bound);
	}
	range = plot_range(values, n);
	free(values);
	return range;
}

struct plot_range
plot_frequencies(const struct report *r)
{
	double		*values = calloc(r->npoints + 1, sizeof(*values));
	struct plot_range range;
	size_t		 i, n = 0;

	if (values == NULL)
		err(1, NULL);
	for (i = 0; i < r->npoints; i++)
		if (!isnan(r->points[i].frequency))
			values[n++] = r->points[i].frequency;
	range = plot_range(values, n);
	free(values);
	return range;
}

double
plot_step(struct plot_range range, double most)
{
	static const double round[] = { 1, 2, 5, 10 };
	double		 least = (range.high - range.low) / most;
	double		 power = pow(10, floor(log10(least)));
	size_t		 i = 0;

	while (i < 3 && round[i] * power < least)
		i++;
	return round[i] * power;
}

struct plot_unit
plot_unit(struct plot_range range)
{
	static const struct plot_unit units[] = {
		{ "ns", 1e-9 }, { "us", 1e-6 }, { "ms", 1e-3 }, { "s", 1 }
	};
	const double	 most = fmax(fabs(range.low), fabs(range.high));
	size_t		 i = 0;

	while (i < 3 && most >= units[i + 1].size)
		i++;
	return units[i];
}

enum form { BY_OUTPUT, SVG, TEXT };

static void
usage(void)
{
	fprintf(stderr, "usage: ntpctl plot [-S socket] [-o svg | text]\n");
	exit(2);
}

/* Show it in FORM: on a terminal as text, if nothing else is said. */
static void
show(const struct report *report, enum form form)
{
	struct winsize	 size = { .ws_col = 0 };
	const bool	 terminal = isatty(STDOUT_FILENO);
	struct timespec	 ts;
	double		 now;
	int		 width = WIDTH_DEFAULT;

	clock_gettime(CLOCK_REALTIME, &ts);
	now = (double)ts.tv_sec + (double)ts.tv_nsec / NS_PER_S;
	if (form == SVG || (form == BY_OUTPUT && !terminal)) {
		plot_svg(stdout, report, now);
		return;
	}
	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col > 0)
		width = size.ws_col > WIDTH_LEAST ? size.ws_col : WIDTH_LEAST;
	setlocale(LC_CTYPE, "");
	plot_text(stdout, report, now, width,
	    strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
}

int
plot_main(int argc, char **argv)
{
	const char	*path = CONTROL_SOCKET;
	struct report	 report = { 0 };
	char		 why[ASK_WHY_LEN];
	enum form	 form = BY_OUTPUT;
	int		 ch;

	while ((ch = getopt(argc, argv, "o:S:")) != -1)
		if (ch == 'S')
			path = optarg;
		else if (ch == 'o' && strcasecmp(optarg, "svg") == 0)
			form = SVG;
		else if (ch == 'o' && strcasecmp(optarg, "text") == 0)
			form = TEXT;
		else
			usage();
	if (optind < argc)
		usage();
	if (ask(path, SHOW_HISTORY | SHOW_SAMPLES, ASK_TIMEOUT, &report,
	    why) != ASK_OK) {
		report_clear(&report);
		warnx("%s", why);
		return 3;
	}
	show(&report, form);
	report_clear(&report);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		warn("standard output");
		return 4;
	}
	return 0;
}
