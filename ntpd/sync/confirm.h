/*
 * How long a large offset must be seen before anything is done about it.  What
 * servers say together may be a glitch of theirs; so the more there is to be
 * undone afterwards, the longer they must say it.  Pure.
 */
#ifndef NTPD_SYNC_CONFIRM_H
#define NTPD_SYNC_CONFIRM_H

#include <stdbool.h>

/*
 *  state      what is true                      ends when
 *  NOTHING    the offset is a small one         it is large: WAITING
 *  WAITING    a large offset is seen, and the   it was seen for its time:
 *             clock is left alone               CONFIRMED; it is another one:
 *                                               WAITING from now; it is small:
 *                                               NOTHING
 *  CONFIRMED  it is being corrected             it is small: NOTHING; it grew
 *                                               to another one: WAITING
 */
enum confirm_state {
	CONFIRM_NOTHING,
	CONFIRM_WAITING,
	CONFIRM_CONFIRMED
};

/* What the offset would be corrected as. */
enum confirm_kind {
	CONFIRM_NEW,		/* something that was not there before */
	CONFIRM_UNDO,		/* it takes back an earlier step */
	CONFIRM_DRIFT		/* the oscillator's frequency has changed, and
				   the clock has drifted by as much */
};

struct confirm {
	enum confirm_state state;
	enum confirm_kind kind;
	double		 offset;	/* s, that is waited for or corrected */
	double		 since;		/* s, oscillator time */
	double		 corrected;	/* s, the last that was; 0: none was */
	double		 last;		/* s, oscillator time of that */
	bool		 to_and_fro;	/* that was shortly before, to the other
					   side */
};

/*
 * The clock is OFFSET s behind true time at NOW (s, oscillator time), and was
 * right before.  May it be corrected?  Offsets up to LARGE s may at once.  What
 * is not a number never may.
 */
bool		 confirm_offset(struct confirm *c, double offset, double large,
		    enum confirm_kind kind, double now);

/*
 * How long an offset of that size must be seen, s: half of it.  That is none up
 * to a minute, an hour and a half at most, three hours for more than 30 days.
 * It is half an hour at most for an undo.
 */
double		 confirm_time(double offset, enum confirm_kind kind);

/* How much longer that is at NOW, s; 0 if nothing is waited for. */
double		 confirm_left(const struct confirm *c, double now);

#endif
