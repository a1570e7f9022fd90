/*
 * Two clocks at the same moment.
 */
#include "common/ns.h"

#define TRIES		3	/* readings; the quickest one counts */
#define QUICK		1000	/* ns, one that takes no longer is enough */

/*
 * REALTIME and, in *RAW, MONOTONIC_RAW of the same moment: RAW is read before
 * and after, its middle counts; an interruption shows as a long gap.  Without
 * one it is done: where a clock is read by a system call, or time passes by
 * reading it only, more of them would come between a packet and its stamp.
 */
int64_t
ns_read_both(int64_t *raw)
{
	int64_t		 before, after, real, best = INT64_MAX, best_real = 0;
	int		 i;

	*raw = 0;
	for (i = 0; i < TRIES && best > QUICK; i++) {
		before = ns_read(CLOCK_MONOTONIC_RAW);
		real = ns_read(CLOCK_REALTIME);
		after = ns_read(CLOCK_MONOTONIC_RAW);
		if (after - before >= best)
			continue;
		best = after - before;
		*raw = before + best / 2;
		best_real = real;
	}
	return best_real;
}
