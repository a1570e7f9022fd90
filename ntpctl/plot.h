/*
 * ntpctl plot: the history as a picture.
 */
#ifndef NTPCTL_PLOT_H
#define NTPCTL_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "ntpctl/show.h"

/* From where to where an axis reaches; low < high. */
struct plot_range {
	double		 low, high;
};

/* In which unit values are shown: "ms", 1e-3. */
struct plot_unit {
	const char	*name;
	double		 size;		/* of it, in what the values are in */
};

/*
 * The range of the N VALUES: all of them but the hundredth part at each end, so
 * that a few far away do not hide the others.  This sorts them.
 */
struct plot_range plot_range(double *values, size_t n);

/* The time before now, s < 0, that REPORT's history is about. */
struct plot_range plot_times(const struct report *report);

/* The offsets to be seen: those of the clock with their likely bound. */
struct plot_range plot_offsets(const struct report *report);

/* The frequencies to be seen, ppm. */
struct plot_range plot_frequencies(const struct report *report);

/* A round distance of ticks, so that there are MOST in RANGE at most. */
double		 plot_step(struct plot_range range, double most);

/* The unit for times in RANGE, s. */
struct plot_unit plot_unit(struct plot_range range);

/* REPORT, which has history and samples, as SVG.  NOW is in s since 1970. */
void		 plot_svg(FILE *out, const struct report *report, double now);

/* The same for a terminal of WIDTH columns, in UTF-8 or in ASCII. */
void		 plot_text(FILE *out, const struct report *report, double now,
		    int width, bool utf8);

/* Run "plot" with its arguments, the first being its name.  The exit code. */
int		 plot_main(int argc, char **argv);

#endif
