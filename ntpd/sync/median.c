/*
 * The middle of a few numbers.
 */
#include "ntpd/sync/median.h"

/* Insertion sort: they are few. */
double
median(double *v, size_t n)
{
	double		 x;
	size_t		 i, j;

	for (i = 1; i < n; i++) {
		x = v[i];
		for (j = i; j > 0 && v[j - 1] > x; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
	return v[n / 2];
}
