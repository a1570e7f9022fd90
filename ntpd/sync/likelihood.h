/*
 * How likely a sample is in view of a prediction.  Pure; knows nothing of
 * states, sources and banks.
 */
#ifndef NTPD_SYNC_LIKELIHOOD_H
#define NTPD_SYNC_LIKELIHOOD_H

/*
 * How likely an innovation is, and how that depends on prediction: derivatives
 * are by what was predicted.
 */
struct likelihood {
	double		 density;	/* L, 1/s */
	double		 slope;		/* (ln L)', 1/s */
	double		 curvature;	/* (ln L)'', 1/s^2 */
};

/*
 * The innovation INN (s, any) has variance S (s^2, > 0), and on top of it the
 * sample waited, by which it is off by HALF (s, >= 0) at most: anywhere in this
 * interval or, with probability *EVEN (0 to 1), near its middle, as both ways
 * waited alike.  *EVEN becomes what it is in view of INN.
 */
struct likelihood likelihood_either(double inn, double s, double half,
		    double *even);

/*
 * The density (1/s) of an innovation INN (s) that is far off for no reason: of
 * t's distribution with 4 degrees of freedom, of scale VARIANCE (s^2, > 0).
 */
double		 likelihood_far(double inn, double variance);

#endif
