/*
 * How likely a sample is in view of a prediction.
 */
#include <math.h>

#include "ntpd/sync/likelihood.h"

/* An interval narrower than that many standard errors is a point. */
#define POINT		0.05

/* Nor is one used as such that prediction gives less than this probability. */
#define IMPROBABLE	1e-12

/* A packet that waited alike both ways is off by less than this of HALF. */
#define EVEN		0.1

static double
normal_density(double x)
{
	return exp(-x * x / 2) / sqrt(2 * M_PI);
}

/* Probability of a standard normal variable to be between A and B > A. */
static double
normal_between(double a, double b)
{
	/* In the tail that they are in, where no digits are lost. */
	if (a > 0)
		return (erfc(a * M_SQRT1_2) - erfc(b * M_SQRT1_2)) / 2;
	if (b < 0)
		return (erfc(-b * M_SQRT1_2) - erfc(-a * M_SQRT1_2)) / 2;
	return (erf(b * M_SQRT1_2) - erf(a * M_SQRT1_2)) / 2;
}

/* The innovation INN is normal, of variance V. */
static struct likelihood
normal(double inn, double v)
{
	return (struct likelihood){
		.density = normal_density(inn / sqrt(v)) / sqrt(v),
		.slope = inn / v,
		.curvature = -1 / v
	};
}

/*
 * It has variance S, and is uniform within HALF on top of it:
 * L(inn) = (F(b) - F(a)) / (2 half) with the normal distribution F, a and b
 * being the ends of the interval in standard errors.
 */
static struct likelihood
uniform(double inn, double s, double half)
{
	double		 root = sqrt(s), a = (-inn - half) / root;
	double		 b = (-inn + half) / root, z = normal_between(a, b);
	struct likelihood l;

	if (half < POINT * root || z < IMPROBABLE)
		return normal(inn, s + half * half / 3);
	l.density = z / (2 * half);
	l.slope = (normal_density(b) - normal_density(a)) / (root * z);
	l.curvature = (a * normal_density(a) - b * normal_density(b)) /
	    (s * z) - l.slope * l.slope;
	return l;
}

/*
 * With L = sum of w L_k, L'/L is the mean of the L_k'/L_k by what the
 * probabilities w are in view of INN (Bayes), and L''/L likewise.
 */
struct likelihood
likelihood_either(double inn, double s, double half, double *even)
{
	struct likelihood u = uniform(inn, s, half), l;
	struct likelihood e = normal(inn, s + EVEN * EVEN * half * half);
	double		 w = *even;

	l.density = w * e.density + (1 - w) * u.density;
	/* Too far away for numbers: the wider one is less wrong. */
	w = l.density > 0 ? w * e.density / l.density : 0;
	l.slope = w * e.slope + (1 - w) * u.slope;
	l.curvature = w * (e.curvature + e.slope * e.slope) +
	    (1 - w) * (u.curvature + u.slope * u.slope) - l.slope * l.slope;
	*even = w;
	return l;
}

double
likelihood_far(double inn, double variance)
{
	double		 u = 1 + inn * inn / (4 * variance);

	return 0.375 / (sqrt(variance) * u * u * sqrt(u));
}
