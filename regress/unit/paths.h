/*
 * Oscillators and network paths made up for tests: what an NTP client would
 * have measured, and the truth beside it.  Repeatable: the same seed gives
 * the same numbers on every machine.
 */
#ifndef REGRESS_UNIT_PATHS_H
#define REGRESS_UNIT_PATHS_H

#include <stdbool.h>
#include <stdint.h>

#include "ntpd/sync/sample.h"
#include "regress/unit/rng.h"

/* An oscillator: its offset from true time, and a frequency that wanders. */
struct oscillator {
	struct rng	 rng;
	double		 wander;	/* s/s per sqrt(s) */
	double		 when;		/* s, oscillator time */
	double		 offset;	/* s, true - oscillator time */
	double		 frequency;	/* s/s */
};

/* Begin at time 0 with these. */
void	 oscillator_init(struct oscillator *osc, uint64_t seed, double offset,
	    double frequency, double wander);

/* Let it run until WHEN; an earlier time is left alone. */
void	 oscillator_run(struct oscillator *osc, double when);

/* How long packets wait on their way, as a distribution of a given mean. */
enum queue {
	QUEUE_NONE,		/* not at all */
	QUEUE_EXPONENTIAL,
	QUEUE_GAMMA,		/* shape 4: rarely next to nothing */
	QUEUE_PARETO		/* tail index 2.5: long waits now and then */
};

struct path {
	struct rng	 rng;
	enum queue	 queue;
	double		 out, back;	/* s, least time each way */
	double		 wait_out, wait_back;	/* s, mean wait each way */
	double		 loss;		/* part of the exchanges lost, 0 to 1 */
	double		 precision;	/* s, of the time stamps */
	double		 lie;		/* s, server's time - true time */
	double		 held;		/* s, that it states to have held each
					   packet, by T3 - T2; it had not */
	double		 root_dispersion; /* s, that the server owns up to */
};

/*
 * A symmetric path: round trip at least DELAY s, waits of mean WAIT s each
 * way, precision 1 us, no loss, no lie, a root dispersion of 0.1 ms.  Change
 * what should be otherwise.
 */
void	 path_init(struct path *path, uint64_t seed, enum queue queue,
	    double delay, double wait);

/*
 * Ask the server at oscillator time WHEN, no earlier than before.  False if
 * there was no answer, else *SAMPLE is what the exchange gave.
 */
bool	 path_ask(struct path *path, struct oscillator *osc, double when,
	    struct sample *sample);

#endif
