/*
 * How far the engine may move the clock by its rate in a day.  The parent's own
 * books: they hold whatever the engine asks for.  Pure: the clock is clock.c,
 * and the steps are judged by policy.c.
 *
 * A rate of up to 500 ppm is free, of a slew and of the base frequency's
 * distance from its home.  Home is the frequency when the clock became
 * synchronized for the first time, and before that the frequency at the start.
 * What a faster rate moves the clock beyond 500 ppm is spent:
 *
 *  state   what is true			 a rate of more than 500 ppm
 *  WHOLE   nothing was spent		 begins a day
 *  BEGUN   a day of 24 h has begun	 for as long as something is left
 *  SPENT   all of this day is spent	 becomes 500 ppm
 *
 *  what happens			 WHOLE	 BEGUN	 SPENT
 *  a rate of more than 500 ppm		 BEGUN	 BEGUN	 SPENT
 *  all is spent			 -	 SPENT	 SPENT
 *  24 h after the day began		 -	 WHOLE	 WHOLE
 */
#ifndef NTPD_CLOCK_BUDGET_H
#define NTPD_CLOCK_BUDGET_H

#include "common/instant.h"
#include "common/rfc5905.h"
#include "ntpd/payloads.h"

/* The rate that costs nothing, s/s. */
#define BUDGET_FREE_RATE	MAXFREQ

/*
 * What may be spent in a day, s.  Tuned: at 10 %, it lasts for almost three
 * hours, and 1.2 % can be kept up for ever.  The servers of a rough day, which
 * are wrong together for half an hour at a time, cost a few hundred.
 */
#define BUDGET_PER_DAY		1000.0
#define BUDGET_DAY		86400.0

enum budget_state {
	BUDGET_WHOLE,
	BUDGET_BEGUN,
	BUDGET_SPENT
};

/* What the passing of time has brought. */
enum budget_news {
	BUDGET_AS_BEFORE,
	BUDGET_IS_SPENT,	/* frequency and slew have become smaller */
	BUDGET_IS_WHOLE		/* a day is over */
};

struct budget {
	enum budget_state state;
	struct instant	 begun;		/* the day, unless WHOLE */
	double		 spent;		/* s, in that day */
	double		 home;		/* s/s, of the base frequency */
	double		 frequency;	/* s/s, the base as last permitted */
	double		 slew;		/* s/s, as last permitted; 0: none */
	struct instant	 slew_end;	/* of it */
	struct instant	 at;		/* spent is of then */
};

/* The clock runs at FREQUENCY, s/s, when the daemon starts. */
void		 budget_begin(struct budget *budget, double frequency,
		    struct instant now);

/* Go on with BEFORE, of earlier than NOW; the frequency is the present one. */
void		 budget_resume(struct budget *budget,
		    const struct budget *before, struct instant now);

/* The clock was synchronized for the first time: its frequency is home. */
void		 budget_settle(struct budget *budget, struct instant now);

/*
 * Cut *SLEW, which is within the policy's bounds, to what is left of the day:
 * it is made shorter, or slow (500 ppm) when all is spent.  It replaces the
 * slew before it.
 */
void		 budget_slew(struct budget *budget, struct clock_slew *slew,
		    struct instant now);

/* The frequency, s/s, that is permitted instead of the one that is WANTED. */
double		 budget_frequency(struct budget *budget, double wanted,
		    struct instant now);

/*
 * To be called when budget_deadline() has come.  If BUDGET_IS_SPENT, the clock
 * is to run at budget->frequency, without a slew if budget->slew is 0.  *SPENT
 * is what was spent in the day that is all spent or over, s.
 */
enum budget_news budget_tend(struct budget *budget, double *spent,
		    struct instant now);

/* When something is to be done without a word of the engine, or NEVER. */
struct instant	 budget_deadline(const struct budget *budget);

/* What is left of the day, s. */
double		 budget_left(const struct budget *budget, struct instant now);

/* How long it is until the day is over, s; 0 if none has begun. */
double		 budget_renewed_in(const struct budget *budget,
		    struct instant now);

#endif
