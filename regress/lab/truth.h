/*
 * The outside world of one simulated machine: its oscillator against true
 * time, and the servers that it can ask.  Times are seconds of the raw
 * monotonic clock since the start; an error is a clock's time minus true
 * time.
 */
#ifndef LAB_TRUTH_H
#define LAB_TRUTH_H

#include <netinet/in.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define MAX_SERVERS	16
#define MAX_PACKETS	4096	/* under way at once */
#define MAX_WINDOWS	32	/* outages of one server */
#define MAX_EVENTS	64	/* of one kind */
#define PACKET_LEN	48

enum distribution { CONSTANT, EXPONENTIAL, GAUSSIAN, GAMMA, PARETO };

struct window {
	double		 from, to;
};

/* At AT, something changes by BY: at once, or gradually if TAU is not 0. */
struct event {
	double		 at, by;
	double		 tau;	/* s, time constant */
};

struct events {
	struct event	 event[MAX_EVENTS];
	int		 n;
};

/* One direction of the path to a server. */
struct path {
	double		 delay;	/* s, the least */
	double		 jitter; /* s, scale of the random part */
	enum distribution distribution;
	double		 burst;	/* s, mean of the wait in a congestion */
	double		 shift;	/* s, more delay during the server's detour */
	struct events	 shifts; /* s, of the delay: changes of route */
};

struct server {
	int		 fd;
	struct path	 path[2];	/* FORWARD, REVERSE */
	double		 loss;		/* probability, each way */
	struct window	 out[MAX_WINDOWS];
	int		 nout;
	struct window	 detour;	/* when the paths' shift applies */
	double		 burst_on, burst_off; /* s, mean lengths */
	bool		 bursting;
	double		 burst_until;

	/* Its clock. */
	double		 offset;
	double		 stepat, step;	/* one more of the steps, if > 0 */
	struct events	 steps;		/* s */
	struct events	 fsteps;	/* s/s, its frequency changes */
	double		 start;		/* when the following begins */
	double		 freq;		/* s/s */
	double		 wander;	/* s/s, random walk per sqrt(s) */
	double		 jump;		/* s, alternately this and minus this */
	double		 jump_every;	/* s */
	uint64_t	 random;	/* stream of the wander */
	double		 drifted_at;	/* as far as these have come */
	double		 drift, walk;

	/* What it says of itself. */
	int		 stratum, leap;
	int		 smears;	/* 1: leap seconds, unannounced */
	int		 kod;		/* 1: always answers RATE */
	double		 rootdelay, rootdisp;

	unsigned long	 received, sent;
};

enum { FORWARD, REVERSE };

/* A packet under way. */
struct packet {
	double		 due;
	double		 asked;		/* when the request was sent */
	int		 direction;	/* FORWARD: arrives at the server */
	int		 server;
	struct sockaddr_in client;
	uint8_t		 data[PACKET_LEN];
};

/* The oscillator of the machine, as if nobody corrected it. */
struct oscillator {
	double		 freq, wander;	/* s/s; s/s per sqrt(s) */
	double		 day, hour;	/* s/s, amplitudes of the cycles */
	double		 fstepat, fstep, ftau; /* one more of fsteps, if > 0 */
	struct events	 fsteps;	/* s/s, its frequency changes */
	uint64_t	 random;	/* stream of the walk */
	double		 segment;	/* start of the current second */
	double		 error;		/* then */
	double		 now;		/* s/s, during this second */
	double		 walk;
};

/* Reference clocks: one says when a second begins, the other all. */
struct pulse {
	double		 jitter;	/* s, standard error; 0: none */
	int		 device;	/* 1: it is /dev/pps0, 0: a socket */
	int		 ptp;		/* 1: there is a /dev/ptp0, and right */
	uint64_t	 random;	/* stream of the jitter */
	double		 second;	/* of true time, the next one */
	double		 late;		/* s, that its pulse is */
	int		 fd;
};

/* What the daemon says of its clock, and how it was in truth. */
struct claim {
	long		 second;
	double		 error;		/* in truth */
	double		 offset;	/* the estimate of minus that */
	double		 stderr_;	/* its standard error */
	double		 bound;		/* of the error, for 99 % */
	double		 root_bound;	/* likewise, from what clients get */
	double		 certain;	/* likewise, for all times */
	double		 kernel;	/* likewise, as the kernel was told */
	bool		 synchronized;
	bool		 undecided;	/* waits for a majority */
};

/* How often programs of the machine asked libntptime, each second. */
struct page {
	long		 readings, known, wrong;
};

struct world {
	double		 duration, settle;
	double		 ask;		/* s between two claims */
	long long	 epoch;		/* Unix time at the start */
	uint64_t	 random;	/* the stream of nearly everything */
	struct oscillator oscillator;
	double		 offset;	/* of the clock at the start */
	double		 pll;		/* s, left to the kernel's PLL */
	double		 stepat, step;	/* one more of the steps, if > 0 */
	struct events	 steps;		/* s, somebody sets the clock */
	struct events	 pauses;	/* s, the machine stands still */
	double		 leapat;	/* > 0: the year ends with one */
	int		 leap;		/* s, 1: inserted, -1: left out */
	int		 leapsecret;	/* 1: servers do not announce it */
	int		 apart;		/* for compare: not in the mean */
	struct events	 restarts;	/* of the daemon: for run */
	double		 raw0;		/* reading of the raw clock then */
	struct pulse	 pulse;

	struct server	 servers[MAX_SERVERS];
	int		 nservers;
	struct packet	 packets[MAX_PACKETS];
	int		 npackets;

	double		*errors;	/* of the clock, each second */
	long		 nerrors;
	struct claim	*claims;
	long		 nclaims;
	struct page	 page;
	FILE		*answers;	/* log of those that came back */
};

/* random.c: SplitMix64 streams. */

/* Uniform in (0, 1). */
double		 uniform(uint64_t *stream);

/* Of the normal distribution: mean 0, variance 1. */
double		 normal(uint64_t *stream);

/* Exponential, of this mean. */
double		 exponential(uint64_t *stream, double mean);

/* The random part of a path's delay, s. */
double		 draw(uint64_t *stream, const struct path *path);

/* scenario.c: read FILE into *W, which is zero; ends the program if wrong. */
void		 scenario_load(struct world *w, const char *file);

/* clock.c */

/* Seconds of the raw clock since the start. */
double		 raw_now(const struct world *w);

/*
 * Start true time now, with the clock at the offset of the scenario and the
 * kernel's PLL as a daemon leaves it that is killed.
 */
void		 clock_start(struct world *w);

/* What the events have changed at raw time R, each of them at once. */
double		 events_sum(const struct events *events, double r);

/* True time since the start at raw time R, which never goes back. */
double		 true_time(struct world *w, double r);

/* What UTC reads at true time T, s: seconds that were inserted do not count. */
double		 utc(const struct world *w, double t);

/* What the clock of a server reads then that smears the leap second. */
double		 smeared(const struct world *w, double t);

/* The error of the clock now, s. */
double		 clock_error(struct world *w);

/* maxerror, s; infinite while the kernel's clock is not synchronized. */
double		 clock_maxerror(void);

/* Set the clock forward by BY seconds, as nobody's correction. */
void		 clock_shift(double by);

/* pulse.c */

/* When the next pulse is due, or UNTIL, whichever is first: raw time, s. */
double		 pulse_due(struct world *w, double until);

/* Say it, if it is due. */
void		 pulse_run(struct world *w);

/* server.c */

/* Open the servers' sockets: 203.0.113.1, .2, ... port 123. */
void		 servers_open(struct world *w);

/* Take the requests that have come to server I. */
void		 server_receive(struct world *w, int i);

/* Move on the packets that are due at raw time R. */
void		 packets_move(struct world *w, double r);

/* When the next packet is due; LIMIT if not before. */
double		 packets_due(const struct world *w, double limit);

/* ask.c: what the daemon at this control socket claims now, if it answers. */
void		 claim_sample(struct world *w, const char *path);

/*
 * tracking.c: likewise, what ClockBound makes of chronyd's tracking data, which
 * is then all of its bounds.
 */
void		 tracking_sample(struct world *w);

/* page.c: ask libntptime for the time, and log it if it is known. */
void		 page_sample(struct world *w, FILE *log);

/* report.c: print the statistics, one line of JSON. */
void		 report(const struct world *w);

#endif
