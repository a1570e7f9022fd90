/*
 * Spreading a leap second.
 */
#include <math.h>
#include <stdint.h>

#include "common/smear.h"

#define SECOND		4294967296.0	/* of a timestamp: 2^32 */
#define HALF		43200.0		/* s, from noon to midnight */
#define WHOLE		86400.0		/* s, that clients count meanwhile */

/* How long TIME is after the leap second, s; before it: negative. */
static double
since(const struct smear *s, struct ntptime time)
{
	return (double)(int64_t)(time.value - s->at.value) / SECOND;
}

/*
 * The day has WHOLE + change seconds, and of each clients count the same part.
 * Before the leap second they are behind by that, if one is inserted; after it,
 * the clock is behind as well, by a second.
 */
double
smear_shift(int change, double seconds)
{
	const double	 length = WHOLE + change;

	if (change == 0 || seconds <= -HALF || seconds >= HALF)
		return 0;
	return change * (seconds < 0 ? -(HALF + seconds) : HALF - seconds) /
	    length;
}

struct ntptime
smear_time(const struct smear *s, struct ntptime time)
{
	time.value += (uint64_t)llround(smear_shift(s->change,
	    since(s, time)) * SECOND);
	return time;
}

bool
smear_is_repeated(const struct smear *s, struct ntptime time)
{
	return s->change > 0 && since(s, time) >= -1 && since(s, time) < 0;
}
