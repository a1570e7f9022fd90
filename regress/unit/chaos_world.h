/*
 * The world of chaos.c: what its parts share.
 */
#ifndef REGRESS_UNIT_CHAOS_WORLD_H
#define REGRESS_UNIT_CHAOS_WORLD_H

#include "ntpd/sync/sync.h"
#include "regress/unit/chaos.h"
#include "regress/unit/paths.h"

#define HOUR		3600.0
#define MOST		7		/* servers */

#define QUIET		(2 * HOUR)	/* before anything happens */
#define ROUGH		(8 * HOUR)	/* events until then */
#define END		(10 * HOUR)	/* and calm until then */
#define BETWEEN		1500.0		/* s between events, mean */

struct chaos_server {
	struct path	 path;
	bool		 liar;		/* one of the minority */
	bool		 down;
	bool		 nonsense;
	double		 lie;		/* s */
	double		 creep;		/* s/s, of the lie, since creep_from */
	double		 creep_from;
	bool		 lied;		/* in its last answer to old */
};

/* Somebody who asks the servers. */
struct chaos_client {
	struct sync	 sync;
	bool		 on;
	double		 next[MOST], last[MOST];
	unsigned	 burst[MOST];	/* requests left of a quick start */
	unsigned	 missed[MOST];
	bool		 silent[MOST];
	unsigned	 heard[MOST];	/* answers since the last disturbance */
};

struct chaos_world {
	unsigned	 kind;
	struct rng	 rng;
	struct oscillator osc;
	struct chaos_server	 servers[MOST];
	size_t		 n;
	struct chaos_client	 old, fresh;
	double		 now;
	double		 next_event;
	double		 ramp, ramp_end, ramp_next;	/* s/s^2; s; s */
	double		 glitch, glitch_end;	/* s, of all; s */
	unsigned	 needed;	/* answers of each, to judge again */
	bool		 unlearned;	/* the frequency is another one, not
					   known to SYNC_WORST_DRIFT since */
	unsigned	 changes;	/* seen before the last hour */
	double		 errors;	/* in the mean */
	bool		 verbose;
	struct chaos_result *result;
};

extern struct chaos_world chaos;

/* ---- chaos_events.c ---- */

/* A number of the seed: evenly between A and B, or as often of each size. */
double	 chaos_between(double a, double b);
double	 chaos_magnitude(double a, double b);

/* True with probability P.  V or -V. */
bool	 chaos_chance(double p);
double	 chaos_either_sign(double v);

/* Add to the story of what happened. */
void	 chaos_tell(const char *format, ...)
	    __attribute__((format(printf, 1, 2)));

/* Server I is a new one. */
void	 chaos_add_server(size_t i, bool liar);

/* The bound is not judged until each server has answered NEEDED times. */
void	 chaos_disturb(unsigned needed);

/* By how much server S is wrong now, s. */
double	 chaos_lie_of(const struct chaos_server *s);

/* The oscillator goes on until WHEN, through ramps, and a glitch ends. */
void	 chaos_run_oscillator(double when);

/* Let happen what happens until WHEN. */
void	 chaos_play(unsigned kind, double when);

/* ---- chaos_client.c ---- */

/* C begins at NOW with a FREQUENCY (s/s) of that ERROR from a drift file. */
void	 chaos_start_client(struct chaos_client *c, double now,
	    double frequency, double error);

/* C asks server I a few times, beginning at NOW. */
void	 chaos_quicken(struct chaos_client *c, size_t i, double now);

/* How many are still to give C the first answers of a quick start. */
size_t	 chaos_expected(const struct chaos_client *c);

/* A request of C to server I was sent: when is the next one, s from now? */
double	 chaos_wait_after(struct chaos_client *c, size_t i);

/* A quick start has done what it is for. */
void	 chaos_end_burst(struct chaos_client *c, size_t i);

/* Server I has answered: who else is asked soon? */
void	 chaos_settle_doubt(struct chaos_client *c, size_t i);

/* Server I, which was silent, answers: the others may, too. */
void	 chaos_wake_others(struct chaos_client *c, size_t i);

/* Server I has not answered. */
void	 chaos_no_answer(struct chaos_client *c, size_t i);

/* ---- chaos_judge.c ---- */

/* Judge what is certain after an answer, and what is off. */
void	 chaos_judge_sample(void);
void	 chaos_note_error(void);

/* If told so, print SAMPLE of server I and what C made of it. */
void	 chaos_say_sample(const struct chaos_client *c, size_t i,
	    const struct sample *sample);

/* Judge the end: chaos.result says what is wrong. */
void	 chaos_judge_end(void);

#endif
