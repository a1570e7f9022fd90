/*
 * Beginning again: of what was known, what is still true?
 */
#include <math.h>

#include "ntpd/sync/change.h"
#include "ntpd/sync/vote.h"

/* What is known of a clock that has changed is worth so long a time, s. */
#define KNOWN		600.0

/*
 * The frequency of a clock that has changed is not known better than the least
 * of these, s/s.  If it was a change of pace, it is not more than the most:
 * what is faster was a pause, after which the pace is what it was.
 */
#define CHANGED_LEAST	1e-6
#define CHANGED_MOST	200e-6

/* A frequency that is so many standard errors off is another one. */
#define ANOTHER		4.0

/* A line's slope is taken for so many times more uncertain than it says. */
#define MODESTY		3.0

/*
 * Can the frequency have changed by PACE, s/s?  If not it was a pause.  But if
 * the estimate had just been begun again, that was none: what it began with is
 * wrong, by whatever this is.
 */
static bool
may_be_pace(const struct sync *sync, double pace)
{
	return sync->unsettled > 0 || fabs(pace) <= CHANGED_MOST;
}

/*
 * Is LINE, of source S, one of the clock's pace?  If there was a pause between
 * its samples it is not, but a line of those that came after it is.
 */
static bool
is_of_pace(const struct sync *sync, const struct source *s,
    const struct line *line)
{
	return may_be_pace(sync, line->slope) ||
	    s->recent[s->nrecent - 1].when > s->fitted;
}

/*
 * The line of a survivor of O whose slope is known best, as a difference from
 * BASE; false if there is none.
 */
static bool
best_line(const struct sync *sync, const struct opinion *o, double now,
    const struct estimate *base, struct line *best)
{
	const struct source *s;
	struct line	 line;
	bool		 found = false;
	size_t		 i;

	for (i = 0; i < SYNC_SOURCES; i++) {
		s = &sync->sources[i];
		if (!o[i].survivor ||
		    !source_recent_line(s, now, base, &line) ||
		    !is_of_pace(sync, s, &line))
			continue;
		if (found && line.slope_error >= best->slope_error)
			continue;
		*best = line;
		found = true;
	}
	return found;
}

/* Does the line say that the frequency is not what BASE says? */
static bool
contradicts(const struct line *line, const struct estimate *base)
{
	return fabs(line->slope) > ANOTHER *
	    hypot(MODESTY * line->slope_error, base->frequency_error);
}

static void
take_slope(struct sync *sync, const struct line *line,
    const struct estimate *base)
{
	sync->frequency = base->frequency + line->slope;
	sync->frequency_error = fmax(CHANGED_LEAST,
	    MODESTY * line->slope_error);
}

void
change_frequency(struct sync *sync, const struct opinion *o, double now,
    const struct estimate *base)
{
	struct line	 line;

	if (best_line(sync, o, now, base, &line) && contradicts(&line, base))
		take_slope(sync, &line, base);
}

/*
 * How far the frequency may have changed, s/s, since a sample of source I
 * fitted last, if it is now as far off as O says.
 */
static double
possible_pace(const struct sync *sync, size_t i, const struct opinion *o,
    double now)
{
	double		 since = fmax(1, now - sync->sources[i].fitted);
	double		 pace = fabs(o[i].offset) / since;

	if (!may_be_pace(sync, pace))
		return CHANGED_LEAST;
	return fmin(LINE_STEEPEST, fmax(CHANGED_LEAST, pace));
}

/*
 * What source S said before the change says nothing about the time after it.
 * But what it says now may be on one line with that, if it was no pause: then
 * the line tells the frequency, and its bias from it.
 */
static void
keep_news(struct source *s)
{
	if (s->surprises == 0 && s->state != SOURCE_FALSE)
		source_forget(s, 0);
	else
		source_retell(s);
}

void
change_accept(struct sync *sync, const struct opinion *o, size_t i,
    double now, const struct estimate *base)
{
	struct opinion	 kept[SYNC_SOURCES];
	struct line	 line;
	size_t		 k;

	sync->frequency = base->frequency;
	sync->frequency_error = fmax(base->frequency_error,
	    possible_pace(sync, i, o, now));
	if (best_line(sync, o, now, base, &line) && contradicts(&line, base))
		take_slope(sync, &line, base);
	for (k = 0; k < SYNC_SOURCES; k++) {
		keep_news(&sync->sources[k]);
		delays_renew(&sync->sources[k].delays);
		kept[k] = o[k];
		if (sync->sources[k].nsamples == 0)
			kept[k] = (struct opinion){ .usable = false };
	}
	vote_publish(sync, kept);
}

void
change_known(struct sync *sync, double began, double now)
{
	sync->filter.began = fmax(began, now - KNOWN);
}
