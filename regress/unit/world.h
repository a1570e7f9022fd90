/*
 * One machine and its servers, made up for tests: an oscillator, paths, the
 * synchronizer, and who is asked when.  The truth is known.
 */
#ifndef REGRESS_UNIT_WORLD_H
#define REGRESS_UNIT_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ntpd/sync/sync.h"
#include "regress/unit/paths.h"

#define HOUR		3600.0
#define MOST		6		/* servers in a world */
#define LONGEST		200000		/* exchanges in a run, at most */
#define LEAST_POLL	64.0
#define MOST_POLL	1024.0

struct world {
	struct sync	 sync;
	struct oscillator osc;
	struct path	 paths[MOST];
	double		 next[MOST];	/* s, oscillator time to ask */
	unsigned	 asked[MOST];
	bool		 answered[MOST];
	unsigned	 missed[MOST];	/* requests in a row without answer */
	bool		 late[MOST];	/* each sample comes with the next */
	struct sample	 held[MOST];
	size_t		 n;
	double		 interval;	/* s, between requests; 0: as told */
	double		 last[MOST];	/* s, oscillator time of requests */
	double		 now;		/* s, oscillator time */
};

/* The one that all functions are about. */
extern struct world	 w;

/* What came of a run: errors of the estimate, after each sample. */
struct result {
	unsigned	 n;
	double		 sum, squares;	/* s, s^2: estimate - truth */
	double		 worst;		/* s */
	double		 nees;		/* squared error / claimed variance */
	unsigned	 outside;	/* errors beyond the claimed bound */
};

/* A world without servers, whose oscillator WANDERs. */
void		 begin_world(uint64_t seed, double wander);

/*
 * Another server, DELAY s away with mean waits of WAIT s, asked first in a
 * moment.  Returns its path.
 */
struct path	*add_server(uint64_t seed, enum queue queue, double delay,
		    double wait);

/* Whose turn it is to be asked; there is a server. */
size_t		 whose_turn(void);

/* Ask the server whose turn it is; false if that is not before END. */
bool		 one_exchange(double end);

/* Let it run until END; what happens from FROM on goes into *R, if not NULL. */
void		 run(double from, double end, struct result *r);

/* A result of nothing; the RMS error of one. */
struct result	 none(void);
double		 rms(const struct result *r);

/* What the selection says of server I. */
enum tally	 tally(size_t i);

/* What the estimate, which there is, is off by now, s. */
double		 off(void);

#endif
