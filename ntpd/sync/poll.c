/*
 * Poll intervals: how often it pays to ask.
 */
#include <math.h>

#include "ntpd/sync/sync.h"

/*
 * Ask when the prediction's variance has grown by so many samples', times the
 * number of servers: more of them do not mean more requests.  Of servers that
 * are all near (s, round trip) it is fewer, times the root of their number: to
 * ask them costs nobody anything.
 */
#define POLL_VARIANCE	6.0
#define NEAR_VARIANCE	7.0
#define NEAR_DELAY	1e-3

/*
 * One that is near is asked no less often than this, s: what it has to say is
 * worth it, and costs nobody on the way anything.  Tuned: lan in check-lab.
 */
#define NEAR_MOST	64.0

/* Intervals are at most this part of the time since the start. */
#define POLL_RAMP	2.5

/*
 * While servers answer and none is believed, and while few samples were learned
 * since our clock has changed, intervals are at most so many times the least:
 * who is to be believed must be heard often.  Tuned: chaos_test.
 */
#define HURRIED_MOST	4.0

/*
 * One whose route may have become longer is asked no less often than this, s:
 * what it was before counts until an hour of round trips say so.  Tuned:
 * chaos_test, routes alone.
 */
#define ROUTE_MOST	256.0

/* Intervals are tried in steps of this factor. */
#define POLL_STEP	1.1

/*
 * By how much the prediction's variance may grow, s^2; 0 if nobody takes part.
 * It is that of a usual sample that counts.
 */
static double
tolerable_loss(const struct sync *sync)
{
	const struct source *s;
	double		 x, precision, sum = 0, members = 0;
	bool		 near = true;
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++) {
		s = &sync->sources[i];
		if (!sync_takes_part(sync, i) || s->nsamples == 0)
			continue;
		x = s->delays.usual_excess;
		precision = source_sample(s, 0)->precision;
		sum += 12 / (x * x + precision * precision);
		members++;
		near = near && source_length(s) <= NEAR_DELAY;
	}
	if (members == 0)
		return 0;
	return (near ? NEAR_VARIANCE * sqrt(members) :
	    POLL_VARIANCE * members) / sum;
}

/* Does any source answer? */
static bool
is_anybody_heard(const struct sync *sync)
{
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++)
		if (sync->sources[i].used && sync->sources[i].nsamples > 0)
			return true;
	return false;
}

/*
 * Ask again when what the prediction has lost in the meantime is worth a few
 * samples.  The rule has the right shape by itself: for a random walk q of
 * the frequency the variance grows by q^2 T^3 / 3, so that T goes with
 * (noise / q)^(2/3), the interval at which measurement noise and wander are
 * equally large.  Early on, when the filter knows little of q, T grows with
 * the time since its start.  Silence is no reason to hurry: with nobody to
 * compare with, only that bound holds, and it goes on growing.
 */
double
sync_poll(const struct sync *sync, double now, double least, double most)
{
	struct estimate	 last, then;
	double		 tolerable, lost, t;

	if (!sync->filter.started)
		return least;
	most = fmin(most, (now - sync->filter.began) / POLL_RAMP);
	tolerable = tolerable_loss(sync);
	if (sync->unsettled > 0 || (tolerable <= 0 && is_anybody_heard(sync)))
		most = fmin(most, HURRIED_MOST * least);
	if (tolerable <= 0)
		return fmax(least, most);
	last = filter_estimate(&sync->filter, sync->filter.when);
	t = least;
	while (t < most) {
		then = filter_estimate(&sync->filter,
		    sync->filter.when + t * POLL_STEP);
		lost = then.offset_error * then.offset_error -
		    last.offset_error * last.offset_error;
		if (lost > tolerable)
			return t;
		t *= POLL_STEP;
	}
	return fmax(least, most);
}

double
sync_longest(const struct sync *sync, size_t i, double most)
{
	const struct source *s = &sync->sources[i];

	if (s->nsamples > 0 && source_length(s) <= NEAR_DELAY)
		most = fmin(most, NEAR_MOST);
	if (delays_in_doubt(&s->delays))
		most = fmin(most, ROUTE_MOST);
	return most;
}
