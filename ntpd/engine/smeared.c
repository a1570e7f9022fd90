/*
 * Which servers smear a leap second.
 */
#include <math.h>
#include <stdlib.h>

#include "common/ns.h"
#include "common/smear.h"
#include "ntpd/engine/smeared.h"

#define HALF_DAY	43200

/* So close to it, s, some servers have had it, others not; by taste. */
#define MIDDLE		10

/* So many answers in a row tell what a server does.  Tuned: smeared_test. */
#define ALIKE		2

/* Standard errors, of what was known before noon. */
#define ERRORS		4.0

/*
 * What the oscillator may have drifted since noon, s/s, on average; more than
 * DRIFT_MOST and nothing is judged.  Tuned: smeared_test.  A smear is 11.6e-6,
 * and half of that would be taken for one.
 */
#define DRIFT		1.5e-6
#define DRIFT_MOST	3e-6

/* The end of the day next to which UNIX_TIME is, if that may have one; or 0. */
static int64_t
find_end(const struct leap_plan *plan, int64_t unix_time)
{
	int64_t		 end = leap_day_end(unix_time - HALF_DAY);

	if (plan->known)
		return plan->change != 0 && llabs(unix_time - plan->at) <
		    HALF_DAY ? plan->at : 0;
	return leap_days_left(end - 1) == 0 ? end : 0;
}

/* What there is before noon: how the clock and each server are. */
static void
remember(struct smeared *s, const struct sync *sync, const struct reading *r)
{
	const struct verdict *v = sync->verdicts;
	struct estimate	 e;
	size_t		 i;

	s->tracked = sync_ready(sync);
	if (!s->tracked)
		return;
	e = sync_estimate(sync, r->now);
	s->since = r->now;
	s->offset = e.offset;
	s->frequency = e.frequency;
	s->drift = DRIFT + ERRORS * e.frequency_error;
	s->tracked = sync->agreed && s->drift <= DRIFT_MOST;
	for (i = 0; i < SYNC_SOURCES; i++) {
		s->servers[i].known = v[i].tally >= OUTLIER;
		s->servers[i].offset = v[i].offset;
		s->servers[i].error = ERRORS * (v[i].error + v[i].jitter +
		    e.offset_error);
	}
}

void
smeared_follow(struct smeared *s, const struct leap_plan *plan,
    const struct sync *sync, const struct reading *r)
{
	const int64_t	 end = find_end(plan, r->real / NS_PER_S);
	size_t		 i;

	if (s->state != SMEARED_NONE && s->at != end) {
		s->state = SMEARED_NONE;
		for (i = 0; i < SYNC_SOURCES; i++)
			smeared_forget(s, i);
	}
	if (end == 0)
		remember(s, sync, r);
	if (end == 0)
		return;
	if (s->state == SMEARED_NONE) {
		s->state = SMEARED_WATCHING;
		s->at = end;
		s->change = 0;
		s->had = false;
	}
	s->listed = plan->known != 0;
	if (s->listed)
		s->change = plan->change;
}

/*
 * Without a list it is what more servers announce than the contrary: one that
 * is announced by a liar nobody has, so that nobody is found to smear.
 */
static void
count_leaps(struct smeared *s)
{
	size_t		 i, votes[4] = { 0 };

	for (i = 0; i < SYNC_SOURCES; i++)
		votes[s->servers[i].leap & 3]++;
	s->change = votes[LEAP_INSERT] > votes[LEAP_DELETE] ? 1 :
	    votes[LEAP_DELETE] > votes[LEAP_INSERT] ? -1 : 0;
}

/* How far a server that SAYS so may be off by its path, s. */
static double
path_error(const struct smeared_server *server, const struct source *source,
    const struct sample *says)
{
	double		 wait;

	if (!server->known || source->delays.n == 0)
		return sample_distance(says);
	wait = says->delay - delays_minimum(&source->delays);
	return server->error + fmax(0, wait) / 2 + says->precision;
}

/*
 * What a server looks like that is APART (s) from what the clock was before, if
 * it may be that by ERROR, and by SHIFT as it smears.
 */
static enum smeared_kind
look(double apart, double error, double shift)
{
	if (fabs(shift) <= 2 * error)
		return SMEARED_UNKNOWN;
	if (fabs(apart) < error)
		return SMEARED_NOT;
	return fabs(apart - shift) < error ? SMEARED_IS : SMEARED_UNKNOWN;
}

/* By one answer, SECONDS after the leap second. */
static enum smeared_kind
judge(const struct smeared *s, const struct smeared_server *server,
    const struct source *source, const struct sample *says, double seconds)
{
	const double	 passed = says->when - s->since;
	double		 apart = says->offset - s->offset -
	    s->frequency * passed;
	const double	 error = path_error(server, source, says) +
	    s->drift * passed;

	if (server->known)
		apart -= server->offset;
	/* UTC has had it, and our clock has not. */
	if (seconds > 0 && !s->had)
		apart += s->change;
	return look(apart, error, smear_shift(s->change, seconds));
}

/* The state by what is known of each server that has said something. */
static void
settle(struct smeared *s, const struct sync *sync)
{
	size_t		 i, voters = 0, kinds[3] = { 0 };

	if (s->state != SMEARED_WATCHING)
		return;
	for (i = 0; i < SYNC_SOURCES; i++) {
		/* What it said before may just have been forgotten. */
		voters += sync->sources[i].nsamples > 0 ||
		    s->servers[i].known || s->servers[i].alike > 0;
		kinds[s->servers[i].kind]++;
	}
	if (kinds[SMEARED_NOT] > 0)
		s->state = SMEARED_APART;
	else if (kinds[SMEARED_IS] == voters)
		s->state = SMEARED_FOLLOWED;
}

void
smeared_sample(struct smeared *s, const struct sync *sync, size_t i,
    const struct sample *sample, const struct reading *r)
{
	struct smeared_server *server = &s->servers[i];
	const double	 seconds = (double)(r->real - s->at * NS_PER_S) /
	    NS_PER_S - r->ahead + sample->offset - (r->now - sample->when);
	enum smeared_kind looks;

	if (s->state == SMEARED_NONE || !s->tracked)
		return;
	server->leap = sample->leap;
	if (seconds < 0 && !s->listed)
		count_leaps(s);
	if (server->kind != SMEARED_UNKNOWN || fabs(seconds) < MIDDLE)
		return;
	looks = judge(s, server, &sync->sources[i], sample, seconds);
	server->alike = looks == server->looks ? server->alike + 1 : 1;
	server->looks = looks;
	if (looks == SMEARED_UNKNOWN || server->alike < ALIKE)
		return;
	server->kind = looks;
	settle(s, sync);
}

bool
smeared_bars(const struct smeared *s, size_t i)
{
	const enum smeared_kind kind = s->servers[i].kind;

	return (s->state == SMEARED_APART && kind == SMEARED_IS) ||
	    (s->state == SMEARED_FOLLOWED && kind == SMEARED_NOT);
}

void
smeared_forget(struct smeared *s, size_t i)
{
	s->servers[i] = (struct smeared_server){ .kind = SMEARED_UNKNOWN };
}

void
smeared_leapt(struct smeared *s)
{
	s->had = true;
}

void
smeared_lost(struct smeared *s)
{
	s->tracked = false;
}
