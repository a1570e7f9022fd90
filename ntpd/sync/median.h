/*
 * The middle of a few numbers.
 */
#ifndef NTPD_SYNC_MEDIAN_H
#define NTPD_SYNC_MEDIAN_H

#include <stddef.h>

/*
 * Sort the N > 0 numbers V, upwards, and return the one in the middle; of an
 * even number the upper of both.  For up to some hundred.
 */
double	 median(double *v, size_t n);

#endif
