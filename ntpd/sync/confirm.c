/*
 * Waiting for large offsets to stay.
 */
#include <math.h>

#include "ntpd/sync/confirm.h"

/*
 * Half of the offset: a glitch that is over in less does no harm, and a machine
 * that was paused for so long is late for half as long again.
 */
#define SHARE		0.5

/* Offsets up to this are confirmed by the answers that have shown them, s. */
#define AT_ONCE		60.0

/* No pause is waited for longer than this, s, ... */
#define LONGEST		5400.0

/* ... but years, s, are more probably a fault of servers.  For them, s: */
#define YEARS		(30 * 86400.0)
#define LONGEST_YEARS	10800.0

/* An undo has the clock's own past on its side: at most so long, s. */
#define LONGEST_UNDO	1800.0

/*
 * When a large offset to the other side was corrected less than the one, s,
 * ago, this is seen for the other, s, at least: servers that jump to and fro do
 * not take the clock with them.  A machine may be paused twice in a minute, but
 * that is to the same side.  An oscillator may change to both sides, but then
 * the samples show its frequency.
 */
#define SHORTLY		86400.0
#define LEAST_TO_AND_FRO 1800.0

/* Another offset is one that differs by that part of it, and by so much, s. */
#define OTHER_PART	0.1
#define OTHER_LEAST	1.0

double
confirm_time(double offset, enum confirm_kind kind)
{
	double		 size = fabs(offset);

	if (size <= AT_ONCE)
		return 0;
	if (kind == CONFIRM_UNDO)
		return fmin(LONGEST_UNDO, SHARE * size);
	return size > YEARS ? LONGEST_YEARS : fmin(LONGEST, SHARE * size);
}

/*
 * Is OFFSET another one than C's?  While it is corrected it shrinks, and C's
 * with it, so that another one is noticed at any time.
 */
static bool
is_another(struct confirm *c, double offset)
{
	double		 grown = offset - c->offset;

	if (c->state == CONFIRM_CONFIRMED && grown * c->offset < 0 &&
	    offset * c->offset >= 0) {
		c->offset = offset;
		return false;
	}
	return fabs(grown) > fmax(OTHER_LEAST, OTHER_PART * fabs(c->offset));
}

bool
confirm_offset(struct confirm *c, double offset, double large,
    enum confirm_kind kind, double now)
{
	if (!(fabs(offset) > large)) {
		c->state = CONFIRM_NOTHING;
		return !isnan(offset);
	}
	if (c->state == CONFIRM_NOTHING || is_another(c, offset)) {
		c->state = CONFIRM_WAITING;
		c->offset = offset;
		c->since = now;
		c->to_and_fro = c->corrected * offset < 0 &&
		    now - c->last < SHORTLY;
	}
	c->kind = kind;
	if (c->state == CONFIRM_WAITING && confirm_left(c, now) == 0) {
		c->state = CONFIRM_CONFIRMED;
		c->corrected = c->offset;
		c->last = now;
	}
	return c->state == CONFIRM_CONFIRMED;
}

double
confirm_left(const struct confirm *c, double now)
{
	double		 wait = confirm_time(c->offset, c->kind);

	if (c->state != CONFIRM_WAITING)
		return 0;
	if (c->to_and_fro && c->kind != CONFIRM_DRIFT)
		wait = fmax(wait, LEAST_TO_AND_FRO);
	return fmax(0, c->since + wait - now);
}
