/*
 * How long the first decision waits.
 */
#include <math.h>

#include "ntpd/engine/patience.h"

/*
 * Tuned: a resolver that was just started, or a link that comes up with the
 * machine, takes some 20 s; and a server that answers then needs 10 s more for
 * its vote.
 */
#define PATIENCE_NAMES	30.0	/* s, for a correction that can be undone */
#define PATIENCE_LARGE	60.0	/* s, for one that is hard to undo */

double
patience_limit(const struct patience *p)
{
	if (p->agreeing < p->needed)
		return INFINITY;
	if (2 * p->agreeing > p->configured)
		return p->starting > 0 ? PATIENCE_LARGE : 0;
	if (!(fabs(p->offset) < PATIENCE_LARGE_OFFSET))
		return p->starting + p->silent + p->unresolved > 0 ?
		    PATIENCE_LARGE : 0;
	if (p->starting > 0)
		return PATIENCE_LARGE;
	return p->unresolved > 0 ? PATIENCE_NAMES : 0;
}
