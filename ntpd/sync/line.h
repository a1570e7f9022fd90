/*
 * A straight line through points with errors, given what is known of its slope
 * beforehand.  Pure.
 */
#ifndef NTPD_SYNC_LINE_H
#define NTPD_SYNC_LINE_H

/*
 * No oscillator is further off its nominal frequency than this, s/s: it is what
 * the kernel can correct.  So the offsets of a clock are on no steeper line.
 */
#define LINE_STEEPEST	0.1

/* What has been seen, as sums of weights; begins zeroed. */
struct line_sums {
	double		 w, wx, wy, wxx, wxy, wyy;
};

struct line {
	double		 offset;	/* at x = 0 */
	double		 slope;
	double		 offset_error;	/* standard error */
	double		 slope_error;	/* likewise */
	double		 jitter;	/* weighted RMS of what is left over */
};

/* Add the point (X, Y), where Y has VARIANCE > 0. */
void		 line_add(struct line_sums *sums, double x, double y,
		    double variance);

/*
 * The line through at least one point.  Its slope is 0 with the standard error
 * SLOPE_ERROR > 0 as far as the points do not know better.
 */
struct line	 line_fit(const struct line_sums *sums, double slope_error);

#endif
