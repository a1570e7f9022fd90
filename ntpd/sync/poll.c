/*
 * Poll intervals: how often it pays to ask.
 */
#include <math.h>

#include "ntpd/sync/sync.h"

/* Poll when the prediction's variance has grown by that many samples'. */
#define POLL_VARIANCE	4.0

/* Intervals are at most this part of the time since the start. */
#define POLL_RAMP	8.0

/* The variance of a usual sample of those who take part, s^2. */
static double
usual_variance(const struct sync *sync, size_t *members)
{
	const struct source *s;
	double		 v, sum = 0;
	size_t		 i;

	*members = 0;
	for (i = 0; i < SYNC_SOURCES; i++) {
		s = &sync->sources[i];
		if (!sync_takes_part(sync, i) || s->nsamples == 0)
			continue;
		v = s->mean_excess * s->mean_excess / 12 +
		    pow(source_sample(s, 0)->precision, 2) / 12;
		sum += 1 / v;
		++*members;
	}
	return *members > 0 ? (double)*members / sum : 0;
}

/*
 * Ask again when what the prediction has lost in the meantime is worth a few
 * samples.  The rule has the right shape by itself: for a random walk q of
 * the frequency the variance grows by q^2 T^3 / 3, so that T goes with
 * (noise / q)^(2/3), the interval at which measurement noise and wander are
 * equally large.  Early on, when the filter knows little of q, T grows with
 * the time that it has had to learn.
 */
int
sync_poll(const struct sync *sync, int least, int most)
{
	struct estimate	 now, then;
	double		 variance, lost, learned;
	size_t		 members;
	int		 poll;

	if (!sync->filter.started)
		return least;
	variance = usual_variance(sync, &members);
	learned = (sync->filter.when - sync->filter.began) / POLL_RAMP;
	now = sync_estimate(sync, sync->filter.when);
	for (poll = least; poll < most; poll++) {
		if (ldexp(1, poll + 1) > learned)
			break;
		if (members == 0)	/* silence is no reason to hurry */
			continue;
		then = sync_estimate(sync, sync->filter.when +
		    ldexp(1, poll + 1));
		lost = then.offset_error * then.offset_error -
		    now.offset_error * now.offset_error;
		if (lost > POLL_VARIANCE * variance)
			break;
	}
	return poll;
}
