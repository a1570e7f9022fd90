/*
 * The books of what was moved by rates beyond 500 ppm.
 */
#include <math.h>
#include <string.h>

#include "ntpd/clock/budget.h"
#include "ntpd/clock/policy.h"

/* What is less is nothing, s: no slew is worth it. */
#define LEAST		1e-3

/* A difference of frequencies is inexact by so much, s/s. */
#define ROUNDING	1e-12

static double
excess(double rate)
{
	double		 over = fabs(rate) - BUDGET_FREE_RATE;

	return over > ROUNDING ? over : 0;
}

static double
cut(double rate)
{
	return fmax(-BUDGET_FREE_RATE, fmin(BUDGET_FREE_RATE, rate));
}

/* Moved since the last account, s, beyond what is free. */
static double
moved(const struct budget *b, struct instant now)
{
	double		 slewed = instant_diff(instant_min(now, b->slew_end),
	    b->at);

	return excess(b->frequency - b->home) * instant_diff(now, b->at) +
	    excess(b->slew) * fmax(0, slewed);
}

/* Enter what was moved; a rate beyond what is free begins a day. */
static void
account(struct budget *b, struct instant now)
{
	b->spent += moved(b, now);
	b->at = now;
	if (!instant_before(now, b->slew_end))
		b->slew = 0;
	if (b->state == BUDGET_WHOLE && (excess(b->slew) > 0 ||
	    excess(b->frequency - b->home) > 0)) {
		b->state = BUDGET_BEGUN;
		b->begun = now;
	}
}

static double
left(const struct budget *b)
{
	return b->state == BUDGET_SPENT ? 0 :
	    fmax(0, BUDGET_PER_DAY - b->spent);
}

void
budget_begin(struct budget *b, double frequency, struct instant now)
{
	memset(b, 0, sizeof(*b));
	b->home = b->frequency = frequency;
	b->at = b->slew_end = now;
}

void
budget_resume(struct budget *b, const struct budget *before,
    struct instant now)
{
	double		 frequency = b->frequency;

	*b = *before;
	account(b, now);
	b->frequency = frequency;
}

void
budget_settle(struct budget *b, struct instant now)
{
	account(b, now);
	b->home = b->frequency;
}

void
budget_slew(struct budget *b, struct clock_slew *slew, struct instant now)
{
	double		 by = slew->rate * slew->duration;

	account(b, now);
	if (excess(slew->rate) > 0 && left(b) < LEAST) {
		slew->rate = cut(slew->rate);
		slew->duration = fmin(POLICY_MAX_SLEW_TIME, by / slew->rate);
	} else if (excess(slew->rate) * slew->duration > left(b)) {
		slew->duration = left(b) / excess(slew->rate);
	}
	b->slew = slew->rate;
	b->slew_end = instant_add(now, slew->duration);
	account(b, now);
}

double
budget_frequency(struct budget *b, double wanted, struct instant now)
{
	account(b, now);
	b->frequency = wanted;
	if (left(b) < LEAST)
		b->frequency = b->home + cut(wanted - b->home);
	account(b, now);
	return b->frequency;
}

static void
end_day(struct budget *b, struct instant now)
{
	b->state = BUDGET_WHOLE;
	b->spent = 0;
	account(b, now);
}

static void
end_budget(struct budget *b)
{
	b->state = BUDGET_SPENT;
	b->frequency = b->home + cut(b->frequency - b->home);
	if (excess(b->slew) > 0)
		b->slew = 0;
}

enum budget_news
budget_tend(struct budget *b, double *spent, struct instant now)
{
	account(b, now);
	*spent = b->spent;
	if (b->state == BUDGET_WHOLE)
		return BUDGET_AS_BEFORE;
	if (budget_renewed_in(b, now) <= 0) {
		end_day(b, now);
		return BUDGET_IS_WHOLE;
	}
	if (b->state == BUDGET_SPENT || left(b) >= LEAST)
		return BUDGET_AS_BEFORE;
	end_budget(b);
	return BUDGET_IS_SPENT;
}

struct instant
budget_deadline(const struct budget *b)
{
	struct instant	 end = instant_add(b->begun, BUDGET_DAY);
	double		 rate = excess(b->frequency - b->home);

	if (b->state == BUDGET_WHOLE)
		return INSTANT_NEVER;
	rate += excess(b->slew);
	if (b->state == BUDGET_SPENT || rate <= 0)
		return end;
	return instant_min(end, instant_add(b->at, left(b) / rate));
}

double
budget_left(const struct budget *b, struct instant now)
{
	return b->state == BUDGET_SPENT ? 0 :
	    fmax(0, left(b) - moved(b, now));
}

double
budget_renewed_in(const struct budget *b, struct instant now)
{
	return b->state == BUDGET_WHOLE ? 0 :
	    fmax(0, BUDGET_DAY - instant_diff(now, b->begun));
}
