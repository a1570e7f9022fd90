/*
 * Is it them, or is it me?  The states of a source against our prediction,
 * what ends each, and when it is our clock that has changed.  Pure.
 */
#ifndef NTPD_SYNC_DOUBT_H
#define NTPD_SYNC_DOUBT_H

#include <stdbool.h>
#include <stddef.h>

/* That many surprises in a row are not noise.  So many fits are not luck. */
#define DOUBT_ANSWERS	3

/*
 *  state     what is true                        ends when
 *  NEW       too few samples to have a vote, or  three fit: FITS, or three
 *            none was compared                   surprise: INSISTS
 *  FITS      its last sample was as predicted    a surprise: DOUBTED
 *  DOUBTED   one or two surprises, which wait;   the next fits: FITS, or the
 *            it is asked again soon              third surprises: INSISTS
 *  INSISTS   it says something else, and stands  three fit: FITS; a majority
 *            by it; the others are asked soon    that fits uses it: FITS; one
 *                                                that answered since does not:
 *                                                FALSE; more than half insist
 *                                                on one thing: the clock has
 *                                                changed, all begin again
 *  FALSE     a majority that fits does not       three fit, or it uses it
 *            use it                              again: FITS; that majority
 *                                                is gone: INSISTS
 *
 * From each: NEW when it falls silent or an estimate is begun without it, FITS
 * when one is begun with it.  From each that has a vote: FALSE when a majority
 * that was heard since does not agree with it, and, if it is NEW, FITS when
 * that majority uses it.
 *
 * Nobody is in DOUBTED for more than two answers.  Nobody is in INSISTS for
 * more than an answer of each source if a majority agrees, with the prediction
 * or against it.  A source that gives no answer is silenced soon
 * (sync_silence()), and is no part of any majority then.  No state asks who was
 * believed before.
 */
enum source_state {
	SOURCE_NEW,
	SOURCE_FITS,
	SOURCE_DOUBTED,
	SOURCE_INSISTS,
	SOURCE_FALSE,
	SOURCE_STATES
};

enum source_event {
	EVENT_FITS,		/* a sample is as predicted */
	EVENT_FITS_AGAIN,	/* the third in a row, or a later one */
	EVENT_SURPRISES,	/* a sample is not */
	EVENT_INSISTS,		/* the third in a row, or a later one */
	EVENT_ACCEPTED,		/* it is used by a majority that fits */
	EVENT_OUTVOTED,		/* a majority that fits does not use it */
	EVENT_UNDECIDED,	/* no majority fits */
	EVENT_BEGUN,		/* the estimate was begun with its samples */
	EVENT_LEFT_OUT,		/* ... or without them; or it fell silent */
	SOURCE_EVENTS
};

/* The state of a source after EVENT. */
enum source_state doubt_next(enum source_state state, enum source_event event);

/*
 * Is it open who is right, a source in this STATE or the prediction?  Then all
 * are asked soon.
 */
bool		 doubt_is_open(enum source_state state);

/* How one source stands, as far as the question above goes. */
struct stand {
	bool		 votes;
	enum source_state state;
	unsigned	 surprises;	/* in a row */
	bool		 agrees;	/* in the majority of what is new, and
					   beyond its errors */
	bool		 counts;	/* ... and would be used */
	bool		 ahead;		/* it says that true time is ahead of
					   the prediction, else behind */
};

/*
 * May our clock have changed?  More than half of those among the N that have a
 * vote speak against the prediction, and often enough: DOUBT_ANSWERS times
 * together, or each of them that often.  A source that has insisted for longer
 * counts as one answer: it has been heard.  FALSE sources do not count.
 */
bool		 doubt_may_be_us(const struct stand *stands, size_t n);

/*
 * Has it?  Those who agree and speak against the prediction, to the same side,
 * fulfil the condition above by themselves, and of those that would be used
 * more speak against it than not.  A far server whose path has changed is with
 * the majority, as its interval is wide, but a near one knows better.
 */
bool		 doubt_is_us(const struct stand *stands, size_t n);

#endif
