/*
 * A clock's rate in the kernel's words: the length of the tick and, beside it,
 * a frequency of at most 500 ppm.  Functions of their arguments.
 */
#ifndef NTPD_CLOCK_RATE_H
#define NTPD_CLOCK_RATE_H

struct timex;

/*
 * Put RATE (s/s faster than the bare oscillator, |rate| <= 0.1) into TX's tick
 * and freq.  Up to 500 ppm the tick is as usual, since many monitoring tools do
 * not look at it; beyond, as many ticks as are in it, and the rest as freq.
 */
void	 rate_put(double rate, struct timex *tx);

/* The rate that TX's tick and freq make together, s/s. */
double	 rate_get(const struct timex *tx);

/* RATE (s/s) as the kernel can hold it: whole 2^-16 ppm. */
double	 rate_round(double rate);

#endif
