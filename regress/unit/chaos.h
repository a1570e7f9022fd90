/*
 * Rough weather, made up from a seed: an oscillator, servers and paths to
 * which anything may happen for some hours, and a calm after it.  The
 * synchronizer is driven through it as the engine does, and judged.
 */
#ifndef REGRESS_UNIT_CHAOS_H
#define REGRESS_UNIT_CHAOS_H

#include <stdbool.h>
#include <stdint.h>

/* What may happen; a set of these is a kind of weather. */
enum chaos_event {
	CHAOS_FREQUENCY,	/* the oscillator's frequency steps */
	CHAOS_RAMP,		/* ... or drifts away, and sometimes back */
	CHAOS_PAUSE,		/* time passes that no clock here sees */
	CHAOS_ROUTE,		/* a path gets longer or shorter, one way */
	CHAOS_OUTAGE,		/* a server, or all, cannot be reached */
	CHAOS_LIAR,		/* one of a minority lies, stops, or creeps */
	CHAOS_GLITCH,		/* all servers are wrong for some minutes */
	CHAOS_NAME,		/* a name has another address: a new server */
	CHAOS_DRIFT_FILE,	/* a restart, the drift file is another's */
	CHAOS_SET,		/* another program sets the clock */
	CHAOS_NONSENSE,		/* a server answers anything at all */
	CHAOS_EVENTS
};

#define CHAOS_ALL	((1U << CHAOS_EVENTS) - 1)

/* Where it happens; may be added to these. */
#define CHAOS_NEAR_LIARS (1U << 16)	/* liars are nearer than all others, and
					   lie by what these may be off */
#define CHAOS_CROOKED	(1U << 17)	/* one way may take most of a path */

struct chaos_result {
	bool		 agreed;	/* a majority, with the estimate */
	double		 error;		/* s, of the estimate at the end */
	double		 certain;	/* s, how far outside of the certain
					   bound the truth is then; 0: inside */
	double		 bound;		/* s, the likely bound then */
	double		 mean_error;	/* s, of the last half hour's samples */
	double		 fresh_error;	/* s, of a start at the calm's begin */
	double		 fresh_bound;	/* s, and its likely bound */
	double		 asymmetry;	/* s, error of the server that is least
					   wrong */
	unsigned	 changes;	/* of the clock, in the last hour */
	unsigned	 outside;	/* samples at which the truth was
					   outside of the certain bound */
	unsigned	 judged;	/* ... of so many */
	double		 worst;		/* s, the most that it was */
	double		 worst_at;	/* s */
	const char	*wrong;		/* what is; NULL: nothing */
	char		 story[2000];	/* what happened, and when */
};

/*
 * Play SEED's weather of KIND (a set of events).  Repeatable.  LOG, if not
 * NULL, is told about each sample.
 */
void	 chaos_run(uint64_t seed, unsigned kind, bool verbose,
	    struct chaos_result *result);

#endif
