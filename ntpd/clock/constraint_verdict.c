/*
 * What the answers of all constraints say together.
 */
#include <math.h>
#include <stdlib.h>

#include "ntpd/clock/constraint.h"

static int
compare(const void *a, const void *b)
{
	const double	*x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The youngest answer, by the oscillator's time; -INFINITY: there is none. */
static double
youngest(const struct constraints *cs)
{
	double		 at = -INFINITY;
	size_t		 i, k;

	for (i = 0; i < cs->n; i++)
		for (k = 0; k < CONSTRAINT_TRIES; k++)
			if (cs->list[i].answers[k].known)
				at = fmax(at, cs->list[i].answers[k].at);
	return at;
}

/*
 * The answers that count, sorted; how many.  *OLDEST: when the oldest of them
 * came.
 */
static size_t
collect(const struct constraints *cs, double ahead[], double *oldest)
{
	const double	 least = youngest(cs) - CONSTRAINT_LASTS;
	const struct constraint_answer *a;
	size_t		 i, k, n = 0;

	*oldest = INFINITY;
	for (i = 0; i < cs->n; i++)
		for (k = 0; k < CONSTRAINT_TRIES; k++) {
			a = &cs->list[i].answers[k];
			if (!a->known || a->at < least)
				continue;
			ahead[n++] = a->ahead;
			*oldest = fmin(*oldest, a->at);
		}
	if (n > 0)
		qsort(ahead, n, sizeof(ahead[0]), compare);
	return n;
}

/* Has C an answer, whatever its age? */
static bool
has_answer(const struct constraint *c)
{
	size_t		 k = 0;

	while (k < CONSTRAINT_TRIES && !c->answers[k].known)
		k++;
	return k < CONSTRAINT_TRIES;
}

/* Are more than half of them to be heard still?  The fastest may be a liar. */
static bool
is_early(const struct constraints *cs)
{
	size_t		 i, tried = 0, heard = 0;

	for (i = 0; i < cs->n; i++) {
		tried += cs->list[i].tried;
		heard += has_answer(&cs->list[i]);
	}
	return tried < cs->n && 2 * heard <= cs->n;
}

void
constraints_raise(struct constraints *cs, double unix_time)
{
	cs->floor = fmax(cs->floor, unix_time);
}

/* How many statements have an answer within WITHIN of AHEAD? */
static size_t
count_statements(const struct constraints *cs, double ahead, double within)
{
	const struct constraint_answer *a;
	size_t		 i, k, n = 0;

	for (i = 0; i < cs->n; i++)
		for (k = 0; k < CONSTRAINT_TRIES; k++) {
			a = &cs->list[i].answers[k];
			if (!a->known || fabs(a->ahead - ahead) > within)
				continue;
			n++;
			break;
		}
	return n;
}

enum control_constraints
constraints_state(const struct constraints *cs, double osc, double *time,
    double *within)
{
	double		 ahead[CONFIG_MAX_CONSTRAINTS * CONSTRAINT_TRIES];
	double		 oldest, median;
	size_t		 i, n = collect(cs, ahead, &oldest), agree = 0;

	if (cs->n == 0)
		return CONSTRAINTS_NONE;
	if (is_early(cs))
		return CONSTRAINTS_ASKING;
	if (n == 0)
		return CONSTRAINTS_FAILED;
	median = (ahead[(n - 1) / 2] + ahead[n / 2]) / 2;
	*time = median + osc;
	*within = CONSTRAINT_MARGIN + CONSTRAINT_DRIFT * fmax(0, osc - oldest);
	for (i = 0; i < n; i++)
		agree += fabs(ahead[i] - median) <= *within;
	if (2 * agree <= n)
		return CONSTRAINTS_SPLIT;
	if (*time + *within < cs->floor &&
	    count_statements(cs, median, *within) < 2)
		return CONSTRAINTS_PAST;
	return CONSTRAINTS_KNOWN;
}
