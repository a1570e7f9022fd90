/*
 * When a server is asked next.  Pure: time, chance and what others know come
 * in as arguments.
 */
#ifndef NTPD_SCHEDULE_H
#define NTPD_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/instant.h"

/*
 *  state      requests                           ends when
 *  STARTING   up to 8 in about 40 s, for the     ENOUGH, KISS or the last one
 *             first samples; more, 8 s apart,    was sent and it is not awaited
 *             while a decision waits for them    any more -> POLLING
 *  HURRIED    4 at most, 2 s apart: there may    the last one was sent, KISS
 *             be news                            -> POLLING
 *  POLLING    one an interval                    DOUBT -> EXTRA
 *  EXTRA      one out of its turn                it was sent, KISS -> POLLING
 *  OURS       none: the address is our own. A    BEGIN: it is not any more
 *             look every 16 s
 *  RETURNED   one in the longest interval: they  BACK: there was an answer;
 *             come back to ourselves             BEGIN: it went elsewhere
 *  STOPPED    none: the server denies itself     never
 *
 * BEGIN and BACK lead to STARTING from everywhere but STOPPED, NEWS to HURRIED
 * from everywhere but STOPPED, OURS, RETURNED and the first requests of
 * STARTING.  IS_OURS and CAME_BACK lead to OURS and RETURNED from everywhere
 * but STOPPED.
 */
enum schedule_state {
	SCHEDULE_STARTING,
	SCHEDULE_HURRIED,
	SCHEDULE_POLLING,
	SCHEDULE_EXTRA,
	SCHEDULE_OURS,
	SCHEDULE_RETURNED,
	SCHEDULE_STOPPED
};

/* Why the next request is to be planned anew. */
enum schedule_reason {
	SCHEDULE_BEGIN,		/* a new server, or a clock that jumped */
	SCHEDULE_ASKED,		/* a request was sent */
	SCHEDULE_BACK,		/* a server that was silent answers */
	SCHEDULE_ENOUGH,	/* the samples of a quick start are enough */
	SCHEDULE_NEWS,		/* the server may have something new to say */
	SCHEDULE_DOUBT,		/* an answer, or that of others, is in doubt */
	SCHEDULE_RESTLESS,	/* the right interval may be shorter now */
	SCHEDULE_KISS,		/* after schedule_slow_down() */
	SCHEDULE_IS_OURS,	/* the address is one of this machine */
	SCHEDULE_CAME_BACK,	/* a request came to a server of ours */
	SCHEDULE_DENIED		/* the server wants no more requests */
};

struct schedule {
	enum schedule_state state;
	unsigned	 left;		/* requests, STARTING and HURRIED */
	int		 least, most;	/* log2 s, as configured */
	int		 minpoll;	/* >= least, after RATE kisses */
	int		 poll;		/* log2 s, at present */
	unsigned	 missed;	/* requests in a row, not answered */
	unsigned	 since_kiss;	/* answers since the last RATE kiss */
	struct instant	 asked_at;	/* the last request */
	struct instant	 next;		/* the next one */
	struct instant	 turn;		/* EXTRA: the regular one after it */
};

/* What the plan depends on. */
struct schedule_view {
	struct instant	 now;
	double		 interval;	/* s, the right one at present */
	bool		 awaited;	/* a decision waits for its answer */
	const struct instant *turns;	/* the next requests to others */
	size_t		 nturns;
	double		 (*some_of)(double whole); /* a random part */
};

/*
 * A schedule with intervals of 2^LEAST to 2^MOST s.  SCHEDULE_BEGIN is to
 * follow.
 */
void	 schedule_init(struct schedule *s, int least, int most);

/*
 * The configured intervals are others now.  The next request does not wait
 * longer than they allow.
 */
void	 schedule_configure(struct schedule *s, int least, int most);

/*
 * Plan the next request, given the state and the reason WHY.  V->interval is
 * kept within schedule_shortest() and schedule_longest(); V->interval, V->turns
 * and V->awaited count for ASKED, ENOUGH, RESTLESS and KISS only.
 */
void	 schedule_event(struct schedule *s, enum schedule_reason why,
	    const struct schedule_view *v);

/* An answer came: none is missed any more. */
void	 schedule_answered(struct schedule *s);

/*
 * The server sent a RATE kiss (RFC 5905 7.4): the shortest interval is longer
 * from now on, until enough answers without one.
 */
void	 schedule_slow_down(struct schedule *s);

/* Is it time for the next request? */
bool	 schedule_is_due(const struct schedule *s, struct instant now);

/* When is that?  INSTANT_NEVER if it is stopped. */
struct instant schedule_next(const struct schedule *s);

/* The last answer is still on its way: the next request waits until WHEN. */
void	 schedule_wait(struct schedule *s, struct instant when);

/* Shortest and longest interval, s, RATE kisses included. */
double	 schedule_shortest(const struct schedule *s);
double	 schedule_longest(const struct schedule *s);

/* The present interval as a power of two, log2 s. */
int	 schedule_poll(const struct schedule *s);

/*
 * May the server still give the first answers of a quick start?  And was the
 * last of these requests the last one that was sent?
 */
bool	 schedule_is_first(const struct schedule *s);
bool	 schedule_was_first(const struct schedule *s);

#endif
