/*
 * From samples to opinions, from opinions to tallies.
 */
#include <math.h>

#include "ntpd/sync/vote.h"

/* How much the clock may have drifted since a sample, at least, s/s. */
#define DRIFT_FLOOR	0.1e-6

/*
 * As long as the frequency is in doubt, this is how far it may be off, s/s, as
 * a standard error: samples soon know better.  Tuned: chaos_test.
 */
#define FREQUENCY_IN_DOUBT 200e-6

/* Beyond so many of these it is any that an oscillator can have, s/s. */
#define FREQUENCY_ERRORS 3.0

/*
 * So many standard errors are added to the distance of a line: it may lead
 * over samples of two routes, of which only the shorter one's length counts.
 */
#define LINE_ERRORS	3.0

/* The samples of source I that count. */
static struct source
heard(const struct sync *sync, size_t i, enum vote_on on)
{
	return on == VOTE_NEWS ? source_story(&sync->sources[i]) :
	    source_settled(&sync->sources[i]);
}

/* Is the prediction what the source's samples were compared with so far? */
static bool
is_known(const struct source *s)
{
	return s->state == SOURCE_FITS || s->state == SOURCE_DOUBTED;
}

/*
 * A source that contradicts itself has nothing to say: its samples scatter
 * around their own line by more than it admits.  Those that fit the prediction
 * one by one need not be asked.
 */
static bool
is_steady(const struct source *s, double now)
{
	return is_known(s) || s->nsamples < SOURCE_FIRST ||
	    source_jitter(s) <= source_distance(s, now, 0);
}

static bool
is_usable(const struct source *s, double now)
{
	size_t		 needed = is_known(s) ? 1 : SOURCE_FIRST;

	return s->used && s->nsamples >= needed &&
	    source_distance(s, now, 0) < SYNC_MAX_DISTANCE;
}

bool
vote_has(const struct sync *sync, size_t i, double now)
{
	struct source	 s = heard(sync, i, VOTE_SETTLED);

	return is_usable(&s, now) && is_steady(&s, now);
}

/*
 * The line of a source that is not compared with the prediction.  If its
 * samples say that the frequency is much further off than could be expected,
 * nothing is expected of it: else their slope, and the offset with it, would be
 * wrong by what is left of that.
 */
static struct line
line_in_doubt(const struct source *s, double now, const struct estimate *base)
{
	double		 error = fmax(FREQUENCY_IN_DOUBT,
	    base->frequency_error);
	struct line	 line;

	line = source_line(s, now, base->offset, base->frequency, error);
	if (fabs(line.slope) <= FREQUENCY_ERRORS * error)
		return line;
	return source_line(s, now, base->offset, base->frequency,
	    LINE_STEEPEST);
}

/*
 * A source's line is known as well as the prediction's frequency if it is
 * compared with that; if not, as its own samples tell.
 */
static struct opinion
form_opinion(const struct source *s, double now, const struct estimate *base,
    enum vote_on on)
{
	struct opinion	 o = { .usable = false };
	double		 drift = fmax(DRIFT_FLOOR, 3 * base->frequency_error);
	bool		 known = on == VOTE_SETTLED && is_known(s);
	struct line	 line;

	if (!is_usable(s, now) || !is_steady(s, now))
		return o;
	line = known ? source_line(s, now, base->offset, base->frequency,
	    base->frequency_error) : line_in_doubt(s, now, base);
	o.usable = true;
	o.offset = line.offset;
	o.variance = line.offset_error * line.offset_error;
	o.jitter = source_jitter(s);
	o.distance = source_distance(s, now, known ? drift : 0);
	o.distance += LINE_ERRORS * line.offset_error;
	return o;
}

/*
 * Does source S fit the prediction as far as was heard, and would it not if
 * that were off by OFFSET?
 */
static bool
denies(const struct source *s, double offset)
{
	return s->state == SOURCE_FITS &&
	    s->delays.usual_excess < fabs(offset);
}

/*
 * Does a majority deny what source I insists on, is that more than its path can
 * be off by, and did it say something else before?  Then its clock is wrong,
 * however near it is.
 */
static bool
is_refuted(const struct sync *sync, const struct opinion *o, size_t i)
{
	const struct source *s = &sync->sources[i];
	size_t		 k, voters = 0, against = 0;

	if (!o[i].usable || !s->turned || fabs(o[i].offset) <= o[i].distance ||
	    (s->state != SOURCE_INSISTS && s->state != SOURCE_FALSE))
		return false;
	for (k = 0; k < SYNC_SOURCES; k++) {
		voters += o[k].usable;
		against += o[k].usable && k != i &&
		    denies(&sync->sources[k], o[i].offset);
	}
	return 2 * against > voters;
}

size_t
vote_hold(const struct sync *sync, double now, const struct estimate *base,
    enum vote_on on, struct opinion *o)
{
	struct source	 s;
	size_t		 i, truechimers;

	for (i = 0; i < SYNC_SOURCES; i++) {
		s = heard(sync, i, on);
		o[i] = form_opinion(&s, now, base, on);
		o[i].apart = sync->verdicts[i].tally == OUTLIER;
	}
	for (i = 0; on == VOTE_SETTLED && i < SYNC_SOURCES; i++)
		o[i].refuted = is_refuted(sync, o, i);
	truechimers = select_truechimers(o, SYNC_SOURCES);
	if (truechimers > 0)
		select_survivors(o, SYNC_SOURCES);
	return truechimers;
}

/* The survivor that contributes most: heavy, near and steady. */
static size_t
choose_system_peer(const struct sync *sync, const struct opinion *o)
{
	double		 merit, best = 0;
	size_t		 i, peer = SYNC_SOURCES;

	for (i = 0; i < SYNC_SOURCES; i++) {
		if (!o[i].survivor)
			continue;
		merit = sync->sources[i].weight /
		    (o[i].distance + o[i].jitter);
		if (i == sync->system_peer)	/* no hopping between equals */
			merit *= 2;
		if (merit > best) {
			best = merit;
			peer = i;
		}
	}
	return peer;
}

static enum tally
tally(const struct sync *sync, const struct opinion *o, size_t i)
{
	if (!o[i].usable)
		return UNUSABLE;
	if (o[i].survivor)
		return i == sync->system_peer ? SYSTEM_PEER : COMBINED;
	return o[i].truechimer ? OUTLIER : FALSETICKER;
}

void
vote_publish(struct sync *sync, const struct opinion *o)
{
	size_t		 i;

	sync->truechimers = 0;
	sync->system_peer = choose_system_peer(sync, o);
	for (i = 0; i < SYNC_SOURCES; i++) {
		sync->truechimers += o[i].truechimer;
		sync->verdicts[i] = (struct verdict){
			.tally = tally(sync, o, i),
			.offset = o[i].offset,
			.error = sqrt(o[i].variance),
			.jitter = o[i].jitter,
			.distance = o[i].distance
		};
	}
	/* If no majority agrees, what was learned before is as doubtful. */
	if (sync->truechimers > 0)
		sync->conflict = select_conflict(o, SYNC_SOURCES);
}
