/*
 * The load meter: what it is asked to do, what it counts.
 */
#ifndef LOAD_H
#define LOAD_H

#include <netinet/in.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/ke.h"
#include "common/nts.h"

#define LOAD_BATCH_MAX		128	/* requests in one sendmmsg */
#define LOAD_WINDOW_MAX		8192
#define LOAD_SOCKETS_MAX	1024
#define LOAD_SOURCES_MAX	(1U << 20)
#define LOAD_COUNT_MAX		100000000U
#define LOAD_PIDS_MAX		64
#define LOAD_LOST_NS		200000000LL	/* unanswered for so long */

/* Why an answer is none. */
enum flaw {
	FLAW_LENGTH,
	FLAW_MODE,
	FLAW_VERSION,
	FLAW_ORIGIN,
	FLAW_PLACE,
	FLAW_TRANSMIT,
	FLAWS
};

/*
 * A histogram of times in ns: 64 steps in each power of two, so that each
 * figure is right within 1.6 %.
 */
struct histogram {
	uint64_t	 count[64 * 64];
};

/*
 * An answer that is late (after 0.2 s, or twice) or invalid counts as that,
 * and its request as lost.
 */
struct tally {
	uint64_t	 sent;
	uint64_t	 received;	/* valid and in time, of which */
	uint64_t	 interleaved;
	uint64_t	 unsynchronized;
	uint64_t	 kisses;
	uint64_t	 invalid[FLAWS];
	uint64_t	 late;
	uint64_t	 lost;
	uint64_t	 behind;	/* not sent, for want of CPU here */
	struct histogram latency;
	struct histogram receive_error;	/* absolute, if stamps are checked */
	struct histogram transmit_error;
};

struct load {
	struct sockaddr_in server;
	unsigned	 sockets;	/* each has a port of its own */
	unsigned	 batch;
	unsigned	 window;	/* requests unanswered at a time */
	uint32_t	 first_source;	/* host order */
	uint32_t	 sources;	/* so many; 0: the kernel chooses */
	bool		 interleaved;	/* RFC 9769 */
	bool		 stamps;	/* check the server's timestamps */
	bool		 nts;		/* authenticate requests, with ... */
	struct aead	 c2s;		/* ... this key */
	uint8_t		 cookie[KE_COOKIE_MOST];	/* the same in all */
	size_t		 cookie_len;
	double		 relax;		/* s, sleep if nothing is due for it */
	struct tally	*tally;		/* what to count in */
};

/*
 * Open the sockets for LOAD, which must remain.  Ends the process if that
 * cannot be done, as traffic_send() does if sending is impossible.
 */
void	 traffic_open(const struct load *load);

/*
 * Send COUNT requests, LOAD_BATCH_MAX at most, from the next socket, NOW.
 * Returns how many went.
 */
unsigned traffic_send(unsigned count, int64_t now);

/* Take the answers that are there; wait for them up to WAIT ns. */
void	 traffic_receive(int64_t wait);

/* Give up on requests that are LOAD_LOST_NS old, or on ALL. */
void	 traffic_expire(int64_t now, bool all);

/* How many requests wait for an answer. */
unsigned traffic_outstanding(void);

/*
 * Send requests for SECONDS, COUNT at most: RATE a second whatever comes back,
 * or if RATE is 0 as many as keep the window full.  Waits for the last answers
 * then, LOAD_LOST_NS at most.
 */
void	 pace_run(const struct load *load, double rate, double seconds,
	    uint64_t count);

/* Let a signal end it early.  Async-signal-safe. */
void	 pace_stop(void);

/* Has it been stopped? */
bool	 pace_stopped(void);

/* Nanoseconds of the monotonic clock, and of the one that servers tell. */
int64_t	 monotonic_ns(void);
int64_t	 realtime_ns(void);

/* Add one time. */
void	 histogram_add(struct histogram *h, int64_t ns);

/* The time in us that the fraction Q (0 to 1) of all does not exceed. */
double	 histogram_quantile(const struct histogram *h, double q);

#endif
