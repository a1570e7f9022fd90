/*
 * The statistics at the end.
 */
#include <err.h>
#include <math.h>
#include <stdlib.h>

#include "regress/lab/truth.h"

#define STEP	0.15		/* s in one second: no slew is so fast */

static int
compare(const void *a, const void *b)
{
	double		 x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The absolute errors after settling, sorted; *N of them. */
static double *
sorted_errors(const struct world *w, long *n)
{
	long		 i, start = (long)w->settle;
	double		*a = calloc((size_t)w->nerrors, sizeof(*a));

	if (a == NULL)
		err(1, NULL);
	*n = w->nerrors - start;
	for (i = 0; i < *n; i++)
		a[i] = fabs(w->errors[start + i]);
	qsort(a, (size_t)*n, sizeof(*a), compare);
	return a;
}

static void
print_errors(const struct world *w)
{
	const double	*e = w->errors;
	double		 sum = 0, mean = 0, fsum = 0, *a;
	long		 i, n, start = (long)w->settle;

	for (i = start; i < w->nerrors; i++) {
		sum += e[i] * e[i];
		mean += e[i];
		if (i > start)
			fsum += (e[i] - e[i - 1]) * (e[i] - e[i - 1]);
	}
	a = sorted_errors(w, &n);
	printf("\"rms\":%.9f,\"mean\":%.9f,\"median\":%.9f,\"p99\":%.9f,"
	    "\"max\":%.9f,\"freq_rms\":%.4e",
	    sqrt(sum / (double)n), mean / (double)n, a[n / 2],
	    a[(long)((double)n * .99)], a[n - 1],
	    sqrt(fsum / (double)(n - 1)));
	free(a);
}

/*
 * How long after second START an error was above LIMIT for the last time;
 * -1 if it still is at the end.
 */
static long
last_above(const struct world *w, long start, double limit)
{
	long		 i;

	for (i = w->nerrors; i > start; i--)
		if (fabs(w->errors[i - 1]) > limit)
			break;
	return i == w->nerrors ? -1 : i - start;
}

/* When the clock was last set, or the machine last paused; 0: never. */
static double
last_set(const struct world *w)
{
	double		 last = 0;

	for (int i = 0; i < w->steps.n; i++)
		last = fmax(last, w->steps.event[i].at);
	for (int i = 0; i < w->pauses.n; i++)
		last = fmax(last, w->pauses.event[i].at);
	return last;
}

static void
print_times(const struct world *w)
{
	static const struct {
		const char	*name;
		double		 limit;
	} limits[] = {
		{ "10ms", 10e-3 }, { "1ms", 1e-3 },
		{ "100us", 100e-6 }, { "10us", 10e-6 }
	};
	double		 set = last_set(w);

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		printf(",\"t%s\":%ld", limits[i].name,
		    last_above(w, 0, limits[i].limit));
		if (set > 0)
			printf(",\"back%s\":%ld", limits[i].name, last_above(w,
			    (long)set, limits[i].limit));
	}
}

static void
print_counts(const struct world *w)
{
	unsigned long	 received = 0, sent = 0;
	long		 i, steps = 0, back = 0;

	for (i = 1; i < w->nerrors; i++) {
		double	 by = w->errors[i] - w->errors[i - 1];

		if (fabs(by) > STEP) {
			steps++;
			back += by < 0;
		}
	}
	for (i = 0; i < w->nservers; i++) {
		received += w->servers[i].received;
		sent += w->servers[i].sent;
	}
	printf(",\"steps\":%ld,\"backsteps\":%ld,\"requests\":%lu,"
	    "\"answers\":%lu,\"seconds\":%ld", steps, back, received, sent,
	    w->nerrors);
}

static double
median(double *values, long n)
{
	qsort(values, (size_t)n, sizeof(*values), compare);
	return values[n / 2];
}

/* How often each was so, in the claims after settling. */
struct tally {
	long		 claims, covered, root, certain, kernel, synchronized;
	long		 undecided;
	double		 worst;		/* error over bound */
	double		 zsum;		/* of squares */
	double		*errors, *bounds, *certains;
};

static void
count(struct tally *t, const struct claim *c)
{
	double		 error = fabs(c->error);
	double		 z = (c->error + c->offset) / c->stderr_;

	t->errors[t->claims] = error;
	t->bounds[t->claims] = c->bound;
	t->certains[t->claims] = c->certain;
	t->claims++;
	t->covered += error <= c->bound;
	t->root += error <= c->root_bound;
	t->certain += error <= c->certain;
	t->kernel += error <= c->kernel;
	t->synchronized += c->synchronized;
	t->undecided += c->undecided;
	t->worst = fmax(t->worst, error / c->bound);
	t->zsum += z * z;
}

static void
print_share(const char *name, long part, long all)
{
	printf(",\"%s\":%.5f", name, (double)part / (double)all);
}

/*
 * How true the daemon's claims after settling are: the part of them whose
 * bound covers the error, how wide the bound is, how far the error was
 * outside of it at worst (1: never outside); and the error of the estimate
 * over what the daemon thinks of it, which should be 1.
 */
static void
print_claims(const struct world *w)
{
	struct tally	 t = { .claims = 0 };

	t.errors = calloc((size_t)w->nclaims + 1, sizeof(*t.errors));
	t.bounds = calloc((size_t)w->nclaims + 1, sizeof(*t.bounds));
	t.certains = calloc((size_t)w->nclaims + 1, sizeof(*t.certains));
	if (t.errors == NULL || t.bounds == NULL || t.certains == NULL)
		err(1, NULL);
	for (long i = 0; i < w->nclaims; i++)
		if (w->claims[i].second >= (long)w->settle &&
		    isfinite(w->claims[i].bound))
			count(&t, &w->claims[i]);
	if (t.claims > 0) {
		printf(",\"claims\":%ld", t.claims);
		print_share("coverage", t.covered, t.claims);
		print_share("root_coverage", t.root, t.claims);
		print_share("certain_coverage", t.certain, t.claims);
		print_share("kernel_coverage", t.kernel, t.claims);
		printf(",\"likely_median\":%.9f,\"certain_median\":%.9f,"
		    "\"violations\":%ld", median(t.bounds, t.claims),
		    median(t.certains, t.claims), t.claims - t.certain);
		printf(",\"bound_ratio\":%.3f,\"bound_worst\":%.4f,"
		    "\"z_rms\":%.3f", median(t.bounds, t.claims) /
		    median(t.errors, t.claims), t.worst,
		    sqrt(t.zsum / (double)t.claims));
		print_share("synchronized", t.synchronized, t.claims);
		print_share("undecided", t.undecided, t.claims);
	}
	free(t.errors);
	free(t.bounds);
	free(t.certains);
}

/* Of the whole run: what programs were told by libntptime. */
static void
print_page(const struct world *w)
{
	if (w->page.readings == 0)
		return;
	print_share("page_known", w->page.known, w->page.readings);
	printf(",\"page_wrong\":%ld", w->page.wrong);
}

void
report(const struct world *w)
{
	printf("{");
	print_errors(w);
	print_times(w);
	print_counts(w);
	print_claims(w);
	print_page(w);
	printf("}\n");
}
